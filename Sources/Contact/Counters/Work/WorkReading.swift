// Counts what each helper of an area owed and did in some days. A duty is that of whoever answered for the household on
// the last day of its period and could help: a successor does not inherit what another left undone. What somebody did
// is counted by the records, whoever answers for the household. Both count where the household lived on the day. Read
// from the kept rows of duties and walks over indexes of contacts; a county and year take about a second, in the long
// pool.

import Archive
import Domain
import SQL
import Service

struct WorkReading {
    private let area: PastArea
    private let stays: HouseholdStays
    private let period: CountedPeriod
    private let today: CivilDate
    private let connection: Connection
    private(set) var workers: [Worker] = []
    /// Duties for which nobody answered at the end of their periods.
    private(set) var unassigned = WorkCounts()
    /// Households that somebody of a unit visited, each once, by the unit.
    private(set) var householdsVisitedByUnit: [Identifier: Int] = [:]
    private var indexes: [Identifier: Int] = [:]
    private var answering: [Int64: [(first: CivilDate, end: CivilDate, worker: Int)]] = [:]

    init(of area: PastArea, _ period: CountedPeriod, today: CivilDate, _ connection: Connection) throws {
        self.area = area
        stays = try HouseholdStays(around: area.scope, connection)
        self.period = period
        self.today = today
        self.connection = connection
        try readCadres()
        try readAnswering()
        try readDuties()
        try readContacts()
        try readLoads()
        workers.removeAll { $0.counts.isEmpty && $0.load == nil }
    }

    private mutating func readCadres() throws {
        try connection.forEach("SELECT id, organization_id FROM cadre") { row in
            let id = try row.identifier(0)
            indexes[id] = workers.count
            workers.append(Worker(id: id, organizationId: try row.identifier(1)))
        }
    }

    /// Whether a household lived in the area on a day.
    ///
    /// - Parameter isInside: whether it lies there now.
    private func lived(_ household: Int64, on day: CivilDate, isInside: Bool) -> Bool {
        stays.home(of: household, on: day).map { area.contains($0.village, at: $0.place) } ?? isInside
    }

    /// The condition of households `h` that lie in the area now.
    private static func isInside(_ place: String, village: String) -> String {
        PastArea.condition(place, village: village, ("$1", "$2", "$3"))
    }

    private func values(_ others: any Bindable...) -> [any Bindable] {
        [area.scope.first, area.scope.last, area.villageList] + others
    }

    /// Who answered for which household of the area and could help, from the first day of the period on.
    private mutating func readAnswering() throws {
        let day = min(period.last, today)
        let columns = "k.household_number, k.cadre_id, k.first_on, k.end_on"
        func enter(_ row: borrowing Row, _ reading: inout WorkReading, isInside: Bool) throws {
            guard let worker = reading.indexes[try row.identifier(1)] else { return }
            let household = row.int64(0)
            let first = try row.date(2)
            let end = try row.optionalDate(3) ?? .last
            reading.answering[household, default: []].append((first, end, worker))
            guard first <= day, day < end, reading.lived(household, on: day, isInside: isInside) else { return }
            reading.workers[worker].counts.households += 1
        }
        try connection.forEach(
            """
            SELECT \(columns) FROM household h CROSS JOIN household_covered k ON k.household_number = h.household_number
            WHERE \(Self.isInside("h.area_code", village: "h.village_id")) AND (k.end_on IS NULL OR k.end_on > $4)
            """, values: values(min(period.first, day))
        ) { row in
            if !stays.haveMoved(row.int64(0)) { try enter(row, &self, isInside: true) }
        }
        for number in stays.numbers {
            try connection.forEach(
                """
                SELECT \(columns) FROM household_covered k
                WHERE k.household_number = $1 AND (k.end_on IS NULL OR k.end_on > $2)
                """, number, min(period.first, day)
            ) { try enter($0, &self, isInside: false) }
        }
    }

    // MARK: What was owed

    private mutating func readDuties() throws {
        try EndedDuties(area: area, stays: stays, period: period).forEach(before: today, connection) {
            household, _, periodEnd, doneOn in
            let worker = answering[household]?.first { $0.first <= periodEnd && periodEnd < $0.end }?.worker
            if let worker {
                workers[worker].counts.duties.add(doneOn: doneOn, periodEnd: periodEnd, on: today)
            } else {
                unassigned.duties.add(doneOn: doneOn, periodEnd: periodEnd, on: today)
            }
        }
    }

    // MARK: What was done

    private mutating func readContacts() throws {
        // The contacts of a household lie together in their index.
        let columns = "v.household_number, v.visit_number, v.kind, v.author_id, v.counted_on"
        let ofHouseholds = """
            household h CROSS JOIN visit v ON v.household_number = h.household_number
            WHERE \(Self.isInside("h.area_code", village: "h.village_id"))
            """
        let ofVillages = """
            visit v WHERE v.village_id IS NOT NULL AND \(Self.isInside("+v.area_code", village: "v.village_id"))
            """
        var visitors = HouseholdVisitors()
        for (source, day) in [(ofHouseholds, "v.counted_on"), (ofVillages, "+v.counted_on")] {
            try connection.forEach(
                "SELECT \(columns) FROM \(source) AND \(day) BETWEEN $4 AND $5 AND v.is_counted = 1",
                values: values(period.first, period.last)
            ) { row in
                if row.isNull(0) || !stays.haveMoved(row.int64(0)) { try readContact(row, &visitors) }
            }
        }
        for number in stays.numbers {
            try connection.forEach(
                """
                SELECT \(columns) FROM visit v
                WHERE v.household_number = $1 AND v.counted_on BETWEEN $2 AND $3 AND v.is_counted = 1
                """, number, period.first, period.last
            ) { row in
                if lived(number, on: try row.date(4), isInside: false) { try readContact(row, &visitors) }
            }
        }
        visitors.enter(0, &self)
    }

    private mutating func readContact(_ row: borrowing Row, _ visitors: inout HouseholdVisitors) throws {
        let sort = ContactSort(row.utf8(2))
        var who: Set<Int> = []
        if let author = row.optionalIdentifier(3).flatMap({ indexes[$0] }) { who.insert(author) }
        if sort == .visit { try who.formUnion(companions(row.int64(1))) }
        for worker in who {
            switch sort {
            case .visit: workers[worker].counts.visits += 1
            case .call: workers[worker].counts.calls += 1
            case .other: break
            }
        }
        guard sort == .visit, !row.isNull(0) else { return }
        visitors.enter(row.int64(0), &self)
        visitors.seen.formUnion(who)
    }

    /// Cadres who came along to a visit.
    private func companions(_ visit: Int64) throws -> [Int] {
        try connection.query(
            "SELECT cadre_id FROM visit_companion WHERE visit_number = $1 AND cadre_id IS NOT NULL", visit
        ) { indexes[try $0.identifier(0)] }.compactMap(\.self)
    }

    /// Who visited the household whose contacts are being read.
    private struct HouseholdVisitors {
        private var household: Int64 = 0
        var seen: Set<Int> = []

        /// Counts whoever visited the household before, where another one begins.
        mutating func enter(_ other: Int64, _ reading: inout WorkReading) {
            guard other != household else { return }
            for worker in seen { reading.workers[worker].counts.householdsVisited += 1 }
            for unit in Set(seen.map { reading.workers[$0].organizationId }) {
                reading.householdsVisitedByUnit[unit, default: 0] += 1
            }
            seen = []
            household = other
        }
    }

    // MARK: What they carry

    /// Of those who are counted in the area today; nobody is in one that has merged since.
    private mutating func readLoads() throws {
        guard area.former == nil else { return }
        try connection.forEach(
            """
            SELECT k.cadre_id, k.division_id, k.quota, k.load, k.is_linked AND k.is_in_post
            FROM division d CROSS JOIN cadre_help k ON k.division_id = d.id
            WHERE d.area_code BETWEEN $1 AND $2 AND d.area_last <= $2
            """, area.scope.first, area.scope.last
        ) { row in
            guard let worker = indexes[try row.identifier(0)] else { return }
            let isHeldToIt = row.bool(4)
            workers[worker].division = try row.identifier(1)
            // Who has left and carries nothing any more is told of only for what they did.
            guard isHeldToIt || row.int(3) > 0 || !workers[worker].counts.isEmpty else { return }
            workers[worker].load = WorkLoad(quota: row.int(2), load: row.int(3), isHeldToIt: isHeldToIt)
        }
    }
}
