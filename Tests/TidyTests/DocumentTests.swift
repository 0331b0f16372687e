// The documents against the tree: rules, tables, columns, links, and the Dockerfile's paths and packages.

import Foundation
import Testing

@Suite struct DocumentTests {
    @Test("every rule that the code cites is in docs/rules.md, and every rule there is cited")
    func rules() throws {
        let number = try NSRegularExpression(pattern: #"\bR[0-9]{3}\b"#)
        let cited = Set(
            Tree.files("Sources", "Migrations", "Tests").flatMap { file in
                number.matches(in: file.text, range: NSRange(file.text.startIndex..., in: file.text))
                    .compactMap { Range($0.range, in: file.text).map { range in String(file.text[range]) } }
            })
        let listed = try #require(Tree.file("docs/rules.md")).lines.compactMap { line in
            line.firstMatch(of: /^\| (R[0-9]{3}) \|/).map { String($0.1) }
        }
        #expect(Set(listed) == cited)
        #expect(listed == Set(listed).sorted(), "in order, each once")
    }

    @Test("every check of a household is in docs/rules.md")
    func checks() throws {
        let document = try #require(Tree.file("docs/rules.md")).text
        let codes = Tree.files("Sources/Domain/Households").flatMap { file in
            file.text.matches(of: /\.(block|warn)\(\s*"([a-z0-9-]+)"/).map { (String($0.1), String($0.2)) }
        }
        #expect(codes.count > 20)
        for (severity, code) in codes { #expect(document.contains("| `\(code)` | \(severity) |"), "\(code)") }
    }

    @Test("every table is described in docs/database.md, and no table that is not there")
    func tables() throws {
        let made = Tree.files("Migrations", suffixes: [".sql"]).flatMap { file in
            file.text.split(separator: "\n").filter { $0.hasPrefix("CREATE ") }
                .joined(separator: "\n").matches(of: /CREATE (?:VIRTUAL )?TABLE (\w+)/).map { String($0.1) }
        }
        // Only tables of tables: others describe columns.
        let document = try #require(Tree.file("docs/database.md")).text
        let described = document.split(separator: "\n\n").filter { $0.hasPrefix("| table |") }.flatMap { block in
            block.matches(of: #/(?m)^\| `(\w+)` \|/#).map { String($0.1) }
        }
        #expect(Set(described) == Set(made))
    }

    @Test("every column of an import file is in docs/integration.md, with its national name")
    func importColumns() throws {
        let files = Tree.files("Sources", suffixes: ["Columns.swift"])
        #expect(files.count >= 3)
        let document = try #require(Tree.file("docs/integration.md"))
        for file in files {
            let own = file.lines.filter { $0.contains(/^    case [a-zA-Z, ]+$/) }
                .flatMap { $0.split(separator: /[ ,]+/).dropFirst() }
            let national = file.text.matches(of: /case \.\w+: \[(".*")\]/)
                .flatMap { $0.1.matches(of: /"([^"]+)"/).map(\.1) }
            #expect(own.count > 5, "\(file.path)")
            #expect(national.count > 5, "\(file.path)")
            for name in own + national { #expect(document.text.contains("`\(name)`"), "\(file.path) \(name)") }
        }
    }

    @Test("links in documents lead to files that are there")
    func links() {
        let documents = Tree.files("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs", suffixes: [".md"])
        #expect(documents.count >= 7)
        for document in documents {
            let folder = document.path.split(separator: "/").dropLast().map { $0 + "/" }.joined()
            for link in document.text.matches(of: /\]\(([^)#:]+)(#[^)]*)?\)/) {
                let target = link.1.hasPrefix("../") ? String(link.1.dropFirst(3)) : folder + link.1
                #expect(Tree.exists(target), "\(document.path) links to \(link.1)")
            }
        }
    }

    @Test("the map is at most 250 lines")
    func mapLength() throws {
        #expect(try #require(Tree.file("ARCHITECTURE.md")).lines.count <= 251)
    }
}

@Suite struct DockerfileTests {
    /// The headers of the build, and the package that holds the library at run time.
    static let libraries = ["libsqlite3-dev": "libsqlite3-0", "zlib1g-dev": "zlib1g"]

    private static func dockerfile() throws -> TextFile { try #require(Tree.file("Dockerfile")) }

    @Test("the build's packages are those of Package.swift, scripts/setup and the Dockerfile alike")
    func buildPackages() throws {
        let package = try #require(Tree.file("Package.swift")).text
        let named = Set(package.matches(of: /\.apt\(\["([^"]+)"\]\)/).map { String($0.1) })
        let setup = try #require(Tree.file("scripts/setup")).text.firstMatch(of: /build_packages=\(([^)]*)\)/)
        #expect(named == Set(Self.libraries.keys))
        #expect(Set(try #require(setup).1.split(separator: " ").map(String.init)) == named)
        let stages = try Self.dockerfile().text.split(separator: #/(?m)^FROM /#).dropFirst()
        #expect(stages.count == 2)
        let installed = stages.map { stage in
            Set(
                stage.matches(of: /--no-install-recommends ([^&]+)/)
                    .flatMap { $0.1.split(separator: /[\s\\]+/).map(String.init) })
        }
        #expect(installed.first == named)
        #expect(installed.last == Set(Self.libraries.values).union(["libstdc++6"]), "Crypto's library is in C++")
    }

    @Test("what the Dockerfile copies is in the tree, or is what the build makes")
    func paths() throws {
        for line in try Self.dockerfile().lines where line.hasPrefix("COPY ") {
            let words = line.split(separator: " ").dropFirst()
            let isBuilt = words.contains { $0.hasPrefix("--from=") }
            for source in words.filter({ !$0.hasPrefix("--") }).dropLast() {
                let path = isBuilt && source.hasPrefix("/src/") ? String(source.dropFirst(5)) : String(source)
                if path == ".build/release/jiedui" {
                    let package = try #require(Tree.file("Package.swift")).text
                    #expect(package.contains(".executable(name: \"jiedui\""))
                } else {
                    #expect(Tree.exists(path), "\(path)")
                }
            }
        }
    }

    @Test("migrations and contract are copied where the program looks for them, and the user is not root")
    func image() throws {
        let text = try Self.dockerfile().text
        #expect(text.contains("/usr/local/bin/jiedui"))
        #expect(text.contains("/usr/local/share/jiedui/"))
        #expect(try #require(Tree.file("Sources/Service/Database/Resources.swift")).text.contains("/share/jiedui"))
        #expect(text.contains(#/(?m)^USER (?!root)/#))
        #expect(text.contains(#/(?m)^HEALTHCHECK /#))
        let routes = Tree.files("Sources/Service/Operations").map(\.text).joined()
        #expect(text.contains("/healthz"))
        #expect(routes.contains("\"/healthz\""))
    }
}
