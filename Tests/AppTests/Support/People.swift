// The people of the tests' county, and the places they belong to.

@testable import Domain
@testable import Service

/// Codes of the tests' county: two towns of three villages each, and a neighbour county with one town of one village.
enum Place {
    static let province = "990000000000"
    static let city = "990900000000"
    static let county = "990923000000"
    static let townA = "990923100000"
    static let townB = "990923101000"
    static let villageA1 = "990923100201"
    static let villageA2 = "990923100202"
    static let villageA3 = "990923100203"
    static let villageB1 = "990923101201"
    static let villageB2 = "990923101202"
    static let villageB3 = "990923101203"
    static let neighbourCounty = "990924000000"
    static let neighbourTown = "990924100000"
    static let neighbourVillage = "990924100201"

    /// Village and town names are not unique: both towns have an 东村.
    static let all: [(code: String, name: String, level: DivisionLevel, parent: String?)] = [
        (province, "示例省", .province, nil), (city, "示例市", .city, province),
        (county, "结对县", .county, city), (neighbourCounty, "邻县", .county, city),
        (townA, "甲镇", .town, county), (townB, "乙镇", .town, county), (neighbourTown, "丙镇", .town, neighbourCounty),
        (villageA1, "东村", .village, townA), (villageA2, "西村", .village, townA), (villageA3, "南村", .village, townA),
        (villageB1, "东村", .village, townB), (villageB2, "西村", .village, townB), (villageB3, "北村", .village, townB),
        (neighbourVillage, "东村", .village, neighbourTown),
    ]
}

/// Somebody with fixed rights.
enum Person: String, CaseIterable, Sendable {
    case administrator, clerkA, clerkB, workerA1, workerB1, tabletA1, province, auditor, neighbour

    var role: Role {
        switch self {
        case .administrator, .neighbour: .countyAdministrator
        case .clerkA, .clerkB: .townClerk
        case .workerA1, .workerB1: .villageWorker
        case .tabletA1: .tablet
        case .province: .province
        case .auditor: .auditor
        }
    }

    var division: String {
        switch self {
        case .administrator, .auditor: Place.county
        case .clerkA: Place.townA
        case .clerkB: Place.townB
        case .workerA1, .tabletA1: Place.villageA1
        case .workerB1: Place.villageB1
        case .province: Place.province
        case .neighbour: Place.neighbourCounty
        }
    }
}
