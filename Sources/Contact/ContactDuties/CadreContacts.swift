// The last visit that each helper made or came along to, kept so that half a year without one is known at once.

import Domain
import SQL

enum CadreContacts {
    /// Looks up a cadre's last visit again and writes it where it differs.
    static func keep(_ cadre: Identifier, _ connection: Connection) throws {
        guard let last = try counted(cadre, connection) else {
            try connection.run("DELETE FROM cadre_contact WHERE cadre_id = $1", cadre)
            return
        }
        try keep(cadre, last, where: "last_visit_on <> excluded.last_visit_on", connection)
    }

    /// A visit came that counts for a day.
    static func keep(_ cadre: Identifier, visitOn day: CivilDate, _ connection: Connection) throws {
        try keep(cadre, day, where: "last_visit_on < excluded.last_visit_on", connection)
    }

    private static func keep(
        _ cadre: Identifier, _ day: CivilDate, where isOther: String, _ connection: Connection
    ) throws {
        try connection.run(
            """
            INSERT INTO cadre_contact (cadre_id, last_visit_on) VALUES ($1, $2)
            ON CONFLICT (cadre_id) DO UPDATE SET last_visit_on = excluded.last_visit_on WHERE \(isOther)
            """, cadre, day)
    }

    private static func counted(_ cadre: Identifier, _ connection: Connection) throws -> CivilDate? {
        [try lastAuthored(cadre, .last, connection), try lastAccompanied(cadre, .last, connection)]
            .compactMap(\.self).max()
    }

    private static let isVisit = "v.is_counted = 1 AND \(ContactSort.condition(.visit, "v.kind"))"

    /// The last visit until a day that a cadre made.
    static func lastAuthored(
        _ cadre: Identifier, _ day: CivilDate, _ connection: Connection
    ) throws -> CivilDate? {
        try connection.first(
            """
            SELECT v.counted_on FROM visit v WHERE v.author_id = $1 AND v.counted_on <= $2 AND \(isVisit)
            ORDER BY v.counted_on DESC LIMIT 1
            """, cadre, day
        ) { try $0.date(0) }
    }

    /// The last visit until a day to which a cadre came along.
    static func lastAccompanied(
        _ cadre: Identifier, _ day: CivilDate, _ connection: Connection
    ) throws -> CivilDate? {
        try connection.first(
            """
            SELECT max(v.counted_on) FROM visit_companion c JOIN visit v ON v.visit_number = c.visit_number
            WHERE c.cadre_id = $1 AND v.counted_on <= $2 AND \(isVisit)
            """, cadre, day
        ) { try $0.optionalDate(0) } ?? nil
    }
}
