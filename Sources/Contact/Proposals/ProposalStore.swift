// What may be written of change proposals: making one, alone or with its visit, and taking it back. How one is decided
// is in ProposalDecisions.

import Archive
import Domain
import SQL
import Service
import Web

/// A proposal on its way in, held against the register.
struct NewProposal: Sendable {
    let draft: ProposalDraft
    let household: HouseholdView.Head
    let visitId: Identifier?
    /// Who proposes it, and may take it back.
    let recordedBy: Identifier?
    /// The day on which it was seen: that of the visit, else that of the proposal.
    let seenOn: CivilDate
    /// What the archive said at the version that the proposer knew.
    let base: [String: ArchiveValue]
}

enum ProposalStore {
    /// Holds a proposal against its household.
    ///
    /// - Parameters:
    ///   - visit: the visit on which it was seen.
    ///   - seenOn: that visit's day, else the day of the proposal.
    ///   - recordedBy: who proposes it.
    ///   - pointer: where the proposal stands in the body.
    /// - Throws: 422 for a version that the household never had, and for a member who is not its own.
    static func place(
        _ draft: ProposalDraft, _ household: HouseholdView.Head, _ id: Identifier,
        visit: Identifier? = nil, seenOn: CivilDate, recordedBy: Identifier?, at pointer: String = "",
        _ connection: Connection
    ) throws -> NewProposal {
        var errors: [FieldError] = []
        if draft.baseVersion > household.version { errors.report(pointer + "/baseVersion", .unknownVersion) }
        var member: Identifier?
        switch draft.subject {
        case .household: break
        case .member(let id):
            member = id
            let lives = try connection.first(
                "SELECT left_on IS NULL FROM member WHERE household_number = $1 AND id = $2", household.number, id
            ) { $0.bool(0) }
            let place = draft.fields.first?.name == "leftOn" ? "/memberLeaves/memberId" : "/member/memberId"
            if lives == nil {
                errors.report(pointer + place, .unknownMember, zh: "该户没有这名成员", en: "the household has no such member")
            }
        case .split(let going, let remaining):
            for (list, ids) in [("members", going), ("remaining", remaining)] {
                for (index, id) in ids.enumerated()
                where try !lives(id, household.number, on: draft.happenedOn ?? seenOn, connection) {
                    errors.report("\(pointer)/split/\(list)/\(index)/id", .unknownMember)
                }
            }
        case .newMember(nil): break
        case .newMember(let id?):
            let isKnown = try connection.first("SELECT 1 FROM member WHERE id = $1", id) { $0.bool(0) } ?? false
            if isKnown { errors.report(pointer + "/newMember/id", FieldCode(ProblemKind.memberIdTaken)) }
        }
        if !errors.isEmpty { throw InvalidBody(errors: errors) }
        let base = try ArchiveBase.values(
            of: draft.fields.map(\.name), household, id, member: member, at: draft.baseVersion, connection)
        return NewProposal(
            draft: draft, household: household, visitId: visit, recordedBy: recordedBy, seenOn: seenOn, base: base)
    }

    private static func lives(
        _ id: Identifier, _ household: Int64, on day: CivilDate, _ connection: Connection
    ) throws -> Bool {
        try connection.first(
            """
            SELECT 1 FROM member WHERE household_number = $1 AND id = $2 AND (left_on IS NULL OR left_on > $3)
            """, household, id, day
        ) { _ in true } ?? false
    }

    /// Writes a new proposal.
    ///
    /// - Parameter contentHash: keyed hash of what made it.
    static func create(_ new: NewProposal, contentHash: [UInt8], _ transaction: Transaction) throws {
        try ProposalTable.insert(new, contentHash: contentHash, transaction)
        let id = new.draft.id
        let household = try HouseholdTable.id(of: new.household.number, transaction.connection)
        try transaction.audit("create", .proposal, id, after: audit(new, household))
        try transaction.change(.create, .proposal, id, version: 1, to: new.household.areaCode)
    }

    private static func audit(_ new: NewProposal, _ household: Identifier?) -> [UInt8] {
        var json = JSONWriter(reserve: 512)
        json.object { json in
            if let household {
                json.key("householdId")
                json.string(household.description)
            }
            if case .member(let id) = new.draft.subject {
                json.key("memberId")
                json.string(id.description)
            }
            json.key("baseVersion")
            json.integer(new.draft.baseVersion)
            json.key("fields")
            json.array { json in
                for field in new.draft.fields {
                    json.object { json in
                        json.key("field")
                        json.string(field.name)
                        json.key("state")
                        json.string(StoredProposalField.State.open.rawValue)
                        json.key("proposed")
                        ArchiveField.named(field.name)?.write(field.value, &json)
                    }
                }
            }
        }
        return json.take()
    }

    /// What became of fields of a proposal, in the same words.
    static func audit(
        _ fields: [(name: String, state: StoredProposalField.State, reason: String?)]
    ) -> [UInt8] {
        var json = JSONWriter(reserve: 256)
        json.object { json in
            json.key("fields")
            json.array { json in
                for field in fields {
                    json.object { json in
                        json.key("field")
                        json.string(field.name)
                        json.key("state")
                        json.string(field.state.rawValue)
                        if let reason = field.reason {
                            json.key("reason")
                            json.string(reason)
                        }
                    }
                }
            }
        }
        return json.take()
    }

    /// Takes back what is still open of a proposal.
    ///
    /// - Throws: 403 for anybody but the proposer.
    static func withdraw(_ stored: StoredProposal, reason: String?, _ transaction: Transaction) throws {
        guard stored.recordedBy != nil, stored.recordedBy == transaction.actor.userId else {
            throw Problem.forbidden(zh: "只有提出人可以撤回", en: "only whoever proposed it may take it back")
        }
        let open = stored.fields.filter { $0.state == .open }
        guard !open.isEmpty else { return }
        for field in open {
            try ProposalTable.decide(field, of: stored.id, as: .withdrawn, reason: reason, transaction)
        }
        let isWhole = open.count == stored.fields.count
        let settled = try ProposalTable.settle(stored.id, isWithdrawn: isWhole, transaction)
        try transaction.audit(
            "withdraw", .proposal, stored.id,
            before: audit(open.map { ($0.name, .open, nil) }), after: audit(open.map { ($0.name, .withdrawn, reason) }))
        try transaction.change(
            .end, .proposal, stored.id, version: settled.version, from: stored.areaCode, to: settled.areaCode)
    }
}
