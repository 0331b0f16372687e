// A run's draft: what the engine proposes for an area, held against the rule that nobody is unhooked before exit, with
// totals town by town. Deliberately without the database: it is made from what was read, and stored elsewhere.

import Dispatch
import Domain
import Service
import Synchronization

/// The run is not wanted any more, or the service ends.
struct RunInterrupted: Error {}

struct RunDraft: Sendable {
    let input: PairingInput
    /// Every pair that is kept, added or ended.
    private(set) var pairs: [ProposedPair]
    let shortages: [PairingShortage]
    let jointShortages: [JointShortage]
    /// Cadres in post who are left with nothing, as positions.
    let zeroDuty: [Int32]
    /// The goals by town, as it is and as it would be.
    let before: [Identifier: PairingTotals]
    private(set) var after: [Identifier: PairingTotals]

    /// Solves a problem, its parts side by side.
    ///
    /// - Parameters:
    ///   - watch: told the share that is solved, 0 to 1, from any thread.
    ///   - shouldStop: asked between parts.
    /// - Throws: `PairingFault`, or `RunInterrupted`.
    static func make(
        _ input: PairingInput, watch: @escaping @Sendable (Double) -> Void = { _ in },
        shouldStop: @escaping @Sendable () -> Bool = { false }
    ) throws -> RunDraft {
        let plan = try PairingPlan(input.problem)
        let largestFirst = plan.components.indices.sorted {
            (plan.components[$1].size, $0) < (plan.components[$0].size, $1)
        }
        let total = plan.components.reduce(0) { $0 + $1.size }
        let solved = Mutex<(parts: [PairingPart], fault: PairingFault?, size: Int)>(([], nil, 0))
        DispatchQueue.concurrentPerform(iterations: largestFirst.count) { index in
            guard !shouldStop() else { return }
            let component = plan.components[largestFirst[index]]
            let result = Result { () throws(PairingFault) in try component.solve() }
            let size = solved.withLock { solved in
                switch result {
                case .success(let part): solved.parts.append(part)
                case .failure(let fault): solved.fault = fault
                }
                solved.size += component.size
                return solved.size
            }
            watch(Double(size) / Double(max(total, 1)))
        }
        let (parts, fault, _) = solved.withLock { $0 }
        if let fault { throw fault }
        guard parts.count == plan.components.count else { throw RunInterrupted() }
        return RunDraft(input, plan.proposal(parts))
    }

    private init(_ input: PairingInput, _ proposal: PairingProposal) {
        self.input = input
        pairs = proposal.pairs
        shortages = proposal.shortages
        jointShortages = proposal.jointShortages
        let problem = input.problem
        before = PairingCount(problem, problem.pairs.map { ($0.household, $0.cadre) }).byTown
        Self.keepHooked(&pairs, input)
        let count = PairingCount(problem, pairs.filter { $0.action != .ended }.map { ($0.household, $0.cadre) })
        after = count.byTown
        zeroDuty = count.zeroDuty
        for index in pairs.indices where count.loads[Int(pairs[index].cadre)] > 1 {
            pairs[index].reasons.remove(.onlyDuty)
        }
        for pair in pairs {
            let town = problem.villages[Int(problem.households[Int(pair.household)].village)].town
            switch pair.action {
            case .kept: after[town]?.kept += 1
            case .added: after[town]?.added += 1
            case .ended: after[town]?.pairsBroken += 1
            }
        }
    }

    /// The engine may end pairs that are outside of an area or beyond a quota and find nobody instead. A household that
    /// is not lifted then keeps its first-responsible helper, else the one it has had longest (R046).
    private static func keepHooked(_ pairs: inout [ProposedPair], _ input: PairingInput) {
        var first = 0
        while first < pairs.count {
            var last = first
            while last + 1 < pairs.count, pairs[last + 1].household == pairs[first].household { last += 1 }
            let household = Int(pairs[first].household)
            if !input.isLifted(household), pairs[first...last].allSatisfy({ $0.action == .ended }) {
                let present = (first...last).compactMap { position in
                    input.position(ofPair: pairs[position].household, pairs[position].cadre).map {
                        (position, pair: $0)
                    }
                }
                let kept = present.min { left, right in
                    func order(_ pair: Int) -> (Int, CivilDate, Identifier) {
                        (
                            input.problem.pairs[pair].role == .firstResponsible ? 0 : 1, input.pairings[pair].first,
                            input.pairings[pair].id
                        )
                    }
                    return order(left.pair) < order(right.pair)
                }
                if let (position, _) = kept {
                    let hasChanged = pairs[position].role != .firstResponsible
                    pairs[position].action = .kept
                    pairs[position].role = .firstResponsible
                    pairs[position].reasons =
                        hasChanged ? [.existing, .noUnhooking, .roleChanged] : [.existing, .noUnhooking]
                }
            }
            first = last + 1
        }
    }

    /// Totals of the towns of a range, added up.
    static func sum(_ byTown: [Identifier: PairingTotals], in scope: Scope, _ input: PairingInput) -> PairingTotals {
        var sum = PairingTotals()
        for (town, totals) in byTown where input.towns[town].map({ scope.contains($0.scope) }) ?? true { sum += totals }
        return sum
    }
}
