// A file of rows on disk: encoding found, header read, rows one after another with their lines. It deliberately knows
// no columns.

import Domain
import Glibc
import HTTP1
import Web

/// Why a file as a whole cannot be imported, as a message for its sender.
package enum ImportFailure: Error, CustomStringConvertible {
    case unreadable(String)
    /// Not a table, but a recognised type of file.
    case otherFormat(FileFormat)
    case notText(TextDecodingError)
    case empty
    case brokenCSV(CSVError)
    case repeatedColumn(String)
    /// Two headings mean one column, which is named last.
    case sameColumn(String, String, String)
    /// Columns, and headings that may stand for them.
    case missingColumns([String], like: [String])
    /// A heading of a complete file that may stand for a column by which records are recognised.
    case undecided(String, String)
    case unknownPlace(String)
    case tooManyRows(Int)
    case rowsRefused(Int)
    case unknownPartner(String)
    case unknownCodes([String])
    case namesChanged(Int, of: Int, firstLine: Int)
    case columnChanged(String, String, Int, of: Int, firstLine: Int)

    package var description: String {
        switch self {
        case .unreadable(let path): "文件无法读取 / the file cannot be read: \(path)"
        case .otherFormat(let format): "\(format.message.zh) / \(format.message.en)"
        case .notText(let error):
            "文件既不是 UTF-8 也不是 GB18030：\(error.message.zh)；请另存为 CSV UTF-8 / "
                + "the file is neither UTF-8 nor GB18030: \(error.message.en); save it as CSV UTF-8"
        case .empty: "文件没有表头 / the file has no header line"
        case .brokenCSV(let error):
            "第 \(error.line) 行第 \(error.column) 列：\(error.message.zh) / "
                + "line \(error.line), column \(error.column): \(error.message.en)"
        case .repeatedColumn(let name): "列 \(name) 出现两次 / column \(name) appears twice in the header"
        case .sameColumn(let first, let second, let column):
            "“\(first)”和“\(second)”都是 \(column)，请只留一列 / "
                + "“\(first)” and “\(second)” both mean \(column): keep only one of them"
        case .missingColumns(let names, let like):
            "缺少列 / columns are missing: \(names.joined(separator: ", "))"
                + (like.isEmpty ? "" : Self.rename(like.joined(separator: "”, “")))
        case .undecided(let name, let column):
            "完整文件中没有读取“\(name)”列：如果它是 \(column)，请改列名，否则请删除此列，未导入 / "
                + "column “\(name)” of a complete file is not read: rename it if it is \(column), "
                + "or remove it; nothing was imported"
        case .unknownPlace(let code): "没有区划 / there is no division \(code)"
        case .tooManyRows(let most): "atomic 方式最多 \(most) 行 / mode atomic takes at most \(most) rows"
        case .unknownPartner(let key): "没有对接方 / there is no partner: \(key)"
        case .unknownCodes(let codes):
            "对接方和代码表中都没有这些代码，未导入 / these codes are in neither the partner's lists nor ours, so nothing was imported: "
                + codes.joined(separator: "; ")
        case .namesChanged(let changed, let known, let line):
            "已登记的 \(known) 个名称中有 \(changed) 个与文件不同（如第 \(line) 行），可能是编码错误或列被打乱，未导入；确要改名请加参数 renames=true / "
                + "\(changed) of \(known) known names differ from the file (see line \(line)), probably because of "
                + "a wrong encoding or a shuffled column. Nothing was imported; if the names are right, add "
                + "renames=true (--renames)"
        case .columnChanged(let zh, let en, let changed, let known, let line):
            "已登记的 \(known) 个\(zh)中有 \(changed) 个与文件不同（如第 \(line) 行），列可能被打乱，未导入；确要更改请加 renames=true / "
                + "\(changed) of \(known) known \(en) differ from the file (see line \(line)), probably because of a "
                + "shuffled column. Nothing was imported; if they are right, add renames=true (--renames)"
        case .rowsRefused(let count): "有 \(count) 行被拒绝，全部未导入 / \(count) rows were refused, so nothing was imported"
        }
    }
}

extension ImportFailure {
    private static func rename(_ names: String) -> String {
        "；未读取的“\(names)”列可能就是所缺的列，请改列名 / the unread column “\(names)” may be the one: rename it"
    }
}

/// A row with the line on which it begins.
package struct FileRow {
    package let line: Int
    /// One for each column of the header; nil for a row that is not CSV or has a different number of cells.
    package let cells: [String]
}

/// Reads the rows of one file; used by one thread.
package final class ImportFile {
    /// The result of a read.
    package enum Step {
        case row(FileRow)
        case refused(ReportRow)
        case end
    }

    private static let chunkBytes = 256 << 10
    private let descriptor: CInt
    private var decoder: TextDecoder
    private var reader = CSVReader()
    private var atEnd = false
    /// The header's names.
    package private(set) var header: [String] = []
    /// Octets of the file, and how many of them are read.
    package let byteCount: Int
    package private(set) var bytesRead = 0

    /// Opens a file, finds its encoding over all of its bytes, and reads its header.
    ///
    /// - Throws: `ImportFailure`.
    package init(path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let error = FileError(action: "open \(path)", code: errno)
            throw error.isOutOfDescriptors ? error : ImportFailure.unreadable(path)
        }
        var status = stat()
        fstat(descriptor, &status)
        byteCount = Int(status.st_size)
        do {
            if let format = FileFormat(head: try Self.read(descriptor, at: 0)) {
                throw ImportFailure.otherFormat(format)
            }
            decoder = try TextDecoder(try Self.encoding(descriptor))
        } catch {
            close(descriptor)
            if let error = error as? TextDecodingError { throw ImportFailure.notText(error) }
            throw error
        }
        header = try readHeader()
    }

    deinit { close(descriptor) }

    private static func encoding(_ descriptor: CInt) throws -> TextEncoding {
        var detector = TextEncodingDetector()
        var offset = 0
        while true {
            let chunk = try read(descriptor, at: offset)
            if chunk.isEmpty { return detector.encoding }
            detector.feed(chunk)
            offset += chunk.count
        }
    }

    private static func read(_ descriptor: CInt, at offset: Int) throws -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: chunkBytes)
        while true {
            let count = pread(descriptor, &chunk, chunk.count, off_t(offset))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw ImportFailure.unreadable(String(cString: strerror(errno))) }
            return Array(chunk[..<count])
        }
    }

    private func readHeader() throws -> [String] {
        do {
            while true {
                switch try reader.next() {
                case .row:
                    let names = (0..<reader.fieldCount).map { Self.trimmed(reader.text($0)) }
                    for (index, name) in names.enumerated() where !name.isEmpty && names[..<index].contains(name) {
                        throw ImportFailure.repeatedColumn(name)
                    }
                    return names
                case .needsBytes: try feed()
                case .end: throw ImportFailure.empty
                }
            }
        } catch let error as CSVError {
            throw ImportFailure.brokenCSV(error)
        }
    }

    private func feed() throws {
        var text: [UInt8] = []
        while text.isEmpty && !atEnd {
            let chunk = try Self.read(descriptor, at: bytesRead)
            bytesRead += chunk.count
            do throws(TextDecodingError) {
                if chunk.isEmpty {
                    atEnd = true
                    try decoder.finish()
                } else {
                    try decoder.decode(chunk, into: &text)
                }
            } catch {
                throw ImportFailure.notText(error)
            }
        }
        if text.isEmpty { reader.finish() } else { reader.feed(text) }
    }

    /// The next row.
    ///
    /// - Throws: `ImportFailure` for what makes the rest of the file unreadable.
    package func next() throws -> Step {
        do {
            return try advance() ? row() : .end
        } catch let error as CSVError {
            return .refused(ReportRow(line: error.line, FieldError(FieldCode(error.code))))
        }
    }

    /// Skips the next row without reading its cells.
    ///
    /// - Returns: false at the end.
    /// - Throws: the same as `next`.
    package func skip() throws -> Bool {
        do { return try advance() } catch is CSVError { return true }
    }

    /// Goes to the next row; false at the end.
    ///
    /// - Throws: `CSVError` for a row that is not CSV, `ImportFailure` for what makes the rest unreadable.
    private func advance() throws -> Bool {
        while true {
            do {
                switch try reader.next() {
                case .row: return true
                case .needsBytes: try feed()
                case .end: return false
                }
            } catch let error as CSVError where error.isFatal {
                throw ImportFailure.brokenCSV(error)
            }
        }
    }

    private func row() -> Step {
        guard reader.fieldCount == header.count else {
            return .refused(
                ReportRow(
                    line: reader.line,
                    FieldError(
                        .raggedRow, zh: "有 \(reader.fieldCount) 个单元格，表头有 \(header.count) 个",
                        en: "the row has \(reader.fieldCount) cells, the header \(header.count)")))
        }
        return .row(FileRow(line: reader.line, cells: (0..<header.count).map { Self.cell(reader.text($0)) }))
    }

    /// A text that was guarded comes from a file of ours: it is as it was stored, blanks before it included.
    private static func cell(_ text: String) -> String {
        let bare = CSVGuard.removed(text)
        return bare.utf8.count < text.utf8.count ? bare : trimmed(text)
    }

    /// Without the white space and invisible characters that are copied along with cells.
    private static func trimmed(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last,
            WrittenForm.isBlank(first) || WrittenForm.isBlank(last)
        else { return text }
        var view = text.unicodeScalars[...]
        while let first = view.first, WrittenForm.isBlank(first) { view.removeFirst() }
        while let last = view.last, WrittenForm.isBlank(last) { view.removeLast() }
        return String(view)
    }
}
