// Cursors come back as they were, and nothing else comes back at all.

import Testing

@testable import Web

@Suite struct CursorTests {
    private let sealer = CursorSealer(secret: [UInt8](repeating: 7, count: 32))
    private let parts: [CursorPart] = [
        .integer(450_923_000_000), .integer(.min), .text("陈"), .text(""), .bytes((0..<16).map { $0 }),
        .text(String(repeating: "长", count: 200)),
    ]

    @Test("a cursor of the same list and filter is opened")
    func opened() throws {
        let text = sealer.seal(parts, list: "households", filter: "areaCode=450923")
        #expect(try sealer.open(text, list: "households", filter: "areaCode=450923") == parts)
        #expect(text.utf8.allSatisfy { $0.isDigit || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D || $0 == 0x5F })
        let empty = sealer.seal([], list: "a", filter: "")
        #expect(try sealer.open(empty, list: "a", filter: "") == [])
    }

    @Test("another list, another filter, another key is refused")
    func bound() {
        let text = sealer.seal(parts, list: "ab", filter: "c")
        let other = CursorSealer(secret: [UInt8](repeating: 8, count: 32))
        #expect(throws: InvalidCursor.self) { try sealer.open(text, list: "a", filter: "bc") }
        #expect(throws: InvalidCursor.self) { try sealer.open(text, list: "ab", filter: "") }
        #expect(throws: InvalidCursor.self) { try sealer.open(text, list: "b", filter: "c") }
        #expect(throws: InvalidCursor.self) { try other.open(text, list: "ab", filter: "c") }
    }

    @Test("a cursor changed in any character is refused")
    func tampered() {
        let text = sealer.seal([.integer(5), .text("x")], list: "l", filter: "f")
        for position in text.indices {
            for character in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=!"
            where character != text[position] {
                var changed = text
                changed.replaceSubrange(position...position, with: String(character))
                #expect(throws: InvalidCursor.self) { try sealer.open(changed, list: "l", filter: "f") }
            }
        }
    }

    @Test(
        "what was never a cursor is refused",
        arguments: [
            "", "A", "AA", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "村", "a b",
            String(repeating: "A", count: 100_000),
        ])
    func foreign(text: String) {
        #expect(throws: InvalidCursor.self) { try sealer.open(text, list: "l", filter: "f") }
    }

    @Test(
        "base64url has one text for each value",
        arguments: [
            ([], ""), ([0x66], "Zg"), ([0x66, 0x6F], "Zm8"), ([0x66, 0x6F, 0x6F], "Zm9v"), ([0xFB, 0xFF], "-_8"),
            ([0, 0, 0, 0], "AAAAAA"),
        ] as [([UInt8], String)])
    func base64URL(bytes: [UInt8], text: String) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test("other base64 is refused", arguments: ["Zg==", "Zh", "Z", "+/8", "Zm9v\n"])
    func notBase64URL(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test("a trailer counts and hashes what came before it")
    func trailer() {
        var trailer = NDJSONTrailer()
        trailer.add(Array("abc".utf8), lines: 1)
        #expect(
            String(decoding: trailer.line(), as: UTF8.self)
                == #"{"_end":true,"count":1,"sha256":""#
                + #"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}"#
                + "\n")
        trailer.add(Array("{}\n{}\n".utf8), lines: 2)
        #expect(trailer.count == 3)
    }
}
