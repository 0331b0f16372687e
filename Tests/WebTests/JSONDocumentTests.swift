// What is JSON and what is not, where the error stands, and that large texts stay linear.

import Foundation
import Testing

@testable import Web

@Suite struct JSONDocumentTests {
    @Test(
        "a text outside the grammar is refused with code, line and column",
        arguments: [
            ("", .empty, 1, 1), (" \n ", .empty, 2, 2), ("{", .unexpectedEnd, 1, 2), ("[1,", .unexpectedEnd, 1, 4),
            ("[1,]", .unexpectedByte, 1, 4), ("{\"a\":1,}", .unexpectedByte, 1, 8), ("{\"a\"}", .unexpectedByte, 1, 5),
            ("[1 2]", .unexpectedByte, 1, 4), ("{1:2}", .unexpectedByte, 1, 2), ("]", .unexpectedByte, 1, 1),
            ("[}", .unexpectedByte, 1, 2), ("{]", .unexpectedByte, 1, 2), ("{\"a\":1]", .unexpectedByte, 1, 7),
            ("1 2", .trailingBytes, 1, 3), ("{}\u{0}", .trailingBytes, 1, 3), ("nul", .unexpectedEnd, 1, 4),
            ("nulL", .unexpectedByte, 1, 4), ("True", .unexpectedByte, 1, 1), ("01", .invalidNumber, 1, 1),
            ("-", .unexpectedEnd, 1, 2), ("-x", .invalidNumber, 1, 2), ("1.", .unexpectedEnd, 1, 3),
            ("1.e1", .invalidNumber, 1, 3), ("1e", .unexpectedEnd, 1, 3), ("1e+x", .invalidNumber, 1, 4),
            ("+1", .unexpectedByte, 1, 1), (".5", .unexpectedByte, 1, 1), ("NaN", .unexpectedByte, 1, 1),
            ("\"a", .unexpectedEnd, 1, 3), ("\"\n\"", .unescapedControl, 1, 2), ("\"\u{0}\"", .unescapedControl, 1, 2),
            ("\"\\x\"", .invalidEscape, 1, 2), ("\"\\u12G4\"", .invalidEscape, 1, 2), ("\"\\u12", .invalidEscape, 1, 2),
            ("\u{FEFF}{}", .byteOrderMark, 1, 1), ("{\n  \"村\": x}", .unexpectedByte, 2, 8),
            ("'a'", .unexpectedByte, 1, 1),
        ] as [(String, JSONSyntaxError.Code, Int, Int)])
    func refused(text: String, code: JSONSyntaxError.Code, line: Int, column: Int) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONDocument(Array(text.utf8)) }
        #expect(error?.code == code)
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test(
        "malformed UTF-8 is refused at its first byte",
        arguments: [
            ([0x80], 0), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0), ([0xE0, 0x9F, 0xBF], 0), ([0xED, 0xA0, 0x80], 0),
            ([0xF0, 0x8F, 0xBF, 0xBF], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF5], 0), ([0xE6, 0x9D], 0),
            ([0x41, 0xE6, 0x9D, 0x91, 0xFF], 4), ([UInt8](repeating: 0x41, count: 17) + [0xC3, 0x28], 17),
        ] as [([UInt8], Int)])
    func invalidUTF8(content: [UInt8], offset: Int) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONDocument([0x22] + content + [0x22]) }
        #expect(error?.code == .invalidUTF8)
        #expect(error?.offset == offset + 1)
    }

    @Test("64 levels are read and 65 are refused")
    func depth() throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let text = { (levels: Int) in
                String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)
            }
            _ = try JSONDocument(Array(text(64).utf8))
            let error = #expect(throws: JSONSyntaxError.self) { try JSONDocument(Array(text(65).utf8)) }
            #expect(error?.code == .tooDeep)
        }
        #expect(throws: JSONSyntaxError.self) { try JSONDocument([UInt8](repeating: 0x5B, count: 1_000_000)) }
    }

    @Test(
        "strings are decoded",
        arguments: [
            ("\"\"", ""), ("\"村\"", "村"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u6751\u0000""#, "村\u{0}"),
            (#""\ud83d\ude00!""#, "😀!"), (#""abc\u00e9def""#, "abcédef"),
        ])
    func strings(text: String, expected: String) throws {
        let document = try JSONDocument(Array(text.utf8))
        #expect(document.root.string == expected)
        #expect(document.fieldErrors.isEmpty)
    }

    @Test(
        "only whole numbers that fit are integers, and the text of a number is kept",
        arguments: [
            ("0", 0), ("-0", 0), ("1.0", 1), ("1e2", 100), ("100e-2", 1), ("1.50e1", 15), ("0e999999999999", 0),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("1.5", nil), ("1e-1", nil), ("1e19", nil), ("1e400", nil),
            ("1e99999999999999999999", nil), ("123456789012345678901234567890", nil),
            ("1000000000000000000000e-3", 1_000_000_000_000_000_000),
        ] as [(String, Int?)])
    func integers(text: String, expected: Int?) throws {
        let root = try JSONDocument(Array(text.utf8)).root
        #expect(root.integer == expected)
        #expect(root.numberText == text)
    }

    @Test(
        "lone surrogates and repeated names are found wherever they are",
        arguments: [
            (#"{"a":1,"a":2}"#, [("/a", "duplicate-name")]),
            (#"{"a":1,"\u0061":2}"#, [("/a", "duplicate-name")]),
            (#"{"x":[{"a":1},{"a/~":1,"b":2,"a/~":3}]}"#, [("/x/1/a~1~0", "duplicate-name")]),
            (#"["\ud800"]"#, [("/0", "lone-surrogate")]), (#""\udc00\ud800x""#, [("", "lone-surrogate")]),
            (
                #"{"a":"\ud800\u0041","b":{"c":["x","\udfff"]}}"#,
                [("/a", "lone-surrogate"), ("/b/c/1", "lone-surrogate")]
            ),
            (#"{"\ud800":1}"#, [("/\u{FFFD}", "lone-surrogate")]),
        ] as [(String, [(String, String)])])
    func flaws(text: String, expected: [(String, String)]) throws {
        let errors = try JSONDocument(Array(text.utf8)).fieldErrors
        #expect(errors.map(\.pointer) == expected.map(\.0))
        #expect(errors.map(\.code.slug) == expected.map(\.1))
    }

    @Test("a hundred thousand names, escaped or not, are compared without comparing all pairs")
    func manyNames() throws {
        for escape in ["", "\\u0041"] {
            let members = (0..<100_000).map { "\"\(escape)\($0)\":0" } + ["\"\(escape)5\":1"]
            let document = try JSONDocument(Array("{\(members.joined(separator: ","))}".utf8))
            #expect(document.fieldErrors.map(\.code) == [.duplicateName])
        }
    }

    @Test("an array of a million numbers is read")
    func largeArray() throws {
        let text = Array("[".utf8) + Array(repeatElement(Array("7,".utf8), count: 999_999).joined()) + Array("7]".utf8)
        let document = try JSONDocument(text)
        #expect(document.root.elements.reduce(0) { $0 + ($1.integer ?? 0) } == 7_000_000)
    }

    @Test("the cases of JSONTestSuite: n_ is refused, y_ is read, i_ gives any answer")
    func testSuite() throws {
        guard let folder = ProcessInfo.processInfo.environment["JIEDUI_HTTP_CASES"] else { return }
        let lines = try String(contentsOfFile: folder + "/json-requests.jsonl", encoding: .utf8)
        var counts: [Character: Int] = [:]
        for line in lines.split(separator: "\n") {
            let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let name = try #require((row["id"] as? String)?.split(separator: "/").last)
            let encoded = try #require(row["raw_base64"] as? String)
            let raw = try #require(Data(base64Encoded: encoded))
            let head = try #require(raw.range(of: Data("\r\n\r\n".utf8)))
            let body = Self.expanded(Array(raw[head.upperBound...]))
            let kind = try #require(name.first)
            counts[kind, default: 0] += 1
            let document = try? JSONDocument(body)
            if kind == "n" { #expect(document == nil, "\(name)") }
            if kind == "y" { #expect(document != nil, "\(name)") }
        }
        #expect(counts == ["n": 188, "y": 95, "i": 35])
    }

    /// `{REP:text:count}` stands for repetition.
    private static func expanded(_ body: [UInt8]) -> [UInt8] {
        guard body.starts(with: Array("{REP:".utf8)), let close = body.lastIndex(of: UInt8(ascii: "}")),
            let colon = body[..<close].lastIndex(of: UInt8(ascii: ":")),
            let count = Int(String(decoding: body[(colon + 1)..<close], as: UTF8.self))
        else { return body }
        return Array(repeatElement(body[5..<colon], count: count).joined()) + body[(close + 1)...]
    }
}
