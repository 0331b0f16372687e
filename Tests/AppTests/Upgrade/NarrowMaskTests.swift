// A county with wide masks, brought to narrow ones: nothing of a number beyond its mask is left in any file, and the
// audit trail holds, says that it was anchored anew, and still shows what was wrong with it before.

import Foundation
import Synchronization
import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Service

/// What processes would leave that are killed one after another.
private final class Leftovers: Sendable {
    private let folders = Mutex<[Folder]>([])
    var all: [Folder] { folders.withLock { $0 } }
    func append(_ folder: Folder) { folders.withLock { $0.append(folder) } }
}

@Suite struct NarrowMaskTests {
    private static func finding(_ subject: String, _ register: Register) throws -> CheckFinding {
        let reader = try register.database.makeReader()
        defer { reader.close() }
        return try required(
            try RegisterCheck.run(reader, keyOf: register.directory, .jiedui).first { $0.subject == subject })
    }

    private static func texts(_ sql: String, _ register: Register) throws -> [String] {
        let reader = try register.database.makeReader()
        defer { reader.close() }
        return try reader.query(sql) { row in
            (0..<row.columnCount).map { row.optionalText($0) ?? "-" }.joined(separator: " ")
        }
    }

    @Test("no file of an upgraded county tells eight digits of a number or a wide mask")
    func files() throws {
        let county = try WideCounty()
        let before = try county.told(in: county.folder.path)
        #expect(before.count > county.identityNumbers.count * 2, "the search finds what is there: \(before.count)")
        let spool = county.folder.path + "/spool"
        try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: true)
        let export = spool + "/export-01970000-0000-7000-8000-000000000001"
        try county.identityNumbers.joined(separator: "\n").write(toFile: export, atomically: true, encoding: .utf8)
        let register = try county.upgraded()
        let whileOpen = try county.told(in: county.folder.path)
        #expect(whileOpen == [])
        #expect(try Self.finding("no overwritten data is left in the file", register).notes == [])
        register.close()
        let afterwards = try county.told(in: county.folder.path)
        #expect(afterwards == [])
        #expect(!FileManager.default.fileExists(atPath: export))
    }

    @Test("every table has the narrow mask of what it had")
    func tables() throws {
        let county = try WideCounty()
        let register = try county.upgraded()
        defer { register.close() }
        func identity(_ index: Int) -> String { NumberMask.identity(county.identityNumbers[index]) }
        func phone(_ index: Int) -> String { NumberMask.phone(county.phones[index]) }
        let expected: [(String, [String])] = [
            ("SELECT phone_mask FROM household", [phone(0)]), ("SELECT phone_mask FROM household_history", [phone(1)]),
            ("SELECT identity_mask FROM member ORDER BY position", [identity(0), identity(1) + "****"]),
            ("SELECT identity_mask FROM member_history", [identity(2)]),
            ("SELECT identity_mask, phone_mask FROM cadre", [identity(3) + " " + phone(3)]),
            ("SELECT identity_mask, phone_mask FROM cadre_history", [identity(4) + " " + phone(4)]),
            ("SELECT phone_mask FROM organization", [phone(2)]), ("SELECT phone_mask FROM helper", [phone(5)]),
            ("SELECT phone_mask FROM organization_history", [phone(6)]),
            ("SELECT phone_mask FROM helper_history", [phone(6)]),
            (
                "SELECT base_value, proposed_value, replaced_value FROM change_proposal_field ORDER BY proposal_id",
                [
                    "\(phone(1)) \(phone(7)) -", "\(identity(5)) \(identity(6)) -",
                    "- {\"name\":\"新\",\"workPlace\":\"*\",\"identityNumber\":\"\(identity(7))\"} -",
                    "\(identity(8)) \(identity(9)) \(identity(8))",
                ]
            ),
            (
                "SELECT CAST(body AS TEXT) FROM idempotency_key",
                ["{\"members\":[{\"identityNumber\":\"\(identity(10))\"}],\"phone\":\"\(phone(6))\"}"]
            ),
            ("SELECT failure FROM job", ["列 \(identity(11)) 出现两次"]),
            ("SELECT column, zh, en FROM job_row", ["\(identity(11)) 见 \(identity(10)) see 990923100201"]),
            (
                "SELECT outcomes FROM visit_batch",
                ["[{\"at\":0,\"zh\":\"档案现为 \(identity(11))，电话 \(phone(6))\",\"en\":\"\"}]"]
            ),
            ("SELECT state, sha256 FROM export_job", ["expired -"]),
        ]
        for (sql, rows) in expected { #expect(try Self.texts(sql, register) == rows, "\(sql)") }
        // A proposal that was based on a number which was replaced is told by no mask, but by the hash of nothing.
        #expect(
            try Self.texts("SELECT hex(base_hash) FROM change_proposal_field ORDER BY proposal_id", register)
                .map { $0.prefix(4) } == ["0000", "0000", "", ""])
        let hash = try register.perform { transaction in
            try transaction.connection.first("SELECT content_hash FROM job") { $0.blob(0) }
        }
        #expect(
            hash == JobStore.contentHash(ofFile: WideCounty.fileHash, register.keys), "the same file is known again")
    }

    @Test("the trail holds, and says when, by what, how much and over which hash it was anchored anew")
    func trail() throws {
        let county = try WideCounty()
        let register = try county.upgraded()
        defer { register.close() }
        let chain = try Self.finding("audit chain", register)
        let words = chain.notes.first ?? ""
        #expect(chain.isSound, "\(chain)")
        #expect(chain.notes.count == 1, "\(chain)")
        #expect(words.contains("event 6 at 20"), "\(words)")
        #expect(words.contains("0020_narrow_masks rewrote 3 of the events 2 to 5"), "\(words)")
        #expect(words.contains("it was whole before"), "\(words)")
        #expect(words.contains(Hex.text(county.lastHash)), "\(words)")
        let stored = try Self.texts("SELECT before, after FROM audit_event ORDER BY sequence", register)
        #expect(stored[0] == "- {\"name\":\"某\"}")
        #expect(stored[4] == "{\"note\":\"a*b\"} -")
        let mask = NumberMask.identity(county.identityNumbers[0])
        #expect(stored[2].hasSuffix("{\"identityNumber\":\"\(mask)\",\"sex\":\"male\"}"))
        #expect(!stored[5].contains(Hex.text(county.lastHash)), "the hash of few numbers could be guessed from")
        // What is written afterwards goes on from the anchor, and what is changed afterwards is found.
        try register.perform { try $0.audit("change", .household, $0.newId(), after: Array("{}".utf8)) }
        #expect(try Self.finding("audit chain", register).isSound)
        #expect(throws: SQLError.self) {
            try register.perform { _ = try $0.connection.run("UPDATE audit_event SET after = '{}' WHERE sequence = 2") }
        }
        try register.perform { transaction in
            let connection = transaction.connection
            let trigger = try connection.first("SELECT sql FROM sqlite_schema WHERE name = 'audit_event_no_update'") {
                $0.text(0)
            }
            try connection.run("DROP TRIGGER audit_event_no_update")
            try connection.run("UPDATE audit_event SET after = '{}' WHERE sequence = 2")
            try connection.run(try required(trigger))
        }
        #expect(try Self.finding("audit chain", register).faults == ["event 2 was changed, or the one before it"])
    }

    @Test(
        "what was wrong with the trail before is still found, and the anchor says it",
        arguments: [
            ("UPDATE audit_event SET after = '{\"phone\":\"130****0000\"}' WHERE sequence = 2", ["event 2 was"]),
            ("UPDATE audit_event SET after = '{*' WHERE sequence = 3", ["event 3 was"]),
            ("UPDATE audit_event SET hash = zeroblob(32) WHERE sequence = 4", ["event 4 was", "event 5 was"]),
            ("DELETE FROM audit_event WHERE sequence = 3", ["events 3 to 3 are", "event 4 was"]),
            ("DELETE FROM audit_event WHERE sequence = 5", ["events 5 to 5 are"]),
            ("UPDATE audit_event SET after = NULL WHERE sequence = 1", ["event 1 was"]),
        ])
    func broken(damage: String, faults: [String]) throws {
        let county = try WideCounty()
        let database = try Database.open(path: county.path, onFatal: { _ in })
        try database.writer.perform { connection in
            let triggers = try connection.query(
                "SELECT name, sql FROM sqlite_schema WHERE tbl_name = 'audit_event'"
                    + " AND type = 'trigger'"
            ) { ($0.text(0), $0.text(1)) }
            for (name, _) in triggers { try connection.run("DROP TRIGGER \(name)") }
            try connection.run(damage)
            for (_, sql) in triggers { try connection.run(sql) }
        }
        database.close()
        let register = try county.upgraded()
        defer { register.close() }
        let chain = try Self.finding("audit chain", register)
        #expect(chain.faults.count == faults.count, "\(chain)")
        for (found, expected) in zip(chain.faults, faults) { #expect(found.hasPrefix(expected)) }
        let words = chain.notes.first ?? ""
        #expect(words.contains("before, \(faults.count) of its events did not fit"), "\(words)")
    }

    @Test("a process killed at any statement leaves wide masks or narrow ones, and a second start completes it")
    func killed() throws {
        let county = try WideCounty()
        let left = Leftovers()
        let database = try Database.open(path: county.path, onFatal: { _ in })
        var migrator = try Migrator(
            folder: WideCounty.migrations, steps: Register.steps(county.keys, .system))
        migrator.beforeStatement = { migration, _ in
            guard migration == 20 else { return }
            let copy = try Folder()
            try copy.copy(["key", "jiedui.sqlite", "jiedui.sqlite-wal"], from: county.folder.path)
            left.append(copy)
        }
        try migrator.migrate(database, atMilliseconds: WideCounty.at)
        database.close()
        let folders = left.all
        #expect(folders.count > 30)
        for (index, folder) in folders.enumerated() {
            let reader = try Database.reader(path: folder.path + "/jiedui.sqlite")
            let mask = try reader.first("SELECT phone_mask FROM household") { $0.text(0) }
            #expect(mask == WideCounty.wide(phone: county.phones[0]), "statement \(index)")
            #expect(try reader.first("SELECT count(*) FROM schema_migration") { $0.int(0) } == 19)
            reader.close()
        }
        // The last of them, and one that was killed between its commit and the writing of the file.
        for folder in [try required(folders.last), county.folder] {
            let register = try Register(
                DataDirectory(path: folder.path), migrations: WideCounty.migrations, create: false,
                environment: .system, onFatal: { _ in })
            #expect(try Self.finding("audit chain", register).isSound)
            register.close()
            let told = try county.told(in: folder.path)
            #expect(told == [])
        }
    }

    @Test("a wrong key is refused before anything is migrated, and an upgraded county is not anchored again")
    func keyAndAgain() throws {
        let county = try WideCounty()
        try county.upgraded().close()
        let again = try county.upgraded()
        #expect(try Self.finding("audit chain", again).notes.count == 1)
        again.close()
        let other = try WideCounty()
        let database = try Database.open(path: other.path, onFatal: { _ in })
        try database.writer.perform { connection in
            _ = try connection.run("INSERT INTO setting (key, value) VALUES ('key-fingerprint', '0000000000000000')")
        }
        database.close()
        #expect(throws: InstallationError.self) { try other.upgraded() }
        let reader = try Database.reader(path: other.path)
        defer { reader.close() }
        #expect(try reader.first("SELECT max(number) FROM schema_migration") { $0.int(0) } == 19)
    }

    @Test("no table takes a wide mask any more")
    func guarded() throws {
        let county = try WideCounty()
        let register = try county.upgraded()
        defer { register.close() }
        for (table, column, mask) in [
            ("household", "phone_mask", "138****1234"), ("organization", "phone_mask", "*a*****1234"),
            ("helper", "phone_mask", "138****1234"), ("cadre", "phone_mask", "138****1234"),
            ("cadre", "identity_mask", "9909**********1234"), ("member", "identity_mask", "****************34"),
        ] {
            #expect(throws: SQLError.trigger("mask-too-wide"), "\(table)") {
                try register.perform { _ = try $0.connection.run("UPDATE \(table) SET \(column) = $1", mask) }
            }
        }
    }
}
