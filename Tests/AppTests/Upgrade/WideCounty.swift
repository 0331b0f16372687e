// A county as it was before masks were narrow: the schema of migration 0019 alone, and rows as were written then. It
// uses SQL only, because no code of today writes such rows.

import Foundation

@testable import App
@testable import Domain
@testable import SQL
@testable import Service

/// A folder with such a county, closed.
struct WideCounty {
    let folder: Folder
    /// Numbers of people in clear, none of them like another.
    let identityNumbers = (1...12).map { Sample.identityNumber(born: "19\(60 + $0)-03-0\($0 % 9 + 1)", $0 * 37) }
    let phones = (1...8).map { "1390246\(1_000 + $0 * 731)" }
    /// The last hash of its audit trail.
    private(set) var lastHash: [UInt8] = []
    private(set) var eventCount: Int64 = 0
    let keys: KeyRing

    static let jobId = Identifier(high: 7, low: 1)
    static let fileHash = [UInt8](repeating: 0xAB, count: 32)
    static let at: Int64 = 1_700_000_000_000

    static let migrations: String = {
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/Migrations"
    }()

    var path: String { folder.path + "/jiedui.sqlite" }

    /// As masks of identity numbers were.
    static func wide(_ number: String) -> String {
        let person = number.prefix(18)
        return person.prefix(4) + String(repeating: "*", count: 10) + person.suffix(4)
            + String(repeating: "*", count: number.count - 18)
    }

    /// As masks of phones were.
    static func wide(phone: String) -> String { phone.prefix(3) + "****" + phone.suffix(4) }

    init() throws {
        folder = try Folder()
        keys = try KeyRing.load(path: folder.path + "/key", create: true)
        let former = try Folder()
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.migrations)
        where name.hasSuffix(".sql") && name < "0020" {
            try former.copy([name], from: Self.migrations)
        }
        let database = try Database.open(path: path, onFatal: { _ in })
        try Migrator(folder: former.path).migrate(database, atMilliseconds: Self.at)
        let rows = WideRows(identityNumbers: identityNumbers, phones: phones, keys: keys)
        (lastHash, eventCount) = try database.writer.perform { connection in
            try rows.write(connection)
            return try rows.writeTrail(connection)
        }
        database.close()
    }

    /// Opens it with the migrations of today, as the service does.
    func upgraded() throws -> Register {
        try Register(
            DataDirectory(path: folder.path), migrations: Self.migrations, create: false, environment: .system,
            onFatal: { _ in })
    }

    /// What stands in any file of it that tells more of a number than its mask may.
    func told(in folder: String) throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        return try names.filter { !$0.hasSuffix("key") && !$0.hasSuffix("spool") }.flatMap { name in
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
            let texts = LongTexts(bytes)
            return secrets.filter(texts.contains).map { "\($0) in \(name)" }
        }
    }

    /// Eight digits in a row of any number, and the wide masks.
    var secrets: [String] {
        var found: [String] = []
        for number in identityNumbers {
            found += MaskSearch.windows(number)
            found.append(String(number.prefix(4)) + "****")
            found.append("********" + String(number.suffix(4).prefix(2)))
        }
        for phone in phones {
            found += MaskSearch.windows(phone)
            found.append(String(phone.prefix(3)) + "****")
        }
        return found
    }
}

/// The runs of a file's bytes that could be of a number or a mask: searching them is quick, and passes over nothing.
private struct LongTexts {
    private let runs: [String]

    init(_ bytes: [UInt8]) {
        let isNumber = bytes.map { (48...57).contains($0) || $0 == UInt8(ascii: "*") || $0 | 0x20 == UInt8(ascii: "x") }
        var runs: [String] = []
        var start = 0
        while start < bytes.count {
            guard isNumber[start] else {
                start += 1
                continue
            }
            let end = isNumber[start...].firstIndex(of: false) ?? bytes.count
            if end - start >= 6 { runs.append(String(decoding: bytes[start..<end], as: UTF8.self)) }
            start = end
        }
        self.runs = runs
    }

    func contains(_ text: String) -> Bool { runs.contains { $0.contains(text) } }
}
