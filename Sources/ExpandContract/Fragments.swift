// The fragments as they lie in the tree: one contract.yaml in each folder of App that has routes, and one above them
// for what all share.

import Foundation

/// One contract.yaml.
package struct Fragment: Sendable {
    /// Relative to the repository.
    package let path: String
    /// Of operations that name no tags of their own.
    let tag: String?
    let paths: Outline
    let sections: Outline

    package init(path: String, _ text: String) throws {
        self.path = path
        do {
            sections = try Outline(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
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
    package static func all(of repository: String) throws -> [Fragment] {
        let folder = "Sources/App"
        let names =
            FileManager.default.enumerator(atPath: repository + "/" + folder)?.compactMap { $0 as? String } ?? []
        return try names.filter { $0.split(separator: "/").last == "contract.yaml" }.sorted().map { name in
            let path = folder + "/" + name
            return try Fragment(path: path, String(contentsOfFile: repository + "/" + path, encoding: .utf8))
        }
    }
}
