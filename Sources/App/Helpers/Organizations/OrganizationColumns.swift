// The columns of a file of organizations, one row each: our own names, and those of national sheets (§2.1).

import Domain

/// What a column holds. The raw value is our own name of it.
enum OrganizationColumn: String, FileColumn {
    case id, name, kind, level, creditCode, areaCode, parentOrganizationId, contactName, phone, to
    /// What the partner of the import calls it.
    case partnerId

    var codeList: CodeListKey? {
        switch self {
        case .kind: .organizationKind
        case .level: .organizationLevel
        default: nil
        }
    }

    var role: HeadingRole? {
        switch self {
        case .creditCode, .areaCode: .code
        case .phone: .phone
        case .id, .parentOrganizationId, .partnerId: .id
        default: nil
        }
    }

    var form: CellForm {
        switch self {
        case .name, .contactName: .name
        case .partnerId: .key
        default: .text
        }
    }

    var use: DamagedText.Use { self == .contactName ? .person : .name }

    var storedDay: (sql: String, id: Self)? {
        switch self {
        case .to: ("SELECT 1 FROM organization WHERE id = $1 AND ended_on = $2", .id)
        default: nil
        }
    }

    var nationalNames: [String] {
        switch self {
        case .name: ["单位名称", "单位", "名称", "单位全称"]
        case .kind: ["单位类型"]
        case .level: ["隶属关系"]
        case .creditCode: CommonHeadings.creditCode
        case .areaCode: CommonHeadings.divisionCode
        case .contactName: ["联系人", "联系人姓名"]
        case .phone: CommonHeadings.phone
        default: []
        }
    }
}
