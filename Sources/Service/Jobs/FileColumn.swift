// The columns of a file: our own names and the national ones, where each of them is, and what is wrong in a row. It
// deliberately knows no kind of file.

import Domain
import Web

/// How the cells of a column are written.
package enum CellForm {
    /// As the file has them.
    case text
    /// In the form of names, `WrittenForm.name`.
    case name
    /// In the form of keys, `WrittenForm.key`.
    case key
}

/// The columns of one kind of file. The raw value is our own name, the one that exports write.
package protocol FileColumn: RawRepresentable, CaseIterable, Hashable, Sendable where RawValue == String {
    /// The names in national files (§2.1), and other spellings that files are known to use.
    var nationalNames: [String] { get }
    /// Spellings of a column that national files do not have.
    var otherNames: [String] { get }
    /// The code list of a column that holds codes.
    var codeList: CodeListKey? { get }
    /// What it identifies; nil for a column that is not needed to recognise anybody.
    var role: HeadingRole? { get }
    /// How its cells are compared and stored.
    var form: CellForm { get }
    /// What its texts are for.
    var use: DamagedText.Use { get }
    /// Where its day is stored: SQL over the id of the record in `$1` and the day in `$2`, and the column of the id. An
    /// implausible day that is already in the register can be read back from its own exports.
    var storedDay: (sql: String, id: Self)? { get }
}

extension FileColumn {
    package var otherNames: [String] { [] }
    package var codeList: CodeListKey? { nil }
    package var role: HeadingRole? { nil }
    package var form: CellForm { .text }
    package var use: DamagedText.Use { .name }
    package var storedDay: (sql: String, id: Self)? { nil }
    /// Both names, for a message.
    package var label: String { ([rawValue] + nationalNames.prefix(1)).joined(separator: " / ") }

    /// Every column by the forms of its headings.
    static var byHeading: [String: Self] {
        var columns: [String: Self] = [:]
        for column in allCases {
            for name in [column.rawValue] + column.nationalNames + column.otherNames {
                columns[Heading.form(name)] = column
            }
        }
        return columns
    }
}

/// Which columns a file has, and where.
package struct FileHeader<Column: FileColumn>: Sendable {
    private let positions: [Column: Int]
    private let names: [String]
    /// Headings that match no column: they are not read, which is reported.
    package let unread: [String]

    /// - Parameters:
    ///   - required: columns without which no row means anything.
    ///   - oneOf: of each of these at least one is needed.
    ///   - isComplete: what is missing from the file ends, so a column that identifies records must not be left unread.
    /// - Throws: `ImportFailure` when columns are missing, or two names mean the same.
    package init(_ names: [String], required: [Column], oneOf: [[Column]] = [], isComplete: Bool = false) throws {
        self.names = names.map(Heading.shown)
        let columns = Column.byHeading
        var positions: [Column: Int] = [:]
        var unread: [String] = []
        for (index, name) in self.names.enumerated() {
            guard let column = columns[Heading.form(name)] else {
                unread.append(name)
                continue
            }
            if let first = positions.updateValue(index, forKey: column) {
                throw ImportFailure.sameColumn(self.names[first], name, column.label)
            }
        }
        self.positions = positions
        self.unread = unread.filter { !$0.isEmpty }
        let missing =
            required.filter { positions[$0] == nil }.map { [$0] }
            + oneOf.filter { group in group.allSatisfy { positions[$0] == nil } }
        guard missing.isEmpty else {
            let like = self.unread.filter { name in missing.joined().contains { $0.looksLike(name) } }
            throw ImportFailure.missingColumns(
                missing.map { $0.map(\.label).joined(separator: " 或 or ") }, like: like)
        }
        if isComplete {
            for name in self.unread {
                guard let role = Heading.role(of: name), [.identity, .number, .state].contains(role) else { continue }
                if let column = absent(like: name) { throw ImportFailure.undecided(name, column.label) }
            }
        }
    }

    /// The column's name in this file.
    package func name(_ column: Column) -> String { positions[column].map { names[$0] } ?? column.rawValue }

    package func has(_ column: Column) -> Bool { positions[column] != nil }

    /// A cell in the form of its column; nil when it is empty or the file has no such column.
    package func cell(_ column: Column, _ row: FileRow) -> String? {
        guard let position = positions[column] else { return nil }
        let cell: String
        switch column.form {
        case .text: cell = row.cells[position]
        case .name: cell = WrittenForm.name(row.cells[position])
        case .key: cell = WrittenForm.key(row.cells[position])
        }
        return cell.isEmpty ? nil : cell
    }

    /// The missing column that an unread heading may stand for.
    private func absent(like heading: String) -> Column? {
        Column.allCases.first { !has($0) && $0.looksLike(heading) }
    }

    /// The row as if one of its cells were empty.
    package func blanking(_ column: Column, _ row: FileRow) -> FileRow {
        guard let position = positions[column] else { return row }
        var cells = row.cells
        cells[position] = ""
        return FileRow(line: row.line, cells: cells)
    }

    /// A notice for each column that is not read, or a warning if it looks like one that identifies records.
    package var notices: [ReportRow] {
        unread.map { name in
            guard Heading.role(of: name) != nil else {
                return ReportRow(line: 1, column: name, .notice, .columnNotRead)
            }
            guard let column = absent(like: name) else {
                return ReportRow(
                    line: 1, column: name, .warning, .columnNotRead, zh: "没有读取此列，它像是编号、代码或状态列",
                    en: "this column is not read, although it looks like a number, code or state")
            }
            return ReportRow(
                line: 1, column: name, .warning, .columnNotRead, zh: "没有读取此列；如果它是 \(column.label)，请改列名后重新导入",
                en: "this column is not read; if it is \(column.label), rename it and import the file again")
        }
    }
}

extension FileColumn {
    fileprivate func looksLike(_ heading: String) -> Bool { role != nil && role == Heading.role(of: heading) }
}

/// Collects what is wrong with the rows of one record.
package struct RowErrors<Column: FileColumn> {
    package private(set) var rows: [ReportRow] = []
    private let header: FileHeader<Column>
    /// Cells about which everything has been reported.
    private var settled: [(line: Int, column: Column)] = []

    package init(_ header: FileHeader<Column>) { self.header = header }

    /// Adds the only error of a cell, after which nothing else is reported about it.
    package mutating func settle(_ line: Int, _ column: Column, _ error: FieldError) {
        add(line, column, error)
        settled.append((line, column))
    }

    package mutating func add(_ line: Int, _ column: Column?, _ error: FieldError) {
        guard !settled.contains(where: { $0.line == line && $0.column == column }) else { return }
        rows.append(ReportRow(line: line, column: column.map(header.name), error))
    }

    package mutating func add(_ line: Int, _ column: Column, _ code: FieldCode) {
        add(line, column, FieldError(code))
    }

    package mutating func add(_ line: Int, _ column: Column, _ code: FieldCode, zh: String, en: String) {
        add(line, column, FieldError(code, zh: zh, en: en))
    }
}
