// The columns of files with pairings: our own names, which exports write, and the names of national sheets (§2.1).

import Service

package enum PairingColumn: String, FileColumn {
    case pairingId, householdId, archiveNumber, countyCode
    case cadreId, cadreName, organizationName, cadreIdentityNumber, cadrePhone
    case role, from, to, responsibleDays, reason, endReason, isPinned, replaces

    package var nationalNames: [String] {
        switch self {
        case .archiveNumber: CommonHeadings.archiveNumber
        case .countyCode: ["县区划代码", "县代码", "县级区划代码", "县行政区划代码"]
        case .cadreName: ["帮扶责任人", "帮扶人姓名", "帮扶责任人姓名", "帮扶干部", "帮扶干部姓名", "帮扶人"]
        case .organizationName: ["帮扶单位", "帮扶人单位", "帮扶单位名称", "帮扶人单位名称"]
        case .cadreIdentityNumber: Self.helpers(CommonHeadings.identityNumber)
        case .cadrePhone: Self.helpers(CommonHeadings.phone) + CommonHeadings.phone
        case .role: ["帮扶角色"]
        case .from: ["开始时间"]
        case .to: ["结束时间"]
        case .reason: ["结对理由"]
        case .endReason: ["结束原因"]
        case .isPinned: ["是否锁定"]
        case .pairingId, .householdId, .cadreId, .responsibleDays, .replaces: []
        }
    }

    package var storedDay: (sql: String, id: Self)? {
        switch self {
        case .from: ("SELECT 1 FROM pairing WHERE id = $1 AND first_on = $2", .pairingId)
        case .to: ("SELECT 1 FROM pairing WHERE id = $1 AND end_on = $2", .pairingId)
        default: nil
        }
    }

    /// Headings of a helper's numbers: who is meant stands before what.
    private static func helpers(_ names: [String]) -> [String] {
        ["帮扶人", "帮扶责任人", "帮扶干部"].flatMap { who in names.map { who + $0 } }
    }

    package var codeList: CodeListKey? { self == .endReason ? .pairingEndReason : nil }

    package var role: HeadingRole? {
        switch self {
        case .cadreIdentityNumber: .identity
        case .cadrePhone: .phone
        case .archiveNumber: .number
        case .countyCode: .code
        case .pairingId, .householdId, .cadreId, .replaces: .id
        default: nil
        }
    }

    package var form: CellForm {
        switch self {
        case .cadreName, .organizationName: .name
        case .archiveNumber: .key
        default: .text
        }
    }
}
