// The columns of files with villages: our own names, which exports write, and the names of national sheets (§2.1).

import Domain
import Service

package enum VillageColumn: String, FileColumn {
    case villageCode, provinceName, cityName, countyName, townName, villageName
    case from, to, kind, targetExitYear, tags
    case year, householdCount, registeredRuralPopulation, totalPopulation, labourPopulation
    case collectiveIncomeFen, netIncomePerPersonFen, farmlandHundredthsMu
    case hardRoad, groupsWithHardRoad, safeWater, householdsWithoutWater, power, broadband, clinic
    case mainIndustry, cooperativeCount

    package var nationalNames: [String] {
        switch self {
        case .villageCode: CommonHeadings.villageCode
        case .provinceName: CommonHeadings.province
        case .cityName: CommonHeadings.city
        case .countyName: CommonHeadings.county
        case .townName: CommonHeadings.town
        case .villageName: CommonHeadings.village
        case .from: ["开始时间"]
        case .to: ["结束时间"]
        case .kind: ["村类型", "贫困村类型"]
        case .targetExitYear: ["计划退出年度"]
        case .tags: ["村标签"]
        case .year: ["年度"]
        case .householdCount: ["总户数"]
        case .registeredRuralPopulation: ["农业户籍人口"]
        case .totalPopulation: ["总人口"]
        case .labourPopulation: ["劳动力人数"]
        case .hardRoad: ["通硬化路"]
        case .safeWater: ["饮水安全"]
        case .householdsWithoutWater: ["饮水困难户数"]
        case .power: ["通动力电"]
        case .broadband: ["通宽带"]
        case .clinic: ["有卫生室"]
        case .mainIndustry: ["主导产业"]
        case .cooperativeCount: ["合作社数"]
        case .collectiveIncomeFen, .netIncomePerPersonFen, .farmlandHundredthsMu, .groupsWithHardRoad: []
        }
    }

    package var codeList: CodeListKey? {
        switch self {
        case .kind: .villageKind
        case .tags: .villageTag
        default: nil
        }
    }

    package var role: HeadingRole? {
        switch self {
        case .villageCode: .code
        default: nil
        }
    }

    package var form: CellForm {
        switch self {
        case .provinceName, .cityName, .countyName, .townName, .villageName: .name
        case .villageCode: .key
        default: .text
        }
    }

    /// A village may have no main industry.
    package var use: DamagedText.Use { .title }

    /// The place by names, from the province down.
    package static let path: [VillageColumn] = [.provinceName, .cityName, .countyName, .townName, .villageName]
}

extension ProfileField {
    /// The column of the same name.
    var fileColumn: VillageColumn? { VillageColumn(rawValue: "\(key)") }
}
