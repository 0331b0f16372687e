// Commands for whole files: exporting one, and undoing an import.

import App
import ArgumentParser
import Domain
import SQL
import Service

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Exports a file with the same columns as an import of this kind.",
        discussion: """
            All rows are as of one moment, also while the service is running. With --sealed plain the service must be \
            stopped, because the reason is written to the audit trail. docs/integration.md lists the columns.
            """)

    @OptionGroup var data: DataOptions
    @Argument(help: "Kind of file.") var kind: ImportKind
    @Argument(help: "Path of the new file.") var file: String
    @Option(help: "csv or ndjson.") var format = ExportFormat.csv
    @Option(help: "Code of a division, 12 digits; everything by default.") var area: String?
    @Option(help: "masked, or plain for identity and phone numbers in clear.") var sealed = SealedForm.masked
    @Option(help: "Why the numbers are needed in clear; 5 to 200 characters.") var reason: String?
    @Option(help: "utf-8 or gb18030.") var encoding = ExportEncoding.utf8
    @Flag(help: "Begin CSV in UTF-8 with a byte order mark.") var byteOrderMark = false
    @Flag(help: "Write gzip.") var gzip = false
    @Option(help: "Column names: own or national.") var names = ColumnNames.own
    @Option(help: "Key of the partner whose codes and ids the file uses.") var partner: String?

    enum SealedForm: String, ExpressibleByArgument { case masked, plain }

    func validate() throws {
        if sealed == .plain, !(5...200).contains(reason?.count ?? 0) {
            throw ValidationError("--sealed plain needs a --reason of 5 to 200 characters.")
        }
        if format == .ndjson && (encoding == .gb18030 || byteOrderMark) {
            throw ValidationError("NDJSON is UTF-8 without a byte order mark.")
        }
    }

    func run() throws {
        var order = ExportOrder(
            kind: kind, format: format, isPlain: sealed == .plain, reason: reason, marksCSV: byteOrderMark,
            encoding: encoding, isZipped: gzip, names: names, partner: partner)
        if let area {
            guard let code = AreaCode(area) else { throw ValidationError("--area takes a code of 12 digits.") }
            order.area = code
        }
        let figures: ExportFigures
        if order.isPlain {
            let register = try data.openRegister()
            defer { register.close() }
            figures = try ExportCommand.run(order, register, to: file)
        } else {
            let reader = try data.directory.reader()
            defer { reader.close() }
            figures = try ExportCommand.run(order, .jiedui, reader, to: file)
        }
        Console.print(
            "\(figures.rows) rows, \(figures.bytes) bytes, sha256 \(figures.sha256), "
                + "change sequence \(figures.changesAfter)")
    }
}

extension ExportFormat: ExpressibleByArgument {}
extension ColumnNames: ExpressibleByArgument {}
extension ExportEncoding: ExpressibleByArgument {}

struct Undo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Undoes an import, as long as its records have not been changed since.",
        discussion: "If records stand in the way, they are listed, nothing is changed, and the exit code is 65.")

    @OptionGroup var data: DataOptions
    @Argument(help: "Id of the import job, as the import printed it.") var job: String

    func run() throws {
        guard let id = Identifier(job) else { throw ValidationError("This is not the id of a job.") }
        let register = try data.openRegister()
        defer { register.close() }
        let (undone, refusal) = try UndoCommand.run(id, register)
        guard refusal.isEmpty else {
            for line in refusal { Console.error(line) }
            throw ExitCode(ExitCodes.dataError)
        }
        Console.print("undone \(undone)")
    }
}
