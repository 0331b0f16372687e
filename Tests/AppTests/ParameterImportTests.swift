// Files of parameters: what rows do, what is refused, and that a register's rules move with it.

import Testing

@testable import Archive
@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("Imports of parameters")
struct ParameterImportTests {
    private static let header = "key,value,unit,areaCode,from,to,documentNumber\n"

    /// The county's rules as an export writes them.
    private static func exported(_ county: County) throws -> String {
        let plan = ParameterExport.plan(.everything)
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        var csv = CSVWriter()
        for column in plan.columns { csv.text(column.name) }
        csv.endRow()
        let columns = plan.columns.map(\.expression).joined(separator: ", ")
        try reader.forEach(
            """
            SELECT \(columns) FROM \(plan.source) WHERE \(plan.conditions.clauses.joined(separator: " AND "))
            ORDER BY \(plan.order.joined(separator: ", "))
            """, values: plan.conditions.values
        ) { row in
            for index in plan.columns.indices {
                switch row.value(index) {
                case .null: csv.empty()
                case .integer(let number): csv.text(String(number))
                case .text(let text): csv.text(text)
                case .blob(let bytes): csv.text(Identifier(bytes: bytes)?.description ?? "")
                case .real: csv.empty()
                }
            }
            csv.endRow()
        }
        return String(decoding: csv.take(), as: UTF8.self)
    }

    @Test("rows of a file are rows of parameters; a row that differs is a correction, the same file changes nothing")
    func rows() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let file =
            Self.header + "quota.section,6,households,\(Place.townA),2026-01-01,,文1\n"
            + "quota.section,7,,\(Place.townA),2026-06-01,2027-01-01,\n"
            + "notice.redact,phone;health,codes,\(Place.county),2026/1/1,,\n"
            + "quota.section.scope,town,codes,\(Place.townB),20260101,,\n"
        #expect(try session.importFile(1, "kind=parameters", file).counts == [4, 0, 0, 0, 0])
        let first = try required(
            session.get("/v1/parameter-rows?areaCode=\(Place.townA)&key=quota.section&on=2026-02-01").items.last)
        #expect(first["to"]?.string == "2026-06-01")
        #expect(first["documentNumber"]?.string == "文1")
        let changed = file.replacing(
            "section,6,households,\(Place.townA),2026-01-01,,",
            with: "section,6,households,\(Place.townA),2026-01-01,2026-06-01,")
        #expect(try session.importFile(2, "kind=parameters", changed).counts == [0, 0, 4, 0, 0])
        #expect(
            try session.importFile(3, "kind=parameters", changed.replacing("section,7", with: "section,8")).counts == [
                0, 1, 3, 0, 0,
            ])
        let before = try county.digest()
        let wrong =
            Self.header + "quota.section,many,,\(Place.townA),2028-01-01,,\n" + "quota.nobody,1,,,2028-01-01,,\n"
            + "quota.section,6,days,\(Place.townA),2028-01-01,2027-01-01,\n"
            + "quota.section,6,,\(Place.neighbourTown),2028-01-01,,\n" + "quota.section,6,,,2028-01-01,,\n"
            + "quota.section,6,,\(Place.townA),2026-05-01,2026-08-01,\n"
        #expect(try session.importFile(4, "kind=parameters", wrong).counts == [0, 0, 0, 0, 6])
        #expect(
            try session.refusals(4) == [
                "2 value wrong-value refused", "3 key unknown-code refused", "4 unit wrong-unit refused",
                "4 to ends-before-it-begins refused", "5 areaCode unknown-division refused",
                "6 areaCode unknown-division refused",
                "7 from parameter-overlaps refused", "7 from parameter-overlaps refused",
            ])
        let after = try county.digest()
        #expect(before["parameter"] == after["parameter"])
        #expect(before["parameter_history"] == after["parameter_history"])
        #expect(try county.faults() == [])
    }

    @Test("the rules of one register, brought into an empty one, are the same rules")
    func roundTrip() throws {
        let county = try County()
        let session = try county.as(.administrator)
        func put(
            _ number: Int, _ key: String, _ value: JSON, _ unit: String, _ area: String, _ from: String, _ to: String?,
            _ replaces: [Int] = []
        ) throws {
            let answer = try session.put(
                "/v1/parameters/\(Sample.id(number))",
                [
                    "key": .string(key), "value": value, "unit": .string(unit), "areaCode": .string(area),
                    "from": .string(from), "to": to.map(JSON.string) ?? .omitted,
                    "replaces": .array(replaces.map { .string(Sample.id($0)) }),
                ])
            #expect(answer.status == 201, "\(answer.text)")
        }
        try put(1, "quota.section", 6, "households", Place.townA, "2025-01-01", nil)
        try put(2, "quota.section", 8, "households", Place.townA, "2025-03-01", "2025-06-01", [1])
        try put(3, "notice.redact", ["phone", "health"], "codes", Place.county, "2026-01-01", nil)
        try put(4, "quota.section", 7, "households", Place.townA, "2024-01-01", "2025-03-01", [1])
        try county.register.perform { transaction in
            let key = try required(ParameterKey.named("quota.middle"))
            let draft = ParameterDraft(
                key: key, value: .number(3), area: nil, first: try required(CivilDate("1999-01-01")), end: nil,
                documentNumber: nil)
            let row = draft.row(transaction.newId(), nil, contentHash: nil, transaction)
            let old = try required(ParameterTable.rows("quota.middle", in: nil, transaction.connection).first)
            try ParameterStore.state(row, replaces: [old.id], area: nil, transaction)
        }
        let file = try Self.exported(county)
        let other = try County()
        // A command imports while nobody serves: no runner may sweep its file away.
        other.application.stop()
        let path = try other.folder.write("parameters.csv", Array(file.utf8))
        let today = try required(CivilDate(County.today))
        let result = try ImportCommand.run(path, ImportOrder(kind: .parameters, on: today), other.register)
        #expect(result.counts.refused == 0, "\(result.report)")
        #expect(result.report.isEmpty, "\(result.report)")
        #expect(try Self.exported(other) == file)
        let again = try ImportCommand.run(path, ImportOrder(kind: .parameters, on: today), other.register)
        #expect(again.counts.unchanged == again.counts.rows)
        #expect(again.counts.rows > 64)
        let mine = try session.importFile(9, "kind=parameters", file)
        #expect(mine.counts[2] == again.counts.rows, "also for one who may not state rows for everywhere")
    }
}
