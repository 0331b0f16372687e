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
            let pair = present.first { problem.pairs[Int($0)].cadre == cadre }.map { problem.pairs[Int($0)] }
            let helper = problem.cadres[Int(cadre)]
            return Candidate(
                cadre: cadre, present: pair,
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
            let pair = problem.pairs[Int(number)]
            proposal.totals.pairsBroken += 1
            proposal.pairs.append(
                ProposedPair(
                    household: pair.household, cadre: pair.cadre, role: pair.role, action: .ended,
                    reasons: endReason(pair, slot)))
        }
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
            proposal.totals.fitCost += problem.loadCost(count: Int(load), quota: Int(problem.cadres[index].quota))
        }
        proposal.zeroDuty.sort { problem.cadres[Int($0)].id < problem.cadres[Int($1)].id }
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
            case .firstResponsible: candidate.present?.isPinned == true ? 0 : 1
            case .joint: 2
            case nil: 3
            }
        }
        let (leftId, rightId) = (problem.cadres[Int(left.cadre)].id, problem.cadres[Int(right.cadre)].id)
        return (order(left), left.cost, leftId) < (order(right), right.cost, rightId)
    }

    private func count(_ candidates: [Candidate], _ household: PairingHousehold, _ totals: inout PairingTotals) {
        totals.households += 1
        if !candidates.isEmpty { totals.covered += 1 }
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
        }
    }

    private func reasons(
        _ candidate: Candidate, _ role: PairingRole, _ household: PairingHousehold, bringsUnit: Bool
    ) -> PairingReasons {
        var reasons = PairingReasons(fit: candidate.fit)
        let cadre = problem.cadres[Int(candidate.cadre)]
        if let present = candidate.present {
            reasons.insert(.existing)
            if present.isPinned { reasons.insert(.pinned) }
            if present.role != role { reasons.insert(.roleChanged) }
        } else if role == .firstResponsible {
            reasons.insert(.covers)
        }
        if bringsUnit { reasons.insert(.secondUnit) }
        if cadre.isInPost, assignment.loads[Int(candidate.cadre)] == 1 { reasons.insert(.onlyDuty) }
        if household.depth >= 2, cadre.rank < .middle { reasons.insert(.highRank) }
        return reasons
    }

    private func endReason(_ pair: ExistingPair, _ slot: Int) -> PairingReasons {
        let cadre = Int(pair.cadre)
        if problem.cadres[cadre].quota == 0 { return .noQuota }
        if !layout.serves(cadre, slot) { return .outsideArea }
        if presentLoads[cadre] > problem.cadres[cadre].quota { return .overQuota }
        return .madeRoom
    }
}
