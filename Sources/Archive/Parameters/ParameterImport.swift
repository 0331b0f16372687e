// Files of parameter rows, where each row of the file is a row of a parameter, and the export with the same columns. A
// row is recognised by our id, otherwise by parameter, area and first day; if it differs, it is a correction. Rows that
// came with the program give way to those of a file, so that a register can be moved with its rules into an empty
// installation.

import Domain
import SQL
import Service
import Web

/// What a column of a file of parameters contains.
enum ParameterColumn: String, FileColumn {
    case id, key, value, unit, areaCode, from, to, documentNumber

    /// Spellings that files use; there is no national form for parameters.
    var nationalNames: [String] {
        switch self {
        case .id: []
        case .key: ["参数", "参数名", "参数代码"]
        case .value: ["参数值"]
        case .unit: ["单位"]
        case .areaCode: CommonHeadings.divisionCode
        case .from: ["开始日期"]
        case .to: ["结束日期"]
        case .documentNumber: ["文号"]
        }
    }

    var role: HeadingRole? {
        switch self {
        case .areaCode: .code
        case .id: .id
        default: nil
        }
    }

    var form: CellForm { self == .areaCode || self == .key ? .key : .text }

    var storedDay: (sql: String, id: Self)? {
        switch self {
        case .from: ("SELECT 1 FROM parameter WHERE id = $1 AND first_on = $2", .id)
        case .to: ("SELECT 1 FROM parameter WHERE id = $1 AND end_on = $2", .id)
        default: nil
        }
    }
}

/// A row of a file.
struct ParameterRecord: Sendable {
    /// Nil if the file does not say.
    let id: Identifier?
    let draft: ParameterDraft
    let header: FileHeader<ParameterColumn>
}

enum ParameterImport: RowKind {
    static let required: [ParameterColumn] = [.key, .value, .from]

    static func read(
        _ row: FileRow, _ cells: inout CellReader<ParameterColumn>, _ order: ImportOrder, _ register: Register,
        _ errors: inout RowErrors<ParameterColumn>
    ) throws -> ParameterRecord? {
        let id = cells.value(.id, row, &errors, FieldText.identifier)
        let key = cells.requiredValue(.key, row, &errors) { text throws(FieldError) in try ParameterKey.known(text) }
        let area = cells.value(.areaCode, row, &errors, FieldText.areaCode)
        let first = cells.requiredDate(.from, row, &errors)
        let end = cells.date(.to, row, &errors)
        let document = cells.text(.documentNumber, row, ParameterDraft.documentCharacters, &errors)
        var value: ParameterValue?
        if let key {
            value = cells.requiredValue(.value, row, &errors) { text throws(FieldError) in
                try key.checked(ParameterValue(cell: text, key.type))
            }
            _ = cells.value(.unit, row, &errors) { text throws(FieldError) in try key.checked(unit: text) }
        }
        if let first, let end, end <= first { errors.add(row.line, .to, .endsBeforeItBegins) }
        guard let key, let value, let first else { return nil }
        return ParameterRecord(
            id: id,
            draft: ParameterDraft(
                key: key, value: value, area: area, first: first, end: end, documentNumber: document),
            header: cells.header)
    }

    static func apply(
        _ record: ParameterRecord, _ context: RowContext<ParameterColumn>, _ transaction: Transaction
    ) throws -> (result: RowResult, findings: [ReportRow]) {
        let connection = transaction.connection
        let draft = record.draft
        let division = try draft.area.flatMap { try DivisionStore.find(code: $0, connection) }
        if draft.area != nil && division == nil { throw outside }
        let own = try ParameterTable.rows(draft.key.name, in: division?.id, connection)
        var replaces: [Identifier] = []
        var known: ParameterRow?
        if let id = record.id {
            known = try ParameterTable.find(id, connection)
            if let known, known.key != draft.key.name || known.divisionId != division?.id {
                throw Problem(
                    .conflictingContent,
                    errors: [
                        FieldError(pointer: "/id", FieldCode(ProblemKind.conflictingContent))
                    ])
            }
            if known == nil, let same = own.first(where: { $0.first == draft.first }) { replaces.append(same.id) }
        } else {
            known = own.first { $0.first == draft.first }
        }
        if let known {
            let stated = merged(draft, into: known, record.header)
            guard differs(stated, from: known) else { return (.unchanged, []) }
            _ = try ParameterArea.writable(draft.area, context.scope, connection)
            let met = own.filter { $0.id != known.id && $0.interval.overlaps(stated.interval) }
            guard met.isEmpty else { throw ParameterProblems.overlap(with: met) }
            try ParameterStore.revise(known, to: stated, division?.areaCode, transaction)
            return (.changed, [])
        }
        _ = try ParameterArea.writable(draft.area, context.scope, connection)
        let interval = DayInterval(first: draft.first, end: draft.end)
        replaces += own.filter {
            $0.createdAt == 0 && $0.interval.overlaps(interval) && !replaces.contains($0.id)
        }.map(\.id)
        let row = draft.row(record.id ?? transaction.newId(), division, contentHash: nil, transaction)
        try ParameterStore.state(row, replaces: replaces, area: division?.areaCode, transaction)
        return (.created, [])
    }

    /// The file's values, and the stored ones for columns that the file does not have.
    private static func merged(
        _ draft: ParameterDraft, into stored: ParameterRow, _ header: FileHeader<ParameterColumn>
    ) -> ParameterRow {
        var row = stored
        row.value = draft.value.json
        row.first = draft.first
        if header.has(.to) { row.end = draft.end }
        if header.has(.documentNumber) { row.documentNumber = draft.documentNumber }
        return row
    }

    private static func differs(_ left: ParameterRow, from right: ParameterRow) -> Bool {
        left.value != right.value || left.first != right.first || left.end != right.end
            || left.documentNumber != right.documentNumber
    }

    private static let outside = Problem.field("/areaCode", .unknownDivision)
}

enum ParameterExport {
    /// Every row that matters in the range: of its areas, of those above, and for everywhere, in the form that the
    /// import reads.
    static func plan(_ scope: Scope) -> ExportPlan {
        var conditions = ListConditions()
        conditions.add("(p.end_on IS NULL OR p.end_on > p.first_on)")
        conditions.add(
            """
            (p.division_id IS NULL OR (d.area_code <= \(conditions.bind(scope.last))
            AND d.area_last >= \(conditions.bind(scope.first))))
            """)
        // Words of a set are joined by `;`, as in every other file.
        let value = #"replace(replace(replace(replace(p.value, '","', ';'), '["', ''), '"]', ''), '"', '')"#
        return ExportPlan(
            columns: [
                ExportColumn("id", "p.id", .identifier), ExportColumn("key", "p.key"), ExportColumn("value", value),
                ExportColumn("unit", "p.unit"), ExportColumn("areaCode", "d.code", .areaCode),
                ExportColumn("from", "p.first_on"), ExportColumn("to", "p.end_on"),
                ExportColumn("documentNumber", "p.document_number"),
            ],
            source: "parameter p LEFT JOIN division d ON d.id = p.division_id", conditions: conditions,
            order: ["p.key", "coalesce(d.area_code, 0)", "p.first_on", "p.id"])
    }
}
