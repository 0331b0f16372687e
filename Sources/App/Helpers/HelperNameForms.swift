// How names of organizations, cadres and other helpers are brought into one form, where they were stored before there
// was one.

import Domain
import SQL

/// Of organizations, and whom to ask there.
enum OrganizationNames {
    static let form = NameForm(
        texts: """
            SELECT id, name, 0 FROM organization UNION ALL SELECT id, contact_name, 0 FROM organization
            WHERE contact_name IS NOT NULL
            """, mend: mend)

    @Sendable
    private static func mend(_ id: Identifier, _ transaction: Transaction) throws {
        guard let stored = try OrganizationTable.find(id, transaction.connection) else { return }
        var state = stored.state
        state.name = NameForms.name(state.name)
        state.contactName = state.contactName.map(NameForms.name)
        try OrganizationStore.change(
            stored, to: state, areaCode: stored.areaCode, from: max(transaction.today, stored.validFrom), transaction)
    }
}

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

/// Of other helpers.
enum HelperNames {
    static let form = NameForm(
        texts: "SELECT id, name, 0 FROM helper", mend: mend)

    @Sendable
    private static func mend(_ id: Identifier, _ transaction: Transaction) throws {
        guard let stored = try HelperTable.find(id, transaction.connection) else { return }
        var state = stored.state
        state.name = NameForms.name(state.name)
        try HelperStore.change(
            stored, to: state, areaCode: stored.areaCode, from: max(transaction.today, stored.validFrom), transaction)
    }
}
