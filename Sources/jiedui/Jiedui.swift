// The program's commands. Each is thin: it opens the register and calls the application; what the words mean is decided
// there.

import App
import ArgumentParser
import Glibc
import SQL
import Service

@main
struct Jiedui: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jiedui",
        abstract: "Serves a county's paired assistance: households, who helps them, and what came of it.",
        discussion: "Every command takes --data DIR or the environment variable JIEDUI_DATA.",
        subcommands: [
            Serve.self, Migrate.self, Demo.self, Import.self, Undo.self, Export.self, User.self, TokenCommand.self,
            BackupCommand.self,
            Restore.self,
            Check.self,
            Clock.self,
            Pair.self,
        ])
}

/// Where the data lies.
struct DataOptions: ParsableArguments {
    @Option(name: .long, help: "Directory of the data: database, key file, spool, lock (or JIEDUI_DATA).")
    var data: String?

    var directory: DataDirectory {
        get throws {
            if let data { return DataDirectory(path: data) }
            guard let named = getenv("JIEDUI_DATA") else {
                throw ValidationError("Say where the data lies: --data DIR, or the environment variable JIEDUI_DATA.")
            }
            return DataDirectory(path: String(cString: named))
        }
    }

    /// Opens the register for writing. Another process that has it ends this one with 75 and words.
    ///
    /// - Parameter log: what the process says on standard error goes through it, if it serves: no reader holds up an
    ///   end that must come now.
    func openRegister(create: Bool = false, log: LogQueue? = nil) throws -> Register {
        let say: @Sendable (String) -> Void = { words in
            guard let log else { return Console.error(words) }
            log.say(Console.errorLine(words))
            log.flush(seconds: Shutdown.logSeconds)
        }
        do {
            return try Register(
                directory, migrations: Resources.locate().migrations, create: create,
                onFatal: { error in
                    say("storage failed, and what was being written is not stored: \(error)")
                    Glibc.exit(ExitCodes.storageFailed)
                })
        } catch DatabaseError.locked(let process) {
            let holder = process.map { " (process \($0))" } ?? ""
            say(
                "another process\(holder) has this data open; "
                    + "while it is served, use the API, or stop the service first"
            )
            throw ExitCode(ExitCodes.busy)
        }
    }
}

/// The numbers of sysexits.h that this program ends with.
enum ExitCodes {
    /// Some input was refused.
    static let dataError: Int32 = 65
    /// Storage failed; start again after looking at the disk.
    static let storageFailed: Int32 = 70
    /// Somebody else has the data.
    static let busy: Int32 = 75
}
