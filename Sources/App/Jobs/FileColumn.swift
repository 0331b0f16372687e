// The columns of a file: our own names and the national ones, where each stands, and what is wrong in a row. It
// deliberately knows no kind of file.

import Domain
import Web

/// The columns of one kind of file. The raw value is our own name, the one that exports write.
protocol FileColumn: RawRepresentable, CaseIterable, Hashable, Sendable where RawValue == String {
    /// The names in national files (§2.1), and other spellings that files are known to use.
    var nationalNames: [String] { get }
    /// The code list of a column that holds codes.
    var codeList: CodeListKey? { get }
}

extension FileColumn {
    var codeList: CodeListKey? { nil }

    static func named(_ name: String) -> Self? {
        Self(rawValue: name) ?? allCases.first { $0.nationalNames.contains(name) }
    }

    /// Both names, for a message.
    var label: String { ([rawValue] + nationalNames.prefix(1)).joined(separator: " / ") }
}

/// Which columns a file has, and where.
struct FileHeader<Column: FileColumn>: Sendable {
    private let positions: [Column: Int]
    private let names: [String]
    /// Names that no column has: they are not read, and said to be so.
    let unread: [String]

    /// - Parameter required: columns without which no row means anything.
    /// - Throws: `ImportFailure` when columns are missing, or two names mean the same.
    init(_ names: [String], required: [Column]) throws {
        self.names = names
        var positions: [Column: Int] = [:]
        var unread: [String] = []
        for (index, name) in names.enumerated() {
            guard let column = Column.named(name) else {
                unread.append(name)
                continue
            }
            guard positions.updateValue(index, forKey: column) == nil else { throw ImportFailure.repeatedColumn(name) }
        }
        let missing = required.filter { positions[$0] == nil }.map(\.label)
        guard missing.isEmpty else { throw ImportFailure.missingColumns(missing) }
        self.positions = positions
        self.unread = unread.filter { !$0.isEmpty }
    }

    /// The column's name in this file.
    func name(_ column: Column) -> String { positions[column].map { names[$0] } ?? column.rawValue }

    func has(_ column: Column) -> Bool { positions[column] != nil }

    /// A cell; nil when it is empty or the file has no such column.
    func cell(_ column: Column, _ row: FileRow) -> String? {
        guard let position = positions[column] else { return nil }
        let cell = row.cells[position]
        return cell.isEmpty ? nil : cell
    }

    /// A notice for each column that is not read.
    var notices: [ReportRow] {
        unread.map { name in
            ReportRow(
                line: 1, column: name, .notice, code: "column-not-read",
                Message(zh: "没有读取此列", en: "this column is not read"))
        }
    }
}

/// Collects what is wrong with the rows of one record.
struct RowErrors<Column: FileColumn> {
    private(set) var rows: [ReportRow] = []
    private let header: FileHeader<Column>

    init(_ header: FileHeader<Column>) { self.header = header }

    mutating func add(_ line: Int, _ column: Column?, _ error: FieldError) {
        rows.append(ReportRow(line: line, column: column.map(header.name), code: error.code, error.detail))
    }

    mutating func add(_ line: Int, _ column: Column, _ code: String, _ zh: String, _ en: String) {
        add(line, column, FieldError(code: code, detail: Message(zh: zh, en: en)))
    }
}
