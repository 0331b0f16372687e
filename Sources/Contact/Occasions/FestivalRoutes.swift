// The days of festivals, year by year. Those of the lunar calendar are entered, not computed: the program comes with
// two decades of them, and an administrator adds later ones.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum FestivalRoutes {
    package static let all: [RouteEntry] = [
        (.get, "/v1/festivals", Endpoint(access: .signedIn, work: .list(plan))),
        (
            .put, "/v1/festivals/{year}",
            Endpoint(access: .roles(.countyAdministrator), body: .json, writesLong: true, work: .write(put))
        ),
    ]

    static let years = 2000...2100
    private static let countMax = 20

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let year = query.integer("year", in: years)
        let code = query.value("code") { text throws(FieldError) in
            try call.register.codeLists.known(text, in: .festival)
        }
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        if let year { conditions.add("f.year = \(conditions.bind(year))") }
        if let code { conditions.add("f.code = \(conditions.bind(code))") }
        return ListPlan(
            name: "festivals",
            columns: [
                ListColumn("year", "f.year", .integer), ListColumn("code", "f.code"), ListColumn("on", "f.day"),
                ListColumn("zh", "c.zh"), ListColumn("en", "c.en"),
            ],
            source: "festival f LEFT JOIN code_value c ON c.list_key = 'festival' AND c.code = f.code",
            conditions: conditions, order: ["f.day", "f.code"], paging: paging)
    }

    // MARK: Stating a year

    /// Replaces all festivals of a year.
    private static func put(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        try Query(call.request.head.query).finished()
        guard let year = Int(call.parameters[0]), years.contains(year), call.parameters[0].utf8.count == 4 else {
            throw Problem(.notFound)
        }
        let codes = call.register.codeLists
        var body = ObjectReader(try call.document().root)
        let stated = body.array("items", count: 1...countMax) { item in
            Festival(
                code: item.value("code", placeholder: "") { text throws(FieldError) in
                    try codes.known(text, in: .festival)
                },
                day: item.value("on", placeholder: .first, codes.days.day))
        }
        for (index, festival) in stated.enumerated() {
            let (day, code) = ("/items/\(index)/on", "/items/\(index)/code")
            if festival.day.year != year, body.isSound(day) { body.report(day, .otherYear) }
            if stated[..<index].contains(where: { $0.code == festival.code }), body.isSound(code) {
                body.report(code, .repeated)
            }
        }
        try body.finish()
        return { transaction in
            let before = try FestivalStore.festivals(of: year, transaction.connection)
            try FestivalStore.state(stated, of: year, over: before, transaction)
            var response = Response.json(before.isEmpty ? 201 : 200, json(year, stated, codes))
            if before.isEmpty { response.add("Location", "/v1/festivals?year=\(year)") }
            return response
        }
    }

    /// The year with its festivals, in the form of the list.
    private static func json(_ year: Int, _ festivals: [Festival], _ codes: CodeLists) -> [UInt8] {
        var json = JSONWriter(reserve: 1_024)
        json.object { json in
            json.key("year")
            json.integer(year)
            json.key("items")
            json.array { json in
                for festival in FestivalStore.inOrder(festivals) {
                    let words = codes[.festival]?.value(festival.code)
                    json.object { json in
                        json.key("year")
                        json.integer(year)
                        FestivalStore.write(festival, &json)
                        json.key("zh")
                        json.string(words?.chinese ?? "")
                        json.key("en")
                        json.string(words?.english ?? "")
                    }
                }
            }
        }
        return json.take()
    }
}

enum FestivalStore {
    /// In the order of days.
    static func festivals(of year: Int, _ connection: Connection) throws -> [Festival] {
        try connection.query("SELECT code, day FROM festival WHERE year = $1 ORDER BY day, code", year) {
            Festival(code: $0.text(0), day: try $0.date(1))
        }
    }

    /// Writes the festivals of a year that differ, and recounts the duties that depend on them.
    static func state(
        _ stated: [Festival], of year: Int, over before: [Festival], _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        let stated = inOrder(stated)
        let differing = Set(before).symmetricDifference(stated)
        guard let earliest = differing.map(\.day).min() else { return }
        try connection.run("DELETE FROM festival WHERE year = $1", year)
        for festival in stated {
            try connection.run(
                "INSERT INTO festival (code, year, day) VALUES ($1, $2, $3)", festival.code, year, festival.day)
        }
        // A year has no id of its own, so an id is made with the year in its last digits.
        let id = Identifier(high: 0x7000, low: 0x8000_0000_0000_0000 | UInt64(year))
        try transaction.audit(
            before.isEmpty ? "create" : "change", .festival, id, before: before.isEmpty ? nil : json(before),
            after: json(stated))
        try transaction.change(before.isEmpty ? .create : .change, .festival, id, version: 1, to: nil)
        transaction.contacts.touch(area: nil, from: earliest.adding(days: -OccasionCalendar.spanMax))
    }

    static func inOrder(_ festivals: [Festival]) -> [Festival] {
        festivals.sorted { ($0.day, $0.code) < ($1.day, $1.code) }
    }

    private static func json(_ festivals: [Festival]) -> [UInt8] {
        var json = JSONWriter(reserve: 512)
        json.array { json in for festival in inOrder(festivals) { json.object { write(festival, &$0) } } }
        return json.take()
    }

    /// The members that a festival has wherever it is shown.
    static func write(_ festival: Festival, _ json: inout JSONWriter) {
        json.key("code")
        json.string(festival.code)
        json.key("on")
        json.string(festival.day.description)
    }
}
