// The catalogue of field codes against the sources, the contract and docs/errors.md: one rule has one code, one code
// has one text, and nobody is told a code that is not listed.

import Domain
import Foundation
import Testing
import Web

@testable import App
@testable import Service

@Suite struct FieldCodeTests {
    private static let root = URL(fileURLWithPath: Contract.path).deletingLastPathComponent()
    private let catalogue = Composition.jiedui.fieldCodes

    private static func sources() throws -> [(name: Substring, text: String)] {
        let folder = root.appendingPathComponent("Sources")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        return try paths.map { path in
            let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
            return (path.split(separator: "/").last ?? "", text)
        }
    }

    /// Every `FieldCode("slug", zh: "…", en: "…")` of the sources, with its file.
    private static func declared() throws -> [(name: Substring, slug: String, text: Message)] {
        try sources().flatMap { name, text in
            text.matches(of: /FieldCode\(\s*"([^"]*)",\s*zh: "([^"]*)",\s*en: "([^"]*)"\)/)
                .map { (name, String($0.1), Message(zh: String($0.2), en: String($0.3))) }
        }
    }

    @Test("codes are declared once, in the files for them, and all of them are in the catalogue with their texts")
    func declarations() throws {
        let declared = try Self.declared()
        #expect(declared.count > 100)
        #expect(Set(declared.map(\.slug)).count == declared.count)
        for (name, slug, text) in declared {
            #expect(name.hasSuffix("FieldCodes.swift") || name == "FieldCode.swift", "\(slug) in \(name)")
            #expect(catalogue.first { $0.slug == slug }?.text == text, "\(slug)")
        }
        let made = try Self.sources().reduce(0) { $0 + $1.text.matches(of: /FieldCode\(\s*"/).count }
        #expect(made == declared.count, "none in another form")
    }

    @Test("every code consists of lower-case words with hyphens, appears once, and has both texts")
    func forms() {
        #expect(Set(catalogue.map(\.slug)).count == catalogue.count)
        for code in catalogue {
            #expect(code.slug.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) != nil, "\(code)")
            #expect(!code.text.zh.isEmpty, "\(code)")
            #expect(!code.text.en.isEmpty, "\(code)")
            #expect(!code.text.en.contains("|"), "\(code)")
        }
    }

    @Test("rules of the domain that share a code share a declared one, or are the same rule")
    func rules() {
        let rules: [any CodedRule] =
            SpreadsheetDamage.allCases + IdentityProblem.allCases + CreditCodeProblem.allCases + HouseholdRules.all
        let declared = Set((try? Self.declared())?.map(\.slug) ?? [])
        for (code, same) in Dictionary(grouping: rules, by: \.code) where same.count > 1 {
            let isDamage = SpreadsheetDamage.allCases.contains { $0.code == code }
            #expect(declared.contains(code) || isDamage, "\(code)")
        }
        let kinds = Set(Composition.jiedui.problems.map(\.slug))
        #expect(declared.isDisjoint(with: kinds))
        #expect(kinds.isDisjoint(with: rules.map(\.code)))
    }

    @Test("the contract lists every code")
    func contract() throws {
        let schemas = try Contract.shared.document["components"]?["schemas"]
        let listed = schemas?["FieldCode"]?["enum"]?.elements.compactMap(\.text) ?? []
        #expect(listed == catalogue.map(\.slug).sorted())
    }

    @Test("docs/errors.md lists every code with its texts")
    func document() throws {
        let text = try String(contentsOf: Self.root.appendingPathComponent("docs/errors.md"), encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        let expected = catalogue.sorted { $0.slug < $1.slug }.map { "| `\($0.slug)` | \($0.text.zh) | \($0.text.en) |" }
        #expect(rows == expected, "\(expected.filter { !rows.contains($0) }.joined(separator: "\n"))")
    }
}
