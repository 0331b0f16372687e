// The program as people start it: exit codes, words, and what it refuses.

import Foundation
import Testing

@Suite
struct CommandTests {
    @Test("a second process on served data, and a writing command, end with 75 and say why")
    func locked() throws {
        let county = try County()
        let served = try ServedProcess(data: county.data)
        let second = try Program.run(["serve", "--data", county.data, "--port", "0"])
        #expect(second.status == 75)
        #expect(second.errors.contains("another process (process \(served.process.processIdentifier))"))
        let write = try Program.run([
            "user", "add", "--data", county.data, "--name", "甲", "--role", "auditor", "--division", "990921000000",
        ])
        #expect(write.status == 75)
        #expect(try Program.run(["restore", "--data", county.data, "/dev/null"]).status == 75)
        #expect(try Program.run(["check", "--data", county.data]).status == 0)
        #expect(served.terminate() == 0)
    }

    @Test("a taken port is refused with words")
    func portTaken() throws {
        let county = try County()
        let other = try County()
        let served = try ServedProcess(data: county.data)
        let second = try Program.run(["serve", "--data", other.data, "--port", "\(served.port)"])
        #expect(second.status != 0)
        #expect(second.errors.contains("\(served.port)"))
    }

    @Test("an origin that no browser would send is refused at the start, in words, with 64")
    func origins() throws {
        let county = try County()
        for (origin, words) in [
            ("*", "would let every page in"), ("https://office.example/", "nothing follows the host"),
        ] {
            let refused = try Program.run(["serve", "--data", county.data, "--port", "0", "--allow-origin", origin])
            #expect(refused.status == 64)
            #expect(refused.errors.contains(origin))
            #expect(refused.errors.contains(words))
        }
    }

    @Test("a directory that is not empty takes no demonstration county")
    func notEmpty() throws {
        let county = try County()
        let again = try Program.run(["demo", "--data", county.data])
        #expect(again.status != 0)
        #expect(again.errors.contains("not empty"))
    }

    @Test("the same seed and date make equal exports, another seed others")
    func deterministic() throws {
        let directory = try TemporaryDirectory()
        func csv(_ name: String, seed: Int) throws -> Data {
            let path = directory.path + "/" + name
            let made = try Program.run([
                "demo", "--csv", path, "--households", "200", "--seed", "\(seed)", "--as-of", "2026-01-31",
            ])
            #expect(made.status == 0)
            return try Data(contentsOf: URL(fileURLWithPath: path))
        }
        let first = try csv("a", seed: 7)
        #expect(try csv("b", seed: 7) == first)
        #expect(try csv("c", seed: 8) != first)
    }

    @Test("every row of the file of trouble is refused, with 65, and changes nothing")
    func trouble() throws {
        let county = try County()
        let path = county.directory.path + "/bad.csv"
        #expect(try Program.run(["demo", "--bad-csv", path]).status == 0)
        let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\r\n").count - 1
        let result = try Program.run(["import", "households", path, "--data", county.data, "--json"])
        #expect(result.status == 65)
        #expect(result.output.contains("\"created\":0,\"changed\":0,\"unchanged\":0,\"ended\":0,\"refused\":\(rows)}"))
    }

    @Test("a backup without its key, or under another, is not restored, and the data stays")
    func otherKey() throws {
        let county = try County()
        let other = try County()
        let file = county.directory.path + "/backup"
        #expect(try Program.run(["backup", "--data", county.data, file]).status == 0)
        let before = try Data(contentsOf: URL(fileURLWithPath: other.data + "/jiedui.sqlite"))
        let refused = try Program.run(["restore", "--data", other.data, file])
        #expect(refused.status != 0)
        #expect(refused.errors.contains("key"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: other.data + "/jiedui.sqlite")) == before)
        let empty = county.directory.path + "/empty"
        #expect(try Program.run(["restore", "--data", empty, file]).status != 0)
        #expect(
            try Program.run(["backup", "--data", county.data, file]).status != 0, "an existing file is not overwritten")
    }
}
