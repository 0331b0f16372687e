// How many households and people there are, by what is known of them, for any area and day. Today's answer is a sum of
// kept rows of the area's villages; any other day is counted from the dated records, which may take long.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum StatisticsRoutes {
    package static let all: [RouteEntry] = [
        (.get, "/v1/statistics/households", Endpoint(access: .signedIn, work: .read(households)))
    ]

    private static func households(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let today = call.now.shanghaiDate
        let day = DayAhead.read(&query, today: today) ?? today
        try query.finish()
        let scope = try AreaFilter.scope(area, call.caller.scope, connection)
        let statistics =
            try day == today
            ? HouseholdStatistics.kept(in: scope, on: today, connection)
            : HouseholdStatistics.counted(in: scope, on: day, connection)
        let division = try area.flatMap { try DivisionStore.resolve(code: $0, connection) }
        return .json(200, json(statistics, division, day))
    }

    private static func json(_ statistics: HouseholdStatistics, _ area: Division?, _ day: CivilDate) -> [UInt8] {
        var json = JSONWriter(reserve: 8 << 10)
        json.object { json in
            if let area {
                json.key("areaCode")
                json.areaCode(area.code.value)
                json.key("areaName")
                json.string(area.name)
            }
            json.key("on")
            json.string(day.description)
            json.key("households")
            json.integer(statistics.total.households)
            json.key("people")
            json.integer(statistics.total.people)
            write("state", .state, statistics, &json)
            write("attribute", .attribute, statistics, &json)
            write("mainCause", .cause, statistics, &json)
            write("labour", .labour, statistics, &json)
            write("helpNeed", .helpNeed, statistics, &json)
            write("sex", .sex, statistics, &json)
            write("education", .education, statistics, &json)
            write("health", .health, statistics, &json)
            write("labourCapacity", .labourCapacity, statistics, &json)
            json.key("age")
            json.array { json in
                for (band, people) in zip(AgeBand.all, statistics.ages) {
                    json.object { json in
                        json.key("from")
                        json.integer(band.first)
                        if let last = band.last {
                            json.key("to")
                            json.integer(last)
                        }
                        json.key("people")
                        json.integer(people)
                    }
                }
                if statistics.ageless > 0 {
                    json.object { json in
                        json.key("people")
                        json.integer(statistics.ageless)
                    }
                }
            }
        }
        return json.take()
    }

    /// One dimension; the item without a code counts those for whom it is not known.
    private static func write(
        _ name: StaticString, _ dimension: FigureDimension, _ statistics: HouseholdStatistics, _ json: inout JSONWriter
    ) {
        json.key(name)
        json.array { json in
            for (code, counts) in statistics.counts(dimension) {
                json.object { json in
                    if !code.isEmpty {
                        json.key("code")
                        json.string(code)
                    }
                    json.key("households")
                    json.integer(counts.households)
                    json.key("people")
                    json.integer(counts.people)
                }
            }
        }
    }
}
