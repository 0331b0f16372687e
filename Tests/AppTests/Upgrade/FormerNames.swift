// A county as it was before one thing had one name: the schema of migration 0022, and rows with the words of then. It
// uses SQL only, because no code of today writes such rows.

import Foundation

@testable import Domain
@testable import SQL
@testable import Service

/// A folder with such a county, closed.
struct FormerNames {
    private let county: WideCounty

    static func id(_ number: Int) -> Identifier { Identifier(high: 0x0197_0000_0000_7000, low: UInt64(number)) }

    init() throws {
        county = try WideCounty()
        let former = try Folder()
        for name in try FileManager.default.contentsOfDirectory(atPath: WideCounty.migrations)
        where name.hasSuffix(".sql") && name < "0023" {
            try former.copy([name], from: WideCounty.migrations)
        }
        let database = try Database.open(path: county.path, onFatal: { _ in })
        try Migrator(folder: former.path, steps: Register.steps(county.keys, .system))
            .migrate(database, atMilliseconds: WideCounty.at)
        let keys = county.keys
        try database.writer.perform { connection in
            try Self.write(connection)
            try Self.state(connection, keys)
        }
        database.close()
    }

    /// Opens it with the migrations of today, as the service does.
    func upgraded() throws -> Register { try county.upgraded() }

    private static func write(_ connection: Connection) throws {
        try handover(connection)
        try run(connection)
        try pairing(connection)
        try FormerCodes.write(connection)
    }

    /// A pairing with the event of its beginning, after those that the trail has.
    private static func pairing(_ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO cadre_capacity (cadre_id, valid_from, quota, division_id) VALUES ($1, '2016-01-01', 5, $2)
            """, id(41), id(5))
        try connection.run(
            """
            INSERT INTO pairing (id, version, household_number, cadre_id, area_code, first_on, is_pinned, begun_by,
                begun_by_id, valid_from, recorded_at, created_at)
            VALUES ($1, 1, 1, $2, 990923100201, '2016-03-01', 0, 'run', $3, '2016-03-01', 1, 1)
            """, id(72), id(41), id(71))
        try trail(connection, "create", "pairing", id(72), before: nil, after: "{\"helperId\":\"\(id(41))\"}")
    }

    /// Adds an event after those that the trail has.
    private static func trail(
        _ connection: Connection, _ action: String, _ entity: String, _ record: Identifier, before: String?,
        after: String
    ) throws {
        let last = try connection.first("SELECT sequence, hash FROM audit_event ORDER BY sequence DESC LIMIT 1") {
            (sequence: $0.int64(0), hash: $0.blob(1))
        }
        let event = AuditEvent(
            sequence: (last?.sequence ?? 0) + 1, at: WideCounty.at, userId: id(9), action: action, entity: entity,
            entityId: record, before: before, after: after)
        try event.insert(hash: event.hash(after: last?.hash), connection)
    }

    // MARK: Where a household stands

    private static func state(_ connection: Connection, _ keys: KeyRing) throws {
        try trail(
            connection, "change", "household", id(20),
            before: "{\"status\":\"registered\",\"statusSince\":\"2016-03-01\"}",
            after: "{\"status\":\"lifted\",\"statusSince\":\"2019-01-01\",\"note\":\"\\\"status\\\":\"}")
        try connection.run(
            """
            INSERT INTO household_figure (village_id, dimension, counts)
            VALUES ($1, 'status', 'registered:1:2'), ($1, 'all', ':1:2')
            """, id(5))
        try connection.run(
            """
            INSERT INTO change_proposal (id, version, household_number, area_code, base_version, effective_on,
                field_names, state, created_at, content_hash)
            VALUES ($1, 1, 1, 990923100201, 1, '2019-01-01', 'status;labour', 'open', 0, zeroblob(32))
            """, id(73))
        try connection.run(
            """
            INSERT INTO change_proposal_field (proposal_id, field, position, base_value, proposed_value, state)
            VALUES ($1, 'status', 0, 'registered', 'lifted', 'open'), ($1, 'labour', 1, 'present', 'weak', 'open')
            """, id(73))
        try trail(
            connection, "create", "proposal", id(73), before: nil,
            after: "{\"baseVersion\":1,\"fields\":[{\"field\":\"status\",\"state\":\"open\",\"proposed\":\"lifted\"}]}")
        try connection.run(
            """
            INSERT INTO job_row (job_id, sequence, line, column, severity, code, zh, en)
            VALUES ($1, 2, 2, 'statusSince', 'refused', 'status-in-future', '…', '…'),
                ($1, 3, 1, 'status', 'warning', 'column-not-read', '…', '…')
            """, WideCounty.jobId)
        try connection.run(
            "INSERT INTO partner (id, key, name, version) VALUES ($1, 'province', '省平台', 1)", id(74))
        try connection.run(
            """
            INSERT INTO partner_code (partner_id, list_key, partner_code, code)
            VALUES ($1, 'household-status', 'T', 'lifted')
            """, id(74))
        try connection.run(
            """
            INSERT INTO held_visit (id, version, visit_id, cause, code, area_code, received_at, content_sealed,
                content_hash, state)
            VALUES ($1, 1, $2, 'parked', 'forbidden', 990923100201, 1, $3, zeroblob(32), 'open')
            """, id(75), id(76),
            try keys.seal(
                "{\"note\":\"status\",\"observations\":[{\"changes\":{\"status\":\"lifted\"}}]}",
                for: SealedPlace("held_visit.content", id(75))))
    }

    private static func handover(_ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO handover (id, cadre_id, handed_on, reason, area_code, households, left_behind, outcome,
                recorded_by, created_at, content_hash)
            VALUES ($1, $2, '2020-01-01', 'retired', 990923000000, 2, 1, $3, $4, 1, zeroblob(32))
            """, id(70), id(41),
            """
            {"handedOver":[{"householdId":"\(id(20))","helperId":"\(id(41))","role":"joint"}],\
            "moved":[{"householdId":"\(id(20))","helperId":"\(id(41))","role":"joint","fromId":"\(id(41))"}],\
            "stillHelped":[],"leftBehind":["\(id(21))"],"withdrawn":[],"shortages":[{"villages":["990923100201"],\
            "households":8,"helpers":2,"carried":7,"uncovered":1,"sentences":[{"zh":"“helperId”:","en":"b"}]}]}
            """, id(9))
    }

    private static func run(_ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO pairing_run (id, division_id, area_code, area_last, run_on, options, is_what_if, state, user_id,
                content_hash, created_at)
            VALUES ($1, $2, 990923000000, 990923999999, '2020-01-01', $3, 1, 'draft', $4, zeroblob(32), 1)
            """, id(71), id(3),
            """
            {"whatIf":true,"includeLifted":true,"links":[{"helperId":"\(id(41))","areaCode":"990923100201"}]}
            """, id(9))
        try connection.run(
            """
            INSERT INTO pairing_run_part (run_id, division_id, area_code, area_last, approved_at, approved_by, answer)
            VALUES ($1, $2, 990923000000, 990923999999, 2, $3, $4)
            """, id(71), id(3), id(9),
            """
            {"id":"\(id(71))","areaCode":"990923000000","on":"2020-01-01","approvedAt":"1970-01-01T00:00:00.002Z",\
            "approvedBy":"\(id(9))","kept":0,"added":1,"ended":0,"rolesChanged":0}
            """)
        try connection.run(
            """
            INSERT INTO pairing_shortage (run_id, sequence, kind, area_code, villages, households, cadres, carried,
                uncovered, data, zh, en)
            VALUES ($1, 1, 'coverage', 990923100201, '990923100201;990923100201', 8, 2, 7, 1, $2, '…', '…')
            """, id(71),
            """
            {"helperIds":["\(id(41))"],"pinnedPairingIds":[],"cure":{"relinks":[{"helperId":"\(id(41))",\
            "from":"990923100201","to":"990923100201","households":3,"isSameTown":true},{"helperId":"\(id(41))",\
            "to":"990923100201","households":1,"isSameTown":false}],"left":0,"missing":[]}}
            """)
    }
}
