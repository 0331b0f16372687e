// From the rows of one household in a file to a household as stated. Every error says its line and column; all errors
// of a row are found at once.

import Domain
import Web

/// Collects what is wrong with the rows of one household.
struct RowErrors {
    private(set) var rows: [ReportRow] = []
    private let header: HouseholdHeader

    init(_ header: HouseholdHeader) { self.header = header }

    mutating func add(_ line: Int, _ column: HouseholdColumn?, _ error: FieldError) {
        rows.append(ReportRow(line: line, column: column.map(header.name), code: error.code, error.detail))
    }

    mutating func add(_ line: Int, _ column: HouseholdColumn, _ code: String, _ zh: String, _ en: String) {
        add(line, column, FieldError(code: code, detail: Message(zh: zh, en: en)))
    }
}

struct HouseholdRowReader {
    let header: HouseholdHeader
    let codes: CodeLists
    /// From which day the file's facts hold.
    let day: CivilDate
    let newId: @Sendable () -> Identifier
    /// Cells repeat endlessly; a code is looked up once.
    private var known: [HouseholdCodeList: [String: String]] = [:]
    /// The days of which the household being read speaks.
    private var factDays: FactDays

    init(header: HouseholdHeader, codes: CodeLists, day: CivilDate, newId: @escaping @Sendable () -> Identifier) {
        self.header = header
        self.codes = codes
        self.day = day
        self.newId = newId
        factDays = FactDays(since: day, today: day)
    }

    /// A household from its rows; the village comes from elsewhere.
    mutating func draft(_ rows: [FileRow], villageCode: AreaCode, _ errors: inout RowErrors) -> HouseholdDraft {
        let first = rows[0]
        let statusSince = value(.statusSince, first, &errors, Self.date) ?? day
        factDays = FactDays(since: statusSince, today: max(day, statusSince))
        return HouseholdDraft(
            id: value(.householdId, first, &errors, HouseholdBodyReader.identifier) ?? newId(),
            villageCode: villageCode,
            groupName: text(.groupName, first, HouseholdBodyReader.nameCharacters, &errors),
            archiveNumber: required(.archiveNumber, first, HouseholdBodyReader.archiveNumberCharacters, &errors),
            status: code(.status, .status, first, &errors) ?? StatusCode.registered,
            statusSince: statusSince,
            attribute: requiredCode(.attribute, .attribute, first, &errors),
            identificationStandard: code(.identificationStandard, .identificationStandard, first, &errors),
            mainCause: requiredCode(.mainCause, .cause, first, &errors),
            otherCauses: causes(first, &errors),
            labour: code(.labour, .householdLabour, first, &errors),
            selfCare: flag(.selfCare, first, &errors) ?? true,
            willingness: code(.willingness, .willingness, first, &errors),
            povertyDepth: code(.povertyDepth, .povertyDepth, first, &errors),
            phone: header.cell(.phone, first).flatMap { $0.contains("*") ? nil : $0 } == nil
                ? nil : value(.phone, first, &errors, HouseholdBodyReader.phone),
            members: rows.map { member($0, &errors) })
    }

    private mutating func member(_ row: FileRow, _ errors: inout RowErrors) -> MemberDraft {
        MemberDraft(
            id: value(.memberId, row, &errors, HouseholdBodyReader.identifier) ?? newId(),
            name: required(.name, row, HouseholdBodyReader.nameCharacters, &errors),
            relation: requiredCode(.relation, .relation, row, &errors),
            sex: requiredCode(.sex, .sex, row, &errors),
            birthDate: value(.birthDate, row, &errors, Self.date),
            identityNumber: header.cell(.identityNumber, row).flatMap { $0.contains("*") ? nil : $0 },
            ethnicity: code(.ethnicity, .ethnicity, row, &errors),
            education: code(.education, .education, row, &errors),
            schoolState: code(.schoolState, .schoolState, row, &errors),
            schoolBlocked: flag(.schoolBlocked, row, &errors) ?? false,
            health: code(.health, .health, row, &errors),
            labourCapacity: code(.labourCapacity, .labourCapacity, row, &errors),
            workPlace: code(.workPlace, .workPlace, row, &errors),
            workMonths: number(.workMonths, row, &errors),
            joinedOn: value(.joinedOn, row, &errors, Self.date),
            joinReason: code(.joinReason, .joinReason, row, &errors))
    }

    /// Several causes in one cell, as forms separate them.
    private mutating func causes(_ row: FileRow, _ errors: inout RowErrors) -> [String] {
        guard let cell = header.cell(.otherCauses, row) else { return [] }
        let parts = cell.split { ";；,，、".contains($0) }.map(String.init)
        return parts.compactMap { lookUp($0, .cause, .otherCauses, row, &errors) }
    }

    // MARK: Single cells

    private func text(
        _ column: HouseholdColumn, _ row: FileRow, _ characters: ClosedRange<Int>, _ errors: inout RowErrors
    ) -> String? {
        guard let cell = header.cell(column, row) else { return nil }
        if cell.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            errors.add(row.line, column, "control-character", "含有控制字符", "the cell holds a control character")
            return nil
        }
        guard cell.unicodeScalars.count <= characters.upperBound else {
            errors.add(
                row.line, column, "too-long", "最多 \(characters.upperBound) 个字符",
                "at most \(characters.upperBound) characters are expected")
            return nil
        }
        return cell
    }

    private func required(
        _ column: HouseholdColumn, _ row: FileRow, _ characters: ClosedRange<Int>, _ errors: inout RowErrors
    ) -> String {
        if header.cell(column, row) == nil { missing(column, row, &errors) }
        return text(column, row, characters, &errors) ?? ""
    }

    private func missing(_ column: HouseholdColumn, _ row: FileRow, _ errors: inout RowErrors) {
        errors.add(row.line, column, "missing-value", "此项必填", "this cell must not be empty")
    }

    private mutating func code(
        _ column: HouseholdColumn, _ list: HouseholdCodeList, _ row: FileRow, _ errors: inout RowErrors
    ) -> String? {
        guard let cell = header.cell(column, row) else { return nil }
        return lookUp(cell, list, column, row, &errors)
    }

    private mutating func requiredCode(
        _ column: HouseholdColumn, _ list: HouseholdCodeList, _ row: FileRow, _ errors: inout RowErrors
    ) -> String {
        guard let cell = header.cell(column, row) else {
            missing(column, row, &errors)
            return ""
        }
        return lookUp(cell, list, column, row, &errors) ?? ""
    }

    private mutating func lookUp(
        _ cell: String, _ list: HouseholdCodeList, _ column: HouseholdColumn, _ row: FileRow, _ errors: inout RowErrors
    ) -> String? {
        if let code = known[list]?[cell] { return code }
        do throws(FieldError) {
            let value = try codes.value(ofCell: cell, in: list, on: factDays)
            // Only what holds on every day: the next household may speak of another one.
            if value.validFrom == nil && value.validTo == nil { known[list, default: [:]][cell] = value.code }
            return value.code
        } catch {
            errors.add(row.line, column, error)
            return nil
        }
    }

    private func value<Value>(
        _ column: HouseholdColumn, _ row: FileRow, _ errors: inout RowErrors,
        _ parse: (String) throws(FieldError) -> Value
    ) -> Value? {
        guard let cell = header.cell(column, row) else { return nil }
        do throws(FieldError) {
            return try parse(cell)
        } catch {
            errors.add(row.line, column, error)
            return nil
        }
    }

    private func number(_ column: HouseholdColumn, _ row: FileRow, _ errors: inout RowErrors) -> Int? {
        guard let cell = header.cell(column, row) else { return nil }
        guard let number = Int(cell) else {
            errors.add(row.line, column, "malformed-number", "应为整数", "a whole number is expected")
            return nil
        }
        return number
    }

    private func flag(_ column: HouseholdColumn, _ row: FileRow, _ errors: inout RowErrors) -> Bool? {
        switch header.cell(column, row) {
        case nil: return nil
        case "true", "是", "1": return true
        case "false", "否", "0": return false
        default:
            errors.add(row.line, column, "malformed-flag", "应为 是 或 否", "true or false is expected")
            return nil
        }
    }

    /// `2016-03-10`, and the forms that spreadsheets make of it: `20160310`, `2016/3/10`.
    private static func date(_ text: String) throws(FieldError) -> CivilDate {
        if let date = CivilDate(text) { return date }
        let parts = text.split { $0 == "/" || $0 == "-" || $0 == "." }.compactMap { Int($0) }
        if parts.count == 3, let date = CivilDate(year: parts[0], month: parts[1], day: parts[2]) { return date }
        if text.utf8.count == 8, let digits = Int(text),
            let date = CivilDate(year: digits / 10_000, month: digits / 100 % 100, day: digits % 100)
        {
            return date
        }
        throw FieldError(
            code: "malformed-date",
            detail: Message(zh: "应为存在的日期 YYYY-MM-DD", en: "a date that exists is expected: YYYY-MM-DD"))
    }
}
