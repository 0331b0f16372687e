// The columns of files of declared records, and how their cells are read.

import Domain
import Web

/// A column of a file of one kind of record: the id, a field, or the partner's id.
package struct RecordColumn<State: RecordState>: FileColumn {
    package let rawValue: String
    package var nationalNames: [String] = []
    package var codeList: CodeListKey?
    package var role: HeadingRole?
    package var form = CellForm.text
    package var use = DamagedText.Use.name
    /// The column of the table that has its day.
    package var day: String?

    package static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }

    package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

    package var storedDay: (sql: String, id: Self)? {
        day.map { ("SELECT 1 FROM \(State.record.table) WHERE id = $1 AND \($0) = $2", .id) }
    }

    package static var id: Self { RecordColumn(rawValue: "id", role: .id) }
    package static var partnerId: Self { RecordColumn(rawValue: "partnerId", role: .id, form: .key) }

    package static var allCases: [Self] {
        let isKnownToPartners = PartnerEntity(State.record.entity) != nil
        return [.id] + State.record.fields.compactMap(\.column) + (isKnownToPartners ? [.partnerId] : [])
    }
}

extension RecordColumn {
    package init?(rawValue: String) {
        guard let column = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = column
    }
}

/// The cells of one row.
struct RecordCells<State: RecordState> {
    let row: FileRow
    var reader: CellReader<RecordColumn<State>>
    var errors: RowErrors<RecordColumn<State>>
    let keys: KeyRing

    func has(_ column: RecordColumn<State>) -> Bool { reader.header.has(column) }

    mutating func requireCell(_ column: RecordColumn<State>) {
        if reader.header.cell(column, row) == nil { reader.missing(column, row, &errors) }
    }

    mutating func text(_ column: RecordColumn<State>, _ characters: ClosedRange<Int>) -> String? {
        reader.text(column, row, characters, &errors)
    }

    /// Nil for an empty cell, and for a wrong one, which is reported.
    mutating func value<Value>(_ column: RecordColumn<State>, _ cell: RecordShape<Value>.Cell) -> Value? {
        switch cell {
        case .text(let characters, let make): return text(column, characters).map(make)
        case .code(let list, let make): return reader.code(column, list, row, &errors).map(make)
        case .day(let make): return reader.date(column, row, &errors).map(make)
        case .integer(let range, let make):
            guard let number = reader.number(column, row, &errors) else { return nil }
            guard range.contains(number) else {
                errors.add(row.line, column, FieldError.outOfRange(range))
                return nil
            }
            return make(number)
        case .flag(let make): return reader.flag(column, row, &errors).map(make)
        case .own(let parse): return reader.value(column, row, &errors, parse)
        }
    }

    /// Nil also for a mask, which leaves what is stored.
    mutating func phone(_ column: RecordColumn<State>) -> StatedNumber? {
        guard reader.unmasked(column, row) != nil else { return nil }
        return (reader.value(column, row, &errors, FieldText.phone) ?? nil).map { StatedNumber.phone($0, keys) }
    }
}
