// Files as people have them, to UTF-8: with or without a byte order mark, or in GB18030 as spreadsheets save them in
// China.
//
// Which it is, is decided over the whole file before any of it is decoded, because a file may begin with a thousand
// rows of ASCII. Deliberately no guessing among other encodings.

import Glibc

/// The encoding of a file.
public enum TextEncoding: String, Sendable, CaseIterable {
    /// UTF-8, with or without a byte order mark.
    case utf8 = "utf-8"
    /// GB18030, which contains GBK and GB 2312.
    case gb18030
    /// Begins with the byte order mark of UTF-16. Recognised so that it can be refused with words.
    case utf16 = "utf-16"
}

/// Finds the encoding of a file from all of its bytes: valid UTF-8 is UTF-8, anything else GB18030. Text in GB18030
/// that is also valid UTF-8 does not occur beyond a few characters.
public struct TextEncodingDetector {
    private var carry: [UInt8] = []
    private var byteCount = 0
    private var isUTF8 = true
    private var isUTF16 = false

    /// Before the first byte.
    public init() {}

    /// Looks at the next chunk. The first one should have at least two bytes.
    public mutating func feed(_ chunk: [UInt8]) {
        if byteCount == 0, chunk.starts(with: [0xFF, 0xFE]) || chunk.starts(with: [0xFE, 0xFF]) { isUTF16 = true }
        byteCount += chunk.count
        guard isUTF8 else { return }
        let bytes = carry.isEmpty ? chunk : carry + chunk
        let whole = bytes.withUnsafeBufferPointer { Bytes.wholeUTF8($0) }
        carry = Array(bytes[whole.byteCount...].prefix(4))
        isUTF8 = carry.isEmpty || whole.isCutOff
    }

    /// The answer after the last chunk.
    public var encoding: TextEncoding {
        isUTF16 ? .utf16 : isUTF8 && carry.isEmpty ? .utf8 : .gb18030
    }
}

/// A file is not in the encoding it was taken for.
public enum TextDecodingError: Error, Sendable, Hashable {
    /// The bytes from this offset on are no character.
    case malformed(offset: Int)
    /// The file ends inside the character that begins at this offset.
    case cutOff(offset: Int)
    /// This machine cannot decode it (UTF-16 never, GB18030 without the C library's tables).
    case unsupported(TextEncoding)
}

/// Decodes one file chunk by chunk; a character may be split between chunks. A byte order mark at the beginning is
/// removed.
public struct TextDecoder: ~Copyable {
    private var carry: [UInt8] = []
    /// How many bytes of the file were decoded.
    private var offset = 0
    private let conversion: iconv_t?

    /// The most bytes of a character in either encoding.
    private static let characterBytesMax = 4

    /// A decoder of `encoding`.
    public init(_ encoding: TextEncoding) throws(TextDecodingError) {
        switch encoding {
        case .utf8: conversion = nil
        case .gb18030:
            let opened = iconv_open("UTF-8", "GB18030")
            // iconv_open answers (iconv_t)-1 when it fails.
            guard let opened, Int(bitPattern: opened) != -1 else { throw .unsupported(encoding) }
            conversion = opened
        case .utf16: throw .unsupported(encoding)
        }
    }

    deinit {
        if let conversion { iconv_close(conversion) }
    }

    /// Appends the characters that are complete after `chunk` to `output`.
    public mutating func decode(_ chunk: [UInt8], into output: inout [UInt8]) throws(TextDecodingError) {
        var bytes = carry.isEmpty ? chunk : carry + chunk
        let isBeginning = offset == 0
        let start = output.count
        let used = conversion == nil ? try appendUTF8(bytes, &output) : try convert(&bytes, &output)
        carry = Array(bytes[used...])
        offset += used
        if isBeginning, output[start...].starts(with: [0xEF, 0xBB, 0xBF]) { output.removeSubrange(start..<start + 3) }
    }

    /// Throws if the file ended inside a character.
    public func finish() throws(TextDecodingError) {
        if !carry.isEmpty { throw .cutOff(offset: offset) }
    }

    private func appendUTF8(_ bytes: [UInt8], _ output: inout [UInt8]) throws(TextDecodingError) -> Int {
        let whole = bytes.withUnsafeBufferPointer { Bytes.wholeUTF8($0) }
        if whole.byteCount < bytes.count, !whole.isCutOff { throw .malformed(offset: offset + whole.byteCount) }
        output += bytes[..<whole.byteCount]
        return whole.byteCount
    }

    /// Decodes with iconv into room for one and a half times the bytes: two bytes become at most three.
    private func convert(_ bytes: inout [UInt8], _ output: inout [UInt8]) throws(TextDecodingError) -> Int {
        let byteCount = bytes.count
        var used = 0
        while used < byteCount {
            let room = (byteCount - used) * 3 / 2 + 2 * Self.characterBytesMax
            let start = output.count
            output.append(contentsOf: repeatElement(0, count: room))
            let step = bytes.withUnsafeMutableBytes { input in
                output.withUnsafeMutableBytes { target in
                    Self.step(conversion, input[used...], target[start...])
                }
            }
            used += step.read
            output.removeLast(room - step.written)
            switch step.error {
            case 0, E2BIG: continue
            case EINVAL where byteCount - used < Self.characterBytesMax: return used
            default: throw .malformed(offset: offset + used)
            }
        }
        return used
    }

    private static func step(
        _ conversion: iconv_t?, _ input: Slice<UnsafeMutableRawBufferPointer>,
        _ output: Slice<UnsafeMutableRawBufferPointer>
    ) -> (read: Int, written: Int, error: CInt) {
        var source = UnsafeMutableRawBufferPointer(rebasing: input).baseAddress?.assumingMemoryBound(to: CChar.self)
        var target = UnsafeMutableRawBufferPointer(rebasing: output).baseAddress?.assumingMemoryBound(to: CChar.self)
        var unread = input.count
        var unwritten = output.count
        let result = iconv(conversion, &source, &unread, &target, &unwritten)
        return (input.count - unread, output.count - unwritten, result == -1 ? errno : 0)
    }
}
