// Bodies of activities (R069, R071, R099): a whole one, and merge patches, which replace participants and decisions as
// a whole.

import Domain
import Web

/// Somebody who took part, as a body names them.
enum StatedParticipant: Sendable {
    case cadre(Identifier)
    case household(Identifier)
    case member(Identifier)
    case name(String)

    /// The field that names them.
    var field: String {
        switch self {
        case .cadre: "cadreId"
        case .household: "householdId"
        case .member: "memberId"
        case .name: "name"
        }
    }
}

/// Reads what both bodies have.
struct ActivityReading {
    static let subjectCharacters = 1...200
    static let placeCharacters = 1...200
    static let organizerCharacters = 1...100
    static let noteCharacters = 1...2_000
    static let decisionCharacters = 1...500
    static let decisionsCount = 0...50
    static let participantsCount = 0...1_000

    let codes: CodeLists
    let today: CivilDate

    func kind(_ text: String) throws(FieldError) -> String {
        try codes.check(text, in: .activityKind, on: FactDays(since: today, today: today))
    }

    /// - Returns: nil where the body does not say.
    func participants(_ body: inout ObjectReader) -> [StatedParticipant]? {
        body.optionalArray("participants", count: Self.participantsCount) { reader in
            let named: [StatedParticipant] = [
                reader.optionalValue("cadreId", FieldText.identifier).map { .cadre($0) },
                reader.optionalValue("householdId", FieldText.identifier).map { .household($0) },
                reader.optionalValue("memberId", FieldText.identifier).map { .member($0) },
                reader.optionalName("name", characters: FieldText.nameCharacters).map { .name($0) },
            ].compactMap(\.self)
            if named.isEmpty && reader.isSound("cadreId", "householdId", "memberId", "name") {
                reader.report(
                    "cadreId", .required, zh: "cadreId、householdId、memberId、name 填写一项",
                    en: "one of cadreId, householdId, memberId and name is needed")
            }
            for other in named.dropFirst() {
                reader.report(other.field, .onlyOne)
            }
            return named.first ?? .name("")
        }
    }
}

/// A whole activity.
struct ActivityBody: Sendable {
    let id: Identifier
    let areaCode: AreaCode
    let facts: ActivityFacts
    let participants: [StatedParticipant]
    let contentHash: [UInt8]

    init(_ call: Call) throws {
        let document = try call.document()
        let today = call.now.shanghaiDate
        let reading = ActivityReading(codes: call.register.codeLists, today: today)
        var body = ObjectReader(document.root)
        id = try call.id()
        body.checkId(id)
        let kind = body.value("kind", placeholder: "", reading.kind)
        let subject = body.string("subject", characters: ActivityReading.subjectCharacters)
        let first = body.value("on", placeholder: today, reading.codes.days.day)
        let last = body.optionalValue("to", reading.codes.days.day)
        areaCode = body.value("areaCode", placeholder: .lowest, FieldText.areaCode)
        facts = ActivityFacts(
            kind: kind, subject: subject,
            place: body.optionalString("place", characters: ActivityReading.placeCharacters), first: first,
            last: last ?? first,
            organizer: body.optionalName("organizer", characters: ActivityReading.organizerCharacters),
            skill: body.optionalString("skill", characters: OtherHelpers.skillCharacters),
            note: body.optionalString("note", characters: ActivityReading.noteCharacters, .lines), isWithdrawn: false,
            decisions: body.optionalStrings(
                "decisions", count: ActivityReading.decisionsCount, characters: ActivityReading.decisionCharacters)
                ?? [])
        participants = reading.participants(&body) ?? []
        for error in facts.errors(today) { body.report("", error) }
        try body.finish()
        contentHash = call.register.keys.hash(document.canonicalBytes(), purpose: "content")
    }
}

/// A merge patch of an activity.
struct ActivityPatch: Sendable {
    private let kind: Change<String>
    private let subject: Change<String>
    private let place: Change<String>
    private let first: Change<CivilDate>
    private let last: Change<CivilDate>
    private let organizer: Change<String>
    private let skill: Change<String>
    private let note: Change<String>
    private let isWithdrawn: Bool?
    private let decisions: Change<[String]>
    /// Nil where they stay.
    let participants: [StatedParticipant]?
    private let today: CivilDate

    init(_ call: Call) throws {
        var body = ObjectReader(try call.document().root)
        today = call.now.shanghaiDate
        let reading = ActivityReading(codes: call.register.codeLists, today: today)
        kind = body.change("kind", clearable: false, reading.kind)
        subject = body.changeString("subject", characters: ActivityReading.subjectCharacters, clearable: false)
        first = body.change("on", clearable: false, reading.codes.days.day)
        last = body.change("to", reading.codes.days.day)
        place = body.changeString("place", characters: ActivityReading.placeCharacters)
        organizer = body.changeName("organizer", characters: ActivityReading.organizerCharacters)
        skill = body.changeString("skill", characters: OtherHelpers.skillCharacters)
        note = body.changeString("note", characters: ActivityReading.noteCharacters, .lines)
        isWithdrawn = body.optionalBoolean("withdrawn")
        decisions = body.changeStrings(
            "decisions", count: ActivityReading.decisionsCount, characters: ActivityReading.decisionCharacters)
        participants = reading.participants(&body)
        try body.finish()
    }

    func applied(to stored: ActivityFacts) throws -> ActivityFacts {
        var facts = stored
        facts.kind = kind.applied(to: facts.kind) ?? facts.kind
        facts.subject = subject.applied(to: facts.subject) ?? facts.subject
        facts.place = place.applied(to: facts.place)
        facts.first = first.applied(to: facts.first) ?? facts.first
        facts.last = last.applied(to: facts.last) ?? facts.first
        facts.organizer = organizer.applied(to: facts.organizer)
        facts.skill = skill.applied(to: facts.skill)
        facts.note = note.applied(to: facts.note)
        facts.isWithdrawn = isWithdrawn ?? facts.isWithdrawn
        facts.decisions = decisions.applied(to: facts.decisions) ?? []
        let errors = facts.errors(today)
        if !errors.isEmpty { throw InvalidBody(errors: errors) }
        return facts
    }
}
