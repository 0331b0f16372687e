// The rows of a county with wide masks, table by table.

@testable import Domain
@testable import SQL
@testable import Service

struct WideRows: Sendable {
    let identityNumbers: [String]
    let phones: [String]
    let keys: KeyRing

    private static let day = "2016-03-01"

    private func id(_ number: Int) -> Identifier { Identifier(high: 0x0197_0000_0000_7000, low: UInt64(number)) }
    private func identity(_ index: Int) -> String { WideCounty.wide(identityNumbers[index]) }
    private func phone(_ index: Int) -> String { WideCounty.wide(phone: phones[index]) }
    private func hash(identity index: Int) -> [UInt8] { keys.hash(identityNumbers[index].utf8, purpose: "identity") }
    private func hash(phone index: Int) -> [UInt8] { keys.hash(phones[index].utf8, purpose: "phone") }

    func write(_ connection: Connection) throws {
        try divisions(connection)
        try households(connection)
        try helpers(connection)
        try proposals(connection)
        try requests(connection)
    }

    private func divisions(_ connection: Connection) throws {
        let places: [(Int, Int64, Int64)] = [
            (1, 990_000_000_000, 999_999_999_999), (2, 990_900_000_000, 990_999_999_999),
            (3, 990_923_000_000, 990_923_999_999), (4, 990_923_100_000, 990_923_100_999),
            (5, 990_923_100_201, 990_923_100_201),
        ]
        for (level, first, last) in places {
            try connection.run(
                """
                INSERT INTO division (id, level, parent_id, code, name, area_code, area_last, opened_on, version)
                VALUES ($1, $2, $3, $4, '示例', $4, $5, $6, 1)
                """, id(level), level, level == 1 ? nil : id(level - 1), first, last, Self.day)
            try connection.run(
                """
                INSERT INTO division_version (division_id, valid_from, code, name, parent_id, recorded_at)
                VALUES ($1, $2, $3, '示例', $4, 0)
                """, id(level), Self.day, first, level == 1 ? nil : id(level - 1))
        }
        try connection.run(
            """
            INSERT INTO user_account (id, name, role, division_id, created_at, version)
            VALUES ($1, '管理员', 'countyAdministrator', $2, 0, 1)
            """, id(9), id(3))
    }

    private func households(_ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO household (household_number, id, version, village_id, area_code, archive_number, status,
                status_since, attribute, main_cause, labour, self_care, phone_sealed, phone_hash, phone_mask,
                valid_from, recorded_at, created_at, householder_name, member_count, unverified_count, missing_count,
                search_names)
            VALUES (1, $1, 2, $2, 990923100201, 'H1', 'registered', $3, 'general', 'illness', 'present', 1, $4, $5, $6,
                $3, 1, 1, '陈示例', 2, 1, 0, '陈示例')
            """, id(20), id(5), Self.day,
            try keys.seal(phones[0], for: SealedPlace("household.phone", id(20))), hash(phone: 0), phone(0))
        try connection.run(
            """
            INSERT INTO household_history (household_number, version, village_id, archive_number, status, status_since,
                attribute, main_cause, labour, self_care, phone_mask, valid_from, recorded_at, superseded_at)
            VALUES (1, 1, $1, 'H1', 'registered', $2, 'general', 'illness', 'present', 1, $3, $2, 0, 1)
            """, id(5), Self.day, phone(1))
        // A resident's number, and a card with a wrong check digit.
        for (position, state) in [(0, "verified"), (1, "unverified")] {
            let number = identityNumbers[position] + (position == 0 ? "" : "44B1")
            try connection.run(
                """
                INSERT INTO member (household_number, id, position, name, relation, sex, birth_date, identity_sealed,
                    identity_hash, identity_mask, identity_state, identity_problem, school_blocked, joined_on,
                    valid_from, recorded_at)
                VALUES (1, $1, $2, '陈示例', $3, 'male', '1960-01-01', $4, $5, $6, $7, $8, 0, $9, $9, 1)
                """, id(30 + position), position, position == 0 ? "householder" : "son",
                try keys.seal(number, for: SealedPlace("member.identity", id(30 + position))),
                hash(identity: position), WideCounty.wide(number), state,
                position == 0 ? nil : "wrong-check-digit", Self.day)
        }
        try connection.run(
            """
            INSERT INTO member_history (household_number, id, position, name, relation, sex, identity_hash,
                identity_mask, identity_state, school_blocked, joined_on, valid_from, recorded_at, superseded_at)
            VALUES (1, $1, 0, '陈示例', 'householder', 'male', $2, $3, 'verified', 0, $4, $4, 0, 1)
            """, id(30), hash(identity: 2), identity(2), Self.day)
    }

    private func helpers(_ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO organization (id, version, division_id, area_code, name, kind, level, phone_sealed, phone_hash,
                phone_mask, valid_from, recorded_at, created_at)
            VALUES ($1, 1, $2, 990923000000, '农业局', 'state-organ', 'county', $3, $4, $5, $6, 0, 0)
            """, id(40), id(3), try keys.seal(phones[2], for: SealedPlace("organization.phone", id(40))),
            hash(phone: 2), phone(2), Self.day)
        try connection.run(
            """
            INSERT INTO cadre (id, version, organization_id, area_code, name, identity_sealed, identity_hash,
                identity_mask, phone_sealed, phone_hash, phone_mask, is_county_leader, valid_from, recorded_at,
                created_at)
            VALUES ($1, 1, $2, 990923000000, '张示例', $3, $4, $5, $6, $7, $8, 0, $9, 0, 0)
            """, id(41), id(40), try keys.seal(identityNumbers[3], for: SealedPlace("cadre.identity", id(41))),
            hash(identity: 3), identity(3), try keys.seal(phones[3], for: SealedPlace("cadre.phone", id(41))),
            hash(phone: 3), phone(3), Self.day)
        try connection.run(
            """
            INSERT INTO cadre_history (id, version, organization_id, name, identity_mask, phone_mask, is_county_leader,
                valid_from, recorded_at, superseded_at)
            VALUES ($1, 1, $2, '张示例', $3, $4, 0, $5, 0, 0)
            """, id(41), id(40), identity(4), phone(4), Self.day)
        try connection.run(
            """
            INSERT INTO helper (id, version, division_id, area_code, kind, name, phone_sealed, phone_hash, phone_mask,
                valid_from, recorded_at, created_at)
            VALUES ($1, 1, $2, 990923100201, 'volunteer', '李示例', $3, $4, $5, $6, 0, 0)
            """, id(42), id(5), try keys.seal(phones[5], for: SealedPlace("helper.phone", id(42))), hash(phone: 5),
            phone(5), Self.day)
        for (table, columns) in [("organization", "name, kind, level"), ("helper", "name, kind")] {
            try connection.run(
                """
                INSERT INTO \(table)_history (id, version, division_id, \(columns), phone_mask, valid_from, recorded_at,
                    superseded_at)
                SELECT id, version, division_id, \(columns), $1, valid_from, 0, 0 FROM \(table)
                """, phone(6))
        }
    }

    /// One based on a number that was replaced since, one for a new member, and one that was accepted.
    private func proposals(_ connection: Connection) throws {
        for (number, member) in [(50, Int?.none), (51, 30), (52, nil), (53, 30)] {
            try connection.run(
                """
                INSERT INTO change_proposal (id, version, household_number, member_id, area_code, base_version,
                    effective_on, field_names, state, created_at, content_hash)
                VALUES ($1, 1, 1, $2, 990923100201, 1, $3, 'x', 'open', 0, zeroblob(32))
                """, id(number), member.map(id), Self.day)
        }
        func field(
            _ proposal: Int, _ name: String, base: String?, proposed: String, replaced: String? = nil
        ) throws {
            try connection.run(
                """
                INSERT INTO change_proposal_field (proposal_id, field, position, base_value, proposed_value,
                    proposed_hash, proposed_sealed, state, decided_at, replaced_value)
                VALUES ($1, $2, 0, $3, $4, zeroblob(32), zeroblob(40), $5, $6, $7)
                """, id(proposal), name, base, proposed, replaced == nil ? "open" : "accepted", replaced.map { _ in 1 },
                replaced)
        }
        try field(50, "phone", base: phone(1), proposed: phone(7))
        try field(51, "identityNumber", base: identity(5), proposed: identity(6))
        try field(
            52, "newMember", base: nil,
            proposed: "{\"name\":\"新\",\"workPlace\":\"*\",\"identityNumber\":\"\(identity(7))\"}")
        try field(53, "identityNumber", base: identity(8), proposed: identity(9), replaced: identity(8))
    }

    /// What was answered, reported and kept of requests.
    private func requests(_ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO idempotency_key (user_id, route, key, content_hash, status, body, created_at)
            VALUES ($1, '/v1/households', 'a', zeroblob(32), 201, $2, 1)
            """, id(9),
            Array("{\"members\":[{\"identityNumber\":\"\(identity(10))\"}],\"phone\":\"\(phone(6))\"}".utf8))
        try connection.run(
            """
            INSERT INTO job (id, kind, mode, parameters, state, area_code, area_last, content_hash, failure, created_at)
            VALUES ($1, 'households', 'each', '{}', 'failed', 990923000000, 990923999999, $2, $3, 1)
            """, WideCounty.jobId, WideCounty.fileHash, "列 \(identityNumbers[11]) 出现两次")
        try connection.run(
            """
            INSERT INTO job_row (job_id, sequence, line, column, severity, code, zh, en)
            VALUES ($1, 1, 1, $2, 'notice', 'column-not-read', $3, 'see 990923100201')
            """, WideCounty.jobId, identityNumbers[11], "见 \(identityNumbers[10])")
        try connection.run(
            """
            INSERT INTO visit_batch (id, user_id, mode, item_count, content_hash, item_ids, outcomes, received_at)
            VALUES ($1, $2, 'each', 1, zeroblob(32), zeroblob(16), $3, 1)
            """, id(60), id(9), "[{\"at\":0,\"zh\":\"档案现为 \(identity(11))，电话 \(phones[6])\",\"en\":\"\"}]")
        try connection.run(
            """
            INSERT INTO export_job (id, kind, parameters, is_plain, state, user_id, area_code, area_last, content_hash,
                sha256, changes_after, created_at, expires_at)
            VALUES ($1, 'households', '{}', 1, 'done', $2, 990923000000, 990923999999, zeroblob(32), $3, 1, 1, 2)
            """, id(61), id(9), String(repeating: "a", count: 64))
    }

    // MARK: The trail

    /// - Returns: its last hash and how many events it has.
    func writeTrail(_ connection: Connection) throws -> ([UInt8], Int64) {
        let texts: [(String?, String?)] = [
            (nil, "{\"name\":\"某\"}"),
            (nil, "{\"phone\":\"\(phone(0))\",\"members\":[{\"id\":\"a\",\"identityNumber\":\"\(identity(0))\"}]}"),
            ("{\"identityNumber\":\"\(identity(2))\"}", "{\"identityNumber\":\"\(identity(0))\",\"sex\":\"male\"}"),
            ("{\"phone\":\"\(phone(1))\"}", "{\"phone\":null}"), ("{\"note\":\"a*b\"}", nil),
        ]
        var previous: [UInt8]?
        for (index, (before, after)) in texts.enumerated() {
            let event = AuditEvent(
                sequence: Int64(index + 1), at: Int64(index), action: "change", entity: "household", entityId: id(20),
                before: before, after: after)
            let hash = event.hash(after: previous)
            try event.insert(hash: hash, connection)
            previous = hash
        }
        return (previous ?? [], Int64(texts.count))
    }
}
