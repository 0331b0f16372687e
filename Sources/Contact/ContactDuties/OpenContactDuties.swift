// Duties of an area today, or on a day through which they are kept: walks over indexes, so that a page takes as long as
// it has rows, whatever the history. What is open is found by the end of its period, or household by household where
// the area is small; what is done of the current periods household by household.

import Domain
import SQL
import Service
import Web

struct OpenContactDuties {
    /// Households of an area that are looked at one by one; of a larger one the open duties of all are walked over.
    private static let householdsMax = 4_000

    private let question: ContactDutyQuestion

    init(_ question: ContactDutyQuestion) { self.question = question }

    /// Passes on duties in the order of the list.
    ///
    /// - Parameter limit: nil for all.
    func forEach(
        after place: ContactDutyPlace?, limit: Int?, _ connection: Connection,
        _ body: (ContactDutyItem) throws -> Void
    ) throws {
        var left = limit
        // What was late has its period behind it: no list of a day has it.
        for state in [ContactDutyState.overdue, .due, .inTime] where question.state == nil || question.state == state {
            let rank = ContactDutyPlace.rank(of: state)
            if let place, place.rank > rank { continue }
            if left == 0 { return }
            let start = place.flatMap { $0.rank == rank ? $0 : nil }
            let (sql, values) = try statement(state, after: start, limit: left, connection)
            try connection.forEach(sql, values: values) { row in
                let household = ContactHousehold(
                    number: row.int64(0), areaCode: row.int64(1), archiveNumber: row.text(2))
                let duty = try ContactRows.read(row, from: 3)
                left = left.map { $0 - 1 }
                try body(ContactDutyItem(place: ContactDutyPlace(duty, state, of: household), duty: duty, state: state))
            }
        }
    }

    private func statement(
        _ state: ContactDutyState, after place: ContactDutyPlace?, limit: Int?, _ connection: Connection
    ) throws -> (sql: String, values: [any Bindable]) {
        var conditions = ListConditions()
        conditions.add(question.scope, on: "h.area_code")
        let day = conditions.bind(question.day)
        if let kind = question.kind { conditions.add("d.kind = \(conditions.bind(kind.rawValue))") }
        let isWalked = try state != .inTime && !isSmall(connection)
        switch state {
        case .overdue: conditions.add("d.done_on IS NULL AND d.period_end < \(day)")
        case .due:
            conditions.add("d.done_on IS NULL AND d.period_start <= \(day)")
            // After a place the end of its period is bound enough, and the index begins there.
            if place == nil { conditions.add("d.period_end >= \(day)") }
        case .inTime, .late:
            conditions.add("d.done_on IS NOT NULL AND d.period_end >= \(day) AND d.period_start <= \(day)")
        }
        let name = "d.kind, d.subject, d.period_start"
        let order =
            state == .inTime
            ? "h.area_code, h.archive_number, h.household_number, d.period_end, \(name)"
            : "d.period_end, d.household_number, \(name)"
        if let place {
            let rest: [any Bindable] = [place.name.kind.rawValue, place.name.subject, place.name.first]
            var parts: [any Bindable] = [place.name.last, place.household] + rest
            if state == .inTime {
                // The first two are stated again, because the index holds these and not the rest.
                let area = conditions.bind(place.area)
                conditions.add("(h.area_code, h.archive_number) >= (\(area), \(conditions.bind(place.archive)))")
                parts = [place.area, place.archive, place.household, place.name.last] + rest
            }
            conditions.add("(\(order)) > (\(parts.map { conditions.bind($0) }.joined(separator: ", ")))")
        }
        var sql = """
            SELECT d.household_number, h.area_code, h.archive_number, d.kind, d.subject, d.period_start, d.period_end,
                d.required, d.contacts, d.done_on
            FROM \(isWalked ? "contact_duty d CROSS JOIN household h" : "household h CROSS JOIN contact_duty d")
            WHERE d.household_number = h.household_number AND \(conditions.clauses.joined(separator: " AND "))
            ORDER BY \(order)
            """
        if let limit { sql += " LIMIT \(conditions.bind(limit))" }
        return (sql, conditions.values)
    }

    private func isSmall(_ connection: Connection) throws -> Bool {
        let found = try connection.first(
            """
            SELECT count(*) FROM (SELECT 1 FROM household h WHERE h.area_code BETWEEN $1 AND $2 LIMIT $3)
            """, question.scope.first, question.scope.last, Self.householdsMax + 1
        ) { $0.int(0) }
        return (found ?? 0) <= Self.householdsMax
    }

    /// How many there are, from the sums of the villages.
    func count(_ connection: Connection) throws -> Int {
        try ContactSums.kept(in: question.scope, on: question.day, nil, question.kind, connection)
            .reduce(0) { $0 + $1.sums.count(question.state) }
    }
}

/// Duties of one day by how they stand.
struct ContactSums: Equatable {
    var due = 0
    var inTime = 0
    var late = 0
    var overdue = 0

    func count(_ state: ContactDutyState?) -> Int {
        switch state {
        case .due: due
        case .inTime: inTime
        case .late: late
        case .overdue: overdue
        case nil: due + inTime + late + overdue
        }
    }

    mutating func add(_ state: ContactDutyState) {
        switch state {
        case .due: due += 1
        case .inTime: inTime += 1
        case .late: late += 1
        case .overdue: overdue += 1
        }
    }

    static func += (left: inout ContactSums, right: ContactSums) {
        left.due += right.due
        left.inTime += right.inTime
        left.late += right.late
        left.overdue += right.overdue
    }

    /// The sums of each village of a range, by its place, on a day through which duties are kept and which is not past.
    ///
    /// - Parameter span: all duties whose periods meet these days; nil for those of the day.
    static func kept(
        in scope: Scope, on day: CivilDate, _ span: (first: CivilDate, last: CivilDate)? = nil,
        _ kind: ContactDutyKind?, _ connection: Connection
    ) throws -> [(place: Int64, sums: ContactSums)] {
        var values: [any Bindable] = [scope.first, scope.last, day, kind?.rawValue]
        func kept(_ table: String) -> String {
            """
            FROM division v CROSS JOIN \(table) f ON f.village_id = v.id
            WHERE v.level = 5 AND v.successor_id IS NULL AND v.area_code BETWEEN $1 AND $2
                \(kind == nil ? "AND $4 IS NULL" : "AND f.kind = $4")
            """
        }
        let sums: String
        if let span {
            values += [span.first, span.last] as [any Bindable]
            sums = """
                SELECT v.area_code, CASE WHEN f.period_end >= $3 THEN f.duties - f.done ELSE 0 END AS due,
                    f.done - f.late AS in_time, f.late,
                    CASE WHEN f.period_end < $3 THEN f.duties - f.done ELSE 0 END AS overdue
                    \(kept("contact_figure")) AND f.period_end >= $5 AND f.period_start <= $6
                """
        } else {
            sums = """
                SELECT v.area_code, CASE WHEN f.period_start <= $3 THEN f.duties - f.done ELSE 0 END AS due,
                    CASE WHEN f.period_start <= $3 THEN f.done ELSE 0 END AS in_time, 0 AS late,
                    f.done - f.duties AS overdue
                    \(kept("contact_figure")) AND f.period_end >= $3
                UNION ALL SELECT v.area_code, 0, 0, 0, f.open \(kept("contact_backlog"))
                """
        }
        return try connection.query(
            """
            SELECT area_code, sum(due), sum(in_time), sum(late), sum(overdue) FROM (\(sums)) s
            GROUP BY area_code ORDER BY area_code
            """, values: values
        ) {
            (
                place: $0.int64(0),
                sums: ContactSums(due: $0.int(1), inTime: $0.int(2), late: $0.int(3), overdue: $0.int(4))
            )
        }
    }
}
