// The places and the organization that a cadre names, held to the caller's range and to the rule that they help within
// the county of their organization: in a town with the upper two ranks, else in a village (R040).

import Domain
import SQL
import Service
import Web

/// The part of an organization that a cadre's place depends on.
struct OrganizationHome {
    let id: Identifier
    /// The place of its home.
    let areaCode: Int64
    /// Where its cadres may be linked: its county, or all of its home where that is above counties.
    let reach: Scope
    let isLive: Bool

    static let columns = "o.id, o.area_code, d.level, d.area_last, o.ended_on IS NULL"
    static let source = "organization o JOIN division d ON d.id = o.division_id"

    static func read(_ row: borrowing Row) throws -> OrganizationHome {
        let areaCode = row.int64(1)
        let county = areaCode - areaCode % AreaCode.span(of: .county)
        return OrganizationHome(
            id: try row.identifier(0), areaCode: areaCode,
            reach: row.int(2) >= DivisionLevel.county.rawValue
                ? Scope(first: county, last: county + AreaCode.span(of: .county) - 1)
                : Scope(first: areaCode, last: row.int64(3)), isLive: row.bool(4))
    }

    static func find(_ id: Identifier, _ connection: Connection) throws -> OrganizationHome? {
        try connection.first("SELECT \(columns) FROM \(source) WHERE o.id = $1", id, row: read)
    }
}

enum CadrePlacing {
    /// - Parameter hasChanged: whether the caller names it: the organization that a cadre has already may lie outside
    ///   the caller's range, and may have ended.
    /// - Throws: 422 for one that does not exist, has ended, or is not the caller's.
    static func organization(
        _ id: Identifier, hasChanged: Bool, _ scope: Scope, _ connection: Connection
    ) throws -> OrganizationHome {
        guard let found = try OrganizationHome.find(id, connection),
            !hasChanged || (found.isLive && scope.contains(found.areaCode))
        else { throw unknownOrganization }
        return found
    }

    static let unknownOrganization = Problem.field(
        "/organizationId", .unknownOrganization, zh: "没有这个单位，或不在您的范围内，或已撤销",
        en: "there is no such organization, or it is not in your area, or it has ended")

    /// A village anywhere: people come from other counties.
    static func homeVillage(_ code: AreaCode, _ scope: Scope, _ connection: Connection) throws -> Identifier {
        let found = try DivisionStore.resolve(code: code, connection)
        guard let village = found, village.level == .village else {
            throw Problem(.invalidBody, errors: [VillageCode.error(found, scope, at: "/homeVillageCode")])
        }
        return village.id
    }

    /// The facts with the divisions that are linked.
    ///
    /// - Parameters:
    ///   - cadre: who has facts already; nil for one who is new.
    ///   - live: the live division of the code that is stated, where it was read already.
    /// - Throws: 422 for a division that is unknown, not the caller's, not in the organization's county, or of another
    ///   level than the rank on the link's first day asks for.
    static func facts(
        _ stated: CadreFactsStatement, of cadre: Identifier?, live: Division? = nil, _ organization: OrganizationHome,
        _ scope: Scope, _ connection: Connection
    ) throws -> CadreFacts {
        let link = try stated.link.map { index, code, first in
            let pointer = index.map { "/links/\($0)/areaCode" } ?? "/linkedAreaCode"
            let division = try area(code, live, from: first, pointer, organization, scope, connection)
            if let held = try cadre.flatMap({ try held(by: $0, meaning: division, on: first, connection) }) {
                return held
            }
            try checkLevel(division, on: first, pointer, stated.rank, cadre, connection)
            return division.id
        }
        return CadreFacts(rank: stated.rank, postState: stated.postState, link: link)
    }

    private static func area(
        _ code: AreaCode, _ live: Division?, from first: CivilDate, _ pointer: String,
        _ organization: OrganizationHome, _ scope: Scope, _ connection: Connection
    ) throws -> Division {
        let found = try live.flatMap { $0.code == code ? $0 : nil } ?? DivisionStore.resolve(code: code, connection)
        guard let division = found, scope.contains(division.scope),
            division.endedOn.map({ first < $0 }) ?? true
        else {
            throw Problem.field(pointer, .unknownDivision)
        }
        guard organization.reach.contains(division.scope) else { throw Problem.field(pointer, .outsideCounty) }
        return division
    }

    /// The division that a cadre is linked to on a day already, where it is this one or was succeeded by it. Such a
    /// link stands as it is: whoever was promoted keeps the village that they are linked to, until they are linked to a
    /// town.
    private static func held(
        by cadre: Identifier, meaning division: Division, on day: CivilDate, _ connection: Connection
    ) throws -> Identifier? {
        let linked = try connection.first(CadreTable.links.asOf("cadre_id = $1", day: "$2"), cadre, day) {
            try $0.identifier(1)
        }
        guard let linked, linked != division.id else { return linked }
        guard let former = try DivisionStore.find(linked, connection) else { return nil }
        return try DivisionStore.followSuccessors(former, connection).id == division.id ? linked : nil
    }

    private static func checkLevel(
        _ division: Division, on day: CivilDate, _ pointer: String, _ stated: FactChange<String>, _ cadre: Identifier?,
        _ connection: Connection
    ) throws {
        var rank = stated.value(on: day)
        if rank == nil, let cadre {
            rank = try connection.first(CadreTable.ranks.asOf("cadre_id = $1", day: "$2"), cadre, day) { $0.text(1) }
        }
        let level = rank.flatMap(CadreRank.init(rawValue:))?.quotaLevel
        guard division.level == level || (level == nil && division.level >= .town) else {
            throw Problem.field(
                pointer, .wrongLevel, zh: level.map { "该职级应挂钩\($0.chinese)" } ?? "应为乡镇或村",
                en: level.map { "this rank is linked to a \($0.name)" } ?? "a town or a village is expected")
        }
    }
}
