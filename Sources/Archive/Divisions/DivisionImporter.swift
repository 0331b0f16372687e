// Import of divisions from `code,name,level,parentCode` (R001): a first edition, or a later one over it; exports add
// `from,to`. With `complete`, divisions below the given one that are missing from the file are ended, for the levels
// that the file contains; nothing is ever deleted.

import Domain
import SQL
import Service
import Synchronization
import Web

/// A row of a file of divisions.
package struct DivisionRow {
    package let line: Int
    package let code: AreaCode
    package let name: String
    package let level: DivisionLevel
    package let parent: AreaCode?
    let openedOn: CivilDate?
    /// When it ended, awaiting a successor; nil if it is live.
    package let endedOn: CivilDate?
    /// The file says that its parent has ended; it stays below it until a successor is named.
    var isBelowEnded = false
}

package final class DivisionImporter: Importer {
    /// What a complete file contains.
    package struct Summary {
        package let levels: Set<DivisionLevel>
        package let codes: Set<AreaCode>
        package let rows: [DivisionRow]
        /// Columns that were not read, and names that arrived damaged.
        package let findings: [ReportRow]
        /// Whether every row could be read: only then is a missing division really missing from the file.
        package let isWhole: Bool
    }

    package static let recordsPerPiece = 200
    package static let isConnected = true

    /// By level, so that a parent always comes before its children.
    private let rows: [PreparedItem<DivisionRow>]
    private var index = 0
    package let summary: Summary

    package var progress: Double { rows.isEmpty ? 1 : Double(index) / Double(rows.count) }

    /// Reads the whole file, because divisions are few and children may come before their parents.
    package init(path: String, _ days: PlausibleDays) throws {
        let file = try ImportFile(path: path)
        let header = try FileHeader<DivisionColumn>(file.header, required: [.code, .name, .level, .parentCode])
        var found: [PreparedItem<DivisionRow>] = []
        var seen: [AreaCode: Int] = [:]
        reading: while true {
            switch try file.next() {
            case .end: break reading
            case .refused(let row): found.append(PreparedItem(record: nil, rows: [row]))
            case .row(let row):
                let (division, refusal) = Self.parse(row, header, days, &seen)
                found.append(PreparedItem(record: division, rows: refusal.map { [$0] } ?? []))
            }
        }
        summary = Summary(
            levels: Set(found.compactMap { $0.record?.level }), codes: Set(found.compactMap { $0.record?.code }),
            rows: found.compactMap(\.record),
            findings: header.notices
                + found.compactMap(\.record).filter { DamagedText.isDamaged($0.name) }.map {
                    KnownText.warning(line: $0.line, column: header.name(.name))
                },
            isWhole: found.allSatisfy { $0.record != nil })
        let ended = Set(found.compactMap(\.record).filter { $0.endedOn != nil }.map(\.code))
        if !ended.isEmpty {
            for index in found.indices {
                guard let parent = found[index].record?.parent, ended.contains(parent) else { continue }
                found[index].record?.isBelowEnded = true
            }
        }
        rows = found.enumerated().sorted {
            ($0.element.record?.level.rawValue ?? 0, $0.offset) < ($1.element.record?.level.rawValue ?? 0, $1.offset)
        }.map(\.element)
    }

    /// The same, after comparing the names in the file with known ones.
    ///
    /// - Throws: `ImportFailure` for a file that changes too many names.
    package convenience init(path: String, _ order: ImportOrder, _ register: Register) throws {
        try self.init(path: path, register.days)
        if order.takesRenames { return }
        let connection = try register.database.makeReader()
        defer { connection.close() }
        // Divisions are few: all are compared.
        var names = NameGuard(byteCount: 0, .namesOfPlaces)
        for row in summary.rows {
            guard let known = try DivisionStore.find(code: row.code, connection), known.level == row.level else {
                continue
            }
            names.compare(row.name, known.name, line: row.line)
        }
        try names.check()
    }

    private static func parse(
        _ row: FileRow, _ header: FileHeader<DivisionColumn>, _ days: PlausibleDays, _ seen: inout [AreaCode: Int]
    ) -> (DivisionRow?, ReportRow?) {
        func refuse(_ column: DivisionColumn, _ error: FieldError) -> (DivisionRow?, ReportRow?) {
            (nil, ReportRow(line: row.line, column: header.name(column), error))
        }
        if let (column, damage) = KeyCells(header).read(row).damages.first { return refuse(column, FieldError(damage)) }
        guard let code = AreaCode(header.cell(.code, row) ?? "") else {
            return refuse(.code, FieldError(.notAnAreaCode))
        }
        let name = header.cell(.name, row) ?? ""
        if name.isEmpty { return refuse(.name, FieldError(.required)) }
        if name.unicodeScalars.count > 60 { return refuse(.name, .tooLong(60)) }
        if let error = FieldText.identityNumberHere(name) { return refuse(.name, error) }
        guard let level = DivisionLevel(name: header.cell(.level, row) ?? "") else {
            return refuse(.level, .notOneOf(DivisionLevel.allCases.map(\.name)))
        }
        let above = header.cell(.parentCode, row)
        let parent = above.flatMap { AreaCode($0) }
        guard level == .province ? above == nil : parent != nil else {
            return refuse(
                .parentCode,
                FieldError(
                    .notAnAreaCode, zh: "除省级外都要有 12 位上级代码",
                    en: "a parent code of 12 digits is expected, except for a province")
            )
        }
        var terms: [CivilDate?] = [nil, nil]
        for (index, column) in [DivisionColumn.from, .to].enumerated() {
            guard let cell = header.cell(column, row) else { continue }
            do throws(FieldError) {
                terms[index] = try CellText.date(WrittenForm.key(cell), days)
            } catch {
                return refuse(column, error)
            }
        }
        if let first = seen[code] {
            return refuse(
                .code, FieldError(.repeated, zh: "代码在第 \(first) 行已出现", en: "the code already appears in line \(first)"))
        }
        seen[code] = row.line
        return (
            DivisionRow(
                line: row.line, code: code, name: name, level: level, parent: parent, openedOn: terms[0],
                endedOn: terms[1]), nil
        )
    }

    package func next() throws -> PreparedItem<DivisionRow>? {
        guard index < rows.count else { return nil }
        defer { index += 1 }
        return rows[index]
    }

    package static func apply(
        _ row: DivisionRow, _ order: ImportOrder, _ scope: Scope, _ transaction: Transaction
    ) throws -> ImportOutcome {
        let connection = transaction.connection
        func refuse(_ column: String, _ error: FieldError) -> RecordRefused {
            RecordRefused(rows: [ReportRow(line: row.line, column: column, error)])
        }
        var parent: Division?
        if let parentCode = row.parent {
            guard let found = try DivisionStore.find(code: parentCode, connection),
                found.isLive || row.isBelowEnded
            else {
                throw refuse("parentCode", DivisionProblems.fieldError(.unknown(parentCode)))
            }
            guard found.level < row.level else {
                throw refuse("parentCode", DivisionProblems.fieldError(.wrongParentLevel))
            }
            parent = found
        }
        var outcome = ImportOutcome()
        guard let existing = try DivisionStore.find(code: row.code, connection) else {
            // An export lists divisions with a successor as if they were live: this one is known, and has ended.
            if try isSucceeded(row, connection) {
                outcome.counts.unchanged = 1
                return outcome
            }
            if let error = KnownText.unreadable(row.name, as: .name) { throw refuse("name", error) }
            try checkScope(parent, row, scope)
            let created = try DivisionStore.create(
                code: row.code, name: row.name, level: row.level, parent: parent, on: row.openedOn ?? order.on,
                transaction)
            if let end = row.endedOn { try DivisionStore.end(created, on: end, transaction) }
            outcome.counts.created = 1
            return outcome
        }
        guard existing.level == row.level else {
            throw refuse("level", DivisionProblems.fieldError(.codeTaken(row.code)))
        }
        if row.endedOn != nil && !existing.isLive {
            outcome.counts.unchanged = 1
            return outcome
        }
        var current = existing
        if !existing.isLive {
            try checkScope(parent, row, scope)
            try DivisionStore.reopen(existing, transaction)
            current = try DivisionStore.find(existing.id, connection) ?? existing
        }
        let name = KnownText.isWorse(row.name, than: current.name, as: .name) ? current.name : row.name
        if current.name != name || current.parentId != parent?.id {
            try checkScope(parent, row, scope)
            try DivisionStore.revise(current, name: name, parent: parent, on: order.on, transaction)
            outcome.counts.changed = 1
        } else if existing.isLive {
            outcome.counts.unchanged = 1
        } else {
            outcome.counts.changed = 1
        }
        if let end = row.endedOn, let living = try DivisionStore.find(existing.id, connection) {
            try checkScope(parent, row, scope)
            try DivisionStore.end(living, on: end, transaction)
            outcome.counts.unchanged = 0
            outcome.counts.changed = 1
        }
        return outcome
    }

    private static func isSucceeded(_ row: DivisionRow, _ connection: Connection) throws -> Bool {
        guard let openedOn = row.openedOn else { return false }
        return try connection.first(
            """
            SELECT 1 FROM division WHERE code = $1 AND level = $2 AND opened_on = $3 AND successor_id IS NOT NULL
            """, row.code, row.level.rawValue, openedOn
        ) { _ in true } ?? false
    }

    /// Only divisions in the caller's range may change; those above it may be in the file unchanged.
    private static func checkScope(_ parent: Division?, _ row: DivisionRow, _ scope: Scope) throws {
        if scope == .everything { return }
        guard let parent, scope.contains(parent.scope) else {
            throw RecordRefused(rows: [ReportRow(line: row.line, column: "code", FieldError(.outsideArea))])
        }
    }

    package static func finish(
        _ summary: Summary, refused: Set<Int>, _ order: ImportOrder, _ scope: Scope, _ transaction: Transaction
    ) throws -> ImportOutcome {
        var outcome = ImportOutcome()
        outcome.rows = summary.findings
        guard let code = order.completeBelow else { return outcome }
        let connection = transaction.connection
        guard let top = try DivisionStore.find(code: code, connection), scope.contains(top.scope) else {
            throw ImportFailure.unknownPlace(code.description)
        }
        guard summary.isWhole else {
            outcome.rows.append(
                ReportRow(
                    line: 0, column: nil, .warning, .nothingEnded, zh: "有无法读取的行，不能确定哪些区划已不在文件中，因此没有撤销任何区划",
                    en:
                        "rows could not be read, so what the file no longer contains is uncertain: nothing was ended"
                ))
            return outcome
        }
        let live = try connection.query(
            """
            SELECT \(DivisionStore.columns) FROM division
            WHERE ended_on IS NULL AND area_code BETWEEN $1 AND $2 AND level > $3 ORDER BY level, area_code
            """, top.areaCode, top.areaLast, top.level.rawValue, row: DivisionStore.read)
        var doubts = try DivisionDoubts(summary.rows, refused: refused, live, connection)
        for division in live {
            if let doubt = doubts.doubt(of: division) {
                outcome.rows.append(doubt)
                continue
            }
            guard summary.levels.contains(division.level), !summary.codes.contains(division.code),
                !doubts.isSpared(division)
            else { continue }
            try DivisionStore.end(division, on: order.on, transaction)
            outcome.counts.ended += 1
            outcome.rows.append(
                ReportRow(
                    line: 0, column: nil, .notice, .endedAwaitingSuccessor,
                    zh: "\(division.code) \(division.name) 已撤销，等待指定接替区划",
                    en: "\(division.code) \(division.name) has ended and awaits a successor"))
        }
        return outcome
    }
}

/// Import of successors from `code,successorCode,effectiveOn`.
final class SuccessorImporter: Importer {
    struct Record {
        let line: Int
        let old: AreaCode
        let new: AreaCode
        let day: CivilDate
    }

    static let recordsPerPiece = 20
    static let isConnected = true

    private var rows: [PreparedItem<Record>] = []
    private var index = 0

    var progress: Double { rows.isEmpty ? 1 : Double(index) / Double(rows.count) }

    /// Reads the whole file: successors are few.
    init(path: String, _ days: PlausibleDays) throws {
        let file = try ImportFile(path: path)
        let header = try FileHeader<SuccessorColumn>(file.header, required: SuccessorColumn.allCases)
        summary = header.notices
        reading: while true {
            switch try file.next() {
            case .end: break reading
            case .refused(let row): rows.append(PreparedItem(record: nil, rows: [row]))
            case .row(let row):
                rows.append(Self.parse(row, header, days))
            }
        }
    }

    private static func parse(
        _ row: FileRow, _ header: FileHeader<SuccessorColumn>, _ days: PlausibleDays
    ) -> PreparedItem<Record> {
        var errors = RowErrors(header)
        if let (column, damage) = KeyCells(header).read(row).damages.first {
            errors.add(row.line, column, FieldError(damage))
            return PreparedItem(record: nil, rows: errors.rows)
        }
        func code(_ column: SuccessorColumn) -> AreaCode? { header.cell(column, row).flatMap { AreaCode($0) } }
        guard let old = code(.code), let new = code(.successorCode), let cell = header.cell(.effectiveOn, row) else {
            let error = FieldError(
                .malformed, zh: "应为两个 12 位代码和一个日期 YYYY-MM-DD",
                en: "two codes of 12 digits and a date YYYY-MM-DD are expected")
            return PreparedItem(record: nil, rows: [ReportRow(line: row.line, error)])
        }
        do throws(FieldError) {
            let day = try CellText.date(WrittenForm.key(cell), days)
            return PreparedItem(record: Record(line: row.line, old: old, new: new, day: day), rows: [])
        } catch {
            errors.add(row.line, .effectiveOn, error)
            return PreparedItem(record: nil, rows: errors.rows)
        }
    }

    func next() throws -> PreparedItem<Record>? {
        guard index < rows.count else { return nil }
        defer { index += 1 }
        return rows[index]
    }

    static func apply(
        _ record: Record, _ order: ImportOrder, _ scope: Scope, _ transaction: Transaction
    ) throws -> ImportOutcome {
        var outcome = ImportOutcome()
        do {
            let old = try DivisionStore.findForSuccession(record.old, transaction.connection)
            guard let old, scope.contains(old.scope) else { throw DivisionError.unknown(record.old) }
            let new = try DivisionStore.find(code: record.new, transaction.connection)
            guard let new, scope.contains(new.scope) else { throw DivisionError.unknown(record.new) }
            switch try Successors.name(new, after: old, on: record.day, transaction) {
            case .named: outcome.counts.changed = 1
            case .unchanged: outcome.counts.unchanged = 1
            }
        } catch let error as DivisionError {
            throw RecordRefused(rows: [ReportRow(line: record.line, DivisionProblems.fieldError(error))])
        }
        return outcome
    }

    let summary: [ReportRow]
}
