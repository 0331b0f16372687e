// The boundaries between the targets, as imports: what a target may know, and by that what it can never know.

import Foundation
import Testing

@Suite struct BoundaryTests {
    /// Every module that a target imports.
    static let allowed: [String: Set<String>] = [
        "HTTP1": ["CLinux", "CZlib", "Dispatch", "Glibc", "Synchronization"],
        "Web": ["HTTP1", "Crypto", "FoundationEssentials", "Glibc"],
        "SQL": ["CSQLite", "Crypto", "Dispatch", "Glibc", "Synchronization"],
        "Domain": ["Swift"],
        "Demonstration": ["Domain"],
        "App": [
            "Demonstration", "Domain", "SQL", "Web", "HTTP1", "Crypto", "Dispatch", "Glibc", "Logging",
            "Synchronization",
        ],
        "ExpandContract": ["App", "Foundation"],
        "jiedui": [
            "App", "Demonstration", "Domain", "SQL", "HTTP1", "ArgumentParser", "Dispatch", "Glibc", "Logging",
            "Synchronization",
        ],
    ]

    @Test("a target imports what it may know and nothing else", arguments: allowed.keys.sorted())
    func imports(_ target: String) {
        let allowed = Self.allowed[target] ?? []
        let others = Tree.files("Sources/" + target, suffixes: [".swift"]).flatMap { file in
            file.lines.compactMap { line -> String? in
                guard line.contains("import "),
                    let module = line.firstMatch(of: /^(@\S+ )?(public |internal |package )?import (\w+)/)?.3
                else {
                    return nil
                }
                return allowed.contains(String(module)) ? nil : "\(file.path) imports \(module)"
            }
        }
        #expect(others == [])
    }

    @Test("every target of the package has its boundary here")
    func targets() {
        let folders = Set(Tree.sources.map { String($0.path.split(separator: "/")[1]) })
        #expect(folders == Set(Self.allowed.keys))
    }

    @Test("sockets are named in HTTP1 only, and the SQLite library in SQL only")
    func systemCalls() throws {
        let sockets = #"\b(epoll_\w+|accept4|recv|sendmsg|setsockopt)\("#
        let library = #"\bsqlite3_\w+\("#
        #expect(try Tree.sources.filter { !$0.path.hasPrefix("Sources/HTTP1/") }.places(of: sockets) == [])
        #expect(try Tree.sources.filter { !$0.path.hasPrefix("Sources/SQL/") }.places(of: library) == [])
    }

    @Test("the rules do not look at a clock or throw dice of their own")
    func pureRules() throws {
        let impure =
            #"\b(clock_gettime|gettimeofday|ContinuousClock|SystemRandomNumberGenerator|\w+\.random\(in: [^,)]*\))"#
        #expect(try Tree.files("Sources/Domain", "Sources/Demonstration").places(of: impure) == [])
    }

    /// The folders of `App`, from what knows nobody to what knows all.
    private static let layers: [Set<String>] = [
        [
            "Access", "Changes", "Database", "Fields", "Jobs", "Lists", "Modules", "Operations", "Parameters", "Record",
            "Reference", "Request",
        ],
        ["Divisions", "Duties", "Helpers", "Households", "Statistics", "Villages"],
        ["Pairing"],
        ["Contact"],
        ["Demonstration"],
    ]

    @Test("a domain names types of its own layer and of those below it; only the list of modules knows all")
    func layers() throws {
        let files = Tree.files("Sources/App", suffixes: [".swift"]).filter { !$0.path.hasSuffix("/Modules.swift") }
        let comment = try NSRegularExpression(pattern: "//.*")
        let declaration = try NSRegularExpression(
            pattern: #"^(?:public |final |indirect )*(?:struct|class|enum|protocol|typealias) (\w+)"#,
            options: .anchorsMatchLines)
        let name = try NSRegularExpression(pattern: #"\b[A-Z]\w+\b"#)
        func layer(_ file: TextFile) -> Int? {
            let folder = String(file.path.split(separator: "/")[2])
            return Self.layers.firstIndex { $0.contains(folder) }
        }
        #expect(files.filter { layer($0) == nil }.map(\.path) == [])
        var declared: [Substring: Int] = [:]
        for file in files {
            for found in declaration.matches(in: file.text, range: NSRange(file.text.startIndex..., in: file.text)) {
                if let range = Range(found.range(at: 1), in: file.text) { declared[file.text[range]] = layer(file) }
            }
        }
        let above = files.flatMap { file -> [String] in
            let own = layer(file) ?? 0
            let code = comment.stringByReplacingMatches(
                in: file.text, range: NSRange(file.text.startIndex..., in: file.text), withTemplate: "")
            let names = name.matches(in: code, range: NSRange(code.startIndex..., in: code)).compactMap {
                Range($0.range, in: code).map { code[$0] }
            }
            return Set(names).filter { declared[$0].map { $0 > own } ?? false }.map { "\(file.path) knows \($0)" }
        }
        #expect(above.sorted() == [])
    }
}
