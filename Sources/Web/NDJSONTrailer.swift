// The last line of every NDJSON answer, by which a reader knows that nothing is missing.

import Crypto
import FoundationEssentials

/// Counts and hashes the lines of one NDJSON stream as they are written.
public struct NDJSONTrailer {
    private var hash = SHA256()
    /// How many lines were added.
    public private(set) var count = 0

    /// Begins a stream.
    public init() {}

    /// Adds finished lines, each with its LF. `lines` is how many they are.
    public mutating func add(_ bytes: [UInt8], lines: Int) {
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        count += lines
    }

    /// The same for lines without a copy.
    public mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, lines: Int) {
        hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
        count += lines
    }

    /// `{"_end":true,"count":n,"sha256":"…"}` and LF: the hash is over all bytes before this line.
    public func line() -> [UInt8] {
        var writer = JSONWriter(reserve: 128)
        writer.object { writer in
            writer.key("_end")
            writer.boolean(true)
            writer.key("count")
            writer.integer(count)
            writer.key("sha256")
            writer.string(Hexadecimal.text(hash.finalize()))
        }
        writer.newline()
        return writer.take()
    }
}

enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
