// Through which day duties are kept: the last day of next month, so that nobody waits for a row on the first of a
// month. Questions of later days are computed.

import Domain
import SQL

enum ContactHorizon {
    /// The day through which the duties of every household are kept.
    static let setting = "contact-duties-through"

    /// Nil in a register of which not all households are kept yet.
    static func kept(_ connection: Connection) throws -> CivilDate? {
        try connection.first("SELECT value FROM setting WHERE key = $1", setting) { try $0.date(0) }
    }

    /// The last day of next month.
    static func due(on day: CivilDate) -> CivilDate {
        CalendarPeriod(containing: day, months: 1).next(months: 1).last
    }

    /// Through which day rows are written now: a machine's clock that went back removes none.
    static func written(on day: CivilDate, _ connection: Connection) throws -> CivilDate {
        max(due(on: day), try kept(connection) ?? .first)
    }
}
