// The schema's own promises, and that the questions asked most often are answered by indexes.

import HTTP1
import Testing
import Web

@testable import Archive
@testable import SQL
@testable import Service

@Suite("Schema")
struct SchemaTests {
    @Test("every table is STRICT, but for the search index and what belongs to SQLite")
    func strictTables() throws {
        let county = try County()
        let tables = try county.query("SELECT name, strict, type FROM pragma_table_list WHERE schema = 'main'") {
            (name: $0.text(0), strict: $0.bool(1), type: $0.text(2))
        }
        let loose = tables.filter { !$0.strict && $0.type == "table" && !$0.name.hasPrefix("sqlite_") }
        #expect(loose.map(\.name) == [], "tables that are not STRICT")
        #expect(tables.count { $0.strict } > 10)
    }

    @Test("every foreign key has an index that begins with its columns, and says what a deletion does")
    func foreignKeys() throws {
        let county = try County()
        let keys = try county.query(
            """
            SELECT m.name, k.id, group_concat(k."from"), k.on_delete
            FROM sqlite_master m, pragma_foreign_key_list(m.name) k
            WHERE m.type = 'table' GROUP BY m.name, k.id
            """
        ) { (table: $0.text(0), columns: $0.text(2), onDelete: $0.text(3)) }
        #expect(keys.count > 10)
        for key in keys {
            let indexes = try county.query(
                """
                SELECT group_concat(name) FROM (SELECT l.name AS list, i.name FROM pragma_index_list('\(key.table)') l,
                pragma_index_info(l.name) i ORDER BY l.name, i.seqno) GROUP BY list
                """
            ) { $0.text(0) }
            let primary = try county.query(
                """
                SELECT group_concat(name)
                FROM (SELECT name FROM pragma_table_info('\(key.table)') WHERE pk > 0 ORDER BY pk)
                """
            ) { $0.optionalText(0) ?? "" }
            let isIndexed = (indexes + primary).contains { ($0 + ",").hasPrefix(key.columns + ",") }
            #expect(isIndexed, "\(key.table) (\(key.columns)) has no index")
            #expect(key.onDelete != "NO ACTION", "\(key.table) (\(key.columns)) does not say what a deletion does")
        }
        #expect(try county.query("SELECT 1 FROM pragma_foreign_key_check") { $0.int(0) } == [])
    }

    @Test("every CHECK has a name, and no name stands twice")
    func namedChecks() throws {
        let county = try County()
        let texts = try county.query(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL AND name NOT LIKE 'household_name%'"
        ) { $0.text(0) }
        var names: [String] = []
        for text in texts {
            let words = text.split { " \n\t(".contains($0) }.map(String.init)
            for (index, word) in words.enumerated() where word.uppercased() == "CHECK" {
                #expect(index >= 2, "an unnamed CHECK in \(text.prefix(60))")
                #expect(words[index - 2] == "CONSTRAINT", "an unnamed CHECK in \(text.prefix(60))")
                names.append(words[max(0, index - 1)])
            }
        }
        #expect(names.count > 40)
        #expect(Set(names).count == names.count)
    }

    @Test("the audit trail can be added to and nothing else")
    func appendOnly() throws {
        let county = try County()
        try county.make(1, Sample.household("H1"))
        for sql in ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"] {
            #expect(throws: SQLError.self) { try county.register.perform { _ = try $0.connection.run(sql) } }
        }
        #expect(try county.faults() == [])
    }

    // MARK: Plans

    /// How SQLite answers a query, one line a step.
    private func steps(_ county: County, _ sql: String, _ values: [any Bindable]) throws -> [String] {
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        return try reader.query("EXPLAIN QUERY PLAN " + sql, values: values) { $0.text(3) }
    }

    @Test("pages of households with every filter, a cursor and a search walk an index in its order: no scan, no sort")
    func listPlans() throws {
        let county = try County()
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        let filters = [
            "", "state=lifted", "attribute=general", "mainCause=illness", "labour=weak",
            "state=lifted&mainCause=illness",
            "identityState=verified", "identityState=unverified", "identityState=missing", "areaCode=\(Place.townA)",
            "areaCode=\(Place.townA)&state=lifted",
        ]
        for filter in filters {
            for person in [Person.administrator, .clerkA, .workerA1] {
                let plan = try HouseholdList.plan(try call(county, person, "/v1/households?\(filter)"), reader)
                for place in [nil, [CursorParts.integer(990_923_100_201), .text("H1")]] {
                    let query = plan.rows(after: place, limit: 101)
                    let steps = try steps(county, query.sql, query.values)
                    let households = steps.filter { $0.contains(" h") && !$0.contains(" d ") }
                    #expect(
                        !steps.contains { $0.hasPrefix("SCAN") || $0.contains("TEMP B-TREE") }, "\(filter): \(steps)")
                    #expect(
                        households.contains {
                            $0.contains("USING INDEX household_list") || $0.contains("USING COVERING INDEX")
                        }, "\(filter): \(steps)")
                }
                let count = plan.count
                #expect(
                    !(try steps(county, count.sql, count.values)).contains { $0.hasPrefix("SCAN") }, "count \(filter)")
            }
        }
        let search = try HouseholdList.plan(try call(county, .administrator, "/v1/households?q=%E7%8E%8B"), reader)
        let query = search.rows(after: nil, limit: 101)
        let found = try steps(county, query.sql, query.values)
        #expect(found.contains { $0.contains("VIRTUAL TABLE INDEX") }, "\(found)")
        #expect(!found.contains { $0.hasPrefix("SCAN h ") }, "\(found)")
    }

    @Test("single records, tokens, identity numbers, archive numbers, histories and reports are found by index")
    func pointPlans() throws {
        let county = try County()
        let id: any Bindable = [UInt8](repeating: 1, count: 16)
        let queries: [(String, [any Bindable])] = [
            (
                """
                SELECT u.id FROM token t JOIN user_account u ON u.id = t.user_id
                JOIN division d ON d.id = u.division_id WHERE t.hash = $1
                """,
                [id]
            ),
            ("SELECT household_number FROM household WHERE id = $1 AND area_code BETWEEN $2 AND $3", [id, 1, 2]),
            ("SELECT id FROM household WHERE area_code / 1000000 = $1 AND archive_number = $2", [990_923, "H1"]),
            (
                """
                SELECT household_number FROM member
                WHERE identity_hash = $1 AND identity_state = 'verified' AND left_on IS NULL
                """,
                [id]
            ),
            (
                "SELECT id FROM member WHERE household_number = $1 AND (left_on IS NULL OR $2) ORDER BY position, id",
                [1, 0]
            ),
            (HouseholdTable.dated.asOf("household_number = $1", day: "$2", known: "$3"), [1, "2026-01-01", 1]),
            (MemberTable.dated.asOf("household_number = $1", day: "$2", known: "$3"), [1, "2026-01-01", 1]),
            (
                "SELECT id FROM division WHERE code = $1 AND (ended_on IS NULL OR successor_id IS NULL)",
                [990_923_100_201]
            ),
            ("SELECT id FROM division WHERE parent_id = $1 AND successor_id IS NULL", [id]),
            ("SELECT id FROM household WHERE village_id = $1", [id]),
            ("SELECT sequence FROM audit_event WHERE entity_id = $1 ORDER BY sequence DESC LIMIT 10", [id]),
            ("SELECT sequence, hash FROM audit_event ORDER BY sequence DESC LIMIT 1", []),
            ("SELECT line FROM job_row WHERE job_id = $1 ORDER BY sequence LIMIT 10", [id]),
            ("SELECT body FROM idempotency_key WHERE user_id = $1 AND route = $2 AND key = $3", [id, "r", "k"]),
            ("DELETE FROM idempotency_key WHERE created_at < $1", [1]),
            ("SELECT id FROM village_group WHERE village_id = $1 AND name = $2", [id, "一组"]),
        ]
        for (sql, values) in queries {
            let steps = try steps(county, sql, values)
            let scans = steps.filter { $0.hasPrefix("SCAN") && $0 != "SCAN audit_event" }
            #expect(scans == [], "\(sql): \(steps)")
        }
    }

    private typealias CursorParts = Web.CursorPart

    private func call(_ county: County, _ person: Person, _ target: String) throws -> Call {
        let head = try required(RequestHead(Array("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)))
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        let token = try required(county.as(person).token)
        let caller = try Caller.authenticate(token.utf8, at: county.clock.now, reader)
        guard case .found(_, let parameters) = county.application.router.match(.get, head.path) else {
            throw ClientError(action: "no route", code: 404)
        }
        return Call(
            request: Request(head: head, body: .none, peer: "127.0.0.1", loop: 0), parameters: parameters,
            identity: caller,
            language: .zh, requestId: "test", now: county.clock.now, register: county.register)
    }
}
