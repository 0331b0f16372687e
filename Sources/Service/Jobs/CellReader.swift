// Turns the cells of a row into values. Every error has its line and column, and reading continues after it, so that
// all errors of a row are found at once.

import Domain
import SQL
import Web

package struct CellReader<Column: FileColumn> {
    package let header: FileHeader<Column>
    package let codes: CodeLists
    /// The partner whose codes the file may use besides ours; nil for ours alone.
    package let partner: PartnerMapping?
    /// The days to which the row being read applies.
    package var factDays: FactDays
    /// Looks up what is already stored, for implausible days of known records.
    package var storedDays: StoredDays?
    /// Cells repeat endlessly; a code is looked up once.
    private var known: [CodeListKey: [String: String]] = [:]

    package init(_ header: FileHeader<Column>, _ codes: CodeLists, on day: CivilDate, partner: PartnerMapping? = nil) {
        self.header = header
        self.codes = codes
        self.partner = partner
        factDays = FactDays(since: day, today: day)
    }

    package func text(
        _ column: Column, _ row: FileRow, _ characters: ClosedRange<Int>, _ errors: inout RowErrors<Column>
    ) -> String? {
        guard let cell = header.cell(column, row) else { return nil }
        if cell.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            errors.add(row.line, column, .controlCharacter)
            return nil
        }
        if let error = FieldText.identityNumberHere(cell, isKey: column.form == .key) {
            errors.add(row.line, column, error)
            return nil
        }
        guard cell.unicodeScalars.count <= characters.upperBound else {
            errors.add(row.line, column, .tooLong(characters.upperBound))
            return nil
        }
        return cell
    }

    /// A text that must be there; empty after an error.
    package func required(
        _ column: Column, _ row: FileRow, _ characters: ClosedRange<Int>, _ errors: inout RowErrors<Column>
    ) -> String {
        if header.cell(column, row) == nil { missing(column, row, &errors) }
        return text(column, row, characters, &errors) ?? ""
    }

    package func missing(_ column: Column, _ row: FileRow, _ errors: inout RowErrors<Column>) {
        errors.add(row.line, column, .required)
    }

    package mutating func code(
        _ column: Column, _ list: CodeListKey, _ row: FileRow, _ errors: inout RowErrors<Column>
    ) -> String? {
        guard let cell = header.cell(column, row) else { return nil }
        return lookUp(cell, list, column, row, &errors)
    }

    /// A code that must be there; empty after an error.
    package mutating func requiredCode(
        _ column: Column, _ list: CodeListKey, _ row: FileRow, _ errors: inout RowErrors<Column>
    ) -> String {
        guard let cell = header.cell(column, row) else {
            missing(column, row, &errors)
            return ""
        }
        return lookUp(cell, list, column, row, &errors) ?? ""
    }

    /// Several codes in one cell, with the separators that forms use.
    package mutating func codeSet(
        _ column: Column, _ list: CodeListKey, _ row: FileRow, _ errors: inout RowErrors<Column>
    ) -> [String] {
        guard let cell = header.cell(column, row) else { return [] }
        return CellText.parts(cell).compactMap { lookUp($0, list, column, row, &errors) }
    }

    private mutating func lookUp(
        _ cell: String, _ list: CodeListKey, _ column: Column, _ row: FileRow, _ errors: inout RowErrors<Column>
    ) -> String? {
        if let code = known[list]?[cell] { return code }
        do throws(FieldError) {
            let form = WrittenForm.name(cell)
            let own = partner?.ours(of: cell, in: list) ?? partner?.ours(of: form, in: list)
            let value = try codes.value(ofCell: own ?? form, in: list, on: factDays)
            // Only what holds on every day is remembered, because the next row may be about another day.
            if value.validFrom == nil && value.validTo == nil { known[list, default: [:]][cell] = value.code }
            return value.code
        } catch {
            errors.add(row.line, column, error)
            return nil
        }
    }

    package func value<Value>(
        _ column: Column, _ row: FileRow, _ errors: inout RowErrors<Column>,
        _ parse: (String) throws(FieldError) -> Value
    ) -> Value? {
        guard let cell = header.cell(column, row) else { return nil }
        do throws(FieldError) {
            return try parse(WrittenForm.key(cell))
        } catch {
            errors.add(row.line, column, error)
            return nil
        }
    }

    /// A value that must be there.
    package func requiredValue<Value>(
        _ column: Column, _ row: FileRow, _ errors: inout RowErrors<Column>,
        _ parse: (String) throws(FieldError) -> Value
    ) -> Value? {
        if header.cell(column, row) == nil { missing(column, row, &errors) }
        return value(column, row, &errors, parse)
    }

    package func date(_ column: Column, _ row: FileRow, _ errors: inout RowErrors<Column>) -> CivilDate? {
        day(column, row, &errors, isBirth: false)
    }

    /// A day that must be there.
    package func requiredDate(_ column: Column, _ row: FileRow, _ errors: inout RowErrors<Column>) -> CivilDate? {
        if header.cell(column, row) == nil { missing(column, row, &errors) }
        return date(column, row, &errors)
    }

    /// The day of a birth.
    package func birthDate(_ column: Column, _ row: FileRow, _ errors: inout RowErrors<Column>) -> CivilDate? {
        day(column, row, &errors, isBirth: true)
    }

    private func day(
        _ column: Column, _ row: FileRow, _ errors: inout RowErrors<Column>, isBirth: Bool
    ) -> CivilDate? {
        value(column, row, &errors) { text throws(FieldError) in
            do throws(FieldError) {
                return try CellText.date(text, codes.days, birth: isBirth)
            } catch {
                guard error.code == .implausibleDay, let stored = column.storedDay,
                    let id = header.cell(stored.id, row).flatMap({ Identifier($0) }), let date = CivilDate(text),
                    storedDays?.has(date, stored.sql, id) == true
                else { throw error }
                return date
            }
        }
    }

    package func number(_ column: Column, _ row: FileRow, _ errors: inout RowErrors<Column>) -> Int? {
        guard let cell = header.cell(column, row) else { return nil }
        guard let number = Int(WrittenForm.key(cell)) else {
            errors.add(row.line, column, .notAnInteger)
            return nil
        }
        return number
    }

    package func flag(_ column: Column, _ row: FileRow, _ errors: inout RowErrors<Column>) -> Bool? {
        switch header.cell(column, row).map(WrittenForm.key) {
        case nil: return nil
        case "true", "是", "1": return true
        case "false", "否", "0": return false
        default:
            errors.add(row.line, column, .wrongType, zh: "应为 是 或 否", en: "true or false is expected")
            return nil
        }
    }

    /// A sealed number as written; nil if the cell is empty or contains a mask, which leaves the stored number.
    package func unmasked(_ column: Column, _ row: FileRow) -> String? {
        header.cell(column, row).flatMap { NumberMask.isMask($0) ? nil : $0 }
    }

    package func isMasked(_ column: Column, _ row: FileRow) -> Bool {
        header.cell(column, row).map { NumberMask.isMask($0) } == true
    }
}

/// Codes of a file that are in neither its partner's lists nor ours.
package enum PartnerCodes {
    /// At most this many are reported; a file with more does not use this partner's codes at all.
    private static let toldMax = 200

    /// Reads the whole file once, before any of it is applied, so that all unknown codes are reported together.
    ///
    /// - Throws: `ImportFailure.unknownCodes`, or what is wrong with the file itself.
    package static func check<Column: FileColumn>(
        _ path: String, _ header: FileHeader<Column>, _ codes: CodeLists, _ mapping: PartnerMapping
    ) throws {
        let file = try ImportFile(path: path)
        let columns = Column.allCases.filter { header.has($0) && $0.codeList != nil }
        var unknown: Set<String> = []
        var seen: [Column: Set<String>] = [:]
        while unknown.count < toldMax {
            switch try file.next() {
            case .end:
                guard unknown.isEmpty else { throw ImportFailure.unknownCodes(unknown.sorted()) }
                return
            case .refused: continue
            case .row(let row):
                for column in columns {
                    guard let list = column.codeList, let cell = header.cell(column, row),
                        seen[column, default: []].insert(cell).inserted
                    else { continue }
                    for part in CellText.parts(cell) where mapping.ours(of: part, in: list) == nil {
                        let form = WrittenForm.name(part)
                        if mapping.ours(of: form, in: list) == nil, codes[list]?.value(forLabel: form) == nil {
                            unknown.insert("\(header.name(column)) \(part)")
                        }
                    }
                }
            }
        }
        throw ImportFailure.unknownCodes(unknown.sorted())
    }
}

/// Checks whether a known record already has a day. Only implausible days are looked up, and they are few.
package struct StoredDays {
    package let connection: Connection

    package init(connection: Connection) {
        self.connection = connection
    }

    package func has(_ day: CivilDate, _ sql: String, _ id: Identifier) -> Bool {
        // A record that cannot be read is treated as unknown; the row is then refused.
        (try? connection.first(sql, id, day) { _ in true }) == true
    }
}

/// Values in the forms into which spreadsheets turn them.
package enum CellText {
    /// Several values in one cell.
    package static func parts(_ cell: String) -> [String] { cell.split { ";；,，、".contains($0) }.map(String.init) }

    /// `2016-03-10`, `20160310`, `2016/3/10` or `2016.3.10`, always with four digits of the year, within bounds.
    package static func date(
        _ text: String, _ days: PlausibleDays, birth isBirth: Bool = false
    ) throws(FieldError) -> CivilDate {
        guard let date = CivilDate(text) ?? parted(text) ?? joined(text) else {
            throw days.malformed(from: isBirth ? days.birthsFrom : days.othersFrom)
        }
        return try days.check(date, birth: isBirth)
    }

    /// Year, month and day between two separators of one kind.
    private static func parted(_ text: String) -> CivilDate? {
        for separator: Character in ["/", "-", "."] {
            let parts = text.split(separator: separator, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0].utf8.count == 4, (1...2).contains(parts[1].utf8.count),
                (1...2).contains(parts[2].utf8.count), parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }),
                let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
            else { continue }
            return CivilDate(year: year, month: month, day: day)
        }
        return nil
    }

    private static func joined(_ text: String) -> CivilDate? {
        guard text.utf8.count == 8, text.utf8.allSatisfy(isDigit), let digits = Int(text) else { return nil }
        return CivilDate(year: digits / 10_000, month: digits / 100 % 100, day: digits % 100)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
