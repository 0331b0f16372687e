// What a file of an import or export holds, as jobs need to know it.

import Domain
import Web

/// What a file holds.
public struct ImportKind: RawRepresentable, Hashable, Sendable {
    /// Its name in the API and on the command line.
    public let rawValue: String

    /// A name; the modules say whether there is such a kind.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A kind of file: how it is brought in, and what an export of it has.
struct FileKind: Sendable {
    let kind: ImportKind
    /// Runs an import of it to its end.
    let runImport: @Sendable (ImportRun, _ path: String) throws -> ImportEnd
    /// What an export of it holds.
    let exportPlan: @Sendable (ExportQuestion) -> ExportPlan
    /// The code list of a column that holds codes.
    let codeList: @Sendable (_ column: String) -> CodeListKey?
    /// The national names of a column.
    let nationalNames: @Sendable (_ column: String) -> [String]
    /// Its cells may hold a partner's codes.
    var hasCodes = true
    /// A complete file holds what lies below one area, which the order names; otherwise it says that it is complete.
    var isCompleteBelow = false
    /// Why an import of it cannot be undone; nil where it can.
    var undoRefusal: Message?

    /// The national name of a column, or its own where it has none.
    func nationalName(of column: String) -> String { nationalNames(column).first ?? column }
}

/// What an export is to hold.
struct ExportQuestion: Sendable {
    let scope: Scope
    /// The day of which dated facts are shown.
    let day: CivilDate
    /// The partner whose ids stand beside ours.
    let partner: Identifier?
}

extension FileKind {
    /// A kind whose columns are our own names of one enumeration.
    init<Column: FileColumn>(
        _ kind: ImportKind, columns: Column.Type,
        runImport: @escaping @Sendable (ImportRun, _ path: String) throws -> ImportEnd,
        exportPlan: @escaping @Sendable (ExportQuestion) -> ExportPlan
    ) {
        self.init(
            kind: kind, runImport: runImport, exportPlan: exportPlan,
            codeList: { Column(rawValue: $0)?.codeList }, nationalNames: { Column(rawValue: $0)?.nationalNames ?? [] })
    }

    /// A kind of which each row is a record.
    init<Rows: RowKind>(
        _ kind: ImportKind, rows: Rows.Type, exportPlan: @escaping @Sendable (ExportQuestion) -> ExportPlan
    ) {
        self.init(
            kind, columns: Rows.Column.self,
            runImport: { run, path in
                let (order, register) = (run.job.order, run.register)
                return try run.run { try RowImporter<Rows>(path: path, order, register) }
            }, exportPlan: exportPlan)
    }
}
