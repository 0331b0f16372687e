// What can be wrong with fields and rows of files and jobs.

import Domain
import Web

extension FieldCode {
    static let columnNotRead = FieldCode("column-not-read", zh: "没有读取此列", en: "this column is not read")
    static let notUndone = FieldCode(
        "not-undone", zh: "在撤销期间被他人使用或修改，保留原样", en: "it was used or changed by others meanwhile, and stays as it is")
    static let raggedRow = FieldCode(
        "ragged-row", zh: "单元格数与表头不同", en: "the row does not have the same number of cells as the header")
    package static let toldLate = FieldCode(
        "told-late", zh: "文件所说的日子早于已登记的情况，只改写到下一次变动之前",
        en: "told late: it holds until the next thing that is known")
    static let unreadableName = FieldCode(
        "unreadable-name", zh: "这不是名称，或其中没有可以辨认的字；请填写名称，或用正确的编码重新导出",
        en: "this name cannot be read: enter it, or export the file again with the right encoding")

    package static let ofJobs: [FieldCode] = [columnNotRead, notUndone, raggedRow, toldLate, unreadableName]
}

extension RowContext {
    /// The row of a report that says what a row of a file told late.
    package func toldLate(_ span: RetoldSpan) -> ReportRow {
        let end = span.days.end
        return ReportRow(
            line: line, .notice, .toldLate,
            zh: "\(span.field)：自 \(span.days.first) 起\(end.map { "至 \($0) 前" } ?? "")改写了已登记的情况",
            en: "\(span.field): what was known is told otherwise from \(span.days.first) on"
                + (end.map { " until \($0)" } ?? ""))
    }
}
