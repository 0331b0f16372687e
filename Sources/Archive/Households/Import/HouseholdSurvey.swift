// The first reading of a file of households, before anything is written: whether it gives many known people other
// names, and, where it is complete, where everybody stands in it.

import Domain
import SQL
import Service
import Web

struct HouseholdSurvey {
    private let grouping: HouseholdGrouping
    private let connection: Connection
    private let keys: KeyRing
    private let codes: CodeLists
    private let partner: PartnerMapping?
    private let order: ImportOrder
    private let today: CivilDate
    private var names: NameGuard
    private var births: NameGuard
    private var phones: NameGuard
    /// Hashes of the archive numbers that the register has.
    private let registered: Set<Int>
    private var people = StandingPeople()
    private var last: KeyedRow<HouseholdColumn>?
    /// Whether a cell says householder.
    private var relations: [String: Bool] = [:]

    private var header: HouseholdHeader { grouping.header }

    /// - Returns: where everybody stands, for a complete file.
    /// - Throws: `ImportFailure`.
    static func read(
        _ path: String, _ grouping: HouseholdGrouping, _ order: ImportOrder, _ partner: PartnerMapping?,
        _ register: Register, _ connection: Connection
    ) throws -> StandingPeople? {
        guard order.isComplete || !order.takesRenames else { return nil }
        let file = try ImportFile(path: path)
        var survey = HouseholdSurvey(
            grouping: grouping, connection: connection, keys: register.keys, codes: register.codeLists,
            partner: partner, order: order, today: register.environment.now().shanghaiDate,
            names: NameGuard(byteCount: file.byteCount), births: NameGuard(byteCount: file.byteCount, .birthDates),
            phones: NameGuard(byteCount: file.byteCount, .phones),
            registered: order.isComplete ? try Self.archiveNumbers(connection) : [])
        while true {
            let isCompared = !order.takesRenames && survey.names.takesRow()
            if !order.isComplete && !isCompared, try file.skip() { continue }
            switch try file.next() {
            case .end:
                try survey.names.check()
                try survey.births.check()
                try survey.phones.check()
                return order.isComplete ? survey.people : nil
            case .refused(let row): survey.people.noteUnreadable(line: row.line)
            case .row(let row): try survey.read(row, isCompared: isCompared)
            }
        }
    }

    private mutating func read(_ row: FileRow, isCompared: Bool) throws {
        // Lines of a table that nobody filled in stand for nobody.
        guard row.cells.contains(where: { !$0.isEmpty }) else { return }
        let keyed = grouping.read(row)
        let reading = header.cell(.identityNumber, keyed.row).map { IdentityNumber.parse($0, on: today) }
        let hash = reading.flatMap { reading -> [UInt8]? in
            guard reading.problem != .missing, !reading.isRefused else { return nil }
            return keys.hash((reading.number?.person ?? reading.normalised).utf8, purpose: "identity")
        }
        if isCompared { try compare(keyed.row, hash) }
        if order.isComplete { place(keyed, reading, hash) }
    }

    private static func archiveNumbers(_ connection: Connection) throws -> Set<Int> {
        var numbers: Set<Int> = []
        try connection.forEach("SELECT archive_number FROM household") { numbers.insert($0.text(0).hashValue) }
        return numbers
    }

    /// Holds a name against that of whoever has the id or the number, and a birth date against that of whoever of the
    /// household has the name.
    private mutating func compare(_ row: FileRow, _ hash: [UInt8]?) throws {
        guard let name = header.cell(.name, row) else { return }
        if let number = header.cell(.archiveNumber, row),
            let county = header.cell(.villageCode, row).flatMap({ AreaCode($0) })?.value
        {
            try compareFacts(row, name, number, county / 1_000_000)
        }
        let id = header.cell(.memberId, row).flatMap { Identifier($0) }
        let byId = try id.flatMap { try connection.first("SELECT name FROM member WHERE id = $1", $0) { $0.text(0) } }
        let known =
            try byId
            ?? hash.flatMap {
                try connection.first(
                    """
                    SELECT name FROM member
                    WHERE identity_hash = $1 AND identity_state = 'verified' AND left_on IS NULL
                    """, $0
                ) { $0.text(0) }
            }
        if let known { names.compare(name, known, line: row.line) }
    }

    /// Holds a birth date against that of whoever of the household has the name, and the phone against the
    /// household's.
    private mutating func compareFacts(_ row: FileRow, _ name: String, _ archiveNumber: String, _ county: Int64) throws
    {
        if let cell = header.cell(.birthDate, row),
            let stated = try? CellText.date(WrittenForm.key(cell), codes.days, birth: true)
        {
            let stored = try connection.query(
                """
                SELECT m.birth_date FROM household h JOIN member m ON m.household_number = h.household_number
                WHERE h.area_code / 1000000 = $1 AND h.archive_number = $2 AND m.name = $3 AND m.left_on IS NULL
                    AND m.birth_date IS NOT NULL
                """, county, archiveNumber, name
            ) { $0.text(0) }
            if !stored.isEmpty { births.note(isOther: !stored.contains(stated.description), line: row.line) }
        }
        if let cell = header.cell(.phone, row), let digits = try? FieldText.phone(cell) {
            let stored = try connection.first(
                """
                SELECT phone_hash FROM household
                WHERE area_code / 1000000 = $1 AND archive_number = $2 AND phone_hash IS NOT NULL
                """, county, archiveNumber
            ) { $0.blob(0) }
            if let stored {
                phones.note(isOther: stored != keys.hash(digits.utf8, purpose: "phone"), line: row.line)
            }
        }
    }

    private mutating func place(
        _ keyed: KeyedRow<HouseholdColumn>, _ reading: IdentityReading?, _ hash: [UInt8]?
    ) {
        let row = keyed.row
        let archiveNumber = grouping.archiveNumber(keyed)
        let isOfSomebody = Self.ofPeople.contains { header.cell($0, row) != nil }
        // A sum or a signature below the table.
        guard archiveNumber != nil || isOfSomebody else { return }
        if last.map({ grouping.goesOn(keyed, with: $0) }) != true {
            let isNew = archiveNumber.map { !registered.contains($0.hashValue) } ?? false
            people.beginHousehold(archiveNumber, place: grouping.place(keyed), isNew: isNew, line: row.line)
        }
        last = keyed
        if let id = header.cell(.householdId, row) { people.add(household: id, line: row.line) }
        guard let name = header.cell(.name, row) else {
            if header.cell(.householdId, row) != nil && !isOfSomebody { people.noteHouseholder() }
            if archiveNumber == nil && hash == nil { people.noteNobody(line: row.line) }
            return
        }
        if let relation = header.cell(.relation, row), isHouseholder(relation) { people.noteHouseholder() }
        // Whoever is said to have left is not counted here.
        guard header.cell(.leftOn, row) == nil else { return }
        if let id = header.cell(.memberId, row) { people.add(member: id, line: row.line) }
        if let hash { people.add(number: hash, line: row.line) }
        let birthDate =
            header.cell(.birthDate, row).flatMap { try? CellText.date(WrittenForm.key($0), codes.days, birth: true) }
            ?? reading?.number?.birthDate
        people.add(name: name, birthDate: birthDate, place: grouping.place(keyed), line: row.line)
    }

    private static let ofPeople: [HouseholdColumn] = [
        .memberId, .name, .relation, .sex, .birthDate, .identityNumber, .partnerMemberId,
    ]

    private mutating func isHouseholder(_ cell: String) -> Bool {
        if let known = relations[cell] { return known }
        let own = partner?.ours(of: cell, in: .relation) ?? cell
        let value = try? codes.value(ofCell: own, in: .relation, on: FactDays(since: order.on, today: order.on))
        let found = value?.code == HouseholdFigures.householder
        relations[cell] = found
        return found
    }
}
