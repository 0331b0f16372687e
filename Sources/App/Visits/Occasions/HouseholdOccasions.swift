// The occasions (五必访, R063) on which a household is to be visited: what the calendar, its village and its events say.

import Domain
import SQL

enum HouseholdOccasions {
    /// The windows of a household that have a day in common with the span.
    static func windows(
        of household: Int64, from first: CivilDate, through last: CivilDate, _ connection: Connection
    ) throws -> [OccasionWindow] {
        []
    }
}
