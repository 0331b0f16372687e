// Files of villages: a row either says what a village is from a day on, or is its profile of a year.

import Domain
import SQL
import Service
import Web

/// A row as it was read.
package struct VillageRow: Sendable {
    package enum Content: Sendable {
        case facts(VillageStatement)
        /// A column that the file does not have keeps what is stored; an empty cell clears it.
        case profile(year: Int, [ProfileField: Change<SQLValue>])
    }

    package let code: AreaCode?
    package let path: [String]
    package let content: Content
}

package enum VillageRows: RowKind {
    package static let required: [VillageColumn] = []
    package static let oneOf: [[VillageColumn]] = [[.villageCode, .villageName], [.from, .year]]
    package static let texts: [VillageColumn] = [.mainIndustry]

    package static func read(
        _ row: FileRow, _ cells: inout CellReader<VillageColumn>, _ order: ImportOrder, _ register: Register,
        _ errors: inout RowErrors<VillageColumn>
    ) throws -> VillageRow? {
        let code = cells.value(.villageCode, row, &errors, FieldText.areaCode)
        let path = VillageColumn.path.map { cells.header.cell($0, row) ?? "" }
        if cells.header.cell(.villageCode, row) == nil, path.contains("") { cells.missing(.villageCode, row, &errors) }
        let content =
            cells.header.cell(.year, row) == nil
            ? facts(row, &cells, &errors) : profile(row, cells, &errors)
        return content.map { VillageRow(code: code, path: path, content: $0) }
    }

    private static func facts(
        _ row: FileRow, _ cells: inout CellReader<VillageColumn>, _ errors: inout RowErrors<VillageColumn>
    ) -> VillageRow.Content? {
        guard let from = cells.requiredDate(.from, row, &errors) else { return nil }
        let end = cells.date(.to, row, &errors)
        if let end, end <= from { errors.add(row.line, .to, .endsBeforeItBegins) }
        let kind = cells.code(.kind, .villageKind, row, &errors)
        let target = number(.targetExitYear, in: 2000...2100, row, cells, &errors)
        let tags = cells.codeSet(.tags, .villageTag, row, &errors)
        return .facts(
            VillageStatement(
                days: DayInterval(first: from, end: end), kind: kind.map(Change.set) ?? .keep,
                targetExitYear: target.map(Change.set) ?? .keep, tags: .keep, addedTags: tags))
    }

    private static func profile(
        _ row: FileRow, _ cells: CellReader<VillageColumn>, _ errors: inout RowErrors<VillageColumn>
    ) -> VillageRow.Content? {
        let year = number(.year, in: ProfileRoutes.years, row, cells, &errors)
        for column in [VillageColumn.from, .to, .kind, .targetExitYear, .tags]
        where cells.header.cell(column, row) != nil {
            errors.add(
                row.line, column, .notForKind, zh: "填写了年度的行只能填写村情", en: "a row with a year may only contain a profile"
            )
        }
        var values: [ProfileField: Change<SQLValue>] = [:]
        for field in ProfileField.allCases {
            guard let column = field.fileColumn, cells.header.has(column) else { continue }
            let value: SQLValue? =
                switch field.shape {
                case .count:
                    number(column, in: ProfileField.counts, row, cells, &errors).map { .integer(Int64($0)) }
                case .fen: number(column, in: ProfileField.amounts, row, cells, &errors).map { .integer(Int64($0)) }
                case .flag: cells.flag(column, row, &errors).map(\.sqlValue)
                case .text: cells.text(column, row, ProfileField.textCharacters, &errors).map(SQLValue.text)
                }
            values[field] = value.map(Change.set) ?? .clear
        }
        return year.map { .profile(year: $0, values) }
    }

    private static func number(
        _ column: VillageColumn, in range: ClosedRange<Int>, _ row: FileRow, _ cells: CellReader<VillageColumn>,
        _ errors: inout RowErrors<VillageColumn>
    ) -> Int? {
        guard let number = cells.number(column, row, &errors) else { return nil }
        guard range.contains(number) else {
            errors.add(row.line, column, .outOfRange(range))
            return nil
        }
        return number
    }

    package static func apply(
        _ row: VillageRow, _ context: RowContext<VillageColumn>, _ transaction: Transaction
    ) throws -> (result: RowResult, findings: [ReportRow]) {
        let connection = transaction.connection
        let code: AreaCode
        if let named = row.code {
            code = named
        } else {
            switch try VillageFinder(connection).village(code: nil, names: row.path) {
            case .failure(let error): throw context.refusal(.villageName, error)
            case .success(let found): code = found.code
            }
        }
        let division = try DivisionPlacing.village(code, context.scope, connection)
        let village = try VillageTable.village(division, at: division.areaCode, connection)
        switch row.content {
        case .facts(let said):
            var said = said
            said.replacesLater = context.order.replacesLater
            let change = try VillageStore.state(said, of: village, transaction)
            guard change.isDifferent else { return (.unchanged, []) }
            return (village.recordedAt == nil ? .created : .changed, change.retold.map { context.toldLate($0) })
        case .profile(let year, let changes):
            let old = try VillageTable.profile(of: division.id, year: year, connection)
            var profile = old ?? VillageProfile(values: [:])
            for (field, change) in changes where !isWorse(change, than: profile.values[field]) {
                profile.values[field] = change.applied(to: profile.values[field])
            }
            guard profile != old else { return (.unchanged, []) }
            try VillageStore.state(profile, year: year, over: old, of: village, transaction)
            return (old == nil ? .created : .changed, [])
        }
    }

    private static func isWorse(_ change: Change<SQLValue>, than stored: SQLValue?) -> Bool {
        guard case .set(.text(let stated)) = change, case .text(let stored)? = stored else { return false }
        return KnownText.isWorse(stated, than: stored, as: .title)
    }
}
