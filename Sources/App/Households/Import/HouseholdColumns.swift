// The columns of a file of households, one row a person: our own names, and the national ones that registers export.

import Domain

/// What a column holds. The raw value is our own name of it.
enum HouseholdColumn: String, CaseIterable {
    case householdId, villageCode, province, city, county, town, village, groupName, archiveNumber, status, statusSince
    case attribute, identificationStandard, mainCause, otherCauses, labour, selfCare, willingness, povertyDepth, phone
    case memberId, name, relation, sex, birthDate, identityNumber, ethnicity, education, schoolState, schoolBlocked
    case health, labourCapacity, workPlace, workMonths, joinedOn, joinReason

    /// The names in national files (§2.1).
    var nationalNames: [String] {
        switch self {
        case .province: ["省"]
        case .city: ["市"]
        case .county: ["县"]
        case .town: ["乡"]
        case .village: ["村"]
        case .groupName: ["组"]
        case .archiveNumber: ["户编号"]
        case .attribute: ["贫困户属性"]
        case .status: ["脱贫属性"]
        case .identificationStandard: ["识别标准"]
        case .mainCause: ["主要致贫原因"]
        case .otherCauses: ["其他致贫原因"]
        case .phone: ["联系电话"]
        case .name: ["姓名"]
        case .sex: ["性别"]
        case .birthDate: ["出生日期"]
        case .identityNumber: ["证件号码"]
        case .relation: ["与户主关系"]
        case .ethnicity: ["民族"]
        case .education: ["文化程度"]
        case .schoolState: ["在校生状况"]
        case .health: ["健康状况"]
        case .labourCapacity: ["劳动能力", "劳动技能"]
        case .workPlace: ["务工地点"]
        case .workMonths: ["务工时间", "务工时间(月)"]
        default: []
        }
    }

    /// Columns that say the same in every row of a household; the first row counts.
    var isOfHousehold: Bool {
        switch self {
        case .memberId, .name, .relation, .sex, .birthDate, .identityNumber, .ethnicity, .education, .schoolState,
            .schoolBlocked, .health, .labourCapacity, .workPlace, .workMonths, .joinedOn, .joinReason:
            false
        default: true
        }
    }

    static let path: [HouseholdColumn] = [.province, .city, .county, .town, .village]
    static let required: [HouseholdColumn] = [.archiveNumber, .attribute, .mainCause, .name, .relation, .sex]

    private static let byName: [String: HouseholdColumn] = Dictionary(
        allCases.flatMap { column in ([column.rawValue] + column.nationalNames).map { ($0, column) } }
    ) { first, _ in first }

    static func named(_ name: String) -> HouseholdColumn? { byName[name] }
}

/// Which columns a file has, and where.
struct HouseholdHeader {
    private let positions: [HouseholdColumn: Int]
    private let names: [String]
    /// Names that no column has: they are not read, and said to be so.
    let unread: [String]

    /// - Throws: `ImportFailure` when columns are missing, or two names mean the same.
    init(_ names: [String]) throws {
        self.names = names
        var positions: [HouseholdColumn: Int] = [:]
        var unread: [String] = []
        for (index, name) in names.enumerated() {
            guard let column = HouseholdColumn.named(name) else {
                unread.append(name)
                continue
            }
            guard positions.updateValue(index, forKey: column) == nil else { throw ImportFailure.repeatedColumn(name) }
        }
        let hasPath = HouseholdColumn.path.allSatisfy { positions[$0] != nil }
        var missing = HouseholdColumn.required.filter { positions[$0] == nil }.map(\.label)
        if positions[.villageCode] == nil && !hasPath { missing.append("villageCode (省 市 县 乡 村)") }
        guard missing.isEmpty else { throw ImportFailure.missingColumns(missing) }
        self.positions = positions
        self.unread = unread.filter { !$0.isEmpty }
    }

    /// The column's name in this file.
    func name(_ column: HouseholdColumn) -> String { positions[column].map { names[$0] } ?? column.rawValue }

    func has(_ column: HouseholdColumn) -> Bool { positions[column] != nil }

    /// A cell; nil when it is empty or the file has no such column.
    func cell(_ column: HouseholdColumn, _ row: FileRow) -> String? {
        guard let position = positions[column] else { return nil }
        let cell = row.cells[position]
        return cell.isEmpty ? nil : cell
    }
}

extension HouseholdColumn {
    fileprivate var label: String {
        ([rawValue] + nationalNames.prefix(1)).joined(separator: " / ")
    }
}
