// What an export of one kind holds: the same columns that its import reads, where they come from, and in which order.
// Files are made of it elsewhere.

import SQL

/// How a column of an export is written.
enum ExportValue {
    case plain(ListValue)
    /// A sealed number. The column's expression gives the mask; with the right to it, the number itself is opened.
    ///
    /// - Parameters:
    ///   - place: the name under which it was sealed (`SealedPlace`).
    ///   - sealed: expression of the sealed bytes.
    ///   - id: expression of the id of the row it was sealed for.
    case sealed(place: String, sealed: String, id: String)
}

/// A column: our own name, which the import of the kind reads, and its expression.
struct ExportColumn {
    let name: String
    let expression: String
    let value: ExportValue

    init(_ name: String, _ expression: String, _ value: ListValue = .text) {
        self.name = name
        self.expression = expression
        self.value = .plain(value)
    }

    init(_ name: String, mask: String, sealed: String, place: String, id: String) {
        self.name = name
        expression = mask
        value = .sealed(place: place, sealed: sealed, id: id)
    }
}

/// Everything of one kind in an area, as of today, in an order that is the same whatever made the rows.
struct ExportPlan {
    let columns: [ExportColumn]
    /// The text after FROM.
    let source: String
    /// With the caller's scope.
    let conditions: ListConditions
    let order: [String]
}
