// Which helpers of a household stay because the others are known to leave: a run is of one day, and whoever is helped
// on it must not be found without help on a later one (R046).

import Domain
import Service

/// The days from a run's on, on which each of the existing pairs of one household helps it.
struct LastingHelp {
    /// For each pair, ascending.
    let days: [[DayInterval]]

    /// The pairs that stay. None where each of them helps as long as all together: then any one may stay, or somebody
    /// new come.
    ///
    /// - Parameters:
    ///   - pinned: those that stay anyhow.
    ///   - order: that in which they are taken where they last equally long.
    func staying(beside pinned: Set<Int>, order: [Int]) -> Set<Int> {
        let starts = Set(days.joined().flatMap { [$0.first, $0.end].compactMap(\.self) }).sorted()
        let helpers = starts.map { start in days.indices.filter { pair in days[pair].contains { $0.contains(start) } } }
        let helped = helpers.filter { !$0.isEmpty }
        guard let first = helped.first, helped.contains(where: { $0 != first }) else { return [] }
        var staying = pinned
        for (index, there) in helpers.enumerated() where !there.isEmpty && staying.isDisjoint(with: there) {
            func reach(_ pair: Int) -> Int { helpers[index...].prefix { $0.contains(pair) }.count }
            let longest = there.map(reach).max()
            let chosen = order.first { there.contains($0) && reach($0) == longest }
            if let chosen { staying.insert(chosen) }
        }
        return staying.subtracting(pinned)
    }
}

extension LastingHelp {
    /// Marks the pairs that stay, of households that must be helped and have several helpers.
    ///
    /// - Parameters:
    ///   - ends: of the pairs.
    ///   - able: for each cadre the days on which they can help.
    static func hold(in input: inout PairingInput, ends: [CivilDate?], able: [[DayInterval]]) {
        let problem = input.problem
        var held: [Int] = []
        var next = 0
        while next < ends.count {
            let household = problem.pairs[next].household
            let pairs = problem.pairs[next...].prefix { $0.household == household }
            defer { next = pairs.endIndex }
            guard pairs.count > 1, problem.households[Int(household)].isBound else { continue }
            let days = pairs.indices.map { pair in
                able[Int(pairs[pair].cadre)].compactMap {
                    $0.intersection(DayInterval(first: input.day, end: ends[pair]))
                }
            }
            // Whoever answers for it comes first, then whoever has helped longest.
            let order = pairs.indices.map { pair in
                (
                    pairs[pair].role == .firstResponsible ? 0 : 1, input.pairings[pair].first,
                    problem.cadres[Int(pairs[pair].cadre)].order, pair - pairs.startIndex
                )
            }.sorted { $0 < $1 }.map(\.3)
            let pinned = Set(order.filter { pairs[pairs.startIndex + $0].isPinned })
            held += LastingHelp(days: days).staying(beside: pinned, order: order).map { pairs.startIndex + $0 }
        }
        for pair in held { input.problem.pairs[pair].isLasting = true }
    }
}
