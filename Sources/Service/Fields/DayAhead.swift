// The day of which a question is asked where it may lie ahead: what is known today of a day to come.

import Domain
import Web

package enum DayAhead {
    /// Months ahead that may be asked for: what is planned further ahead is not planned in earnest.
    private static let monthsMax = 12

    /// The day of a question in `on`: any of the past, and a year ahead.
    package static func read(_ query: inout Query, today: CivilDate) -> CivilDate? {
        let day = query.value("on", FieldText.date)
        if let day, day > today.adding(months: monthsMax) {
            query.report("on", .tooFarAhead, zh: "最多可查一年之后", en: "at most a year ahead")
        }
        return day
    }
}
