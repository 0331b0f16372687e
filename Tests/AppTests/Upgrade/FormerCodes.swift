// Rows with the codes of before they were all kebab-case, for a county of `FormerNames`.

@testable import Domain
@testable import SQL
@testable import Service

enum FormerCodes {
    private static func id(_ number: Int) -> Identifier { FormerNames.id(number) }

    static func write(_ connection: Connection) throws {
        try users(connection)
        try parameters(connection)
        try entities(connection)
    }

    /// One of each role.
    private static func users(_ connection: Connection) throws {
        let roles = ["countyAdministrator", "townClerk", "villageWorker", "tablet", "province", "auditor"]
        for (index, role) in roles.enumerated() {
            try connection.run(
                """
                INSERT INTO user_account (id, name, role, division_id, created_at, disabled_at, version)
                VALUES ($1, $2, $3, $4, 7, $5, 3)
                """, id(80 + index), role, role, id(4), role == "tablet" ? Int64(8) : nil)
            try connection.run(
                """
                INSERT INTO token (id, user_id, hash, device, created_at, expires_at)
                VALUES ($1, $2, $3, '平板', 1, 9000000000000)
                """, id(90 + index), id(80 + index), Token.hash(Array(role.utf8)))
        }
    }

    /// What a campaign stated, a row that was ended since, and the seasons of a crop; the others came with the program.
    private static func parameters(_ connection: Connection) throws {
        let rows = [
            (100, "cadence.phone.perMonth", "2", "timesPerMonth"), (101, "station.daysPerMonth", "22", "daysPerMonth"),
            (102, "occasion.busySeason.rice-early", "[\"04-01/04-20\"]", "seasons"),
        ]
        for (number, key, value, unit) in rows {
            try connection.run(
                """
                INSERT INTO parameter (id, version, key, division_id, value, unit, first_on, end_on, valid_from,
                    recorded_at, created_at)
                VALUES ($1, 2, $2, $3, $4, $5, '2016-01-01', '2018-01-01', '2016-01-01', 5, 4)
                """, id(number), key, id(4), value, unit)
            try connection.run(
                """
                INSERT INTO parameter_history (id, version, key, division_id, value, unit, first_on, valid_from,
                    recorded_at, superseded_at)
                VALUES ($1, 1, $2, $3, $4, $5, '2016-01-01', '2016-01-01', 4, 5)
                """, id(number), key, id(4), value, unit)
        }
        try connection.run(
            """
            INSERT INTO campaign (id, version, name, division_id, first_on, created_at, content_hash)
            VALUES ($1, 1, '结亲帮扶活动', $2, '2016-01-01', 4, zeroblob(32))
            """, id(103), id(4))
        try connection.run(
            """
            INSERT INTO campaign_parameter (campaign_id, key, value, parameter_id)
            VALUES ($1, 'cadence.phone.perMonth', '2', $2)
            """, id(103), id(100))
    }

    /// Every entity as it was called, and as it is.
    static let entityNames = [
        ("division", "divisions"), ("group", "groups"), ("partner", "partners"), ("user", "users"),
        ("token", "tokens"), ("parameter", "parameters"), ("household", "households"),
        ("organization", "organizations"), ("cadre", "cadres"), ("helper", "helpers"), ("duty", "duties"),
        ("team", "work-teams"), ("village", "villages"), ("pairing", "pairings"), ("handover", "handovers"),
        ("run", "pairing-runs"), ("partnership", "partnerships"), ("campaign", "campaigns"),
        ("card", "contact-cards"), ("visit", "visits"), ("heldVisit", "held-visits"),
        ("proposal", "change-proposals"), ("need", "needs"), ("activity", "activities"),
        ("festival", "festivals"), ("job", "imports"),
    ]

    private static func entities(_ connection: Connection) throws {
        for (index, entity) in entityNames.map(\.0).enumerated() {
            try connection.run(
                """
                INSERT INTO change (sequence, at, entity, entity_id, version, operation, area_after)
                VALUES ($1, 1, $2, $3, 1, 'create', 990923100201)
                """, 1_001 + index, entity, id(200 + index))
            try connection.run(
                """
                INSERT INTO job_record (job_id, sequence, entity, entity_id, operation, version_after, recorded_at)
                VALUES ($1, $2, $3, $4, 'create', 1, 1)
                """, WideCounty.jobId, 1_001 + index, entity, id(200 + index))
        }
        try connection.run("INSERT INTO partner (id, key, name, version) VALUES ($1, 'platform', '平台', 1)", id(110))
        for (index, entity) in ["division", "household", "member", "organization", "cadre"].enumerated() {
            try connection.run(
                "INSERT INTO partner_id (partner_id, entity, their_id, entity_id) VALUES ($1, $2, 'P', $3)", id(110),
                entity, id(200 + index))
        }
        try connection.run(
            """
            INSERT INTO judgement (id, kind, entity, entity_id, division_id, day, result, recorded_at)
            VALUES ($1, 'labour-age', 'household', $2, $3, '2016-03-01', '{}', 1)
            """, id(111), id(20), id(5))
        for entity in ["household", "cadre", "village", "parameter"] {
            try connection.run(
                """
                INSERT INTO pairing_run_input (run_id, division_id, entity, entries) VALUES ($1, $2, $3, zeroblob(24))
                """, id(71), id(3), entity)
        }
    }
}
