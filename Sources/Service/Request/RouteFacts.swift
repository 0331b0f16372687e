// What the route table implies for the contract: who may call, what body is read, what kind of answer is sent. Texts,
// schemas and examples are in the contract.yaml of each folder; `expand-contract` combines the two.

import HTTP1
import Logging
import Web

/// One operation as the route table has it, without its handler.
package struct RouteFacts: Sendable {
    /// In capitals.
    package let method: String
    /// `/v1/households/{id}`.
    package let pattern: String
    /// The names in the pattern.
    package let parameters: [String]
    /// Everybody may call it, without a token.
    package let isOpen: Bool
    /// The roles that may call it, in the order of `everyRole`; empty where it is open to everybody.
    package let roles: [String]
    /// The media types of the body that it reads.
    package let bodyTypes: [String]
    /// The body is a file of any form: no field of it can be refused at once.
    package let takesFile: Bool
    /// Pages as JSON, the whole as CSV or NDJSON.
    package let isList: Bool
    /// It stores something, or may spool its answer, so the disk can be full.
    package let needsDisk: Bool
    /// Takes an Idempotency-Key.
    package let isIdempotencyKeyed: Bool

    /// All roles there are.
    package static let everyRole = Role.allCases.map(\.rawValue)

    /// Some roles may not call it.
    package var isForSomeRoles: Bool { !isOpen && roles != Self.everyRole }

    /// Every operation, in the order of the table.
    ///
    /// - Parameter register: any register; it is not used.
    package static func all(_ register: Register) -> [RouteFacts] {
        let logger = Logger(label: "contract") { _ in SwiftLogNoOpLogHandler() }
        let modules = register.composition.modules
        let surroundings = Surroundings(
            contract: [], metrics: Metrics(loopCount: 1),
            runners: modules.flatMap(\.runners).map { $0.init(register, logger: logger) }, requireReady: {})
        return modules.flatMap { $0.routes(surroundings) }.map { RouteFacts($0.method, $0.pattern, $0.endpoint) }
    }

    private init(_ method: Method, _ pattern: String, _ endpoint: Endpoint) {
        self.method = method.name
        self.pattern = pattern
        parameters = pattern.split(separator: "/").filter { $0.hasPrefix("{") }.map {
            String($0.dropFirst().dropLast())
        }
        switch endpoint.access {
        case .everybody: (isOpen, roles) = (true, [])
        case .signedIn: (isOpen, roles) = (false, Self.everyRole)
        case .roles(let some): (isOpen, roles) = (false, Role.allCases.filter(some.contains).map(\.rawValue))
        }
        switch endpoint.body {
        case .none: (bodyTypes, takesFile) = ([], false)
        case .json: (bodyTypes, takesFile) = ([MediaType.json.rawValue], false)
        case .mergePatch: (bodyTypes, takesFile) = ([MediaType.mergePatch.rawValue], false)
        case .file: (bodyTypes, takesFile) = ([MediaType.csv.rawValue, MediaType.octets.rawValue], true)
        }
        switch endpoint.work {
        case .list, .pages: (isList, needsDisk) = (true, true)
        case .write: (isList, needsDisk) = (false, true)
        case .long, .instant, .read, .wait: (isList, needsDisk) = (false, false)
        }
        isIdempotencyKeyed = endpoint.isIdempotencyKeyed
    }
}

/// A kind of problem, as the catalogue has it.
package struct ProblemFacts: Sendable {
    package let status: Int
    /// `/problems/not-found`.
    package let type: String

    /// Every kind, in the order of the catalogue.
    package static func all(_ register: Register) -> [ProblemFacts] {
        register.composition.problems.map { ProblemFacts(status: $0.status, type: Problem.typePrefix + $0.slug) }
    }
}

/// The program's lists of values, by the schema of the contract that has these values.
package enum Catalogues {
    package static func all(_ register: Register) -> [String: [String]] {
        let composition = register.composition
        return [
            "FieldCode": composition.fieldCodes.map(\.slug).sorted(),
            "ImportKind": composition.files.map(\.kind.rawValue),
        ]
    }
}
