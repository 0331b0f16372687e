// Every kind of refusal, by a real statement, and that no bound value shows in it.

import Testing

@testable import SQL

@Suite struct ErrorTests {
    private static let schema = [
        "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT UNIQUE) STRICT",
        """
        CREATE TABLE child (
            id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id), kind TEXT NOT NULL, count INTEGER,
            CONSTRAINT count_positive CHECK (count > 0), CHECK (count < 1000), UNIQUE (kind, count)
        ) STRICT
        """,
        "CREATE UNIQUE INDEX child_kind ON child (lower(kind)) WHERE count IS NULL",
        "CREATE TABLE pair (a INTEGER, b INTEGER, PRIMARY KEY (a, b)) STRICT, WITHOUT ROWID",
        "CREATE TRIGGER kept BEFORE DELETE ON child BEGIN SELECT RAISE(ABORT, 'child_is_kept'); END",
        "INSERT INTO parent VALUES (1, 'one')",
        "INSERT INTO child VALUES (1, 1, 'a', 5), (2, NULL, 'b', NULL)",
        "INSERT INTO pair VALUES (1, 2)",
    ]

    @Test(
        "a constraint is told by its name, or by table and columns",
        arguments: [
            ("INSERT INTO child VALUES (9, 1, 'x', 0)", SQLError.check("count_positive")),
            ("INSERT INTO child VALUES (9, 1, 'x', 1000)", .check("count < 1000")),
            ("DELETE FROM child", .trigger("child_is_kept")),
            ("INSERT INTO parent VALUES (2, 'one')", .unique(table: "parent", columns: ["name"])),
            ("INSERT INTO parent VALUES (1, 'two')", .unique(table: "parent", columns: ["id"])),
            ("INSERT INTO child VALUES (9, 1, 'a', 5)", .unique(table: "child", columns: ["kind", "count"])),
            ("INSERT INTO pair VALUES (1, 2)", .unique(table: "pair", columns: ["a", "b"])),
            ("INSERT INTO child VALUES (9, 1, 'B', NULL)", .uniqueIndex("child_kind")),
            ("INSERT INTO child VALUES (9, 77, 'x', 1)", .foreignKey),
            ("DELETE FROM parent", .foreignKey),
            ("INSERT INTO child VALUES (9, 1, NULL, 1)", .notNull(table: "child", column: "kind")),
            ("INSERT INTO child VALUES (9, 1, 'x', 'many')", .datatype(table: "child", column: "count")),
        ])
    func constraints(sql: String, expected: SQLError) throws {
        try withConnection { connection throws in
            for statement in ErrorTests.schema { try connection.run(statement) }
            let before = try connection.count("child") + connection.count("parent") + connection.count("pair")
            #expect(throws: expected) { try connection.run(sql) }
            #expect(!expected.isStorageFailure)
            #expect(try connection.count("child") + connection.count("parent") + connection.count("pair") == before)
        }
    }

    @Test("an unknown table is told with the statement")
    func unknownTable() throws {
        try withConnection { connection throws in
            #expect(throws: SQLError.other(code: 1, message: "no such table: nowhere; in: SELECT * FROM nowhere")) {
                try connection.run("SELECT * FROM nowhere")
            }
        }
    }

    @Test(
        "no error tells a bound value",
        arguments: [
            "SELECT json_extract('{}', $1)", "SELECT json($1)", "SELECT * FROM search WHERE search MATCH $1",
            "INSERT INTO checked VALUES ($1)", "INSERT INTO numbered VALUES ($1)",
            "SELECT abs(-9223372036854775808), $1",
        ])
    func noValues(sql: String) throws {
        try withConnection { connection throws in
            try connection.run("CREATE VIRTUAL TABLE search USING fts5(t)")
            try connection.run("CREATE TABLE checked (a TEXT, CONSTRAINT short CHECK (length(a) < 3)) STRICT")
            try connection.run("CREATE TABLE numbered (a INTEGER) STRICT")
            #expect {
                try connection.run(sql, "\"secret-110101")
            } throws: { error in
                error is SQLError && !"\(error)\(String(reflecting: error))".contains("secret")
            }
        }
    }

    @Test("a reader refuses to write")
    func readOnly() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try folder.open()
        try database.writer.perform { _ = try $0.run("CREATE TABLE t (a INTEGER) STRICT") }
        let reader = try database.makeReader()
        #expect(throws: SQLError.readOnly) { try reader.run("INSERT INTO t VALUES (1)") }
        #expect(throws: SQLError.readOnly) { try reader.run("DROP TABLE t") }
        #expect(try reader.count("t") == 0)
    }

    @Test("a second writing connection is told that the database is busy")
    func busy() throws {
        try withConnection { holder throws in
            let path = try #require(try holder.first("SELECT file FROM pragma_database_list") { $0.text(0) })
            let other = try Connection(path: path, role: .writer)
            try other.run("PRAGMA busy_timeout = 10")
            try holder.transaction(.immediate) {
                #expect(throws: SQLError.busy) { try other.run("BEGIN IMMEDIATE") }
            }
        }
    }

    @Test("a file that is no database, or a damaged one, is told as corrupt")
    func corrupt() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("test.sqlite", String(repeating: "this is not a database. ", count: 400))
        #expect(throws: SQLError.corrupt) { try folder.open() }
    }

    @Test("a full database is told as a full disk")
    func full() throws {
        try withConnection { connection throws in
            try connection.run("CREATE TABLE t (a BLOB) STRICT")
            try connection.run("PRAGMA max_page_count = 10")
            #expect(throws: SQLError.diskFull) { try connection.run("INSERT INTO t VALUES (zeroblob(100000))") }
            #expect(try connection.count("t") == 0)
        }
    }

    @Test("every error has one line of text")
    func descriptions() {
        let errors: [SQLError] = [
            .check("a"), .trigger("a"), .unique(table: "t", columns: ["a", "b"]), .uniqueIndex("i"), .foreignKey,
            .notNull(table: "t", column: "c"), .datatype(table: "t", column: "c"), .diskFull, .inputOutput(code: 1034),
            .corrupt,
            .busy, .readOnly, .budgetExceeded, .interrupted, .misuse("m"), .other(code: 1, message: "m"),
        ]
        #expect(Set(errors.map(\.description)).count == errors.count)
        #expect(errors.filter(\.isStorageFailure) == [.inputOutput(code: 1034), .corrupt])
    }
}
