// The form of the code: lengths, first lines, words that do not belong here. What `swift format lint` finds is not
// looked for again.

import Testing

@Suite struct FormTests {
    static let fileLinesMax = 400
    static let functionLinesMax = 70
    static let lineCharactersMax = 120

    @Test("no file of code is longer than 400 lines")
    func fileLengths() {
        let long = Tree.code.filter { $0.lines.count - 1 > Self.fileLinesMax }
        #expect(long.map(\.path) == [])
    }

    @Test("no line of code or of a script is longer than 120 characters")
    func lineLengths() {
        let files = Tree.code + Tree.files("scripts", ".ci", "Dockerfile")
        let long = files.flatMap { file in
            file.lines.enumerated().filter { $0.element.unicodeScalars.count > Self.lineCharactersMax }
                .map { "\(file.path):\($0.offset + 1)" }
        }
        #expect(long == [])
    }

    @Test("no function is longer than 70 lines")
    func functionLengths() {
        let long = Tree.code.filter { $0.path.hasSuffix(".swift") }.flatMap { file in
            Self.functions(in: file).filter { $0.lines > Self.functionLinesMax }
                .map { "\(file.path):\($0.first): \($0.lines) lines" }
        }
        #expect(long == [])
    }

    /// Where functions begin, and their lines. The formatter puts a function's closing brace under its first letter.
    private static func functions(in file: TextFile) -> [(first: Int, lines: Int)] {
        let lines = file.lines
        let beginnings = ["func ", "init", "subscript"]
        let declaration = /^ *([a-z@]\S* +)*(func |init[?(<]|subscript|deinit)/
        return lines.indices.compactMap { first in
            let line = lines[first]
            guard beginnings.contains(where: { line.contains($0) }), !line.hasSuffix("}"), line.contains(declaration)
            else { return nil }
            let indent = line.prefix { $0 == " " }
            let end = lines[(first + 1)...].firstIndex { other in
                !other.isEmpty && other.prefix { $0 == " " }.count <= indent.count && !other.hasPrefix(indent + ")")
                    && other != indent + "{" && !other.hasPrefix(indent + "where ")
            }
            guard let end, lines[end] == indent + "}" else { return nil }
            return (first + 1, end - first + 1)
        }
    }

    @Test("a file of code begins with a comment that says what it is for")
    func firstLines() {
        let bare = Tree.code.filter {
            $0.path != "Package.swift" && !$0.text.hasPrefix("//") && !$0.text.hasPrefix("/*")
        }
        #expect(bare.map(\.path) == [])
    }

    @Test("types are not called managers, services, implementations or utilities")
    func names() throws {
        let vague = #"\b(class|struct|enum|protocol|typealias) \w*(Manager|Service|\wHelper|Impl|Utils)\b"#
        #expect(try Tree.sources.places(of: vague) == [])
    }

    @Test("nothing is left for later and nothing crashes on purpose")
    func leftovers() throws {
        #expect(try Tree.sources.places(of: #"\b(TODO|FIXME|fatalError|try!|as!)"#) == [])
    }

    @Test("dates and JSON do not go through Foundation's formatters and coders")
    func foundation() throws {
        let slow = #"\b(DateFormatter|ISO8601DateFormatter|JSONEncoder|JSONDecoder|JSONSerialization)\b"#
        #expect(try Tree.sources.places(of: slow) == [])
    }

    @Test("the cooperative thread pool runs nothing of ours")
    func noConcurrencyRuntime() throws {
        let cooperative = #"\bawait\b|\basync (throws|->)|\) async \{|\bactor [A-Z]|\bTask(\.detached)? ?\{"#
        #expect(try Tree.sources.places(of: cooperative) == [])
    }

    @Test("Sendable goes unchecked exactly twice: what a queue confines, and the SQLite connection")
    func uncheckedSendable() throws {
        let places = try Tree.code.places(of: "@unchecked" + " Sendable")
        #expect(
            places.map { String($0.prefix { $0 != ":" }) } == [
                "Sources/HTTP1/Confined.swift", "Sources/SQL/Connection.swift",
            ])
    }

    @Test("nothing names a path of the machine it was written on")
    func machinePaths() throws {
        #expect(try Tree.written.places(of: "/(work|root|home|Users)/[a-z]|/tmp/(spec)") == [])
    }

    @Test("no built or downloaded file is tracked", .enabled(if: Tree.tracked != nil))
    func generatedFiles() {
        let folders = ["/.build/", "/.swiftpm/", "/data/", "/node_modules/", "/__pycache__/"]
        let endings = [".o", ".a", ".so", ".pyc", ".sqlite", ".sqlite-wal", ".sqlite-shm", ".profraw", ".log"]
        let generated = (Tree.tracked ?? []).filter { path in
            folders.contains { ("/" + path).contains($0) } || endings.contains { path.hasSuffix($0) }
        }
        #expect(generated == [])
    }
}
