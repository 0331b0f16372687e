// The whole of a table as CSV or NDJSON, written row by row and handed on in chunks: for lists of every kind and for
// exports. It deliberately knows nothing of requests: the caller supplies the rows and takes the bytes.

import Domain
import HTTP1
import SQL
import Web

struct WholeTable: ~Copyable {
    /// Takes the next bytes of the table.
    typealias Sink = (UnsafeBufferPointer<UInt8>) throws -> Void

    private let names: [(object: String?, name: String)]
    private let isCSV: Bool
    private let chunkBytes: Int
    private var csv: CSVWriter
    private var json: JSONWriter
    private var object = ItemObject()
    private var trailer = NDJSONTrailer()
    /// Lines that the trailer has not counted yet.
    private var lines = 0
    /// How many rows were written.
    private(set) var rows = 0

    /// - Parameters:
    ///   - names: the columns, as members of the lines of NDJSON; `object.name` for a member of an object.
    ///   - heading: the same as a header of CSV.
    ///   - marksCSV: whether CSV begins with a byte order mark.
    ///   - chunkBytes: bytes that are gathered before they are handed on.
    init(
        _ names: [String], heading: [String]? = nil, isCSV: Bool, marksCSV: Bool = false, chunkBytes: Int = 64 << 10
    ) {
        self.names = names.map { name in
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            return parts.count == 2 ? (parts[0], parts[1]) : (nil, name)
        }
        self.isCSV = isCSV
        self.chunkBytes = chunkBytes
        csv = CSVWriter(byteOrderMark: marksCSV, reserve: isCSV ? chunkBytes + 16_384 : 0)
        json = JSONWriter(reserve: isCSV ? 16 : chunkBytes + 16_384)
        guard isCSV else { return }
        for name in heading ?? names { csv.text(name) }
        csv.endRow()
    }

    // MARK: A row: every column once, in order

    mutating func beginRow() { if !isCSV { json.beginObject() } }

    /// A column of a row of the database.
    mutating func cell(_ row: borrowing Row, _ index: Int, _ value: ListValue) {
        if row.isNull(index) { return empty() }
        guard isCSV else {
            key(index)
            return ListAnswer.write(row, index, value, &json)
        }
        switch value {
        case .text, .texts, .json: csv.text(utf8: row.utf8(index))
        case .integer, .areaCode: csv.integer(row.int(index))
        case .boolean: csv.text(row.bool(index) ? "true" : "false")
        case .identifier, .village: IdentifierText.with(row, index) { csv.plain($0) }
        case .instant: csv.text(Instant(milliseconds: row.int64(index)).description)
        case .daysPast(let day): csv.integer(ListAnswer.daysPast(row, index, day))
        }
    }

    /// A column of an item that does not come from a row.
    mutating func cell(_ cell: ListCell, _ index: Int) {
        if case .none = cell { return empty() }
        guard isCSV else {
            key(index)
            return cell.write(&json)
        }
        switch cell {
        case .text(let text): csv.text(text)
        case .integer(let number), .areaCode(let number): csv.integer(Int(number))
        case .boolean(let flag): csv.text(flag ? "true" : "false")
        case .none: break
        }
    }

    mutating func text(_ text: String, _ index: Int) {
        guard isCSV else {
            key(index)
            return json.string(text)
        }
        csv.text(text)
    }

    private mutating func key(_ index: Int) {
        object.enter(names[index].object, &json)
        json.key(data: names[index].name)
    }

    private mutating func empty() { if isCSV { csv.empty() } }

    mutating func endRow(to sink: Sink) throws {
        rows += 1
        guard isCSV else {
            object.enter(nil, &json)
            json.endObject()
            json.newline()
            lines += 1
            if json.byteCount >= chunkBytes { try flush(to: sink) }
            return
        }
        csv.endRow()
        if csv.byteCount >= chunkBytes { try csv.drain(sink) }
    }

    private mutating func flush(to sink: Sink) throws {
        let bytes = json.take()
        try bytes.withUnsafeBufferPointer {
            trailer.add($0, lines: lines)
            try sink($0)
        }
        lines = 0
    }

    /// Writes what is still buffered, and the last line of NDJSON.
    mutating func finish(to sink: Sink) throws {
        guard isCSV else {
            try flush(to: sink)
            return try trailer.line().withUnsafeBufferPointer(sink)
        }
        try csv.drain(sink)
    }

    // MARK: Answers

    /// The whole of a list, written to a file first, so that a snapshot is held only while it is read.
    ///
    /// - Parameters:
    ///   - name: of the list, and of the file.
    ///   - write: writes all rows.
    static func answer(
        _ name: String, _ names: [String], _ paging: Paging, _ call: Call,
        _ write: (inout WholeTable, @escaping Sink) throws -> Void
    ) throws -> Response {
        let format = try ListFormat.of(call.request.head)
        let file = try SpoolFile(directory: call.register.directory.spool)
        let sink: Sink = { try file.append(UnsafeRawBufferPointer($0)) }
        var table = WholeTable(names, isCSV: format == .csv, marksCSV: paging.marksCSV)
        try write(&table, sink)
        try table.finish(to: sink)
        var response = Response(status: 200)
        response.add("Content-Type", format.fieldValue)
        response.add("Content-Disposition", "attachment; filename=\"\(name).\(format == .csv ? "csv" : "ndjson")\"")
        response.add("Cache-Control", "no-store")
        response.compressible = true
        response.body = .file(file)
        return response
    }
}
