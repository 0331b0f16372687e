// Events of divisions, for domains whose records or figures depend on where divisions are.

import Domain

/// A division got another parent, which changes the figures of the areas above it, on every day.
package struct DivisionAdopted {
    package let id: Identifier
}

/// A division, and everything below it, moved to another place in the current tree.
package struct DivisionMoved {
    package let id: Identifier
    /// Where it lay before.
    package let formerPlace: Int64
}

/// A division has merged into another one. Published before the records that hang on it move there.
package struct DivisionSucceeded {
    package let old: Division
    package let new: Division
    package let day: CivilDate
}
