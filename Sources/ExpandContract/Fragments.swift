// The fragments as they lie in the tree: one contract.yaml in each folder of App that has routes, and one above them
// for what all share.

import Foundation
import Service

/// One contract.yaml.
package struct Fragment: Sendable {
    /// Relative to the repository.
    package let path: String
    /// Of operations that name no tags of their own.
    let tag: String?
    let paths: Outline
    let sections: Outline
    /// The declared records whose words it has, by the names of their entities and schemas.
    let declared: [(entity: String, schema: String)]

    /// - Parameters:
    ///   - text: of the file.
    ///   - records: the declared records, for those whose words it has.
    package init(path: String, _ text: String, _ records: [RecordFacts] = []) throws {
        self.path = path
        do {
            var written = try Outline(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
            declared = try written.expandRecords(records)
            sections = written
            tag = sections["tag"]?.value
            paths = try sections["paths"]?.outline() ?? Outline([])
        } catch let error as ContractError {
            throw ContractError("\(path): \(error.description)")
        }
    }

    /// Whether it is the one that all share.
    var isShared: Bool { sections["openapi"] != nil }

    /// Every fragment of a repository.
    ///
    /// - Throws: `ContractError`, or the error of a file.
    package static func all(of repository: String, _ records: [RecordFacts]) throws -> [Fragment] {
        let folder = "Sources"
        let names =
            FileManager.default.enumerator(atPath: repository + "/" + folder)?.compactMap { $0 as? String } ?? []
        return try names.filter { $0.split(separator: "/").last == "contract.yaml" }.sorted().map { name in
            let path = folder + "/" + name
            return try Fragment(path: path, String(contentsOfFile: repository + "/" + path, encoding: .utf8), records)
        }
    }
}

extension Outline {
    /// Puts operations and schemas where the words of declared records stand.
    fileprivate mutating func expandRecords(
        _ records: [RecordFacts]
    ) throws -> [(entity: String, schema: String)] {
        guard let words = self["records"] else { return [] }
        entries.removeAll { $0.key == "records" }
        var made: Set<String> = []
        var declared: [(entity: String, schema: String)] = []
        for entry in try words.outline().entries {
            guard let facts = records.first(where: { $0.path == entry.key }) else {
                throw ContractError("\(entry.key) is no declared record")
            }
            let record = try RecordFragment(facts, entry.outline())
            add(try record.paths(), to: "paths")
            add(try record.schemas(&made), to: "schemas")
            declared.append((facts.entity, record.schema))
        }
        return declared
    }

    private mutating func add(_ lines: [String], to key: String) {
        if let index = entries.firstIndex(where: { $0.key == key }) {
            entries[index].lines += lines.indented(2)
        } else {
            entries.append(Entry(key: key, written: key, value: "", lines: lines.indented(2), before: []))
        }
    }
}
