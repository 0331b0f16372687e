// Roles, reasons and totals of pairs that have been chosen.
// Deliberately after the optimum and without influence on it: a change of role neither breaks a pair nor costs a thing.

/// Turns chosen pairs into lines of a proposal.
struct PairingRoles {
    private let layout: PairingLayout
    private let problem: PairingProblem
    private let assignment: PairingAssignment
    /// How many pairs each cadre has today.
    private let presentLoads: [Int32]

    private struct Candidate {
        let cadre: Int32
        /// The existing pair's number.
        let pair: Int32?
        let present: ExistingPair?
        let cost: Int64
        let fit: PairingFit
    }

    init(_ layout: PairingLayout, _ assignment: PairingAssignment) {
        self.layout = layout
        problem = layout.problem
        self.assignment = assignment
        var loads = [Int32](repeating: 0, count: layout.problem.cadres.count)
        for pair in layout.problem.pairs { loads[Int(pair.cadre)] += 1 }
        presentLoads = loads
    }

    /// Adds the pairs of a household, the first-responsible one before the others, those that end last.
    mutating func add(_ index: Int, _ slot: Int, to proposal: inout PairingProposal) {
        let household = problem.households[index]
        let present = layout.pairs(of: index)
        let helpers = assignment.helpers(of: index)
        var candidates = helpers.map { cadre in
            let number = present.first { problem.pairs[Int($0)].cadre == cadre }
            let helper = problem.cadres[Int(cadre)]
            return Candidate(
                cadre: cadre, pair: number,
                present: number.map { problem.pairs[Int($0)] },
                cost: problem.cost(
                    cadre: helper, village: Int(household.village), depth: Int(household.depth)),
                fit: problem.fit(cadre: helper, village: Int(household.village)))
        }
        if candidates.count > 1 { candidates.sort(by: comesFirst) }
        count(candidates, household, &proposal.totals)
        var units: Set<Int32> = []
        for (position, candidate) in candidates.enumerated() {
            let role: PairingRole = position == 0 ? .firstResponsible : .joint
            let isNewUnit =
                household.needsTwoUnits && candidates.count > 1
                && units.insert(problem.cadres[Int(candidate.cadre)].unit).inserted
            proposal.pairs.append(
                ProposedPair(
                    household: Int32(index), cadre: candidate.cadre, role: role,
                    action: candidate.present == nil ? .added : .kept,
                    reasons: reasons(candidate, role, household, bringsUnit: isNewUnit && units.count == 2)))
        }
        for number in present where !helpers.contains(problem.pairs[Int(number)].cadre) {
            addOther(Int(number), slot, isAlone: helpers.isEmpty, to: &proposal)
        }
    }

    /// A pair that does not go on: it ends, unless it is pinned, or all that a bound household has is a cadre who can
    /// help nobody (R046).
    private func addOther(_ number: Int, _ slot: Int, isAlone: Bool, to proposal: inout PairingProposal) {
        let pair = problem.pairs[number]
        let isIdle = layout.bonds.standings[number] == .idle
        let isHeld = isAlone && problem.households[Int(pair.household)].isBound
        if isIdle, pair.stays || isHeld {
            proposal.totals.kept += 1
            // Whoever can help answers for the household.
            let role: PairingRole = isAlone ? pair.role : .joint
            var reasons: PairingReasons = [.existing, .noQuota, pair.isPinned ? .pinned : .noUnhooking]
            if role != pair.role { reasons.insert(.roleChanged) }
            proposal.pairs.append(
                ProposedPair(household: pair.household, cadre: pair.cadre, role: role, action: .kept, reasons: reasons))
            return
        }
        proposal.totals.ended += 1
        if !isIdle { proposal.totals.pairsBroken += 1 }
        proposal.pairs.append(
            ProposedPair(
                household: pair.household, cadre: pair.cadre, role: pair.role, action: .ended,
                reasons: endReason(number, slot)))
    }

    /// Counts what the cadres carry, and those left with nothing.
    mutating func addDuties(to proposal: inout PairingProposal) {
        for slot in layout.villages.indices {
            add(place: layout.villagePlace(slot), villages: slot..<slot + 1, &proposal)
        }
        for (town, villages) in layout.towns.enumerated() {
            add(place: layout.townPlace(town), villages: villages, &proposal)
        }
        for (index, load) in assignment.loads.enumerated() where load > 0 {
            let quota = problem.cadres[index].quota
            proposal.totals.fitCost += problem.loadCost(count: Int(load), quota: Int(quota))
            proposal.totals.aboveQuota += Int(max(0, load - max(quota, layout.bonds.pinCounts[index])))
        }
        proposal.zeroDuty.sort(by: layout.comesFirst)
    }

    private func add(place: Int, villages: Range<Int>, _ proposal: inout PairingProposal) {
        let hasHouseholds =
            layout.householdStarts[villages.lowerBound] < layout.householdStarts[villages.upperBound]
        for position in layout.cadres(of: place) {
            let index = layout.cadres[position]
            let cadre = problem.cadres[Int(index)]
            proposal.totals.capacity += Int(cadre.quota)
            if hasHouseholds, cadre.isInPost, cadre.quota > 0, assignment.loads[Int(index)] == 0 {
                proposal.zeroDuty.append(index)
                proposal.totals.zeroDuty += 1
            }
        }
    }

    /// Who is first responsible stays so; else who has been a joint helper; else who fits best.
    private func comesFirst(_ left: Candidate, _ right: Candidate) -> Bool {
        func order(_ candidate: Candidate) -> Int {
            switch candidate.present?.role {
            case .firstResponsible: candidate.present?.stays == true ? 0 : 1
            // Whoever is known to leave does not come to answer for the household while somebody stays.
            case .joint: candidate.present?.isLasting == true ? 2 : 3
            case nil: 4
            }
        }
        let (leftOrder, rightOrder) = (order(left), order(right))
        guard leftOrder == rightOrder, left.cost == right.cost else {
            return (leftOrder, left.cost) < (rightOrder, right.cost)
        }
        return layout.comesFirst(left.cadre, right.cadre)
    }

    private func count(_ candidates: [Candidate], _ household: PairingHousehold, _ totals: inout PairingTotals) {
        totals.households += 1
        if !candidates.isEmpty {
            totals.covered += 1
            totals.need += Int(household.need)
        } else if household.isBound {
            totals.boundUncovered += 1
        }
        if household.needsTwoUnits {
            totals.jointNeeds += 1
            if let first = candidates.first {
                let unit = problem.cadres[Int(first.cadre)].unit
                if candidates.contains(where: { problem.cadres[Int($0.cadre)].unit != unit }) {
                    totals.jointNeedsMet += 1
                }
            }
        }
        for candidate in candidates {
            totals.fitCost += candidate.cost
            if candidate.present == nil {
                totals.added += 1
            } else {
                totals.kept += 1
            }
            if let pair = candidate.pair, layout.bonds.standings[Int(pair)] == .outside { totals.outsideArea += 1 }
        }
    }

    private func reasons(
        _ candidate: Candidate, _ role: PairingRole, _ household: PairingHousehold, bringsUnit: Bool
    ) -> PairingReasons {
        var reasons = PairingReasons(fit: candidate.fit)
        let cadre = problem.cadres[Int(candidate.cadre)]
        if let present = candidate.present {
            reasons.insert(.existing)
            if present.isPinned { reasons.insert(.pinned) } else if present.isLasting { reasons.insert(.noUnhooking) }
            if present.role != role { reasons.insert(.roleChanged) }
            reasons.formUnion(heldReasons(candidate))
        } else if role == .firstResponsible {
            reasons.insert(.covers)
        }
        if bringsUnit { reasons.insert(.secondUnit) }
        if cadre.isInPost, assignment.loads[Int(candidate.cadre)] == 1 { reasons.insert(.onlyDuty) }
        if household.depth >= 2, cadre.rank < .middle { reasons.insert(.highRank) }
        return reasons
    }

    /// What would end the pair of a household that is not protected.
    private func heldReasons(_ candidate: Candidate) -> PairingReasons {
        guard let number = candidate.pair, layout.bonds.canKeep(Int(number)) else { return [] }
        var reasons: PairingReasons = []
        let cadre = Int(candidate.cadre)
        if layout.bonds.standings[Int(number)] == .outside { reasons.insert(.outsideArea) }
        if assignment.loads[cadre] > problem.cadres[cadre].quota { reasons.insert(.overQuota) }
        if !reasons.isEmpty { reasons.insert(.noUnhooking) }
        return reasons
    }

    private func endReason(_ number: Int, _ slot: Int) -> PairingReasons {
        let cadre = Int(problem.pairs[number].cadre)
        if !problem.cadres[cadre].isAble { return .noQuota }
        if layout.bonds.standings[number] == .outside { return .outsideArea }
        if layout.bonds.standings[number] == .ending, !layout.isInside(cadre, slot) { return .outsideArea }
        if presentLoads[cadre] > problem.cadres[cadre].quota { return .overQuota }
        return .madeRoom
    }
}
