// When two texts say the same, and what a merge patch makes of them.

import Testing

@testable import Web

@Suite struct JSONContentTests {
    private func canonical(_ text: String) throws -> String {
        String(decoding: try JSONDocument(Array(text.utf8)).canonicalBytes(), as: UTF8.self)
    }

    @Test(
        "equal content has one canonical form",
        arguments: [
            (#" { "b" : 1 , "a" : [ 1.0 , "\u6751" ] } "#, #"{"a":[1,"村"],"b":1}"#), ("1e2", "100"), ("100", "100"),
            ("1.50", "15e-1"), ("0.15e1", "15e-1"), ("-0", "0"), ("-0.0e5", "0"), ("1e18", "1e18"),
            ("123456789012345678", "123456789012345678"), (#""\/\u000a""#, #""/\n""#),
            ("[true,false,null]", "[true,false,null]"),
            (#"{"aa":1,"a":2,"村":3,"é":4}"#, #"{"a":2,"aa":1,"é":4,"村":3}"#), ("1E99999999999", "1E99999999999"),
        ])
    func canonicalForm(text: String, expected: String) throws {
        #expect(try canonical(text) == expected)
    }

    @Test(
        "different content has different forms",
        arguments: [
            ("1", "\"1\""), ("1", "-1"), ("[1,2]", "[2,1]"), ("{}", "[]"), ("null", "{}"), ("1.5", "15"),
            ("9007199254740993", "9007199254740992"),
            ("1e99999999999", "1e99999999998"),
        ])
    func differs(one: String, other: String) throws {
        #expect(try canonical(one) != canonical(other))
    }

    @Test(
        "RFC 7396 appendix A",
        arguments: [
            (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
            (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
            (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
            (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
            (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
            (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"),
            (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
            (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#), ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
            ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
        ])
    func appendixA(target: String, patch: String, expected: String) throws {
        let merged = mergePatch(
            try JSONDocument(Array(target.utf8)).root, try JSONDocument(Array(patch.utf8)).root)
        #expect(String(decoding: merged, as: UTF8.self) == expected)
    }
}
