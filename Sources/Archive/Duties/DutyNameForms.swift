// How names of work teams and of holders of duties are converted to the written form.

import Domain
import SQL
import Service

/// Of work teams.
package enum TeamNames {
    package static let form = NameForm(
        texts: "SELECT team_id, name, 0 FROM work_team_term WHERE superseded_at IS NULL", mend: mend)

    @Sendable
    private static func mend(_ id: Identifier, _ transaction: Transaction) throws {
        guard let stored = try TeamTable.find(id, transaction.connection), var state = stored.state else { return }
        state.name = NameForms.name(state.name)
        try TeamStore.change(stored, to: state, .everything, transaction)
    }
}

/// Names of those who hold duties without being registered themselves.
package enum DutyNames {
    package static let form = NameForm(
        texts: """
            SELECT duty_id, holder_name, 0 FROM duty_term WHERE superseded_at IS NULL AND holder_name IS NOT NULL
            """, mend: mend)

    @Sendable
    private static func mend(_ id: Identifier, _ transaction: Transaction) throws {
        guard let stored = try DutyTable.find(id, transaction.connection), var state = stored.state else { return }
        state.holderName = state.holderName.map(NameForms.name)
        try DutyStore.change(stored, to: state, .everything, transaction)
    }
}
