// The tree of path segments behind the router, flat so that a match touches three arrays and counts no references.

import Glibc
import HTTP1

/// A finished tree. A node is a place; an edge is a static segment below it.
struct RouteTree: Sendable {
    struct Edge: Sendable {
        var nameStart: Int
        var nameEnd: Int
        var child: Int
    }

    struct Node: Sendable {
        var edges = 0..<0
        /// The node behind `{name}`, or -1.
        var parameter = -1
        /// The place among `places`, or -1 if no pattern ends here.
        var place = -1
    }

    struct Place: Sendable {
        var pattern: String
        var allow: [Method] = []
    }

    static let methodCount = Method.allCases.count

    var nodes: [Node]
    var edges: [Edge]
    var names: [UInt8]
    var places: [Place]
    /// Route numbers by place and method, `methodCount` for each place; -1 where there is none.
    var routes: [Int]

    func route(_ place: Int, _ method: Method) -> Int? {
        let route = routes[place * Self.methodCount + Int(method.rawValue)]
        return route < 0 ? nil : route
    }

    /// The place at `path` and the parameters on the way. Empty segments and the dot segments never match a parameter.
    func find(_ path: ArraySlice<UInt8>) -> (place: Int, PathParameters)? {
        guard path.first == UInt8(ascii: "/"), path.endIndex <= Int(Int32.max) else { return nil }
        var parameters = PathParameters(path)
        let place = path.withUnsafeBufferPointer { bytes in
            bytes.count == 1 ? nodes[0].place : find(bytes, from: 1, node: 0, &parameters)
        }
        return place < 0 ? nil : (place, parameters)
    }

    /// Follows the segment that begins at `start`. Recursion is as deep as the deepest pattern.
    private func find(
        _ path: UnsafeBufferPointer<UInt8>, from start: Int, node: Int, _ parameters: inout PathParameters
    ) -> Int {
        var end = start
        while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
        let segment = UnsafeBufferPointer(rebasing: path[start..<end])
        let child = child(of: node, named: segment)
        if child >= 0 {
            let place = arrive(path, at: end, node: child, &parameters)
            if place >= 0 { return place }
        }
        let parameter = nodes[node].parameter
        if parameter < 0 || segment.isEmpty || Self.isDots(segment) { return -1 }
        parameters.append(start..<end)
        let place = arrive(path, at: end, node: parameter, &parameters)
        if place < 0 { parameters.removeLast() }
        return place
    }

    private func arrive(
        _ path: UnsafeBufferPointer<UInt8>, at end: Int, node: Int, _ parameters: inout PathParameters
    ) -> Int {
        end == path.count ? nodes[node].place : find(path, from: end + 1, node: node, &parameters)
    }

    /// The node behind a static segment, or -1. A resource tree is a few dozen wide, and most names differ in length.
    private func child(of node: Int, named segment: UnsafeBufferPointer<UInt8>) -> Int {
        guard let wanted = segment.baseAddress else { return -1 }
        return names.withUnsafeBufferPointer { names in
            for index in nodes[node].edges {
                let edge = edges[index]
                if edge.nameEnd - edge.nameStart == segment.count, let name = names.baseAddress,
                    memcmp(name + edge.nameStart, wanted, segment.count) == 0
                {
                    return edge.child
                }
            }
            return -1
        }
    }

    private static func isDots(_ segment: UnsafeBufferPointer<UInt8>) -> Bool {
        segment.count <= 2 && segment.allSatisfy { $0 == UInt8(ascii: ".") }
    }
}

/// Collects the patterns.
struct RouteTreeBuilder {
    private struct Branch {
        var statics: [(name: [UInt8], child: Int)] = []
        var parameter = -1
        var place = -1
    }

    private enum Segment {
        case text([UInt8])
        case parameter(String)
    }

    private var branches = [Branch()]
    private var places: [RouteTree.Place] = []
    private var routes: [Int] = []

    /// Adds one pattern and returns the names of its parameters.
    mutating func add(_ method: Method, _ pattern: String, route: Int) throws(RouteError) -> [String] {
        var node = 0
        var names: [String] = []
        for segment in try Self.segments(pattern) {
            switch segment {
            case .text(let name): node = child(of: node, named: name)
            case .parameter(let name):
                if names.contains(name) || names.count == PathParameters.countMax {
                    throw .parameters(pattern: pattern)
                }
                names.append(name)
                node = parameter(of: node)
            }
        }
        if branches[node].place < 0 {
            branches[node].place = places.count
            places.append(RouteTree.Place(pattern: pattern))
            routes += repeatElement(-1, count: RouteTree.methodCount)
        }
        let place = branches[node].place
        let slot = place * RouteTree.methodCount + Int(method.rawValue)
        if places[place].pattern != pattern || routes[slot] >= 0 {
            throw .conflict(pattern: pattern, with: places[place].pattern)
        }
        routes[slot] = route
        return names
    }

    private mutating func child(of node: Int, named name: [UInt8]) -> Int {
        if let found = branches[node].statics.first(where: { $0.name == name }) { return found.child }
        branches.append(Branch())
        branches[node].statics.append((name, branches.count - 1))
        return branches.count - 1
    }

    private mutating func parameter(of node: Int) -> Int {
        if branches[node].parameter < 0 {
            branches.append(Branch())
            branches[node].parameter = branches.count - 1
        }
        return branches[node].parameter
    }

    private static func segments(_ pattern: String) throws(RouteError) -> [Segment] {
        guard pattern.hasPrefix("/") else { throw .malformed(pattern: pattern) }
        if pattern == "/" { return [] }
        var segments: [Segment] = []
        for text in pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            if text.hasPrefix("{"), text.hasSuffix("}"), isName(text.dropFirst().dropLast()) {
                segments.append(.parameter(String(text.dropFirst().dropLast())))
            } else if !text.isEmpty, text != ".", text != "..", text.utf8.allSatisfy(isPlain) {
                segments.append(.text(Array(text.utf8)))
            } else {
                throw .malformed(pattern: pattern)
            }
        }
        return segments
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0.isDigit || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
    }

    /// Unreserved characters (RFC 3986 2.3): what never needs an escape.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte.isDigit || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || "-._~".utf8.contains(byte)
    }

    /// The finished tree.
    func tree() -> RouteTree {
        var tree = RouteTree(nodes: [], edges: [], names: [], places: places, routes: routes)
        for branch in branches {
            let first = tree.edges.count
            for (name, child) in branch.statics {
                let start = tree.names.count
                tree.names += name
                tree.edges.append(RouteTree.Edge(nameStart: start, nameEnd: tree.names.count, child: child))
            }
            tree.nodes.append(
                RouteTree.Node(edges: first..<tree.edges.count, parameter: branch.parameter, place: branch.place))
        }
        for place in tree.places.indices { tree.places[place].allow = Self.allow(tree, place) }
        return tree
    }

    /// HEAD comes with GET, and OPTIONS always.
    private static func allow(_ tree: RouteTree, _ place: Int) -> [Method] {
        Method.allCases.filter { method in
            tree.route(place, method) != nil || method == .options
                || method == .head && tree.route(place, .get) != nil
        }
    }
}
