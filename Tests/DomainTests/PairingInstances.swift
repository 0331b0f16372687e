// Random problems of pairing for tests, small ones with every oddity, and counties.

import Domain

/// How large and how odd a random problem is.
struct PairingShape {
    var towns = 1...2
    var villages = 1...3
    var units = 1...3
    var households = 1...5
    var cadres = 1...5
    /// Chances out of 1,000.
    var joint = 350
    var paired = 400
    var pinned = 150
    var townLink = 300
    /// Cadres who cannot help, or begin only so much, or whose link will change; households that take nobody new.
    var odd = 120
    var bound = 700
    /// Second helpers of few households; nil for twice the odd ones.
    var limited: Int?
}

enum PairingInstance {
    static func identifier(_ generator: inout SeededGenerator) -> Identifier {
        Identifier(high: generator.next(), low: generator.next())
    }

    /// A random problem, with pairs outside of areas, beyond quotas and of people who left.
    static func random(_ shape: PairingShape, _ generator: inout SeededGenerator) -> PairingProblem {
        let towns = (0..<generator.number(in: shape.towns)).map { _ in identifier(&generator) }
        let units = (0..<generator.number(in: shape.units)).map { _ in identifier(&generator) }
        let villages = (0..<generator.number(in: shape.villages)).map { _ in
            PairingVillage(
                id: identifier(&generator), town: towns[generator.below(towns.count)],
                tags: PairingTags(rawValue: UInt8(generator.below(16))),
                holders: generator.perMille(600) ? [Int32(generator.below(units.count))] : [])
        }
        let households = (0..<generator.number(in: shape.households)).map { _ in
            PairingHousehold(
                id: identifier(&generator), village: Int32(generator.below(villages.count)),
                depth: UInt8(generator.below(3)), needsTwoUnits: generator.perMille(shape.joint),
                need: UInt8(generator.below(5)), isBound: generator.perMille(shape.bound),
                takesNew: !generator.perMille(shape.odd / 2))
        }
        let cadres = (0..<generator.number(in: shape.cadres)).map { _ in
            let village = Int32(generator.below(villages.count))
            let area: PairingArea =
                generator.perMille(shape.townLink)
                ? .townOf(village) : generator.perMille(60) ? .nowhere : .village(village)
            var cadre = PairingCadre(
                id: identifier(&generator), rank: PairingRank(rawValue: UInt8(generator.below(6))) ?? .ordinary,
                quota: Int32(generator.below(4)), area: area, unit: Int32(generator.below(units.count)),
                line: PairingLine(rawValue: UInt8(generator.below(7))), isInPost: generator.perMille(850),
                home: generator.perMille(500) ? Int32(generator.below(villages.count)) : nil)
            if generator.perMille(shape.odd) { cadre.newMax = Int32(generator.below(3)) }
            if generator.perMille(shape.limited ?? shape.odd * 2) { cadre.jointMax = Int32(generator.below(3)) }
            // A link that will change: they begin in what lies in both areas.
            if generator.perMille(shape.odd) {
                cadre.presentArea = cadre.area
                cadre.area = generator.perMille(500) && cadre.area != .nowhere ? .village(village) : .nowhere
            }
            if generator.perMille(shape.odd) { (cadre.isAble, cadre.quota) = (false, 0) }
            return cadre
        }
        var problem = PairingProblem(units: units, villages: villages, households: households, cadres: cadres)
        for household in households.indices {
            for cadre in cadres.indices where generator.perMille(shape.paired / max(cadres.count / 2, 1)) {
                problem.pairs.append(
                    ExistingPair(
                        household: Int32(household), cadre: Int32(cadre),
                        role: generator.perMille(600) ? .firstResponsible : .joint,
                        isPinned: generator.perMille(shape.pinned), isLasting: generator.perMille(shape.pinned / 2),
                        isJointLater: generator.perMille(shape.odd / 2)))
            }
        }
        problem.weights = PairingWeights(
            line: Int32(generator.below(40)), unit: Int32(generator.below(40)), depth: Int32(generator.below(6)),
            distance: Int32(generator.below(9)), load: Int32(generator.below(30)))
        if generator.perMille(250) { problem.goals = .pairsFirst }
        return problem
    }

    /// The same problem with every list in another order.
    static func shuffled(_ problem: PairingProblem, _ generator: inout SeededGenerator) -> PairingProblem {
        func order(_ count: Int) -> (order: [Int], place: [Int32]) {
            var order = Array(0..<count)
            for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, generator.below(last + 1)) }
            var place = [Int32](repeating: 0, count: count)
            for (new, old) in order.enumerated() { place[old] = Int32(new) }
            return (order, place)
        }
        let units = order(problem.units.count)
        let villages = order(problem.villages.count)
        let households = order(problem.households.count)
        let cadres = order(problem.cadres.count)
        var other = problem
        other.units = units.order.map { problem.units[$0] }
        other.villages = villages.order.map { old in
            var village = problem.villages[old]
            village.holders = village.holders.map { units.place[Int($0)] }
            return village
        }
        other.households = households.order.map { old in
            var household = problem.households[old]
            household.village = villages.place[Int(household.village)]
            return household
        }
        other.cadres = cadres.order.map { old in
            var cadre = problem.cadres[old]
            cadre.unit = units.place[Int(cadre.unit)]
            cadre.home = cadre.home.map { villages.place[Int($0)] }
            func moved(_ area: PairingArea) -> PairingArea {
                switch area {
                case .nowhere: .nowhere
                case .village(let village): .village(villages.place[Int(village)])
                case .townOf(let village): .townOf(villages.place[Int(village)])
                }
            }
            cadre.area = moved(cadre.area)
            cadre.presentArea = cadre.presentArea.map(moved)
            return cadre
        }
        other.pairs = order(problem.pairs.count).order.map { old in
            var pair = problem.pairs[old]
            pair.household = households.place[Int(pair.household)]
            pair.cadre = cadres.place[Int(pair.cadre)]
            return pair
        }
        return other
    }

    /// The problem on the day after the proposal was applied.
    static func applied(_ proposal: PairingProposal, to problem: PairingProblem) -> PairingProblem {
        let pins = Set(problem.pairs.filter(\.stays).map { [$0.household, $0.cadre] })
        var next = problem
        next.pairs = proposal.pairs.filter { $0.action != .ended }.map {
            ExistingPair(
                household: $0.household, cadre: $0.cadre, role: $0.role,
                isPinned: pins.contains([$0.household, $0.cadre]))
        }
        return next
    }
}

/// A line of a proposal by identifiers, to compare proposals of differently ordered problems.
struct NamedPair: Hashable {
    let household: Identifier
    let cadre: Identifier
    let role: PairingRole
    let action: PairingAction
    let reasons: PairingReasons

    static func all(_ proposal: PairingProposal, _ problem: PairingProblem) -> [NamedPair] {
        proposal.pairs.map {
            NamedPair(
                household: problem.households[Int($0.household)].id, cadre: problem.cadres[Int($0.cadre)].id,
                role: $0.role, action: $0.action, reasons: $0.reasons)
        }
    }
}
