// The columns of a file of cadres, one row each: our own names, and those of the national sheet of helpers (§2.1).

/// What a column holds. The raw value is our own name of it.
enum CadreColumn: String, FileColumn {
    case id, organizationId, organizationCreditCode, organizationName, organizationAreaCode
    case name, sex, positionTitle, identityNumber, phone, line, homeVillageCode, isCountyLeader
    case rank, rankFrom, postState, postStateFrom, linkedAreaCode, linkedFrom, endedOn
    /// What the partner of the import calls him.
    case partnerId

    var codeList: CodeListKey? {
        switch self {
        case .sex: .sex
        case .line: .cadreLine
        case .rank: .cadreRank
        case .postState: .postState
        default: nil
        }
    }

    var nationalNames: [String] {
        switch self {
        case .organizationCreditCode: ["统一社会信用代码"]
        case .organizationName: ["单位", "单位名称", "工作单位"]
        case .organizationAreaCode: ["单位区划代码"]
        case .name: ["姓名"]
        case .sex: ["性别"]
        case .positionTitle: ["职务"]
        case .identityNumber: ["证件号码", "身份证号码"]
        case .phone: ["联系电话"]
        case .line: ["条线"]
        case .isCountyLeader: ["是否县领导"]
        case .rank: ["职务级别", "职级"]
        case .postState: ["在岗状态"]
        case .linkedAreaCode: ["挂钩区划代码"]
        case .linkedFrom: ["开始时间"]
        default: []
        }
    }
}
