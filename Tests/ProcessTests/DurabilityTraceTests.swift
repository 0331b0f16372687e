// The order of system calls, seen from outside: the log is synced before the answer of a write is sent.

import Foundation
import Glibc
import Testing

@Suite
struct DurabilityTraceTests {
    private static let strace = "/usr/bin/strace"

    @Test(
        "fdatasync returns before each 201 is sent",
        .enabled(if: FileManager.default.isExecutableFile(atPath: strace), "strace is not installed"))
    func syncedBeforeAnswered() throws {
        let county = try County()
        let trace = county.directory.path + "/trace"
        let served = try ServedProcess(
            data: county.data,
            launcher: [
                Self.strace, "-f", "-s", "16", "-e", "trace=fdatasync,fsync,network,writev", "-o", trace,
            ])
        let client = try Client(port: served.port, token: county.token)
        let count = 20
        for number in 0..<count {
            let id = UUID().uuidString.lowercased()
            #expect(try client.send("PUT", "/v1/households/\(id)", body: County.household("t-\(number)")).status == 201)
        }
        served.terminateChild()
        var answers = 0
        var isSynced = false
        for line in try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n") {
            if line.contains("fdatasync") && line.contains("= 0") || line.contains("fsync") && line.contains("= 0") {
                isSynced = true
            } else if line.contains("HTTP/1.1 201") {
                answers += 1
                #expect(isSynced, "answer \(answers) was sent before its commit was on disk: \(line)")
                isSynced = false
            }
        }
        #expect(answers == count)
    }
}
