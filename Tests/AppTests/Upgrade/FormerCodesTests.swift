// A county with the codes of before, brought to those of today.

import Testing

@testable import App
@testable import Domain
@testable import SQL

@Suite struct FormerCodesTests {
    private static func texts(_ sql: String, _ register: Register) throws -> [String] {
        let reader = try register.database.makeReader()
        defer { reader.close() }
        return try reader.query(sql) { row in
            (0..<row.columnCount).map { row.optionalText($0) ?? "-" }.joined(separator: " ")
        }
    }

    private static func reads<T>(_ register: Register, _ work: (Connection) throws -> T) throws -> T {
        let reader = try register.database.makeReader()
        defer { reader.close() }
        return try work(reader)
    }

    @Test("users have their role by its new code, keep the rest, and sign in with the token they had")
    func roles() throws {
        let county = try FormerNames()
        let register = try county.upgraded()
        defer { register.close() }
        #expect(
            try Self.texts(
                """
                SELECT name, role, CAST(disabled_at AS TEXT), CAST(version AS TEXT) FROM user_account
                WHERE created_at = 7 ORDER BY id
                """, register) == [
                    "countyAdministrator county-administrator - 3", "townClerk town-clerk - 3",
                    "villageWorker village-worker - 3", "tablet tablet 8 3", "province province - 3",
                    "auditor auditor - 3",
                ])
        let now = Instant(milliseconds: WideCounty.at)
        for (former, role) in [("townClerk", Role.townClerk), ("villageWorker", .villageWorker)] {
            let caller = try Self.reads(register) {
                try Caller.authenticate(Array(former.utf8), at: now, $0)
            }
            #expect(caller?.role == role)
        }
        for role in ["'townClerk'", "NULL", "''"] {
            #expect(throws: SQLError.self, "\(role)") {
                try register.database.writer.perform { _ = try $0.run("UPDATE user_account SET role = \(role)") }
            }
        }
    }
}
