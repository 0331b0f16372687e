// UTF-8 to GB18030, for the spreadsheets that expect it. GB18030 has every character of Unicode, so nothing is lost and
// nothing is replaced. Deliberately no other encoding.

import Glibc

/// Encodes text as GB18030, chunk by chunk.
public struct TextEncoder: ~Copyable {
    private let conversion: iconv_t

    /// Throws `TextDecodingError.unsupported` where the C library has no tables.
    public init() throws(TextDecodingError) {
        let opened = iconv_open("GB18030", "UTF-8")
        // iconv_open answers (iconv_t)-1 when it fails.
        guard let opened, Int(bitPattern: opened) != -1 else { throw .unsupported(.gb18030) }
        conversion = opened
    }

    deinit { iconv_close(conversion) }

    /// The bytes in GB18030. The chunk ends with a whole character.
    ///
    /// - Throws: `TextDecodingError.malformed` at the first byte that is not UTF-8.
    public func encode(_ text: UnsafeBufferPointer<UInt8>) throws -> [UInt8] {
        // One to four bytes become one to four; three bytes of UTF-8 at most four.
        let room = text.count * 2 + 16
        return try [UInt8](unsafeUninitializedCapacity: room) { buffer, initialized in
            var source = UnsafeMutableRawPointer(mutating: text.baseAddress)?.assumingMemoryBound(to: CChar.self)
            var target = UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
            var unread = text.count
            var unwritten = room
            let result = iconv(conversion, &source, &unread, &target, &unwritten)
            guard result != -1, unread == 0 else { throw TextDecodingError.malformed(offset: text.count - unread) }
            initialized = room - unwritten
        }
    }
}
