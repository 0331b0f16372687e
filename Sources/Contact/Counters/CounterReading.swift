// Counts the records of an area and period. A county-year has a million visits, so their own rows are not touched: one
// walk over an index of households and their contacts marks which visits count and where, and the rows that hang on
// visits are then read in their order and looked up among the marks. What was done of a household counts where it lived
// on the day of it: those who moved are walked apart. Nothing is kept between two questions.

import Archive
import Domain
import SQL
import Service

/// The counters of an area and of each area below it.
struct AreaCounts {
    /// The area; nil if the caller may see nothing of what was asked for.
    let division: Division?
    private(set) var total = ContactCounts()
    private(set) var items: [(division: Division, counts: ContactCounts)] = []

    /// - Parameter stays: of everybody around the area who moved.
    init(of area: PastArea, _ stays: HouseholdStays, _ period: CountedPeriod, _ connection: Connection) throws {
        division = try area.division(connection)
        guard let division else { return }
        let parts = try AreaParts(of: area, division, connection)
        var reading = CounterReading(area, stays, parts, period, connection)
        try reading.run()
        total = reading.total
        items = Array(zip(parts.divisions, reading.parts))
    }
}

/// One count over the records of an area and period.
struct CounterReading {
    private let area: PastArea
    private let stays: HouseholdStays
    /// The areas below.
    private let below: AreaParts
    private let period: CountedPeriod
    private let connection: Connection
    private(set) var total = ContactCounts()
    private(set) var parts: [ContactCounts]
    /// For each visit, by number: 0 if it does not count, otherwise its mark.
    private var marks: [UInt16] = []
    private var marked: [Int64] = []
    private var helpers: Set<Identifier> = []
    private var helpersByPlace: [Set<Identifier>]
    private var lastHelper: (cadre: Identifier, place: Int)?

    /// Set in the mark of a real visit, as opposed to a call or a meeting.
    private static let visitBit: UInt16 = 0x8000
    /// The value of a mark, without the bit, for a place in none of the areas below.
    private static let elsewhere = 1
    /// If fewer than one visit in this many counts, each is looked up separately.
    private static let scarcity = 8

    init(
        _ area: PastArea, _ stays: HouseholdStays, _ below: AreaParts, _ period: CountedPeriod, _ connection: Connection
    ) {
        self.area = area
        self.stays = stays
        self.below = below
        self.period = period
        self.connection = connection
        parts = [ContactCounts](repeating: ContactCounts(), count: below.divisions.count)
        helpersByPlace = [Set<Identifier>](repeating: [], count: below.divisions.count)
    }

    mutating func run() throws {
        let last = try connection.first("SELECT coalesce(max(visit_number), 0) FROM visit") { $0.int(0) } ?? 0
        marks = [UInt16](repeating: 0, count: last + 1)
        try countHouseholds()
        for number in stays.numbers { try countMoved(number) }
        try countVillages()
        try countCompanions()
        try countCards()
        try countNeeds()
        try forEachMarked("visit_gift", "value_fen") { reading, place, row in
            let value = row.int(1)
            reading.add(place) {
                $0.gifts += 1
                $0.giftValueFen += value
            }
        }
        try forEachMarked("visit_deed", "position") { reading, place, _ in reading.add(place) { $0.deeds += 1 } }
        try countMarks()
    }

    /// Adds to the total and to the area below that contains the place.
    private mutating func add(_ place: Int, _ change: (inout ContactCounts) -> Void) {
        change(&total)
        if place > Self.elsewhere { change(&parts[place - Self.elsewhere - 1]) }
    }

    /// The place of an area: `elsewhere`, or one more than that for the first area below, and so on.
    ///
    /// - Parameter village: nil for the one that lies there now.
    private func place(of area: Int64, _ village: Identifier? = nil) -> Int {
        below.index(of: village, at: area).map { Self.elsewhere + 1 + $0 } ?? Self.elsewhere
    }

    // MARK: Visits

    private mutating func note(
        _ number: Int64, _ place: Int, _ kind: UnsafeBufferPointer<UInt8>, receivedAt: Int64, author: Identifier?
    ) -> ContactSort {
        let sort = ContactSort(kind)
        let isLate = receivedAt >= period.end.milliseconds
        add(place) { counts in
            switch sort {
            case .visit: counts.visits += 1
            case .call: counts.calls += 1
            case .other: counts.otherContacts += 1
            }
            if isLate { counts.lateArrivals += 1 }
        }
        marks[Int(number)] = UInt16(place) | (sort == .visit ? Self.visitBit : 0)
        marked.append(number)
        if sort == .visit, let author { noteHelper(author, place) }
        return sort
    }

    /// First and last place, and the villages of a former division: the condition of what lies in the area now.
    private func values(_ first: CivilDate, _ last: CivilDate) -> [any Bindable] {
        [area.scope.first, area.scope.last, area.villageList, first, last]
    }

    private static func isInside(_ place: String, village: String) -> String {
        PastArea.condition(place, village: village, ("$1", "$2", "$3"))
    }

    /// The contacts of each household lie together in their index.
    private mutating func countHouseholds() throws {
        var household: Int64 = 0
        var place = 0
        var isVisited = false
        var hasMoved = false
        try connection.forEach(
            """
            SELECT v.household_number, h.area_code, v.visit_number, v.kind, v.received_at, v.author_id
            FROM household h CROSS JOIN visit v
            WHERE \(Self.isInside("h.area_code", village: "h.village_id")) AND v.household_number = h.household_number
                AND v.counted_on BETWEEN $4 AND $5 AND v.is_counted = 1
            """, values: values(period.first, period.last)
        ) { row in
            let number = row.int64(0)
            if number != household {
                household = number
                isVisited = false
                hasMoved = stays.haveMoved(number)
                place = self.place(of: row.int64(1))
            }
            guard !hasMoved else { return }
            let sort = note(
                row.int64(2), place, row.utf8(3), receivedAt: row.int64(4), author: row.optionalIdentifier(5))
            if sort == .visit && !isVisited {
                isVisited = true
                add(place) { $0.householdsVisited += 1 }
            }
        }
    }

    /// The contacts of a household that moved, each where it lived on the day. So that parts add up to their sum it is
    /// visited where it lived at the last visit of the period.
    private mutating func countMoved(_ household: Int64) throws {
        var visitedIn: Int?
        try connection.forEach(
            """
            SELECT visit_number, kind, received_at, author_id, counted_on FROM visit
            WHERE household_number = $1 AND counted_on BETWEEN $2 AND $3 AND is_counted = 1 ORDER BY counted_on
            """, household, period.first, period.last
        ) { row in
            let home = stays.home(of: household, on: try row.date(4))
            let isInside = home.map { area.contains($0.village, at: $0.place) } ?? false
            guard isInside, let home else {
                if ContactSort(row.utf8(1)) == .visit { visitedIn = nil }
                return
            }
            let place = self.place(of: home.place, home.village)
            let sort = note(
                row.int64(0), place, row.utf8(1), receivedAt: row.int64(2), author: row.optionalIdentifier(3))
            if sort == .visit { visitedIn = place }
        }
        if let visitedIn { add(visitedIn) { $0.householdsVisited += 1 } }
    }

    /// Records of villages as such are few.
    private mutating func countVillages() throws {
        try connection.forEach(
            """
            SELECT visit_number, area_code, kind, received_at, author_id, village_id FROM visit
            WHERE village_id IS NOT NULL AND \(Self.isInside("+area_code", village: "village_id"))
                AND +counted_on BETWEEN $4 AND $5 AND is_counted = 1
            """, values: values(period.first, period.last)
        ) { row in
            _ = note(
                row.int64(0), place(of: row.int64(1), row.optionalIdentifier(5)), row.utf8(2), receivedAt: row.int64(3),
                author: row.optionalIdentifier(4))
        }
    }

    // MARK: What belongs to them

    /// Reads every row of a table that belongs to a visit that counts.
    ///
    /// - Parameter columns: of the row, after the visit's number.
    private mutating func forEachMarked(
        _ table: String, _ columns: String, where condition: String? = nil,
        row: (inout CounterReading, _ place: Int, borrowing Row) throws -> Void
    ) throws {
        guard let first = marked.min(), let last = marked.max() else { return }
        let sql = "SELECT visit_number, \(columns) FROM \(table) WHERE " + (condition.map { "\($0) AND " } ?? "")
        if marked.count < marks.count / Self.scarcity {
            for number in marked {
                let place = Int(marks[Int(number)] & ~Self.visitBit)
                try connection.forEach(sql + "visit_number = $1", number) { try row(&self, place, $0) }
            }
            return
        }
        try connection.forEach(sql + "visit_number BETWEEN $1 AND $2", first, last) { found in
            let mark = marks[found.int(0)]
            if mark != 0 { try row(&self, Int(mark & ~Self.visitBit), found) }
        }
    }

    private mutating func countMarks() throws {
        // Codes are few, so they are counted by their position in a list, and named at the end.
        var codes: [[UInt8]] = []
        var sums: [[Int]] = []
        let width = Self.elsewhere + 1 + below.divisions.count
        try forEachMarked("visit_mark", "list_key, code", where: "list_key <> 'six-ones'") { _, place, row in
            let (list, code) = (row.utf8(1), row.utf8(2))
            let known = codes.firstIndex {
                $0.count == list.count + code.count && $0.starts(with: list)
                    && $0.suffix(code.count).elementsEqual(code)
            }
            if known == nil {
                codes.append(Array(list) + Array(code))
                sums.append([Int](repeating: 0, count: width))
            }
            sums[known ?? codes.count - 1][place] += 1
        }
        for (code, sum) in zip(codes, sums) {
            for (list, counts) in [
                (CodeListKey.sixHelps, \ContactCounts.sixHelps), (CodeListKey.visitOccasion, \ContactCounts.occasions),
            ] where code.starts(with: list.rawValue.utf8) {
                let name = String(decoding: code.dropFirst(list.rawValue.utf8.count), as: UTF8.self)
                for (place, number) in sum.enumerated() where number > 0 {
                    add(place) { $0[keyPath: counts][name, default: 0] += number }
                }
            }
        }
    }

    /// The cadres who came along, in addition to those who made the visits.
    private mutating func countCompanions() throws {
        try forEachMarked("visit_companion", "cadre_id", where: "cadre_id IS NOT NULL") { reading, place, row in
            guard reading.marks[row.int(0)] & Self.visitBit != 0 else { return }
            reading.noteHelper(try row.identifier(1), place)
        }
    }

    /// Everybody who made a visit or came along, once in each area.
    private mutating func noteHelper(_ cadre: Identifier, _ place: Int) {
        // Visits of a household are adjacent, and mostly made by one cadre.
        if let lastHelper, lastHelper.cadre == cadre, lastHelper.place == place { return }
        lastHelper = (cadre, place)
        if helpers.insert(cadre).inserted { total.visitingCadres += 1 }
        guard place > Self.elsewhere else { return }
        let index = place - Self.elsewhere - 1
        if helpersByPlace[index].insert(cadre).inserted { parts[index].visitingCadres += 1 }
    }

    // MARK: Beside visits

    private mutating func countCards() throws {
        try countRows("contact_card", village: "h.village_id", on: "issued_on") { $0.cardsIssued += 1 }
    }

    private mutating func countNeeds() throws {
        let village = "coalesce(h.village_id, r.village_id)"
        try countRows("need", village: village, on: "voiced_on") { $0.needsReceived += 1 }
        try countRows("need", village: village, on: "answered_on", where: "r.state = 'answered'") {
            $0.needsAnswered += 1
        }
    }

    /// Rows `r` of households `h`, or of villages as such, each where that was on its day.
    private mutating func countRows(
        _ table: String, village: String, on day: String, where condition: String = "1 = 1",
        _ change: (inout ContactCounts) -> Void
    ) throws {
        let inside = Self.isInside("r.area_code", village: village)
        try connection.forEach(
            """
            SELECT r.area_code, r.household_number, \(village) FROM \(table) r
            LEFT JOIN household h ON h.household_number = r.household_number AND $3 IS NOT NULL
            WHERE \(inside) AND r.\(day) BETWEEN $4 AND $5 AND \(condition)
            """, values: values(period.first, period.last)
        ) { row in
            guard row.isNull(1) || !stays.haveMoved(row.int64(1)) else { return }
            add(place(of: row.int64(0), row.optionalIdentifier(2)), change)
        }
        for number in stays.numbers {
            try connection.forEach(
                """
                SELECT r.\(day) FROM \(table) r
                WHERE r.household_number = $1 AND r.\(day) BETWEEN $2 AND $3 AND \(condition)
                """, number, period.first, period.last
            ) { row in
                guard let home = stays.home(of: number, on: try row.date(0)),
                    area.contains(home.village, at: home.place)
                else { return }
                add(place(of: home.place, home.village), change)
            }
        }
    }
}

/// What a kind of contact counts as.
enum ContactSort {
    case visit, call, other

    /// Kinds that are visits (code list `visit-kind`).
    static let visitKinds = ["home-visit", "condolence-visit", "survey"]
    /// The kind that is a call.
    static let callKind = "phone-call"

    init(_ kind: UnsafeBufferPointer<UInt8>) {
        if kind.elementsEqual(Self.callKind.utf8) {
            self = .call
        } else {
            self = Self.visitKinds.contains { kind.elementsEqual($0.utf8) } ? .visit : .other
        }
    }

    /// True for a visit, false for a call, nil for anything else.
    static func isVisit(_ kind: String) -> Bool? { kind == callKind ? false : visitKinds.contains(kind) ? true : nil }

    /// SQL over a column of kinds.
    static func condition(_ sort: ContactSort, _ column: String) -> String {
        let visits = visitKinds.map { "'\($0)'" }.joined(separator: ", ")
        return switch sort {
        case .visit: "\(column) IN (\(visits))"
        case .call: "\(column) = '\(callKind)'"
        case .other: "\(column) NOT IN (\(visits), '\(callKind)')"
        }
    }
}
