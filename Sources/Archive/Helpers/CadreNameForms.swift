// How names of cadres are brought into one form, where they were stored before there was one.

import Domain
import SQL
import Service

/// Of cadres.
enum CadreNames {
    static let form = NameForm(
        texts: "SELECT id, name, 0 FROM cadre", mend: mend)

    @Sendable
    private static func mend(_ id: Identifier, _ transaction: Transaction) throws {
        let connection = transaction.connection
        try CadreDay.turn(transaction)
        guard let stored = try CadreTable.find(id, connection) else { return }
        let home = try CadrePlacing.organization(
            stored.state.organizationId, hasChanged: false, .everything, connection)
        var state = stored.state
        state.name = NameForms.name(state.name)
        try CadreStore.change(
            stored, to: state, CadreFacts(rank: .keep, postState: .keep, link: .keep), home: home.areaCode,
            from: max(transaction.today, stored.validFrom), .everything, transaction)
    }
}
