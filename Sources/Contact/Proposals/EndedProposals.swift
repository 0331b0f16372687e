// Open proposals of a household that has ended are on no list any more: they stay as they are, and wait again where the
// end is taken back. Whoever ends it is told of them.

import Archive
import Domain
import SQL
import Service

enum EndedProposals {
    static let subscription = Subscription(to: HouseholdWritten.self) { event, transaction in
        guard event.state.end != nil, event.before?.state.end == nil else { return }
        let open = try transaction.connection.query(
            "SELECT id FROM change_proposal WHERE household_number = $1 AND state = 'open'", event.number
        ) { try $0.identifier(0) }
        for id in open { transaction.endedWith.add(.proposal, id) }
    }
}
