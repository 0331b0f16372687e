// What happens to cadres in a transaction, for domains that keep something of them.

import Domain

package struct CadreWritten {
    package enum Occurrence {
        case changed
        /// They have gone to another unit, or their past has changed.
        case changedUnit
        /// An import made them, and they are about to be removed with everything that is kept of them.
        case removed
    }

    package let occurrence: Occurrence
    package let id: Identifier
}

/// The day has turned: facts that began or ended after `last` until `today` now hold, or no longer hold.
package struct DayTurned {
    package let last: CivilDate
    package let today: CivilDate
}
