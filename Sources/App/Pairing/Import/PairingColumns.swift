// The columns of files with pairings: our own names, which exports write, and the names of national sheets (§2.1).

enum PairingColumn: String, FileColumn {
    case pairingId, householdId, archiveNumber, countyCode
    case helperId, helperName, organizationName, helperIdentityNumber, helperPhone
    case role, from, to, responsibleDays, reason, endReason, isPinned, replaces

    var nationalNames: [String] {
        switch self {
        case .archiveNumber: ["户编号"]
        case .countyCode: ["县区划代码"]
        case .helperName: ["帮扶责任人", "帮扶人姓名"]
        case .organizationName: ["帮扶单位", "帮扶人单位"]
        case .helperIdentityNumber: ["帮扶人证件号码"]
        case .helperPhone: ["帮扶人联系电话", "联系电话"]
        case .role: ["帮扶角色"]
        case .from: ["开始时间"]
        case .to: ["结束时间"]
        case .reason: ["结对理由"]
        case .endReason: ["结束原因"]
        case .isPinned: ["是否锁定"]
        case .pairingId, .householdId, .helperId, .responsibleDays, .replaces: []
        }
    }

    var codeList: CodeListKey? { self == .endReason ? .pairingEndReason : nil }
}
