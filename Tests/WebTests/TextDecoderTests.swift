// Which encoding a file has, and its text, split at every byte.

import Testing

@testable import Web

/// 陈家村,€ and the four-byte forms of U+20000 and U+00E9.
private let gb18030: [UInt8] = [
    0xB3, 0xC2, 0xBC, 0xD2, 0xB4, 0xE5, 0x2C, 0xA2, 0xE3, 0x95, 0x32, 0x82, 0x36, 0xA8, 0xA6, 0x0A,
]
private let gb18030Text = "陈家村,€\u{20000}é\n"

private func decoded(_ bytes: [UInt8], _ encoding: TextEncoding, chunk size: Int) throws(TextDecodingError) -> String {
    var decoder = try TextDecoder(encoding)
    var output: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
        try decoder.decode(Array(rest.prefix(size)), into: &output)
        rest = rest.dropFirst(size)
    }
    try decoder.finish()
    return String(decoding: output, as: UTF8.self)
}

private func detected(_ bytes: [UInt8], chunk size: Int) -> TextEncoding {
    var detector = TextEncodingDetector()
    var rest = bytes[...]
    while !rest.isEmpty {
        detector.feed(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
    }
    return detector.encoding
}

@Suite struct TextDecoderTests {
    @Test(
        "valid UTF-8 wins, anything else is GB18030",
        arguments: [
            ([], .utf8), (Array("abc".utf8), .utf8), (Array("陈家村😀".utf8), .utf8), ([0xEF, 0xBB, 0xBF, 0x61], .utf8),
            (gb18030, .gb18030),
            (Array("陈".utf8.dropLast()), .gb18030), ([0x61, 0xFF], .gb18030), ([0xC0, 0x80], .gb18030),
        ] as [([UInt8], TextEncoding)])
    func detection(bytes: [UInt8], expected: TextEncoding) {
        for size in 1...8 { #expect(detected(bytes, chunk: size) == expected) }
    }

    @Test("UTF-16 is recognised, so that it can be refused with words")
    func utf16() {
        #expect(detected([0xFF, 0xFE, 0x61, 0x00], chunk: 4) == .utf16)
        #expect(detected([0xFE, 0xFF, 0x00, 0x61], chunk: 4) == .utf16)
        #expect(throws: TextDecodingError.unsupported(.utf16)) { try decoded([], .utf16, chunk: 1) }
    }

    @Test("both encodings are decoded whatever the chunks")
    func decoding() throws {
        for size in 1...20 {
            #expect(try decoded(gb18030, .gb18030, chunk: size) == gb18030Text)
            #expect(try decoded(Array(gb18030Text.utf8), .utf8, chunk: size) == gb18030Text)
        }
        let long = Array(repeatElement(gb18030, count: 5000).joined())
        #expect(try decoded(long, .gb18030, chunk: 4096) == String(repeating: gb18030Text, count: 5000))
    }

    @Test("a byte order mark at the beginning is removed, and only there")
    func byteOrderMark() throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        for size in 1...5 {
            #expect(try decoded(mark + [0x61] + mark, .utf8, chunk: size) == "a\u{FEFF}")
            #expect(try decoded([0x84, 0x31, 0x95, 0x33, 0x61], .gb18030, chunk: size) == "a")
        }
    }

    @Test(
        "what is no character is refused with its offset",
        arguments: [
            (.utf8, [0x61, 0xFF, 0x61], .malformed(offset: 1)), (.utf8, [0x61, 0xE6, 0x9D], .cutOff(offset: 1)),
            (.gb18030, [0x61, 0x62, 0xFF, 0x61, 0x61, 0x61, 0x61], .malformed(offset: 2)),
            (.gb18030, [0x61, 0xB3], .cutOff(offset: 1)),
            (.gb18030, [0xB3, 0xC2, 0x95, 0x32, 0x82], .cutOff(offset: 2)),
        ] as [(TextEncoding, [UInt8], TextDecodingError)])
    func refused(encoding: TextEncoding, bytes: [UInt8], error: TextDecodingError) {
        for size in 1...8 { #expect(throws: error) { try decoded(bytes, encoding, chunk: size) } }
    }
}
