// Sending a file and waiting for what becomes of it.

import Glibc

@testable import App
@testable import Web

extension Session {
    /// Puts a file and waits until its job has ended.
    func importFile(_ number: Int, _ query: String, _ content: String) throws -> JSONValue {
        try importFile(number, query, Array(content.utf8), [:])
    }

    func importFile(
        _ number: Int, _ query: String, _ content: [UInt8], _ fields: KeyValuePairs<String, String>
    ) throws -> JSONValue {
        let path = "/v1/imports/\(Sample.id(number))"
        let accepted = try send("PUT", path + "?" + query, fields, body: content)
        guard accepted.status == 202 else {
            throw ClientError(action: "import \(accepted.text)", code: CInt(accepted.status))
        }
        return try job(number)
    }

    /// The job once it has ended.
    func job(_ number: Int) throws -> JSONValue {
        for _ in 0..<60_000 {
            let job = try required(get("/v1/imports/\(Sample.id(number))").json)
            if let state = job["state"]?.string, state != "queued" && state != "running" { return job }
            usleep(1_000)
        }
        throw ClientError(action: "the job does not end", code: 0)
    }

    /// The refused rows of the report.
    func refusals(_ number: Int) throws -> [String] { try report(number).filter { $0.hasSuffix(" refused") } }

    /// The report as `line column code severity`.
    func report(_ number: Int) throws -> [String] {
        try walk("/v1/imports/\(Sample.id(number))/report?limit=1000").map { row in
            [
                row["line"]?.integer.map(String.init), row["column"]?.string, row["code"]?.string,
                row["severity"]?.string,
            ]
            .compactMap(\.self).joined(separator: " ")
        }
    }
}

extension JSONValue {
    /// `created changed unchanged ended refused` of a job.
    var counts: [Int?] { ["created", "changed", "unchanged", "ended", "refused"].map { self[$0]?.integer } }
}
