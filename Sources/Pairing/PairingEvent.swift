// What happens to pairings in a transaction, for domains that keep something of the households that are helped.

import Domain

/// The helpers of a household change from a day on, which may lie in the past.
package struct HouseholdHelpChanged {
    package let householdNumber: Int64
    package let from: CivilDate
}

/// A run begins pairings of a great part of a county on a day, which may lie in the past.
package struct PairingRunApplied {
    package let day: CivilDate
}
