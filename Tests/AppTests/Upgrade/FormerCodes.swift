// Rows with the codes of before they were all kebab-case, for a county of `FormerNames`.

@testable import App
@testable import Domain
@testable import SQL

enum FormerCodes {
    private static func id(_ number: Int) -> Identifier { FormerNames.id(number) }

    static func write(_ connection: Connection) throws {
        try users(connection)
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
}
