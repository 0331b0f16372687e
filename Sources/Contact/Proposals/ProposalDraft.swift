// A change proposal on its way in (R031): the body of its own request, or an observation of a visit. Fields are checked
// as their PATCH checks them; whether the household and the member are there is asked later.

import Archive
import Domain
import Service
import Web

/// A field as somebody proposes it.
struct ProposedField: Sendable {
    let name: String
    /// Nil for none; a mask where the number is sealed.
    let value: String?
    /// The number of a person, in clear until it is sealed for its row.
    var number: ProposedNumber?
}

/// A number of a person that somebody proposes.
struct ProposedNumber: Sendable {
    let plain: String
    /// What two numbers of the same person or line have in common.
    private let hashed: String
    private let isPhone: Bool
    let mask: String

    static func phone(_ digits: String) -> ProposedNumber {
        ProposedNumber(plain: digits, hashed: digits, isPhone: true, mask: NumberMask.phone(digits))
    }

    /// Nil for a text that means none.
    static func identity(_ text: String, on today: CivilDate) -> ProposedNumber? {
        let reading = IdentityNumber.parse(text, on: today)
        guard reading.problem != .missing else { return nil }
        return ProposedNumber(
            plain: reading.normalised, hashed: reading.number?.person ?? reading.normalised, isPhone: false,
            mask: reading.mask)
    }

    func hash(_ keys: KeyRing) -> [UInt8] {
        isPhone ? keys.hash(hashed.utf8, purpose: "phone") : keys.hash(hashed.utf8, purpose: "identity")
    }
}

struct ProposalDraft: Sendable {
    enum Subject: Sendable, Equatable {
        case household
        case member(Identifier)
        /// With the id that the member already has, if any.
        case newMember(Identifier?)
        /// Those of its people who go into an archive of their own, and those who remain and change.
        case split(going: [Identifier], remaining: [Identifier])
    }

    var id: Identifier
    let subject: Subject
    let baseVersion: Int
    let happenedOn: CivilDate?
    let note: String?
    let fields: [ProposedField]

    static let noteCharacters = 1...500

    /// Reads the object of a proposal. What is wrong is recorded in the reader.
    ///
    /// - Parameter seenOn: the day on which it was seen, not after today; its codes hold then, where it does not say
    ///   when it happened.
    init(_ body: inout ObjectReader, id: Identifier, _ codes: CodeLists, seenOn: CivilDate, today: CivilDate) {
        let reading = ProposedReading(codes: codes, today: today)
        baseVersion = body.integer("baseVersion", in: 1...Int(Int32.max))
        let happened = body.optionalValue("happenedOn", codes.days.day)
        if let happened, happened > today { body.report("happenedOn", .inFuture) }
        note = body.optionalString("note", characters: Self.noteCharacters, .lines)
        let day = min(happened ?? seenOn, today)
        let parts = [
            reading.household(&body, from: day), reading.member(&body, from: day), reading.joining(&body, from: day),
            reading.leaving(&body), reading.splitting(&body, from: day),
        ]
        let given = parts.compactMap(\.self)
        if given.isEmpty && body.isSound("changes", "member", "newMember", "memberLeaves", "split") {
            body.report(
                "changes", .required, zh: "changes、member、newMember、memberLeaves、split 填写一项",
                en: "one of changes, member, newMember, memberLeaves and split is needed")
        }
        for part in given.dropFirst() {
            body.report(
                part.key, .onlyOne, zh: "changes、member、newMember、memberLeaves、split 只填一项",
                en: "only one of changes, member, newMember, memberLeaves and split is taken")
        }
        self.id = id
        subject = given.first?.subject ?? .household
        fields = given.first?.fields ?? []
        happenedOn = happened ?? given.first?.day
    }
}

/// What one of the kinds of proposals says.
private struct ProposedPart {
    let key: String
    let subject: ProposalDraft.Subject
    let fields: [ProposedField]
    /// The day that it names itself.
    var day: CivilDate?
}

/// Reads the kinds.
private struct ProposedReading {
    let codes: CodeLists
    let today: CivilDate

    private static let nobody = Identifier(high: 0, low: 0)

    /// `changes`: the household's own fields.
    func household(_ body: inout ObjectReader, from day: CivilDate) -> ProposedPart? {
        let fields = fields(&body, "changes") { reader in
            _ = HouseholdPatch(&reader, codes, from: day, today: today)
        }
        return fields.map { ProposedPart(key: "changes", subject: .household, fields: $0) }
    }

    /// `member`: fields of somebody who lives in it.
    func member(_ body: inout ObjectReader, from day: CivilDate) -> ProposedPart? {
        body.optionalObject("member") { reader in
            let id = reader.value("memberId", placeholder: Self.nobody, FieldText.identifier)
            let fields = fields(&reader, "changes") { changes in
                _ = MemberPatch(&changes, codes, from: day, today: today)
            }
            if fields == nil { reader.report("changes", .required) }
            return ProposedPart(key: "member", subject: .member(id), fields: fields ?? [])
        }
    }

    /// `memberLeaves`: the day and the reason, which are fields of the member.
    func leaving(_ body: inout ObjectReader) -> ProposedPart? {
        body.optionalObject("memberLeaves") { reader in
            let id = reader.value("memberId", placeholder: Self.nobody, FieldText.identifier)
            let leftOn = reader.value("leftOn", placeholder: today, codes.days.day)
            if leftOn > today { reader.report("leftOn", .inFuture) }
            let days = FactDays(since: min(leftOn, today), today: today)
            let reason = reader.value("leftReason", placeholder: "") { text throws(FieldError) in
                try codes.check(text, in: .leaveReason, on: days)
            }
            return ProposedPart(
                key: "memberLeaves", subject: .member(id),
                fields: [
                    ProposedField(name: "leftOn", value: leftOn.description),
                    ProposedField(name: "leftReason", value: reason),
                ], day: leftOn)
        }
    }

    /// `newMember`: somebody who was born into it or moved in.
    func joining(_ body: inout ObjectReader, from day: CivilDate) -> ProposedPart? {
        guard let value = body.member("newMember"), !value.isNull else { return nil }
        let reader = HouseholdBodyReader(codes: codes, today: today, newId: { Self.nobody })
        let member = body.optionalObject("newMember") { nested in
            let member = reader.member(&nested, on: FactDays(since: day, today: today))
            let reading = member.identityNumber.map { IdentityNumber.parse($0, on: today) }
            if let problem = reading?.problem, problem.isRefused {
                nested.report("identityNumber", FieldError(problem))
            }
            let birthDate = member.birthDate ?? reading?.birthDate
            if birthDate == nil && nested.isSound("birthDate", "identityNumber") {
                nested.report("birthDate", .required)
            }
            if let joined = member.joinedOn, let birthDate, joined < birthDate || joined > today {
                nested.report("joinedOn", .impossibleDay, zh: "应在出生日期与今天之间", en: "must lie between the birth and today")
            }
            return member
        }
        guard let member else { return nil }
        let number = member.identityNumber.flatMap { ProposedNumber.identity($0, on: today) }
        let field = ProposedField(
            name: ArchiveField.newMember, value: document(value, mask: number?.mask), number: number)
        return ProposedPart(
            key: "newMember", subject: .newMember(member.id == Self.nobody ? nil : member.id), fields: [field])
    }

    /// `split`: some of its people go into an archive of their own. Numbers of people are proposed by themselves.
    func splitting(_ body: inout ObjectReader, from day: CivilDate) -> ProposedPart? {
        guard let value = body.member("split"), !value.isNull else { return nil }
        let split = body.optionalObject("split") { nested in
            let id = nested.optionalValue("id", FieldText.identifier)
            if value["phone"]?.isNull == false { nested.report("phone", .notForKind) }
            let remaining: [JSONValue] = value["remaining"].map { Array($0.elements) } ?? []
            for index in remaining.indices where remaining[index][ArchiveField.identityNumber] != nil {
                nested.report("/remaining/\(index)/identityNumber", .notForKind)
            }
            return HouseholdSplitBody(&nested, id: id ?? Self.nobody, from: day, codes, today: today) { Self.nobody }
        }
        guard let split else { return nil }
        let field = ProposedField(name: ArchiveField.split, value: String(decoding: value.rawBytes, as: UTF8.self))
        return ProposedPart(
            key: "split", subject: .split(going: split.going, remaining: split.remaining.map(\.id)), fields: [field])
    }

    /// The body of a member as it is stored, with the number masked.
    private func document(_ value: JSONValue, mask: String?) -> String {
        var json = JSONWriter(reserve: 512)
        json.object { json in
            for (name, value) in value.members where name != ArchiveField.identityNumber && !value.isNull {
                json.key(data: name)
                if name == ArchiveField.name, let text = value.string {
                    json.string(WrittenForm.name(text))
                } else {
                    json.raw(value.rawBytes)
                }
            }
            if let mask {
                json.key("identityNumber")
                json.string(mask)
            }
        }
        return String(decoding: json.take(), as: UTF8.self)
    }

    /// The fields of an object that a patch has checked; nil where it is absent.
    private func fields(
        _ body: inout ObjectReader, _ key: StaticString, _ check: (inout ObjectReader) -> Void
    ) -> [ProposedField]? {
        guard let value = body.member(key), !value.isNull else { return nil }
        var errors: [FieldError] = []
        body.optionalObject(key) { reader in
            check(&reader)
            if let number = value[ArchiveField.identityNumber]?.string,
                let problem = IdentityNumber.parse(number, on: today).problem, problem.isRefused
            {
                reader.report(ArchiveField.identityNumber, FieldError(problem))
            }
            if value.kind == .object && Array(value.members).isEmpty { errors.append(FieldError(.tooFew)) }
        }
        for error in errors { body.report("\(key)", error) }
        return value.members.compactMap { name, value in
            guard ArchiveField.named(name) != nil else { return nil }
            switch (name, value.string) {
            case (ArchiveField.phone, let text?):
                let number = (try? FieldText.phone(text))?.map(ProposedNumber.phone)
                return ProposedField(name: name, value: number?.mask, number: number)
            case (ArchiveField.identityNumber, let text?):
                let number = ProposedNumber.identity(text, on: today)
                return ProposedField(name: name, value: number?.mask, number: number)
            case (ArchiveField.archiveNumber, let text?): return ProposedField(name: name, value: WrittenForm.key(text))
            case (ArchiveField.name, let text?), (ArchiveField.groupName, let text?):
                return ProposedField(name: name, value: WrittenForm.name(text))
            default: return ProposedField(name: name, value: ArchiveField.text(of: value))
            }
        }
    }
}
