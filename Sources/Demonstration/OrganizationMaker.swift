// The units of an invented county: bureaus of the county, a government and stations in every town, enterprises,
// schools, hospitals and social organizations, and a few units sent from above.

import Domain

struct OrganizationMaker {
    private(set) var made: [DemonstrationOrganization] = []
    private let asOf: CivilDate
    private var generator: SeededGenerator
    private var ordinal: UInt64 = 0

    init(_ county: DemonstrationCounty) {
        asOf = county.asOf
        generator = SeededGenerator(seed: county.seed ^ 0x756E_6974_73)
    }

    /// What a unit is, before it has a name and a code.
    private struct Pattern {
        let name: String
        let kind: String
        let level: String
    }

    /// Makes the units of a county: first what every county has, then by weight.
    mutating func units(of place: StaffPlace, count: Int) -> [DemonstrationOrganization] {
        let start = made.count
        let end = start + count
        var names: Set<String> = []
        var bureaus = Self.bureaus[...]
        var round = 0
        while made.count < end {
            // One bureau of the county, then something in each town, and so on: small counties have a bit of all.
            for _ in 0..<max(count / 6, 2) where made.count < end {
                guard let bureau = bureaus.popFirst() else { break }
                let level = bureau.kind == "state-organ" ? "county" : bureau.level
                add(Pattern(name: place.name + bureau.name, kind: bureau.kind, level: level), at: place.code, nil)
            }
            for town in place.towns where made.count < end && round < Self.townUnits.count {
                let unit = Self.townUnits[round]
                let level = unit.level == "township" && town.name.hasSuffix("镇") ? "town" : unit.level
                let parent = round == 0 ? nil : made[start...].first { $0.homeCode == town.code }?.id
                add(Pattern(name: town.name + unit.name, kind: unit.kind, level: level), at: town.code, parent)
            }
            round += 1
            if bureaus.isEmpty && round >= Self.townUnits.count {
                while made.count < end {
                    let name = enterpriseName()
                    guard names.insert(name).inserted else { continue }
                    add(Pattern(name: name, kind: "private-enterprise", level: "other"), at: place.code, nil)
                }
            }
        }
        return Array(made[start...])
    }

    private mutating func add(_ pattern: Pattern, at home: AreaCode, _ parent: Identifier?) {
        let sex: Sex = generator.perMille(600) ? .male : .female
        made.append(
            DemonstrationOrganization(
                id: identifier(),
                name: pattern.name, kind: pattern.kind, level: pattern.level, homeCode: home,
                creditCode: creditCode(pattern.kind, home), parentId: parent,
                contactName: DemonstrationNames.surname(&generator)
                    + DemonstrationNames.givenName(sex, &generator),
                phone: DemonstrationPhone.number(10_000_000 + Int(ordinal))))
        ordinal += 1
    }

    private mutating func identifier() -> Identifier {
        .v7(milliseconds: Instant(startOf: asOf).milliseconds - 90_000_000, random: (ordinal, generator.next()))
    }

    /// Registration department and kind, division, organization code, check character (GB 32100-2015). The division is
    /// one that does not exist, so no real unit has the code.
    private func creditCode(_ kind: String, _ home: AreaCode) -> String {
        let head = kind == "private-enterprise" ? "91" : kind == "social-organization" ? "51" : "11"
        let body = head + String(home.countyDigits) + "MD" + String(String(10_000_000 + ordinal).dropFirst())
        let check = CreditCode.checkCharacter(ofFirst17: Array(body.utf8)) ?? UInt8(ascii: "0")
        return String(decoding: Array(body.utf8) + [check], as: UTF8.self)
    }

    private mutating func enterpriseName() -> String {
        String([generator.element(of: Self.first), generator.element(of: Self.second)])
            + generator.element(of: Self.trades) + generator.element(of: ["有限公司", "有限责任公司", "农业发展有限公司"])
    }

    private static let first = Array("青禾云穗金绿丰惠宏瑞嘉泰")
    private static let second = Array("源丰盛达兴旺泉田野林谷穗")
    private static let trades = ["茶业", "粮油", "果业", "养殖", "建材", "食品", "竹木", "药材", "物流", "纺织"]

    /// What every town has, in the order in which small counties get it.
    private static let townUnits = [
        Pattern(name: "人民政府", kind: "state-organ", level: "township"),
        Pattern(name: "中心学校", kind: "school", level: "township"),
        Pattern(name: "卫生院", kind: "hospital", level: "township"),
        Pattern(name: "农业服务中心", kind: "state-organ", level: "township"),
        Pattern(name: "社会工作站", kind: "social-work-station", level: "township"),
        Pattern(name: "派出所", kind: "state-organ", level: "township"),
    ]

    private static let bureaus: [Pattern] =
        [
            "扶贫开发办公室", "委组织部", "农业农村局", "财政局", "教育局", "卫生健康局", "民政局", "公安局", "人民法院", "人民检察院", "司法局",
            "发展和改革局", "交通运输局", "水利局", "林业局", "自然资源局", "住房和城乡建设局", "人力资源和社会保障局", "医疗保障局", "税务局", "统计局", "审计局",
            "应急管理局", "市场监督管理局", "文化和旅游局", "生态环境局", "商务局", "科学技术局", "委宣传部", "委统战部", "委政法委", "总工会", "共青团委员会",
            "妇女联合会", "残疾人联合会", "工商业联合会", "信访局", "退役军人事务局", "供销合作社", "气象局", "档案馆", "委党校", "融媒体中心", "农机中心",
            "水产畜牧中心", "乡村建设中心",
        ].map { Pattern(name: $0, kind: "state-organ", level: "county") }
        + ["第一中学", "职业技术学校"].map { Pattern(name: $0, kind: "school", level: "county") }
        + ["人民医院", "中医医院"].map { Pattern(name: $0, kind: "hospital", level: "county") }
        + ["人民武装部"].map { Pattern(name: $0, kind: "army", level: "army") }
        + ["农村商业银行", "供水公司", "粮食储备公司"].map { Pattern(name: $0, kind: "state-enterprise", level: "county") }
        + ["慈善会", "志愿者协会", "茶叶商会"].map { Pattern(name: $0, kind: "social-organization", level: "county") }
}

/// Telephone numbers of invented people and units.
enum DemonstrationPhone {
    /// 154 has not been given to any operator. 61,803,399 has no factor in common with 10^8, so that every ordinal has
    /// another number, and neighbours do not look alike.
    static func number(_ ordinal: Int) -> String {
        "154" + String(String(100_000_000 + ordinal * 61_803_399 % 100_000_000).dropFirst())
    }
}
