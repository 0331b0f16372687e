// A register in and out in bulk, by the real program: an import that is killed in the middle, resumed and undone.

import Foundation
import Testing

@Suite(.serialized)
struct BulkTests {
    /// What a file of households holds, with another archive number and other people for each.
    private func rows(_ count: Int) -> String {
        var text = "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate\n"
        for number in 0..<count {
            text += "990921100001,B\(number),general,other,示例\(number),householder,male,1970-01-01\n"
            text += "990921100001,B\(number),general,other,示例子\(number),son,male,2000-01-01\n"
        }
        return text
    }

    private func job(_ client: Client, _ id: String) throws -> [String: Any] {
        try client.send("GET", "/v1/imports/\(id)").json ?? [:]
    }

    /// Waits until the state of a job is none of these.
    private func wait(
        _ client: Client, _ id: String, while states: Set<String>, _ isEnough: ([String: Any]) -> Bool = { _ in false }
    ) throws -> [String: Any] {
        for _ in 0..<60_000 {
            let job = try job(client, id)
            if !states.contains(job["state"] as? String ?? "") || isEnough(job) { return job }
            usleep(1_000)
        }
        throw Client.Closed()
    }

    @Test(
        "a job that is killed with -9 in the middle goes on, counts each row once, and is undone, killed there as well")
    func killedAndUndone() throws {
        let county = try County()
        let households = ProcessInfo.processInfo.environment["JIEDUI_BULK_HOUSEHOLDS"].flatMap { Int($0) } ?? 2_000
        let before = county.directory.path + "/before.csv"
        let after = county.directory.path + "/after.csv"
        #expect(try Program.run(["export", "--data", county.data, "households", before]).status == 0)
        let id = UUID().uuidString.lowercased()
        var served = try ServedProcess(data: county.data)
        var client = try Client(port: served.port, token: county.token)
        let put = try client.send(
            "PUT", "/v1/imports/\(id)?kind=households", type: "text/csv", body: rows(households))
        #expect(put.status == 202)
        _ = try wait(client, id, while: ["queued", "running"]) { ($0["created"] as? Int ?? 0) > 0 }
        served.kill()
        served = try ServedProcess(data: county.data)
        client = try Client(port: served.port, token: county.token)
        let done = try wait(client, id, while: ["queued", "running"])
        #expect(done["state"] as? String == "done", "\(done)")
        #expect(done["created"] as? Int == households * 2, "\(done)")
        let listed = try client.send("GET", "/v1/households?limit=1&count=true").json?["total"] as? Int
        #expect(listed == 20 + households)
        #expect(try client.send("POST", "/v1/imports/\(id)/undo").status == 202)
        _ = try wait(client, id, while: ["undoing"]) { ($0["undone"] as? Int ?? 0) > 0 }
        served.kill()
        served = try ServedProcess(data: county.data)
        client = try Client(port: served.port, token: county.token)
        let undone = try wait(client, id, while: ["undoing"])
        #expect(undone["state"] as? String == "undone", "\(undone)")
        #expect(undone["undone"] as? Int == households, "\(undone)")
        #expect(try client.send("GET", "/v1/households?limit=1&count=true").json?["total"] as? Int == 20)
        served.kill()
        #expect(try Program.run(["export", "--data", county.data, "households", after]).status == 0)
        #expect(FileManager.default.contentsEqual(atPath: before, andPath: after))
        let check = try Program.run(["check", "--data", county.data])
        #expect(check.status == 0, "\(check.output)")
    }

    @Test("the demonstration county is exported, imported elsewhere and exported again: equal files")
    func elsewhere() throws {
        let county = try County(households: 200)
        let other = county.directory.path + "/other"
        #expect(try Program.run(["migrate", "--data", other]).status == 0)
        let files = ["divisions", "successors", "households"].map { (kind: $0, path: "\(county.directory.path)/\($0)") }
        let order = ["--sealed", "plain", "--reason", "county moves"]
        for (kind, path) in files {
            #expect(try Program.run(["export", "--data", county.data, kind, path + "-1.csv"] + order).status == 0)
            let imported = try Program.run(["import", "--data", other, kind, path + "-1.csv", "--json"])
            #expect(imported.status == 0, "\(imported.output) \(imported.errors)")
        }
        for (kind, path) in files {
            #expect(try Program.run(["export", "--data", other, kind, path + "-2.csv"] + order).status == 0)
            #expect(FileManager.default.contentsEqual(atPath: path + "-1.csv", andPath: path + "-2.csv"), "\(kind)")
        }
        #expect(try Program.run(["check", "--data", other]).status == 0)
    }
}
