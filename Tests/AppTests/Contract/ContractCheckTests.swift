// The judge is judged: it must find what it is there to find. And answers that no handler makes keep to the contract.

import HTTP1
import Testing

@testable import App

@Suite("The check of answers against the contract")
struct ContractCheckTests {
    private static let me = """
        {"id":"0190f0aa-1111-7000-8000-000000000001","name":"甲","role":"auditor","areaCode":"990921000000",
        "areaName":"望禾县"}
        """

    private func violations(
        _ method: String, _ target: String, _ status: Int, _ type: String?, _ body: String = ""
    ) throws -> [String] {
        try Contract.shared.violations(method, target, status: status, contentType: type, body: Array(body.utf8))
    }

    @Test("a documented answer passes")
    func passes() throws {
        #expect(try violations("GET", "/v1/me", 200, "application/json", Self.me).isEmpty)
        #expect(try violations("HEAD", "/v1/me?", 200, "application/json").isEmpty)
        #expect(try violations("OPTIONS", "/v1/me", 204, nil).isEmpty)
        #expect(try violations("DELETE", "/v1/me", 405, "application/problem+json").isEmpty)
        #expect(try violations("GET", "/v1/nothing", 404, "application/problem+json").isEmpty)
        #expect(try violations("GET", "/v1/households?limit=1", 200, "text/csv; charset=utf-8; header=present").isEmpty)
        #expect(try violations("POST", "/v1/tokens/{id}/revoke", 204, nil).isEmpty)
    }

    @Test(
        "an undocumented answer is found",
        arguments: [
            ("GET", "/v1/me", 202, "application/json", me),
            ("GET", "/v1/me", 200, "text/html", me),
            ("GET", "/v1/me", 200, nil, ""),
            ("GET", "/v1/me", 200, "application/json", "{}"),
            ("GET", "/v1/me", 200, "application/json", "not JSON"),
            ("GET", "/v1/me", 200, "application/json", me.replacing("auditor", with: "king")),
            ("GET", "/v1/me", 200, "application/json", me.replacing("0190f0aa-", with: "")),
            ("GET", "/v1/me", 200, "application/json", me.replacing("990921000000", with: "99092100000")),
            ("GET", "/v1/me", 200, "application/json", me.replacing("{", with: #"{"secret":1,"#)),
            ("GET", "/v1/me", 404, "application/problem+json", ""),
            ("DELETE", "/v1/me", 200, "application/json", me),
            ("GET", "/v1/nothing", 200, "application/json", ""),
            ("OPTIONS", "/v1/me", 200, nil, ""),
            ("POST", "/v1/tokens/{id}/revoke", 204, "application/json", ""),
            (
                "GET", "/v1/me", 401, "application/problem+json",
                #"{"type":"/problems/not-found","title":"x","status":401}"#
            ),
        ] as [(String, String, Int, String?, String)])
    func finds(method: String, target: String, status: Int, type: String?, body: String) throws {
        #expect(try !violations(method, target, status, type, body).isEmpty)
    }

    @Test("a request that is refused before its body is read is answered like any other")
    func refusedBeforeTheBody() throws {
        let program = try ContractProgram()
        let lines =
            "PUT /v1/partners/0190f0aa-1111-7000-8000-000000000001 HTTP/1.1\r\nHost: a\r\nX-Request-ID: tablet-7\r\n"
        let head = try #require(RequestHead(Array((lines + "Content-Length: 2\r\n\r\n").utf8)))
        guard case .refuse(let response) = program.application.plan(head, loop: 0) else {
            Issue.record("nobody without a token sends a body")
            return
        }
        let fields = String(decoding: response.fields, as: UTF8.self)
        #expect(response.status == 401)
        #expect(fields.contains("X-Request-ID: tablet-7\r\n"))
        #expect(fields.contains("X-Content-Type-Options: nosniff\r\n"))
    }
}
