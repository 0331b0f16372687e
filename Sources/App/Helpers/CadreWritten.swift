// What happens to cadres in a transaction, for domains that keep something of them.

import Domain

struct CadreWritten {
    enum Occurrence {
        case changed
        /// They have gone to another unit, or their past has changed.
        case changedUnit
        /// An import made them, and they are about to be removed with everything that is kept of them.
        case removed
    }

    let occurrence: Occurrence
    let id: Identifier
}

/// The day has turned: facts that began or ended after `last` until `today` now hold, or no longer hold.
struct DayTurned {
    let last: CivilDate
    let today: CivilDate
}
