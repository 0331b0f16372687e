// Lists whose order comes from neither an index walk nor a single query: they supply their items themselves, and look
// like every other list on the wire.

import Domain
import HTTP1
import SQL
import Web

/// A list as requested, in the forms in which lists are answered.
package protocol ListPages {
    /// One page as JSON: `items`, `next`, `total`.
    func page(_ call: Call, _ connection: Connection) throws -> Response
    /// The whole as CSV or NDJSON, as the request accepts it.
    func whole(_ call: Call, _ connection: Connection) throws -> Response
}

/// A value of an item.
package enum ListCell {
    case text(String)
    case integer(Int64)
    case boolean(Bool)
    case areaCode(Int64)
    case none

    /// The value; writes nothing for nil.
    package func write(_ json: inout JSONWriter) {
        switch self {
        case .text(let text): json.string(text)
        case .integer(let number): json.integer(number)
        case .boolean(let flag): json.boolean(flag)
        case .areaCode(let code): json.areaCode(code)
        case .none: break
        }
    }
}

/// Writes items as named members, always in the same order.
package struct ListWriting {
    /// The list's name: bound into its cursors, and the name of a downloaded file.
    package let name: String
    package let members: [StaticString]

    package init(name: String, members: [StaticString]) {
        self.name = name
        self.members = members
    }

    package func write(_ cells: [ListCell], _ json: inout JSONWriter) {
        json.beginObject()
        for (member, cell) in zip(members, cells) {
            if case .none = cell { continue }
            json.key(member)
            cell.write(&json)
        }
        json.endObject()
    }

    /// A page.
    ///
    /// - Parameters:
    ///   - place: of the last item, if there are more.
    ///   - total: of all pages, if it was asked for.
    ///   - members: writes what else the page contains.
    package func page(
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
    package func place(_ paging: Paging, _ call: Call) throws -> [CursorPart]? {
        try paging.place(in: name, ListAnswer.filter(call), call.register.cursors)
    }

    /// The whole list in a file.
    ///
    /// - Parameter forEach: hands over one item after another.
    package func whole(_ paging: Paging, _ call: Call, forEach: (([ListCell]) throws -> Void) throws -> Void) throws
        -> Response
    {
        try WholeTable.answer(name, members.map { "\($0)" }, paging, call) { table, sink in
            try forEach { cells in
                table.beginRow()
                for (index, cell) in cells.enumerated() { table.cell(cell, index) }
                try table.endRow(to: sink)
            }
        }
    }
}
