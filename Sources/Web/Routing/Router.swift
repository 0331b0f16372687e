// From a method and a raw path to an endpoint, without allocating.
//
// The table is built once and never changes. Deliberately no middleware, no wildcards over several segments, no
// optional parts: one pattern is one resource.

import HTTP1

/// One operation of the API.
public struct Route<Endpoint: Sendable>: Sendable {
    /// HEAD is answered by GET, and OPTIONS by the router's caller, unless a route names them itself.
    public let method: Method
    /// `/v1/households/{id}`: also the label in logs and metrics, where a path never stands.
    public let pattern: String
    /// The names in braces, in order.
    public let parameterNames: [String]
    /// What the caller attached.
    public let endpoint: Endpoint
}

/// Why a table of routes is refused when the program starts.
public enum RouteError: Error, Hashable, Sendable {
    /// Not `/`, and not `/` followed by segments that are plain text or one name in braces.
    case malformed(pattern: String)
    /// More parameters than `PathParameters.countMax`, or one name twice.
    case parameters(pattern: String)
    /// The same method and place occurs before, or the same place under other names.
    case conflict(pattern: String, with: String)
}

/// What a path and method lead to.
public enum RouteMatch<Endpoint: Sendable>: Sendable {
    /// The operation, and the values of its parameters.
    case found(Route<Endpoint>, PathParameters)
    /// OPTIONS on a place without an own route for it: 204 with these methods in `Allow`.
    case options(allow: [Method])
    /// The place exists, but not for this method: 405 with `Allow`.
    case methodNotAllowed(allow: [Method])
    /// No such place: 404.
    case notFound
    /// The path is no text: a broken escape, an escaped slash or control, not UTF-8. 400.
    case malformed
}

/// The table of all operations. Static segments win over parameters; where a static branch leads nowhere the parameter
/// beside it is tried.
public struct Router<Endpoint: Sendable>: Sendable {
    /// All operations in the order in which they were given.
    public let routes: [Route<Endpoint>]
    private let tree: RouteTree

    /// Builds the table; throws what is wrong with it.
    public init(_ entries: [(method: Method, pattern: String, endpoint: Endpoint)]) throws(RouteError) {
        var builder = RouteTreeBuilder()
        var routes: [Route<Endpoint>] = []
        for (number, entry) in entries.enumerated() {
            let names = try builder.add(entry.method, entry.pattern, route: number)
            routes.append(
                Route(method: entry.method, pattern: entry.pattern, parameterNames: names, endpoint: entry.endpoint))
        }
        self.routes = routes
        tree = builder.tree()
    }

    /// Finds the operation for a raw path (origin form, without query). Nothing is allocated unless the path has
    /// escapes.
    public func match(_ method: Method, _ path: ArraySlice<UInt8>) -> RouteMatch<Endpoint> {
        guard let path = PercentDecoding.path(path) else { return .malformed }
        guard let (place, parameters) = tree.find(path) else { return .notFound }
        if let route = tree.route(place, method) ?? (method == .head ? tree.route(place, .get) : nil) {
            return .found(routes[route], parameters)
        }
        let allow = tree.places[place].allow
        return method == .options ? .options(allow: allow) : .methodNotAllowed(allow: allow)
    }
}

/// The values of a route's parameters: ranges of the path, decoded to text only when asked.
public struct PathParameters: Sendable {
    /// The most parameters a pattern may have: they are kept in place, without an allocation.
    public static var countMax: Int { 4 }

    private let path: ArraySlice<UInt8>
    private var starts = SIMD4<Int32>()
    private var ends = SIMD4<Int32>()
    /// How many there are.
    public private(set) var count = 0

    init(_ path: ArraySlice<UInt8>) {
        self.path = path
    }

    /// The bytes of the parameter at `index`, escapes already replaced.
    public func bytes(_ index: Int) -> ArraySlice<UInt8> {
        precondition(index < count, "the route has fewer parameters")
        return path[path.startIndex + Int(starts[index])..<path.startIndex + Int(ends[index])]
    }

    /// The text of the parameter at `index`.
    public subscript(_ index: Int) -> String { String(decoding: bytes(index), as: UTF8.self) }

    mutating func append(_ range: Range<Int>) {
        starts[count] = Int32(truncatingIfNeeded: range.lowerBound)
        ends[count] = Int32(truncatingIfNeeded: range.upperBound)
        count += 1
    }

    mutating func removeLast() { count -= 1 }
}
