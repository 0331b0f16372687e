// What a person decides about a proposal's fields. What is accepted goes into the archive through the PATCH of the
// household or the member, with all its rules, in one go: different fields merge, and a field that has changed
// meanwhile is only overwritten by naming the present value.

import Archive
import Domain
import SQL
import Service
import Web

/// The body of a decision.
struct ProposalDecisions: Sendable {
    struct Item: Sendable {
        let field: String
        let isAccepted: Bool
        let reason: String?
        /// What the archive says and is to be overwritten.
        let over: Over?
    }

    /// A value of the archive as a person has read it.
    struct Over: Sendable {
        let text: String?
    }

    let isWithdrawal: Bool
    /// Why it is withdrawn.
    let reason: String?
    let items: [Item]

    private static let reasonCharacters = 1...500

    init(_ call: Call) throws {
        var body = ObjectReader(try call.document().root)
        isWithdrawal = body.optionalBoolean("withdrawn") ?? false
        reason = body.optionalString("reason", characters: Self.reasonCharacters, .lines)
        items =
            body.optionalArray("decisions", count: 1...60) { reader in
                let field = reader.string("field", characters: 1...60)
                let state = reader.value("state", placeholder: "") { text throws(FieldError) in
                    guard ["accepted", "refused"].contains(text) else {
                        throw FieldError.notOneOf(["accepted", "refused"])
                    }
                    return text
                }
                return Item(
                    field: field, isAccepted: state == "accepted",
                    reason: reader.optionalString("reason", characters: Self.reasonCharacters, .lines),
                    over: reader.member("over").map { Over(text: ArchiveField.text(of: $0)) })
            } ?? []
        if items.isEmpty != isWithdrawal && body.isSound("withdrawn", "decisions") {
            body.report("decisions", isWithdrawal ? .notForKind : .required)
        }
        try body.finish()
    }

    // MARK: Deciding

    /// Carries out what is accepted, and says of each field what was decided.
    ///
    /// - Throws: 409 `field-changed` for fields whose archive value has changed by now; 422 with everything that
    ///   the archive's rules refuse.
    func carryOut(_ stored: StoredProposal, _ scope: Scope, _ transaction: Transaction) throws {
        let fields = try chosen(of: stored)
        let changed = zip(items, fields).enumerated().compactMap { Self.error($0, $1.0, $1.1) }
        if !changed.isEmpty { throw Problem(.fieldChanged, errors: changed) }
        let accepted = zip(items, fields).filter(\.0.isAccepted).map(\.1)
        if !accepted.isEmpty {
            do {
                try Self.apply(accepted, of: stored, scope, transaction)
            } catch let error as InvalidBody {
                throw InvalidBody(errors: error.errors.map(pointed))
            } catch var problem as Problem {
                problem.errors = problem.errors.map(pointed)
                throw problem
            }
        }
        for (item, field) in zip(items, fields) {
            try ProposalTable.decide(
                field, of: stored.id, as: item.isAccepted ? .accepted : .refused, reason: item.reason, transaction)
        }
        let settled = try ProposalTable.settle(stored.id, isWithdrawn: false, transaction)
        try transaction.audit(
            "decide", .proposal, stored.id,
            before: ProposalStore.audit(items.map { ($0.field, .open, nil) }),
            after: ProposalStore.audit(items.map { ($0.field, $0.isAccepted ? .accepted : .refused, $0.reason) }))
        try transaction.change(
            .change, .proposal, stored.id, version: settled.version, from: settled.areaCode, to: settled.areaCode)
    }

    /// The open fields that are decided, in the order of the decisions.
    private func chosen(of stored: StoredProposal) throws -> [StoredProposalField] {
        var errors: [FieldError] = []
        var fields: [StoredProposalField] = []
        for (index, item) in items.enumerated() {
            func add(_ code: FieldCode) { errors.report("/decisions/\(index)/field", code) }
            guard let field = stored.fields.first(where: { $0.name == item.field }) else {
                add(.unknownField)
                continue
            }
            if items[..<index].contains(where: { $0.field == item.field }) {
                add(.repeated)
            } else if field.state != .open {
                add(.alreadyDecided)
            }
            fields.append(field)
        }
        if !errors.isEmpty { throw InvalidBody(errors: errors) }
        return fields
    }

    /// Nil where a field may be written: it says what the proposer knew, or what the person has just read.
    private static func error(_ index: Int, _ item: Item, _ field: StoredProposalField) -> FieldError? {
        guard item.isAccepted else { return nil }
        if let over = item.over {
            if over.text == field.current { return nil }
        } else if !field.hasChanged {
            return nil
        }
        let words = ArchiveField.words
        return FieldError(
            pointer: "/decisions/\(index)/over", FieldCode(ProblemKind.fieldChanged),
            detail: Message(
                zh: "档案现为 \(words(field.current))，提议依据为 \(words(field.base))，提议为 \(words(field.proposed))",
                en: "the archive says \(words(field.current)), the proposal was based on \(words(field.base)) "
                    + "and says \(words(field.proposed))"))
    }

    /// An error of the archive at the decision that it comes from, where one of them names its field.
    private func pointed(_ error: FieldError) -> FieldError {
        let parts = error.pointer.split(separator: "/").map(String.init)
        let index = items.firstIndex {
            $0.isAccepted && ($0.field == ArchiveField.newMember || parts.contains($0.field))
        }
        return error.at(index.map { "/decisions/\($0)" } ?? "/decisions")
    }

    // MARK: The archive

    private static func apply(
        _ fields: [StoredProposalField], of stored: StoredProposal, _ scope: Scope, _ transaction: Transaction
    ) throws {
        let register = transaction.register
        let household = try HouseholdPlacing.visible(stored.householdId, scope, transaction.connection)
        let day = stored.effectiveOn
        let today = transaction.today
        if let joining = fields.first(where: { $0.name == ArchiveField.newMember }) {
            return try join(joining, of: stored, to: household, scope, transaction)
        }
        var body = ObjectReader(try document(fields, of: stored.id, register.keys).root)
        guard let memberId = stored.memberId else {
            let patch = HouseholdPatch(&body, register.codeLists, from: day, today: today)
            try body.finish()
            _ = try patch.write(to: household, scope, by: stored.id, transaction)
            return
        }
        let patch = MemberPatch(&body, register.codeLists, from: day, today: today)
        try body.finish()
        guard let member = household.members.first(where: { $0.state.id == memberId })?.state else {
            throw Problem(.notFound)
        }
        try MemberPatch.write(
            [try patch.applied(to: member, register.keys)], household, from: day, scope, by: stored.id, transaction)
    }

    /// The merge patch that fields make, with the number in clear.
    private static func document(
        _ fields: [StoredProposalField], of id: Identifier, _ keys: KeyRing
    ) throws -> JSONDocument {
        var json = JSONWriter(reserve: 512)
        try json.object { json in
            for field in fields {
                json.key(data: field.name)
                if let sealed = field.sealed {
                    json.string(try keys.open(sealed, for: ProposalTable.sealedPlace(id)))
                } else {
                    ArchiveField.named(field.name)?.write(field.proposed, &json)
                }
            }
        }
        return try JSONDocument(json.take())
    }

    private static func join(
        _ field: StoredProposalField, of stored: StoredProposal, to household: StoredHousehold, _ scope: Scope,
        _ transaction: Transaction
    ) throws {
        let register = transaction.register
        let stated = try JSONDocument(Array((field.proposed ?? "{}").utf8)).root
        var json = JSONWriter(reserve: 512)
        try json.object { json in
            for (name, value) in stated.members where name != ArchiveField.identityNumber {
                json.key(data: name)
                json.raw(value.rawBytes)
            }
            if stated["joinedOn"] == nil {
                json.key("joinedOn")
                json.string(stored.effectiveOn.description)
            }
            if let sealed = field.sealed {
                json.key("identityNumber")
                json.string(try register.keys.open(sealed, for: ProposalTable.sealedPlace(stored.id)))
            }
        }
        let document = try JSONDocument(json.take())
        var body = ObjectReader(document.root)
        let today = transaction.today
        let reader = HouseholdBodyReader(codes: register.codeLists, today: today, newId: { transaction.newId() })
        let draft = reader.member(&body, on: FactDays(since: stored.effectiveOn, today: today))
        try body.finish()
        guard !household.members.contains(where: { $0.state.id == draft.id }) else { throw Problem(.memberIdTaken) }
        let joining = try MemberJoining(
            draft, contentHash: register.keys.hash(document.canonicalBytes(), purpose: "content"), today: today,
            register.keys)
        let member = try joining.member(of: household)
        try MemberPatch.write([member], household, from: member.joinedOn, scope, by: stored.id, transaction)
        try MemberTable.keep(joining.contentHash, of: member.id, household.number, transaction.connection)
    }
}
