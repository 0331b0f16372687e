// expand-contract: writes openapi.yaml and docs/roles.md out of the fragments and the route table. For people who
// change the contract; the service itself only serves the file.

import App
import Foundation
import Service

let repository = FileManager.default.currentDirectoryPath
let folder = FileManager.default.temporaryDirectory.appendingPathComponent("expand-contract-\(getpid())").path
defer { try? FileManager.default.removeItem(atPath: folder) }
do {
    let register = try Register(
        DataDirectory(path: folder), migrations: repository + "/Migrations", create: true, onFatal: { _ in })
    defer { register.close() }
    let expansion = try Expansion(
        Fragment.all(of: repository, RecordFacts.all(register)), RouteFacts.all(register), ProblemFacts.all(register),
        Catalogues.all(register))
    try expansion.text().write(toFile: repository + "/openapi.yaml", atomically: true, encoding: .utf8)
    try expansion.roles().write(toFile: repository + "/docs/roles.md", atomically: true, encoding: .utf8)
} catch {
    FileHandle.standardError.write(Data("expand-contract: \(error)\n".utf8))
    exit(1)
}
