// The machine's clock, from the machine itself.

import ArgumentParser
import Service

struct Clock: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows or confirms the machine's clock.",
        discussion: """
            A clock that is behind the last record, or more than 30 days ahead of it, is in doubt: nothing is written \
            until somebody has looked at it. After a summer without electricity that takes one confirmation.
            """,
        subcommands: [Show.self, Confirm.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says whether the clock would be believed at a start. Ends with 65 when it is in doubt.")

        @OptionGroup var data: DataOptions

        func run() throws {
            let reader = try data.directory.reader()
            defer { reader.close() }
            guard let doubt = try ClockCommand.doubt(reader) else {
                return Console.print("the machine's clock is believed")
            }
            Console.error("\(doubt)")
            throw ExitCode(ExitCodes.dataError)
        }
    }

    struct Confirm: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says that the machine's clock is right as it is. The service must be stopped.",
            discussion: "Look at the clock first (`date`): what is recorded or removed by a wrong time stays so.")

        @OptionGroup var data: DataOptions

        func run() throws {
            let register = try data.openRegister()
            defer { register.close() }
            guard let doubt = try ClockCommand.confirm(register) else {
                return Console.print("the machine's clock was not in doubt")
            }
            Console.print("confirmed: it is \(doubt.machineTime)")
        }
    }
}
