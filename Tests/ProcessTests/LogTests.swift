// A log that nobody reads: the real program on a full pipe goes on answering, says later what was lost, and ends in
// time, also when it must end at once.

import Foundation
import Testing

/// The program with the ends of a pipe that a test holds.
private final class Logged {
    let process = Process()
    let pipe = Pipe()
    let port: UInt16

    /// - Parameter isFull: nothing fits into the pipe from the beginning, and standard output goes there too.
    init(data: String, isFull: Bool) throws {
        port = try Self.freePort()
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments = ["serve", "--data", data, "--port", "\(port)"]
        let end = pipe.fileHandleForWriting
        process.standardError = end
        process.standardOutput = isFull ? end : FileHandle.nullDevice
        if isFull { Self.fill(end.fileDescriptor) }
        try process.run()
        // Otherwise this process would hold the pipe open at its reading end's end.
        try end.close()
    }

    /// A client as soon as the service listens.
    func client(_ token: String) throws -> Client {
        for _ in 0..<600 {
            if let client = try? Client(port: port, token: token) { return client }
            try #require(process.isRunning, "ended with \(process.terminationStatus)")
            usleep(50_000)
        }
        throw ServedProcess.NotListening()
    }

    /// Seconds until the process has ended; it is killed after 30.
    func end(_ ask: () -> Void) -> Double {
        let begin = DispatchTime.now().uptimeNanoseconds
        ask()
        for _ in 0..<600 where process.isRunning { usleep(50_000) }
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - begin) / 1e9
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return seconds
    }

    func terminate() -> Double { end { kill(process.processIdentifier, SIGTERM) } }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    private static func fill(_ descriptor: Int32) {
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        let filler = [UInt8](repeating: 0x2e, count: 4_096)
        while write(descriptor, filler, filler.count) > 0 {}
        _ = fcntl(descriptor, F_SETFL, flags)
    }

    private static func freePort() throws -> UInt16 {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(probe, $0, length) == 0 && getsockname(probe, $0, &length) == 0
            }
        }
        try #require(isBound)
        return UInt16(bigEndian: address.sin_port)
    }
}

@Suite(.serialized)
struct LogTests {
    /// Asks so often that pipe and queue are full many times over.
    private func ask(_ logged: Logged, _ token: String, times: Int) throws {
        var client = try logged.client(token)
        for number in 0..<times {
            // A connection serves 10,000 requests.
            if number % 5_000 == 4_999 { client = try logged.client(token) }
            guard try client.send("GET", "/healthz").status == 200 else {
                Issue.record("request \(number) was not answered")
                return
            }
        }
    }

    private func lost(_ logged: Logged, _ token: String) throws -> Int {
        let text = String(decoding: try logged.client(token).send("GET", "/metrics").body, as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("jiedui_log_lines_lost_total ") })
        return try #require(Int(line.split(separator: " ")[1]))
    }

    @Test("on a full pipe 10,000 requests are answered; a reader who is back is told how many lines were lost")
    func stalledReader() throws {
        let county = try County()
        let logged = try Logged(data: county.data, isFull: false)
        try ask(logged, county.token, times: 10_000)
        #expect(try lost(logged, county.token) > 1_000)
        var text = ""
        while !text.contains("were lost") || !text.hasSuffix("\n") {
            let data = logged.pipe.fileHandleForReading.availableData
            try #require(!data.isEmpty)
            text += String(decoding: data, as: UTF8.self)
        }
        #expect(logged.terminate() < 5)
        text += String(decoding: logged.pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(logged.process.terminationStatus == 0)
        let lines = text.split(separator: "\n")
        let told = lines.filter { $0.contains("were lost") }.compactMap { line in
            line.firstMatch(of: /"lines":"([0-9]+)"/).flatMap { Int($0.1) }
        }
        let requests = lines.count { $0.contains("\"route\":") }
        #expect(told.reduce(requests, +) == 10_001, "\(requests) lines and \(told) lost")
        #expect(lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
    }

    @Test("with both outputs on one full pipe from the start it serves, and SIGTERM ends it in order within 5 seconds")
    func fullFromTheStart() throws {
        let county = try County()
        let logged = try Logged(data: county.data, isFull: true)
        try ask(logged, county.token, times: 2_000)
        #expect(logged.terminate() < 5)
        #expect(logged.process.terminationStatus == 0)
    }

    @Test("storage that fails ends it with 70 within 5 seconds, whether anybody reads its last words or not")
    func storageFails() throws {
        for isFull in [true, false] {
            let county = try County()
            let logged = try Logged(data: county.data, isFull: isFull)
            let client = try logged.client(county.token)
            #expect(try client.send("GET", "/v1/households?limit=1").status == 200)
            // Everything behind the first pages becomes nonsense: a write meets a page that it has not read yet.
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: county.data + "/jiedui.sqlite"))
            let size = try file.seekToEnd()
            try file.seek(toOffset: 4_096)
            try file.write(contentsOf: Data(repeating: 0xff, count: Int(size) - 4_096))
            try file.close()
            let seconds = logged.end {
                _ = try? client.send(
                    "PUT", "/v1/households/\(UUID().uuidString.lowercased())", body: County.household("f"))
            }
            #expect(seconds < 5)
            #expect(logged.process.terminationStatus == 70)
            if !isFull {
                let data = logged.pipe.fileHandleForReading.readDataToEndOfFile()
                #expect(String(decoding: data, as: UTF8.self).contains("jiedui: storage failed"))
            }
        }
    }
}
