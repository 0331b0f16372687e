// The columns of files with duties: our own names, which exports write, and the names of national sheets (§2.1).

enum DutyColumn: String, FileColumn {
    case dutyId, kind, divisionCode
    case province, city, county, town, village
    case organizationId, organizationName, cadreId, cadreName, holderName, title
    case sendingOrganizationId, teamId, teamName, teamFrom, teamTo, teamEndReason
    case from, to, endReason

    var nationalNames: [String] {
        switch self {
        case .kind: ["职责类型", "帮扶类型"]
        case .divisionCode: ["区划代码"]
        case .province: ["省"]
        case .city: ["市"]
        case .county: ["县"]
        case .town: ["乡"]
        case .village: ["村"]
        case .organizationName: ["单位", "帮扶单位"]
        case .cadreName: ["姓名", "帮扶责任人"]
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

    var codeList: CodeListKey? {
        switch self {
        case .kind: .dutyKind
        case .endReason, .teamEndReason: .dutyEndReason
        default: nil
        }
    }

    /// The place by names, from the province down.
    static let path: [DutyColumn] = [.province, .city, .county, .town, .village]
}
