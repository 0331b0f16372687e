// The real program as a process of its own: started, asked over a socket, killed.

import Foundation
import Glibc
import Testing

/// A directory that is removed with the test.
final class TemporaryDirectory {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "jiedui-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The program beside the tests.
enum Program {
    static let path: String = {
        let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return products.appendingPathComponent("jiedui").path
    }()

    /// Runs a command to its end.
    static func run(_ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let words = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: text, as: UTF8.self), String(decoding: words, as: UTF8.self)
        )
    }
}

/// `jiedui serve` on a free port.
final class ServedProcess {
    let port: UInt16
    let process: Process
    /// Seconds from the start to the listening line.
    let startSeconds: Double

    struct NotListening: Error {}

    /// - Parameters:
    ///   - launcher: a program and its arguments that run the service, such as a tracer.
    ///   - port: 0 takes a free one.
    init(data: String, launcher: [String] = [], port wanted: UInt16 = 0) throws {
        let begin = DispatchTime.now().uptimeNanoseconds
        process = Process()
        let command = launcher + [Program.path, "serve", "--data", data, "--port", "\(wanted)", "--quiet"]
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        while !text.contains("\n") {
            let chunk = output.fileHandleForReading.availableData
            if chunk.isEmpty { break }
            text += String(decoding: chunk, as: UTF8.self)
        }
        guard let digits = text.split(separator: ":").last?.prefix(while: \.isNumber), let port = UInt16(digits) else {
            // No deinit follows an init that throws before the port is known.
            process.terminate()
            process.waitUntilExit()
            throw NotListening()
        }
        self.port = port
        startSeconds = Double(DispatchTime.now().uptimeNanoseconds - begin) / 1e9
    }

    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Asks it to end and waits.
    func terminate() -> Int32 {
        Glibc.kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Ends what a launcher has started, and waits for the launcher.
    func terminateChild() {
        let children =
            (try? String(
                contentsOfFile: "/proc/\(process.processIdentifier)/task/\(process.processIdentifier)/children",
                encoding: .utf8)) ?? ""
        for child in children.split(separator: " ").compactMap({ pid_t($0) }) { Glibc.kill(child, SIGTERM) }
        process.waitUntilExit()
    }

    deinit { if process.isRunning { kill() } }
}

/// A small blocking HTTP/1.1 client on one connection.
final class Client {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private let token: String

    struct Closed: Error {}

    struct Answer {
        let status: Int
        let head: String
        let body: [UInt8]

        var json: [String: Any]? { (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] }
    }

    init(port: UInt16, token: String) throws {
        self.token = token
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Closed() }
    }

    // Runs after an init that throws, too: all properties have a value from the socket on. A second close would take
    // the descriptor away from another thread.
    deinit { if descriptor >= 0 { close(descriptor) } }

    /// - Parameter fields: further field lines, each with its line end.
    func send(
        _ method: String, _ path: String, type: String = "application/json", fields: String = "", body: String? = nil
    ) throws -> Answer {
        var request = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n" + fields
        if let body {
            request += "Content-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        } else {
            request += "\r\n"
        }
        var bytes = Array(request.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Closed() }
            bytes = bytes.dropFirst(count)
        }
        return try receive()
    }

    private func receive() throws -> Answer {
        let separator = Array("\r\n\r\n".utf8)
        var end = find(separator)
        while end == nil {
            try fill()
            end = find(separator)
        }
        let head = String(decoding: buffer[..<(end ?? 0)], as: UTF8.self)
        buffer.removeFirst((end ?? 0) + 4)
        let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let length =
            head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
        while buffer.count < length { try fill() }
        let body = Array(buffer[..<length])
        buffer.removeFirst(length)
        return Answer(status: status, head: head, body: body)
    }

    private func find(_ separator: [UInt8]) -> Int? {
        guard buffer.count >= separator.count else { return nil }
        return (0...(buffer.count - separator.count)).first { Array(buffer[$0..<($0 + separator.count)]) == separator }
    }

    private func fill() throws {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { throw Closed() }
        buffer += chunk[..<count]
    }
}
