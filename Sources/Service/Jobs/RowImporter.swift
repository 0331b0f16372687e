// Files in which every row is one record: organizations, cadres, duties, parameters. A kind defines its columns, how a
// row is read and what it does; iterating, reporting and counting are done here.

import Domain
import SQL
import Web

/// What one applied row did.
package enum RowResult: Sendable { case created, changed, unchanged }

/// A row being imported: its content, and its position for reports.
package struct RowContext<Column: FileColumn>: Sendable {
    package let line: Int
    package let header: FileHeader<Column>
    package let order: ImportOrder
    package let scope: Scope

    /// Refuses the row at a column.
    package func refusal(_ column: Column?, _ error: FieldError) -> RecordRefused {
        RecordRefused(
            rows: [ReportRow(line: line, column: column.map(header.name), error)])
    }
}

/// A kind of file in which a row is a record.
package protocol RowKind: SendableMetatype {
    associatedtype Column: FileColumn
    associatedtype Record: Sendable

    /// Columns without which no row means anything.
    static var required: [Column] { get }
    /// Of each of these at least one is needed.
    static var oneOf: [[Column]] { get }
    /// Columns with texts for people, which may arrive damaged.
    static var texts: [Column] { get }
    /// The name in a row, and that of the known record that the row means by an id or a number; nil if there is none.
    static func names(
        _ row: FileRow, _ header: FileHeader<Column>, _ register: Register, _ connection: Connection
    ) throws -> (stated: String, stored: String)?
    /// Reads a row, without the writer; nil after errors.
    static func read(
        _ row: FileRow, _ cells: inout CellReader<Column>, _ order: ImportOrder, _ register: Register,
        _ errors: inout RowErrors<Column>
    ) throws -> Record?
    /// Applies a row in its transaction; a record known by id or natural key is changed where it differs.
    ///
    /// - Throws: `Problem` or `InvalidBody`, whose pointers name columns (`/rank`), or `RecordRefused`.
    static func apply(
        _ record: Record, _ context: RowContext<Column>, _ transaction: Transaction
    ) throws -> (result: RowResult, findings: [ReportRow])
}

extension RowKind {
    package static var oneOf: [[Column]] { [] }
    package static var texts: [Column] { [] }

    package static func names(
        _ row: FileRow, _ header: FileHeader<Column>, _ register: Register, _ connection: Connection
    ) throws -> (stated: String, stored: String)? { nil }
}

/// A record and its position in the file.
struct RowRecord<Kind: RowKind>: Sendable {
    let line: Int
    let header: FileHeader<Kind.Column>
    let content: Kind.Record
}

final class RowImporter<Kind: RowKind>: Importer {
    static var recordsPerPiece: Int { 400 }
    static var isConnected: Bool { true }

    private let file: ImportFile
    private let header: FileHeader<Kind.Column>
    private let keyCells: KeyCells<Kind.Column>
    private var cells: CellReader<Kind.Column>
    private let order: ImportOrder
    private let register: Register
    private let connection: Connection

    init(path: String, _ order: ImportOrder, _ register: Register) throws {
        file = try ImportFile(path: path)
        header = try FileHeader(file.header, required: Kind.required, oneOf: Kind.oneOf)
        let partner = try PartnerMapping.named(in: order, register)
        if let partner { try PartnerCodes.check(path, header, register.codeLists, partner) }
        keyCells = KeyCells(header)
        cells = CellReader(header, register.codeLists, on: order.on, partner: partner)
        self.order = order
        self.register = register
        connection = try register.database.makeReader()
        cells.storedDays = StoredDays(connection: connection)
        if !order.takesRenames { try checkNames(path) }
    }

    deinit { connection.close() }

    private func checkNames(_ path: String) throws {
        guard !Kind.texts.isEmpty else { return }
        let file = try ImportFile(path: path)
        var names = NameGuard(byteCount: file.byteCount)
        while true {
            if !names.takesRow(), try file.skip() { continue }
            switch try file.next() {
            case .end:
                try names.check()
                return
            case .refused: continue
            case .row(let row):
                guard let (stated, stored) = try Kind.names(row, header, register, connection) else { continue }
                names.compare(stated, stored, line: row.line)
            }
        }
    }

    var progress: Double { file.byteCount == 0 ? 1 : Double(file.bytesRead) / Double(file.byteCount) }

    var summary: [ReportRow] { header.notices }

    func next() throws -> PreparedItem<RowRecord<Kind>>? {
        switch try file.next() {
        case .end: return nil
        case .refused(let row): return PreparedItem(record: nil, rows: [row])
        case .row(let row):
            var errors = RowErrors(header)
            let keyed = keyCells.read(row)
            for (column, damage) in keyed.damages { errors.settle(row.line, column, FieldError(damage)) }
            let content: Kind.Record?
            do {
                content = try Kind.read(keyed.row, &cells, order, register, &errors)
            } catch let invalid as InvalidBody {
                for error in invalid.errors {
                    errors.add(row.line, Kind.Column(rawValue: String(error.pointer.dropFirst())), error)
                }
                content = nil
            }
            guard errors.rows.isEmpty, let content else { return PreparedItem(record: nil, rows: errors.rows) }
            return PreparedItem(
                record: RowRecord(line: row.line, header: header, content: content),
                rows: keyed.notices + damagedTexts(row))
        }
    }

    private func damagedTexts(_ row: FileRow) -> [ReportRow] {
        Kind.texts.compactMap { column in
            guard let cell = header.cell(column, row), DamagedText.isDamaged(cell, as: column.use) else {
                return nil
            }
            return KnownText.warning(line: row.line, column: header.name(column))
        }
    }

    static func apply(
        _ record: RowRecord<Kind>, _ order: ImportOrder, _ scope: Scope, _ transaction: Transaction
    ) throws -> ImportOutcome {
        let context = RowContext(line: record.line, header: record.header, order: order, scope: scope)
        var outcome = ImportOutcome()
        let done: (result: RowResult, findings: [ReportRow])
        do {
            done = try Kind.apply(record.content, context, transaction)
        } catch let problem as Problem {
            throw refused(
                context,
                problem.errors.isEmpty
                    ? [FieldError(FieldCode(problem.kind), detail: problem.detail)]
                    : problem.errors)
        } catch let invalid as InvalidBody {
            throw refused(context, invalid.errors)
        }
        outcome.rows = done.findings
        switch done.result {
        case .created: outcome.counts.created = 1
        case .changed: outcome.counts.changed = 1
        case .unchanged: outcome.counts.unchanged = 1
        }
        return outcome
    }

    private static func refused(_ context: RowContext<Kind.Column>, _ errors: [FieldError]) -> RecordRefused {
        RecordRefused(
            rows: errors.map { error in
                let column = Kind.Column(rawValue: String(error.pointer.dropFirst()))
                return ReportRow(
                    line: context.line, column: column.map(context.header.name), error)
            })
    }
}
