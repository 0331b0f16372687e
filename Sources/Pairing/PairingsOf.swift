// The pairings of one household and of one cadre: on a day, or all there ever were. Who answered for a household on a
// day is told for any day, as known now and as recorded at a time (R011, R050).

import Archive
import Domain
import HTTP1
import SQL
import Service
import Web

enum HouseholdPairings {
    /// With `on=` those who help on that day, each with the form of the pairing; else everybody who ever did.
    static func show(_ call: Call, _ connection: Connection) throws -> Response {
        let asked = try AskedTime(call)
        guard let head = try HouseholdView.head(call.id(), call.caller.scope, connection) else {
            throw Problem(.notFound)
        }
        var view = PairingView(
            day: asked.day ?? call.now.shanghaiDate, knownAt: asked.known?.milliseconds)
        let household = view.bind(head.number)
        if asked.day != nil { view.hold() }
        let columns = view.columns + (asked.day == nil ? [] : [view.formColumn])
        let marks = [
            ListColumn("responsible", "\(view.isResponsible) AND \(view.isActive("p")) AND \(view.isAble)", .boolean)
        ]
        var items: [[UInt8]] = []
        var responsible: [UInt8]?
        try view.forEach("household_number = \(household)", columns + marks, connection) { row, _ in
            var item = JSONWriter(reserve: 512)
            ListAnswer.write(row, columns, &item)
            let bytes = item.take()
            if row.bool(columns.count) { responsible = bytes }
            items.append(bytes)
        }
        var json = JSONWriter(reserve: 1_024)
        try json.object { json in
            json.key("householdId")
            json.string(try call.id().description)
            asked.write(&json)
            if let responsible {
                json.key("responsible")
                json.raw(responsible)
            }
            json.key("items")
            json.array { json in for item in items { json.raw(item) } }
        }
        return .json(200, json.take())
    }
}

enum CadrePairings {
    /// With `on=` whom they help on that day, else everybody whom they ever helped; of households that the caller sees.
    /// Quota and load are of all their households.
    static func show(_ call: Call, _ connection: Connection) throws -> Response {
        let asked = try AskedTime(call)
        let id = try call.id()
        let scope = try call.caller.scope
        _ = try CadreTable.rows.version(of: id, scope, connection)
        let day = asked.day ?? call.now.shanghaiDate
        var view = PairingView(day: day, knownAt: asked.known?.milliseconds)
        let cadre = view.bind(id)
        view.add("p.area_code BETWEEN \(view.bind(scope.first)) AND \(view.bind(scope.last))")
        if asked.day != nil { view.hold() }
        let columns = view.columns + (asked.day == nil ? [] : [view.formColumn])
        let extra = [ListColumn("villageId", "h.village_id", .identifier)]
        var liability = Liability()
        var json = JSONWriter(reserve: 2_048)
        json.beginObject()
        json.key("cadreId")
        json.string(id.description)
        json.key("cadreName")
        json.string(try connection.first("SELECT name FROM cadre WHERE id = $1", id) { $0.text(0) } ?? "")
        asked.write(&json)
        if asked.known == nil { try writeLoad(id, on: day, &json, connection) }
        json.key("items")
        json.beginArray()
        var ended: [(item: [UInt8], village: Identifier, end: CivilDate)] = []
        var items: [(item: [UInt8], ended: Int?)] = []
        let end = columns.firstIndex { "\($0.name)" == "to" } ?? 0
        let first = columns.firstIndex { "\($0.name)" == "from" } ?? 0
        try view.forEach("cadre_id = \(cadre)", columns + extra, connection) { row, _ in
            var item = JSONWriter(reserve: 512)
            item.beginObject()
            ListAnswer.writeMembers(row, columns, &item)
            item.endObject()
            let bytes = item.take()
            let last = try row.optionalDate(end)
            guard let last, last <= call.now.shanghaiDate, try row.date(first) < last else {
                return items.append((bytes, nil))
            }
            items.append((bytes, ended.count))
            ended.append((bytes, try row.identifier(columns.count), last))
        }
        for item in items {
            guard let index = item.ended else {
                json.raw(item.item)
                continue
            }
            let until = try liability.until(ended[index].end, in: ended[index].village, connection)
            json.raw(item.item.dropLast() + Array((until.map { ",\"liableTo\":\"\($0)\"}" } ?? "}").utf8))
        }
        json.endArray()
        json.endObject()
        return .json(200, json.take())
    }

    private static func writeLoad(
        _ id: Identifier, on day: CivilDate, _ json: inout JSONWriter, _ connection: Connection
    ) throws {
        let quota =
            try connection.first(
                """
                SELECT quota FROM cadre_capacity WHERE cadre_id = $1 AND valid_from <= $2
                    AND (valid_to IS NULL OR valid_to > $2)
                """, id, day
            ) { $0.int(0) } ?? 0
        let load =
            try connection.first(
                "SELECT count(*) FROM pairing p WHERE p.cadre_id = $1 AND \(DayInterval.holds("p", on: "$2"))", id,
                day
            ) { $0.int(0) } ?? 0
        json.key("quota")
        json.integer(quota)
        json.key("load")
        json.integer(load)
        json.key("below")
        json.boolean(load < quota)
        json.key("above")
        json.boolean(load > quota)
    }
}

extension AskedTime {
    /// Says in the answer what was asked for.
    fileprivate func write(_ json: inout JSONWriter) {
        if let day {
            json.key("on")
            json.string(day.description)
        }
        if let known {
            json.key("knownAt")
            json.string(known.description)
        }
    }
}
