// From the names in a row to the records they mean: a household by its id or its archive number in a county, a helper
// by their id, their numbers, or a name that only one cadre has.

import Domain
import SQL
import Service
import Web

/// How a row names a household.
package struct HouseholdNaming: Sendable {
    package let id: Identifier?
    package let archiveNumber: String?
    /// The county of the archive number, or any division in it.
    let countyCode: AreaCode?

    package var isEmpty: Bool { id == nil && archiveNumber == nil }
}

/// How a row names a helper. Numbers are hashed where they are read.
package struct HelperNaming: Sendable {
    package let id: Identifier?
    package let name: String?
    let organizationName: String?
    var identityHash: [UInt8]?
    var phoneHash: [UInt8]?

    package var isEmpty: Bool { id == nil && name == nil && identityHash == nil && phoneHash == nil }
}

struct PairingRowFinder {
    private let scope: Scope
    private let connection: Connection
    private var errors: [FieldError] = []

    init(_ scope: Scope, _ connection: Connection) {
        self.scope = scope
        self.connection = connection
    }

    /// - Throws: 422 with everything that names nothing.
    func finish() throws {
        if !errors.isEmpty { throw InvalidBody(errors: errors) }
    }

    mutating func household(_ naming: HouseholdNaming) throws -> PairedHousehold? {
        if let id = naming.id, let found = try PairedHousehold.find(id, scope, connection) { return found }
        guard let archiveNumber = naming.archiveNumber else {
            errors.report("/householdId", .unknownHousehold)
            return nil
        }
        guard let county = try county(naming.countyCode) else { return nil }
        let found = try PairedHousehold.find(
            "area_code / 1000000 = $1 AND archive_number = $2 AND area_code BETWEEN $3 AND $4",
            [county, archiveNumber, scope.first, scope.last], connection)
        if found == nil { errors.report("/archiveNumber", .unknownHousehold) }
        return found
    }

    /// The leading digits of the place of a county: the one that is named, else the one that the caller belongs to.
    private mutating func county(_ code: AreaCode?) throws -> Int64? {
        if let code {
            if let division = try DivisionStore.resolve(code: code, connection) { return division.areaCode / 1_000_000 }
            errors.report("/countyCode", .unknownDivision)
            return nil
        }
        guard scope.first / 1_000_000 == scope.last / 1_000_000 else {
            errors.report(
                "/countyCode", .required, zh: "须注明县，户编号只在县内唯一", en: "archive numbers are those of a county: name it")
            return nil
        }
        return scope.first / 1_000_000
    }

    mutating func helper(_ naming: HelperNaming) throws -> Identifier? {
        if let id = naming.id { return id }
        if let hash = naming.identityHash {
            return try one("/cadreIdentityNumber", "c.identity_hash = $3", [hash])
        }
        if let hash = naming.phoneHash {
            return try one("/cadrePhone", "c.phone_hash = $3 AND ($4 IS NULL OR c.name = $4)", [hash, naming.name])
        }
        return try one(
            "/cadreName", "c.name = $3 AND ($4 IS NULL OR o.name = $4)", [naming.name, naming.organizationName])
    }

    private mutating func one(
        _ pointer: String, _ condition: String, _ values: [any Bindable]
    ) throws -> Identifier? {
        let found = try connection.query(
            """
            SELECT c.id FROM cadre c JOIN organization o ON o.id = c.organization_id
            WHERE c.area_code BETWEEN $1 AND $2 AND c.ended_on IS NULL AND \(condition) LIMIT 2
            """, values: [scope.first, scope.last] + values
        ) { try $0.identifier(0) }
        switch found.count {
        case 0: errors.report(pointer, .unknownCadre)
        case 1: return found[0]
        default:
            errors.report(
                pointer, .ambiguousCadre, zh: "有多名同名干部，请填写 cadreId",
                en: "several cadres have this name: give the cadreId")
        }
        return nil
    }

    /// The pairing that a row without an id means: of these two from the same day, or, where the row names none, the
    /// one that holds on the day of the file.
    func pairing(
        _ household: Int64, _ helper: Identifier, from first: CivilDate?, or day: CivilDate
    ) throws -> StoredPairing? {
        let condition = first == nil ? DayInterval.holds("p", on: "$3") : "p.first_on = $3"
        return try PairingTable.find(
            """
            p.household_number = $1 AND p.cadre_id = $2 AND (p.end_on IS NULL OR p.end_on > p.first_on) AND \(condition)
            """,
            [household, helper, first ?? day], connection
        ).first
    }
}
