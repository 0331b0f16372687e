// Values of rows as JSON and texts, without copies in between.

import SQL
import Web

/// A 16-byte id as its text, without an array in between: a page of a list has hundreds of them.
enum IdentifierText {
    static func with(_ row: borrowing Row, _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        row.withBlob(column) { bytes in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 36) { text in
                var count = 0
                func put(_ byte: UInt8) {
                    text[count] = byte
                    count += 1
                }
                func put(digit: UInt8) { put(digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)) }
                for (index, byte) in bytes.prefix(16).enumerated() {
                    if index == 4 || index == 6 || index == 8 || index == 10 { put(UInt8(ascii: "-")) }
                    put(digit: byte >> 4)
                    put(digit: byte & 0xF)
                }
                body(UnsafeBufferPointer(rebasing: text[..<count]))
            }
        }
    }
}

extension JSONWriter {
    /// A 16-byte id as its text.
    package mutating func identifier(_ row: borrowing Row, _ column: Int) {
        IdentifierText.with(row, column) { string(utf8: $0) }
    }

    /// A place or official code as its 12 digits.
    package mutating func areaCode(_ code: Int64) { string(String(code)) }

    /// A TEXT that is left out where it is NULL.
    package mutating func optional(_ name: StaticString, _ row: borrowing Row, _ column: Int) {
        guard !row.isNull(column) else { return }
        key(name)
        string(utf8: row.utf8(column))
    }
}
