// Commands about the data as a whole: schema, import, backup, restore, check.

import App
import ArgumentParser
import Domain
import Glibc
import SQL
import Service

struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings the schema up to date; makes the database where there is none.")

    @OptionGroup var data: DataOptions

    func run() throws {
        let register = try data.openRegister(create: true)
        register.close()
        Console.print("the schema is up to date")
    }
}

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Imports a file of divisions, organizations, cadres, households and the like.",
        discussion: "Ends with 65 when a row was refused. UTF-8 or GB18030; docs/integration.md names the columns.")

    @OptionGroup var data: DataOptions
    @Argument(help: "What the file holds.") var kind: ImportKind
    @Argument(help: "The file.") var file: String
    @Option(help: "each: what is refused keeps nothing else out. atomic: all or nothing.") var mode = ImportMode.each
    @Flag(help: "Only say what would be done.") var dryRun = false
    @Option(
        help:
            ArgumentHelp(
                "divisions: the file is complete below this code. "
                    + "households: true, members missing from their household have left.")
    )
    var complete: String?
    @Option(help: "The day from which the file's facts hold, YYYY-MM-DD; today by default.") var on: String?
    @Option(help: "The key of the partner in whose codes and ids the file speaks.") var partner: String?
    @Flag(help: "Take a file that gives many known people or records other names.") var renames = false
    @Flag(help: "What the file says holds also after the next thing that is known of later days.")
    var replacesLater = false
    @Flag(help: "Print the counts as JSON, and nothing else.") var json = false

    func run() throws {
        var order = ImportOrder(
            kind: kind, mode: mode, isDryRun: dryRun, on: try day(), partner: partner, takesRenames: renames,
            replacesLater: replacesLater)
        if let complete {
            if kind == .divisions {
                guard let code = AreaCode(complete) else {
                    throw ValidationError("--complete takes a code of 12 digits here.")
                }
                order.completeBelow = code
            } else {
                order.isComplete = complete == "true"
            }
        }
        let register = try data.openRegister()
        defer { register.close() }
        let display = ProgressDisplay("import", unit: "rows")
        let result = try ImportCommand.run(file, order, register) { progress in
            if !self.json { display.show(progress.rows, share: progress.share) }
        }
        if json {
            Console.print(result.json)
        } else {
            display.finish(result.counts.rows)
            for row in result.report.prefix(50) {
                Console.print(
                    "line \(row.line)\(row.column.map { ", column \($0)" } ?? ""): \(row.code): \(row.message.en)")
            }
            if result.report.count > 50 { Console.print("… and \(result.report.count - 50) more lines of the report") }
            Console.print("job \(result.id)")
            Console.print(
                "created \(result.counts.created), changed \(result.counts.changed), "
                    + "unchanged \(result.counts.unchanged), "
                    + "ended \(result.counts.ended), refused \(result.counts.refused)")
        }
        if let failure = result.failure { Console.error(failure) }
        if result.counts.refused > 0 || result.failure != nil { throw ExitCode(ExitCodes.dataError) }
    }

    private func day() throws -> CivilDate {
        guard let on else { return Environment.system.now().shanghaiDate }
        guard let day = CivilDate(on), PlausibleDays.asked.isOpen(to: day) else {
            throw ValidationError(
                "--on takes a date that exists, YYYY-MM-DD, from \(PlausibleDays.asked.othersFrom) on.")
        }
        return day
    }
}

extension ImportKind: ExpressibleByArgument {}
extension ImportMode: ExpressibleByArgument {}

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copies the database while it is served, and verifies the copy.",
        discussion: "Prints the change sequence that the copy holds. The key file is never in it: keep that elsewhere.")

    @OptionGroup var data: DataOptions
    @Argument(help: "The file to make; it must not exist.") var file: String

    func run() throws {
        let reader = try data.directory.reader()
        defer { reader.close() }
        let display = ProgressDisplay("backup", unit: "pages")
        let sequence = try BackupFile.make(from: reader, to: file) { done, total in
            display.show(done, share: total == 0 ? 1 : Double(done) / Double(total))
        }
        Console.print("backup holds change sequence \(sequence)")
    }
}

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Puts a backup in place of the database, after verifying it.",
        discussion:
            "The service must be stopped. The key file in the data directory must be the one it was sealed under.")

    @OptionGroup var data: DataOptions
    @Argument(help: "The backup.") var file: String

    func run() throws {
        do {
            let sequence = try BackupFile.restore(file, into: data.directory, .jiedui)
            Console.print("restored; the database holds change sequence \(sequence)")
        } catch DatabaseError.locked {
            Console.error("the data is open in another process: stop the service first")
            throw ExitCode(ExitCodes.busy)
        }
    }
}

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks the database: structure, references, audit chain, kept figures. Safe while it is served.",
        discussion: "Ends with 65 when something is wrong.")

    @OptionGroup var data: DataOptions

    func run() throws {
        let reader = try data.directory.reader()
        defer { reader.close() }
        let findings = try RegisterCheck.run(reader, keyOf: data.directory, .jiedui)
        for finding in findings { Console.print(finding.description) }
        guard findings.allSatisfy(\.isSound) else { throw ExitCode(ExitCodes.dataError) }
    }
}
