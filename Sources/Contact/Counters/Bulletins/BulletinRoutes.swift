// The bulletin as JSON, as a table, and as a page to be printed.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum BulletinRoutes {
    package static let all: [RouteEntry] = [
        (.get, "/v1/bulletins/contact", Endpoint(access: .signedIn, work: .read(show))),
        (.get, "/v1/bulletins/contact/page", Endpoint(access: .signedIn, work: .read(page))),
    ]

    /// The bulletin that is asked for: of a half year, a month or ten days, by default of the last half year that is
    /// over.
    ///
    /// - Throws: 404 if the caller may see nothing of the area.
    private static func bulletin(_ call: Call, _ connection: Connection) throws -> ContactBulletin {
        let today = call.now.shanghaiDate
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        var asked: BulletinPeriod?
        for (name, kind) in [("half", .half), ("month", .month), ("tenDays", .tenDays)]
            as [(String, BulletinPeriod.Kind)]
        {
            let period = query.value(name) { text throws(FieldError) in try BulletinPeriod(kind, text) }
            if let period, period.period.first > today { query.report(name, .inFuture) }
            if period != nil, asked != nil { query.report(name, .onlyOne) }
            asked = asked ?? period
        }
        try query.finish()
        let period = asked ?? BulletinPeriod(.half, containing: today).before
        guard
            let bulletin = try ContactBulletin(
                of: period.period.area(area, call, connection), period, today: today, connection)
        else { throw AreaFilter.unknown() }
        return bulletin
    }

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        let bulletin = try bulletin(call, connection)
        let codes = call.register.codeLists
        guard CounterFormat.of(call) == .csv else { return .json(200, json(bulletin, codes)) }
        return .csv(table(bulletin, codes), named: "contact-bulletin-\(bulletin.period.description)")
    }

    private static func page(_ call: Call, _ connection: Connection) throws -> Response {
        .page(BulletinPage.html(try bulletin(call, connection)))
    }

    // MARK: JSON

    private static func json(_ bulletin: ContactBulletin, _ codes: CodeLists) -> [UInt8] {
        var json = JSONWriter(reserve: 32 << 10)
        let period = bulletin.period.period
        json.object { json in
            switch bulletin.period.kind {
            case .half: json.key("half")
            case .month: json.key("month")
            case .tenDays: json.key("tenDays")
            }
            json.string(bulletin.period.description)
            json.key("from")
            json.string(period.first.description)
            json.key("to")
            json.string(period.to.description)
            json.key("on")
            json.string(bulletin.day.description)
            if let line = bulletin.laggardBelow {
                json.key("laggardBelowPermille")
                json.integer(line)
            }
            json.key("sum")
            write(bulletin.area, codes, &json)
            json.key("items")
            json.array { json in for item in bulletin.items { write(item, codes, &json) } }
            json.key("laggards")
            json.array { json in
                for laggard in bulletin.laggards { json.object { writePlace(laggard.division, &$0) } }
            }
        }
        return json.take()
    }

    private static func write(_ area: BulletinArea, _ codes: CodeLists, _ json: inout JSONWriter) {
        json.object { json in
            writePlace(area.division, &json)
            json.key("isOwn")
            json.boolean(area.isOwn)
            json.key("counters")
            json.object { area.counts.write(codes, &$0) }
            json.key("before")
            json.object { area.before.write(codes, &$0) }
            json.key("duties")
            json.object { json in
                for (name, value) in duties(area) {
                    guard let value else { continue }
                    json.key(name)
                    json.integer(value)
                }
            }
            json.key("alarmedCadres")
            json.integer(area.alarmed)
            json.key("isLaggard")
            json.boolean(area.isBehind)
        }
    }

    private static func writePlace(_ division: Division, _ json: inout JSONWriter) {
        json.key("areaCode")
        json.string(division.code.description)
        json.key("areaName")
        json.string(division.name)
    }

    private static func duties(_ area: BulletinArea) -> [(name: StaticString, value: Int?)] {
        [
            ("duties", area.duties.duties), ("inTime", area.duties.inTime), ("late", area.duties.late),
            ("overdue", area.duties.overdue), ("inTimePermille", area.duties.inTimePermille),
        ]
    }

    // MARK: A table

    /// The area itself, then the areas below.
    private static func table(_ bulletin: ContactBulletin, _ codes: CodeLists) -> [UInt8] {
        var csv = CSVWriter(reserve: 16 << 10)
        let counters = ContactCounts.columns(codes)
        csv.text("areaCode")
        csv.text("areaName")
        csv.text("isOwn")
        for name in counters { csv.text("counters.\(name)") }
        for name in counters { csv.text("before.\(name)") }
        for (name, _) in duties(bulletin.area) { csv.text("duties.\(name)") }
        csv.text("alarmedCadres")
        csv.text("isLaggard")
        csv.endRow()
        for area in [bulletin.area] + bulletin.items {
            csv.text(area.division.code.description)
            csv.text(area.division.name)
            csv.text(area.isOwn ? "true" : "false")
            area.counts.writeCells(codes, &csv)
            area.before.writeCells(codes, &csv)
            for (_, value) in duties(area) { if let value { csv.integer(value) } else { csv.empty() } }
            csv.integer(area.alarmed)
            csv.text(area.isBehind ? "true" : "false")
            csv.endRow()
        }
        return csv.take()
    }
}
