// What a file of an import or export contains, as far as jobs need to know.

import Domain
import Web

/// What a file holds.
public struct ImportKind: RawRepresentable, Hashable, Sendable {
    /// Its name in the API and on the command line.
    public let rawValue: String

    /// Takes any name; the modules know whether there is such a kind.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A kind of file: how it is imported, and what an export of it contains.
package struct FileKind: Sendable {
    package let kind: ImportKind
    /// Runs an import of it to its end.
    package let runImport: @Sendable (ImportRun, _ path: String) throws -> ImportEnd
    /// What an export of it holds.
    package let exportPlan: @Sendable (ExportQuestion) -> ExportPlan
    /// The code list of a column that holds codes.
    package let codeList: @Sendable (_ column: String) -> CodeListKey?
    /// The national names of a column.
    package let nationalNames: @Sendable (_ column: String) -> [String]
    /// Its cells may hold a partner's codes.
    package var hasCodes = true
    /// A complete file contains everything below one area, which the order names; for other kinds the order only says
    /// that the file is complete.
    package var isCompleteBelow = false
    /// Why an import of it cannot be undone; nil if it can.
    package var undoRefusal: Message?

    package init(
        kind: ImportKind, runImport: @escaping @Sendable (ImportRun, _ path: String) throws -> ImportEnd,
        exportPlan: @escaping @Sendable (ExportQuestion) -> ExportPlan,
        codeList: @escaping @Sendable (_ column: String) -> CodeListKey?,
        nationalNames: @escaping @Sendable (_ column: String) -> [String], hasCodes: Bool = true,
        isCompleteBelow: Bool = false, undoRefusal: Message? = nil
    ) {
        self.kind = kind
        self.runImport = runImport
        self.exportPlan = exportPlan
        self.codeList = codeList
        self.nationalNames = nationalNames
        self.hasCodes = hasCodes
        self.isCompleteBelow = isCompleteBelow
        self.undoRefusal = undoRefusal
    }

    /// The national name of a column, or its own where it has none.
    func nationalName(of column: String) -> String { nationalNames(column).first ?? column }
}

/// What an export is to hold.
package struct ExportQuestion: Sendable {
    package let scope: Scope
    /// The day of which dated facts are shown.
    package let day: CivilDate
    /// The partner whose ids are shown beside ours.
    package let partner: Identifier?
}

extension FileKind {
    /// A kind whose columns are the cases of one enumeration.
    package init<Column: FileColumn>(
        _ kind: ImportKind, columns: Column.Type,
        runImport: @escaping @Sendable (ImportRun, _ path: String) throws -> ImportEnd,
        exportPlan: @escaping @Sendable (ExportQuestion) -> ExportPlan
    ) {
        self.init(
            kind: kind, runImport: runImport, exportPlan: exportPlan,
            codeList: { Column(rawValue: $0)?.codeList }, nationalNames: { Column(rawValue: $0)?.nationalNames ?? [] })
    }

    /// A kind in which each row is a record.
    package init<Rows: RowKind>(
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
