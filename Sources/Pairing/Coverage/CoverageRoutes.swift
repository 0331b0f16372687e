// Coverage as callers see it: how many households of an area have a helper, what its cadres may carry and carry, and
// the lists behind those numbers. What is kept of today answers; another day is counted from the dated records.

import Archive
import Domain
import HTTP1
import SQL
import Service
import Web

package enum CoverageRoutes {
    package static let all: [RouteEntry] = [
        (.get, "/v1/coverage", Endpoint(access: .signedIn, work: .read(show))),
        (
            .get, "/v1/coverage/households",
            Endpoint(access: .signedIn, work: .list(CoverageLists.households))
        ),
        (.get, "/v1/coverage/cadres", Endpoint(access: .signedIn, work: .list(CoverageLists.cadres))),
        (.get, "/v1/roster", Endpoint(access: .signedIn, work: .list(Roster.plan))),
        (.get, "/v1/roster/page", Endpoint(access: .signedIn, work: .long(RosterPage.show))),
    ]

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let today = call.now.shanghaiDate
        let asked = DayAhead.read(&query, today: today)
        try query.finish()
        let scope = try AreaFilter.scope(area, call.caller.scope, connection)
        let kept = try CadreDay.kept(connection) ?? today
        let day = asked ?? kept
        let coverage = try Coverage(in: scope, on: day == kept ? nil : day, connection)
        return .json(200, json(coverage, area, day))
    }

    private static func members(_ counts: CoverageCounts) -> [(name: StaticString, value: Int)] {
        [
            ("households", counts.households), ("covered", counts.help.covered), ("uncovered", counts.uncovered),
            ("awaitingSuccessor", counts.help.awaiting), ("jointNeeds", counts.jointNeeds),
            ("jointNeedsMet", counts.help.jointMet), ("capacity", counts.help.capacity), ("used", counts.help.used),
            ("belowQuota", counts.help.below), ("aboveQuota", counts.help.above), ("zeroDuty", counts.help.zeroDuty),
            ("outsideArea", counts.help.outside),
        ]
    }

    package static func json(_ coverage: Coverage, _ asked: AreaCode?, _ day: CivilDate) -> [UInt8] {
        var json = JSONWriter(reserve: 16 << 10)
        func name(_ division: Division?, _ json: inout JSONWriter) {
            if let code = division?.code ?? asked {
                json.key("areaCode")
                json.string(code.description)
            }
            if let division {
                json.key("areaName")
                json.string(division.name)
            }
        }
        func write(_ division: Division?, _ counts: CoverageCounts, _ json: inout JSONWriter) {
            json.object { json in
                name(division, &json)
                for (name, value) in members(counts) {
                    json.key(name)
                    json.integer(value)
                }
            }
        }
        json.object { json in
            name(coverage.division, &json)
            json.key("on")
            json.string(day.description)
            json.key("sum")
            write(coverage.division, coverage.total, &json)
            json.key("items")
            json.array { json in
                for (division, counts) in coverage.items { write(division, counts, &json) }
            }
        }
        return json.take()
    }
}
