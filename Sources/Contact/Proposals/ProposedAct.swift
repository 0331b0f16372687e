// What proposals change of the archive, through the household's own change: the fields of all that are decided together
// are one act, so that a householder's leaving and who follows may come from two tablets.

import Archive
import Domain
import SQL
import Service
import Web

struct ProposedAct {
    private let proposals: [DecidedProposal]
    private let replacesLater: Bool

    /// - Parameter replacesLater: whether what is known of later days is wiped.
    init(_ proposals: [DecidedProposal], replacesLater: Bool) {
        self.proposals = proposals
        self.replacesLater = replacesLater
    }

    /// Carries out what is accepted: who joins first, then who goes into an archive of their own, then everything else
    /// at once.
    ///
    /// - Returns: what it tells late of earlier days.
    func write(
        _ scope: Scope, _ transaction: Transaction
    ) throws -> [(member: Identifier?, span: RetoldSpan)] {
        var retold: [(member: Identifier?, span: RetoldSpan)] = []
        var rest: [DecidedProposal] = []
        for proposal in proposals where !proposal.accepted.isEmpty {
            guard let joining = proposal.accepted.first(where: { $0.name == ArchiveField.newMember }) else {
                rest.append(proposal)
                continue
            }
            retold += try Self.join(joining, of: proposal.stored, scope, transaction).retold
        }
        for proposal in rest {
            guard let split = proposal.accepted.first(where: { $0.name == ArchiveField.split }) else { continue }
            retold += try Self.split(split, of: proposal.stored, scope, transaction).retold
        }
        rest.removeAll { $0.accepted.contains { $0.name == ArchiveField.split } }
        guard let first = rest.first else { return retold }
        let keys = transaction.register.keys
        let (codes, today) = (transaction.register.codeLists, transaction.today)
        // What is told together holds from the day on which all of it was seen; whoever leaves does so on the day of
        // leaving, and whoever follows as householder too.
        let day = rest.map(\.stored.effectiveOn).max() ?? today
        var people: [NamedMemberPatch] = []
        var patch: HouseholdPatch?
        var facts: [StoredProposalField] = []
        for proposal in rest {
            guard let member = proposal.stored.memberId else {
                facts += proposal.accepted
                continue
            }
            var body = ObjectReader(try Self.document(proposal.accepted, of: proposal.stored.id, keys).root)
            let own = MemberPatch(&body, codes, from: day, today: today)
            try body.finish()
            people.append(NamedMemberPatch(member, own, people.count))
        }
        let household = try HouseholdPlacing.visible(first.stored.householdId, scope, transaction.connection)
        if let stored = rest.first(where: { $0.stored.memberId == nil })?.stored {
            var body = ObjectReader(try Self.document(facts, of: stored.id, keys).root)
            patch = HouseholdPatch(&body, codes, from: day, today: today)
            try body.finish()
        }
        patch?.replacesLater = replacesLater
        guard let patch else {
            let changed = try NamedMemberPatch.applied(people, to: household, on: day, mayRepeat: true, transaction)
            return try retold
                + MemberPatch.write(
                    changed, household, from: day, replacesLater: replacesLater, scope, by: first.stored.id,
                    transaction
                ).retold
        }
        return try retold
            + patch.write(to: household, with: people, scope, by: first.stored.id, transaction).retold
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

    private static func split(
        _ field: StoredProposalField, of stored: StoredProposal, _ scope: Scope, _ transaction: Transaction
    ) throws -> HouseholdPatched {
        let origin = try HouseholdPlacing.visible(stored.householdId, scope, transaction.connection)
        let stated = try JSONDocument(Array((field.proposed ?? "{}").utf8))
        var body = ObjectReader(stated.root)
        let id = body.optionalValue("id", FieldText.identifier) ?? transaction.newId()
        if try HouseholdTable.find(id, transaction.connection) != nil { throw Problem(.conflictingContent) }
        let split = HouseholdSplitBody(
            &body, id: id, from: stored.effectiveOn, transaction.register.codeLists, today: transaction.today
        ) { transaction.newId() }
        try body.finish()
        return try split.carryOut(from: origin, scope, by: stored.id, transaction)
    }

    private static func join(
        _ field: StoredProposalField, of stored: StoredProposal, _ scope: Scope, _ transaction: Transaction
    ) throws -> HouseholdPatched {
        let household = try HouseholdPlacing.visible(stored.householdId, scope, transaction.connection)
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
        let patched = try MemberPatch.write(
            [ToldMember(member)], household, from: member.joinedOn, scope, by: stored.id, transaction)
        try MemberTable.keep(joining.contentHash, of: member.id, household.number, transaction.connection)
        return patched
    }
}
