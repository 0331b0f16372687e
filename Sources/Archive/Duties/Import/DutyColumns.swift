// The columns of files with duties: our own names, which exports write, and the names of national sheets (§2.1).

import Domain
import Service

package enum DutyColumn: String, FileColumn {
    case dutyId, kind, areaCode
    case provinceName, cityName, countyName, townName, villageName
    case organizationId, organizationName, cadreId, cadreName, holderName, title
    case sendingOrganizationId, teamId, teamName, teamFrom, teamTo, teamEndReason
    case from, to, endReason

    package var nationalNames: [String] {
        switch self {
        case .kind: ["职责类型", "帮扶类型"]
        case .areaCode: CommonHeadings.villageCode
        case .provinceName: CommonHeadings.province
        case .cityName: CommonHeadings.city
        case .countyName: CommonHeadings.county
        case .townName: CommonHeadings.town
        case .villageName: CommonHeadings.village
        case .organizationName: ["单位", "帮扶单位", "单位名称", "工作单位"]
        case .cadreName: ["姓名", "帮扶责任人", "干部姓名", "帮扶人姓名", "帮扶干部姓名"]
        case .title: ["职务"]
        case .teamName: ["工作队"]
        case .from: ["开始时间"]
        case .to: ["结束时间"]
        case .endReason: ["结束原因"]
        case .dutyId, .organizationId, .cadreId, .holderName, .sendingOrganizationId, .teamId, .teamFrom, .teamTo,
            .teamEndReason:
            []
        }
    }

    package var codeList: CodeListKey? {
        switch self {
        case .kind: .dutyKind
        case .endReason, .teamEndReason: .dutyEndReason
        default: nil
        }
    }

    package var role: HeadingRole? {
        switch self {
        case .areaCode: .code
        case .dutyId, .organizationId, .cadreId, .sendingOrganizationId, .teamId: .id
        default: nil
        }
    }

    package var form: CellForm {
        switch self {
        case .provinceName, .cityName, .countyName, .townName, .villageName, .organizationName, .cadreName, .holderName,
            .teamName:
            .name
        case .areaCode: .key
        default: .text
        }
    }

    package var use: DamagedText.Use {
        switch self {
        case .cadreName, .holderName: .person
        case .title: .title
        default: .name
        }
    }

    package var storedDay: (sql: String, id: Self)? {
        switch self {
        case .from:
            ("SELECT 1 FROM duty_term WHERE duty_id = $1 AND valid_from = $2 AND superseded_at IS NULL", .dutyId)
        case .to: ("SELECT 1 FROM duty_term WHERE duty_id = $1 AND valid_to = $2 AND superseded_at IS NULL", .dutyId)
        case .teamFrom:
            ("SELECT 1 FROM work_team_term WHERE team_id = $1 AND valid_from = $2 AND superseded_at IS NULL", .teamId)
        case .teamTo:
            ("SELECT 1 FROM work_team_term WHERE team_id = $1 AND valid_to = $2 AND superseded_at IS NULL", .teamId)
        default: nil
        }
    }

    /// The place by names, from the province down.
    package static let path: [DutyColumn] = [.provinceName, .cityName, .countyName, .townName, .villageName]
}
