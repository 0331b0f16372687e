// One table of requests as bytes and what becomes of them, fed whole, byte by byte, at every split and pipelined.

import Testing

@testable import HTTP1

struct DecodingCase: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: String
    let expected: [String]
    var testDescription: String { name }

    init(_ name: String, _ bytes: String, _ expected: String...) {
        self.name = name
        self.bytes = bytes
        self.expected = expected
    }
}

/// Feeds pieces as a connection does, and says what came out: `METHOD path?query|body`, a status, or nothing yet.
func decode(_ pieces: [[UInt8]], limits: Limits = Limits(), bodyBytesMax: Int = 1_000) -> [String] {
    var outcomes: [String] = []
    var kept: [UInt8] = []
    var decoder = RequestDecoder()
    var body: BodyDecoder?
    var request = ""
    var content: [UInt8] = []
    for piece in pieces {
        kept.append(contentsOf: piece)
        var offset = 0
        let isRefused = kept.withUnsafeBytes { bytes in
            while true {
                if body != nil {
                    switch body?.next(bytes, &offset, limits) {
                    case .data(let data): content.append(contentsOf: data)
                    case .end:
                        outcomes.append(request + "|" + String(decoding: content, as: UTF8.self))
                        body = nil
                        decoder = RequestDecoder()
                    case .refused(let refusal):
                        outcomes.append("\(refusal.status)")
                        return true
                    case .needsMore, nil: return false
                    }
                    continue
                }
                let section = UnsafeRawBufferPointer(rebasing: bytes[offset...])
                switch decoder.decode(section, limits) {
                case .needsMore: return false
                case .refused(let refusal):
                    outcomes.append("\(refusal.status)")
                    return true
                case .head(let length):
                    let head = decoder.head(
                        decoder.method ?? .trace, UnsafeRawBufferPointer(rebasing: section[..<length]))
                    request = decoder.method == nil ? "unknown" : describe(head, decoder)
                    body = BodyDecoder(decoder.framing, bytesMax: bodyBytesMax, fieldCount: decoder.fieldCount)
                    content = []
                    offset += length
                }
            }
        }
        if isRefused { return outcomes }
        kept.removeFirst(offset)
    }
    return outcomes
}

private func describe(_ head: RequestHead, _ decoder: RequestDecoder) -> String {
    if decoder.isAsterisk { return "OPTIONS *" }
    let query = head.query.map { "?" + String(decoding: $0, as: UTF8.self) } ?? ""
    let marks = (decoder.isPersistent ? "" : " close") + (decoder.expectsContinue ? " expect" : "")
    return "\(head.method.name) \(String(decoding: head.path, as: UTF8.self))\(query)\(marks)"
}

@Suite("Requests from bytes")
struct DecodingTests {
    @Test("comes out the same whole, byte by byte and at every split", arguments: decodingCases)
    func everySplit(_ row: DecodingCase) {
        let bytes = Array(row.bytes.utf8)
        #expect(decode([bytes]) == row.expected)
        #expect(decode(bytes.map { [$0] }) == row.expected)
        for split in 1..<max(bytes.count, 2) {
            let outcome = decode([Array(bytes[..<split]), Array(bytes[split...])])
            if outcome != row.expected { Issue.record("split at \(split): \(outcome)") }
        }
    }

    @Test("leaves the next request in step, or never looks at it", arguments: decodingCases)
    func pipelined(_ row: DecodingCase) {
        let next = "GET /next HTTP/1.1\r\nHost: b\r\n\r\n"
        let outcome = decode([Array((row.bytes + next).utf8)])
        guard let last = row.expected.last else { return }
        #expect(outcome == (Int(last) == nil ? row.expected + ["GET /next|"] : row.expected))
    }

    @Test("a byte that is no part of a target is refused, every other one is taken")
    func targetBytes() {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?".utf8)
        for byte in UInt8.min...UInt8.max {
            let bytes = Array("GET /a".utf8) + [byte] + Array("b HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
            let outcome = decode([bytes])
            let isRequest = outcome.first?.hasPrefix("GET /a") ?? false
            #expect(isRequest == allowed.contains(byte), "byte \(byte): \(outcome)")
        }
    }

    @Test("a byte that is no token in a name, or a control byte in a value, is refused")
    func fieldBytes() {
        let token = Set("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        for byte in UInt8.min...UInt8.max where byte != 0x3a {
            let name = Array("GET / HTTP/1.1\r\nHost: a\r\nX".utf8) + [byte] + Array("Y: 1\r\n\r\n".utf8)
            #expect((decode([name]) == ["GET /|"]) == token.contains(byte), "name byte \(byte)")
            let value = Array("GET / HTTP/1.1\r\nHost: a\r\nX: a".utf8) + [byte] + Array("b\r\n\r\n".utf8)
            let isAllowed = byte == 9 || (byte >= 32 && byte != 127)
            #expect((decode([value]) == ["GET /|"]) == isAllowed, "value byte \(byte)")
        }
    }

    @Test("what can no longer become a request is refused before its line ends")
    func earlyRefusals() {
        #expect(decode([Array("\u{16}\u{3}\u{1}".utf8)]) == ["400"])
        #expect(decode([Array("GET / HTTP/1.1\rHost: a".utf8)]) == ["400"])
        #expect(decode([Array("GET / HTTP/1.1".utf8)]) == [])
    }

    @Test("any bytes at all end in requests or one refusal", arguments: 0..<40)
    func noise(_ seed: UInt64) {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        func random(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        for _ in 0..<50 {
            var bytes = Array(decodingCases[random(decodingCases.count)].bytes.utf8)
            for _ in 0...random(4) where !bytes.isEmpty {
                let index = random(bytes.count)
                switch random(3) {
                case 0: bytes[index] = UInt8(random(256))
                case 1: bytes.remove(at: index)
                default: bytes.insert(UInt8(random(256)), at: index)
                }
            }
            let whole = decode([bytes])
            #expect(decode(bytes.map { [$0] }) == whole)
        }
    }
}
