// A run's draft: what the engine proposes for an area, with totals town by town. Deliberately without the database:
// it is made from what was read, and stored elsewhere.

import Dispatch
import Domain
import Service
import Synchronization

/// The run is not wanted any more, or the service ends.
struct RunInterrupted: Error {}

struct RunDraft: Sendable {
    let input: PairingInput
    /// Every pair that is kept, added or ended.
    let pairs: [ProposedPair]
    let shortages: [PairingShortage]
    let jointShortages: [JointShortage]
    /// Cadres in post who are left with nothing, as positions.
    let zeroDuty: [Int32]
    /// The goals by town, as it is without any option and counted as coverage counts, and as it would be.
    let before: [Identifier: PairingTotals]
    private(set) var after: [Identifier: PairingTotals]

    /// Solves a problem, its parts side by side.
    ///
    /// - Parameters:
    ///   - present: what is so, where the problem is one of "what if"; nil for the same.
    ///   - watch: told the share that is solved, 0 to 1, from any thread.
    ///   - shouldStop: asked between parts.
    /// - Throws: `PairingFault`, or `RunInterrupted`.
    static func make(
        _ input: PairingInput, present: PairingInput? = nil,
        watch: @escaping @Sendable (Double) -> Void = { _ in },
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
        return RunDraft(input, plan.proposal(parts), present: (present ?? input).problem)
    }

    private init(_ input: PairingInput, _ proposal: PairingProposal, present: PairingProblem) {
        self.input = input
        pairs = proposal.pairs
        shortages = proposal.shortages
        jointShortages = proposal.jointShortages
        let problem = input.problem
        var answered = [Bool](repeating: false, count: present.households.count)
        for pair in present.pairs where pair.role == .firstResponsible && present.cadres[Int(pair.cadre)].isAble {
            answered[Int(pair.household)] = true
        }
        before = PairingCount(present, present.pairs.map { ($0.household, $0.cadre) }, answered: answered).byTown
        let count = PairingCount(problem, pairs.filter { $0.action != .ended }.map { ($0.household, $0.cadre) })
        after = count.byTown
        zeroDuty = count.zeroDuty
        for pair in pairs {
            let town = problem.villages[Int(problem.households[Int(pair.household)].village)].town
            switch pair.action {
            case .kept: after[town]?.kept += 1
            case .added: after[town]?.added += 1
            case .ended:
                after[town]?.ended += 1
                if problem.cadres[Int(pair.cadre)].isAble { after[town]?.pairsBroken += 1 }
            }
        }
    }

    /// Totals of the towns of a range, added up.
    static func sum(_ byTown: [Identifier: PairingTotals], in scope: Scope, _ input: PairingInput) -> PairingTotals {
        var sum = PairingTotals()
        for (town, totals) in byTown where input.towns[town].map({ scope.contains($0.scope) }) ?? true { sum += totals }
        return sum
    }
}
