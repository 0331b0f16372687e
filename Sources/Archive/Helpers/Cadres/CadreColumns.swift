// The columns of a file of cadres, one row each: our own names, and those of the national sheet of helpers (§2.1).

import Domain
import Service

/// What a column holds. The raw value is our own name of it.
package enum CadreColumn: String, FileColumn {
    case id, organizationId, organizationCreditCode, organizationName, organizationAreaCode
    case name, sex, positionTitle, identityNumber, phone, line, homeVillageCode, isCountyLeader
    case rank, rankFrom, postState, postStateFrom, linkedAreaCode, linkedFrom, to
    /// What the partner of the import calls them.
    case partnerId

    package var codeList: CodeListKey? {
        switch self {
        case .sex: .sex
        case .line: .cadreLine
        case .rank: .cadreRank
        case .postState: .postState
        default: nil
        }
    }

    package var role: HeadingRole? {
        switch self {
        case .identityNumber: .identity
        case .organizationCreditCode, .organizationAreaCode, .homeVillageCode, .linkedAreaCode: .code
        case .postState: .state
        case .phone: .phone
        case .id, .organizationId, .partnerId: .id
        default: nil
        }
    }

    package var form: CellForm {
        switch self {
        case .name, .organizationName: .name
        case .partnerId: .key
        default: .text
        }
    }

    package var use: DamagedText.Use {
        switch self {
        case .name: .person
        case .positionTitle: .title
        default: .name
        }
    }

    package var storedDay: (sql: String, id: Self)? {
        switch self {
        case .rankFrom:
            ("SELECT 1 FROM cadre_rank WHERE cadre_id = $1 AND valid_from = $2 AND superseded_at IS NULL", .id)
        case .postStateFrom:
            ("SELECT 1 FROM cadre_post WHERE cadre_id = $1 AND valid_from = $2 AND superseded_at IS NULL", .id)
        case .linkedFrom:
            ("SELECT 1 FROM cadre_link WHERE cadre_id = $1 AND valid_from = $2 AND superseded_at IS NULL", .id)
        case .to: ("SELECT 1 FROM cadre WHERE id = $1 AND ended_on = $2", .id)
        default: nil
        }
    }

    package var nationalNames: [String] {
        switch self {
        case .organizationCreditCode: CommonHeadings.creditCode
        case .organizationName: ["单位", "单位名称", "工作单位"]
        case .organizationAreaCode: ["单位区划代码", "单位行政区划代码"]
        case .name: ["姓名", "干部姓名", "帮扶人姓名", "帮扶干部姓名", "帮扶责任人姓名"]
        case .sex: ["性别"]
        case .positionTitle: ["职务"]
        case .identityNumber: CommonHeadings.identityNumber
        case .phone: CommonHeadings.phone
        case .line: ["条线"]
        case .isCountyLeader: ["是否县领导"]
        case .rank: ["职务级别", "职级"]
        case .postState: ["在岗状态", "在职状态", "任职状态", "人员状态", "干部状态"]
        case .linkedAreaCode: ["挂钩区划代码"]
        case .linkedFrom: ["开始时间"]
        default: []
        }
    }
}
