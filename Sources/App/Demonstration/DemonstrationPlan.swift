// The demonstration county in a register, or as a file: the invented households are written like any other household.

import Archive
import Demonstration
import Domain
import Glibc
import SQL
import Service
import Web

/// What takes time when a demonstration county is made.
public enum DemonstrationStage: String, Sendable {
    /// Households and their people.
    case households
    /// Who helps them, and what they did.
    case visits
}

/// What a demonstration county is made of.
public struct DemonstrationPlan: Sendable {
    private let county: DemonstrationCounty
    private let asOf: CivilDate
    private let seed: UInt64
    private let visitsMonths: Int

    /// Plans a county; nothing is written yet.
    ///
    /// - Parameters:
    ///   - divisionsFile: a file `code,name,level,parentCode` with the tree to use; nil for the invented tree.
    ///   - visitsMonths: for how many months, besides the current one, helpers make visits; 0 for no helpers.
    /// - Throws: `DemonstrationProblem`, or the reason why the file cannot be used.
    public init(households: Int, seed: UInt64, divisionsFile: String?, asOf: CivilDate, visitsMonths: Int) throws {
        let divisions = try divisionsFile.map { try Self.read($0, asOf: asOf) } ?? DemonstrationDivision.invented
        county = try DemonstrationCounty(households: households, seed: seed, asOf: asOf, divisions: divisions)
        self.asOf = asOf
        self.seed = seed
        self.visitsMonths = visitsMonths
    }

    private static func read(_ path: String, asOf day: CivilDate) throws -> [DemonstrationDivision] {
        let importer = try DivisionImporter(path: path, .usual(year: day.year))
        var divisions: [DemonstrationDivision] = []
        while let item = try importer.next() {
            guard let row = item.record else { continue }
            divisions.append(
                DemonstrationDivision(code: row.code, name: row.name, level: row.level, parent: row.parent))
        }
        return divisions
    }

    // MARK: In a register

    /// Writes divisions, people, villages, those who help, households, who helps whom, and visits.
    ///
    /// - Parameter watch: what is being written, how much of it is done, and of how much.
    public func make(
        in register: Register, watch: (DemonstrationStage, Int, Int) -> Void
    ) throws -> DemonstrationPeople {
        let villages = try makeDivisions(in: register)
        let people = try DemonstrationPeople.make(county.divisions, in: register)
        try DemonstrationFiles(county).make(in: register, since: opened)
        var done = 0
        var piece: [DemonstrationHousehold] = []
        func write() throws {
            let households = piece
            piece = []
            try Self.write(households, villages, asOf, register)
            done += households.count
            watch(.households, done, county.householdCount)
        }
        for household in county {
            piece.append(household)
            if piece.count == 500 { try write() }
        }
        try write()
        if visitsMonths > 0 {
            try DemonstrationContacts(county, seed: seed, months: visitsMonths).make(in: register) {
                watch(.visits, $0, $1)
            }
        }
        return people
    }

    /// The tree is older than the households.
    private var opened: CivilDate { CivilDate(year: 2010, month: 1, day: 1) ?? asOf }

    private func makeDivisions(in register: Register) throws -> [AreaCode: Division] {
        let divisions = county.divisions
        let opened = opened
        return try register.perform { transaction in
            var made: [AreaCode: Division] = [:]
            for division in divisions {
                made[division.code] = try DivisionStore.create(
                    code: division.code, name: division.name, level: division.level,
                    parent: division.parent.flatMap { made[$0] }, on: opened, transaction)
            }
            return made.filter { $0.value.level == .village }
        }
    }

    private static func write(
        _ households: [DemonstrationHousehold], _ villages: [AreaCode: Division], _ asOf: CivilDate,
        _ register: Register
    ) throws {
        let checked = try households.map { household in
            (household, try household.draft.checked(keys: register.keys, today: asOf))
        }
        try register.perform { transaction in
            for (household, checked) in checked {
                guard let village = villages[household.villageCode] else { continue }
                let group = try HouseholdPlacing.group(checked.groupName, in: village, transaction)
                let state = checked.placed(in: village.id, group: group)
                try HouseholdStore.create(
                    NewHousehold(id: checked.id, state: state, members: checked.members, contentHash: nil),
                    areaCode: village.areaCode, transaction)
            }
        }
    }

    // MARK: As files

    /// Writes the county as import files, named in the order in which they can be imported: `divisions.csv`,
    /// `villages.csv`, `organizations.csv`, `cadres.csv`, `duties.csv`, `households.csv`.
    public func writeFiles(to directory: String) throws {
        try DemonstrationFiles(county).write(to: directory, since: opened)
        try writeCSV(to: directory + "/households.csv")
        var csv = CSVWriter()
        for name in ["code", "name", "level", "parentCode"] { csv.text(name) }
        csv.endRow()
        for division in county.divisions {
            csv.text(division.code.description)
            csv.text(division.name)
            csv.text(division.level.name)
            csv.text(division.parent?.description ?? "")
            csv.endRow()
        }
        try Files.stream(to: directory + "/divisions.csv") { try $0(csv.take()) }
    }

    /// Writes the county as an import file with our own column names.
    public func writeCSV(to path: String) throws {
        let columns: [HouseholdColumn] = [
            .householdId, .villageCode, .groupName, .archiveNumber, .state, .stateSince, .attribute,
            .identificationStandard, .mainCause, .otherCauses, .labour, .selfCare, .willingness, .povertyDepth, .phone,
            .memberId, .name, .relation, .sex, .birthDate, .identityNumber, .ethnicity, .education, .schoolState,
            .schoolBlocked, .health, .labourCapacity, .workPlace, .workMonths, .joinedOn, .joinReason,
        ]
        var csv = CSVWriter()
        for column in columns { csv.text(column.rawValue) }
        csv.endRow()
        try Files.stream(to: path) { write in
            for household in county {
                for member in household.members {
                    for column in columns { csv.text(household.cell(column, member)) }
                    csv.endRow()
                }
                if csv.byteCount > 64 << 10 { try write(csv.take()) }
            }
            try write(csv.take())
        }
    }

    /// Writes a file every row of which an import must refuse.
    public func writeBadCSV(to path: String) throws {
        var csv = CSVWriter()
        for column in DemonstrationTrouble.columns { csv.text(column) }
        csv.endRow()
        for row in DemonstrationTrouble.rows(divisions: county.divisions, asOf: asOf) {
            for cell in row.cells { csv.text(cell) }
            csv.endRow()
        }
        try Files.stream(to: path) { try $0(csv.take()) }
    }
}

extension DemonstrationHousehold {
    fileprivate var draft: HouseholdDraft {
        HouseholdDraft(
            id: id, villageCode: villageCode, groupName: groupName, archiveNumber: archiveNumber, state: state,
            stateSince: stateSince, attribute: attribute, identificationStandard: identificationStandard,
            mainCause: mainCause, otherCauses: otherCauses, labour: labour, selfCare: selfCare,
            willingness: willingness,
            povertyDepth: povertyDepth, phone: phone, members: members.map(\.draft))
    }

    fileprivate func cell(_ column: HouseholdColumn, _ member: DemonstrationMember) -> String {
        switch column {
        case .householdId: id.description
        case .villageCode: villageCode.description
        case .groupName: groupName ?? ""
        case .archiveNumber: archiveNumber
        case .state: state
        case .stateSince: stateSince.description
        case .to, .endReason, .endDocument, .successor, .splitFrom: ""
        case .attribute: attribute
        case .identificationStandard: identificationStandard
        case .mainCause: mainCause
        case .otherCauses: otherCauses.joined(separator: ";")
        case .labour: labour
        case .selfCare: selfCare ? "true" : "false"
        case .willingness: willingness
        case .povertyDepth: povertyDepth
        case .phone: phone ?? ""
        case .memberId: member.id.description
        case .name: member.name
        case .relation: member.relation
        case .sex: member.sex.rawValue
        case .birthDate: member.birthDate.description
        case .identityNumber: member.identityNumber ?? ""
        case .ethnicity: member.ethnicity ?? ""
        case .education: member.education ?? ""
        case .schoolState: member.schoolState
        case .schoolBlocked: member.schoolBlocked ? "true" : "false"
        case .health: member.health
        case .labourCapacity: member.labourCapacity
        case .workPlace: member.workPlace ?? ""
        case .workMonths: member.workMonths.map(String.init) ?? ""
        case .joinedOn: member.joinedOn.description
        case .joinReason: member.joinReason
        case .leftOn, .leftReason: ""
        case .provinceName, .cityName, .countyName, .townName, .villageName, .partnerId, .partnerMemberId: ""
        }
    }
}

extension DemonstrationMember {
    fileprivate var draft: MemberDraft {
        MemberDraft(
            id: id, name: name, relation: relation, sex: sex.rawValue, birthDate: birthDate,
            identityNumber: identityNumber,
            ethnicity: ethnicity, education: education, schoolState: schoolState, schoolBlocked: schoolBlocked,
            health: health, labourCapacity: labourCapacity, workPlace: workPlace, workMonths: workMonths,
            joinedOn: joinedOn, joinReason: joinReason)
    }
}
