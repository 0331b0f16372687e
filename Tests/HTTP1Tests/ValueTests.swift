// Dates, conditional requests, escapes, addresses, content coding and the header writer: functions of their arguments.

import Testing

@testable import HTTP1

func parsedHead(_ fields: String, method: String = "GET") throws -> RequestHead {
    let bytes = Array("\(method) /x HTTP/1.1\r\nHost: a\r\n\(fields)\r\n".utf8)
    return try #require(RequestHead(bytes))
}

@Suite("Dates")
struct DateTests {
    @Test(
        "an HTTP date is IMF-fixdate",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"), (.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ])
    func written(_ seconds: Int, _ text: String) {
        #expect(httpDate(seconds) == text)
    }

    @Test("days of 400 years are written and read back")
    func roundTrip() {
        for day in stride(from: -62_091, through: 84_006, by: 5) {
            let seconds = day * 86_400 + 86_399
            #expect(httpDateSeconds(Array(httpDate(seconds).utf8)[...], now: 0) == seconds)
        }
    }

    @Test(
        "all three formats are read, and what is no date is none",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Sun Nov 16 08:49:37 1994", 784_975_777),
            ("Sun, 06 Nov 1994 08:49:37", nil), ("Sun, 31 Feb 2026 00:00:00 GMT", nil), ("yesterday", nil),
            ("Sun, 29 Feb 2100 00:00:00 GMT", nil), ("Sun, 06 Nov 1994 24:00:00 GMT", nil),
            ("Sun, 00 Nov 1994 08:49:37 GMT", nil), ("Sun, -6 Nov 1994 08:49:37 GMT", nil), ("", nil),
            ("Sun, 06 nov 1994 08:49:37 GMT", nil), ("xxxxxxxxxxxxxxxxxxxxxxxxxxxxx", nil),
        ] as [(String, Int?)])
    func read(_ text: String, _ seconds: Int?) {
        #expect(httpDateSeconds(Array(text.utf8)[...], now: 1_780_000_000) == seconds)
    }
}

struct PreconditionCase: Sendable {
    let method: String
    let fields: String
    let tag: String?
    let expected: Preconditions.Outcome

    init(_ method: String, _ fields: String, _ tag: String?, _ expected: Preconditions.Outcome) {
        self.method = method
        self.fields = fields
        self.tag = tag
        self.expected = expected
    }
}

private let modified = 784_111_777

private let preconditionCases: [PreconditionCase] = [
    PreconditionCase("GET", "", "\"1\"", .proceed),
    PreconditionCase("GET", "If-None-Match: \"1\"\r\n", "\"1\"", .notModified),
    PreconditionCase("HEAD", "If-None-Match: \"1\"\r\n", "\"1\"", .notModified),
    PreconditionCase("PUT", "If-None-Match: \"1\"\r\n", "\"1\"", .failed),
    PreconditionCase("GET", "If-None-Match: \"2\"\r\n", "\"1\"", .proceed),
    PreconditionCase("GET", "If-None-Match: W/\"1\"\r\n", "\"1\"", .notModified),
    PreconditionCase("GET", "If-None-Match: \"1\"\r\n", "W/\"1\"", .notModified),
    PreconditionCase("GET", "If-None-Match: \"1-gzip\"\r\n", "\"1\"", .notModified),
    PreconditionCase("GET", "If-None-Match: \"0\", \"a,b\" , \"1\"\r\n", "\"1\"", .notModified),
    PreconditionCase("GET", "If-None-Match: \"a,b\"\r\n", "\"a,b\"", .notModified),
    PreconditionCase("GET", "If-None-Match: \"0\"\r\nIf-None-Match: \"1\"\r\n", "\"1\"", .notModified),
    PreconditionCase("GET", "If-None-Match: *\r\n", "\"1\"", .notModified),
    PreconditionCase("PUT", "If-None-Match: *\r\n", "\"1\"", .failed),
    PreconditionCase("PUT", "If-None-Match: *\r\n", nil, .proceed),
    PreconditionCase("GET", "If-None-Match: 1\r\n", "\"1\"", .proceed),
    PreconditionCase("GET", "If-None-Match: \"1\r\n", "\"1\"", .proceed),
    PreconditionCase("GET", "If-None-Match: w/\"1\"\r\n", "\"1\"", .proceed),
    PreconditionCase("PATCH", "If-Match: \"1\"\r\n", "\"1\"", .proceed),
    PreconditionCase("PATCH", "If-Match: \"1-gzip\"\r\n", "\"1\"", .proceed),
    PreconditionCase("PATCH", "If-Match: \"2\"\r\n", "\"1\"", .failed),
    PreconditionCase("PATCH", "If-Match: W/\"1\"\r\n", "\"1\"", .failed),
    PreconditionCase("PATCH", "If-Match: \"1\"\r\n", "W/\"1\"", .failed),
    PreconditionCase("PATCH", "If-Match: \"0\",\"1\"\r\n", "\"1\"", .proceed),
    PreconditionCase("PATCH", "If-Match: *\r\n", "\"1\"", .proceed),
    PreconditionCase("PATCH", "If-Match: *\r\n", nil, .failed),
    PreconditionCase("PATCH", "If-Match:\r\n", "\"1\"", .failed),
    PreconditionCase("GET", "If-Match: \"1\"\r\nIf-None-Match: \"1\"\r\n", "\"1\"", .notModified),
    PreconditionCase("GET", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", nil, .notModified),
    PreconditionCase("GET", "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", nil, .proceed),
    PreconditionCase("PUT", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", nil, .proceed),
    PreconditionCase("GET", "If-Modified-Since: soon\r\n", nil, .proceed),
    PreconditionCase(
        "GET", "If-None-Match: \"2\"\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "\"1\"", .proceed),
    PreconditionCase("PUT", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", nil, .failed),
    PreconditionCase("PUT", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", nil, .proceed),
    PreconditionCase(
        "PUT", "If-Match: \"1\"\r\nIf-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", "\"1\"", .proceed),
]

@Suite("Fields and conditions")
struct FieldTests {
    @Test("preconditions follow RFC 9110 section 13.2.2", arguments: preconditionCases)
    func preconditions(_ row: PreconditionCase) throws {
        let head = try parsedHead(row.fields, method: row.method)
        let outcome = Preconditions.evaluate(head, entityTag: row.tag, lastModified: modified, now: 1_780_000_000)
        #expect(outcome == row.expected, "\(row.method) \(row.fields) \(row.tag ?? "none")")
    }

    @Test("every known field is found by its name in any case", arguments: KnownField.allCases)
    func knownFields(_ field: KnownField) {
        for name in [field.name, field.name.uppercased()] {
            Array(name.utf8).withUnsafeBytes { #expect(KnownField.named($0) == field) }
        }
        Array((field.name + "x").utf8).withUnsafeBytes { #expect(KnownField.named($0) == nil) }
    }

    @Test("values are found by any name, repeated ones in order")
    func values() throws {
        let head = try parsedHead("X-One: 1\r\nAccept: a\r\nx-ONE:  2 \r\nAccept: b\r\n")
        #expect(head.values("x-one") == ["1", "2"])
        #expect(head.values("x-on") == [])
        #expect(head.string(.accept) == "a, b")
        #expect(head.isRepeated(.accept))
        #expect(head.value(.accept).map { String(decoding: $0, as: UTF8.self) } == "a")
        #expect(head.string(.origin) == nil)
    }

    @Test("a value cannot end its line or begin another")
    func responseSplitting() {
        var response = Response(status: 200)
        response.add("X-A", "1\r\nX-B: 2\n\n\0\u{7f}é\t")
        #expect(response.fields == Array("X-A: 1  X-B: 2    é\t\r\n".utf8))
    }

    @Test("fields that frame the answer cannot be added")
    func reservedFields() {
        var response = Response(status: 200)
        response.add("content-length", 5)
        response.add("Transfer-Encoding", "chunked")
        response.add("Connection", "close")
        response.add("DATE", "now")
        response.add("ETag", "\"1\"")
        #expect(response.fields.isEmpty)
    }

    @Test(
        "gzip is used only for who accepts it",
        arguments: [
            ("", false), ("Accept-Encoding: gzip\r\n", true), ("Accept-Encoding: GZIP\r\n", true),
            ("Accept-Encoding: gzip;q=0\r\n", false), ("Accept-Encoding: gzip; q=0.000\r\n", false),
            ("Accept-Encoding: gzip;q=0.5\r\n", true), ("Accept-Encoding: *\r\n", true),
            ("Accept-Encoding: *;q=0\r\n", false), ("Accept-Encoding: br, gzip\r\n", true),
            ("Accept-Encoding: gzip;q=0, *\r\n", false), ("Accept-Encoding: *;q=0, gzip;q=1\r\n", true),
            ("Accept-Encoding: identity\r\n", false), ("Accept-Encoding: gzip;q=x\r\n", false),
            ("Accept-Encoding: br\r\nAccept-Encoding: x-gzip\r\n", true), ("Accept-Encoding: ;;,=\r\n", false),
        ])
    func acceptEncoding(_ fields: String, _ isAccepted: Bool) throws {
        #expect(ContentCoding.acceptsGzip(try parsedHead(fields)) == isAccepted)
    }

    @Test(
        "only gzip is a coding of bodies",
        arguments: [
            ("", ContentCoding.identity), ("Content-Encoding: gzip\r\n", .gzip),
            ("Content-Encoding: X-GZIP\r\n", .gzip),
            ("Content-Encoding: identity\r\n", .identity), ("Content-Encoding: zstd\r\n", .unsupported),
            ("Content-Encoding: gzip, gzip\r\n", .unsupported),
        ])
    func contentEncoding(_ fields: String, _ coding: ContentCoding) throws {
        #expect(ContentCoding.of(try parsedHead(fields)) == coding)
    }

    @Test(
        "ranges hold their addresses",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.168.1.7", "192.168.1.7", true),
            ("192.168.1.7", "192.168.1.8", false), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::2", false),
            ("fd00::/8", "fd12::1", true), ("fd00::/8", "fe80::1", false), ("::/0", "1.2.3.4", true),
            ("2001:db8::/65", "2001:db8::7fff:0:0:1", true), ("2001:db8::/65", "2001:db8::8000:0:0:1", false),
        ])
    func ranges(_ range: String, _ address: String, _ isInside: Bool) throws {
        let range = try #require(AddressRange(range))
        #expect(range.contains(try #require(Address(address))) == isInside)
    }

    @Test(
        "what is no range is none",
        arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "a/8", "10.0.0/8", "1.2.3.4/"])
    func notARange(_ text: String) {
        #expect(AddressRange(text) == nil)
    }
}

@Suite("Content coding")
struct ContentCodingTests {
    private func text(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 5) } }

    private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        let deflater = try #require(Deflater(level: 6))
        return try #require(bytes.withUnsafeBytes { deflater.gzip($0) })
    }

    private func inflate(_ bytes: [UInt8], bytesMax: Int = 1 << 24, ratioMax: Int = 2_000) throws -> [UInt8] {
        try ContentCoding.inflateGzip(bytes, bytesMax: bytesMax, ratioMax: ratioMax)
    }

    @Test("content comes back, also with the deflater used again", arguments: [100, 65_535, 65_536, 65_537, 300_000])
    func roundTrip(_ count: Int) throws {
        let content = [UInt8](repeating: 65, count: 50) + text(count)
        let deflater = try #require(Deflater())
        for _ in 0..<3 {
            let coded = try #require(content.withUnsafeBytes { deflater.gzip($0) })
            #expect(try inflate(coded) == content)
        }
    }

    @Test("what gzip would not make smaller stays as it is")
    func incompressible() throws {
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<1_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let deflater = try #require(Deflater())
        #expect(noise.withUnsafeBytes { deflater.gzip($0) } == nil)
    }

    @Test("several members are one content")
    func members() throws {
        let coded = try gzip(text(5_000)) + gzip(text(70_000))
        #expect(try inflate(coded) == text(5_000) + text(70_000))
    }

    @Test("damaged, cut off or followed by something else is malformed")
    func malformed() throws {
        let coded = try gzip(text(5_000))
        var damaged = coded
        damaged[coded.count - 5] ^= 1
        for bytes in [[], Array(coded.dropLast()), Array(coded.prefix(5)), coded + [1], text(500), damaged] {
            #expect(throws: ContentCodingError.malformed) { try inflate(bytes) }
        }
    }

    @Test("the size is bounded at its octet and the ratio before memory is used")
    func bounds() throws {
        let coded = try gzip(text(100_000))
        #expect(try inflate(coded, bytesMax: 100_000).count == 100_000)
        #expect(throws: ContentCodingError.tooLarge) { try inflate(coded, bytesMax: 99_999) }
        let bomb = try gzip([UInt8](repeating: 0, count: 10 << 20))
        #expect(throws: ContentCodingError.ratioTooHigh) { try inflate(bomb, bytesMax: 1 << 30, ratioMax: 100) }
    }

    @Test("a file is inflated into a file, which disappears when it is released")
    func files() throws {
        try withDirectory { directory in
            let content = text(1_000_000)
            do {
                let coded = try SpoolFile(directory: directory)
                try coded.append(gzip(content))
                let plain = try ContentCoding.inflateGzip(
                    coded, directory: directory, bytesMax: 1 << 20, ratioMax: 2_000)
                #expect(try plain.read(at: 0, count: .max) == content)
                #expect(fileNames(directory).count == 2)
                #expect(throws: ContentCodingError.tooLarge) {
                    try ContentCoding.inflateGzip(coded, directory: directory, bytesMax: 1_000, ratioMax: 2_000)
                }
            }
            #expect(fileNames(directory) == [])
        }
    }

    @Test("a kept file has its new name, and a missing directory is an error with words")
    func keeping() throws {
        try withDirectory { directory in
            do {
                let file = try SpoolFile(directory: directory)
                try file.append([1, 2, 3])
                try file.keep(as: "\(directory)/kept")
            }
            #expect(fileNames(directory) == ["kept"])
            #expect(throws: FileError.self) { try SpoolFile(directory: "\(directory)/missing") }
        }
    }
}
