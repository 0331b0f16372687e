// Finds the records that the names in a row mean: the division by code or path, a unit and a cadre by id or by a name
// that only one of them has.

import Domain
import SQL
import Service
import Web

struct DutyRowFinder {
    private let row: DutyRow
    private let scope: Scope
    private let connection: Connection
    private(set) var errors: [FieldError] = []
    private var organizationId: Identifier?
    private var cadreId: Identifier?
    var teamId: Identifier?

    init(_ row: DutyRow, _ scope: Scope, _ connection: Connection) {
        self.row = row
        self.scope = scope
        self.connection = connection
    }

    mutating func report(_ error: FieldError) { errors.append(error) }

    /// The row's division, or the stored one if the row means its place, even after it has ended.
    mutating func division(_ stored: DutyState?) throws -> Division? {
        let old = try stored.flatMap { try DivisionStore.find($0.divisionId, connection) }
        if let code = row.areaCode {
            if let old, try old.code == code || DivisionStore.followSuccessors(old, connection).code == code {
                return old
            }
            var placing = DutyPlacing(scope, connection)
            let found = try placing.division(code, for: row.kind)
            errors += placing.errors
            return found
        }
        if row.path.contains(""), let team = row.team.id {
            guard let known = try TeamTable.find(team, connection)?.state else {
                errors.report("/areaCode", .required, zh: "新的工作队须填写所在村", en: "a new team needs a village")
                return nil
            }
            return try DivisionStore.find(known.divisionId, connection)
        }
        switch try VillageFinder(connection).village(code: nil, names: row.path) {
        case .failure(let error):
            errors.append(error.below("/villageName"))
            return nil
        case .success(let village):
            var placing = DutyPlacing(scope, connection)
            let found = try placing.division(village.code, for: row.kind)
            errors += placing.errors
            return found
        }
    }

    mutating func findOrganization(_ stored: DutyState?) throws {
        organizationId = row.organizationId ?? stored?.organizationId
        guard organizationId == nil, let name = row.organizationName else { return }
        let found = try connection.query(
            """
            SELECT id FROM organization WHERE name = $1 AND ended_on IS NULL AND area_code BETWEEN $2 AND $3 LIMIT 2
            """, name, scope.first, scope.last
        ) { try $0.identifier(0) }
        switch found.count {
        case 0:
            errors.report(
                "/organizationName", .unknownOrganization, zh: "没有单位“\(name)”", en: "there is no organization “\(name)”"
            )
        case 1: organizationId = found.first
        default:
            errors.report(
                "/organizationName", .ambiguousOrganization, zh: "有多个单位名为“\(name)”，请填 organizationId",
                en: "several organizations are called “\(name)”: give the organizationId")
        }
    }

    /// A cadre by id, otherwise by name, together with the unit's name if the row has one.
    mutating func findCadre(_ stored: DutyState?) throws {
        cadreId = row.cadreId
        guard cadreId == nil else { return }
        if case .set = row.holderName { return }
        guard let name = row.cadreName else {
            cadreId = stored?.cadreId
            return
        }
        let found = try connection.query(
            """
            SELECT c.id FROM cadre c JOIN organization o ON o.id = c.organization_id
            WHERE c.name = $1 AND c.ended_on IS NULL AND c.area_code BETWEEN $2 AND $3 AND ($4 IS NULL OR o.name = $4)
            LIMIT 2
            """, name, scope.first, scope.last, row.organizationName
        ) { try $0.identifier(0) }
        switch found.count {
        case 0: errors.report("/cadreName", .unknownCadre, zh: "没有干部“\(name)”", en: "there is no cadre “\(name)”")
        case 1: cadreId = found.first
        default:
            errors.report(
                "/cadreName", .ambiguousCadre, zh: "有多名干部名为“\(name)”，请填 cadreId",
                en: "several cadres are called “\(name)”: give the cadreId")
        }
    }

    /// The row's values, and the stored ones for everything else.
    func state(in division: Division, over stored: DutyState?) -> DutyState {
        let end = row.end.applied(to: stored?.term.end)
        return DutyState(
            kind: row.kind, divisionId: division.id, organizationId: organizationId, cadreId: cadreId,
            holderName: cadreId == nil
                ? KnownText.better(
                    row.holderName.applied(to: stored?.holderName), stored?.holderName, as: .person)
                : row.holderName.value,
            title: KnownText.better(row.title.applied(to: stored?.title), stored?.title, as: .title),
            sendingOrganizationId: row.sendingOrganizationId.applied(to: stored?.sendingOrganizationId),
            teamId: teamId, term: DayInterval(first: row.from, end: end),
            endReason: end == nil && row.endReason.isKeep ? nil : row.endReason.applied(to: stored?.endReason))
    }
}

extension Change {
    /// The value that is set; nil for an empty one.
    fileprivate var value: Value? { applied(to: nil) }
}
