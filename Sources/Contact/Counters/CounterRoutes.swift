// The headline counters (R065) as callers see them: for an area, for each area below it, and the records behind a
// number.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum CounterRoutes {
    package static let all: [RouteEntry] = [
        (.get, "/v1/contact-counters", Endpoint(access: .signedIn, work: .read(show))),
        (.get, "/v1/contact-counters/by-area", Endpoint(access: .signedIn, work: .read(byArea))),
        (
            .get, "/v1/contact-counters/by-cadre",
            Endpoint(access: .signedIn, work: .pages { try WorkList.byCadre($0, $1) })
        ),
        (
            .get, "/v1/contact-counters/by-organization",
            Endpoint(access: .signedIn, work: .pages { try WorkList.byUnit($0, $1) })
        ),
        (.get, "/v1/contact-counters/records", Endpoint(access: .signedIn, work: .list(CounterRecords.plan))),
    ]

    /// What is asked for.
    private struct Question {
        let area: AreaCode?
        let period: CountedPeriod
        let scope: Scope

        init(_ call: Call, _ connection: Connection) throws {
            var query = Query(call.request.head.query)
            area = query.value("areaCode", FieldText.areaCode)
            period = CountedPeriod.read(&query, today: call.now.shanghaiDate)
            try query.finish()
            scope = try AreaFilter.scope(area, call.caller.scope, connection)
        }

        func writeHead(_ division: Division?, _ json: inout JSONWriter) {
            if let code = division?.code ?? area {
                json.key("areaCode")
                json.string(code.description)
            }
            if let division {
                json.key("areaName")
                json.string(division.name)
            }
            json.key("from")
            json.string(period.first.description)
            json.key("to")
            json.string(period.to.description)
        }
    }

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        let question = try Question(call, connection)
        let counts = try AreaCounts(in: question.scope, question.period, connection)
        var json = JSONWriter(reserve: 2_048)
        json.object { json in
            question.writeHead(counts.division, &json)
            counts.total.write(call.register.codeLists, &json)
        }
        return .json(200, json.take())
    }

    /// CSV has a line for each area below, JSON also has the area itself.
    private static func byArea(_ call: Call, _ connection: Connection) throws -> Response {
        let format = CounterFormat.of(call)
        let question = try Question(call, connection)
        let counts = try AreaCounts(in: question.scope, question.period, connection)
        let codes = call.register.codeLists
        if format == .csv {
            var csv = CSVWriter(reserve: 8 << 10)
            for name in ["areaCode", "areaName"] + ContactCounts.columns(codes) { csv.text(name) }
            csv.endRow()
            for (division, counts) in counts.items {
                csv.integer(Int(division.code.value))
                csv.text(division.name)
                counts.writeCells(codes, &csv)
                csv.endRow()
            }
            return .csv(csv.take(), named: "contact-counters")
        }
        var json = JSONWriter(reserve: 16 << 10)
        json.object { json in
            question.writeHead(counts.division, &json)
            json.key("sum")
            json.object { counts.total.write(codes, &$0) }
            json.key("items")
            json.array { json in
                for (division, counts) in counts.items {
                    json.object { json in
                        json.key("areaCode")
                        json.string(division.code.description)
                        json.key("areaName")
                        json.string(division.name)
                        counts.write(codes, &json)
                    }
                }
            }
        }
        return .json(200, json.take())
    }
}

/// The formats of figures that are not a list.
enum CounterFormat {
    /// CSV for callers who prefer it, else JSON.
    static func of(_ call: Call) -> MediaType {
        MediaType.negotiated(call.request.head.string(.accept), [.json, .csv]) ?? .json
    }
}

extension Response {
    /// A small table as a file.
    package static func csv(_ bytes: [UInt8], named name: String) -> Response {
        var response = Response(status: 200)
        response.add("Content-Type", MediaType.csv.fieldValue)
        response.add("Content-Disposition", "attachment; filename=\"\(name).csv\"")
        response.add("Cache-Control", "no-store")
        response.compressible = true
        response.body = .bytes(bytes)
        return response
    }
}
