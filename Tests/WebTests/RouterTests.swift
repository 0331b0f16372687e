// Which path leads where, and which table is refused.

import HTTP1
import Testing

@testable import Web

@Suite struct RouterTests {
    private let router: Router<Int>

    init() throws {
        router = try Router([
            (.get, "/", 0), (.get, "/v1/households", 1), (.post, "/v1/households", 2), (.get, "/v1/households/{id}", 3),
            (.put, "/v1/households/{id}", 4), (.get, "/v1/households/export", 5),
            (.delete, "/v1/households/{id}/members/{member}", 6),
            (.head, "/healthz", 7), (.options, "/healthz", 8), (.post, "/v1/households/{household}/notes", 9),
        ])
    }

    private func describe(_ method: Method, _ path: String) -> String {
        switch router.match(method, Array(path.utf8)[...]) {
        case .found(let route, let parameters):
            ([String(route.endpoint)] + (0..<parameters.count).map { "\(route.parameterNames[$0])=\(parameters[$0])" })
                .joined(separator: " ")
        case .options(let allow): "options " + Problem.allowValue(allow)
        case .methodNotAllowed(let allow): "405 " + Problem.allowValue(allow)
        case .notFound: "404"
        case .malformed: "400"
        }
    }

    @Test(
        "paths and methods",
        arguments: [
            (.get, "/", "0"), (.get, "/v1/households", "1"), (.head, "/v1/households", "1"),
            (.post, "/v1/households", "2"),
            (.get, "/v1/households/7", "3 id=7"), (.put, "/v1/households/7", "4 id=7"),
            (.get, "/v1/households/export", "5"),
            (.put, "/v1/households/export", "405 GET, HEAD, OPTIONS"),
            (.delete, "/v1/households/export/members/m", "6 id=export member=m"),
            (.post, "/v1/households/7/notes", "9 household=7"), (.head, "/healthz", "7"), (.options, "/healthz", "8"),
            (.get, "/healthz", "405 HEAD, OPTIONS"), (.options, "/v1/households", "options GET, HEAD, POST, OPTIONS"),
            (.patch, "/v1/households/7", "405 GET, HEAD, PUT, OPTIONS"), (.trace, "/", "405 GET, HEAD, OPTIONS"),
            (.get, "/v1", "404"), (.get, "/v1/households/", "404"), (.get, "//", "404"),
            (.get, "/v1//households", "404"),
            (.get, "/v1/Households", "404"), (.get, "/v1/households/7/", "404"), (.get, "/v1/households/.", "404"),
            (.get, "/v1/households/..", "404"), (.get, "/v1/households/%2e%2e", "404"), (.get, "", "404"),
            (.get, "*", "404"),
            (.get, "/../../etc/passwd", "404"), (.get, "/v1/households/7/members/8/9", "404"),
            (.get, "/v1/households/%E6%9D%91", "3 id=村"), (.get, "/%761/house%68olds/a%20b", "3 id=a b"),
            (.get, "/v1/households/%2F", "400"), (.get, "/v1/households%2f7", "400"),
            (.get, "/v1/households/%00", "400"),
            (.get, "/v1/households/%0a", "400"), (.get, "/v1/households/%", "400"), (.get, "/v1/households/%4", "400"),
            (.get, "/v1/households/%zz", "400"), (.get, "/v1/households/%c0%ae", "400"),
            (.get, "/v1/households/%ff", "400"),
        ] as [(Method, String, String)])
    func matches(method: Method, path: String, expected: String) {
        #expect(describe(method, path) == expected)
    }

    @Test("every method that the engine knows is answered at every place, the last one in the table too")
    func everyMethod() {
        let paths = router.routes.map { $0.pattern.replacing("{", with: "").replacing("}", with: "") }
        for method in Method.allCases {
            for (route, path) in zip(router.routes, paths) {
                let taken = router.routes.contains { $0.pattern == route.pattern && $0.method == method }
                let headOfGet =
                    method == .head && router.routes.contains { $0.pattern == route.pattern && $0.method == .get }
                if !taken && !headOfGet && method != .options {
                    #expect(describe(method, path).hasPrefix("405 "), "\(method.name) \(path)")
                }
            }
        }
    }

    @Test("a path may be a slice of a larger buffer")
    func slices() {
        let bytes = Array("GET /v1/households/abc HTTP".utf8)
        guard case .found(let route, let parameters) = router.match(.get, bytes[4..<22]) else {
            Issue.record("not found")
            return
        }
        #expect(route.pattern == "/v1/households/{id}")
        #expect(parameters[0] == "abc")
        #expect(Array(parameters.bytes(0)) == Array("abc".utf8))
    }

    @Test(
        "a table that says two things is refused",
        arguments: [
            (["/a", "/a"], .conflict(pattern: "/a", with: "/a")),
            (["/a/{x}", "/a/{y}"], .conflict(pattern: "/a/{y}", with: "/a/{x}")),
            (["a"], .malformed(pattern: "a")), ([""], .malformed(pattern: "")), (["/a/"], .malformed(pattern: "/a/")),
            (["/a//b"], .malformed(pattern: "/a//b")), (["/{a"], .malformed(pattern: "/{a")),
            (["/{}"], .malformed(pattern: "/{}")),
            (["/x{a}"], .malformed(pattern: "/x{a}")), (["/a b"], .malformed(pattern: "/a b")),
            (["/.."], .malformed(pattern: "/..")),
            (["/{a}/{a}"], .parameters(pattern: "/{a}/{a}")),
            (["/{a}/{b}/{c}/{d}/{e}"], .parameters(pattern: "/{a}/{b}/{c}/{d}/{e}")),
        ] as [([String], RouteError)])
    func refused(patterns: [String], error: RouteError) {
        #expect(throws: error) { try Router(patterns.map { (method: Method.get, pattern: $0, endpoint: 0) }) }
    }

    @Test("the routes are listed for the contract")
    func listed() {
        #expect(router.routes.count == 10)
        #expect(router.routes[6].parameterNames == ["id", "member"])
    }
}
