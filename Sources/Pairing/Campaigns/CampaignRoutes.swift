// The list of campaigns and the coverage of one; everything else follows from the declaration.

import Archive
import Domain
import HTTP1
import SQL
import Service
import Web

package enum CampaignRoutes {
    package static let all: [RouteEntry] =
        Campaign.record.routes + [
            (.get, "/v1/campaigns/{id}/coverage", Endpoint(access: .signedIn, work: .read(coverage)))
        ]

    private static let columns = [
        ListColumn("id", "c.id", .identifier), ListColumn("version", "c.version", .integer),
        ListColumn("name", "c.name"), ListColumn("areaCode", "d.code", .areaCode), ListColumn("areaName", "d.name"),
        ListColumn("from", "c.first_on"), ListColumn("to", "c.end_on"),
        ListColumn("createdAt", "c.created_at", .instant),
    ]

    /// Campaigns of areas above apply as well; the latest first.
    @Sendable
    package static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let day = query.value("on", FieldText.date)
        let paging = Paging(&query)
        try query.finish()
        let scope = try AreaFilter.scope(area, call.caller.scope, connection)
        var conditions = ListConditions()
        conditions.add(Campaign.concerns("c", conditions.bind(scope.first), conditions.bind(scope.last)))
        if let day { conditions.add(DayInterval.holds("c", on: conditions.bind(day))) }
        return ListPlan(
            name: "campaigns", columns: columns, source: "campaign c JOIN division d ON d.id = c.division_id",
            conditions: conditions, order: ["c.first_on", "c.id"], descends: true, paging: paging)
    }

    /// Coverage of the campaign's area, as far as the caller may see it: on its last day, or today while it is running.
    private static func coverage(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        _ = try Campaign.record.rows.version(of: call.id(), call.caller.scope, connection)
        guard let campaign = try Campaign.record.find(call.id(), connection)?.state,
            let division = try DivisionStore.find(campaign.divisionId, connection)
        else { throw Problem(.notFound) }
        let kept = try CadreDay.kept(connection) ?? call.now.shanghaiDate
        let day = campaign.end.map { min($0.adding(days: -1), kept) } ?? kept
        let scope = try division.scope.intersection(call.caller.scope)
        let coverage = try Coverage(in: scope, on: day == kept ? nil : day, connection)
        return .json(200, CoverageRoutes.json(coverage, nil, day))
    }
}
