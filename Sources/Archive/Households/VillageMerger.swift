// A village that becomes part of another: its households go over, each with a row of history.

import Domain
import SQL
import Service

enum VillageMerger {
    static func follow(_ event: DivisionSucceeded, _ transaction: Transaction) throws {
        guard event.old.level == .village else { return }
        let households = try transaction.connection.query(
            "SELECT id FROM household WHERE village_id = $1 ORDER BY household_number", event.old.id
        ) { try $0.identifier(0) }
        for id in households {
            guard let household = try HouseholdTable.find(id, transaction.connection) else { continue }
            var state = household.state
            state.villageId = event.new.id
            // Whoever came after the day of a merger that is told late was somewhere else on it.
            let course = try HouseholdTable.course(of: household, reaching: event.day, transaction.connection)
            let stay = course.stretches.reversed().prefix { $0.state.villageId == household.state.villageId }
            let day = max(event.day, stay.last?.first ?? event.day)
            try HouseholdStore.change(
                household, to: state, members: [], areaCode: event.new.areaCode, from: day, .everything, transaction)
        }
    }
}
