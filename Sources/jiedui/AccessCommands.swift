// Users and tokens from the machine itself.

import ArgumentParser
import Domain
import Glibc
import Service

struct User: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Manages users.", subcommands: [Add.self, Move.self, Grant.self, Revoke.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Adds a user and prints the id.")

        @OptionGroup var data: DataOptions
        @Option(help: "The user's name.") var name: String
        @Option(help: "county-administrator, town-clerk, village-worker, tablet, province or auditor.") var role: String
        @Option(help: "Code of the user's division, 12 digits.") var division: String
        @Option(help: "A right beyond the role: read-sealed, find-by-number. May be repeated.") var right: [String] = []

        func run() throws {
            let register = try data.openRegister()
            defer { register.close() }
            let (name, role, division, rights) = (name, role, division, right)
            let id = try register.perform { transaction in
                let id = try AccessStore.addUser(name: name, role: role, division: division, transaction)
                for right in rights { try AccessStore.set(right, of: id, to: true, transaction) }
                return id
            }
            Console.print(id.description)
        }
    }

    struct Move: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Moves a user to another division.")

        @OptionGroup var data: DataOptions
        @Argument(help: "Id of the user.") var id: String
        @Option(help: "Code of the user's new division, 12 digits.") var division: String

        func run() throws {
            guard let user = Identifier(id) else { throw AccessError.unknownUser(id) }
            let register = try data.openRegister()
            defer { register.close() }
            let division = division
            try register.perform { try AccessStore.moveUser(user, to: division, $0) }
        }
    }

    struct Grant: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Grants a right beyond the role: read-sealed, find-by-number.")

        @OptionGroup var data: DataOptions
        @Argument(help: "Id of the user.") var id: String
        @Option(
            help: "read-sealed: numbers of people in clear; find-by-number: finding people by their numbers.")
        var right: String

        func run() throws { try User.set(right, of: id, to: true, data) }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Takes a right away at once.")

        @OptionGroup var data: DataOptions
        @Argument(help: "Id of the user.") var id: String
        @Option(
            help: "read-sealed: numbers of people in clear; find-by-number: finding people by their numbers.")
        var right: String

        func run() throws { try User.set(right, of: id, to: false, data) }
    }

    private static func set(_ right: String, of id: String, to isGranted: Bool, _ data: DataOptions) throws {
        guard let user = Identifier(id) else { throw AccessError.unknownUser(id) }
        let register = try data.openRegister()
        defer { register.close() }
        try register.perform { try AccessStore.set(right, of: user, to: isGranted, $0) }
    }
}

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Manages tokens.", subcommands: [Create.self, List.self, Revoke.self])

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes a token and prints it, once.")

        @OptionGroup var data: DataOptions
        @Option(help: "Id of the user.") var user: String
        @Option(help: "The device the token is for.") var device: String
        @Option(help: "Days until it expires.") var days = AccessStore.tokenDaysDefault

        func validate() throws {
            guard (1...3_650).contains(days) else { throw ValidationError("Days are 1 to 3650.") }
        }

        func run() throws {
            guard let id = Identifier(user) else { throw AccessError.unknownUser(user) }
            let register = try data.openRegister()
            defer { register.close() }
            let (device, days) = (device, days)
            let text = try register.perform {
                try AccessStore.createToken(user: id, device: device, days: days, $0).text
            }
            Console.print(text)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists tokens; never the tokens themselves.")

        @OptionGroup var data: DataOptions

        func run() throws {
            let reader = try data.directory.reader()
            defer { reader.close() }
            for token in try AccessStore.tokens(reader) {
                let state = token.revokedAt.map { "revoked \($0)" } ?? "expires \(token.expiresAt)"
                Console.print("\(token.id)  \(token.role)  \(token.userName)  \(token.device)  \(state)")
            }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revokes a token at once.")

        @OptionGroup var data: DataOptions
        @Argument(help: "Id of the token.") var id: String

        func run() throws {
            guard let identifier = Identifier(id) else { throw AccessError.unknownToken(id) }
            let register = try data.openRegister()
            defer { register.close() }
            try register.perform { try AccessStore.revoke(identifier, $0) }
        }
    }
}
