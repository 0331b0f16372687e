// Why a text is not a JSON document that this service reads.

/// The bytes are not a JSON text (RFC 8259), or one beyond the limits of the reader. Answered with 400.
public struct JSONSyntaxError: Error, Sendable, Hashable {
    /// What is wrong; the raw value is the stable code of the answer.
    public enum Code: String, Sendable, CaseIterable {
        /// Nothing but white space.
        case empty
        /// The text ends inside a value.
        case unexpectedEnd = "unexpected-end"
        /// A byte that cannot stand where it stands.
        case unexpectedByte = "unexpected-byte"
        /// Something follows the value.
        case trailingBytes = "trailing-bytes"
        /// A number outside the grammar: a leading zero, a plus sign, a missing digit.
        case invalidNumber = "invalid-number"
        /// A backslash followed by something that is no escape.
        case invalidEscape = "invalid-escape"
        /// A control character that stands in a string without an escape.
        case unescapedControl = "unescaped-control"
        /// Not UTF-8 (RFC 8259 8.1).
        case invalidUTF8 = "invalid-utf8"
        /// Begins with a byte order mark (RFC 8259 8.1).
        case byteOrderMark = "byte-order-mark"
        /// Nested deeper than `JSONDocument.depthMax`.
        case tooDeep = "too-deep"
        /// Longer than `JSONDocument.bytesMax`.
        case tooLong = "body-too-long"
    }

    /// What is wrong.
    public let code: Code
    /// The offset of the offending byte, from 0.
    public let offset: Int
    /// Its line, from 1; lines end with LF.
    public let line: Int
    /// Its column, from 1, in characters (Unicode scalars).
    public let column: Int

    init(_ code: Code, at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        self.code = code
        self.offset = offset
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.line = line
        self.column = column
    }

    /// The words for `detail` of the answer, with line and column.
    public var message: Message {
        let (zh, en) = code.words
        return Message(
            zh: "第 \(line) 行第 \(column) 列：\(zh)", en: "line \(line), column \(column): \(en)")
    }
}

extension JSONSyntaxError.Code {
    var words: (zh: String, en: String) {
        switch self {
        case .empty: ("正文为空", "the body is empty")
        case .unexpectedEnd: ("JSON 不完整", "the JSON text ends too early")
        case .unexpectedByte: ("此处不应出现该字符", "this character cannot stand here")
        case .trailingBytes: ("JSON 值之后还有内容", "something follows the JSON value")
        case .invalidNumber: ("数字格式不对", "this is not a JSON number")
        case .invalidEscape: ("转义格式不对", "this is not a JSON escape")
        case .unescapedControl: ("字符串中的控制字符未转义", "a control character in a string is not escaped")
        case .invalidUTF8: ("不是 UTF-8 编码", "the text is not UTF-8")
        case .byteOrderMark: ("不应以字节顺序标记开头", "a byte order mark is not allowed")
        case .tooDeep: ("嵌套超过 \(JSONDocument.depthMax) 层", "nested deeper than \(JSONDocument.depthMax) levels")
        case .tooLong: ("正文过长", "the body is too long")
        }
    }
}
