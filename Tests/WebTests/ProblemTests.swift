// Problem details on the wire, and the choice of their language.

import HTTP1
import Testing

@testable import Web

@Suite struct ProblemTests {
    @Test("a problem has the members of RFC 9457 in the language asked for")
    func encoded() {
        let errors = [FieldError(pointer: "/a", .required, zh: "必填", en: "needed")]
        let problem = Problem(.invalidBody, detail: Message(zh: "细节", en: "detail"), errors: errors)
        #expect(
            String(decoding: problem.encode(language: .en, instance: "/requests/7"), as: UTF8.self)
                == #"{"type":"/problems/invalid-body","title":"Fields of the body are not right","status":422,"#
                + #""detail":"detail","instance":"/requests/7","#
                + #""errors":[{"pointer":"/a","code":"required","detail":"needed"}]}"#
        )
        #expect(
            String(decoding: Problem(.notFound).encode(language: .zh), as: UTF8.self)
                == #"{"type":"/problems/not-found","title":"找不到","status":404}"#)
    }

    @Test("the answer carries type, language and the fields of the problem")
    func response() throws {
        let response = Problem.methodNotAllowed([.get, .head]).response(language: .zh)
        #expect(response.status == 405)
        let fields = String(decoding: response.fields, as: UTF8.self)
        for field in ["Content-Type: application/problem+json", "Content-Language: zh-CN", "Allow: GET, HEAD"] {
            #expect(fields.contains(field + "\r\n"))
        }
        guard case .bytes(let body) = response.body else {
            Issue.record("no body")
            return
        }
        #expect(try JSONDocument(body).root["status"]?.integer == 405)
    }

    @Test("slugs are unique and every kind is a client or server error")
    func catalogue() {
        let slugs = ProblemKind.web.map(\.slug)
        #expect(Set(slugs).count == slugs.count)
        #expect(ProblemKind.web.allSatisfy { (400...599).contains($0.status) })
        #expect(ProblemKind.refusal(status: 431).status == 431)
        #expect(ProblemKind.refusal(status: 499).status == 400)
    }

    @Test("a syntax error becomes 400 with its place")
    func syntax() throws {
        let error = try #require(throws: JSONSyntaxError.self) { try JSONDocument(Array("{\n]".utf8)) }
        let problem = Problem(error)
        #expect(problem.kind.status == 400)
        #expect(problem.detail?.en == "line 2, column 1: this character cannot stand here")
        #expect(problem.errors.map(\.code.slug) == ["unexpected-byte"])
    }

    @Test(
        "Accept-Language",
        arguments: [
            (nil, .zh), ("", .zh), ("en", .en), ("en-GB", .en), ("EN-us;q=0.5", .en), ("zh-CN,en;q=0.9", .zh),
            ("en;q=0.8,zh;q=0.9", .zh),
            ("fr", .zh), ("fr,en;q=0.1", .en), ("*", .zh), ("en;q=0", .zh), ("en,zh", .en), ("en;q=abc", .zh),
            ("en;q=1.001", .zh),
            (";;;,,,", .zh), ("zh-Hant;q=0.2, en;q=0.3", .en), ("en ; q=0.7 , zh;q=0.6", .en), ("english", .zh),
        ] as [(String?, Language)])
    func language(field: String?, expected: Language) {
        #expect(Language.preferred(field) == expected)
    }
}
