// The kept duties of a household: which of them something of a day may change, and what is written of them. Only the
// rows that differ are touched.

import Domain
import SQL
import Service

enum ContactRows {
    private static let columns = "kind, subject, period_start, period_end, required, contacts, done_on"

    static func read(_ row: borrowing Row, from first: Int = 0) throws -> ContactDuty {
        guard let kind = ContactDutyKind(rawValue: row.text(first)) else { throw DamagedRow(column: first) }
        return ContactDuty(
            name: ContactDutyName(
                kind: kind, subject: row.text(first + 1), first: try row.date(first + 2),
                last: try row.date(first + 3)),
            required: row.int(first + 4), contacts: row.int(first + 5), doneOn: try row.optionalDate(first + 6))
    }

    /// All kept duties of a household.
    static func all(of number: Int64, _ connection: Connection) throws -> [ContactDuty] {
        try connection.query("SELECT \(columns) FROM contact_duty WHERE household_number = $1", number) {
            try read($0)
        }
    }

    /// The duties that a contact of a day or later can change: periods that end then or later, older ones that are not
    /// done, and those that were done later than their period, then or later. Each of the three is found by an index:
    /// the expression keeps the last one from that of the periods, of which there may be hundreds.
    static func changeable(
        _ number: Int64, from day: CivilDate, _ connection: Connection
    ) throws -> [ContactDuty] {
        try connection.query(
            """
            SELECT \(columns) FROM contact_duty WHERE household_number = $1 AND period_end >= $2
            UNION ALL SELECT \(columns) FROM contact_duty
            WHERE household_number = $1 AND done_on IS NULL AND period_end < $2
            UNION ALL SELECT \(columns) FROM contact_duty
            WHERE household_number = $1 AND done_on > period_end AND done_on >= $2 AND period_end || '' < $2
            """, number, day
        ) { try read($0) }
    }

    /// Writes what differs.
    ///
    /// - Parameters:
    ///   - kept: the rows that are there.
    ///   - counted: those that should be there in their place.
    static func write(
        _ counted: [ContactDuty], over kept: [ContactDuty], of number: Int64, in village: Identifier,
        _ figures: inout ContactFigureChanges, _ connection: Connection
    ) throws {
        var old = Dictionary(uniqueKeysWithValues: kept.map { ($0.name, $0) })
        for duty in counted {
            let before = old.removeValue(forKey: duty.name)
            guard duty != before else { continue }
            if let before {
                figures.add(before, in: village, -1)
                try update(duty, of: number, connection)
            } else {
                try insert(duty, of: number, connection)
            }
            figures.add(duty, in: village, 1)
        }
        for duty in old.values.sorted(by: { $0.name < $1.name }) {
            figures.add(duty, in: village, -1)
            try delete(duty.name, of: number, connection)
        }
    }

    private static let isNamed = """
        household_number = $1 AND period_end = $2 AND kind = $3 AND subject = $4 AND period_start = $5
        """

    private static func key(_ name: ContactDutyName, _ number: Int64) -> [any Bindable] {
        [number, name.last, name.kind.rawValue, name.subject, name.first]
    }

    private static func insert(_ duty: ContactDuty, of number: Int64, _ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO contact_duty (household_number, period_end, kind, subject, period_start, required, contacts,
                done_on)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """, values: key(duty.name, number) + [duty.required, duty.contacts, duty.doneOn])
    }

    private static func update(_ duty: ContactDuty, of number: Int64, _ connection: Connection) throws {
        try connection.run(
            "UPDATE contact_duty SET required = $6, contacts = $7, done_on = $8 WHERE \(isNamed)",
            values: key(duty.name, number) + [duty.required, duty.contacts, duty.doneOn])
    }

    private static func delete(_ name: ContactDutyName, of number: Int64, _ connection: Connection) throws {
        try connection.run("DELETE FROM contact_duty WHERE \(isNamed)", values: key(name, number))
    }

    /// Takes out everything that is kept of a household that is about to be taken out itself.
    static func remove(_ number: Int64, in village: Identifier, _ connection: Connection) throws {
        var figures = ContactFigureChanges()
        try write([], over: all(of: number, connection), of: number, in: village, &figures, connection)
        try figures.write(connection)
    }
}
