// CSV files (RFC 4180) that spreadsheets open without running anything.

/// A spreadsheet takes a cell that begins with `= + - @`, narrow or full-width, or with a tab, a CR or a LF for a
/// formula, wherever its text came from, and passes over blanks before it. Such cells are written with an apostrophe
/// before them, and read back without it.
///
/// The rule covers cells that begin with any number of apostrophes and blanks and then one of those characters, so that
/// removing one apostrophe always gives the original back. Numbers written as numbers are not texts and get none.
public enum CSVGuard {
    /// Whether a cell with this text is written with an apostrophe before it.
    public static func isNeeded(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var offset = 0
        while offset < text.count {
            switch text[offset] {
            case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D:
                return true
            case UInt8(ascii: "'"), 0x00...0x20, 0x7F: offset += 1
            // Where no other blank and no full-width form begins; most cells end the loop here.
            case 0x21..<0xC2, 0xC3..<0xD8, 0xD9..<0xE1, 0xE4..<0xEF, 0xF0...0xFF: return false
            default:
                guard let (scalar, length) = scalar(text[offset...]) else { return false }
                switch scalar {
                case 0xFF1D, 0xFF0B, 0xFF0D, 0xFF20: return true
                default: if !isBlank(scalar) { return false }
                }
                offset += length
            }
        }
        return false
    }

    /// A character of two or three bytes and how many they are.
    private static func scalar(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> (UInt32, Int)? {
        let length = text[text.startIndex] < 0xE0 ? 2 : 3
        guard text.count >= length else { return nil }
        let first = UInt32(text[text.startIndex]) & (length == 2 ? 0x1F : 0x0F)
        return (text.dropFirst().prefix(length - 1).reduce(first) { $0 << 6 | UInt32($1) & 0x3F }, length)
    }

    /// Spaces of any width, blank letters and marks that nobody sees.
    private static func isBlank(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x80...0xA0, 0xAD, 0x61C, 0x115F, 0x1160, 0x1680, 0x180E, 0x2000...0x200F, 0x2028...0x202F,
            0x205F...0x206F, 0x2800, 0x3000, 0x3164, 0xFEFF, 0xFFA0:
            true
        default: false
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
