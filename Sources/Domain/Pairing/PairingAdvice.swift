// The best helpers for one household and the best households for one cadre, in the terms of the engine.
// Deliberately beside the optimum: an advice looks at one pair, a run at all of them.

/// A pair that could be made now.
public struct PairingCandidate: Hashable, Sendable {
    /// A position in ``PairingProblem/households``.
    public var household: Int32
    /// A position in ``PairingProblem/cadres``.
    public var cadre: Int32
    /// How many households the cadre can still take.
    public var room: Int
    /// The cost of fit and of the next step of load (goal 6); less is better.
    public var cost: Int64
    /// What the pair would do: cover, bring the second unit, be the cadre's only duty; and how well the cadre fits.
    public var reasons: PairingReasons
}

/// Answers about single households and cadres, from the pairs that exist in the problem.
public struct PairingAdvice: Sendable {
    private let layout: PairingLayout
    private let problem: PairingProblem
    private let loads: [Int32]
    /// Of these those of a second helper.
    private let jointLoads: [Int32]

    /// Prepares answers about a problem: its ``PairingProblem/pairs`` are what exists.
    public init(_ problem: PairingProblem) throws(PairingFault) {
        layout = try PairingLayout(problem)
        self.problem = problem
        var loads = [Int32](repeating: 0, count: problem.cadres.count)
        var jointLoads = loads
        for pair in problem.pairs {
            loads[Int(pair.cadre)] += 1
            if problem.isOfSecondHelper(pair) { jointLoads[Int(pair.cadre)] += 1 }
        }
        self.loads = loads
        self.jointLoads = jointLoads
    }

    /// The cadres linked to the household's village or town, with room, who do not help it yet: those who do most for
    /// the goals first, then the cheapest.
    public func helpers(for household: Int, limit: Int = 5) -> [PairingCandidate] {
        let slot = Int(layout.villageSlots[Int(problem.households[household].village)])
        let places = [layout.townPlace(Int(layout.townOfVillage[slot])), layout.villagePlace(slot)]
        return best(
            places.flatMap { layout.cadres(of: $0) }
                .compactMap { candidate(household, layout.cadres[$0]) }, limit: limit
        ) { (problem.cadres[Int($0.cadre)].order, problem.cadres[Int($0.cadre)].id) }
    }

    /// The households in the cadre's linked area that they do not help yet: those without anybody first, then those
    /// that need a second unit, then the cheapest. Nothing if they have no room.
    public func households(for cadre: Int, limit: Int = 5) -> [PairingCandidate] {
        let slots: Range<Int>
        switch problem.cadres[cadre].area {
        case .nowhere: return []
        case .village(let village):
            let slot = Int(layout.villageSlots[Int(village)])
            slots = slot..<slot + 1
        case .townOf(let village):
            slots = layout.towns[Int(layout.townOfVillage[Int(layout.villageSlots[Int(village)])])]
        }
        return best(
            slots.flatMap { layout.households(of: $0) }
                .compactMap { candidate(Int(layout.households[$0]), Int32(cadre)) }, limit: limit
        ) { (problem.households[Int($0.household)].order, problem.households[Int($0.household)].id) }
    }

    private func candidate(_ household: Int, _ cadre: Int32) -> PairingCandidate? {
        let helper = problem.cadres[Int(cadre)]
        let load = loads[Int(cadre)]
        let present = layout.pairs(of: household).map { problem.pairs[Int($0)] }
        let record = problem.households[household]
        let room = min(helper.quota - load, helper.newMax)
        guard helper.isAble, room > 0, record.takesNew, !present.contains(where: { $0.cadre == cadre }),
            // Beside whoever is there they would be a second helper.
            !record.needsTwoUnits && present.isEmpty || jointLoads[Int(cadre)] < helper.jointMax
        else { return nil }
        let fit = problem.fit(cadre: helper, village: Int(record.village))
        var reasons = PairingReasons(fit: fit)
        let units = Set(present.map { problem.cadres[Int($0.cadre)] }.filter(\.isAble).map(\.unit))
        if units.isEmpty {
            reasons.insert(.covers)
        } else if record.needsTwoUnits, units.count == 1, !units.contains(helper.unit) {
            reasons.insert(.secondUnit)
        }
        if load == 0, helper.isInPost { reasons.insert(.onlyDuty) }
        if record.depth >= 2, helper.rank < .middle { reasons.insert(.highRank) }
        let cost =
            problem.cost(cadre: helper, village: Int(record.village), depth: Int(record.depth))
            + problem.weights.load(count: Int(load) + 1, quota: Int(helper.quota))
        return PairingCandidate(
            household: Int32(household), cadre: cadre, room: Int(room), cost: cost, reasons: reasons)
    }

    private func best(
        _ candidates: [PairingCandidate], limit: Int, order: (PairingCandidate) -> (Int32, Identifier)
    ) -> [PairingCandidate] {
        func merit(_ candidate: PairingCandidate) -> Int {
            (candidate.reasons.contains(.covers) ? 4 : 0) + (candidate.reasons.contains(.onlyDuty) ? 2 : 0)
                + (candidate.reasons.contains(.secondUnit) ? 1 : 0)
        }
        return Array(
            candidates.sorted {
                let (left, right) = (order($0), order($1))
                return (-merit($0), $0.cost, left.0, left.1) < (-merit($1), $1.cost, right.0, right.1)
            }.prefix(limit))
    }
}
