// Migrations: order, refusals, and that an end at any statement leaves the old schema or the new.

import Foundation
import Testing

@testable import SQL

@Suite struct MigratorTests {
    private static let first = """
        -- People and their homes; the trigger has a statement inside.
        CREATE TABLE home (id INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE person (id INTEGER PRIMARY KEY, home INTEGER REFERENCES home (id)) STRICT;
        CREATE TRIGGER stays BEFORE DELETE ON home BEGIN SELECT RAISE(ABORT, 'home_stays'); SELECT 1; END;
        INSERT INTO home VALUES (1);
        """
    private static let second = """
        ALTER TABLE person ADD COLUMN name TEXT;
        CREATE INDEX person_home ON person (home);
        INSERT INTO person VALUES (1, 1, 'a;b')
        """

    private func withFolder(_ files: [String: String], _ body: (Folder) throws -> Void) throws {
        let folder = try Folder()
        defer { folder.remove() }
        for (name, text) in files { try folder.write(name, text) }
        try body(folder)
    }

    @Test("files are applied in their order, once")
    func applied() throws {
        let files = ["0001_first.sql": Self.first, "0002_second.sql": Self.second, "README.md": "no migration"]
        try withFolder(files) { folder throws in
            let database = try folder.open()
            let migrator = try Migrator(folder: folder.path)
            #expect(try migrator.migrate(database, atMilliseconds: 5) == ["0001_first.sql", "0002_second.sql"])
            #expect(try migrator.migrate(database, atMilliseconds: 6) == [])
            let reader = try database.makeReader()
            #expect(try reader.query("SELECT name FROM person") { $0.text(0) } == ["a;b"])
            let rows = try reader.query(
                "SELECT number, name, length(sha256), applied_at FROM schema_migration ORDER BY number"
            ) { row in
                "\(row.int(0)) \(row.text(1)) \(row.int(2)) \(row.int(3))"
            }
            #expect(rows == ["1 0001_first.sql 64 5", "2 0002_second.sql 64 5"])
            #expect(try migrator.pending(reader).isEmpty)
            #expect(throws: SQLError.trigger("home_stays")) {
                try database.writer.perform { try $0.run("DELETE FROM home") }
            }
            database.close()
        }
    }

    @Test("the recorded hash is SHA-256")
    func hash() throws {
        try withFolder(["0001_a.sql": "abc"]) { folder throws in
            let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            #expect(try Migrator(folder: folder.path).migrations.map(\.sha256) == [expected])
        }
    }

    @Test(
        "a folder that is not in order is refused",
        arguments: [
            (["0001_a.sql", "0003_c.sql"], MigrationError.gap(number: 2)),
            (["0002_b.sql"], .gap(number: 1)),
            (["0000_z.sql", "0001_a.sql"], .duplicate(number: 0)),
            (["0001_a.sql", "0001_b.sql"], .duplicate(number: 1)),
            (["0001_a.sql", "2_b.sql"], .nameMalformed(file: "2_b.sql")),
            (["0001_.sql"], .nameMalformed(file: "0001_.sql")),
            (["00011_a.sql"], .nameMalformed(file: "00011_a.sql")),
            (["abcd_a.sql"], .nameMalformed(file: "abcd_a.sql")),
        ])
    func disorder(names: [String], expected: MigrationError) throws {
        try withFolder(Dictionary(uniqueKeysWithValues: names.map { ($0, "SELECT 1") })) { folder throws in
            #expect(throws: expected) { try Migrator(folder: folder.path) }
        }
    }

    @Test("an empty folder and a missing one are refused")
    func emptyFolder() throws {
        try withFolder([:]) { folder throws in
            #expect(throws: MigrationError.none(folder: folder.path)) { try Migrator(folder: folder.path) }
            #expect(throws: FileError.self) { try Migrator(folder: folder.path + "/none") }
        }
    }

    @Test("a changed or renamed file, and a database newer than the files, are refused and change nothing")
    func mismatch() throws {
        try withFolder(["0001_first.sql": Self.first, "0002_second.sql": Self.second]) { folder throws in
            let database = try folder.open()
            try Migrator(folder: folder.path).migrate(database, atMilliseconds: 0)
            let cases: [([String: String], MigrationError)] = [
                (["0001_first.sql": Self.first], .newer(database: 2, folder: 1)),
                (
                    [
                        "0001_first.sql": Self.first + " ", "0002_second.sql": Self.second,
                        "0003_c.sql": "CREATE TABLE c (a)",
                    ],
                    .changed(file: "0001_first.sql")
                ),
                (
                    ["0001_first.sql": Self.first, "0002_other.sql": Self.second, "0003_c.sql": "CREATE TABLE c (a)"],
                    .changed(file: "0002_other.sql")
                ),
            ]
            for (files, expected) in cases {
                try withFolder(files) { other throws in
                    let migrator = try Migrator(folder: other.path)
                    #expect(throws: expected) { try migrator.migrate(database, atMilliseconds: 0) }
                }
            }
            let tables = try database.makeReader().query(
                "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1"
            ) {
                $0.text(0)
            }
            #expect(tables == ["home", "person", "schema_migration"])
            database.close()
        }
    }

    @Test(
        "a migration that fails is undone whole, and those before it stay",
        arguments: [
            ("CREATE TABLE x (a) ; SELECT nonsense", 2, SQLError.other(code: 1, message: "no such column: nonsense")),
            ("CREATE TABLE x (a); INSERT INTO person VALUES (5, 99)", 2, .foreignKey),
            ("CREATE TABLE x (a); COMMIT; CREATE TABLE y (a)", 2, .other(code: 23, message: "not authorized")),
            ("CREATE TABLE x (a); BEGIN", 2, .other(code: 23, message: "not authorized")),
            ("CREATE TABLE x (a); ROLLBACK", 2, .other(code: 23, message: "not authorized")),
            ("ATTACH 'other' AS other", 1, .other(code: 23, message: "not authorized")),
        ])
    func failing(text: String, statement: Int, cause: SQLError) throws {
        try withFolder(["0001_first.sql": Self.first, "0002_bad.sql": text]) { folder throws in
            let database = try folder.open()
            let migrator = try Migrator(folder: folder.path)
            #expect(throws: MigrationError.failed(file: "0002_bad.sql", statement: statement, cause)) {
                try migrator.migrate(database, atMilliseconds: 0)
            }
            let reader = try database.makeReader()
            #expect(try reader.count("schema_migration") == 1)
            #expect(try reader.count("sqlite_schema WHERE name IN ('x', 'y')") == 0)
            database.close()
        }
    }

    @Test("a step in code runs where the file names it, in the file's transaction, and is counted as a statement")
    func steps() throws {
        let text = """
            CREATE TABLE log (said TEXT);
            INSERT INTO log VALUES ('before');
            -- step: say
            INSERT INTO log VALUES ('after');
            """
        try withFolder(["0001_first.sql": Self.first, "0002_said.sql": text]) { folder throws in
            let database = try folder.open()
            let steps: [String: Migrator.Step] = [
                "say": { connection, at in
                    #expect(!connection.isAutocommit)
                    try connection.run("INSERT INTO log SELECT said || $1 FROM log", at)
                }
            ]
            var migrator = try Migrator(folder: folder.path, steps: steps)
            let seen = Collected<Int>()
            migrator.beforeStatement = { migration, statement in if migration == 2 { seen.append(statement) } }
            try migrator.migrate(database, atMilliseconds: 7)
            let reader = try database.makeReader()
            #expect(try reader.query("SELECT said FROM log") { $0.text(0) } == ["before", "before7", "after"])
            #expect(seen.all == [1, 2, 3, 4, 5])
            reader.close()
            database.close()
        }
    }

    @Test("a step that throws undoes its file whole, and one that the program does not have is refused before any")
    func failingSteps() throws {
        struct Stop: Error {}
        let text = "CREATE TABLE x (a);\n-- step: stop\nCREATE TABLE y (a);"
        try withFolder(["0001_first.sql": Self.first, "0002_stop.sql": text]) { folder throws in
            let database = try folder.open()
            #expect(throws: MigrationError.unknownStep(file: "0002_stop.sql", name: "stop")) {
                try Migrator(folder: folder.path).migrate(database, atMilliseconds: 0)
            }
            #expect(throws: Stop.self) {
                try Migrator(folder: folder.path, steps: ["stop": { _, _ in throw Stop() }])
                    .migrate(database, atMilliseconds: 0)
            }
            #expect(throws: MigrationError.self) {
                try Migrator(
                    folder: folder.path,
                    steps: ["stop": { connection, _ in _ = try connection.run("DELETE FROM nothing") }]
                ).migrate(database, atMilliseconds: 0)
            }
            let reader = try database.makeReader()
            #expect(try reader.count("schema_migration") == 1)
            #expect(try reader.count("sqlite_schema WHERE name IN ('x', 'y')") == 0)
            reader.close()
            database.close()
        }
    }

    @Test("a file written anew holds nothing of what was overwritten, and neither does its log")
    func rewritten() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try folder.open()
        try database.writer.perform { connection in
            try connection.run("CREATE TABLE number (id INTEGER PRIMARY KEY, text TEXT)")
            for _ in 0..<2_000 { try connection.run("INSERT INTO number (text) VALUES ('secret990101199003071237')") }
        }
        try database.writer.perform { _ = try $0.run("UPDATE number SET text = 'told'") }
        #expect(try database.rewriteFile())
        for name in ["test.sqlite", "test.sqlite-wal"] {
            let bytes = try String(contentsOfFile: folder.path + "/" + name, encoding: .isoLatin1)
            #expect(!bytes.contains("990101199003071237"), "\(name)")
        }
        #expect(try database.writer.perform { try $0.configurationFaults() } == [])
        database.close()
    }

    @Test("rows that refer to nothing after a migration are refused")
    func danglingRows() throws {
        let text = "PRAGMA defer_foreign_keys = ON; INSERT INTO person VALUES (5, 99)"
        try withFolder(["0001_first.sql": Self.first, "0002_bad.sql": text]) { folder throws in
            let database = try folder.open()
            #expect(throws: MigrationError.foreignKeys(file: "0002_bad.sql", tables: ["person"])) {
                try Migrator(folder: folder.path).migrate(database, atMilliseconds: 0)
            }
            #expect(try database.makeReader().count("person") == 0)
            database.close()
        }
    }

    @Test("a process killed at any statement leaves the old schema or the new, and a second start completes it")
    func killedAtEachStatement() throws {
        try withFolder(["0001_first.sql": Self.first, "0002_second.sql": Self.second]) { folder throws in
            let database = try folder.open()
            let left = Collected<(applied: Int, Folder)>()
            var migrator = try Migrator(folder: folder.path)
            migrator.beforeStatement = { migration, _ in left.append((migration - 1, try folder.copy())) }
            try migrator.migrate(database, atMilliseconds: 0)
            database.close()
            #expect(left.all.count == 5 + 4)
            for (applied, copy) in left.all {
                defer { copy.remove() }
                let reopened = try copy.open()
                let again = try Migrator(folder: folder.path)
                let reader = try reopened.makeReader()
                #expect(try again.pending(reader).count == 2 - applied)
                let tables = try reader.count("sqlite_schema WHERE type = 'table'")
                #expect(tables == (applied == 0 ? 0 : 3))
                #expect(try again.migrate(reopened, atMilliseconds: 1).count == 2 - applied)
                #expect(try reader.count("person") == 1)
                reader.close()
                reopened.close()
            }
        }
    }

    @Test("an error at any statement leaves the schema as it was")
    func stoppedAtEachStatement() throws {
        struct Stop: Error {}
        for stop in 1...5 {
            try withFolder(["0001_first.sql": Self.first]) { folder throws in
                let database = try folder.open()
                var migrator = try Migrator(folder: folder.path)
                migrator.beforeStatement = { _, statement in if statement == stop { throw Stop() } }
                #expect(throws: Stop.self) { try migrator.migrate(database, atMilliseconds: 0) }
                #expect(try database.makeReader().count("sqlite_schema") == 0)
                migrator.beforeStatement = nil
                #expect(try migrator.migrate(database, atMilliseconds: 0) == ["0001_first.sql"])
                database.close()
            }
        }
    }
}
