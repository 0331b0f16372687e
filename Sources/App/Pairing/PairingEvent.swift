// What becomes of pairings in a transaction, for domains that keep something of the households that they help.

import Domain

/// Who helps a household is somebody else, from a day on that may lie in the past.
struct HouseholdHelpChanged {
    let householdNumber: Int64
    let from: CivilDate
}

/// A run begins pairings of a great part of a county on a day that may lie in the past.
struct PairingRunApplied {
    let day: CivilDate
}
