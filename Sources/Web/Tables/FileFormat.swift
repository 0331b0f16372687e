// What a file is that was sent as a table and is none: known by its first octets, so that whoever sent it is told what
// to do. Deliberately no reading of any of them.

/// A format other than CSV in UTF-8 or GB18030.
public enum FileFormat: Sendable, Hashable {
    case utf16
    case utf32
    /// An Excel workbook since 2007.
    case xlsx
    /// An Excel workbook of before, or another compound document.
    case xls
    /// Another file of Microsoft Office or OpenDocument.
    case document
    case zip
    case gzip
    /// An archive of another kind.
    case archive
    case pdf
    case rtf
    /// A web page, as some systems save under the name of a table.
    case html
    case xml
    /// Octets that are no text.
    case binary

    /// Octets from the beginning of a file that are enough to know it.
    public static let bytesNeeded = 64 << 10

    /// - Parameter head: the first octets of a file, `bytesNeeded` or all of them.
    /// - Returns: nil for what may be a table.
    public init?(head: some Collection<UInt8>) {
        let bytes = Array(head.prefix(Self.bytesNeeded))
        func begins(_ start: [UInt8]) -> Bool { bytes.starts(with: start) }
        if begins([0xFF, 0xFE, 0, 0]) || begins([0, 0, 0xFE, 0xFF]) {
            self = .utf32
        } else if begins([0xFF, 0xFE]) || begins([0xFE, 0xFF]) {
            self = .utf16
        } else if begins([0x50, 0x4B, 3, 4]) || begins([0x50, 0x4B, 5, 6]) {
            self = Self.zipped(bytes)
        } else if begins([0xD0, 0xCF, 0x11, 0xE0]) {
            self = .xls
        } else if begins([0x1F, 0x8B]) {
            self = .gzip
        } else if begins(Array("Rar!".utf8)) || begins([0x37, 0x7A, 0xBC, 0xAF]) || begins(Array("BZh".utf8)) {
            self = .archive
        } else if begins(Array("%PDF".utf8)) {
            self = .pdf
        } else if begins(Array("{\\rtf".utf8)) {
            self = .rtf
        } else if let markup = Self.markup(bytes) {
            self = markup
        } else if let wide = Self.wide(bytes) {
            self = wide
        } else {
            return nil
        }
    }

    private static func zipped(_ bytes: [UInt8]) -> FileFormat {
        func has(_ name: String) -> Bool { contains(bytes, Array(name.utf8)) }
        if has("word/") || has("ppt/") || has("opendocument") { return .document }
        return has("xl/") || has("[Content_Types].xml") ? .xlsx : .zip
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard bytes.count >= part.count else { return false }
        return (0...(bytes.count - part.count)).contains { bytes[$0] == part[0] && bytes[$0...].starts(with: part) }
    }

    /// A text that begins with a tag of HTML or XML.
    private static func markup(_ bytes: [UInt8]) -> FileFormat? {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.dropFirst(bytes.starts(with: mark) ? 3 : 0)
            .drop { $0 == 0x20 || (0x09...0x0D).contains($0) }.prefix(512)
        guard text.first == UInt8(ascii: "<") else { return nil }
        let lower = text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let isHTML = ["<!doctype html", "<html", "<head", "<meta", "<table", "<body", "<div", "<style"].contains {
            lower.starts(with: $0.utf8)
        }
        if isHTML || contains(Array(lower), Array("<html".utf8)) { return .html }
        let isXML = ["<?xml", "<!doctype", "<!--", "<workbook"].contains { lower.starts(with: $0.utf8) }
        return isXML ? .xml : nil
    }

    /// UTF-16 without a byte order mark: its separators and line ends have a zero octet, always on the same side.
    private static func wide(_ bytes: [UInt8]) -> FileFormat? {
        var zeros = [0, 0]
        for (index, byte) in bytes.enumerated() where byte == 0 { zeros[index & 1] += 1 }
        let count = zeros[0] + zeros[1]
        // A few stray ones are for the reader of rows, which says where they stand.
        guard count >= 2, count * 30 >= bytes.count else { return nil }
        return zeros.contains(0) ? .utf16 : .binary
    }

    /// What the file is and what would be right, for whoever sent it.
    public var message: Message {
        let zh =
            switch self {
            case .utf16: "文件是 UTF-16 编码"
            case .utf32: "文件是 UTF-32 编码"
            case .xlsx: "文件是 Excel 工作簿（.xlsx）"
            case .xls: "文件是旧版 Excel 工作簿（.xls）"
            case .document: "文件是 Office 文档"
            case .zip: "文件是 ZIP 压缩包"
            case .gzip: "文件压缩了两次"
            case .archive: "文件是压缩包"
            case .pdf: "文件是 PDF"
            case .rtf: "文件是 RTF 文档"
            case .html: "文件是网页（HTML），只是用了表格的文件名"
            case .xml: "文件是 XML"
            case .binary: "文件不是文本"
            }
        let en =
            switch self {
            case .utf16: "the file is encoded in UTF-16"
            case .utf32: "the file is encoded in UTF-32"
            case .xlsx: "the file is an Excel workbook (.xlsx)"
            case .xls: "the file is an old Excel workbook (.xls)"
            case .document: "the file is an Office document"
            case .zip: "the file is a ZIP archive"
            case .gzip: "the file is compressed twice"
            case .archive: "the file is an archive"
            case .pdf: "the file is a PDF"
            case .rtf: "the file is an RTF document"
            case .html: "the file is a web page (HTML) under the name of a table"
            case .xml: "the file is XML"
            case .binary: "the file is no text"
            }
        let unpacked = [.zip, .gzip, .archive].contains(self)
        return Message(
            zh: zh + (unpacked ? "：请解压后发送其中的 CSV（UTF-8）文件" : "：请用表格软件另存为“CSV UTF-8（逗号分隔）”后重新导入"),
            en: en
                + (unpacked
                    ? "; unpack it and send the CSV file (UTF-8) in it"
                    : "; save it as “CSV UTF-8 (comma delimited)” with a spreadsheet and import that"))
    }
}

extension TextDecodingError {
    /// Where a file stops being what it was taken for.
    public var message: Message {
        switch self {
        case .malformed(let offset):
            Message(zh: "第 \(offset + 1) 个字节起不是字符", en: "from byte \(offset + 1) on there is no character")
        case .cutOff(let offset):
            Message(
                zh: "文件在第 \(offset + 1) 个字节开始的字符中间断开", en: "the file ends inside the character at byte \(offset + 1)")
        case .unsupported(let encoding):
            Message(
                zh: "本机不能读取编码 \(encoding.rawValue)", en: "this machine cannot read the encoding \(encoding.rawValue)")
        }
    }
}
