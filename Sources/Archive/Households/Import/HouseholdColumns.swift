// The columns of a file of households, one row a person: our own names, and the national ones that registers export.

import Domain
import Service

/// What a column holds. The raw value is our own name of it.
package enum HouseholdColumn: String, FileColumn {
    case householdId, villageCode, provinceName, cityName, countyName, townName, villageName, groupName, archiveNumber,
        state, stateSince
    case attribute, identificationStandard, mainCause, otherCauses, labour, selfCare, willingness, povertyDepth, phone
    /// `successor` is an archive number of the county.
    case to, endReason, endDocument, successor
    /// The archive number of the household that its people came from when a family split.
    case splitFrom
    case memberId, name, relation, sex, birthDate, identityNumber, ethnicity, education, schoolState, schoolBlocked
    case health, labourCapacity, workPlace, workMonths, joinedOn, joinReason, leftOn, leftReason
    /// What the partner of the import calls the household, and the member.
    case partnerId, partnerMemberId

    /// The names in national files (§2.1).
    package var nationalNames: [String] {
        switch self {
        case .provinceName: CommonHeadings.province
        case .cityName: CommonHeadings.city
        case .countyName: CommonHeadings.county
        case .townName: CommonHeadings.town
        case .villageName: CommonHeadings.village
        case .groupName: ["组", "村民小组", "小组", "组别"]
        case .archiveNumber: CommonHeadings.archiveNumber
        case .attribute: ["贫困户属性"]
        case .state: ["脱贫属性", "脱贫状态", "贫困户状态", "户状态"]
        case .identificationStandard: ["识别标准"]
        case .mainCause: ["主要致贫原因"]
        case .otherCauses: ["其他致贫原因"]
        case .phone: CommonHeadings.phone
        case .name: ["姓名", "成员姓名", "家庭成员姓名", "人员姓名"]
        case .sex: ["性别"]
        case .birthDate: ["出生日期"]
        case .identityNumber: CommonHeadings.identityNumber
        case .relation: ["与户主关系", "与户主的关系"]
        case .ethnicity: ["民族"]
        case .education: ["文化程度"]
        case .schoolState: ["在校生状况"]
        case .health: ["健康状况"]
        case .labourCapacity: ["劳动能力", "劳动技能"]
        case .workPlace: ["务工地点"]
        case .to: ["销号日期"]
        case .endReason: ["销号原因"]
        case .endDocument: ["销号文件"]
        case .successor: ["并入户编号"]
        case .splitFrom: ["原户编号"]
        case .workMonths: ["务工时间", "务工时间(月)", "务工月数"]
        default: []
        }
    }

    package var otherNames: [String] { self == .villageCode ? CommonHeadings.villageCode : [] }
    package var codeList: CodeListKey? {
        switch self {
        case .state: .householdState
        case .attribute: .attribute
        case .identificationStandard: .identificationStandard
        case .mainCause, .otherCauses: .cause
        case .labour: .householdLabour
        case .willingness: .willingness
        case .povertyDepth: .povertyDepth
        case .relation: .relation
        case .sex: .sex
        case .ethnicity: .ethnicity
        case .education: .education
        case .schoolState: .schoolState
        case .health: .health
        case .labourCapacity: .labourCapacity
        case .workPlace: .workPlace
        case .joinReason: .joinReason
        case .endReason: .householdEndReason
        default: nil
        }
    }

    package var role: HeadingRole? {
        switch self {
        case .identityNumber: .identity
        case .archiveNumber: .number
        case .villageCode: .code
        case .state: .state
        case .phone: .phone
        case .householdId, .memberId, .partnerId, .partnerMemberId: .id
        default: nil
        }
    }

    package var form: CellForm {
        switch self {
        case .name, .groupName, .provinceName, .cityName, .countyName, .townName, .villageName: .name
        case .archiveNumber, .successor, .splitFrom, .villageCode, .partnerId, .partnerMemberId: .key
        default: .text
        }
    }

    package var storedDay: (sql: String, id: Self)? {
        switch self {
        case .stateSince: ("SELECT 1 FROM household WHERE id = $1 AND state_since = $2", .householdId)
        case .birthDate: ("SELECT 1 FROM member WHERE id = $1 AND birth_date = $2", .memberId)
        case .joinedOn: ("SELECT 1 FROM member WHERE id = $1 AND joined_on = $2", .memberId)
        case .to: ("SELECT 1 FROM household WHERE id = $1 AND ended_on = $2", .householdId)
        case .leftOn: ("SELECT 1 FROM member WHERE id = $1 AND left_on = $2", .memberId)
        default: nil
        }
    }

    package static let path: [HouseholdColumn] = [.provinceName, .cityName, .countyName, .townName, .villageName]
    package static let required: [HouseholdColumn] = [.archiveNumber, .attribute, .mainCause, .name, .relation, .sex]
}

typealias HouseholdHeader = FileHeader<HouseholdColumn>

extension FileHeader<HouseholdColumn> {
    /// - Throws: `ImportFailure` when columns are missing, or two names mean the same.
    package init(households names: [String], isComplete: Bool) throws {
        try self.init(names, required: HouseholdColumn.required, isComplete: isComplete)
        guard has(.villageCode) || HouseholdColumn.path.allSatisfy(has) else {
            throw ImportFailure.missingColumns(
                ["villageCode (省 市 县 乡 村)"], like: unread.filter { Heading.role(of: $0) == .code })
        }
    }
}
