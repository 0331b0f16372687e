// Statements, values, rows, transactions and the budget of one connection.

import Testing

@testable import SQL

@Suite struct ConnectionTests {
    @Test("every type of value comes back as it was bound")
    func values() throws {
        try withConnection { connection throws in
            try connection.run("CREATE TABLE t (n INTEGER PRIMARY KEY, v ANY) STRICT")
            let values: [any Bindable] = [
                7, Int64.min, Int64.max, true, 1.5, "结对 \u{0} x", "", [UInt8](0...255), [UInt8](),
                [1, 2, 3][1...] as ArraySlice<UInt8>,
                Int?.none, String?("a"), SQLValue.null,
            ]
            let expected: [SQLValue] = [
                .integer(7), .integer(Int64.min), .integer(Int64.max), .integer(1), .real(1.5), .text("结对 \u{0} x"),
                .text(""), .blob([UInt8](0...255)), .blob([]), .blob([2, 3]), .null, .text("a"), .null,
            ]
            for value in values {
                #expect(try connection.run("INSERT INTO t (v) VALUES ($1)", value) == 1)
            }
            #expect(try connection.query("SELECT v FROM t ORDER BY n") { $0.value(0) } == expected)
            #expect(values.map(\.sqlValue) == expected)
        }
    }

    @Test("a row is read by column in every form")
    func row() throws {
        try withConnection { connection throws in
            let sql = "SELECT 1 AS one, 2.5, 'é', x'0102', NULL, 0"
            let found = try connection.first(sql) { row in
                #expect(row.columnCount == 6)
                #expect(row.name(0) == "one")
                #expect(row.name(9) == "")
                #expect(row.int(0) == 1)
                #expect(row.int64(0) == 1)
                #expect(row.bool(0) == true)
                #expect(row.bool(5) == false)
                #expect(row.double(1) == 2.5)
                #expect(row.double(0) == 1)
                #expect(row.text(2) == "é")
                #expect(Array(row.utf8(2)) == [0xC3, 0xA9])
                #expect(row.blob(3) == [1, 2])
                #expect(row.withBlob(3) { $0.count } == 2)
                #expect(row.isNull(4) == true)
                #expect(row.isNull(0) == false)
                #expect(row.optionalInt(4) == nil)
                #expect(row.optionalInt(0) == 1)
                #expect(row.optionalInt64(4) == nil)
                #expect(row.optionalInt64(0) == 1)
                #expect(row.optionalText(4) == nil)
                #expect(row.optionalText(2) == "é")
                #expect(row.optionalBlob(4) == nil)
                #expect(row.optionalBlob(3) == [1, 2])
                #expect(row.optionalBool(4) == nil)
                #expect(row.optionalBool(0) == true)
                #expect(row.optionalDouble(4) == nil)
                #expect(row.optionalDouble(1) == 2.5)
                return true
            }
            #expect(found == true)
        }
    }

    @Test("$n is resolved by its number, not by its first appearance")
    func parametersOutOfOrder() throws {
        try withConnection { connection throws in
            let sql = "SELECT $3, $1, $2, $1, $10 WHERE $4 + $5 + $6 + $7 + $8 + $9 = 39"
            let found = try connection.first(sql, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) { row in (0..<5).map { row.int($0) } }
            #expect(found == [3, 1, 2, 1, 10])
        }
    }

    @Test(
        "a statement with wrong parameters or a wrong count of values is refused",
        arguments: [
            ("SELECT $1, $2", 1), ("SELECT $1", 2), ("SELECT 1", 1), ("SELECT $2", 1), ("SELECT $1, $3", 2),
            ("SELECT ?", 1),
            ("SELECT :a", 1), ("SELECT @a", 1), ("SELECT ?1", 1), ("SELECT $01", 1), ("SELECT $0", 1),
            ("SELECT $1::text", 1),
            ("SELECT 1; SELECT 2", 0), ("", 0), (" ", 0), ("-- nothing", 0),
        ])
    func misuse(sql: String, count: Int) throws {
        try withConnection { connection throws in
            #expect {
                try connection.run(sql, values: [any Bindable](repeating: 1, count: count))
            } throws: { error in
                if case SQLError.misuse = error { true } else { false }
            }
        }
    }

    @Test("a statement may end in a semicolon and spaces")
    func semicolon() throws {
        try withConnection { connection throws in
            #expect(try connection.first("SELECT 5;\n ") { $0.int(0) } == 5)
        }
    }

    @Test("changes are counted only where a statement changes rows itself")
    func changes() throws {
        try withConnection { connection throws in
            try connection.run("CREATE TABLE t (a INTEGER) STRICT")
            #expect(try connection.run("INSERT INTO t VALUES (1), (2), (3)") == 3)
            #expect(try connection.run("UPDATE t SET a = 0 WHERE a > $1", 1) == 2)
            #expect(try connection.run("BEGIN") == 0)
            #expect(try connection.run("UPDATE t SET a = 0 WHERE a > $1", 100) == 0)
            #expect(try connection.run("COMMIT") == 0)
        }
    }

    @Test("the first row of a change with RETURNING still changes them all")
    func returning() throws {
        try withConnection { connection throws in
            try connection.run("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT")
            #expect(try connection.first("INSERT INTO t VALUES (5), (6), (7) RETURNING a") { $0.int(0) } == 5)
            #expect(try connection.count("t") == 3)
            #expect(try connection.first("SELECT a FROM t WHERE a = 9") { $0.int(0) } == nil)
        }
    }

    @Test("the same query inside its own rows is a second statement")
    func reentrancy() throws {
        try withConnection { connection throws in
            let sql = "SELECT value FROM json_each($1)"
            let pairs = try connection.query(sql, "[1,2]") { outer in
                let left = outer.int(0)
                return try connection.query(sql, "[3,4]") { inner in [left, inner.int(0), outer.int(0)] }
            }
            #expect(pairs == [[[1, 3, 1], [1, 4, 1]], [[2, 3, 2], [2, 4, 2]]])
        }
    }

    @Test("an error in a row's closure leaves the statement ready for the next use")
    func throwingRow() throws {
        struct Stop: Error {}
        try withConnection { connection throws in
            let sql = "SELECT value FROM json_each($1)"
            #expect(throws: Stop.self) { try connection.forEach(sql, "[1,2]") { _ in throw Stop() } }
            #expect(try connection.query(sql, "[1,2]") { $0.int(0) } == [1, 2])
        }
    }

    @Test("at most 256 statements stay prepared, and all of them still work")
    func cacheBound() throws {
        try withConnection { connection throws in
            for round in 0..<2 {
                for number in 0..<300 {
                    #expect(try connection.first("SELECT \(number)") { $0.int(0) } == number, "round \(round)")
                }
            }
            #expect(connection.preparedCount == 256)
        }
    }

    @Test("a row closure may prepare more statements than are kept")
    func evictionWhileInUse() throws {
        try withConnection { connection throws in
            let found = try connection.query("SELECT value FROM json_each('[1,2]')") { row in
                for number in 0..<300 { _ = try connection.first("SELECT \(number)") { $0.int(0) } }
                return row.int(0)
            }
            #expect(found == [1, 2])
        }
    }

    @Test("a closed connection refuses")
    func closed() throws {
        try withConnection { connection throws in
            connection.close()
            #expect(throws: SQLError.misuse("the connection is closed")) { try connection.run("SELECT 1") }
        }
    }

    @Test("a transaction that throws leaves nothing")
    func transactions() throws {
        try withConnection { connection throws in
            try connection.run("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT")
            #expect(throws: SQLError.unique(table: "t", columns: ["a"])) {
                try connection.transaction(.immediate) {
                    try connection.run("INSERT INTO t VALUES (1)")
                    try connection.run("INSERT INTO t VALUES (1)")
                }
            }
            #expect(connection.isAutocommit)
            #expect(try connection.count("t") == 0)
            #expect(try connection.transaction(.deferred) { try connection.run("INSERT INTO t VALUES (1)") } == 1)
            #expect(throws: SQLError.self) {
                try connection.transaction(.deferred) { try connection.transaction(.deferred) {} }
            }
            #expect(connection.isAutocommit)
            #expect(try connection.count("t") == 1)
        }
    }

    @Test("a savepoint that throws undoes itself only, at any depth")
    func savepoints() throws {
        struct Refused: Error {}
        try withConnection { connection throws in
            try connection.run("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT")
            try connection.transaction(.immediate) {
                try connection.run("INSERT INTO t VALUES (1)")
                try connection.savepoint {
                    try connection.run("INSERT INTO t VALUES (2)")
                    #expect(throws: Refused.self) {
                        try connection.savepoint {
                            try connection.run("INSERT INTO t VALUES (3)")
                            throw Refused()
                        }
                    }
                }
            }
            #expect(try connection.query("SELECT a FROM t ORDER BY a") { $0.int(0) } == [1, 2])
        }
    }

    @Test("what is left to the commit is done right before it, in order, and not for an undone savepoint")
    func leftToTheCommit() throws {
        struct Refused: Error {}
        try withConnection { connection throws in
            try connection.run("CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER) STRICT")
            func leave(_ number: Int) {
                connection.beforeCommit {
                    try connection.run("INSERT INTO t VALUES ($1, (SELECT count(*) FROM t))", number)
                }
            }
            func rows() throws -> [String] {
                try connection.query("SELECT a, b FROM t ORDER BY b") { "\($0.int(0)) as \($0.int(1))" }
            }
            try connection.transaction(.immediate) {
                leave(1)
                try connection.savepoint {
                    leave(2)
                    #expect(throws: Refused.self) {
                        try connection.savepoint {
                            leave(3)
                            throw Refused()
                        }
                    }
                    leave(4)
                }
                #expect(try rows() == [])
            }
            #expect(try rows() == ["1 as 0", "2 as 1", "4 as 2"])
            try connection.savepoint { leave(5) }
            #expect(try rows().count == 4, "the outermost savepoint is a transaction")
            #expect(throws: SQLError.unique(table: "t", columns: ["a"])) {
                try connection.transaction(.immediate) {
                    try connection.run("INSERT INTO t VALUES (6, 6)")
                    leave(1)
                }
            }
            try connection.transaction(.immediate) {}
            #expect(try rows().count == 4, "what throws undoes the transaction, and is not tried again")
        }
    }

    @Test("a statement past its budget stops, and the connection goes on")
    func budget() throws {
        try withConnection { connection throws in
            let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
            #expect(throws: SQLError.budgetExceeded) {
                try connection.limit(milliseconds: 2) { try connection.run(endless) }
            }
            #expect(throws: SQLError.budgetExceeded) {
                try connection.limit(milliseconds: 5) {
                    while true { try connection.run("SELECT 1") }
                }
            }
            #expect(throws: SQLError.budgetExceeded) {
                try connection.limit(milliseconds: 2) {
                    try connection.limit(milliseconds: 60_000) { try connection.run(endless) }
                }
            }
            #expect(try connection.limit(milliseconds: 1000) { try connection.first("SELECT 1") { $0.int(0) } } == 1)
            #expect(try connection.first("SELECT 1") { $0.int(0) } == 1)
        }
    }

    @Test("a transaction past its budget is ended, and the next one begins")
    func budgetInTransaction() throws {
        try withConnection { connection throws in
            try connection.run("CREATE TABLE t (a INTEGER) STRICT")
            #expect(throws: SQLError.budgetExceeded) {
                try connection.limit(milliseconds: 1) {
                    try connection.transaction(.deferred) {
                        while true { _ = try connection.savepoint { try connection.count("t") } }
                    }
                }
            }
            #expect(connection.isAutocommit)
            #expect(try connection.transaction(.deferred) { try connection.count("t") } == 0)
        }
    }

    @Test("an id binds its bytes without an array")
    func ownType() throws {
        struct Identifier: Bindable {
            let high: UInt64
            let low: UInt64
            var sqlValue: SQLValue { withUnsafeBytes(of: (high, low)) { .blob(Array($0)) } }
            func bind(to target: borrowing BindTarget) throws {
                try withUnsafeBytes(of: (high, low)) { try target.blob($0) }
            }
        }
        try withConnection { connection throws in
            let id = Identifier(high: 1, low: 2)
            let length = try connection.first("SELECT length($1), $1 = $2", id, id.sqlValue) { [$0.int(0), $0.int(1)] }
            #expect(length == [16, 1])
        }
    }
}
