// The boundaries between the targets, as imports: what a target may know, and by that what it can never know.

import Foundation
import Testing

@Suite struct BoundaryTests {
    /// What a part of the service may import beside the parts below it.
    private static let service: Set<String> = [
        "Domain", "SQL", "Web", "HTTP1", "Crypto", "Dispatch", "Glibc", "Logging", "Synchronization",
    ]

    /// Every module that a target imports.
    static let allowed: [String: Set<String>] = [
        "HTTP1": ["CLinux", "CZlib", "Dispatch", "Glibc", "Synchronization"],
        "Web": ["HTTP1", "Crypto", "FoundationEssentials", "Glibc"],
        "SQL": ["CSQLite", "Crypto", "Dispatch", "Glibc", "Synchronization"],
        "Domain": ["Swift"],
        "Demonstration": ["Domain"],
        "Service": service,
        "Archive": service.union(["Service"]),
        "Pairing": service.union(["Service", "Archive"]),
        "Contact": service.union(["Service", "Archive", "Pairing"]),
        "App": service.union(["Service", "Archive", "Pairing", "Contact", "Demonstration"]),
        "ExpandContract": ["App", "Service", "Foundation"],
        "jiedui": [
            "App", "Pairing", "Service", "Demonstration", "Domain", "SQL", "HTTP1", "ArgumentParser", "Dispatch",
            "Glibc", "Logging",
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
}
