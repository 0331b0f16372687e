// What a test expects, it expects one by one: of conditions that `&&` joins, a failure does not tell which did not
// hold. What stands in parentheses, closures and strings within a condition is not looked at.

import Foundation
import Testing

@Suite struct ExpectationTests {
    @Test("no expectation joins conditions with &&")
    func joined() {
        let places = Tree.files("Tests", suffixes: [".swift"]).flatMap(Self.joined)
        #expect(places == [])
    }

    @Test("joined conditions are found, over lines too, and what is within others is let be")
    func scanning() {
        let text = """
            @(a == 1 && b)
            @(
                try first(x) == "(" &&
                    second, "words")
            try %(a && b)
            @(list.allSatisfy { $0.a && $0.b }, "one \\(a && b)")
            @((a && b) == c && d)
            @(a == "&& \\(text("&&"))")
            """.replacing("@", with: "#expect").replacing("%", with: "#require")
        let places = Self.joined(in: TextFile(path: "T", text: text))
        #expect(places == ["T:1", "T:2", "T:5", "T:7"])
    }

    private static func joined(in file: TextFile) -> [String] {
        let bytes = Array(file.text.utf8)
        var places: [String] = []
        var line = 1
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\n") { line += 1 }
            guard byte == UInt8(ascii: "#"), let open = opening(bytes[index...]) else { continue }
            var scanner = ConditionScanner(bytes: bytes, place: open)
            if scanner.isJoined() { places.append("\(file.path):\(line)") }
        }
        return places
    }

    /// The place of the parenthesis of an expectation that begins here.
    private static func opening(_ bytes: ArraySlice<UInt8>) -> Int? {
        for word in ["expect(", "require("] where bytes.dropFirst().starts(with: word.utf8) {
            return bytes.startIndex + word.utf8.count
        }
        return nil
    }
}

/// Reads what stands between two parentheses.
private struct ConditionScanner {
    let bytes: [UInt8]
    /// At first that of the opening parenthesis.
    var place: Int

    /// Whether `&&` stands between the parentheses, outside of all further brackets.
    mutating func isJoined() -> Bool {
        var depth = 0
        var found = false
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""): skipString()
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return found }
            case UInt8(ascii: "&") where depth == 1 && follows("&"): found = true
            case UInt8(ascii: "/") where follows("/"):
                while place + 1 < bytes.count, bytes[place + 1] != UInt8(ascii: "\n") { place += 1 }
            default: break
            }
            place += 1
        }
        return false
    }

    private func follows(_ character: Unicode.Scalar) -> Bool {
        place + 1 < bytes.count && bytes[place + 1] == UInt8(ascii: character)
    }

    /// From the quote that opens a string to the one that closes it, past what is interpolated.
    private mutating func skipString() {
        var hashes = 0
        while place > hashes, bytes[place - hashes - 1] == UInt8(ascii: "#") { hashes += 1 }
        let quotes = bytes[place...].starts(with: "\"\"\"".utf8) ? 3 : 1
        let sharps = [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
        let end = [UInt8](repeating: UInt8(ascii: "\""), count: quotes) + sharps
        let escape = [UInt8(ascii: "\\")] + sharps
        place += quotes
        while place < bytes.count, !bytes[place...].starts(with: end) {
            if bytes[place...].starts(with: escape) {
                place += escape.count
                if place < bytes.count, bytes[place] == UInt8(ascii: "(") {
                    _ = isJoined()
                }
            }
            place += 1
        }
        place += end.count - 1
    }
}
