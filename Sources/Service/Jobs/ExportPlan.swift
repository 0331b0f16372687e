// What an export of one kind contains: the columns that its import reads, where they come from, and in which order. The
// files are written elsewhere.

import SQL

/// How a column of an export is written.
package enum ExportValue {
    case plain(ListValue)
    /// A sealed number. The column's expression gives the mask; with the right to see it, the number itself is opened.
    ///
    /// - Parameters:
    ///   - place: the name under which it was sealed (`SealedPlace`).
    ///   - sealed: expression of the sealed bytes.
    ///   - id: expression of the id of the row it was sealed for.
    case sealed(place: String, sealed: String, id: String)
}

/// A column: our own name, which the import of the kind reads, and its expression.
package struct ExportColumn {
    package let name: String
    package let expression: String
    package let value: ExportValue

    package init(_ name: String, _ expression: String, _ value: ListValue = .text) {
        self.name = name
        self.expression = expression
        self.value = .plain(value)
    }

    package init(_ name: String, mask: String, sealed: String, place: String, id: String) {
        self.name = name
        expression = mask
        value = .sealed(place: place, sealed: sealed, id: id)
    }
}

/// Everything of one kind in an area, as of today, in an order that is the same whatever made the rows.
package struct ExportPlan {
    package let columns: [ExportColumn]
    /// The text after FROM.
    package let source: String
    /// With the caller's scope.
    package let conditions: ListConditions
    package let order: [String]

    package init(columns: [ExportColumn], source: String, conditions: ListConditions, order: [String]) {
        self.columns = columns
        self.source = source
        self.conditions = conditions
        self.order = order
    }
}
