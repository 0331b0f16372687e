// Incoming bodies: gzip is removed within limits.

import HTTP1
import Web

enum BodyCoding {
    /// Octets of a JSON body without gzip.
    static let decodedBytesMax = 32 << 20
    /// Octets of a file without gzip.
    static let fileBytesMax = 8 << 30
    /// Octets of output for one of input; more means a bomb.
    static let ratioMax = 100
    /// Bodies that are larger than this without gzip are decoded in the long pool, never on a loop.
    static let bytesOnLoopMax = 64 << 10

    /// - Throws: 415 for another coding, 400 for what is not gzip or is cut off, 413 past the limits.
    static func decoded(_ bytes: [UInt8], _ head: RequestHead) throws -> [UInt8] {
        switch ContentCoding.of(head) {
        case .identity: bytes
        case .gzip:
            try translating {
                try ContentCoding.inflateGzip(bytes, bytesMax: decodedBytesMax, ratioMax: ratioMax)
            }
        case .unsupported: throw unsupported
        }
    }

    /// The bytes of a body in a file, because its content is needed as a whole.
    ///
    /// - Throws: as for bytes.
    static func decoded(_ file: SpoolFile, _ head: RequestHead) throws -> [UInt8] {
        switch ContentCoding.of(head) {
        case .identity: try file.read(at: 0, count: file.byteCount)
        case .gzip:
            try translating {
                try ContentCoding.inflateGzip(file, bytesMax: decodedBytesMax, ratioMax: ratioMax)
            }
        case .unsupported: throw unsupported
        }
    }

    /// Whether reading the body would hold up a loop.
    static func takesLong(_ request: Request, _ kind: BodyKind) -> Bool {
        if case .file = kind { return true }
        switch request.body {
        case .none: return false
        case .bytes(let bytes): return expectedBytes(bytes, request.head) > bytesOnLoopMax
        case .file: return true
        }
    }

    /// How many octets a body will probably have without gzip, according to the end of the gzip data (RFC 1952 2.3.1).
    /// Senders who lie there are stopped by the limits of `decoded`.
    private static func expectedBytes(_ bytes: [UInt8], _ head: RequestHead) -> Int {
        guard ContentCoding.of(head) == .gzip, bytes.count >= 18 else { return bytes.count }
        return max(bytes.count, bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) })
    }

    /// A file as sent, or a new one without its gzip coding.
    static func decoded(_ file: SpoolFile, _ head: RequestHead, directory: String) throws -> SpoolFile {
        switch ContentCoding.of(head) {
        case .identity: file
        case .gzip:
            try translating {
                try ContentCoding.inflateGzip(
                    file, directory: directory, bytesMax: fileBytesMax, ratioMax: ratioMax)
            }
        case .unsupported: throw unsupported
        }
    }

    /// A file that its sender had compressed, as spreadsheets and scripts do, without its compression.
    static func uncompressed(_ file: SpoolFile, directory: String) throws -> SpoolFile {
        guard try file.read(at: 0, count: 2) == [0x1F, 0x8B] else { return file }
        return try translating {
            try ContentCoding.inflateGzip(file, directory: directory, bytesMax: fileBytesMax, ratioMax: ratioMax)
        }
    }

    private static let unsupported = Problem(.refusal(status: 415), fields: [("Accept-Encoding", "gzip")])

    private static func translating<Result>(_ inflate: () throws -> Result) throws -> Result {
        do {
            return try inflate()
        } catch let error as ContentCodingError {
            guard error == .malformed else { throw Problem(.contentTooLarge) }
            throw Problem(
                .malformedRequest, detail: Message(zh: "正文不是完整的 gzip 数据", en: "The body is not complete gzip data"))
        }
    }
}
