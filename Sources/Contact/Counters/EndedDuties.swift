// The duties of contact of an area whose periods ended within some days, each where the household lived on the last day
// of its period: read from the kept rows or, while those are not complete, from what decides on duties. A household
// that ended by the last of the days owes nothing; of one that has ended since nothing is kept. Whatever counts duties
// of past periods reads them here.

import Archive
import Domain
import SQL
import Service

struct EndedDuties {
    /// The village in which a household lived, where it moved, and where that lies now.
    typealias Home = (village: Identifier?, place: Int64)
    typealias Body = (_ household: Int64, _ home: Home, _ periodEnd: CivilDate, _ doneOn: CivilDate?) throws -> Void

    let area: PastArea
    /// Of everybody around the area who moved.
    let stays: HouseholdStays
    let period: CountedPeriod

    private static let isInside = PastArea.condition("h.area_code", village: "h.village_id", ("$1", "$2", "$3"))

    private var values: [any Bindable] { [area.scope.first, area.scope.last, area.villageList] }

    /// - Parameter day: periods that end on it or later have not ended yet.
    func forEach(before day: CivilDate, _ connection: Connection, _ body: Body) throws {
        let last = min(period.last, day.adding(days: -1))
        guard last >= period.first else { return }
        guard try ContactWork.areKept(through: last, connection) else {
            return try forEachOwed(endedSince: false, through: last, connection, body)
        }
        try forEachOwed(endedSince: true, through: last, connection, body)
        try connection.forEach(
            """
            SELECT h.household_number, h.area_code, d.period_end, d.done_on
            FROM household h CROSS JOIN contact_duty d
            WHERE \(Self.isInside) AND d.household_number = h.household_number AND d.period_end BETWEEN $4 AND $5
            """, values: values + ([period.first, last] as [any Bindable])
        ) { row in
            guard !stays.haveMoved(row.int64(0)) else { return }
            try body(row.int64(0), (nil, row.int64(1)), try row.date(2), try row.optionalDate(3))
        }
        for number in stays.numbers {
            try connection.forEach(
                """
                SELECT period_end, done_on FROM contact_duty
                WHERE household_number = $1 AND period_end BETWEEN $2 AND $3
                """, number, period.first, last
            ) { try enterMoved(number, try $0.date(0), try $0.optionalDate(1), body) }
        }
    }

    private func enterMoved(
        _ household: Int64, _ periodEnd: CivilDate, _ doneOn: CivilDate?, _ body: Body
    ) throws {
        guard let home = stays.home(of: household, on: periodEnd), area.contains(home.village, at: home.place)
        else { return }
        try body(household, (home.village, home.place), periodEnd, doneOn)
    }

    /// The same from what decides on duties.
    ///
    /// - Parameter isEnded: only of households that have ended since.
    private func forEachOwed(
        endedSince isEnded: Bool, through last: CivilDate, _ connection: Connection, _ body: Body
    ) throws {
        let policies = ContactPolicies()
        func owed(_ household: Int64) throws -> [ContactDuty] {
            guard let facts = try ContactFacts.read(household, policies, connection) else { return [] }
            let owed = try facts.duties(endingFrom: period.first, through: last, wasLiving: true, connection)
                .filter { $0.name.last <= last }
            return try HouseholdContacts.counting(for: owed, of: household, connection)
        }
        let day = last.adding(days: 1)
        func wasLiving(_ day: String) -> String {
            isEnded ? "h.ended_on > \(day)" : "(h.ended_on IS NULL OR h.ended_on > \(day))"
        }
        let there = try connection.query(
            "SELECT household_number, area_code FROM household h WHERE \(Self.isInside) AND \(wasLiving("$4"))",
            values: values + [day]
        ) { (number: $0.int64(0), place: $0.int64(1)) }
        for household in there where !stays.haveMoved(household.number) {
            for duty in try owed(household.number) {
                try body(household.number, (nil, household.place), duty.name.last, duty.doneOn)
            }
        }
        for number in stays.numbers {
            let isOwing = try connection.first(
                "SELECT 1 FROM household h WHERE household_number = $1 AND \(wasLiving("$2"))", number, day
            ) { _ in true }
            guard isOwing == true else { continue }
            for duty in try owed(number) { try enterMoved(number, duty.name.last, duty.doneOn, body) }
        }
    }
}
