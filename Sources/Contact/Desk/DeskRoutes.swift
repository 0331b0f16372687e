// The desk (R041, R060, R061): what has happened since a day, what waits today, what is to come, each number with the
// address of the list behind it.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum DeskRoutes {
    package static let all: [RouteEntry] = [
        (.get, "/v1/desk", Endpoint(access: .signedIn, work: .read(show))),
        (.get, "/v1/desk/records", Endpoint(access: .signedIn, work: .list(plan))),
    ]

    /// Days back where no day is asked for.
    private static let daysBack = 7

    private struct Question {
        let area: AreaCode?
        let days: DeskDays
        let scope: Scope

        /// - Parameter more: reads what else the address holds.
        init(_ call: Call, _ connection: Connection, more: (inout Query) -> Void = { _ in }) throws {
            var query = Query(call.request.head.query)
            area = query.value("areaCode", FieldText.areaCode)
            let today = call.now.shanghaiDate
            let from = query.value("from", FieldText.date)
            if let from, from > today { query.report("from", .inFuture) }
            more(&query)
            try query.finish()
            days = DeskDays(since: from ?? today.adding(days: -daysBack), today: today)
            scope = try AreaFilter.scope(area, call.caller.scope, connection)
        }

        /// The address of the list behind a figure.
        func list(_ figure: DeskFigure, of area: AreaCode?) -> String {
            var address = figure.listElsewhere ?? "/v1/desk/records?figure=\(figure.rawValue)"
            func add(_ parameter: String) { address += (address.hasSuffix("?") ? "" : "&") + parameter }
            if let area { add("areaCode=\(area)") }
            if DeskFigure.since.contains(figure) { add("from=\(days.first)") }
            return address.hasSuffix("?") ? String(address.dropLast()) : address
        }
    }

    // MARK: The figures

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        let question = try Question(call, connection)
        let reading = try DeskReading(in: question.scope, question.days, connection)
        func write(
            _ figures: [DeskFigure], _ counts: [DeskFigure: Int], of area: AreaCode?, _ json: inout JSONWriter
        ) {
            for figure in figures {
                json.key(data: figure.member)
                json.object { json in
                    json.key("count")
                    json.integer(counts[figure] ?? 0)
                    json.key("list")
                    json.string(question.list(figure, of: area))
                }
            }
        }
        func place(_ division: Division?, _ json: inout JSONWriter) {
            if let code = division?.code ?? question.area {
                json.key("areaCode")
                json.string(code.description)
            }
            if let division {
                json.key("areaName")
                json.string(division.name)
            }
        }
        let days = question.days
        let area = reading.division?.code ?? question.area
        var json = JSONWriter(reserve: 16 << 10)
        json.object { json in
            place(reading.division, &json)
            json.key("on")
            json.string(days.today.description)
            json.key("since")
            json.object { json in
                json.key("from")
                json.string(days.first.description)
                json.key("sum")
                json.object { write(DeskFigure.since, reading.totals, of: area, &$0) }
                json.key("items")
                json.array { json in
                    for (division, counts) in reading.items {
                        json.object { json in
                            place(division, &json)
                            write(DeskFigure.since, counts, of: division.code, &json)
                        }
                    }
                }
            }
            json.key("today")
            json.object { json in
                write(DeskFigure.today, reading.totals, of: area, &json)
                json.key("areDutiesKept")
                json.boolean(reading.areDutiesKept)
            }
            json.key("ahead")
            json.object { json in
                json.key("to")
                json.string(days.last.adding(days: 1).description)
                write(DeskFigure.ahead, reading.totals, of: area, &json)
            }
        }
        return .json(200, json.take())
    }

    // MARK: The lists

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var asked: DeskFigure?
        var paging = Paging.first
        let question = try Question(call, connection) { query in
            let listed = DeskFigure.allCases.filter { $0.listElsewhere == nil }
            asked = query.value("figure") { text throws(FieldError) in
                guard let figure = DeskFigure(rawValue: text), listed.contains(figure) else {
                    throw FieldError.notOneOf(listed.map(\.rawValue))
                }
                return figure
            }
            paging = Paging(&query)
        }
        let figure = asked ?? .newlyUncovered
        let known = try DeskHelp(for: [figure], in: question.scope, question.days, connection)
        guard let source = DeskSource.of(figure, question.days, known) else { throw Problem(.notFound) }
        var conditions = source.conditions
        conditions.add(question.scope, on: source.place)
        return ListPlan(
            name: "desk-records", columns: [ListColumn("figure", "'\(figure.rawValue)'")] + source.columns,
            source: source.counted + source.around, countedSource: source.counted, conditions: conditions,
            order: source.order, paging: paging)
    }
}
