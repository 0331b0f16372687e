// Import of households with their members, one row a person. The rows of a household stand together. What a file row
// becomes is prepared here, beside the writer; HouseholdImport applies it.

import Domain
import SQL
import Service
import Web

/// A household of the file, checked and sealed.
struct HouseholdRecord: Sendable {
    let checked: CheckedHousehold
    /// Nil where a spreadsheet destroyed the code: then the household stays where it is known to be.
    let village: Identifier?
    /// The household as it is created, should there be none yet.
    let new: NewHousehold
    /// Its group existed when the file was read, or it has none; otherwise the group may have to be made.
    let isGroupThere: Bool
    let lines: [Int]
    let header: HouseholdHeader
    /// Members whose number is masked in the file.
    let maskedMembers: Set<Identifier>
    /// Members of whom the file has something in place of a number that stands for none, and its keyed hash.
    let placeholders: [Identifier: [UInt8]]
    /// What the file says its place is; nil where it does not.
    let place: String?
    /// The group in the file is not to be taken: characters of its name were lost.
    let keepsGroup: Bool
    /// What the partner of the import calls the household and its members; nil without a partner.
    let partnerIds: HouseholdPartnerIds?
    /// Where everybody stands in a complete file.
    let people: StandingPeople?
    /// That it has ended; nil where the file says nothing of it, or that it has not.
    let end: FileHouseholdEnd?
    /// The archive number of the household that its people came from.
    let splitFrom: String?
    /// Members of whom the file says when they joined.
    let statesJoining: Set<Identifier>
    /// What the file says of that household itself.
    var origin: [HouseholdRecord] = []
    /// Whether that household is one that the file makes.
    var originIsNew = false
    /// Whether households of the file split off from this one.
    var isSplit = false
    /// Whether the household that it became part of stands in the file, which may be what makes it.
    var makesSuccessor = false
    /// Only the household is still to be named that it became part of.
    var isLink = false
}

final class HouseholdImporter: Importer {
    /// Some tens of milliseconds of the writer: a commit writes every page that its records touched, and keys are
    /// random, so a few large pieces write far less than many small ones. Whoever waits for the writer may wait two
    /// seconds.
    static let recordsPerPiece = 400
    static let isConnected = false

    private typealias Row = KeyedRow<HouseholdColumn>

    private let file: ImportFile
    private let partner: PartnerMapping?
    private let header: HouseholdHeader
    private let grouping: HouseholdGrouping
    private let people: StandingPeople?
    private var reader: HouseholdRowReader
    private let villages: VillageFinder
    private let villagePeople: VillagePeople
    private let connection: Connection
    private let keys: KeyRing
    private let today: CivilDate
    /// The first row of the next household, read while looking for the end of the one before.
    private var ahead: Row?
    private var refusedAhead: [ReportRow] = []
    private var atEnd = false
    private var related: RelatedHouseholds
    /// Households that are complete: their rows cannot come again.
    private var seen: Set<Int> = []
    /// A row with an archive number stood above, and since then only rows without one: cells were merged.
    private var isBelowHousehold = false

    init(path: String, _ order: ImportOrder, _ register: Register) throws {
        file = try ImportFile(path: path)
        header = try HouseholdHeader(households: file.header, isComplete: order.isComplete)
        partner = try PartnerMapping.named(in: order, register)
        if let partner { try PartnerCodes.check(path, header, register.codeLists, partner) }
        let environment = register.environment
        reader = HouseholdRowReader(
            header: header, codes: register.codeLists, day: order.on, partner: partner,
            newId: { environment.newId(at: register.clock.now) })
        grouping = HouseholdGrouping(header)
        related = try RelatedHouseholds(path, grouping)
        connection = try register.database.makeReader()
        reader.storedDays = StoredDays(connection: connection)
        do {
            people = try HouseholdSurvey.read(path, grouping, order, partner, register, connection)
        } catch {
            connection.close()
            throw error
        }
        villages = VillageFinder(connection)
        villagePeople = VillagePeople(connection)
        keys = register.keys
        today = register.clock.now.shanghaiDate
    }

    deinit { connection.close() }

    var progress: Double { file.byteCount == 0 ? 1 : Double(file.bytesRead) / Double(file.byteCount) }

    var summary: [ReportRow] { header.notices }

    // MARK: Rows of one household

    func next() throws -> PreparedItem<HouseholdRecord>? {
        while let item = try nextInFile() {
            if !related.holds(item) { return item }
        }
        return try related.next { [connection] archiveNumber, county in
            try connection.first(
                "SELECT 1 FROM household WHERE area_code / 1000000 = $1 AND archive_number = $2", county, archiveNumber
            ) { _ in true } ?? false
        }
    }

    private func nextInFile() throws -> PreparedItem<HouseholdRecord>? {
        var rows: [Row] = []
        while !atEnd {
            if let row = ahead {
                guard rows.last.map({ grouping.goesOn(row, with: $0) }) ?? true else { break }
                rows.append(row)
                ahead = nil
            }
            switch try file.next() {
            case .end: atEnd = true
            case .refused(let row):
                // It may belong to this household or to none: reported by itself.
                refusedAhead.append(row)
            case .row(let row): ahead = grouping.read(row)
            }
            if rows.isEmpty && !refusedAhead.isEmpty { break }
        }
        if rows.isEmpty, let row = ahead, refusedAhead.isEmpty {
            rows = [row]
            ahead = nil
        }
        let refused = refusedAhead
        refusedAhead = []
        guard !rows.isEmpty else { return refused.isEmpty ? nil : PreparedItem(record: nil, rows: refused) }
        var item = try prepare(rows)
        item.rows += refused
        return item
    }

    private func prepare(_ keyed: [Row]) throws -> PreparedItem<HouseholdRecord> {
        var rows = keyed.map(\.row)
        var errors = RowErrors(header)
        note(keyed, &errors)
        let place = keyed.lazy.compactMap(grouping.place).first
        if let archiveNumber = grouping.archiveNumber(keyed[0]),
            !seen.insert("\(archiveNumber)\u{1E}\(place ?? "")".hashValue).inserted
        {
            errors.add(rows[0].line, .archiveNumber, .householdScattered)
        }
        let village = try village(keyed, &errors)
        let damagedGroup = header.cell(.groupName, rows[0]).map { DamagedText.isDamaged($0) } ?? false
        var findings = keyed.flatMap(\.notices)
        if damagedGroup {
            findings.append(KnownText.warning(line: rows[0].line, column: header.name(.groupName)))
            rows[0] = header.blanking(.groupName, rows[0])
        }
        let draft = reader.draft(rows, villageCode: village?.code ?? FieldText.anyArea, &errors)
        let end = reader.end(rows, today: today, &errors)
        let splitFrom = reader.splitFrom(rows, &errors)
        holdToFirst(rows, &errors)
        guard errors.rows.isEmpty else { return refusing(rows, errors) }
        do {
            let checked = try draft.checked(
                keys: keys, today: today, takesUnknownBirthDates: true,
                takesNobody: header.has(.householdId) || end != nil, naming: .rows)
            if splitFrom == nil { findings += try livingElsewhere(checked, rows, village, &errors) }
            guard errors.rows.isEmpty else { return refusing(rows, errors) }
            let record = try record(checked, keyed, village, place, (end, splitFrom), keepsGroup: damagedGroup)
            return PreparedItem(record: record, rows: findings + warnings(checked, keyed))
        } catch let invalid as InvalidBody {
            for error in invalid.errors {
                let (line, column) = self.place(error.pointer, rows)
                errors.add(line, column, error)
            }
            return refusing(rows, errors)
        }
    }

    /// Says whose people live under another archive number of the village; a whole family that does is refused, because
    /// its number was changed on the way. Rows that name their records by id say themselves who is meant.
    private func livingElsewhere(
        _ checked: CheckedHousehold, _ rows: [FileRow], _ village: Division?, _ errors: inout RowErrors<HouseholdColumn>
    ) throws -> [ReportRow] {
        let isNamed = partner != nil || header.has(.householdId) || header.has(.memberId)
        guard !isNamed, let village else { return [] }
        let others = try villagePeople.add(
            checked.members, of: checked.state.archiveNumber, in: village.id)
        if others.count > 1, let other = others[0], others.allSatisfy({ $0 == other }) {
            errors.add(
                rows[0].line, .archiveNumber, .householdKnown,
                zh: "这一家人已登记在本村户 \(other) 下：户编号可能被改动，请改正或用 householdId 指明；若是分户，请先将其从原户迁出",
                en: "this family is registered in household \(other) of the village: correct the archive number, "
                    + "or name the household by householdId; if it has split off, its people leave the other first"
            )
            return []
        }
        return zip(rows, others).compactMap { row, other in
            other.map { other in
                ReportRow(
                    line: row.line, column: header.name(.name), .warning, .livesTwice,
                    zh: "本村户 \(other) 中已有同名同出生日期的人，可能是同一人",
                    en: "somebody of this name and birth date lives in household \(other) of the village, and may "
                        + "be the same person")
            }
        }
    }

    /// What is said of the life of a household is read from its first row: another one that says otherwise would be
    /// lost.
    private func holdToFirst(_ rows: [FileRow], _ errors: inout RowErrors<HouseholdColumn>) {
        for column in [HouseholdColumn.to, .endReason, .endDocument, .successor, .splitFrom] where header.has(column) {
            let first = header.cell(column, rows[0]).map { WrittenForm.key($0) }
            for row in rows.dropFirst() {
                guard let cell = header.cell(column, row), WrittenForm.key(cell) != first else { continue }
                errors.add(
                    row.line, column, .contradictory, zh: "与本户第一行不同：此项从第一行读取，请改为一致",
                    en: "differs from the first row of the household, from which it is read: make them the same")
            }
        }
    }

    /// Says which keys were destroyed, and where the archive number seems to stand in a merged cell.
    private func note(_ rows: [Row], _ errors: inout RowErrors<HouseholdColumn>) {
        for row in rows {
            for (column, damage) in row.damages where column != .villageCode {
                errors.settle(row.row.line, column, FieldError(damage))
            }
        }
        guard header.cell(.archiveNumber, rows[0].row) == nil else {
            isBelowHousehold = true
            return
        }
        guard isBelowHousehold else { return }
        errors.settle(
            rows[0].row.line, .archiveNumber,
            FieldError(
                .required, zh: "此项必填；户编号似乎在合并的单元格中，请取消合并并向下填充，使每一行都有户编号",
                en: "this cell must not be empty; the archive number seems to stand in a merged cell: unmerge "
                    + "and fill it down, so that every row has it"))
    }

    /// The village of the first row that says one; nil after an error, and where a spreadsheet destroyed its code.
    private func village(_ rows: [Row], _ errors: inout RowErrors<HouseholdColumn>) throws -> Division? {
        let damaged = rows.first { row in row.damages.contains { $0.column == .villageCode } }
        let stated = rows.first { grouping.place($0) != nil }
        if stated == nil, damaged != nil { return nil }
        guard var row = (stated ?? rows.first)?.row else { return nil }
        if stated?.damages.contains(where: { $0.column == .villageCode }) == true {
            row = header.blanking(.villageCode, row)
        }
        switch try villages.village(row, header) {
        case .success(let village): return village
        case .failure(let error):
            errors.add(row.line, header.has(.villageCode) ? .villageCode : .villageName, error)
            return nil
        }
    }

    private func record(
        _ checked: CheckedHousehold, _ keyed: [Row], _ village: Division?, _ place: String?,
        _ life: (end: FileHouseholdEnd?, splitFrom: String?),
        keepsGroup: Bool
    ) throws -> HouseholdRecord {
        let rows = keyed.map(\.row)
        let group = try village.flatMap { village in
            try checked.groupName.map { try villages.group($0, in: village, newId: reader.newId) }
        }
        let masked = zip(rows, checked.members).filter { row, _ in
            header.cell(.identityNumber, row).map { NumberMask.isMask($0) } == true
        }
        var placeholders: [Identifier: [UInt8]] = [:]
        for (row, member) in zip(keyed, checked.members) {
            guard let cell = row.placeholders.first(where: { $0.column == .identityNumber }) else { continue }
            placeholders[member.id] = keys.hash(
                IdentityNumber.parse(cell.text).normalised.utf8, purpose: "identity")
        }
        return HouseholdRecord(
            checked: checked, village: village?.id,
            new: NewHousehold(
                id: checked.id, state: checked.placed(in: village?.id ?? checked.id, group: group?.id),
                members: checked.members, contentHash: nil),
            isGroupThere: village != nil && group?.isThere ?? true,
            lines: rows.map(\.line), header: header, maskedMembers: Set(masked.map { $0.1.id }),
            placeholders: placeholders, place: place, keepsGroup: keepsGroup,
            partnerIds: partner.map { HouseholdPartnerIds(rows, checked, header, $0.partner) }, people: people,
            end: life.end, splitFrom: life.splitFrom,
            statesJoining: Set(
                zip(rows, checked.members).filter { header.cell(.joinedOn, $0.0) != nil }.map(\.1.id)))
    }

    // MARK: Reporting

    /// A household is taken whole or not at all: rows without an error of their own are refused with the others.
    private func refusing(_ rows: [FileRow], _ errors: RowErrors<HouseholdColumn>) -> PreparedItem<HouseholdRecord> {
        PreparedItem(record: nil, rows: Self.refusing(rows.map(\.line), errors.rows))
    }

    static func refusing(_ lines: [Int], _ errors: [ReportRow]) -> [ReportRow] {
        let faulty = Set(errors.map(\.line))
        return errors
            + lines.filter { !faulty.contains($0) }.map { ReportRow(line: $0, FieldError(.householdRefused)) }
    }

    private func warnings(_ checked: CheckedHousehold, _ keyed: [Row]) -> [ReportRow] {
        let rows = keyed.map(\.row)
        var found = checked.warnings.map { warning in
            let (line, column) = place(warning.pointer, rows)
            return ReportRow(
                line: line, column: column.map(header.name), .warning, warning.fieldError)
        }
        for (row, member) in zip(rows, checked.members) {
            if DamagedText.isDamaged(member.name, as: .person) {
                found.append(KnownText.warning(line: row.line, column: header.name(.name)))
            }
            guard let code = member.identity.problem else { continue }
            found.append(
                ReportRow(
                    line: row.line, column: header.name(.identityNumber), .warning,
                    FieldCode(
                        code, zh: "证件号码未通过核对，保留为未核实",
                        en: "the identity number could not be verified and is kept as such")))
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
