// The program behind the contract: its routes, problems and code lists, over an empty register in a folder of its own.

import Foundation
import HTTP1
import Logging

@testable import App
@testable import Service
@testable import Web

final class ContractProgram: Sendable {
    let application: Application
    let register: Register
    private let folder: String

    init() throws {
        let repository = URL(fileURLWithPath: Contract.path).deletingLastPathComponent().path
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("contract-\(UUID().uuidString)").path
        let resources = Resources(migrations: repository + "/Migrations", contract: Contract.path)
        register = try Register(
            DataDirectory(path: folder), migrations: resources.migrations, create: true, onFatal: { _ in })
        application = try Application(
            register, resources: resources, loopCount: 1,
            logger: Logger(label: "contract") { _ in SwiftLogNoOpLogHandler() })
    }

    deinit {
        application.stop()
        register.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    var routes: [Route<Endpoint>] { application.router.routes }
}

extension Route<Endpoint> {
    var name: String { "\(method.name) \(pattern)" }

    var isOpenToEverybody: Bool { if case .everybody = endpoint.access { true } else { false } }
    var isForRoles: Bool { if case .roles = endpoint.access { true } else { false } }
    var roles: Set<Role> {
        switch endpoint.access {
        case .everybody: []
        case .signedIn: Set(Role.allCases)
        case .roles(let roles): roles
        }
    }
    var isList: Bool {
        switch endpoint.work {
        case .list, .pages: true
        default: false
        }
    }
    var isWrite: Bool { if case .write = endpoint.work { true } else { false } }

    /// The media types of the body that the route reads.
    var bodyTypes: Set<String> {
        switch endpoint.body {
        case .none: []
        case .json: [MediaType.json.rawValue]
        case .mergePatch: [MediaType.mergePatch.rawValue]
        case .file: [MediaType.csv.rawValue, MediaType.octets.rawValue]
        }
    }
}
