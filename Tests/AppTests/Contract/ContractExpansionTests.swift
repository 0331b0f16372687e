// openapi.yaml is what the fragments and the route table give, and the expander says what it cannot read.

import ExpandContract
import Foundation
import Testing

@testable import Service

@Suite("The expansion of the contract")
struct ContractExpansionTests {
    private static let repository = URL(fileURLWithPath: Contract.path).deletingLastPathComponent().path

    @Test(
        "the expanded files match the fragments and the routes; if not, run: scripts/contract --expand",
        arguments: ["openapi.yaml", "docs/roles.md"])
    func expanded(name: String) throws {
        let program = try ContractProgram()
        let fragments = try Fragment.all(of: Self.repository, RecordFacts.all(program.register))
        let expansion = try Expansion(
            fragments, RouteFacts.all(program.register), ProblemFacts.all(program.register),
            Catalogues.all(program.register))
        let expanded = try lines(name == "openapi.yaml" ? expansion.text() : expansion.roles())
        let there = try lines(String(contentsOfFile: Self.repository + "/" + name, encoding: .utf8))
        if let place = zip(expanded, there).enumerated().first(where: { $0.element.0 != $0.element.1 }) {
            Issue.record("\(name):\(place.offset + 1) should be: \(place.element.0). Run: scripts/contract --expand")
        } else {
            #expect(expanded.count == there.count, "\(name) is not whole. Run: scripts/contract --expand")
        }
    }

    private func lines(_ text: String) -> [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    @Test("one level of a fragment is read as written")
    func outline() throws {
        let lines = ["# About a.", "a:", "  b: 1", "", "  c: |", "    x", "\"200\": {d: 2}"]
        let outline = try Outline(lines)
        #expect(outline.entries.map(\.key) == ["a", "200"])
        #expect(outline["a"]?.before == ["# About a."])
        #expect(outline["200"]?.value == "{d: 2}")
        #expect(try outline["a"]?.outline()["c"]?.lines == ["  x"])
        #expect(outline.entries.flatMap { $0.before + $0.text() } == lines)
    }

    @Test("a text that is not a fragment is refused", arguments: ["- a", "a", "  a: 1", "\"a: 1", "a:1"])
    func malformed(text: String) {
        #expect(throws: ContractError.self) { try Fragment(path: "contract.yaml", text) }
    }

    @Test("a key that nothing reads, a route without texts and texts without a route are refused")
    func strangers() throws {
        let program = try ContractProgram()
        let routes = RouteFacts.all(program.register)
        let problems = ProblemFacts.all(program.register)
        let records = RecordFacts.all(program.register)
        let texts = try Fragment.all(of: Self.repository, records).map { fragment in
            (fragment.path, try String(contentsOfFile: Self.repository + "/" + fragment.path, encoding: .utf8))
        }
        for (old, new) in [("summary:", "sumary:"), ("/v1/me:", "/v1/you:"), ("requestBody:", "body:")] {
            let changed = try texts.map { path, text in
                try Fragment(
                    path: path, path.contains("/Access/") ? text.replacing(old, with: new) : text, records)
            }
            #expect(throws: ContractError.self) { try Expansion(changed, routes, problems, [:]).text() }
        }
    }
}
