// Finds the minimum cuts behind what is not covered, and their cheapest cures.
//
// From a village with uncovered households the cut spreads to everybody who may serve it, and from these to the other
// villages in which they cover somebody. In a best proposal all whom it reaches are full with households of the cut
// that nobody else covers: otherwise one more household could be covered along the way. Whoever is above their quota
// in any case is not reached: they carry their protected households, and nobody else.

struct ShortageFinder {
    private let layout: PairingLayout
    private let problem: PairingProblem
    private let assignment: PairingAssignment
    /// Pinned pairs, in canonical order.
    private let pinned: [Int32]
    /// For each village how many households have nobody.
    private let uncovered: [Int]
    /// For each cadre the villages in which they cover somebody without being pinned there.
    private var covered: [Int32: Set<Int>] = [:]

    init(_ layout: PairingLayout, _ assignment: PairingAssignment) {
        self.layout = layout
        problem = layout.problem
        self.assignment = assignment
        pinned = layout.pairs.filter { layout.bonds.standings[Int($0)] == .pinned }
        uncovered = layout.villages.indices.map { slot in
            layout.households(of: slot).count { assignment.helpers(of: Int(layout.households[$0])).isEmpty }
        }
        guard uncovered.contains(where: { $0 > 0 }) else { return }
        for slot in layout.villages.indices {
            for position in layout.households(of: slot) {
                let household = Int(layout.households[position])
                for cadre in assignment.helpers(of: household) where !isPinned(household, cadre) {
                    covered[cadre, default: []].insert(slot)
                }
            }
        }
    }

    func shortages() -> ([PairingShortage], [JointShortage]) {
        var shortages: [PairingShortage] = []
        var jointShortages: [JointShortage] = []
        var idle = IdleCadres(layout, assignment)
        for cut in cuts() { shortages.append(shortage(cut.villages.sorted(), ordered(cut.cadres), &idle)) }
        for (town, villages) in layout.towns.enumerated() {
            for slot in villages { if let joint = jointShortage(slot, town) { jointShortages.append(joint) } }
        }
        return (shortages, jointShortages)
    }

    private func hasRoom(_ position: Int) -> Bool { layout.room(of: Int(layout.cadres[position])) > 0 }

    /// The villages and cadres of each cut, those apart that have no village in common: two closed sets together are
    /// closed.
    private func cuts() -> [(villages: Set<Int>, cadres: Set<Int32>)] {
        var cuts: [(villages: Set<Int>, cadres: Set<Int32>)] = []
        for slot in layout.villages.indices where uncovered[slot] > 0 {
            if cuts.contains(where: { $0.villages.contains(slot) }) { continue }
            var cut = spread(slot)
            while let other = cuts.firstIndex(where: { !$0.villages.isDisjoint(with: cut.villages) }) {
                cut.villages.formUnion(cuts[other].villages)
                cut.cadres.formUnion(cuts[other].cadres)
                cuts.remove(at: other)
            }
            cuts.append(cut)
        }
        return cuts
    }

    /// The villages that a shortage reaches, and the cadres who may serve them.
    private func spread(_ short: Int) -> (villages: Set<Int>, cadres: Set<Int32>) {
        var queue = [short]
        var reached: Set<Int> = [short]
        var cadres: Set<Int32> = []
        while let slot = queue.popLast() {
            for cadre in serving(slot) where cadres.insert(cadre).inserted {
                for other in next(cadre) where reached.insert(other).inserted { queue.append(other) }
            }
        }
        return (reached, cadres)
    }

    /// Those of towns first.
    private func ordered(_ cadres: Set<Int32>) -> [Int32] {
        let keyed = cadres.map { cadre in
            let isOfTown = if case .townOf = problem.cadres[Int(cadre)].area { true } else { false }
            return (isOfTown ? 0 : 1, layout.cadreSlots[Int(cadre)], cadre)
        }
        return keyed.sorted { $0 < $1 }.map(\.2)
    }

    /// The cadres who may begin or go on to help in a village, as far as their quota leaves them a choice.
    private func serving(_ slot: Int) -> [Int32] {
        let town = layout.cadres(of: layout.townPlace(Int(layout.townOfVillage[slot])))
        let own = layout.cadres(of: layout.villagePlace(slot))
        let outside = layout.households(of: slot).flatMap { position in
            layout.pairs(of: Int(layout.households[position])).filter { layout.bonds.canKeep(Int($0)) }
                .map { problem.pairs[Int($0)].cadre }.filter { !layout.serves(Int($0), slot) }
        }
        return (town.filter(hasRoom) + own.filter(hasRoom)).map { layout.cadres[$0] }
            + outside.filter { layout.room(of: Int($0)) > 0 }
    }

    /// Where a cadre covers somebody, and where they might and somebody is missing.
    private func next(_ cadre: Int32) -> [Int] {
        var villages = covered[cadre].map { $0.sorted() } ?? []
        if case .townOf(let village) = problem.cadres[Int(cadre)].area {
            villages += layout.towns[Int(layout.townOfVillage[Int(layout.villageSlots[Int(village)])])]
                .filter { uncovered[$0] > 0 }
        }
        if case .village(let village) = problem.cadres[Int(cadre)].area,
            uncovered[Int(layout.villageSlots[Int(village)])] > 0
        {
            villages.append(Int(layout.villageSlots[Int(village)]))
        }
        return villages
    }

    private func isPinned(_ household: Int, _ cadre: Int32) -> Bool {
        layout.pairs(of: household).contains {
            problem.pairs[Int($0)].cadre == cadre && layout.bonds.standings[Int($0)] == .pinned
        }
    }

    /// Everybody linked to the villages counts as one who may serve them, also those whom pins have filled.
    private func shortage(_ cut: [Int], _ reached: [Int32], _ idle: inout IdleCadres) -> PairingShortage {
        var cadres = reached
        let known = Set(reached)
        for slot in cut {
            cadres += layout.cadres(of: layout.villagePlace(slot)).map { layout.cadres[$0] }
                .filter { problem.cadres[Int($0)].quota > 0 && !known.contains($0) }
        }
        let households = cut.flatMap { slot in layout.households(of: slot).map { Int(layout.households[$0]) } }
        let members = Set(cadres)
        // The first pin of a household covers it; everything else that is pinned only takes room.
        let covering = Set(
            households.compactMap { household in
                layout.pairs(of: household).first { layout.bonds.standings[Int($0)] == .pinned }
            })
        let pins = pinned.filter { members.contains(problem.pairs[Int($0)].cadre) && !covering.contains($0) }
        let missing = cut.map { (slot: $0, count: uncovered[$0]) }.filter { $0.count > 0 }
        let left = missing.reduce(0) { $0 + $1.count }
        return PairingShortage(
            villages: cut.map { layout.villages[$0] }, households: households.count, cadres: cadres,
            carried: households.count - left, uncovered: left, pins: pins, cure: idle.cure(missing))
    }

    private func jointShortage(_ slot: Int, _ town: Int) -> JointShortage? {
        var needs = 0
        var unmet = 0
        var pins: [Int32] = []
        for position in layout.households(of: slot) {
            let index = Int(layout.households[position])
            guard problem.households[index].needsTwoUnits else { continue }
            needs += 1
            let helpers = assignment.helpers(of: index)
            guard Set(helpers.map { problem.cadres[Int($0)].unit }).count < 2 else { continue }
            unmet += 1
            if !helpers.isEmpty, helpers.allSatisfy({ isPinned(index, $0) }) {
                pins += layout.pairs(of: index).filter { layout.bonds.standings[Int($0)] == .pinned }
            }
        }
        guard unmet > 0 else { return nil }
        let positions =
            layout.cadres(of: layout.townPlace(town)).filter(hasRoom)
            + layout.cadres(of: layout.villagePlace(slot)).filter(hasRoom)
        let cadres = positions.map { layout.cadres[$0] }
        let units = Set(cadres.map { problem.cadres[Int($0)].unit })
        let hasSpare = cadres.contains(where: hasSpare)
        let cause: JointShortage.Cause =
            if cadres.isEmpty { .nobody } else if units.count == 1 || hasSpare { .oneUnit } else { .noRoom }
        return JointShortage(
            village: layout.villages[slot], needs: needs, unmet: unmet, cause: cause, cadres: cadres,
            units: units.sorted { layout.unitRanks[Int($0)] < layout.unitRanks[Int($1)] }, pins: pins)
    }
}

extension ShortageFinder {
    /// Whether a cadre could begin to help one more household that needs two units.
    private func hasSpare(_ cadre: Int32) -> Bool {
        let cadre = Int(cadre)
        let spare = problem.cadres[cadre].quota - assignment.loads[cadre]
        guard spare > 0 else { return false }
        return spare <= problem.cadres[cadre].newMax && problem.cadres[cadre].quota <= problem.cadres[cadre].jointMax
    }
}

/// Cadres who have a quota and nothing to do, each to be lent once.
private struct IdleCadres {
    private let layout: PairingLayout
    private let problem: PairingProblem
    /// By quota, then by town; -1 for those who are linked nowhere.
    private var pool: [Int32: [Int32: [Int32]]] = [:]

    init(_ layout: PairingLayout, _ assignment: PairingAssignment) {
        self.layout = layout
        problem = layout.problem
        let idle = problem.cadres.indices.filter {
            problem.cadres[$0].isAble && min(problem.cadres[$0].quota, problem.cadres[$0].newMax) > 0
                && assignment.loads[$0] == 0
        }
        .sorted { layout.comesFirst(Int32($1), Int32($0)) }
        for index in idle {
            pool[room(of: index), default: [:]][town(of: index), default: []].append(Int32(index))
        }
    }

    /// What they could take.
    private func room(of cadre: Int) -> Int32 { min(problem.cadres[cadre].quota, problem.cadres[cadre].newMax) }

    private func village(of cadre: Int) -> Int32? {
        switch problem.cadres[cadre].area {
        case .nowhere: nil
        case .village(let village), .townOf(let village): village
        }
    }

    private func town(of cadre: Int) -> Int32 {
        village(of: cadre).map { layout.townOfVillage[Int(layout.villageSlots[Int($0)])] } ?? -1
    }

    private func servesTown(_ cadre: Int) -> Bool {
        switch problem.cadres[cadre].area {
        case .townOf: true
        case .village: false
        case .nowhere: problem.cadres[cadre].rank.servesTown
        }
    }

    /// As few cadres as possible: the smallest quota that is enough, else the greatest; neighbours first.
    private mutating func take(room: Int, town: Int32) -> Int32? {
        let quotas = pool.keys.sorted()
        guard let quota = quotas.first(where: { Int($0) >= room }) ?? quotas.last, var towns = pool[quota],
            let source = towns[town] == nil ? towns.keys.min() : town, let cadre = towns[source]?.popLast()
        else { return nil }
        if towns[source]?.isEmpty == true { towns[source] = nil }
        pool[quota] = towns.isEmpty ? nil : towns
        return cadre
    }

    mutating func cure(_ short: [(slot: Int, count: Int)]) -> ShortageCure {
        var cure = ShortageCure()
        var rest = short
        while let most = rest.indices.max(by: { (rest[$0].count, -$0) < (rest[$1].count, -$1) }), rest[most].count > 0 {
            let slot = rest[most].slot
            guard let cadre = take(room: rest[most].count, town: layout.townOfVillage[slot]) else { break }
            var room = Int(room(of: Int(cadre)))
            let quota = room
            for index in servesTown(Int(cadre)) ? [most] + rest.indices.filter({ $0 != most }) : [most] {
                let helped = min(room, rest[index].count)
                rest[index].count -= helped
                room -= helped
            }
            cure.relinks.append(
                ShortageCure.Relink(
                    cadre: cadre, from: village(of: Int(cadre)), to: layout.villages[slot], room: quota - room,
                    isSameTown: town(of: Int(cadre)) == layout.townOfVillage[slot]))
        }
        cure.left = rest.reduce(0) { $0 + $1.count }
        guard cure.left > 0 else { return cure }
        for rank in PairingRank.allCases {
            guard let quota = problem.rankQuotas[rank].map({ Int($0) }), quota > 0 else { continue }
            let count =
                rank.servesTown
                ? (cure.left + quota - 1) / quota
                : rest.reduce(0) { $0 + ($1.count + quota - 1) / quota }
            cure.missing.append(ShortageCure.MissingRank(rank: rank, count: count))
        }
        return cure
    }
}
