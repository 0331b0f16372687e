// The people and duties of the demonstration county as import files: they enter a register like any other file, and the
// same files can be inspected and used for measurements.

import Archive
import Demonstration
import Domain
import Glibc
import SQL
import Service
import Web

/// Villages, organizations, cadres and duties of a demonstration county, as files.
struct DemonstrationFiles {
    let county: DemonstrationCounty
    private let staff: DemonstrationStaff
    private let duties: DemonstrationDuties

    init(_ county: DemonstrationCounty) {
        self.county = county
        staff = DemonstrationStaff(county)
        duties = DemonstrationDuties(county, staff)
    }

    /// Writes `villages.csv`, `organizations.csv`, `cadres.csv` and `duties.csv`.
    ///
    /// - Parameter opened: the day from which the villages' facts hold.
    func write(to directory: String, since opened: CivilDate) throws {
        try write(villages(since: opened), Self.villageColumns.map(\.rawValue), to: directory + "/villages.csv")
        try write(organizations, Self.organizationColumns, to: directory + "/organizations.csv")
        try write(cadres, Self.cadreColumns.map(\.rawValue), to: directory + "/cadres.csv")
        try write(dutyRows, Self.dutyColumns.map(\.rawValue), to: directory + "/duties.csv")
    }

    private func write(_ rows: [[String]], _ header: [String], to path: String) throws {
        var csv = CSVWriter()
        for row in [header] + rows {
            for cell in row { csv.text(cell) }
            csv.endRow()
        }
        try Files.stream(to: path) { try $0(csv.take()) }
    }

    // MARK: In a register

    /// Imports everything except the divisions, which are already there.
    ///
    /// - Parameter opened: the day from which the county's facts hold.
    func make(in register: Register, since opened: CivilDate) throws {
        try load(.villages, villages(since: opened), Self.villageColumns.map(\.rawValue), register, opened)
        try load(.organizations, organizations, Self.organizationColumns, register, opened)
        let header = Self.cadreColumns.map(\.rawValue)
        // Cadres who were promoted are first written with their former rank, so that ranks have a history. Links come
        // only with the second file, because they were made for the later rank.
        let promoted = staff.cadres.filter { $0.ranks.count > 1 }.map { Self.row($0, $0.ranks[0], isLinked: false) }
        try load(.cadres, promoted, header, register, opened)
        try load(.cadres, cadres, header, register, opened)
        try load(.duties, dutyRows, Self.dutyColumns.map(\.rawValue), register, opened)
    }

    private func load(
        _ kind: ImportKind, _ rows: [[String]], _ header: [String], _ register: Register, _ day: CivilDate
    ) throws {
        guard !rows.isEmpty else { return }
        let path = register.directory.path + "/demonstration.csv"
        defer { unlink(path) }
        try write(rows, header, to: path)
        let result = try ImportCommand.run(path, ImportOrder(kind: kind, on: day), register)
        guard result.counts.refused == 0, result.failure == nil else {
            throw DemonstrationRefused(kind: kind, failure: result.failure, first: result.report.first)
        }
    }

    // MARK: Rows

    private static let villageColumns: [VillageColumn] = [
        .villageCode, .from, .kind, .tags, .year, .householdCount, .registeredRuralPopulation, .totalPopulation,
        .collectiveIncomeFen, .hardRoad, .safeWater, .cooperativeCount,
    ]

    /// For each village a row with its facts, and one with its profile of the previous year.
    private func villages(since opened: CivilDate) -> [[String]] {
        let profileYear = county.asOf.components.year - 1
        return duties.villages.flatMap { village in
            let code = village.code.description
            let kind = village.isDeepPoor ? "deep-poor" : village.isPoor ? "poor" : "ordinary"
            return [
                [code, opened.description, kind, village.tags.joined(separator: ";"), "", "", "", "", "", "", "", ""],
                [
                    code, "", "", "", "\(profileYear)", "\(village.households)", "\(village.ruralPopulation)",
                    "\(village.totalPopulation)", "\(village.collectiveIncomeFen)", "\(village.hasHardRoad)",
                    "\(village.hasSafeWater)", "\(village.cooperatives)",
                ],
            ]
        }
    }

    private static let organizationColumns = [
        "id", "name", "kind", "level", "creditCode", "areaCode", "parentOrganizationId", "contactName", "phone",
    ]

    private var organizations: [[String]] {
        staff.organizations.map { unit in
            [
                unit.id.description, unit.name, unit.kind, unit.level, unit.creditCode, unit.homeCode.description,
                unit.parentId?.description ?? "", unit.contactName, unit.phone,
            ]
        }
    }

    private static let cadreColumns: [CadreColumn] = [
        .id, .organizationId, .name, .sex, .positionTitle, .identityNumber, .phone, .line, .homeVillageCode,
        .isCountyLeader, .rank, .rankFrom, .postState, .postStateFrom, .linkedAreaCode, .linkedFrom,
    ]

    private var cadres: [[String]] {
        staff.cadres.map { Self.row($0, $0.rank, isLinked: $0.linkedCode != nil) }
    }

    private static func row(_ cadre: DemonstrationCadre, _ rank: DemonstrationRank, isLinked: Bool) -> [String] {
        [
            cadre.id.description, cadre.organizationId.description, cadre.name, cadre.sex.rawValue,
            cadre.positionTitle, cadre.identityNumber, cadre.phone, cadre.line,
            cadre.homeVillageCode?.description ?? "", cadre.isCountyLeader ? "true" : "false", rank.rank,
            rank.from.description, cadre.postState, cadre.postFrom.description,
            isLinked ? cadre.linkedCode?.description ?? "" : "", isLinked ? cadre.linkedFrom.description : "",
        ]
    }

    private static let dutyColumns: [DutyColumn] = [
        .dutyId, .kind, .areaCode, .organizationId, .cadreId, .holderName, .sendingOrganizationId, .teamId,
        .teamName, .teamFrom, .from,
    ]

    private var dutyRows: [[String]] {
        let teams = Dictionary(uniqueKeysWithValues: duties.teams.map { ($0.id, $0) })
        return duties.duties.map { duty in
            let team = duty.teamId.flatMap { teams[$0] }
            return [
                duty.id.description, duty.kind, duty.areaCode.description, duty.organizationId?.description ?? "",
                duty.cadreId?.description ?? "", duty.holderName ?? "", duty.sendingOrganizationId?.description ?? "",
                duty.teamId?.description ?? "", team?.name ?? "", team?.from.description ?? "", duty.from.description,
            ]
        }
    }
}

/// An invented row that the register refuses, which is a bug of the demonstration; it is reported so that it can be
/// found.
struct DemonstrationRefused: Error, CustomStringConvertible {
    let kind: ImportKind
    let failure: String?
    let first: ReportRow?

    var description: String {
        let row = first.map { "line \($0.line), \($0.column ?? "no column"): \($0.code), \($0.message.en)" }
        return "the demonstration's \(kind.rawValue) were refused: \(failure ?? row ?? "no report")"
    }
}
