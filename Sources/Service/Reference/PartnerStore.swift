// Partners' codes and ids for our values and records (R023), looked up in both directions. They are never our keys.

import Domain
import SQL
import Web

/// A partner's codes, for files that use them; imports and exports share this.
package struct PartnerMapping: Sendable {
    package let partner: Identifier
    private var ours: [CodeListKey: [String: String]] = [:]
    private var theirs: [CodeListKey: [String: String]] = [:]

    /// The mapping of a partner; nil if no partner has this key.
    package static func load(key: String, _ connection: Connection) throws -> PartnerMapping? {
        guard let partner = try PartnerStore.find(key: key, connection) else { return nil }
        var mapping = PartnerMapping(partner: partner)
        try connection.forEach("SELECT list_key, code, partner_code FROM partner_code WHERE partner_id = $1", partner) {
            guard let list = CodeListKey(rawValue: $0.text(0)) else { return }
            mapping.ours[list, default: [:]][$0.text(2)] = $0.text(1)
            mapping.theirs[list, default: [:]][$0.text(1)] = $0.text(2)
        }
        return mapping
    }

    /// The mapping of the partner that an order names; nil if it names none.
    ///
    /// - Throws: `ImportFailure.unknownPartner`.
    package static func named(in order: ImportOrder, _ register: Register) throws -> PartnerMapping? {
        guard let key = order.partner else { return nil }
        let reader = try register.database.makeReader()
        defer { reader.close() }
        guard let mapping = try load(key: key, reader) else { throw ImportFailure.unknownPartner(key) }
        return mapping
    }

    private init(partner: Identifier) { self.partner = partner }

    /// Our code for one of theirs; nil if they have no such code.
    package func ours(of theirs: String, in list: CodeListKey) -> String? { ours[list]?[theirs] }

    /// Whether they have their own codes for a list at all.
    func speaks(_ list: CodeListKey) -> Bool { theirs[list] != nil }

    /// Their code for one of ours; nil if they have none.
    package func theirs(of ours: String, in list: CodeListKey) -> String? { theirs[list]?[ours] }
}

package enum PartnerStore {
    package static func find(key: String, _ connection: Connection) throws -> Identifier? {
        try connection.first("SELECT id FROM partner WHERE key = $1", key) { try $0.identifier(0) }
    }

    /// The error for a query that names an unknown partner.
    package static let unknown = InvalidQuery(errors: [FieldError(pointer: "?partner", .unknownPartner)])

    /// - Throws: 404 for a partner that does not exist.
    package static func require(_ id: Identifier, _ connection: Connection) throws {
        guard try connection.first("SELECT 1 FROM partner WHERE id = $1", id, row: { _ in true }) == true else {
            throw Problem(.notFound)
        }
    }

    /// A partner's codes for our values, by `list/code`.
    package static func codes(_ partner: Identifier, _ connection: Connection) throws -> [String: String] {
        var codes: [String: String] = [:]
        try connection.forEach("SELECT list_key, code, partner_code FROM partner_code WHERE partner_id = $1", partner) {
            codes["\($0.text(0))/\($0.text(1))"] = $0.text(2)
        }
        return codes
    }

    // MARK: Records

    /// Our record for an id of theirs.
    package static func ours(
        of theirId: String, _ entity: PartnerEntity, _ partner: Identifier, _ connection: Connection
    ) throws -> Identifier? {
        try connection.first(
            "SELECT entity_id FROM partner_id WHERE partner_id = $1 AND entity = $2 AND their_id = $3", partner,
            entity.rawValue, theirId
        ) { try $0.identifier(0) }
    }

    /// An expression for their id of a record of ours, for exports; NULL if they have none.
    ///
    /// - Parameters:
    ///   - partner: the parameter that holds the partner's id.
    ///   - id: an expression of our id.
    package static func theirs(of id: String, _ entity: PartnerEntity, partner: String) -> String {
        """
        (SELECT x.their_id FROM partner_id x
        WHERE x.partner_id = \(partner) AND x.entity = '\(entity.rawValue)' AND x.entity_id = \(id))
        """
    }

    /// Sets a partner's id for a record of ours, replacing any earlier one.
    ///
    /// - Throws: `SQLError.unique` if the partner already uses this id for another record.
    package static func link(
        _ theirId: String, _ entity: PartnerEntity, _ id: Identifier, _ partner: Identifier, _ connection: Connection
    ) throws {
        try unlink(entity, id, partner, connection)
        try connection.run(
            "INSERT INTO partner_id (partner_id, entity, their_id, entity_id) VALUES ($1, $2, $3, $4)", partner,
            entity.rawValue, theirId, id)
    }

    /// Stores an id from a file, if it is not stored yet.
    ///
    /// - Throws: `Problem` at the pointer if the partner already uses this id for another record.
    package static func note(
        _ theirId: String, _ entity: PartnerEntity, _ id: Identifier, _ partner: Identifier, at pointer: String,
        _ connection: Connection
    ) throws {
        guard theirId.unicodeScalars.count <= 100 else {
            throw Problem.field(pointer, .tooLong, zh: "最多 100 个字符", en: "at most 100 characters are expected")
        }
        let known = try ours(of: theirId, entity, partner, connection)
        if known == id { return }
        guard known == nil else { throw Problem.field(pointer, .partnerIdTaken) }
        try link(theirId, entity, id, partner, connection)
    }

    package static func unlink(
        _ entity: PartnerEntity, _ id: Identifier, _ partner: Identifier, _ connection: Connection
    ) throws {
        try connection.run(
            "DELETE FROM partner_id WHERE partner_id = $1 AND entity = $2 AND entity_id = $3", partner,
            entity.rawValue, id)
    }
}

/// The partner's id for the record of a row.
package struct PartnerRowId {
    private let theirs: String
    private let entity: PartnerEntity
    private let partner: Identifier

    /// Nil if the import names no partner, or the row has no id of theirs.
    package init?(_ theirs: String?, _ entity: PartnerEntity, _ order: ImportOrder, _ connection: Connection) throws {
        guard let theirs, let key = order.partner, let partner = try PartnerStore.find(key: key, connection) else {
            return nil
        }
        self.theirs = theirs
        self.entity = entity
        self.partner = partner
    }

    /// Our record to which the partner gives this id.
    package func ours(_ connection: Connection) throws -> Identifier? {
        try PartnerStore.ours(of: theirs, entity, partner, connection)
    }

    /// - Throws: `Problem` if the partner already uses this id for another record.
    package func note(_ id: Identifier, _ connection: Connection) throws {
        try PartnerStore.note(theirs, entity, id, partner, at: "/partnerId", connection)
    }
}

/// The kinds of records that partners have ids for, and where their rows are.
package enum PartnerEntity: String, CaseIterable {
    case division = "divisions"
    case household = "households"
    case member = "members"
    case organization = "organizations"
    case cadre = "cadres"

    /// Nil for a kind of record that partners have no ids for.
    package init?(_ entity: Entity) { self.init(rawValue: entity.rawValue) }

    /// A source with `x.id` and `x.area_code`.
    package var source: String {
        switch self {
        case .division: "division"
        case .household: "household"
        case .organization: "organization"
        case .cadre: "cadre"
        case .member:
            "(SELECT m.id, h.area_code FROM member m JOIN household h ON h.household_number = m.household_number)"
        }
    }
}
