// Problems of the size of counties: 28 towns, 359 villages, 26,000 households, 17,500 cadres in the ranks of a county
// payroll, with quotas for a little less than all households and short in some villages. Or the same density on the
// villages of a real tree.

import Demonstration
import Domain

struct Place {
    let town: Int64
    let village: Int64
}

enum Instance {
    /// The invented county's villages.
    static var county: [Place] {
        DemonstrationDivision.invented.filter { $0.level == .village }
            .map { Place(town: $0.parent?.value ?? 0, village: $0.code.value) }
    }

    /// The villages of a file `code,name,level,parentCode`.
    static func places(csv: String) -> [Place] {
        csv.split(separator: "\n").dropFirst().compactMap { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            guard cells.count >= 4, cells[2] == "village", let code = Int64(cells[0]), let town = Int64(cells[3]) else {
                return nil
            }
            return Place(town: town, village: code)
        }
    }

    static func identifier(_ generator: inout SeededGenerator) -> Identifier {
        Identifier(high: generator.next(), low: generator.next())
    }

    static func problem(_ places: [Place], households: Int, cadres: Int, seed: UInt64) -> PairingProblem {
        var generator = SeededGenerator(seed: seed)
        let unitCount = max(cadres * 300 / 17_500, 2)
        let units = (0..<unitCount).map { _ in identifier(&generator) }
        // A unit holds villages of one neighbourhood, as units of a county do.
        let villages = places.enumerated().map { index, place in
            let unit = index * unitCount / places.count
            var holders = [Int32(unit)]
            if generator.perMille(300) { holders.append(Int32(min(unit + 1, unitCount - 1))) }
            return PairingVillage(
                id: Identifier(high: 1, low: UInt64(place.village)), town: Identifier(high: 0, low: UInt64(place.town)),
                tags: PairingTags(rawValue: UInt8(generator.below(16))), holders: holders)
        }
        let weights = villages.map { _ in generator.number(in: 60...140) * (generator.perMille(384) ? 2 : 1) }
        let homes = spread(households, weights)
        // Cadres follow the households, not exactly: some villages are short.
        let links = spread(cadres, weights.map { $0 * generator.number(in: 80...120) })
        var problem = PairingProblem(units: units, villages: villages, households: [], cadres: [])
        problem.households = homes.map { village in
            let (id, depth) = (identifier(&generator), UInt8(1 + generator.below(3)))
            let needsTwo = generator.perMille(150)
            return PairingHousehold(
                id: id, village: Int32(village), depth: depth, needsTwoUnits: needsTwo,
                need: 2 * depth + (needsTwo ? 1 : 0))
        }
        problem.cadres = links.map { village in
            let rank = rank(&generator)
            let holders = villages[village].holders
            let unit =
                generator.perMille(700)
                ? holders[generator.below(holders.count)]
                : Int32(min(max(village * unitCount / places.count + generator.number(in: -4...4), 0), unitCount - 1))
            return PairingCadre(
                id: identifier(&generator), rank: rank, quota: problem.rankQuotas[rank] ?? 1,
                area: rank <= .division ? .townOf(Int32(village)) : .village(Int32(village)), unit: unit,
                line: PairingLine(rawValue: UInt8(generator.below(8))),
                home: generator.perMille(400)
                    ? Int32(min(max(village + generator.number(in: -9...9), 0), villages.count - 1)) : nil)
        }
        return problem
    }

    private static func spread(_ count: Int, _ weights: [Int]) -> [Int] {
        let total = weights.reduce(0, +)
        var sum = 0
        var made = 0
        var result: [Int] = []
        result.reserveCapacity(count)
        for (village, weight) in weights.enumerated() {
            sum += weight
            let end = Int(Int64(count) * Int64(sum) / Int64(total))
            while made < end {
                result.append(village)
                made += 1
            }
        }
        return result
    }

    private static func rank(_ generator: inout SeededGenerator) -> PairingRank {
        switch generator.below(17_500) {
        case ..<4: .department
        case ..<44: .division
        case ..<344: .section
        case ..<1_344: .deputySection
        case ..<4_844: .middle
        default: .ordinary
        }
    }

    /// The problem on the next day, with a share of the cadres retired.
    static func after(_ proposal: PairingProposal, _ problem: PairingProblem, retired perMille: Int) -> PairingProblem {
        var next = problem
        next.pairs = proposal.pairs.filter { $0.action != .ended }
            .map { ExistingPair(household: $0.household, cadre: $0.cadre, role: $0.role) }
        var generator = SeededGenerator(seed: 200)
        for index in next.cadres.indices where generator.perMille(perMille) {
            next.cadres[index].quota = 0
            next.cadres[index].isAble = false
            next.cadres[index].isInPost = false
        }
        return next
    }
}
