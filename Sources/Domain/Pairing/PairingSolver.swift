// The pairing engine: from a problem to the best proposal, exact for its goals in strict order.
// docs/pairing.md has the model, the argument and the sources. Deliberately without clock, chance and threads: who
// wants several components solved at once takes them from the plan.

/// Solves problems of pairing.
public enum PairingSolver {
    /// The best proposal. Goals in strict order: all protected households covered, most households covered, those whose
    /// need is most pressing, fewest existing pairs broken, fewest cadres in post with nothing, most needs of a second
    /// unit met, best fit.
    public static func solve(_ problem: PairingProblem) throws(PairingFault) -> PairingProposal {
        let plan = try PairingPlan(problem)
        var parts: [PairingPart] = []
        for component in plan.components { parts.append(try component.solve()) }
        return plan.proposal(parts)
    }
}

/// A problem cut into parts that can be solved one after the other or side by side.
public struct PairingPlan: Sendable {
    /// The parts, in canonical order.
    public let components: [PairingComponent]
    let layout: PairingLayout

    /// Sorts and cuts the problem, or says what in it does not fit together.
    public init(_ problem: PairingProblem) throws(PairingFault) {
        layout = try PairingLayout(problem)
        components = PairingComponent.all(layout)
    }

    /// The proposal of all parts, which may come in any order.
    public func proposal(_ parts: [PairingPart]) -> PairingProposal {
        let assignment = PairingAssignment(layout, parts)
        var proposal = PairingProposal(
            pairs: [], totals: PairingTotals(), shortages: [], jointShortages: [], zeroDuty: [],
            certificate: PairingCertificate(parts: parts.map(\.duals)))
        proposal.pairs.reserveCapacity(assignment.chosen.count + layout.problem.pairs.count / 8)
        var roles = PairingRoles(layout, assignment)
        for slot in layout.villages.indices {
            for position in layout.households(of: slot) {
                roles.add(Int(layout.households[position]), slot, to: &proposal)
            }
        }
        roles.addDuties(to: &proposal)
        let finder = ShortageFinder(layout, assignment)
        (proposal.shortages, proposal.jointShortages) = finder.shortages()
        return proposal
    }
}

/// Who helps whom, by household and by cadre. Pairs of those who cannot help are no part of it.
struct PairingAssignment {
    /// Pinned pairs and chosen ones, household by household.
    let chosen: [Int32]
    /// Where each household's begin; one more at the end.
    let starts: [Int32]
    /// How many households each cadre has.
    let loads: [Int32]

    init(_ layout: PairingLayout, _ parts: [PairingPart]) {
        let problem = layout.problem
        var starts = [Int32](repeating: 0, count: problem.households.count + 1)
        var loads = [Int32](repeating: 0, count: problem.cadres.count)
        func forEachPair(_ body: (Int32, Int32) -> Void) {
            for (number, pair) in problem.pairs.enumerated() where layout.bonds.standings[number] == .pinned {
                body(pair.household, pair.cadre)
            }
            for part in parts { for pair in part.pairs { body(pair.household, pair.cadre) } }
        }
        forEachPair { household, cadre in
            starts[Int(household) + 1] += 1
            loads[Int(cadre)] += 1
        }
        for household in problem.households.indices { starts[household + 1] += starts[household] }
        var chosen = [Int32](repeating: 0, count: Int(starts.last ?? 0))
        var next = starts
        forEachPair { household, cadre in
            chosen[Int(next[Int(household)])] = cadre
            next[Int(household)] += 1
        }
        self.chosen = chosen
        self.starts = starts
        self.loads = loads
    }

    /// The helpers of a household.
    func helpers(of household: Int) -> ArraySlice<Int32> {
        chosen[Int(starts[household])..<Int(starts[household + 1])]
    }
}
