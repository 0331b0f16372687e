// gzip both ways (RFC 1952, RFC 9110 section 8.4): bounded inflation of requests, deflation of answers.
// No other coding.

import CZlib
import Glibc

/// Why a coded body was refused.
public enum ContentCodingError: Error, Sendable, Equatable {
    /// Not gzip, damaged, cut off, or followed by something else.
    case malformed
    /// More octets than allowed.
    case tooLarge
    /// More octets for each one received than allowed.
    case ratioTooHigh
}

/// Content codings of requests and answers.
public enum ContentCoding: Sendable, Equatable {
    /// None, or `identity`.
    case identity
    /// `gzip` or `x-gzip`.
    case gzip
    /// Anything else, or more than one; answer 415 with `Accept-Encoding: gzip`.
    case unsupported

    /// The coding of a request's body.
    public static func of(_ head: RequestHead) -> ContentCoding {
        var coding = ContentCoding.identity
        var count = 0
        head.forEachMember(of: .contentEncoding) { member in
            count += 1
            if member.equalsIgnoringCase("gzip") || member.equalsIgnoringCase("x-gzip") {
                coding = .gzip
            } else if !member.equalsIgnoringCase("identity") {
                coding = .unsupported
            }
        }
        return count > 1 ? .unsupported : coding
    }

    /// True if `Accept-Encoding` takes gzip with a weight above 0 (RFC 9110 section 12.5.3).
    public static func acceptsGzip(_ head: RequestHead) -> Bool {
        var named: Bool?
        var star: Bool?
        head.forEachMember(of: .acceptEncoding) { member in
            let end = member.firstOffset(of: 0x3b) ?? member.count
            let name = member.slice(0, end).trimmed()
            if name.equalsIgnoringCase("gzip") || name.equalsIgnoringCase("x-gzip") {
                named = hasWeight(member.slice(end, member.count))
            } else if name.equals("*") {
                star = hasWeight(member.slice(end, member.count))
            }
        }
        return named ?? star ?? false
    }

    /// False for `;q=0`, `;q=0.000` and for what is no weight.
    private static func hasWeight(_ parameters: UnsafeRawBufferPointer) -> Bool {
        guard !parameters.isEmpty else { return true }
        let text = parameters.slice(1, parameters.count).trimmed()
        guard text.count >= 3, text[0] | 0x20 == 0x71, text[1] == 0x3d, text[2] == 0x30 || text[2] == 0x31 else {
            return false
        }
        return text[2] == 0x31 || text.contains { $0 > 0x30 && $0 <= 0x39 }
    }

    /// The content of gzip bytes (one or more members). Stops as soon as a bound is passed; a small body may always
    /// grow to 64 KB, so that the ratio judges bombs and not short texts. Throws `ContentCodingError`.
    public static func inflateGzip(_ bytes: [UInt8], bytesMax: Int, ratioMax: Int) throws -> [UInt8] {
        var inflater = try Inflater(bytesMax: bytesMax, ratioMax: ratioMax)
        defer { inflater.end() }
        var content: [UInt8] = []
        try bytes.withUnsafeBytes { input in
            try inflater.feed(input) { content.append(contentsOf: $0) }
        }
        try inflater.finish()
        return content
    }

    /// The content of a spooled gzip file, as of bytes. Throws `ContentCodingError` or `FileError`.
    public static func inflateGzip(_ file: SpoolFile, bytesMax: Int, ratioMax: Int) throws -> [UInt8] {
        var content: [UInt8] = []
        try inflateGzip(file, bytesMax: bytesMax, ratioMax: ratioMax) { content.append(contentsOf: $0) }
        return content
    }

    /// Inflates a spooled file into a new one, in bounded memory. Throws `ContentCodingError` or `FileError`.
    public static func inflateGzip(_ file: SpoolFile, directory: String, bytesMax: Int, ratioMax: Int) throws
        -> SpoolFile
    {
        let target = try SpoolFile(directory: directory)
        try inflateGzip(file, bytesMax: bytesMax, ratioMax: ratioMax) { try target.append($0) }
        return target
    }

    private static func inflateGzip(
        _ file: SpoolFile, bytesMax: Int, ratioMax: Int, _ output: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var inflater = try Inflater(bytesMax: bytesMax, ratioMax: ratioMax)
        defer { inflater.end() }
        var offset = 0
        while offset < file.byteCount {
            let part = try file.read(at: offset, count: 65_536)
            guard !part.isEmpty else { break }
            offset += part.count
            try part.withUnsafeBytes { input in
                try inflater.feed(input, output)
            }
        }
        try inflater.finish()
    }
}

/// Streaming gzip inflation with bounds. Used up by `finish` or an error; `end` frees zlib's state.
struct Inflater: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>
    private let window: UnsafeMutableRawBufferPointer
    private let bytesMax: Int
    private let ratioMax: Int
    private var received = 0
    private var produced = 0
    private var isBetweenMembers = false
    private var hasMember = false

    init(bytesMax: Int, ratioMax: Int) throws {
        self.bytesMax = bytesMax
        self.ratioMax = ratioMax
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        window = .allocate(byteCount: 65_536, alignment: 16)
        guard jiedui_inflate_gzip_init(stream) == Z_OK else { throw ContentCodingError.malformed }
    }

    mutating func feed(_ input: UnsafeRawBufferPointer, _ output: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard !input.isEmpty else { return }
        received += input.count
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(clamping: input.count)
        while stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0 {
            if isBetweenMembers {
                guard stream.pointee.avail_in > 0 else { return }
                inflateReset(stream)
                isBetweenMembers = false
            }
            stream.pointee.next_out = window.assumingMemoryBound(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(window.count)
            let result = inflate(stream, Z_NO_FLUSH)
            let count = window.count - Int(stream.pointee.avail_out)
            produced += count
            if produced > bytesMax { throw ContentCodingError.tooLarge }
            if produced > 65_536, produced / max(received, 1) > ratioMax { throw ContentCodingError.ratioTooHigh }
            if count > 0 { try output(UnsafeRawBufferPointer(rebasing: window[..<count])) }
            switch result {
            case Z_STREAM_END:
                isBetweenMembers = true
                hasMember = true
                if stream.pointee.avail_in == 0 { return }
            case Z_OK: break
            case Z_BUF_ERROR: return
            default: throw ContentCodingError.malformed
            }
        }
    }

    func finish() throws {
        guard hasMember, isBetweenMembers else { throw ContentCodingError.malformed }
    }

    func end() {
        inflateEnd(stream)
        stream.deallocate()
        window.deallocate()
    }
}

/// Makes gzip of content, with one zlib state (about 268 KB) that is used again and again. Not Sendable: one for each
/// loop or queue.
public final class Deflater {
    private let stream: UnsafeMutablePointer<z_stream>

    /// A deflater of zlib level 1 to 9; nil if zlib finds no memory.
    public init?(level: Int = 1) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard jiedui_deflate_gzip_init(stream, CInt(clamping: min(max(level, 1), 9))) == Z_OK else { return nil }
    }

    /// The gzip form of the bytes; nil if it would not be smaller.
    public func gzip(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        guard bytes.count > 32, bytes.count < Int(UInt32.max), deflateReset(stream) == Z_OK else { return nil }
        let coded = [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, initialized in
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = UInt32(bytes.count)
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = UInt32(buffer.count)
            let ended = deflate(stream, Z_FINISH) == Z_STREAM_END
            initialized = ended ? buffer.count - Int(stream.pointee.avail_out) : 0
        }
        return coded.isEmpty ? nil : coded
    }

    /// The bytes as a whole member of a gzip file, also where that is larger: members after each other are one file
    /// (RFC 1952 section 2.2). Throws `ContentCodingError` for more than 1 GB at once.
    public func member(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8] {
        // deflateBound of zlib for any level, and the head and tail of a member.
        let room = bytes.count + bytes.count >> 8 + 1_024
        guard bytes.count < 1 << 30, deflateReset(stream) == Z_OK else { throw ContentCodingError.tooLarge }
        return try [UInt8](unsafeUninitializedCapacity: room) { buffer, initialized in
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = UInt32(bytes.count)
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = UInt32(buffer.count)
            guard deflate(stream, Z_FINISH) == Z_STREAM_END else { throw ContentCodingError.tooLarge }
            initialized = buffer.count - Int(stream.pointee.avail_out)
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }
}
