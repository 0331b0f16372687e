// How our own values go into SQL and come out of it.

import Domain
import SQL

extension Identifier: Bindable {
    /// The 16 bytes.
    public var sqlValue: SQLValue { .blob(bytes) }
}

extension CivilDate: Bindable {
    /// `YYYY-MM-DD`.
    public var sqlValue: SQLValue { .text(description) }
}

extension Instant: Bindable {
    /// Milliseconds UTC.
    public var sqlValue: SQLValue { .integer(milliseconds) }
}

extension AreaCode: Bindable {
    /// The twelve digits as a number.
    public var sqlValue: SQLValue { .integer(value) }
}

extension Row {
    /// A 16-byte id of a NOT NULL column.
    package func identifier(_ column: Int) throws -> Identifier {
        guard let id = optionalIdentifier(column) else { throw DamagedRow(column: column) }
        return id
    }

    package func optionalIdentifier(_ column: Int) -> Identifier? {
        if isNull(column) { return nil }
        // Without an array for each, because a run of pairing reads a hundred thousand.
        return withBlob(column) { bytes in
            guard bytes.count == 16 else { return nil }
            return Identifier(
                high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    package func date(_ column: Int) throws -> CivilDate {
        guard let date = CivilDate(utf8: utf8(column)) else { throw DamagedRow(column: column) }
        return date
    }

    package func optionalDate(_ column: Int) throws -> CivilDate? { isNull(column) ? nil : try date(column) }

    package func areaCode(_ column: Int) throws -> AreaCode {
        guard let code = AreaCode(int64(column)) else { throw DamagedRow(column: column) }
        return code
    }
}

/// A stored value that its column's constraints should have made impossible.
package struct DamagedRow: Error {
    package let column: Int

    package init(column: Int) {
        self.column = column
    }
}
