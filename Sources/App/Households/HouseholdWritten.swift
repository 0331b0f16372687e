// What happens to a household in a transaction, for domains that keep something of it.

import Domain

struct HouseholdWritten {
    enum Occurrence {
        case created
        /// The whole state of members who changed, and from which day all of it holds.
        case changed(members: [MemberState], from: CivilDate)
        /// It is back to what it was before an import.
        case restored
        /// An import made it, and it is about to be removed with everything that is kept of it.
        case removed
    }

    let occurrence: Occurrence
    let number: Int64
    /// Nil for a new one.
    let before: StoredHousehold?
    /// What it is now; what it was, where it is taken out.
    let state: HouseholdState
}
