// Finds the minimum cuts behind what is not covered, and their cheapest cures.
//
// From a village with uncovered households the cut spreads to everybody who may serve it, and from a town's own cadres
// to the other villages in which they cover somebody. In a best proposal all whom it reaches are full with households
// of the cut that nobody else covers: otherwise one more household could be covered along the way.

struct ShortageFinder {
    private let layout: PairingLayout
    private let problem: PairingProblem
    private let assignment: PairingAssignment
    /// Pinned pairs, in canonical order.
    private let pinned: [Int32]

    init(_ layout: PairingLayout, _ assignment: PairingAssignment) {
        self.layout = layout
        let problem = layout.problem
        self.problem = problem
        self.assignment = assignment
        pinned = layout.pairs.filter { problem.pairs[Int($0)].isPinned }
    }

    func shortages() -> ([PairingShortage], [JointShortage]) {
        var shortages: [PairingShortage] = []
        var jointShortages: [JointShortage] = []
        var idle = IdleCadres(layout, assignment)
        let uncovered = layout.villages.indices.map { slot in
            layout.households(of: slot).count { assignment.helpers(of: Int(layout.households[$0])).isEmpty }
        }
        for (town, villages) in layout.towns.enumerated() {
            let short = villages.filter { uncovered[$0] > 0 }
            let townCadres = layout.cadres(of: layout.townPlace(town)).filter { hasRoom($0) }
            if townCadres.isEmpty {
                for slot in short {
                    let cut = [slot]
                    shortages.append(shortage(cut, [], uncovered, &idle))
                }
            } else if !short.isEmpty {
                shortages.append(shortage(spread(short, villages, townCadres), townCadres, uncovered, &idle))
            }
            for slot in villages { if let joint = jointShortage(slot, town) { jointShortages.append(joint) } }
        }
        return (shortages, jointShortages)
    }

    private func hasRoom(_ position: Int) -> Bool { layout.room(of: Int(layout.cadres[position])) > 0 }

    /// The short villages, and those in which a town's own cadres cover somebody.
    private func spread(_ short: [Int], _ villages: Range<Int>, _ townCadres: [Int]) -> [Int] {
        let place = layout.cadres(of: layout.townPlace(Int(layout.townOfVillage[villages.lowerBound])))
        return villages.filter { slot in
            short.contains(slot)
                || layout.households(of: slot).contains { position in
                    let household = Int(layout.households[position])
                    return assignment.helpers(of: household).contains { cadre in
                        place.contains(Int(layout.cadreSlots[Int(cadre)]))
                            && layout.room(of: Int(cadre)) > 0 && !isPinned(household, cadre)
                    }
                }
        }
    }

    private func isPinned(_ household: Int, _ cadre: Int32) -> Bool {
        layout.pairs(of: household).contains {
            problem.pairs[Int($0)].cadre == cadre && problem.pairs[Int($0)].isPinned
        }
    }

    private func shortage(
        _ cut: [Int], _ townCadres: [Int], _ uncovered: [Int], _ idle: inout IdleCadres
    ) -> PairingShortage {
        let positions =
            townCadres
            + cut.flatMap { slot in
                layout.cadres(of: layout.villagePlace(slot)).filter { problem.cadres[Int(layout.cadres[$0])].quota > 0 }
            }
        let cadres = positions.map { layout.cadres[$0] }
        let households = cut.flatMap { slot in layout.households(of: slot).map { Int(layout.households[$0]) } }
        var carried = cadres.reduce(0) { $0 + Int(layout.room(of: Int($1))) }
        let members = Set(cadres)
        // The first pin of a household covers it; everything else that is pinned only takes room.
        var covering: Set<Int32> = []
        for household in households {
            if let pin = layout.pairs(of: household).first(where: { problem.pairs[Int($0)].isPinned }) {
                carried += 1
                covering.insert(pin)
            }
        }
        let pins = pinned.filter { members.contains(problem.pairs[Int($0)].cadre) && !covering.contains($0) }
        let missing = cut.map { (slot: $0, count: uncovered[$0]) }.filter { $0.count > 0 }
        return PairingShortage(
            villages: cut.map { layout.villages[$0] }, households: households.count, cadres: cadres,
            carried: carried, uncovered: missing.reduce(0) { $0 + $1.count }, pins: pins,
            cure: idle.cure(missing))
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
                pins += layout.pairs(of: index).filter { problem.pairs[Int($0)].isPinned }
            }
        }
        guard unmet > 0 else { return nil }
        let positions =
            layout.cadres(of: layout.townPlace(town)).filter(hasRoom)
            + layout.cadres(of: layout.villagePlace(slot)).filter(hasRoom)
        let cadres = positions.map { layout.cadres[$0] }
        let units = Set(cadres.map { problem.cadres[Int($0)].unit })
        let hasSpare = cadres.contains { assignment.loads[Int($0)] < problem.cadres[Int($0)].quota }
        let cause: JointShortage.Cause =
            if cadres.isEmpty { .nobody } else if units.count == 1 || hasSpare { .oneUnit } else { .noRoom }
        return JointShortage(
            village: layout.villages[slot], needs: needs, unmet: unmet, cause: cause, cadres: cadres,
            units: units.sorted { layout.unitRanks[Int($0)] < layout.unitRanks[Int($1)] }, pins: pins)
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
        let idle = problem.cadres.indices.filter { problem.cadres[$0].quota > 0 && assignment.loads[$0] == 0 }
            .sorted { problem.cadres[$0].id > problem.cadres[$1].id }
        for index in idle {
            pool[problem.cadres[index].quota, default: [:]][town(of: index), default: []].append(Int32(index))
        }
    }

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
            var room = Int(problem.cadres[Int(cadre)].quota)
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
