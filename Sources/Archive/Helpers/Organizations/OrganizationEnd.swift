// How a unit ends. Whoever belongs to it would belong to nothing: so it names the unit that takes its cadres over, or
// says in so many words that they stay with it (R004: everyone in post carries a duty, and somebody must know of them).

import Domain
import SQL
import Service
import Web

enum OrganizationEnd {
    /// - Throws: 422 for a unit that does not exist, is not the caller's, has ended, or is the one that ends.
    @Sendable
    static func successor(
        _ id: Identifier, _ draft: RecordDraft<Organization>, _ context: RecordContext
    ) throws -> Identifier {
        let pointer = "/successorOrganizationId"
        guard id != draft.id else { throw Problem.field(pointer, .namesItself) }
        guard let found = try Organization.record.find(id, context.connection), context.scope.contains(found.areaCode)
        else { throw Problem.field(pointer, .unknownOrganization) }
        if let ended = found.state.endedOn {
            throw Problem.field(
                pointer, .organizationEnded, zh: "该单位已于 \(ended) 撤销", en: "the organization ended on \(ended)")
        }
        return id
    }

    @Sendable
    static func settle(_ draft: inout RecordDraft<Organization>, _ context: RecordContext) throws {
        let keepsCadres = draft.state.keepsCadres
        draft.state.keepsCadres = false
        let (before, successor) = (draft.before, draft.state.successorOrganizationId)
        guard let end = draft.state.endedOn else {
            // Whoever lives again has no successor.
            if successor == before?.successorOrganizationId {
                draft.state.successorOrganizationId = nil
            } else if successor != nil {
                throw Problem.field("/successorOrganizationId", .onlyWithEnd)
            }
            return
        }
        guard let before, end != before.endedOn || successor != before.successorOrganizationId else { return }
        if let former = before.endedOn, end < former, let successor, let transaction = context.transaction {
            try move(whoeverStayedFrom: end, in: draft.id, to: successor, context.scope, transaction)
        }
        let cadres = try context.connection.first(
            "SELECT count(*) FROM cadre WHERE organization_id = $1 AND (ended_on IS NULL OR ended_on > $2)", draft.id,
            end
        ) { $0.int(0) }
        guard let cadres, cadres > 0, !keepsCadres else { return }
        guard let successor else {
            throw Problem.field(
                "/to", .cadresRemain,
                zh: "该单位还有 \(cadres) 名在册干部：请用 successorOrganizationId 说明由哪个单位接收，或用 keepsCadres 说明干部留在原单位",
                en: """
                    \(cadres) living cadres belong to it: name who takes them over in successorOrganizationId, or say \
                    keepsCadres
                    """)
        }
        if let transaction = context.transaction {
            try move(from: draft.id, to: successor, on: end, context.scope, transaction)
        }
    }

    /// An earlier end than was known: whoever belonged to the unit since then belonged to the other one.
    private static func move(
        whoeverStayedFrom day: CivilDate, in old: Identifier, to new: Identifier, _ scope: Scope,
        _ transaction: Transaction
    ) throws {
        guard let home = try OrganizationHome.find(new, transaction.connection) else { return }
        let staying = try transaction.connection.query(
            """
            SELECT DISTINCT id FROM cadre_history
            WHERE organization_id = $1 AND superseded_at IS NULL AND valid_to > $2
            """, old, day
        ) { try $0.identifier(0) }
        for id in staying {
            guard let cadre = try CadreTable.find(id, transaction.connection), cadre.state.organizationId == new else {
                continue
            }
            try CadreStore.change(
                cadre, to: cadre.state, CadreFacts(), home: home.areaCode, from: day, stated: ["organizationId"], scope,
                transaction)
        }
    }

    private static func move(
        from old: Identifier, to new: Identifier, on day: CivilDate, _ scope: Scope, _ transaction: Transaction
    ) throws {
        try CadreDay.turn(transaction)
        guard let home = try OrganizationHome.find(new, transaction.connection) else { return }
        let cadres = try CadreTable.find(
            "organization_id = $1 AND (ended_on IS NULL OR ended_on > $2)", [old, day], transaction.connection)
        for cadre in cadres {
            var state = cadre.state
            state.organizationId = new
            // Also of whoever joined it later than the day: from then on it is no more.
            try CadreStore.change(
                cadre, to: state, CadreFacts(), home: home.areaCode, from: day, stated: ["organizationId"],
                replacesLater: true, scope, transaction)
        }
    }
}
