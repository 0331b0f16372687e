// CSV files (RFC 4180) that spreadsheets open without running anything.

/// A spreadsheet takes a cell that begins with `= + - @`, a tab or a CR for a formula, wherever its text came from.
/// Such cells are written with an apostrophe before them, and read back without it.
///
/// The rule covers cells that begin with any number of apostrophes and then one of those characters, so that removing
/// one apostrophe always gives the original back. Numbers written as numbers are not texts and get none.
public enum CSVGuard {
    /// Whether a cell with this text is written with an apostrophe before it.
    public static func isNeeded(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first(where: { $0 != UInt8(ascii: "'") }) else { return false }
        switch first {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: return true
        default: return false
        }
    }

    /// The text of a cell without the apostrophe that the guard put there; other apostrophes stay.
    public static func removed(_ cell: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        guard cell.first == UInt8(ascii: "'"), isNeeded(cell) else { return cell }
        return UnsafeBufferPointer(rebasing: cell.dropFirst())
    }

    /// The same for a text.
    public static func removed(_ cell: String) -> String {
        var cell = cell
        return cell.withUTF8 { String(decoding: removed($0), as: UTF8.self) }
    }
}

/// Writes rows of fields, lines ending with CRLF.
public struct CSVWriter {
    private var bytes: [UInt8]
    private var fieldCount = 0
    private var rowStart = 0

    /// `byteOrderMark` is for spreadsheets that take a file without it for GB18030.
    public init(byteOrderMark: Bool = false, reserve: Int = 4096) {
        bytes = []
        bytes.reserveCapacity(reserve)
        if byteOrderMark { bytes += [0xEF, 0xBB, 0xBF] }
        rowStart = bytes.count
    }

    /// How many bytes are waiting to be taken.
    public var byteCount: Int { bytes.count }

    /// A text, guarded and quoted where necessary.
    public mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { self.text(utf8: $0) }
    }

    /// The same for UTF-8 from a database column.
    public mutating func text(utf8 text: UnsafeBufferPointer<UInt8>) {
        separate()
        let isGuarded = CSVGuard.isNeeded(text)
        if !text.contains(where: Self.needsQuotes) {
            if isGuarded { bytes.append(UInt8(ascii: "'")) }
            bytes.append(contentsOf: text)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        if isGuarded { bytes.append(UInt8(ascii: "'")) }
        for byte in text {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A whole number; a minus sign before digits is no formula.
    public mutating func integer(_ value: Int) {
        separate()
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var position = 20
            var rest = value.magnitude
            repeat {
                position -= 1
                digits[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 { bytes.append(UInt8(ascii: "-")) }
            bytes.append(contentsOf: UnsafeMutableBufferPointer(rebasing: digits[position...]))
        }
    }

    /// A text of letters, digits and hyphens, which nothing needs to be done to.
    public mutating func plain(_ text: UnsafeBufferPointer<UInt8>) {
        separate()
        bytes.append(contentsOf: text)
    }

    /// A field without content.
    public mutating func empty() { separate() }

    /// Ends the row. A row of one empty field is written as two quotes, because a line without characters is no row.
    public mutating func endRow() {
        if fieldCount == 1, bytes.count == rowStart { bytes += [UInt8(ascii: "\""), UInt8(ascii: "\"")] }
        bytes += [0x0D, 0x0A]
        fieldCount = 0
        rowStart = bytes.count
    }

    /// Hands out what was written, and goes on after it.
    public mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        rowStart = 0
        return taken
    }

    /// Hands out what was written without a copy, and goes on after it in the same memory: for files of any length.
    public mutating func drain(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
        try bytes.withUnsafeBufferPointer(body)
        bytes.removeAll(keepingCapacity: true)
        rowStart = 0
    }

    private mutating func separate() {
        if fieldCount > 0 { bytes.append(UInt8(ascii: ",")) }
        fieldCount += 1
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
    }
}
