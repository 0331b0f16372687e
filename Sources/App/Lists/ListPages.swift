// Lists whose order no index walk gives and no single query says: they bring their items themselves, and look on the
// wire like every other list.

import Domain
import HTTP1
import SQL
import Web

/// A list as somebody asked for it, in the forms in which lists are answered.
protocol ListPages {
    /// One page as JSON: `items`, `next`, `total`.
    func page(_ call: Call, _ connection: Connection) throws -> Response
    /// The whole as CSV or NDJSON, as the request accepts it.
    func whole(_ call: Call, _ connection: Connection) throws -> Response
}

/// A value of an item.
enum ListCell {
    case text(String)
    case integer(Int64)
    case boolean(Bool)
    case areaCode(Int64)
    case none
}

/// Writes items whose members all have a name, in one order.
struct ListWriting {
    /// The list's name: bound into its cursors, and the name of a downloaded file.
    let name: String
    let members: [StaticString]

    func write(_ cells: [ListCell], _ json: inout JSONWriter) {
        json.beginObject()
        for (member, cell) in zip(members, cells) {
            if case .none = cell { continue }
            json.key(member)
            switch cell {
            case .text(let text): json.string(text)
            case .integer(let number): json.integer(number)
            case .boolean(let flag): json.boolean(flag)
            case .areaCode(let code): json.areaCode(code)
            case .none: break
            }
        }
        json.endObject()
    }

    /// A page.
    ///
    /// - Parameters:
    ///   - place: of the last item, where there are more.
    ///   - total: of all pages, where it was asked for.
    ///   - members: writes what the page says besides.
    func page(
        _ items: [[ListCell]], place: [CursorPart]?, total: Int?, _ call: Call,
        members: (inout JSONWriter) -> Void = { _ in }
    ) throws -> Response {
        var json = JSONWriter(reserve: 512 + items.count * 256)
        let next = try place.map { call.register.cursors.seal($0, list: name, filter: try ListAnswer.filter(call)) }
        json.object { json in
            json.key("items")
            json.array { json in for cells in items { write(cells, &json) } }
            if let next {
                json.key("next")
                json.string(next)
            }
            if let total {
                json.key("total")
                json.integer(total)
            }
            members(&json)
        }
        var response = Response.json(200, json.take())
        if let next { response.add("Link", "<\(ListAnswer.link(call, next))>; rel=\"next\"") }
        return response
    }

    /// The place of a cursor of this list.
    func place(_ paging: Paging, _ call: Call) throws -> [CursorPart]? {
        try paging.place(in: name, ListAnswer.filter(call), call.register.cursors)
    }

    /// Bytes gathered before they are written to the file.
    private static let chunkBytes = 64 << 10

    /// The whole list in a file.
    ///
    /// - Parameter forEach: hands over one item after another.
    func whole(_ paging: Paging, _ call: Call, forEach: (([ListCell]) throws -> Void) throws -> Void) throws -> Response
    {
        let format = try ListFormat.of(call.request.head)
        let file = try SpoolFile(directory: call.register.directory.spool)
        if format == .csv {
            var csv = CSVWriter(byteOrderMark: paging.marksCSV)
            for member in members { csv.text("\(member)") }
            csv.endRow()
            try forEach { cells in
                for cell in cells { Self.write(cell, &csv) }
                csv.endRow()
                if csv.byteCount >= Self.chunkBytes { try file.append(csv.take()) }
            }
            try file.append(csv.take())
        } else {
            var trailer = NDJSONTrailer()
            var json = JSONWriter(reserve: Self.chunkBytes + 4_096)
            var lines = 0
            func flush() throws {
                let bytes = json.take()
                trailer.add(bytes, lines: lines)
                lines = 0
                try file.append(bytes)
            }
            try forEach { cells in
                write(cells, &json)
                json.newline()
                lines += 1
                if json.byteCount >= Self.chunkBytes { try flush() }
            }
            try flush()
            try file.append(trailer.line())
        }
        var response = Response(status: 200)
        response.add("Content-Type", format.fieldValue)
        response.add("Content-Disposition", "attachment; filename=\"\(name).\(format == .csv ? "csv" : "ndjson")\"")
        response.add("Cache-Control", "no-store")
        response.compressible = true
        response.body = .file(file)
        return response
    }

    private static func write(_ cell: ListCell, _ csv: inout CSVWriter) {
        switch cell {
        case .text(let text): csv.text(text)
        case .integer(let number), .areaCode(let number): csv.integer(Int(number))
        case .boolean(let flag): csv.text(flag ? "true" : "false")
        case .none: csv.empty()
        }
    }
}
