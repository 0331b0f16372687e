// The tree of places on which a demonstration county stands: a given one, or an invented one of the
// size of a real county.

import Domain

/// A division of the tree, as files of divisions have them: `code,name,level,parentCode` (R001).
public struct DemonstrationDivision: Hashable, Sendable {
    /// The twelve digits.
    public let code: AreaCode
    /// The name without those of the places above.
    public let name: String
    /// The level, given because trailing zeros do not tell it.
    public let level: DivisionLevel
    /// The code of the division above; nil for a province.
    public let parent: AreaCode?

    /// A division of the tree.
    public init(code: AreaCode, name: String, level: DivisionLevel, parent: AreaCode?) {
        self.code = code
        self.name = name
        self.level = level
        self.parent = parent
    }

    /// An invented county of 28 towns and 359 villages with its city and province, sorted by code.
    ///
    /// GB/T 2260 gives out no code that begins with 99, so no place and no person has one. Names of villages repeat
    /// from town to town, as real ones do, and never within a town.
    public static let invented: [DemonstrationDivision] = InventedTree.divisions(towns: 28, villages: 359)
}

enum InventedTree {
    static let provinceCode: Int64 = 990_000_000_000
    static let cityCode: Int64 = 990_900_000_000
    static let countyCode: Int64 = 990_921_000_000

    static func divisions(towns townCount: Int, villages villageCount: Int) -> [DemonstrationDivision] {
        // The tree must be the same for every seed of a county, so it has a seed of its own.
        var generator = SeededGenerator(seed: 28_359)
        var rows: [DemonstrationDivision] = []
        add(provinceCode, "青禾省", .province, parent: nil, to: &rows)
        add(cityCode, "云穗市", .city, parent: provinceCode, to: &rows)
        add(countyCode, "望禾县", .county, parent: cityCode, to: &rows)
        let townNames = names(townCount, first: townFirst, second: townSecond, &generator)
        let sizes = villageCounts(towns: townCount, villages: villageCount, &generator)
        let townships = townCount / 4
        for (index, name) in townNames.enumerated() {
            let isTownship = index >= townCount - townships
            let part = isTownship ? 200 + index - (townCount - townships) : 100 + index
            let townCode = countyCode + Int64(part) * 1000
            add(townCode, name + (isTownship ? "乡" : "镇"), .town, parent: countyCode, to: &rows)
            let villageNames = names(sizes[index], first: villageFirst, second: villageSecond, &generator)
            for (ordinal, villageName) in villageNames.enumerated() {
                // The first place of each town is its community; codes of villages begin at 200 (NBS).
                let isCommunity = ordinal == 0
                let villageCode = townCode + Int64(isCommunity ? 1 : 199 + ordinal)
                let suffix = isCommunity ? "社区居委会" : "村委会"
                add(villageCode, villageName + suffix, .village, parent: townCode, to: &rows)
            }
        }
        return rows
    }

    private static func add(
        _ code: Int64, _ name: String, _ level: DivisionLevel, parent: Int64?, to rows: inout [DemonstrationDivision]
    ) {
        guard let code = AreaCode(code) else { return }
        rows.append(
            DemonstrationDivision(code: code, name: name, level: level, parent: parent.flatMap { AreaCode($0) }))
    }

    /// Different names of two characters, in an order of chance.
    private static func names(
        _ count: Int, first: [Character], second: [Character], _ generator: inout SeededGenerator
    ) -> [String] {
        var seen: Set<String> = []
        var result: [String] = []
        while result.count < min(count, first.count * second.count) {
            let name = String([generator.element(of: first), generator.element(of: second)])
            if seen.insert(name).inserted { result.append(name) }
        }
        return result
    }

    /// Villages a town, at least five each, adding up exactly.
    private static func villageCounts(towns: Int, villages: Int, _ generator: inout SeededGenerator) -> [Int] {
        var counts = [Int](repeating: 5, count: towns)
        for _ in 0..<max(villages - towns * 5, 0) { counts[generator.below(towns)] += 1 }
        return counts
    }

    private static let townFirst = Array("云禾青望春秋松竹石清沙龙凤鹤梅兰柳枫桂榕")
    private static let townSecond = Array("溪岭坪湾川塘桥坡洞江岗泉陂谷")
    private static let villageFirst = Array("上下大小新老东西南北中高平长双三金银白黄红")
    private static let villageSecond = Array("田塘村岭坡冲屋寨井桥垌坑洲岸湖山林坝垌榄")
}
