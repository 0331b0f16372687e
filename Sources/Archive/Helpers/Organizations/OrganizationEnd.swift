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
        draft.state.keepsCadres = nil
        let (before, successor) = (draft.before, draft.state.successorOrganizationId)
        guard let end = draft.state.endedOn else {
            // Whoever lives again has no successor.
            if successor == before?.successorOrganizationId {
                draft.state.successorOrganizationId = nil
            } else if successor != nil {
                throw Problem.field("/successorOrganizationId", .onlyWithEnd)
            }
            if let before { try takeBack(UnitSuccession(of: draft.id, before, context.connection), context) }
            return
        }
        if successor != nil, keepsCadres == true {
            throw Problem.field(
                "/keepsCadres", .onlyOne, zh: "干部由 successorOrganizationId 接收，就不能同时留在原单位",
                en: "its cadres go over to the successor: they cannot stay, too")
        }
        guard let before else { return }
        let isOther = end != before.endedOn || successor != before.successorOrganizationId
        guard isOther || keepsCadres == false else { return }
        try hand(draft, over: UnitSuccession(of: draft.id, before, context.connection), keepsCadres, on: end, context)
    }

    /// - Throws: 422 where cadres would remain without a word.
    private static func hand(
        _ draft: RecordDraft<Organization>, over former: UnitSuccession, _ keepsCadres: Bool?, on end: CivilDate,
        _ context: RecordContext
    ) throws {
        let connection = context.connection
        if let successor = draft.state.successorOrganizationId {
            guard let transaction = context.transaction else { return }
            try CadreDay.turn(transaction)
            try former.takeBack(until: end, context.scope, transaction)
            for stay in try UnitStay.all(in: draft.id, from: end, connection) {
                try stay.move(to: successor, context.scope, transaction)
            }
            return
        }
        let remaining = Set(try UnitStay.all(in: draft.id, from: end, connection).map(\.cadre)).union(former.cadres)
        guard remaining.isEmpty || keepsCadres == true else {
            throw Problem.field(
                "/to", .cadresRemain,
                zh: """
                    该单位还有 \(remaining.count) 名在册干部：请用 successorOrganizationId 说明由哪个单位接收，或用 keepsCadres 说明干部留在原单位
                    """,
                en: """
                    \(remaining.count) living cadres belong to it: name who takes them over in \
                    successorOrganizationId, or say keepsCadres
                    """)
        }
        try takeBack(former, until: end, context)
    }

    private static func takeBack(
        _ former: UnitSuccession, until end: CivilDate? = nil, _ context: RecordContext
    ) throws {
        guard let transaction = context.transaction else { return }
        try CadreDay.turn(transaction)
        try former.takeBack(until: end, context.scope, transaction)
    }
}
