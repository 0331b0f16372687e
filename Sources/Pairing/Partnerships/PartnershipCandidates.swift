// The nearest partners for an enterprise and for a village (R043): first of the same village, then of its town, then of
// its county; within each those with the fewest partnerships. It is a proposal for a person; nothing of it is stored.

import Archive
import Domain
import HTTP1
import SQL
import Service
import Web

enum PartnershipCandidates {
    private static let shown = 5

    /// A division in which candidates are searched, except for the part that was searched before.
    private struct Ring {
        let level: DivisionLevel
        let scope: Scope
        /// Empty if nothing was.
        let seen: Scope

        /// `same-village`, `same-town`, `same-county`; areas above a county are not near.
        var reason: String { "same-\(level.name)" }

        func condition(_ column: String) -> String {
            "\(column) BETWEEN $2 AND $3 AND \(column) NOT BETWEEN $4 AND $5"
        }

        var values: [any Bindable] { [scope.first, scope.last, seen.first, seen.last] }
    }

    /// The rings around a division, nearest first, cut to what the caller may see.
    private static func rings(around division: Division, _ scope: Scope, _ connection: Connection) throws -> [Ring] {
        let near = try AreaChain.of(division, connection).divisions
            .filter { $0.level.rawValue >= DivisionLevel.county.rawValue }
        var seen = Scope(first: 1, last: 0)
        return (near.isEmpty ? [division] : near).map { place in
            defer { seen = place.scope }
            return Ring(level: place.level, scope: place.scope.intersection(scope), seen: seen)
        }
    }

    private static let householdColumns = [
        ListColumn("householdId", "c.id", .identifier), ListColumn("archiveNumber", "c.archive_number"),
        ListColumn("name", "c.householder_name"), ListColumn("villageCode", "v.code", .areaCode),
        ListColumn("villageName", "v.name"), ListColumn("townName", townName(of: "v")),
        ListColumn("partnerships", "n", .integer),
    ]
    private static let villageColumns = [
        ListColumn("villageCode", "c.code", .areaCode), ListColumn("villageName", "c.name"),
        ListColumn("townName", townName(of: "c")),
        ListColumn("villageKind", "c.kind"), ListColumn("partnerships", "n", .integer),
    ]
    private static let organizationColumns = [
        ListColumn("organizationId", "c.id", .identifier), ListColumn("name", "c.name"), ListColumn("kind", "c.kind"),
        ListColumn("areaCode", "v.code", .areaCode), ListColumn("areaName", "v.name"),
        ListColumn("partnerships", "n", .integer),
    ]

    /// SQL that counts today's partnerships of a helper or a target; `$1` is today.
    private static func load(_ column: String, _ key: String) -> String {
        """
        (SELECT count(*) FROM partnership q WHERE q.\(column) = \(key) AND \(DayInterval.holds("q", on: "$1")))
        """
    }

    /// SQL that says whether the organization in `$6` and a target are partners today.
    private static func arePartners(_ key: String) -> String {
        """
        EXISTS (SELECT 1 FROM partnership q WHERE q.helper_key = $6 AND q.target_key = \(key)
            AND \(DayInterval.holds("q", on: "$1")))
        """
    }

    private static func townName(of village: String) -> String {
        "(SELECT t.name FROM division t WHERE t.id = \(village).parent_id)"
    }

    // MARK: For an organization

    static func targets(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let kind = query.value("kind") { text throws(FieldError) in
            guard ["household", "village"].contains(text) else { throw FieldError.notOneOf(["household", "village"]) }
            return text
        }
        try query.finish()
        let id = try call.id()
        let scope = try call.caller.scope
        guard let organization = try Organization.record.find(id, connection), scope.contains(organization.areaCode),
            let home = try DivisionStore.find(organization.state.divisionId, connection)
        else { throw Problem(.notFound) }
        let ofVillages = kind == "village"
        let columns = ofVillages ? villageColumns : householdColumns
        let today = call.now.shanghaiDate
        let items = try gather(rings(around: home, scope, connection), columns, connection) { ring, limit in
            (
                ofVillages ? villages(ring, limit) : households(ring, limit),
                [today] + ring.values + [id]
            )
        }
        return .json(200, body(items))
    }

    private static func households(_ ring: Ring, _ limit: Int) -> String {
        let key = Partnership.targetKey(householdNumber: "h.household_number")
        return """
            (SELECT h.id, h.archive_number, h.householder_name, h.village_id, h.state, h.area_code,
                \(load("target_key", key)) AS n
            FROM household h WHERE \(ring.condition("h.area_code")) AND h.ended_on IS NULL
                AND NOT \(arePartners(key))) c
            JOIN division v ON v.id = c.village_id
            ORDER BY c.n, c.state = 'lifted', c.area_code, c.archive_number LIMIT \(limit)
            """
    }

    private static func villages(_ ring: Ring, _ limit: Int) -> String {
        let poor = VillageKind.registeredPoor.map { "'\($0)'" }.joined(separator: ", ")
        return """
            (SELECT d.id, d.code, d.name, d.parent_id, d.area_code, k.kind, \(load("target_key", "d.id")) AS n
            FROM division d LEFT JOIN village_kind k ON k.village_id = d.id AND k.superseded_at IS NULL
                AND k.valid_from <= $1 AND (k.valid_to IS NULL OR k.valid_to > $1)
            WHERE d.level = 5 AND d.ended_on IS NULL AND \(ring.condition("d.area_code"))
                AND NOT \(arePartners("d.id"))) c
            ORDER BY c.n, CASE WHEN c.kind IN (\(poor)) THEN 0 ELSE 1 END, c.area_code, c.id LIMIT \(limit)
            """
    }

    // MARK: For a village

    static func helpers(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let kind = query.code("kind", .organizationKind, call.register.codeLists)
        try query.finish()
        let today = call.now.shanghaiDate
        let scope = try call.caller.scope
        let village = try VillageTable.visible(call.parameters[0], on: today, scope, connection)
        let current = try DivisionStore.followSuccessors(village.division, connection)
        let kinds = (kind.map { [$0] } ?? OrganizationKind.enterprises).map { "'\($0)'" }.joined(separator: ", ")
        let items = try gather(rings(around: current, scope, connection), organizationColumns, connection) {
            ring, limit in
            (
                """
                (SELECT o.id, o.name, o.kind, o.division_id, o.area_code, \(load("helper_key", "o.id")) AS n
                FROM organization o WHERE o.ended_on IS NULL AND o.kind IN (\(kinds))
                    AND \(ring.condition("o.area_code")) AND NOT EXISTS (SELECT 1 FROM partnership q
                    WHERE q.helper_key = o.id AND q.target_key = $6 AND \(DayInterval.holds("q", on: "$1")))) c
                JOIN division v ON v.id = c.division_id ORDER BY c.n, c.area_code, c.id LIMIT \(limit)
                """, [today] + ring.values + [current.id]
            )
        }
        return .json(200, body(items))
    }

    // MARK: Gathering

    /// Searches outwards until there are enough.
    private static func gather(
        _ rings: [Ring], _ columns: [ListColumn], _ connection: Connection,
        _ source: (Ring, _ limit: Int) -> (String, [any Bindable])
    ) throws -> [[UInt8]] {
        var items: [[UInt8]] = []
        for ring in rings where items.count < shown && ring.scope.first <= ring.scope.last {
            let (sql, values) = source(ring, shown - items.count)
            items += try connection.query(
                "SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(sql)", values: values
            ) { row in
                var json = JSONWriter(reserve: 256)
                json.beginObject()
                ListAnswer.writeMembers(row, columns, &json)
                json.key("reasons")
                json.array { json in
                    json.string(ring.reason)
                    if row.int(columns.count - 1) == 0 { json.string("no-partner") }
                }
                json.endObject()
                return json.take()
            }
        }
        return items
    }

    private static func body(_ items: [[UInt8]]) -> [UInt8] {
        var json = JSONWriter(reserve: 2_048)
        json.object { json in
            json.key("items")
            json.array { json in for item in items { json.raw(item) } }
        }
        return json.take()
    }
}
