// A county with the codes of before, brought to those of today.

import Testing

@testable import App
@testable import Archive
@testable import Contact
@testable import Domain
@testable import Pairing
@testable import SQL
@testable import Service

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

    @Test("rows of parameters have key and unit as the catalogue has them, in history and campaigns too")
    func parameters() throws {
        let county = try FormerNames()
        let register = try county.upgraded()
        defer { register.close() }
        let all = try Self.texts(
            "SELECT key, unit FROM parameter UNION SELECT key, unit FROM parameter_history", register)
        let known = Set(ParameterKey.all.map { "\($0.name) \($0.unit.rawValue)" })
        #expect(Set(all).subtracting(known) == [])
        let stated = [
            "cadence.phone.per-month 2 times-per-month", "occasion.busy-season.rice-early [\"04-01/04-20\"] seasons",
            "station.days-per-month 22 days-per-month",
        ]
        for table in ["parameter", "parameter_history"] {
            #expect(
                try Self.texts(
                    "SELECT key, value, unit FROM \(table) WHERE division_id IS NOT NULL ORDER BY key", register)
                    == stated, "\(table)")
        }
        #expect(try Self.texts("SELECT key, value FROM campaign_parameter", register) == ["cadence.phone.per-month 2"])
        // Whoever asks by the new key finds what was stated under the former one.
        let calls = try Self.reads(register) { connection in
            try connection.first(
                "SELECT count(*) FROM parameter WHERE key = $1", ParameterKey.cadencePhone
            ) { $0.int(0) }
        }
        #expect(calls == 2)
    }

    @Test("what names a record by its entity names it as in its path; the trail keeps the words that it hashed")
    func entities() throws {
        let county = try FormerNames()
        let register = try county.upgraded()
        defer { register.close() }
        let today = FormerCodes.entityNames.map(\.1)
        #expect(
            try Self.texts("SELECT entity FROM change WHERE sequence > 1000 ORDER BY sequence LIMIT 26", register)
                == today)
        #expect(try Self.texts("SELECT entity FROM job_record ORDER BY sequence", register) == today)
        #expect(Set(Composition.jiedui.records.map(\.entity.rawValue)).isSubset(of: today))
        #expect(
            try Set(Self.texts("SELECT entity FROM partner_id", register))
                == Set(PartnerEntity.allCases.map(\.rawValue)))
        #expect(try Self.texts("SELECT entity FROM judgement", register) == ["households"])
        let inputs = try Self.reads(register) {
            try RunInputs.read(run: FormerNames.id(71), part: FormerNames.id(3), $0)
        }
        #expect(RunEntity.allCases.allSatisfy { inputs.entries[$0]?.count == 1 })
        #expect(try Self.texts("SELECT name FROM sqlite_schema WHERE name LIKE '%former%'", register) == [])
        let trail = try Self.texts("SELECT DISTINCT entity FROM audit_event ORDER BY entity", register)
        #expect(trail.contains("household"))
        #expect(trail.contains("pairing"))
    }

    @Test("what the archive said before is found in events of before the codes changed")
    func archive() throws {
        let county = try FormerNames()
        let register = try county.upgraded()
        defer { register.close() }
        let said = try Self.reads(register) { connection in
            let head = HouseholdView.Head(number: 1, areaCode: 990_923_100_201, version: 3)
            return try ArchiveBase.values(of: ["phone"], head, FormerNames.id(20), member: nil, at: 0, connection)
        }
        #expect(said["phone"]?.hash == ArchiveValue.replacedHash)
    }
}
