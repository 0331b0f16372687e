// What the parameters of a run's area say of need: whose is more pressing, and how long after lifting a household still
// keeps its helper (R041, R046).

import Archive
import Domain
import SQL
import Service

struct NeedPolicy: Sendable {
    private(set) var levels = NeedLevels(order: NeedLevels.Criterion.allCases, places: [:])
    /// Months after lifting.
    private(set) var consolidation = 0

    static let keys =
        [ParameterKey.pairingConsolidation, ParameterKey.pairingNeedOrder]
        + NeedLevels.Criterion.allCases.flatMap { criterion in
            criterion.values.map { ParameterKey.pairingNeed(criterion, $0) }
        }

    init() {}

    /// - Parameter rows: for each key its rows, the one that applies first.
    init(_ rows: [String: [ParameterRow]]) {
        func value(_ key: String) -> ParameterValue? { rows[key]?.first.flatMap { ParameterValue(stored: $0.value) } }
        var order = NeedLevels.Criterion.allCases
        if case .set(let words) = value(ParameterKey.pairingNeedOrder) {
            order = words.compactMap { NeedLevels.Criterion(rawValue: $0) }
        }
        var places: [String: Int] = [:]
        for criterion in NeedLevels.Criterion.allCases {
            for word in criterion.values {
                places["\(criterion.rawValue).\(word)"] = value(ParameterKey.pairingNeed(criterion, word))?.number
            }
        }
        levels = NeedLevels(order: order, places: places)
        consolidation = value(ParameterKey.pairingConsolidation)?.number ?? 0
    }

    /// Where a household stands on a day.
    struct State {
        /// A value of ``NeedLevels/Criterion/state``.
        let value: String

        var isLifted: Bool { value == "lifted" || value == "consolidation" }
        /// Whether it must not lose its last helper.
        var isBound: Bool { value != "lifted" }
    }

    /// - Parameters:
    ///   - state: a code of `household-state`.
    /// - since: the day on which that began. One that begins after the day did not hold on it: before it was lifted,
    /// a household was on the register.
    func state(_ state: String, since: CivilDate, on day: CivilDate) -> State {
        if HouseholdStateCode.monitored.contains(state) { return State(value: "monitored") }
        switch state {
        case HouseholdStateCode.lifted where since > day: return State(value: "registered")
        case HouseholdStateCode.lifted
        where Consolidation.binds(state: state, since: since, on: day, months: consolidation):
            return State(value: "consolidation")
        case HouseholdStateCode.lifted, HouseholdStateCode.returned, HouseholdStateCode.preparing:
            return State(value: state)
        default: return State(value: "registered")
        }
    }

    /// Adds all of it to a hash.
    func add(to hash: inout RecordHash) {
        hash.add(UInt64(consolidation))
        for criterion in levels.order { hash.add(UInt64(criterion == .state ? 1 : criterion == .depth ? 2 : 3)) }
        for state in NeedLevels.Criterion.state.values {
            for depth in NeedLevels.Criterion.depth.values {
                for isHelpless in [false, true] {
                    hash.add(
                        UInt64(
                            levels.number(
                                state: state, depth: depth == "unknown" ? nil : depth, isHelpless: isHelpless)))
                }
            }
        }
    }
}
