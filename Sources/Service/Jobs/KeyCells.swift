// The cells by which a record is recognised, before they are read: those that identify nobody are removed and reported,
// and those that a spreadsheet destroyed are found.

import Domain
import Web

/// Which kind of key a column holds.
enum KeyKind: Sendable {
    case key, identityNumber, phone
}

extension FileColumn {
    /// Which kind of key the column holds; nil for one by which nothing is recognised.
    fileprivate var keyKind: KeyKind? {
        switch role {
        case .identity: .identityNumber
        case .phone: .phone
        case .code, .number, .id: .key
        case .state, nil: nil
        }
    }
}

/// A row without the cells that are not keys, and what has to be reported about them.
package struct KeyedRow<Column: FileColumn> {
    package var row: FileRow
    /// One for each cell that was taken out.
    package var notices: [ReportRow] = []
    /// Cells that mean “none”, as they were written.
    package var placeholders: [(column: Column, text: String)] = []
    /// Cells that a spreadsheet destroyed; they stay in the row.
    package var damages: [(column: Column, damage: SpreadsheetDamage)] = []
}

package struct KeyCells<Column: FileColumn> {
    private let header: FileHeader<Column>
    private let columns: [(column: Column, kind: KeyKind)]

    package init(_ header: FileHeader<Column>) {
        self.header = header
        columns = Column.allCases.compactMap { column in
            header.has(column) ? column.keyKind.map { (column, $0) } : nil
        }
    }

    package func read(_ row: FileRow) -> KeyedRow<Column> {
        var keyed = KeyedRow<Column>(row: row)
        for (column, kind) in columns {
            guard let cell = header.cell(column, row) else { continue }
            if let damage = Self.damage(cell, kind) {
                keyed.damages.append((column, damage))
            } else if Self.isPlaceholder(cell, kind) {
                keyed.row = header.blanking(column, keyed.row)
                keyed.placeholders.append((column, cell))
                keyed.notices.append(
                    ReportRow(
                        line: row.line, column: header.name(column), .notice, .placeholder,
                        zh: "“\(cell)”不是编号或号码，按未填写处理", en: "“\(cell)” is not a number and is treated as missing"))
            }
        }
        return keyed
    }

    private static func damage(_ cell: String, _ kind: KeyKind) -> SpreadsheetDamage? {
        switch kind {
        // Personal numbers are judged where they are read, on every path.
        case .identityNumber: nil
        // A placeholder loses nothing for which a household would have to be refused.
        case .phone: isPlaceholder(cell, kind) ? nil : SpreadsheetDamage.found(in: cell)
        // The code of an organization may well look like a number in scientific notation; its check character shows
        // which it is.
        case .key: SpreadsheetDamage.found(in: cell).flatMap { (try? CreditCode(cell)) == nil ? $0 : nil }
        }
    }

    private static func isPlaceholder(_ cell: String, _ kind: KeyKind) -> Bool {
        switch kind {
        case .identityNumber: PlaceholderText.isPlaceholder(identityNumber: cell)
        case .phone: PlaceholderText.isPlaceholder(number: cell)
        case .key: PlaceholderText.isPlaceholder(cell)
        }
    }
}
