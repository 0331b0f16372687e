// What happens to a household in a transaction, for domains that keep something of it.

import Domain

package struct HouseholdWritten {
    package enum Occurrence {
        case created
        /// The whole state of members who changed, and from which day all of it holds.
        case changed(members: [MemberState], from: CivilDate)
        /// It is back to what it was before an import.
        case restored
        /// An import made it, and it is about to be removed with everything that is kept of it.
        case removed
    }

    package let occurrence: Occurrence
    package let number: Int64
    /// Nil for a new one.
    package let before: StoredHousehold?
    /// What it is now; what it was, where it is taken out.
    package let state: HouseholdState
    /// Whether something is known of a new one of days before its present state.
    package var hasPast = false
}
