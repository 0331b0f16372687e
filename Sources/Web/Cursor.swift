// Opaque places in a list: what `next` hands out and `after=` takes back.
//
// A cursor is authenticated, not encrypted: it holds only what its reader has just been shown (sort keys and ids). It
// does not expire, because a tablet may come back after weeks.

import Crypto
import FoundationEssentials

/// One part of a place in a list: a sort key or an id.
public enum CursorPart: Sendable, Hashable {
    /// A number.
    case integer(Int64)
    /// A text.
    case text(String)
    /// Bytes, such as a UUID.
    case bytes([UInt8])
}

/// A cursor was changed, made with another key, or belongs to another list or filter (400).
public struct InvalidCursor: Error, Sendable, Hashable {
    /// It was made here, and for another question: another list, filter or range.
    public let isOfOtherQuestion: Bool

    /// For a cursor that says nothing to its list.
    public init(isOfOtherQuestion: Bool = false) { self.isOfOtherQuestion = isOfOtherQuestion }
}

/// Makes and opens cursors with one secret key.
public struct CursorSealer: Sendable {
    /// Truncated to 128 bits (RFC 2104 section 5 allows half): guessing one is hopeless, and the address stays short.
    private static let tagByteCount = 16
    /// A second tag, over the place alone, tells a cursor of another question from one that was not made here. It opens
    /// nothing.
    private static let originByteCount = 8
    /// A cursor longer than this was not made here.
    private static let textBytesMax = 2048

    private let key: SymmetricKey

    /// `secret` should be 32 random bytes that outlive restarts.
    public init(secret: [UInt8]) {
        key = SymmetricKey(data: secret)
    }

    /// The text of a place in `list`. `filter` is everything that decides what the list holds and its order: the query
    /// in a fixed form, and the caller's range. It is bound to the cursor and not carried in it.
    public func seal(_ parts: [CursorPart], list: String, filter: String) -> String {
        let content = Self.encode(parts)
        let payload = origin(content) + content
        return Base64URL.encode(tag(payload, list, filter) + payload)
    }

    /// The place that `text` stands for, if it was made by `seal` with the same key, list and filter.
    public func open(_ text: String, list: String, filter: String) throws(InvalidCursor) -> [CursorPart] {
        guard text.utf8.count <= Self.textBytesMax, let bytes = Base64URL.decode(text), bytes.count > Self.tagByteCount
        else { throw InvalidCursor() }
        let payload = Array(bytes[Self.tagByteCount...])
        // No early exit, so that time does not tell how much of a guess was right.
        let difference = zip(bytes, tag(payload, list, filter)).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        guard difference == 0 else { throw InvalidCursor(isOfOtherQuestion: isOurs(payload)) }
        guard let parts = Self.decode(Array(payload.dropFirst(Self.originByteCount))) else { throw InvalidCursor() }
        return parts
    }

    private func origin(_ content: [UInt8]) -> [UInt8] {
        let message = Array("origin of a cursor".utf8) + content
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: key).prefix(Self.originByteCount))
    }

    private func isOurs(_ payload: [UInt8]) -> Bool {
        guard payload.count > Self.originByteCount else { return false }
        let content = Array(payload.dropFirst(Self.originByteCount))
        return zip(payload, origin(content)).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The lengths stand before list and filter, so that no other pair gives the same bytes.
    private func tag(_ payload: [UInt8], _ list: String, _ filter: String) -> [UInt8] {
        var message: [UInt8] = []
        for text in [list, filter] {
            Self.append(UInt64(text.utf8.count), to: &message)
            message += text.utf8
        }
        message += payload
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: key).prefix(Self.tagByteCount))
    }

    // MARK: Payload: a version byte; for each part its type, then eight bytes, or a length and the content

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
    }

    private static func encode(_ parts: [CursorPart]) -> [UInt8] {
        var bytes: [UInt8] = [1]
        for part in parts {
            switch part {
            case .integer(let value):
                bytes.append(1)
                append(UInt64(bitPattern: value), to: &bytes)
            case .text(let text): append(2, Array(text.utf8), to: &bytes)
            case .bytes(let content): append(3, content, to: &bytes)
            }
        }
        return bytes
    }

    /// Lengths are one byte up to 254; longer content takes 255 and eight bytes.
    private static func append(_ type: UInt8, _ content: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(type)
        if content.count < 255 {
            bytes.append(UInt8(content.count))
        } else {
            bytes.append(255)
            append(UInt64(content.count), to: &bytes)
        }
        bytes += content
    }

    private static func decode(_ payload: [UInt8]) -> [CursorPart]? {
        guard payload.first == 1 else { return nil }
        var rest = payload.dropFirst()
        var parts: [CursorPart] = []
        while let type = rest.popFirst() {
            if type == 1 {
                guard let value = number(&rest) else { return nil }
                parts.append(.integer(Int64(bitPattern: value)))
                continue
            }
            guard let content = content(&rest) else { return nil }
            switch type {
            case 2:
                guard let text = String(validating: content, as: UTF8.self) else { return nil }
                parts.append(.text(text))
            case 3: parts.append(.bytes(Array(content)))
            default: return nil
            }
        }
        return parts
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        guard rest.count >= 8 else { return nil }
        defer { rest = rest.dropFirst(8) }
        return rest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func content(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let short = rest.popFirst(), let length = short < 255 ? UInt64(short) : number(&rest),
            length <= UInt64(rest.count)
        else { return nil }
        defer { rest = rest.dropFirst(Int(length)) }
        return rest.prefix(Int(length))
    }
}
