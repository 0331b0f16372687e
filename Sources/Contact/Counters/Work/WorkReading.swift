// Counts what each helper of an area owed and did in some days. A duty is that of whoever answered for the household on
// the last day of its period: a successor does not inherit what another left undone. What somebody did is counted by
// the records, whoever answers for the household. Read from the kept rows of duties and walks over indexes of contacts;
// a county and year take about a second, in the long pool.

import Domain
import SQL
import Service

struct WorkReading {
    private let scope: Scope
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

    init(in scope: Scope, _ period: CountedPeriod, today: CivilDate, _ connection: Connection) throws {
        self.scope = scope
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

    /// Who answered for which household of the area, from the first day of the period on.
    private mutating func readAnswering() throws {
        let day = min(period.last, today)
        try connection.forEach(
            """
            SELECT r.household_number, p.cadre_id, r.valid_from, r.valid_to
            FROM household h CROSS JOIN responsibility r ON r.household_number = h.household_number
            CROSS JOIN pairing p ON p.id = r.pairing_id
            WHERE h.area_code BETWEEN $1 AND $2 AND r.superseded_at IS NULL
                AND (r.valid_to IS NULL OR r.valid_to > $3)
            """, scope.first, scope.last, min(period.first, day)
        ) { row in
            guard let worker = indexes[try row.identifier(1)] else { return }
            let first = try row.date(2)
            let end = try row.optionalDate(3) ?? .last
            answering[row.int64(0), default: []].append((first, end, worker))
            if first <= day, day < end { workers[worker].counts.households += 1 }
        }
    }

    // MARK: What was owed

    private mutating func add(_ household: Int64, _ periodEnd: CivilDate, _ doneOn: CivilDate?) {
        let worker = answering[household]?.first { $0.first <= periodEnd && periodEnd < $0.end }?.worker
        if let worker {
            workers[worker].counts.add(doneOn: doneOn, periodEnd: periodEnd)
        } else {
            unassigned.add(doneOn: doneOn, periodEnd: periodEnd)
        }
    }

    private mutating func readDuties() throws {
        let last = min(period.last, today.adding(days: -1))
        guard last >= period.first else { return }
        guard try ContactWork.areKept(through: last, connection) else {
            return try readOwed(through: last, isKept: false)
        }
        // Of a household that has ended since nothing is kept.
        try readOwed(through: last, isKept: true)
        try connection.forEach(
            """
            SELECT d.household_number, d.period_end, d.done_on FROM household h CROSS JOIN contact_duty d
            WHERE h.area_code BETWEEN $1 AND $2 AND d.household_number = h.household_number
                AND d.period_end BETWEEN $3 AND $4
            """, scope.first, scope.last, period.first, last
        ) { add($0.int64(0), try $0.date(1), try $0.optionalDate(2)) }
    }

    /// The same from what decides on duties, while the kept rows are being counted anew, and of households that ended
    /// after the days; one that ended within them owes nothing.
    ///
    /// - Parameter isKept: only of those of which nothing is kept, because they have ended since.
    private mutating func readOwed(through last: CivilDate, isKept: Bool) throws {
        let policies = ContactPolicies()
        let households = try connection.query(
            """
            SELECT household_number FROM household
            WHERE area_code BETWEEN $1 AND $2 AND \(isKept ? "ended_on > $3" : "(ended_on IS NULL OR ended_on > $3)")
            """, scope.first, scope.last, last.adding(days: 1)
        ) { $0.int64(0) }
        for number in households {
            guard let facts = try ContactFacts.read(number, policies, connection) else { continue }
            let owed = try facts.duties(endingFrom: period.first, through: last, wasLiving: true, connection)
                .filter { $0.name.last <= last }
            for duty in try HouseholdContacts.counting(for: owed, of: number, connection) {
                add(number, duty.name.last, duty.doneOn)
            }
        }
    }

    // MARK: What was done

    private mutating func readContacts() throws {
        // The contacts of a household lie together in their index.
        let ofHouseholds = """
            household h CROSS JOIN visit v ON v.household_number = h.household_number
            WHERE h.area_code BETWEEN $1 AND $2 AND v.counted_on BETWEEN $3 AND $4 AND v.is_counted = 1
            """
        let ofVillages = """
            visit v WHERE v.village_id IS NOT NULL AND +v.area_code BETWEEN $1 AND $2
                AND +v.counted_on BETWEEN $3 AND $4 AND v.is_counted = 1
            """
        var visitors = HouseholdVisitors()
        for source in [ofHouseholds, ofVillages] {
            try connection.forEach(
                "SELECT v.household_number, v.visit_number, v.kind, v.author_id FROM \(source)", scope.first,
                scope.last,
                period.first, period.last
            ) { row in
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
        }
        visitors.enter(0, &self)
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

    /// Of those who are counted in the area today.
    private mutating func readLoads() throws {
        try connection.forEach(
            """
            SELECT k.cadre_id, k.division_id, k.quota, k.load, k.is_linked AND k.is_in_post
            FROM division d CROSS JOIN cadre_help k ON k.division_id = d.id
            WHERE d.area_code BETWEEN $1 AND $2 AND d.area_last <= $2
            """, scope.first, scope.last
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
