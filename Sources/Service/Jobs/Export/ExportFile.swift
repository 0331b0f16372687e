// Writes the rows of an export to a file in constant memory, directly from the bytes of a row to those of the file,
// without strings in between, because a county has millions of cells.

import Crypto
import Domain
import HTTP1
import SQL
import Web

/// What a written file holds.
public struct ExportFigures: Sendable {
    /// Rows without the header.
    public var rows = 0
    /// Octets of the content without gzip.
    public var bytes = 0
    /// SHA-256 of the content without gzip, in hexadecimal digits.
    public var sha256 = ""
    /// The last change that the snapshot holds.
    public var changesAfter: Int64 = 0
}

/// An export that its user no longer wants.
struct ExportCancelled: Error {}

enum ExportFile {
    /// Bytes gathered before they are written to the file.
    private static let chunkBytes = 256 << 10

    /// Writes everything of one kind in a range, from one snapshot.
    ///
    /// - Parameters:
    ///   - day: the day for which dated facts are written.
    ///   - connection: inside a transaction that reads.
    ///   - write: receives the next bytes of the file.
    ///   - shouldStop: asked now and then; if true, `ExportCancelled` is thrown.
    static func write(
        _ order: ExportOrder, _ scope: Scope, on day: CivilDate, _ keys: KeyRing?, _ composition: Composition,
        _ connection: Connection, shouldStop: () -> Bool = { false }, to write: @escaping ([UInt8]) throws -> Void
    ) throws -> ExportFigures {
        let mapping = try order.partner.map { key in
            guard let mapping = try PartnerMapping.load(key: key, connection) else {
                throw ExportFailure.unknownPartner(key)
            }
            return mapping
        }
        guard let kind = composition.file(order.kind) else { throw DamagedRow(column: 0) }
        let plan = kind.exportPlan(ExportQuestion(scope: scope, day: day, partner: mapping?.partner))
        let query = Query(plan, isPlain: order.isPlain)
        let theirs = mapping.map { TheirCodes($0, kind, plan) }
        var sink = try Sink(order, write)
        // The first read takes the snapshot.
        let changesAfter = try ChangeFeed.end(connection).sequence
        var table = WholeTable(
            plan.columns.map(\.name),
            heading: order.names == .own ? nil : plan.columns.map { kind.nationalName(of: $0.name) },
            isCSV: order.format == .csv, marksCSV: order.marksCSV, chunkBytes: chunkBytes)
        try Self.write(query, keys, theirs, connection, to: &table) { bytes in
            if shouldStop() { throw ExportCancelled() }
            try sink.append(bytes)
        }
        try table.finish { try sink.append($0) }
        var figures = ExportFigures()
        figures.rows = table.rows
        if let theirs, !theirs.missing.isEmpty { throw ExportFailure.unknownCodes(theirs.missing.sorted()) }
        figures.changesAfter = changesAfter
        figures.bytes = sink.byteCount
        figures.sha256 = sink.digest()
        return figures
    }

    // MARK: The question

    /// Where the values of a column are in a row of the query.
    private struct Place {
        let value: ListValue
        /// For a number in clear: the sealed bytes are at `index`, the id of their row is here.
        var sealedFor: (place: String, id: Int)?
    }

    private struct Query {
        let sql: String
        let values: [any Bindable]
        let places: [Place]

        init(_ plan: ExportPlan, isPlain: Bool) {
            var expressions: [String] = []
            var ids: [String] = []
            var places: [Place] = []
            for column in plan.columns {
                switch column.value {
                case .plain(let value):
                    expressions.append(column.expression)
                    places.append(Place(value: value))
                case .sealed(let place, let sealed, let id) where isPlain:
                    expressions.append(sealed)
                    places.append(Place(value: .text, sealedFor: (place, plan.columns.count + ids.count)))
                    ids.append(id)
                case .sealed:
                    expressions.append(column.expression)
                    places.append(Place(value: .text))
                }
            }
            var sql = "SELECT " + (expressions + ids).joined(separator: ", ") + " FROM " + plan.source
            if !plan.conditions.clauses.isEmpty {
                sql += " WHERE " + plan.conditions.clauses.joined(separator: " AND ")
            }
            self.sql = sql + " ORDER BY " + plan.order.joined(separator: ", ")
            self.places = places
            values = plan.conditions.values
        }
    }

    /// A number in clear.
    private static func opened(
        _ row: borrowing Row, _ index: Int, _ place: (place: String, id: Int), _ keys: KeyRing?
    ) throws -> String {
        guard let keys else { throw SealingError.notOpened }
        return try keys.open(row.blob(index), for: SealedPlace(place.place, row.identifier(place.id)))
    }

    private static func write(
        _ query: Query, _ keys: KeyRing?, _ theirs: TheirCodes?, _ connection: Connection, to table: inout WholeTable,
        _ sink: WholeTable.Sink
    ) throws {
        let places = query.places
        try connection.forEach(query.sql, values: query.values) { row in
            table.beginRow()
            for index in places.indices {
                if let text = theirs?.text(row, index) {
                    table.text(text, index)
                } else if let sealed = places[index].sealedFor, !row.isNull(index) {
                    table.text(try opened(row, index, sealed, keys), index)
                } else {
                    table.cell(row, index, places[index].value)
                }
            }
            try table.endRow(to: sink)
        }
    }
}

/// The cells of a file in a partner's codes. Lists for which the partner has no codes at all keep ours; codes that are
/// missing in a list of theirs are collected, so that all are reported at once.
private final class TheirCodes {
    private let mapping: PartnerMapping
    /// The list of each column that is translated.
    private let lists: [CodeListKey?]
    private(set) var missing: Set<String> = []

    init(_ mapping: PartnerMapping, _ kind: FileKind, _ plan: ExportPlan) {
        self.mapping = mapping
        lists = plan.columns.map { column in
            kind.codeList(column.name).flatMap { mapping.speaks($0) ? $0 : nil }
        }
    }

    /// The text of a cell in their codes; nil for a cell that is not translated.
    func text(_ row: borrowing Row, _ index: Int) -> String? {
        guard let list = lists[index], !row.isNull(index) else { return nil }
        let codes = row.text(index).split(separator: ";").map { code in
            if let theirs = mapping.theirs(of: String(code), in: list) { return theirs }
            missing.insert("\(list.rawValue) \(code)")
            return String(code)
        }
        return codes.joined(separator: ";")
    }
}

extension ExportFile {
    /// The path of bytes from UTF-8 to the file: encoded, hashed and counted, zipped.
    private struct Sink {
        private let write: ([UInt8]) throws -> Void
        private let encoder: Encoder?
        private let deflater: Deflater?
        private var hash = SHA256()
        private(set) var byteCount = 0

        /// A class, because a copyable type cannot have an optional member that is not copyable.
        private final class Encoder {
            let encoder: TextEncoder
            init() throws { encoder = try TextEncoder() }
        }

        init(_ order: ExportOrder, _ write: @escaping ([UInt8]) throws -> Void) throws {
            self.write = write
            encoder = order.encoding == .gb18030 ? try Encoder() : nil
            deflater = order.isZipped ? Deflater(level: 6) : nil
        }

        mutating func append(_ text: UnsafeBufferPointer<UInt8>) throws {
            let bytes = try encoder.map { try $0.encoder.encode(text) } ?? Array(text)
            byteCount += bytes.count
            try bytes.withUnsafeBytes {
                hash.update(bufferPointer: $0)
                guard let deflater, !$0.isEmpty else { return }
                try write(try deflater.member($0))
            }
            if deflater == nil { try write(bytes) }
        }

        func digest() -> String { Hex.text(hash.finalize()) }
    }
}
