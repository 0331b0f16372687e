// The queue of log lines before readers that are slow, stalled, back again, or gone.

import Foundation
import Service
import Testing

/// A pipe whose reader decides when to read.
private final class Reader {
    let reading: CInt
    let writing: CInt

    init() throws {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        (reading, writing) = (ends[0], ends[1])
        // A vanished reader is an error of the write, as in the program.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Fills the pipe; the queue's thread stands still at its next line.
    func stall() throws {
        let flags = fcntl(writing, F_GETFL)
        _ = fcntl(writing, F_SETFL, flags | O_NONBLOCK)
        let filler = [UInt8](repeating: 0x2e, count: 4_096)
        while write(writing, filler, filler.count) > 0 {}
        _ = fcntl(writing, F_SETFL, flags)
    }

    /// Reads until the text so far satisfies the condition; what comes is bounded by the queue.
    func read(until condition: (String) -> Bool) throws -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            var ready = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
            try #require(
                poll(&ready, 1, 10_000) == 1, "nothing came: \(String(decoding: bytes.suffix(200), as: UTF8.self))")
            let count = Glibc.read(reading, &chunk, chunk.count)
            try #require(count > 0)
            bytes += chunk[..<count]
            let text = String(decoding: bytes.drop { $0 == 0x2e }, as: UTF8.self)
            if condition(text) { return text }
        }
    }

    func endReading() { close(reading) }

    // The writing end stays open: a queue that has something left to say tries again later, and its number must not
    // belong to another test by then.
}

@Suite struct LogQueueTests {
    private static func line(_ number: Int) -> [UInt8] {
        Array("line \(number) \(String(repeating: "x", count: 88))\n".utf8)
    }

    private static func numbers(_ text: String) -> [Int] {
        text.split(separator: "\n").compactMap { line in
            line.hasPrefix("line ") ? Int(line.dropFirst(5).prefix { $0 != " " }) : nil
        }
    }

    @Test("lines are gathered and come whole and in order, at the latest after a flush")
    func ordered() throws {
        let reader = try Reader()
        let queue = LogQueue(descriptor: reader.writing)
        for number in 0..<500 { queue.append(Self.line(number)) }
        #expect(queue.flush(seconds: 10))
        let text = try reader.read { Self.numbers($0).count == 500 }
        #expect(Self.numbers(text) == Array(0..<500))
        #expect(queue.lostTotal == 0)
    }

    @Test("a line of a log event does not wait for others, and what waits goes before it")
    func atOnce() throws {
        let reader = try Reader()
        let queue = LogQueue(descriptor: reader.writing)
        queue.append(Self.line(1))
        queue.say("an event")
        #expect(try reader.read { $0.contains("an event\n") }.hasPrefix("line 1 "))
    }

    @Test("nobody waits for a stalled reader; lines beyond the bound are lost whole, counted, and said where they miss")
    func stalled() throws {
        let reader = try Reader()
        try reader.stall()
        // Room for 100 lines of about 96 octets.
        let queue = LogQueue(descriptor: reader.writing, bytesMax: 9_600)
        for number in 0..<1_000 { queue.append(Self.line(number)) }
        let lost = queue.lostTotal
        #expect(lost > 850)
        #expect(lost < 950)
        #expect(!queue.flush(seconds: 0))
        let text = try reader.read { $0.contains("\"lines\":\"") && $0.hasSuffix("\n") }
        #expect(Self.numbers(text) == Array(0..<(1_000 - lost)))
        #expect(text.hasSuffix(",\"lines\":\"\(lost)\"}\n"))
        // From now on nothing is lost, and nothing is said again.
        queue.append(Self.line(1_000))
        #expect(queue.flush(seconds: 10))
        #expect(Self.numbers(try reader.read { Self.numbers($0) == [1_000] }) == [1_000])
        #expect(queue.lostTotal == lost)
    }

    @Test("what arrives between the loss and its telling is lost too, and counted with it")
    func lossIsOnePlace() throws {
        let reader = try Reader()
        try reader.stall()
        let queue = LogQueue(descriptor: reader.writing, bytesMax: 500)
        for number in 0..<20 { queue.append(Self.line(number)) }
        let lost = queue.lostTotal
        queue.append(Array("short\n".utf8))
        #expect(queue.lostTotal == lost + 1)
        let text = try reader.read { $0.contains("\"lines\":\"") && $0.hasSuffix("\n") }
        #expect(!text.contains("short"))
        #expect(text.hasSuffix(",\"lines\":\"\(lost + 1)\"}\n"))
    }

    @Test("a reader who is gone costs lines, and nothing else")
    func gone() throws {
        let reader = try Reader()
        let queue = LogQueue(descriptor: reader.writing)
        reader.endReading()
        for number in 0..<10 { queue.append(Self.line(number)) }
        #expect(queue.flush(seconds: 10))
        #expect(queue.lostTotal == 10)
        queue.say("another")
        #expect(queue.flush(seconds: 10))
        #expect(queue.lostTotal == 11)
    }
}
