// The repository as these tests see it: its files as text. It knows nothing of what they should hold.

import Foundation

/// A text file of the repository.
struct TextFile: Sendable {
    /// Relative to the repository's root.
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// `path:line: text` of every line in which the pattern is found. Foundation's expressions, because those of the
    /// language are forty times slower in a debug build, and this is asked of every line there is.
    func places(of pattern: String) throws -> [String] {
        let expression = try NSRegularExpression(pattern: pattern, options: .anchorsMatchLines)
        let matches = expression.matches(in: text, range: NSRange(text.startIndex..., in: text))
        return matches.compactMap { match in
            guard let found = Range(match.range, in: text) else { return nil }
            let line = text.lineRange(for: found)
            let number = text[..<line.lowerBound].utf8.count { $0 == UInt8(ascii: "\n") } + 1
            return "\(path):\(number): \(text[line].trimmingCharacters(in: .whitespacesAndNewlines))"
        }
    }
}

extension [TextFile] {
    /// The places in all files.
    func places(of pattern: String) throws -> [String] { try flatMap { try $0.places(of: pattern) } }
}

enum Tree {
    /// The repository's root, found from this file.
    static let root: String = {
        var parts = #filePath.split(separator: "/")
        parts.removeLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    /// Every text file below the folders named, and the files named.
    static func files(_ names: String..., suffixes: [String] = []) -> [TextFile] {
        names.flatMap { paths(below: $0) }.sorted().compactMap { path in
            guard suffixes.isEmpty || suffixes.contains(where: { path.hasSuffix($0) }) else { return nil }
            return file(path)
        }
    }

    /// One file; nil when it is not there or not text.
    static func file(_ path: String) -> TextFile? {
        guard let data = FileManager.default.contents(atPath: root + "/" + path),
            let text = String(data: data, encoding: .utf8)
        else { return nil }
        return TextFile(path: path, text: text)
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root + "/" + path) }

    private static func paths(below name: String) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root + "/" + name, isDirectory: &isFolder) else { return [] }
        guard isFolder.boolValue else { return [name] }
        let found = FileManager.default.enumerator(atPath: root + "/" + name)?.compactMap { $0 as? String } ?? []
        return found.filter { !$0.split(separator: "/").contains { $0.hasPrefix(".build") } }.map { name + "/" + $0 }
    }

    /// What git tracks; nil outside a clone.
    static let tracked: [String]? = {
        let git = Process()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        git.arguments = ["git", "-C", root, "ls-files"]
        let output = Pipe()
        git.standardOutput = output
        git.standardError = FileHandle.nullDevice
        guard (try? git.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        git.waitUntilExit()
        guard git.terminationStatus == 0 else { return nil }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }()

    /// Everything that people wrote: program, tests, scripts, documents.
    static let written = files(
        "Sources", "Tests", "Migrations", "Benchmarks", "scripts", "docs", ".ci", "Package.swift", "Dockerfile",
        "openapi.yaml", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")
    static let sources = files("Sources", suffixes: [".swift"])
    static let code = files("Sources", "Tests", "Package.swift", suffixes: [".swift", ".c", ".h"])
}
