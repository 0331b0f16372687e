// CSV files (RFC 4180) read row by row from chunks, with bounded memory.
//
// Deliberately no header, no types, no String per cell: a row is ranges in one reused buffer. Encodings are the
// business of TextDecoder, which comes before.

/// Why a file is not CSV, and where.
public struct CSVError: Error, Sendable, Hashable {
    /// What is wrong; the raw value is the stable code of a report.
    public enum Code: String, Sendable, CaseIterable {
        /// A quote inside an unquoted field, or text after a closing quote.
        case strayQuote = "stray-quote"
        /// The file ends inside quotes.
        case unterminatedQuote = "unterminated-quote"
        /// A CR that no LF follows.
        case bareCarriageReturn = "bare-carriage-return"
        /// A field longer than `CSVReader.fieldBytesMax`, usually a forgotten quote.
        case fieldTooLong = "field-too-long"
        /// A row longer than `CSVReader.rowBytesMax`.
        case rowTooLong = "row-too-long"
        /// More fields than `CSVReader.fieldCountMax`.
        case tooManyFields = "too-many-fields"
    }

    /// What is wrong.
    public let code: Code
    /// The physical line on which the field begins, from 1.
    public let line: Int
    /// The number of the field in its row, from 1.
    public let column: Int

    /// Whether nothing after it can be read. After other errors reading goes on with the next line.
    public var isFatal: Bool {
        switch code {
        case .strayQuote, .bareCarriageReturn: false
        case .unterminatedQuote, .fieldTooLong, .rowTooLong, .tooManyFields: true
        }
    }

    /// The same for people.
    public var message: Message { code.message }
}

extension CSVError.Code {
    var message: Message {
        switch self {
        case .strayQuote: Message(zh: "引号位置不对", en: "a quote stands where none may stand")
        case .unterminatedQuote: Message(zh: "引号没有结束", en: "a quoted field is not closed")
        case .bareCarriageReturn: Message(zh: "回车符后缺少换行符", en: "a carriage return without a line feed")
        case .fieldTooLong: Message(zh: "单元格过长", en: "the field is too long")
        case .rowTooLong: Message(zh: "行过长", en: "the row is too long")
        case .tooManyFields: Message(zh: "列过多", en: "the row has too many fields")
        }
    }
}

/// A pull parser: `feed` a chunk, take rows with `next()` until it needs more bytes, `finish()` after the last chunk.
///
/// Rows end with LF or CRLF. Lines without any character are skipped. Fields are in quotes or hold none; a quote in
/// quotes is doubled; line ends in quotes belong to the field.
public struct CSVReader {
    /// What `next()` found.
    public enum Step: Sendable {
        /// A row: read it before the next call.
        case row
        /// The chunk is used up.
        case needsBytes
        /// There are no more rows.
        case end
    }

    /// The longest field, in bytes.
    public static let fieldBytesMax = 64 << 10
    /// The longest row, in bytes of its fields.
    public static let rowBytesMax = 1 << 20
    /// The most fields of a row; empty ones cost no bytes, so that they are counted.
    public static let fieldCountMax = 1024

    private enum State {
        case fieldStart, unquoted, quoted
        /// A quote was seen inside quotes: the end of the field, or the first of two.
        case quoteInQuotes
        case carriageReturn
        /// After an error, until the end of the line.
        case skipping
        case ended
    }

    private let separator: UInt8
    private var chunk: [UInt8] = []
    private var offset = 0
    private var isFinished = false
    private var state = State.fieldStart
    /// The contents of the fields of this row, one after the other.
    private var content: [UInt8] = []
    private var ends: [Int] = []
    private var isRowDone = false
    private var fieldIsQuoted = false
    private var physicalLine = 1
    private var fieldLine = 1

    /// The physical line on which the row begins, from 1.
    public private(set) var line = 1

    /// A reader of fields that `separator` separates.
    public init(separator: UInt8 = UInt8(ascii: ",")) {
        self.separator = separator
        content.reserveCapacity(1024)
    }

    // MARK: The row

    /// How many fields the row has.
    public var fieldCount: Int { ends.count }

    /// Whether the field is empty, with or without quotes.
    public func isEmpty(_ field: Int) -> Bool { range(field).isEmpty }

    /// The bytes of a field, quotes removed.
    public func withField<T, E: Error>(_ field: Int, _ body: (UnsafeBufferPointer<UInt8>) throws(E) -> T) throws(E) -> T
    {
        let range = range(field)
        return try content.withUnsafeBufferPointer { content throws(E) in
            try body(UnsafeBufferPointer(rebasing: content[range]))
        }
    }

    /// The text of a field.
    public func text(_ field: Int) -> String { withField(field) { String(decoding: $0, as: UTF8.self) } }

    private func range(_ field: Int) -> Range<Int> {
        precondition(field >= 0 && field < ends.count, "the row has fewer fields")
        return (field == 0 ? 0 : ends[field - 1])..<ends[field]
    }

    // MARK: Reading

    /// Gives the next chunk. Called when `next()` needs bytes.
    public mutating func feed(_ bytes: [UInt8]) {
        precondition(offset == chunk.count && !isFinished, "the chunk before is not used up")
        chunk = bytes
        offset = 0
    }

    /// There are no more chunks; the last row may still come.
    public mutating func finish() { isFinished = true }

    /// Reads on to the end of a row. Throws what is wrong with it; unless the error is fatal, the next call goes on
    /// with the line after it.
    public mutating func next() throws(CSVError) -> Step {
        if isRowDone { beginRow() }
        do throws(CSVError) {
            if try scan() { return .row }
            if !isFinished { return .needsBytes }
            return try lastRow() ? .row : .end
        } catch {
            state = error.isFatal ? .ended : .skipping
            beginRow()
            throw error
        }
    }

    private mutating func beginRow() {
        content.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        isRowDone = false
        fieldIsQuoted = false
        line = physicalLine
        fieldLine = physicalLine
    }

    private mutating func lastRow() throws(CSVError) -> Bool {
        switch state {
        case .quoted: throw error(.unterminatedQuote)
        case .skipping, .ended:
            state = .ended
            return false
        case .fieldStart, .unquoted, .quoteInQuotes, .carriageReturn:
            let isRow = try endRow()
            state = .ended
            return isRow
        }
    }

    /// True when a row is complete, false when the chunk is used up.
    private mutating func scan() throws(CSVError) -> Bool {
        let chunk = self.chunk
        return try chunk.withUnsafeBufferPointer { bytes throws(CSVError) in
            while offset < bytes.count {
                if try step(bytes) { return true }
            }
            return false
        }
    }

    /// Consumes at least a byte, or changes the state. True when a row is complete.
    private mutating func step(_ bytes: UnsafeBufferPointer<UInt8>) throws(CSVError) -> Bool {
        switch state {
        case .fieldStart where bytes[offset] == UInt8(ascii: "\""):
            offset += 1
            fieldIsQuoted = true
            state = .quoted
        case .fieldStart, .unquoted:
            try takeUnquoted(bytes)
            if offset < bytes.count { return try endField(at: bytes[offset]) }
        case .quoted:
            try takeQuoted(bytes)
        case .quoteInQuotes:
            if bytes[offset] != UInt8(ascii: "\"") { return try endField(at: bytes[offset]) }
            try append(UnsafeBufferPointer(rebasing: bytes[offset...offset]))
            offset += 1
            state = .quoted
        case .carriageReturn:
            if bytes[offset] != 0x0A { throw error(.bareCarriageReturn) }
            return try endLine()
        case .skipping:
            while offset < bytes.count, bytes[offset] != 0x0A { offset += 1 }
            if offset < bytes.count {
                offset += 1
                physicalLine += 1
                state = .fieldStart
                beginRow()
            }
        case .ended: offset = bytes.count
        }
        return false
    }

    private mutating func takeUnquoted(_ bytes: UnsafeBufferPointer<UInt8>) throws(CSVError) {
        var end = offset
        while end < bytes.count {
            let byte = bytes[end]
            if byte == separator || byte == 0x0A || byte == 0x0D || byte == UInt8(ascii: "\"") { break }
            end += 1
        }
        if end == offset { return }
        state = .unquoted
        try append(UnsafeBufferPointer(rebasing: bytes[offset..<end]))
        offset = end
    }

    private mutating func takeQuoted(_ bytes: UnsafeBufferPointer<UInt8>) throws(CSVError) {
        var end = offset
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
            if bytes[end] == 0x0A { physicalLine += 1 }
            end += 1
        }
        try append(UnsafeBufferPointer(rebasing: bytes[offset..<end]))
        offset = end
        if end < bytes.count {
            offset += 1
            state = .quoteInQuotes
        }
    }

    /// After a field: a separator, the end of the line, or something that cannot follow it.
    private mutating func endField(at byte: UInt8) throws(CSVError) -> Bool {
        switch byte {
        case separator:
            offset += 1
            try closeField()
            fieldIsQuoted = false
            fieldLine = physicalLine
            state = .fieldStart
            return false
        case 0x0A: return try endLine()
        case 0x0D:
            offset += 1
            state = .carriageReturn
            return false
        default: throw error(.strayQuote)
        }
    }

    /// At a LF outside quotes.
    private mutating func endLine() throws(CSVError) -> Bool {
        offset += 1
        physicalLine += 1
        state = .fieldStart
        return try endRow()
    }

    /// False for a line without any character.
    private mutating func endRow() throws(CSVError) -> Bool {
        if ends.isEmpty, content.isEmpty, !fieldIsQuoted {
            beginRow()
            return false
        }
        try closeField()
        isRowDone = true
        return true
    }

    private mutating func closeField() throws(CSVError) {
        if ends.count == Self.fieldCountMax { throw error(.tooManyFields) }
        ends.append(content.count)
    }

    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) throws(CSVError) {
        content.append(contentsOf: bytes)
        if content.count - (ends.last ?? 0) > Self.fieldBytesMax { throw error(.fieldTooLong) }
        if content.count > Self.rowBytesMax { throw error(.rowTooLong) }
    }

    private func error(_ code: CSVError.Code) -> CSVError {
        CSVError(code: code, line: fieldLine, column: ends.count + 1)
    }
}
