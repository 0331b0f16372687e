// What existing pairs bind: which households are protected, who is above their quota whatever is decided, and which
// pairs may go on. Deliberately without choice: everything here holds for every proposal.

/// What can become of an existing pair.
enum PairStanding: UInt8, Sendable {
    /// It stays, because somebody has pinned it, or the household will have nobody else.
    case pinned
    /// It may go on.
    case inside
    /// It may go on although the household does not live in the cadre's area, because it is protected.
    case outside
    /// It ends.
    case ending
    /// Its cadre can help nobody. It covers nobody, and ends where it is neither pinned nor all that a household has.
    case idle
}

struct PairingBonds: Sendable {
    /// For each pair of the problem.
    private(set) var standings: [PairStanding]
    /// For each household whether it is protected: bound, and helped by somebody who can.
    private(set) var isProtected: [Bool]
    /// For each cadre how many pinned pairs they have, 0 for those who cannot help.
    private(set) var pinCounts: [Int32]
    /// For each cadre how many pairs with protected households, besides pinned ones.
    private(set) var protectedCounts: [Int32]
    /// For each cadre whether pinned pairs and protected households leave them within their quota.
    private(set) var isFree: [Bool]
    /// For each cadre how many pairs of a second helper are settled beforehand: pinned ones, and those in which they
    /// stand beside the helper of a household that needs one.
    private(set) var jointPins: [Int32]
    /// For each cadre how many other pairs that may go on are with households that need two units.
    private(set) var jointKept: [Int32]
    /// For each cadre how many pairs may go on.
    private(set) var keptCounts: [Int32]

    init(_ problem: PairingProblem, villageSlots: [Int32], townOfVillage: [Int32]) {
        let none = [Int32](repeating: 0, count: problem.cadres.count)
        standings = [PairStanding](repeating: .idle, count: problem.pairs.count)
        isProtected = [Bool](repeating: false, count: problem.households.count)
        (pinCounts, protectedCounts, jointPins, jointKept, keptCounts) = (none, none, none, none, none)
        isFree = problem.cadres.map(\.isAble)
        for pair in problem.pairs where problem.cadres[Int(pair.cadre)].isAble {
            if problem.households[Int(pair.household)].isBound { isProtected[Int(pair.household)] = true }
        }
        for pair in problem.pairs where problem.cadres[Int(pair.cadre)].isAble {
            let household = Int(pair.household)
            if pair.stays {
                pinCounts[Int(pair.cadre)] += 1
            } else if isProtected[household] {
                protectedCounts[Int(pair.cadre)] += 1
            }
        }
        for (index, cadre) in problem.cadres.enumerated() where isFree[index] {
            isFree[index] = pinCounts[index] + protectedCounts[index] <= cadre.quota
        }
        for (number, pair) in problem.pairs.enumerated() {
            let cadre = problem.cadres[Int(pair.cadre)]
            guard cadre.isAble else { continue }
            guard !pair.stays else {
                standings[number] = .pinned
                continue
            }
            let household = problem.households[Int(pair.household)]
            let slot = villageSlots[Int(household.village)]
            let isInside = PairingLayout.contains(
                cadre.presentArea ?? cadre.area, Int(slot), villageSlots: villageSlots, townOfVillage: townOfVillage)
            let hasRoom = isFree[Int(pair.cadre)] && pinCounts[Int(pair.cadre)] < cadre.quota
            standings[number] =
                if isProtected[Int(pair.household)] { isInside ? .inside : .outside } else if isInside, hasRoom {
                    .inside
                } else { .ending }
            guard standings[number] != .ending else { continue }
            keptCounts[Int(pair.cadre)] += 1
        }
        countSeconds(problem)
    }

    /// Counts the pairs of second helpers. Where a household needs one unit, whoever comes to answer for it because
    /// nobody else goes on who would is none.
    private mutating func countSeconds(_ problem: PairingProblem) {
        func goesOn(_ pair: Int) -> Bool { standings[pair] == .pinned || canKeep(pair) }
        var heads = [Int32](repeating: -1, count: problem.households.count)
        for (number, pair) in problem.pairs.enumerated() where goesOn(number) {
            let head = heads[Int(pair.household)]
            if head < 0 || problem.answersBefore(number, Int(head)) { heads[Int(pair.household)] = Int32(number) }
        }
        for (number, pair) in problem.pairs.enumerated() where goesOn(number) {
            let needsTwo = problem.households[Int(pair.household)].needsTwoUnits
            let staysSecond = pair.role == .joint && heads[Int(pair.household)] != number
            if needsTwo, standings[number] != .pinned {
                jointKept[Int(pair.cadre)] += 1
            } else if needsTwo || pair.isJointLater || staysSecond {
                jointPins[Int(pair.cadre)] += 1
            }
        }
    }

    /// Whether a pair may go on without being pinned.
    func canKeep(_ pair: Int) -> Bool { standings[pair] == .inside || standings[pair] == .outside }
}

extension PairingProblem {
    /// Whether a pair counts among those of a second helper as it is (R034): with a household that needs two units,
    /// whoever then answers for it, and wherever the cadre is a joint helper or will be.
    func isOfSecondHelper(_ pair: ExistingPair) -> Bool {
        households[Int(pair.household)].needsTwoUnits || pair.role == .joint || pair.isJointLater
    }

    /// Which of two existing pairs of a household answers for it if both go on, as roles are given.
    func answersBefore(_ left: Int, _ right: Int) -> Bool {
        func rank(_ pair: ExistingPair) -> Int {
            pair.role == .firstResponsible ? (pair.stays ? 0 : 1) : pair.isLasting ? 2 : 3
        }
        let household = households[Int(pairs[left].household)]
        func key(_ pair: ExistingPair) -> (Int, Int64, Int32, Identifier) {
            let cadre = cadres[Int(pair.cadre)]
            let cost = cost(cadre: cadre, village: Int(household.village), depth: Int(household.depth))
            return (rank(pair), cost, cadre.order, cadre.id)
        }
        return key(pairs[left]) < key(pairs[right])
    }
}
