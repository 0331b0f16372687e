// What a transaction changes of the kept figures. An import writes hundreds of households in one transaction, and
// writing a row of figures for each of their values would double its time, so differences are gathered and written once
// before the transaction's work returns. It deliberately knows no SQL of households; the recount is in FigureRecount.

import Domain
import SQL
import Service

/// What households and people are counted by.
enum FigureDimension: String, CaseIterable, Comparable {
    case all, state, attribute, cause, labour
    case sex, education, health
    case labourCapacity = "labour-capacity"
    case birthDate = "birth-date"
    case helpNeed = "help-need"

    static func < (left: FigureDimension, right: FigureDimension) -> Bool { left.rawValue < right.rawValue }
}

/// A household as the figures see it: where it is, its state, and who lives in it.
struct CountedHousehold {
    let state: HouseholdState
    /// Those who live in it; others are not counted.
    let members: [MemberState]

    init(_ state: HouseholdState, _ members: some Sequence<MemberState>) {
        self.state = state
        // Mostly everybody is present, so nothing has to be copied.
        let all = Array(members)
        self.members = all.allSatisfy(\.isPresent) ? all : all.filter(\.isPresent)
    }

    init(_ stored: StoredHousehold) { self.init(stored.state, stored.members.lazy.map(\.state)) }

    /// Nil for one that has ended: it counts nowhere.
    var counted: CountedHousehold? { state.end == nil ? self : nil }
}

extension Transaction {
    /// Differences of kept figures.
    package var figures: FigureChanges { memory() }
}

/// The differences that one transaction has gathered. Used by the writer's thread only.
package final class FigureChanges: Gatherer {
    private var byVillage: [Identifier: VillageFigureChanges] = [:]
    /// What was gathered since the outermost savepoint began, so that a part can be rolled back without copying
    /// everything.
    private var journal: [(before: CountedHousehold?, after: CountedHousehold?)] = []
    /// The positions in the journal where the parts began that have not ended.
    private var begun: [Int] = []

    package init() {}

    /// A household has changed from one state to another: nil before for a new one, nil after for one that is removed.
    func replace(_ before: CountedHousehold?, by after: CountedHousehold?) {
        let (before, after) = (before.flatMap(\.counted), after.flatMap(\.counted))
        guard before != nil || after != nil else { return }
        if !begun.isEmpty { journal.append((before, after)) }
        count(before, after)
    }

    private func count(_ before: CountedHousehold?, _ after: CountedHousehold?) {
        if let before { byVillage[before.state.villageId, default: VillageFigureChanges()].add(before, -1) }
        if let after { byVillage[after.state.villageId, default: VillageFigureChanges()].add(after, 1) }
    }

    package func beginPart() { begun.append(journal.count) }

    package func endPart(isTakenBack: Bool) {
        let mark = begun.removeLast()
        if isTakenBack {
            for (before, after) in journal[mark...].reversed() { count(after, before) }
            journal.removeSubrange(mark...)
        }
        if begun.isEmpty { journal = [] }
    }

    /// Writes what was gathered: a row for each village and dimension in which something differs.
    package func write(_ transaction: Transaction) throws {
        guard !byVillage.isEmpty else { return }
        let gathered = byVillage.sorted { $0.key < $1.key }
        byVillage = [:]
        for (village, changes) in gathered {
            for dimension in FigureDimension.allCases {
                let differing = changes.of(dimension).filter { !$0.value.isZero }
                guard !differing.isEmpty else { continue }
                try Self.write(differing, of: dimension, in: village, transaction.connection)
            }
        }
    }

    private static func write(
        _ changes: [String: FigureCounts], of dimension: FigureDimension, in village: Identifier,
        _ connection: Connection
    ) throws {
        let stored = try connection.first(
            "SELECT counts FROM household_figure WHERE village_id = $1 AND dimension = $2", village,
            dimension.rawValue
        ) { FigureText.read($0.utf8(0)) }
        var kept = stored ?? [:]
        for (code, change) in changes { kept[code, default: FigureCounts()] += change }
        // A value that nobody has any more leaves no row, so that figures do not grow with history.
        kept = kept.filter { !$0.value.isZero }
        guard !kept.isEmpty else {
            try connection.run(
                "DELETE FROM household_figure WHERE village_id = $1 AND dimension = $2", village, dimension.rawValue)
            return
        }
        try connection.run(
            """
            INSERT INTO household_figure (village_id, dimension, counts) VALUES ($1, $2, $3)
            ON CONFLICT (village_id, dimension) DO UPDATE SET counts = excluded.counts
            """, village, dimension.rawValue, FigureText.write(kept))
    }
}

/// The differences of one village. Every household of an import passes through here, on the writer's time, so each
/// dimension has its own dictionary, and days of birth become texts only once, not once for each person.
private struct VillageFigureChanges {
    private var all = FigureCounts()
    private var states: [String: FigureCounts] = [:]
    private var attributes: [String: FigureCounts] = [:]
    private var causes: [String: FigureCounts] = [:]
    private var labour: [String: FigureCounts] = [:]
    private var helpNeeds: [HelpNeed: FigureCounts] = [:]
    private var sexes: [String: FigureCounts] = [:]
    private var educations: [String: FigureCounts] = [:]
    private var health: [String: FigureCounts] = [:]
    private var labourCapacities: [String: FigureCounts] = [:]
    private var births: [CivilDate: Int] = [:]
    private var birthsUnknown = 0

    mutating func add(_ household: CountedHousehold, _ sign: Int) {
        let state = household.state
        let whole = FigureCounts(households: sign, people: household.members.count * sign)
        all += whole
        states[state.state, default: FigureCounts()] += whole
        attributes[state.attribute, default: FigureCounts()] += whole
        causes[state.mainCause, default: FigureCounts()] += whole
        labour[state.labour, default: FigureCounts()] += whole
        let members = household.members
        helpNeeds[state.helpNeed(of: members), default: FigureCounts()] += whole
        for index in members.indices {
            /// A household counts once for each value that one of its members has.
            func add(_ code: (MemberState) -> String?, to counts: inout [String: FigureCounts]) {
                let own = code(members[index])
                let isFirst = !members[..<index].indices.contains { code(members[$0]) == own }
                counts[own ?? "", default: FigureCounts()] += FigureCounts(
                    households: isFirst ? sign : 0, people: sign)
            }
            add({ $0.sex }, to: &sexes)
            add({ $0.education }, to: &educations)
            add({ $0.health }, to: &health)
            add({ $0.labourCapacity }, to: &labourCapacities)
            if let day = members[index].birthDate { births[day, default: 0] += sign } else { birthsUnknown += sign }
        }
    }

    /// The differences of a dimension by code, including codes whose differences cancel out.
    func of(_ dimension: FigureDimension) -> [String: FigureCounts] {
        switch dimension {
        case .all: return ["": all]
        case .state: return states
        case .attribute: return attributes
        case .cause: return causes
        case .labour: return labour
        case .helpNeed: return Dictionary(uniqueKeysWithValues: helpNeeds.map { ($0.key.rawValue, $0.value) })
        case .sex: return sexes
        case .education: return educations
        case .health: return health
        case .labourCapacity: return labourCapacities
        case .birthDate:
            var byText = Dictionary(
                uniqueKeysWithValues: births.map { ($0.key.description, FigureCounts(households: 0, people: $0.value)) }
            )
            byText[""] = FigureCounts(households: 0, people: birthsUnknown)
            return byText
        }
    }
}
