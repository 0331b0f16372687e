// One kind of record that has a path: how one is made and changed, what of it is wrong, and whose it is. What every
// kind has in common (who may, what is answered to whom) is no part of a row: it follows from the table of routes and
// from the contract.

import HTTP1

@testable import App
@testable import Web

/// A request that makes a record or changes one.
struct Writing: Sendable {
    let method: HTTP1.Method
    /// As in the table of routes.
    let route: String
    /// Nil for one without a body.
    let body: JSON?
    /// The status when all is in order.
    let status: Int
    /// Bodies that break a rule, and what they are refused with.
    let broken: [Refusal]
}

/// A body that is in itself in order, and is refused all the same.
struct Refusal: Sendable {
    let body: JSON
    let status: Int
    /// Pointers with codes, or the kind of problem where no field is named.
    let says: [String]
}

extension Answer {
    /// What a refusal names: its fields, or else its kind.
    var says: [String] { errors.isEmpty ? [problem].compactMap(\.self) : errors }
}

struct ResourceRow: Sendable, CustomStringConvertible {
    /// As in the table of routes, of the record that the row is about.
    let route: String
    /// The values of the route's parameters, in order.
    let ids: @Sendable (County) throws -> [String]
    /// What makes the record; nil for one that is there already.
    var new: Writing?
    /// What changes it.
    var change: Writing?
    /// Where it is read; nil for what has a list alone.
    var shown: String?
    /// Where it is listed; nil for what only stands alone.
    var list: String?
    /// By which an item of the list is known, with their names in the record.
    var keys: [(item: String, record: String)] = [("id", "id")]

    /// The same record in an area that is not the caller's, and what is said of that.
    var outside: [Refusal] = []
    /// Other contents that a stranger sends under the id of a record.
    var others: [JSON] = []
    /// The id under which strangers send it, where it hangs below something of their own.
    var strangersIds: [String]?
    /// What strangers are told who send anything under its id; nil where it is as much theirs as anybody's.
    var stranger: (status: Int, says: String)? = (409, "id-reused")
    /// Everybody may read it, wherever they are.
    var isEverybodys = false
    /// Another content under its id is refused, and kept for a person.
    var keepsOthers = false
    /// What is sent again replaces what was there, and is written of: there is no other content.
    var replaces = false
    /// Fields that are judged only where the others are in order: what they may hold is said there.
    var dependent: Set<String> = []
    /// What is shown of it changes without a change of its own: words for that, and how.
    var shows: [(words: String, change: @Sendable (County) throws -> Void)] = []

    var description: String { new.map { "\($0.method.name) \($0.route)" } ?? route }

    /// - Parameter ids: the values of the route's parameters.
    init(_ route: String, _ ids: String..., new: JSON? = nil, status: Int = 201, broken: [Refusal] = []) {
        self.init(route, find: { _ in ids }, new: new, status: status, broken: broken)
    }

    /// A record whose id the service gave.
    init(
        _ route: String, find ids: @escaping @Sendable (County) throws -> [String], new: JSON? = nil, status: Int = 201,
        broken: [Refusal] = []
    ) {
        self.route = route
        self.ids = ids
        self.new = new.map { Writing(method: .put, route: route, body: $0, status: status, broken: broken) }
        shown = route
        list = route.hasSuffix("}") ? route.split(separator: "/").dropLast().map { "/" + $0 }.joined() : nil
    }

    // MARK: What a row says further

    func changed(_ body: JSON, broken: [Refusal] = []) -> ResourceRow {
        with { $0.change = Writing(method: .patch, route: route, body: body, status: 200, broken: broken) }
    }

    /// Made by a POST instead.
    func posted(_ route: String, _ body: JSON?, status: Int, broken: [Refusal] = []) -> ResourceRow {
        with { $0.new = Writing(method: .post, route: route, body: body, status: status, broken: broken) }
    }

    func outside(_ body: JSON, _ says: String..., status: Int = 422) -> ResourceRow {
        with { $0.outside.append(Refusal(body: body, status: status, says: says)) }
    }

    func others(_ bodies: JSON...) -> ResourceRow { with { $0.others = bodies } }

    func stranger(_ status: Int, _ says: String) -> ResourceRow { with { $0.stranger = (status, says) } }

    func everybodys() -> ResourceRow {
        with {
            $0.stranger = nil
            $0.isEverybodys = true
        }
    }

    func replacing() -> ResourceRow { with { $0.replaces = true } }

    func shown(at path: String?) -> ResourceRow { with { $0.shown = path } }

    /// - Parameter keys: `item`, or `item=record` where the record has another name for it.
    func listed(at path: String?, by keys: String...) -> ResourceRow {
        with { row in
            row.list = path
            guard !keys.isEmpty else { return }
            row.keys = keys.map { key in
                let names = key.split(separator: "=").map(String.init)
                return (names[0], names.last ?? names[0])
            }
        }
    }

    func showing(_ words: String, _ change: @escaping @Sendable (County) throws -> Void) -> ResourceRow {
        with { $0.shows.append((words, change)) }
    }

    func with(_ change: (inout ResourceRow) -> Void) -> ResourceRow {
        var row = self
        change(&row)
        return row
    }

    // MARK: Paths

    /// The path of a route with the row's ids.
    func path(of route: String, _ county: County) throws -> String { Self.path(of: route, try ids(county)) }

    static func path(of route: String, _ ids: [String]) -> String {
        var left = ids[...]
        return route.split(separator: "/").map { "/" + ($0.hasPrefix("{") ? left.popFirst() ?? "" : String($0)) }
            .joined()
    }
}

extension Refusal {
    init(_ body: JSON, _ says: String..., status: Int = 422) {
        self.init(body: body, status: status, says: says)
    }
}
