// What happens to divisions, for those whose records or figures hang on where they lie.

import Domain

/// A division has another parent: what its areas say of it changes, on every day.
package struct DivisionAdopted {
    package let id: Identifier
}

/// A division, and all below it, lies at another place in the current tree.
package struct DivisionMoved {
    package let id: Identifier
}

/// A division has merged into another one. Published before the records that hang on it move there.
package struct DivisionSucceeded {
    package let old: Division
    package let new: Division
    package let day: CivilDate
}
