// The columns of a file of organizations, one row each: our own names, and those of national sheets (§2.1).

/// What a column holds. The raw value is our own name of it.
enum OrganizationColumn: String, FileColumn {
    case id, name, kind, level, creditCode, areaCode, parentId, contactName, phone, endedOn
    /// What the partner of the import calls it.
    case partnerId

    var codeList: CodeListKey? {
        switch self {
        case .kind: .organizationKind
        case .level: .organizationLevel
        default: nil
        }
    }

    var nationalNames: [String] {
        switch self {
        case .name: ["单位名称", "单位"]
        case .kind: ["单位类型"]
        case .level: ["隶属关系"]
        case .creditCode: ["统一社会信用代码"]
        case .areaCode: ["区划代码"]
        case .contactName: ["联系人"]
        case .phone: ["联系电话"]
        default: []
        }
    }
}
