// The codes and names of villages for the rows of one list. Rows come village by village, so each village is looked up
// once; joined to every row, a village and its town would be a third of the work of a page.

import Domain
import SQL

/// What a column shows of a village.
package enum VillageField {
    case code, name, town
}

/// Used for one list, within one snapshot, by one thread.
package final class VillageNames {
    private struct Names {
        let id: Identifier
        let code: String
        let name: String
        let town: String
    }

    private let connection: Connection
    private var known: [Identifier: Names] = [:]
    private var current: Names?

    package init(_ connection: Connection) { self.connection = connection }

    /// The position in each row of the id of the village that columns are about.
    static func column(in columns: [ListColumn]) -> Int? { columns.firstIndex { $0.value == .village(.code) } }

    /// Looks up the village of a single record's row.
    package func enter(_ row: borrowing Row, _ columns: [ListColumn]) throws {
        if let column = Self.column(in: columns) { try enter(row, column) }
    }

    /// Looks up the village of a row by the id in a column.
    package func enter(_ row: borrowing Row, _ column: Int) throws {
        let id = try row.identifier(column)
        guard id != current?.id else { return }
        if let village = known[id] {
            current = village
            return
        }
        let found = try connection.first(
            "SELECT v.code, v.name, t.name FROM division v JOIN division t ON t.id = v.parent_id WHERE v.id = $1", id
        ) { Names(id: id, code: String($0.int64(0)), name: $0.text(1), town: $0.text(2)) }
        guard let found else { throw DamagedRow(column: column) }
        known[id] = found
        current = found
    }

    /// What is shown of the village of the last row.
    package func text(_ field: VillageField) -> String {
        switch field {
        case .code: current?.code ?? ""
        case .name: current?.name ?? ""
        case .town: current?.town ?? ""
        }
    }
}
