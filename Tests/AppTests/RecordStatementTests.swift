// The SQL that is made for declared records: to be read, and held to its plan.

import Testing

@testable import SQL
@testable import Service

@Suite("Statements of declared records")
struct RecordStatementTests {
    @Test("each statement is printed; reading a record or a page of the list uses an index and sorts nothing")
    func plans() throws {
        let county = try County()
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        for facts in RecordFacts.all(county.register) {
            for (use, sql) in facts.statements {
                print("\(facts.path) \(use): \(sql)")
                let parameters = Set(sql.split(separator: "$").dropFirst().map { $0.prefix { $0.isNumber } })
                let steps = try reader.query(
                    "EXPLAIN QUERY PLAN \(sql)", values: parameters.map { _ in Int?.none }
                ) { $0.text(3) }
                #expect(steps.filter { $0.hasPrefix("SCAN") || $0.contains("TEMP B-TREE") } == [], "\(sql)")
            }
        }
    }

    @Test("the keys by which a file recognises a record are one entry of a unique index")
    func keys() throws {
        let county = try County()
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        for facts in RecordFacts.all(county.register) {
            for (use, sql) in facts.statements where use.hasPrefix("known by") {
                let parameters = Set(sql.split(separator: "$").dropFirst().map { $0.prefix { $0.isNumber } })
                let values = parameters.map { _ in Int?.none }
                let steps = try reader.query("EXPLAIN QUERY PLAN \(sql)", values: values) { $0.text(3) }
                #expect(steps.count == 1, "\(steps)")
                let compared = steps[0].split(separator: " ").count { $0.contains("=?") }
                #expect(compared == parameters.count, "\(steps)")
            }
        }
    }

    @Test("each field appears in the statements once, and a new row gets a value for every column")
    func columns() throws {
        let county = try County()
        for facts in RecordFacts.all(county.register) {
            let insert = try required(facts.statements.first { $0.use == "insert" }).sql
            let columns = insert.split(separator: "(")[1].split(separator: ")")[0].split(separator: ",")
            #expect(Set(columns).count == columns.count, "\(insert)")
            #expect(insert.hasSuffix("$\(columns.count))"), "\(insert)")
        }
    }
}
