// Lists on the wire: a page as JSON with a cursor to the next, or the whole as CSV or NDJSON from one snapshot.

import Domain
import HTTP1
import SQL
import Web

/// The formats of a list.
enum ListFormat {
    /// What the caller accepts of JSON, CSV and NDJSON.
    ///
    /// - Throws: 406 when it is none of them.
    static func of(_ head: RequestHead) throws -> MediaType {
        guard let accept = head.string(.accept) else { return .json }
        guard let format = MediaType.negotiated(accept, [.json, .csv, .ndjson]) else { throw Problem(.notAcceptable) }
        return format
    }
}

package enum ListAnswer {
    /// One page as JSON.
    package static func page(_ plan: ListPlan, _ call: Call, _ connection: Connection) throws -> Response {
        let cursors = call.register.cursors
        let filter = try filter(call)
        let place = try plan.paging.place(in: plan.name, filter, cursors)
        let query = plan.rows(after: place, limit: plan.paging.limit + 1)
        var json = JSONWriter(reserve: 512 + plan.paging.limit * 256)
        json.beginObject()
        json.key("items")
        json.beginArray()
        var count = 0
        var last: [CursorPart] = []
        var next: String?
        let village = plan.villageColumn
        try connection.forEach(query.sql, values: query.values) { row in
            count += 1
            guard count <= plan.paging.limit else {
                next = cursors.seal(last, list: plan.name, filter: filter)
                return
            }
            if let village { try plan.villages?.enter(row, village) }
            json.beginObject()
            writeMembers(row, plan.columns, &json, plan.villages)
            json.endObject()
            if count == plan.paging.limit { last = plan.place(row) }
        }
        json.endArray()
        if let next {
            json.key("next")
            json.string(next)
        }
        if plan.paging.counts {
            let total = plan.count
            json.key("total")
            json.integer(try connection.first(total.sql, values: total.values) { $0.int(0) } ?? 0)
        }
        json.endObject()
        var response = Response.json(200, json.take())
        if let next { response.add("Link", "<\(link(call, next))>; rel=\"next\"") }
        return response
    }

    /// What a cursor is bound to: the request and the caller's range, but not the chosen plan, which may be a different
    /// one for the next page.
    package static func filter(_ call: Call) throws -> String {
        let paging = ["after", "limit", "count", "bom"]
        let parts = (call.request.head.query ?? []).split(separator: UInt8(ascii: "&"))
            .map { String(decoding: $0, as: UTF8.self) }
            .filter { part in !paging.contains { part.hasPrefix($0 + "=") } }
        let scope = try call.caller.scope
        let path = String(decoding: call.request.head.path, as: UTF8.self)
        return ([path, "\(scope.first)", "\(scope.last)"] + parts.sorted()).joined(separator: "\n")
    }

    /// The same address with another `after`.
    package static func link(_ call: Call, _ next: String) -> String {
        let path = String(decoding: call.request.head.path, as: UTF8.self)
        let query = call.request.head.query.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let kept = query.split(separator: "&").filter { !$0.hasPrefix("after=") }
        return path + "?" + (kept + ["after=\(next)"]).joined(separator: "&")
    }

    /// The whole list.
    package static func whole(_ plan: ListPlan, _ call: Call, _ connection: Connection) throws -> Response {
        let query = plan.rows(after: nil, limit: nil)
        let values = plan.columns.map(\.value)
        let village = plan.villageColumn
        return try WholeTable.answer(plan.name, plan.columns.map(\.heading), plan.paging, call) { table, sink in
            try connection.forEach(query.sql, values: query.values) { row in
                if let village { try plan.villages?.enter(row, village) }
                table.beginRow()
                for index in values.indices {
                    if case .village(let field) = values[index] {
                        table.text(plan.villages?.text(field) ?? "", index)
                    } else {
                        table.cell(row, index, values[index])
                    }
                }
                try table.endRow(to: sink)
            }
        }
    }

    package static func daysPast(_ row: borrowing Row, _ index: Int, _ day: CivilDate) -> Int {
        max(0, CivilDate(utf8: row.utf8(index)).map { day.days(since: $0) } ?? 0)
    }

    /// One item, without what is NULL.
    package static func write(_ row: borrowing Row, _ columns: [ListColumn], _ json: inout JSONWriter) {
        json.beginObject()
        writeMembers(row, columns, &json)
        json.endObject()
    }

    /// The members of an item that has others besides those of its row.
    ///
    /// - Parameter villages: with the village of the row, for columns about it.
    package static func writeMembers(
        _ row: borrowing Row, _ columns: [ListColumn], _ json: inout JSONWriter, _ villages: VillageNames? = nil
    ) {
        var object = ItemObject()
        for (index, column) in columns.enumerated() where !row.isNull(index) {
            object.enter(column.object, &json)
            json.key(column.name)
            if case .village(let field) = column.value {
                json.string(villages?.text(field) ?? "")
            } else {
                write(row, index, column.value, &json)
            }
        }
        object.enter(nil, &json)
    }

    /// A value that is not NULL.
    package static func write(_ row: borrowing Row, _ index: Int, _ value: ListValue, _ json: inout JSONWriter) {
        switch value {
        case .text: json.string(utf8: row.utf8(index))
        case .integer: json.integer(row.int64(index))
        case .boolean: json.boolean(row.bool(index))
        case .areaCode: json.areaCode(row.int64(index))
        case .identifier, .village: json.identifier(row, index)
        case .instant: json.string(Instant(milliseconds: row.int64(index)).description)
        case .json: json.raw(row.utf8(index))
        case .daysPast(let day): json.integer(daysPast(row, index, day))
        case .texts:
            json.beginArray()
            for text in row.utf8(index).split(separator: UInt8(ascii: ";")) {
                json.string(utf8: UnsafeBufferPointer(rebasing: text))
            }
            json.endArray()
        }
    }
}
