// What may be written of activities: recording one with whoever took part, changing it, and what happens when its
// division goes elsewhere.

import Domain
import SQL
import Web

enum ActivityStore {
    /// Holds participants against the register. What callers may not see is unknown to them; they also see a cadre who
    /// helps a household of their area.
    ///
    /// - Throws: 422 with everybody who is not there, or appears twice.
    static func place(
        _ stated: [StatedParticipant], _ scope: Scope, _ connection: Connection
    ) throws -> [Participant] {
        var errors: [FieldError] = []
        var seen: Set<Identifier> = []
        var participants: [Participant] = []
        for (index, one) in stated.enumerated() {
            func add(_ code: FieldCode) { errors.report("/participants/\(index)/\(one.field)", code) }
            let found: (id: Identifier?, participant: Participant)?
            switch one {
            case .cadre(let id):
                found = try isVisible(cadre: id, scope, connection) ? (id, Participant(cadre: id)) : nil
                if found == nil { add(.unknownCadre) }
            case .household(let id):
                found = try HouseholdView.head(id, scope, connection).map { (id, Participant(household: $0.number)) }
                if found == nil { add(.unknownHousehold) }
            case .member(let id):
                found = try household(of: id, scope, connection).map { (id, Participant(household: $0, member: id)) }
                if found == nil { add(.unknownMember) }
            case .name(let name): found = (nil, Participant(name: name))
            }
            guard let found else { continue }
            if let id = found.id, !seen.insert(id).inserted { add(.repeated) }
            participants.append(found.participant)
        }
        if !errors.isEmpty { throw InvalidBody(errors: Array(errors.prefix(ObjectReader.errorsMax))) }
        return participants
    }

    private static func isVisible(cadre id: Identifier, _ scope: Scope, _ connection: Connection) throws -> Bool {
        try connection.first(
            """
            SELECT area_code BETWEEN $2 AND $3 OR EXISTS (SELECT 1 FROM pairing p
                WHERE p.cadre_id = $1 AND p.area_code BETWEEN $2 AND $3)
            FROM cadre WHERE id = $1
            """, id, scope.first, scope.last
        ) { $0.bool(0) } ?? false
    }

    private static func household(of member: Identifier, _ scope: Scope, _ connection: Connection) throws -> Int64? {
        try connection.first(
            """
            SELECT h.household_number FROM member m JOIN household h ON h.household_number = m.household_number
            WHERE m.id = $1 AND h.area_code BETWEEN $2 AND $3
            """, member, scope.first, scope.last
        ) { $0.int64(0) }
    }

    // MARK: Writing

    static func create(
        _ id: Identifier, _ facts: ActivityFacts, _ participants: [Participant], in division: Division,
        contentHash: [UInt8], _ transaction: Transaction
    ) throws {
        try ActivityTable.insert(id, facts, participants, in: division, contentHash: contentHash, transaction)
        try transaction.audit(
            "create", .activity, id,
            after: RecordAudit.whole(
                facts.auditFields + [
                    ("areaCode", .text(division.code.description)),
                    ("participants", try audited(participants, transaction.connection)),
                ]))
        try transaction.change(.create, .activity, id, version: 1, to: division.areaCode)
    }

    static func change(
        _ stored: StoredActivity, to facts: ActivityFacts, _ participants: [Participant], _ transaction: Transaction
    ) throws {
        guard facts != stored.facts || participants != stored.participants else { return }
        try ActivityTable.update(stored, to: facts, participants, transaction)
        let connection = transaction.connection
        let (before, after) = RecordAudit.difference(
            stored.facts.auditFields + [("participants", try audited(stored.participants, connection))],
            facts.auditFields + [("participants", try audited(participants, connection))])
        let isEnding = facts.isWithdrawn && !stored.facts.isWithdrawn
        try transaction.audit(isEnding ? "withdraw" : "change", .activity, stored.id, before: before, after: after)
        try transaction.change(
            isEnding ? .end : .change, .activity, stored.id, version: stored.version + 1, from: stored.areaCode,
            to: stored.areaCode)
    }

    private static func audited(_ participants: [Participant], _ connection: Connection) throws -> AuditValue {
        .texts(
            try participants.map { participant in
                let household = try participant.household.flatMap { try HouseholdTable.id(of: $0, connection) }
                return participant.auditText(household)
            })
    }
}
