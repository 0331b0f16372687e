// Users and tokens in the database.

import Domain
import SQL
import Web

/// Why a user or a token could not be made, in words for whoever ran the command.
public enum AccessError: Error, CustomStringConvertible {
    case blankName
    case unknownRole(String)
    case unknownDivision(String)
    case unknownUser(String)
    case unknownToken(String)
    case unknownRight(String)

    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .blankName: "a user needs a name of 1 to 60 characters"
        case .unknownRole(let role):
            "there is no role \(role); roles are \(Role.allCases.map(\.rawValue).joined(separator: ", "))"
        case .unknownDivision(let code): "there is no division with code \(code)"
        case .unknownUser(let id): "there is no user with id \(id)"
        case .unknownToken(let id): "there is no token with id \(id)"
        case .unknownRight(let right):
            "there is no right \(right); rights are \(UserRight.allCases.map(\.rawValue).joined(separator: ", "))"
        }
    }
}

/// A token as a list shows it.
public struct TokenRow: Sendable {
    /// Its id, which revokes it.
    public let id: Identifier
    /// Its user's name.
    public let userName: String
    /// Its user's role.
    public let role: String
    /// The device it was made for.
    public let device: String
    /// When it ends by itself.
    public let expiresAt: Instant
    /// When it was revoked.
    public let revokedAt: Instant?
}

/// A right beyond those of a role, granted to a user separately.
public enum UserRight: String, Sendable, CaseIterable {
    /// Exports with identity and phone numbers in clear.
    case readSealed = "read-sealed"
    /// Finding households and cadres by identity and phone numbers.
    case findByNumber = "find-by-number"
}

/// Users and tokens.
public enum AccessStore {
    /// How many days a token is valid unless stated otherwise.
    public static let tokenDaysDefault = 365

    /// Adds a user.
    ///
    /// - Throws: `AccessError` for a role or division that does not exist.
    public static func addUser(
        name: String, role roleName: String, division code: String, id: Identifier? = nil, _ transaction: Transaction
    ) throws -> Identifier {
        let name = WrittenForm.name(name)
        guard (1...60).contains(name.unicodeScalars.count) else { throw AccessError.blankName }
        guard let role = Role(rawValue: roleName) else { throw AccessError.unknownRole(roleName) }
        guard let areaCode = AreaCode(code),
            let division = try DivisionStore.find(code: areaCode, transaction.connection)
        else { throw AccessError.unknownDivision(code) }
        let id = id ?? transaction.newId()
        try transaction.connection.run(
            """
            INSERT INTO user_account (id, name, role, division_id, created_at, version) VALUES ($1, $2, $3, $4, $5, 1)
            """, id, name, role.rawValue, division.id, transaction.now)
        try UserPlaces.begin(id, in: division.id, transaction)
        var json = JSONWriter()
        json.object { json in
            json.key("role")
            json.string(role.rawValue)
            json.key("areaCode")
            json.areaCode(division.code.value)
        }
        try transaction.audit("create", .user, id, after: json.take())
        try transaction.change(.create, .user, id, version: 1, to: division.areaCode)
        return id
    }

    /// Moves a user to another division; a user who is there already stays unchanged.
    ///
    /// - Throws: `AccessError` for a user or a division that does not exist.
    public static func moveUser(_ user: Identifier, to code: String, _ transaction: Transaction) throws {
        guard let areaCode = AreaCode(code),
            let division = try DivisionStore.find(code: areaCode, transaction.connection), division.isLive
        else { throw AccessError.unknownDivision(code) }
        try move(user, to: division, transaction)
    }

    /// - Throws: `AccessError.unknownUser`.
    package static func move(_ user: Identifier, to division: Division, _ transaction: Transaction) throws {
        let connection = transaction.connection
        let stored = try connection.first("SELECT version, division_id FROM user_account WHERE id = $1", user) {
            ($0.int(0), try $0.identifier(1))
        }
        guard let (version, old) = stored else { throw AccessError.unknownUser(user.description) }
        guard old != division.id, let former = try DivisionStore.find(old, connection) else { return }
        try connection.run(
            "UPDATE user_account SET division_id = $2, version = version + 1 WHERE id = $1", user, division.id)
        try UserPlaces.move(user, to: division.id, transaction)
        try transaction.audit(
            "move", .user, user, before: DivisionBodies.codeAudit(former), after: DivisionBodies.codeAudit(division))
        try transaction.change(
            .move, .user, user, version: version + 1, from: former.areaCode, to: division.areaCode)
    }

    /// Grants a right to a user, or takes it away; doing it again is not an error.
    ///
    /// - Throws: `AccessError` for a user or a right that does not exist.
    public static func set(
        _ name: String, of user: Identifier, to isGranted: Bool, _ transaction: Transaction
    ) throws {
        guard let right = UserRight(rawValue: name) else { throw AccessError.unknownRight(name) }
        let connection = transaction.connection
        let known = try connection.first("SELECT 1 FROM user_account WHERE id = $1", user) { _ in true }
        guard known == true else { throw AccessError.unknownUser(user.description) }
        let changed =
            isGranted
            ? try connection.run(
                """
                INSERT INTO user_right (user_id, right_key, granted_at) VALUES ($1, $2, $3)
                ON CONFLICT (user_id, right_key) DO NOTHING
                """, user, right.rawValue, transaction.now)
            : try connection.run(
                "DELETE FROM user_right WHERE user_id = $1 AND right_key = $2", user, right.rawValue)
        guard changed > 0 else { return }
        var json = JSONWriter()
        json.object { json in
            json.key("right")
            json.string(right.rawValue)
        }
        try transaction.audit(isGranted ? "grant" : "revoke-right", .user, user, after: json.take())
    }

    /// Whether a user has a right beyond their role.
    package static func holds(_ right: UserRight, _ user: Identifier, _ connection: Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM user_right WHERE user_id = $1 AND right_key = $2", user, right.rawValue) {
            _ in true
        } ?? false
    }

    /// Makes a token for a user and a device. The text is returned once and stored nowhere.
    ///
    /// - Parameter days: how long it lives, from now.
    /// - Throws: `AccessError.unknownUser`.
    public static func createToken(
        user: Identifier, device: String, days: Int, _ transaction: Transaction
    ) throws -> (id: Identifier, text: String) {
        let known = try transaction.connection.first("SELECT 1 FROM user_account WHERE id = $1", user) { _ in true }
        guard known == true else { throw AccessError.unknownUser(user.description) }
        let id = transaction.newId()
        let text = Token.make()
        let expires = transaction.now.milliseconds + Int64(days) * 86_400_000
        try transaction.connection.run(
            "INSERT INTO token (id, user_id, hash, device, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)", id,
            user, Token.hash(text.utf8), device, transaction.now, expires)
        try transaction.audit("create", .token, id)
        return (id, text)
    }

    /// Revokes a token; one that is already revoked stays as it is.
    ///
    /// - Throws: `AccessError.unknownToken`.
    public static func revoke(_ id: Identifier, _ transaction: Transaction) throws {
        let revoked = try transaction.connection.first("SELECT revoked_at IS NOT NULL FROM token WHERE id = $1", id) {
            $0.bool(0)
        }
        guard let revoked else { throw AccessError.unknownToken(id.description) }
        guard !revoked else { return }
        try transaction.connection.run("UPDATE token SET revoked_at = $2 WHERE id = $1", id, transaction.now)
        try transaction.audit("revoke", .token, id)
    }

    /// All tokens, oldest first.
    public static func tokens(_ connection: Connection) throws -> [TokenRow] {
        try connection.query(
            """
            SELECT t.id, u.name, u.role, t.device, t.expires_at, t.revoked_at FROM token t
            JOIN user_account u ON u.id = t.user_id ORDER BY t.id
            """
        ) { row in
            TokenRow(
                id: try row.identifier(0), userName: row.text(1), role: row.text(2), device: row.text(3),
                expiresAt: Instant(milliseconds: row.int64(4)),
                revokedAt: row.optionalInt64(5).map { Instant(milliseconds: $0) })
        }
    }
}
