// A village that becomes part of another: its households and groups go over, each household with a row of history.

import Domain
import SQL

enum VillageMerger {
    static func merge(_ old: Division, into new: Division, on day: CivilDate, _ transaction: Transaction) throws {
        try GroupStore.move(from: old, to: new, transaction)
        let households = try transaction.connection.query(
            "SELECT id FROM household WHERE village_id = $1 ORDER BY household_number", old.id
        ) { try $0.identifier(0) }
        for id in households {
            guard let household = try HouseholdTable.find(id, transaction.connection) else { continue }
            var state = household.state
            state.villageId = new.id
            try HouseholdStore.change(
                household, to: state, members: [], areaCode: new.areaCode, from: day, transaction)
        }
    }
}
