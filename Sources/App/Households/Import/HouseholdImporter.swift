// Import of households with their members, one row a person. The rows of a household stand together. What a file row
// becomes is prepared here, beside the writer; HouseholdImport applies it.

import Domain
import SQL
import Web

/// A household of the file, checked and sealed.
struct HouseholdRecord: Sendable {
    let checked: CheckedHousehold
    let village: Identifier
    /// The household as it is created, should there be none yet.
    let new: NewHousehold
    /// Its group existed when the file was read, or it has none; otherwise the group may have to be made.
    let isGroupThere: Bool
    let lines: [Int]
    let header: HouseholdHeader
    /// Members whose number is masked in the file.
    let maskedMembers: Set<Identifier>
    /// What the partner of the import calls the household and its members; nil without a partner.
    let partnerIds: HouseholdPartnerIds?
    /// No unreadable row stood beside its rows: only then has a member left because the file does not have him.
    let isWhole: Bool
}

final class HouseholdImporter: Importer {
    /// Some tens of milliseconds of the writer: a commit writes every page that its records touched, and keys are
    /// random, so a few large pieces write far less than many small ones. Who waits for the writer may wait two
    /// seconds.
    static let recordsPerPiece = 400
    static let isConnected = false

    private let file: ImportFile
    private let partner: PartnerMapping?
    private let header: HouseholdHeader
    private var reader: HouseholdRowReader
    private let villages: VillageFinder
    private let connection: Connection
    private let keys: KeyRing
    private let today: CivilDate
    /// The first row of the next household, read while looking for the end of the one before.
    private var ahead: FileRow?
    private var refusedAhead: [ReportRow] = []
    /// The item before ended with rows that could not be read.
    private var followsRefused = false
    private var atEnd = false
    /// Households that are complete: their rows cannot come again.
    private var seen: Set<Int> = []

    init(path: String, _ order: ImportOrder, _ register: Register) throws {
        file = try ImportFile(path: path)
        header = try HouseholdHeader(households: file.header, isComplete: order.isComplete)
        partner = try PartnerMapping.named(in: order, register)
        if let partner { try PartnerCodes.check(path, header, register.codeLists, partner) }
        let environment = register.environment
        reader = HouseholdRowReader(
            header: header, codes: register.codeLists, day: order.on, partner: partner,
            newId: { environment.newId(at: register.clock.now) })
        connection = try register.database.makeReader()
        reader.storedDays = StoredDays(connection: connection)
        villages = VillageFinder(connection)
        keys = register.keys
        today = register.clock.now.shanghaiDate
    }

    deinit { connection.close() }

    var progress: Double { file.byteCount == 0 ? 1 : Double(file.bytesRead) / Double(file.byteCount) }

    var summary: [ReportRow] { header.notices }

    // MARK: Rows of one household

    func next() throws -> PreparedItem<HouseholdRecord>? {
        var rows: [FileRow] = []
        while !atEnd {
            if let row = ahead {
                guard rows.isEmpty || key(row) == key(rows[0]) else { break }
                rows.append(row)
                ahead = nil
            }
            switch try file.next() {
            case .end: atEnd = true
            case .refused(let row):
                // It may belong to this household or to none: reported by itself.
                refusedAhead.append(row)
            case .row(let row): ahead = row
            }
            if rows.isEmpty && !refusedAhead.isEmpty { break }
        }
        if rows.isEmpty, let row = ahead, refusedAhead.isEmpty {
            rows = [row]
            ahead = nil
        }
        let refused = refusedAhead
        refusedAhead = []
        let isWhole = refused.isEmpty && !followsRefused
        followsRefused = !refused.isEmpty
        guard !rows.isEmpty else { return refused.isEmpty ? nil : PreparedItem(record: nil, rows: refused) }
        var item = try prepare(rows, isWhole: isWhole)
        item.rows += refused
        return item
    }

    private func key(_ row: FileRow) -> String {
        let place =
            header.cell(.villageCode, row)
            ?? HouseholdColumn.path.map { header.cell($0, row) ?? "" }.joined(separator: "\u{1F}")
        return (header.cell(.archiveNumber, row) ?? "") + "\u{1E}" + place
    }

    private func prepare(_ rows: [FileRow], isWhole: Bool) throws -> PreparedItem<HouseholdRecord> {
        var errors = RowErrors(header)
        if !seen.insert(key(rows[0]).hashValue).inserted {
            errors.add(
                rows[0].line, .archiveNumber, "household-scattered", "同一户的各行应连在一起，请按户编号排序",
                "the rows of a household must stand together: sort the file by archive number")
        }
        let found = try villages.village(rows[0], header)
        if case .failure(let error) = found {
            errors.add(rows[0].line, header.has(.villageCode) ? .villageCode : .village, error)
        }
        let village = try? found.get()
        let draft = reader.draft(rows, villageCode: village?.code ?? HouseholdBodyReader.anyArea, &errors)
        guard errors.rows.isEmpty, let village else { return refusing(rows, errors) }
        do {
            let checked = try draft.checked(
                keys: keys, today: today, takesUnknownBirthDates: true, takesNobody: header.has(.householdId))
            return PreparedItem(
                record: try record(checked, rows, village, isWhole: isWhole), rows: warnings(checked, rows))
        } catch let invalid as InvalidBody {
            for error in invalid.errors {
                let (line, column) = place(error.pointer, rows)
                errors.add(line, column, error)
            }
            return refusing(rows, errors)
        }
    }

    private func record(
        _ checked: CheckedHousehold, _ rows: [FileRow], _ village: Division, isWhole: Bool
    ) throws -> HouseholdRecord {
        let group = try checked.groupName.map { try villages.group($0, in: village, newId: reader.newId) }
        let masked = zip(rows, checked.members).filter { row, _ in
            header.cell(.identityNumber, row).map { NumberMask.isMask($0) } == true
        }
        return HouseholdRecord(
            checked: checked, village: village.id,
            new: NewHousehold(
                id: checked.id, state: checked.placed(in: village.id, group: group?.id), members: checked.members,
                contentHash: nil),
            isGroupThere: group?.isThere ?? true,
            lines: rows.map(\.line), header: header, maskedMembers: Set(masked.map { $0.1.id }),
            partnerIds: partner.map { HouseholdPartnerIds(rows, checked, header, $0.partner) }, isWhole: isWhole)
    }

    // MARK: Reporting

    /// A household is taken whole or not at all: rows without an error of their own are refused with the others.
    private func refusing(_ rows: [FileRow], _ errors: RowErrors<HouseholdColumn>) -> PreparedItem<HouseholdRecord> {
        PreparedItem(record: nil, rows: Self.refusing(rows.map(\.line), errors.rows))
    }

    static func refusing(_ lines: [Int], _ errors: [ReportRow]) -> [ReportRow] {
        let faulty = Set(errors.map(\.line))
        return errors
            + lines.filter { !faulty.contains($0) }.map {
                ReportRow(
                    line: $0, code: "household-refused",
                    Message(zh: "同户的另一行有错误，整户未导入", en: "another row of the household is refused, and with it the whole")
                )
            }
    }

    private func warnings(_ checked: CheckedHousehold, _ rows: [FileRow]) -> [ReportRow] {
        var found = checked.warnings.map { warning in
            let (line, column) = place(warning.pointer, rows)
            return ReportRow(
                line: line, column: column.map(header.name), .warning, code: warning.rule.code,
                warning.fieldError.detail)
        }
        for (row, member) in zip(rows, checked.members) {
            guard let code = member.identity.problem else { continue }
            found.append(
                ReportRow(
                    line: row.line, column: header.name(.identityNumber), .warning, code: code,
                    Message(zh: "证件号码未通过核对，保留为未核实", en: "the identity number could not be verified and is kept as such")
                ))
        }
        return found
    }

    /// From a pointer into a household's body to a line and column of the file.
    private func place(_ pointer: String, _ rows: [FileRow]) -> (Int, HouseholdColumn?) {
        let parts = pointer.split(separator: "/").map(String.init)
        if parts.first == "members", parts.count > 1, let index = Int(parts[1]), rows.indices.contains(index) {
            return (rows[index].line, parts.count > 2 ? HouseholdColumn(rawValue: parts[2]) : nil)
        }
        return (rows[0].line, parts.first.flatMap { HouseholdColumn(rawValue: $0) })
    }
}
