// What is written is JSON, held against two readers: Foundation's and our own.

import Foundation
import Testing

@testable import Web

/// A small generator with a fixed seed, so that a failure can be repeated (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

private indirect enum Tree: Equatable {
    case null, boolean(Bool), integer(Int), text(String), array([Tree]), object([String: Tree])

    static func random(_ depth: Int, _ generator: inout SeededGenerator) -> Tree {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
        case 0: return .null
        case 1: return .boolean(.random(using: &generator))
        case 2: return .integer(.random(in: .min ... .max, using: &generator))
        case 3: return .integer(.random(in: -1000...1000, using: &generator))
        case 4: return .text(text(&generator))
        case 5: return .array((0..<Int.random(in: 0...5, using: &generator)).map { _ in random(depth - 1, &generator) })
        default:
            var members: [String: Tree] = [:]
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                members[text(&generator)] = random(depth - 1, &generator)
            }
            return .object(members)
        }
    }

    private static func text(_ generator: inout SeededGenerator) -> String {
        let pieces = [
            "村", "\"", "\\", "\n", "\u{0}", "\u{1F}", "\u{7F}", "é", "😀", "plain text", "/", "\u{8}\u{C}\r\t", "a",
        ]
        return (0..<Int.random(in: 0...6, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
            .joined()
    }

    func write(into writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .boolean(let value): writer.boolean(value)
        case .integer(let value): writer.integer(value)
        case .text(let text): writer.string(text)
        case .array(let items): writer.array { writer in items.forEach { $0.write(into: &writer) } }
        case .object(let members):
            writer.object { writer in
                for (name, value) in members {
                    writer.key(data: name)
                    value.write(into: &writer)
                }
            }
        }
    }

    init(_ value: JSONValue) {
        switch value.kind {
        case .null: self = .null
        case .boolean: self = .boolean(value.boolean ?? false)
        case .number: self = value.integer.map { .integer($0) } ?? .null
        case .string: self = .text(value.string ?? "")
        case .array: self = .array(value.elements.map { Tree($0) })
        case .object: self = .object(Dictionary(uniqueKeysWithValues: value.members.map { ($0.name, Tree($0.value)) }))
        }
    }

    init(_ value: Any) throws {
        switch value {
        case is NSNull: self = .null
        case let number as NSNumber where String(cString: number.objCType) == "c": self = .boolean(number.boolValue)
        case let number as NSNumber: self = .integer(number.intValue)
        case let text as String: self = .text(text)
        case let items as [Any]: self = .array(try items.map { try Tree($0) })
        default:
            let members = try #require(value as? [String: Any])
            self = .object(try members.mapValues { try Tree($0) })
        }
    }
}

@Suite struct JSONWriterTests {
    @Test("commas stand between members and items and nowhere else")
    func commas() {
        var writer = JSONWriter(reserve: 0)
        writer.object { writer in
            writer.key("a")
            writer.array { writer in
                writer.integer(1)
                writer.boolean(true)
                writer.null()
                writer.array { _ in }
                writer.object { _ in }
                writer.raw(Array("[2]".utf8))
                writer.string("x")
            }
            writer.key(data: "b")
            writer.object { writer in
                writer.key("c")
                writer.boolean(false)
            }
            writer.key("d")
            writer.string("")
        }
        #expect(
            String(decoding: writer.take(), as: UTF8.self)
                == #"{"a":[1,true,null,[],{},[2],"x"],"b":{"c":false},"d":""}"#)
    }

    @Test("lines of NDJSON stand by themselves")
    func lines() {
        var writer = JSONWriter()
        writer.object { _ in }
        writer.newline()
        writer.object { _ in }
        writer.newline()
        writer.null()
        writer.null()
        #expect(String(decoding: writer.take(), as: UTF8.self) == "{}\n{}\nnull,null")
        writer.null()
        #expect(String(decoding: writer.take(), as: UTF8.self) == "null")
    }

    @Test("integers are written exactly", arguments: [0, -1, 9, 10, 99, 100, 12345, .max, .min, -1000] as [Int])
    func integers(value: Int) {
        var writer = JSONWriter()
        writer.integer(value)
        #expect(String(decoding: writer.take(), as: UTF8.self) == "\(value)")
    }

    @Test("every byte is escaped where it must be, at every place in a word")
    func escapes() throws {
        for byte in UInt8(0)...0x7F {
            for before in 0...9 {
                let text = String(repeating: "a", count: before) + String(UnicodeScalar(byte)) + "bcdefgh村"
                var writer = JSONWriter()
                writer.string(text)
                let bytes = writer.take()
                #expect(try JSONDocument(bytes).root.string == text)
                #expect(bytes.allSatisfy { $0 >= 0x20 })
            }
        }
    }

    @Test("what is written comes back equal from our reader and from Foundation's", arguments: 0..<200)
    func roundTrip(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let tree = Tree.random(5, &generator)
        var writer = JSONWriter(reserve: 0)
        tree.write(into: &writer)
        let bytes = writer.take()
        let document = try JSONDocument(bytes)
        #expect(document.fieldErrors.isEmpty)
        #expect(Tree(document.root) == tree)
        #expect(try Tree(JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) == tree)
        #expect(try JSONDocument(document.canonicalBytes()).canonicalBytes() == document.canonicalBytes())
    }
}
