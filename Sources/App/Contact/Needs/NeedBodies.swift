// Bodies of needs (R035): a whole one, one that a visit brings, and merge patches that say what became of it.

import Domain
import Web

/// What somebody needs, in a body of its own or in a visit.
struct NeedDraft: Sendable {
    var id: Identifier
    /// A code of `need-kind`.
    let kind: String
    let text: String

    static let textCharacters = 1...2_000
    /// The code of `need-channel` for what was voiced on a visit.
    static let visitChannel = "visit"

    /// Reads the fields that both have. What is wrong is recorded in the reader.
    init(_ body: inout ObjectReader, id: Identifier, _ codes: CodeLists, on days: FactDays) {
        self.id = id
        kind = body.value("kind", placeholder: "") { text throws(FieldError) in
            try codes.check(text, in: .needKind, on: days)
        }
        text = body.string("text", characters: Self.textCharacters, .lines)
    }
}

/// A whole need of its own.
struct NeedBody: Sendable {
    enum Subject: Sendable {
        case household(Identifier)
        case village(AreaCode)
    }

    let draft: NeedDraft
    let subject: Subject
    let channel: String
    let voicedOn: CivilDate
    let contentHash: [UInt8]

    init(_ call: Call) throws {
        let document = try call.document()
        let today = call.now.shanghaiDate
        let codes = call.register.codeLists
        var body = ObjectReader(document.root)
        let id = try call.id()
        body.checkId(id)
        let household = body.optionalValue("householdId", FieldText.identifier)
        let village = body.optionalValue("villageCode", FieldText.areaCode)
        if household == nil && village == nil && body.isSound("householdId", "villageCode") {
            body.report(
                "householdId", .required, zh: "householdId 和 villageCode 填写一项",
                en: "householdId or villageCode is needed")
        }
        if household != nil && village != nil {
            body.report(
                "villageCode", .onlyOne, zh: "householdId 和 villageCode 只填一项", en: "either householdId or villageCode")
        }
        let voiced = body.optionalValue("voicedOn", codes.days.day) ?? today
        if voiced > today { body.report("voicedOn", .inFuture) }
        let days = FactDays(since: voiced, today: today)
        draft = NeedDraft(&body, id: id, codes, on: days)
        channel = body.value("channel", placeholder: "") { text throws(FieldError) in
            try codes.check(text, in: .needChannel, on: days)
        }
        try body.finish()
        subject = household.map(Subject.household) ?? .village(village ?? .lowest)
        voicedOn = voiced
        contentHash = call.register.keys.hash(document.canonicalBytes(), purpose: "content")
    }
}

/// A merge patch of a need.
struct NeedPatch: Sendable {
    private let kind: Change<String>
    private let text: Change<String>
    private let state: NeedState.Stage?
    private let answer: Change<String>
    private let answeredOn: Change<CivilDate>
    private let today: CivilDate

    init(_ call: Call) throws {
        var body = ObjectReader(try call.document().root)
        let today = call.now.shanghaiDate
        let codes = call.register.codeLists
        kind = body.change("kind", clearable: false) { text throws(FieldError) in
            try codes.check(text, in: .needKind, on: FactDays(since: today, today: today))
        }
        text = body.changeString("text", characters: NeedDraft.textCharacters, .lines, clearable: false)
        state = body.optionalValue("state", FieldText.word)
        answer = body.changeString("answer", characters: NeedDraft.textCharacters, .lines)
        answeredOn = body.change("answeredOn", codes.days.day)
        try body.finish()
        self.today = today
    }

    /// What the need is after it. One that is open again has no answer any more.
    ///
    /// - Throws: 422 for an end without an answer, an answer without an end, and a day that cannot be.
    func applied(to stored: NeedState, by user: Identifier?) throws -> NeedState {
        var need = stored
        need.kind = kind.applied(to: need.kind) ?? need.kind
        need.text = text.applied(to: need.text) ?? need.text
        need.stage = state ?? need.stage
        var errors: [FieldError] = []
        guard need.stage.isEnd else {
            if case .set = answer { errors.report("/answer", .notAnswered) }
            if case .set = answeredOn { errors.report("/answeredOn", .notAnswered) }
            if !errors.isEmpty { throw InvalidBody(errors: errors) }
            need.answer = nil
            need.answeredOn = nil
            need.answeredBy = nil
            return need
        }
        need.answer = answer.applied(to: need.answer)
        need.answeredOn = answeredOn.applied(to: need.answeredOn) ?? today
        if need.answer == nil { errors.report("/answer", .required, zh: "办结时要填写答复", en: "an answer is needed") }
        if let day = need.answeredOn, day < need.voicedOn || day > today {
            errors.report(
                "/answeredOn", .impossibleDay, zh: "应在提出日期与今天之间",
                en: "must lie between the day on which it was voiced and today")
        }
        if !errors.isEmpty { throw InvalidBody(errors: errors) }
        let isTold =
            need.answer != stored.answer || need.answeredOn != stored.answeredOn || need.stage != stored.stage
        if isTold { need.answeredBy = user }
        return need
    }
}
