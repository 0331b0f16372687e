// Pages of other origins in browsers: which are let in, what they may ask, send and read.

import Testing

@testable import Service

@Suite("Pages of other origins")
struct CrossOriginTests {
    private static let office = "https://office.example"

    private func county() throws -> County {
        try County(origins: AllowedOrigins([Self.office, "http://10.1.2.3:3000"]))
    }

    /// The names of all lines of a field together.
    private func names(_ field: String, _ answer: Answer) -> [String] {
        answer.fields.filter { $0.name == field }.flatMap { $0.value.split(separator: ",") }.map {
            $0.drop(while: { $0 == " " }).lowercased()
        }
    }

    @Test("a page of a named origin may read answers of every kind, and those fields that it needs")
    func named() throws {
        let county = try county()
        try county.make(1, Sample.household("H1"))
        let session = try county.as(.administrator)
        let nobody = try county.with(token: nil)
        for origin in [Self.office, "http://10.1.2.3:3000"] {
            let answers = try [
                session.get("/v1/households/\(Sample.id(1))", ["Origin": origin]),
                session.get("/v1/households/\(Sample.id(2))", ["Origin": origin]),
                session.get("/v1/households", ["Origin": origin, "Accept": "text/csv"]),
                session.get("/v1/nothing", ["Origin": origin]), nobody.get("/v1/me", ["Origin": origin]),
            ]
            #expect(answers.map(\.status) == [200, 404, 200, 404, 401])
            for answer in answers {
                #expect(answer["access-control-allow-origin"] == origin)
                #expect(answer["access-control-allow-credentials"] == nil)
                #expect(names("vary", answer).contains("origin"))
                let exposed = names("access-control-expose-headers", answer)
                for name in ["etag", "link", "location", "retry-after", "x-request-id", "content-disposition"] {
                    #expect(exposed.contains(name))
                }
            }
        }
    }

    @Test("a page of another origin is answered without leave to read, and caches keep the two apart")
    func others() throws {
        let county = try county()
        let session = try county.as(.administrator)
        for origin in ["https://other.example", "https://office.example:8443", "http://office.example", "null", "*"] {
            let answer = try session.get("/v1/me", ["Origin": origin])
            #expect(answer.status == 200)
            #expect(answer["access-control-allow-origin"] == nil, "\(origin)")
            #expect(names("vary", answer).contains("origin"))
        }
        #expect(names("vary", try session.get("/v1/me")).contains("origin"))
    }

    @Test("a browser that asks beforehand is told methods and fields; one of another origin is told nothing")
    func preflight() throws {
        let county = try county()
        let nobody = try county.with(token: nil)
        let path = "/v1/households/\(Sample.id(1))"
        func ask(_ origin: String) throws -> Answer {
            try nobody.send(
                "OPTIONS", path,
                [
                    "Origin": origin, "Access-Control-Request-Method": "PATCH",
                    "Access-Control-Request-Headers": "authorization,if-match",
                ])
        }
        let answer = try ask(Self.office)
        #expect(answer.status == 204)
        #expect(answer["access-control-allow-origin"] == Self.office)
        #expect(names("access-control-allow-methods", answer).contains("patch"))
        for name in [
            "authorization", "content-type", "content-encoding", "if-match", "if-none-match", "idempotency-key",
        ] {
            #expect(names("access-control-allow-headers", answer).contains(name))
        }
        #expect(answer["access-control-max-age"] == "600")
        #expect(names("vary", answer).contains("access-control-request-method"))
        #expect(names("vary", answer).contains("origin"))
        let other = try ask("https://other.example")
        #expect(other.status == 204)
        #expect(other["allow"] != nil)
        #expect(!other.fields.contains { $0.name.hasPrefix("access-control-") })
        // OPTIONS for other purposes.
        let plain = try nobody.send("OPTIONS", path, ["Origin": Self.office])
        #expect(plain["access-control-allow-methods"] == nil)
    }

    @Test("without the option nothing is said of origins")
    func none() throws {
        let county = try County()
        let answer = try county.as(.administrator).get("/v1/me", ["Origin": Self.office])
        #expect(!answer.fields.contains { $0.name.hasPrefix("access-control-") })
        #expect(!names("vary", answer).contains("origin"))
    }

    @Test(
        "origins as browsers write them are taken",
        arguments: [
            "https://office.example", "http://localhost", "http://localhost:3000", "http://10.1.2.3:8080",
            "https://[2001:db8::1]", "https://[2001:db8::1]:8443", "https://xn--fiq228c.example", "http://a-b.c1:443",
        ])
    func taken(_ text: String) throws {
        #expect(try AllowedOrigins([text]).contains(text))
    }

    @Test(
        "what no browser would ever send, or would let everybody in, is refused in words that name it",
        arguments: [
            "", "*", "null", "office.example", "https://", "https://*.office.example", "https://office.example/",
            "https://office.example/app", "https://office.example?x", "https://office.example#x",
            "ftp://office.example",
            "HTTPS://office.example", "https://Office.example", "https://me@office.example",
            "https://office.example:443",
            "http://office.example:80", "https://office.example:", "https://office.example:0", "https://a:65536",
            "https://a:+1", "https://a:08", "https://a..b", "https://-a", "https://a b", "https://办公.example",
            "https://[::1", "https://::1", "https://a, https://b", "https://a\r\nX: y",
        ])
    func refused(_ text: String) throws {
        let error = try #require(throws: OriginError.self) { try AllowedOrigins(["https://office.example", text]) }
        #expect(error.description.hasPrefix(text))
    }
}
