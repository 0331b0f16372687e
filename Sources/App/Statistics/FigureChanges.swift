// What a transaction changes of the kept figures. An import writes hundreds of households in one transaction, and a row
// of figures for each of their values would double its time: so differences are gathered, and written once before the
// transaction's work returns. It deliberately knows no SQL of households; a recount is in FigureRecount.

import Domain
import SQL

/// What households and people are counted by.
enum FigureDimension: String, CaseIterable, Comparable {
    case all, status, attribute, cause, labour
    case sex, education, health
    case labourCapacity = "labour-capacity"
    case birthDate = "birth-date"

    static func < (left: FigureDimension, right: FigureDimension) -> Bool { left.rawValue < right.rawValue }
}

/// A household as the figures see it: where it is, its state, and who lives in it.
struct CountedHousehold {
    let state: HouseholdState
    /// Those who live in it; others are not counted.
    let members: [MemberState]

    init(_ state: HouseholdState, _ members: some Sequence<MemberState>) {
        self.state = state
        self.members = members.filter(\.isPresent)
    }

    init(_ stored: StoredHousehold) { self.init(stored.state, stored.members.lazy.map(\.state)) }
}

/// The differences that one transaction has gathered. Used by the writer's thread only.
final class FigureChanges {
    private struct Key: Hashable {
        let village: Identifier
        let dimension: FigureDimension
    }

    private var counts: [Key: [String: FigureCounts]] = [:]
    /// What was gathered since the outermost savepoint began, so that a part can be taken back without a copy of all.
    private var journal: [(before: CountedHousehold?, after: CountedHousehold?)] = []
    private var savepointDepth = 0

    /// A household is no longer what it was, and is something else: nil before for a new one, nil after for one that is
    /// taken out.
    func replace(_ before: CountedHousehold?, by after: CountedHousehold?) {
        if savepointDepth > 0 { journal.append((before, after)) }
        count(before, after)
    }

    private func count(_ before: CountedHousehold?, _ after: CountedHousehold?) {
        if let before { add(before, -1) }
        if let after { add(after, 1) }
    }

    private func add(_ household: CountedHousehold, _ sign: Int) {
        let state = household.state
        let people = household.members.count * sign
        func add(_ dimension: FigureDimension, _ code: String, households: Int, people: Int) {
            counts[Key(village: state.villageId, dimension: dimension), default: [:]][code, default: FigureCounts()] +=
                FigureCounts(households: households, people: people)
        }
        add(.all, "", households: sign, people: people)
        add(.status, state.status, households: sign, people: people)
        add(.attribute, state.attribute, households: sign, people: people)
        add(.cause, state.mainCause, households: sign, people: people)
        add(.labour, state.labour, households: sign, people: people)
        for (index, member) in household.members.enumerated() {
            let before = household.members[..<index]
            func addMember(_ dimension: FigureDimension, _ code: (MemberState) -> String?) {
                let own = code(member)
                let isFirst = !before.contains { code($0) == own }
                add(dimension, own ?? "", households: isFirst ? sign : 0, people: sign)
            }
            addMember(.sex) { $0.sex }
            addMember(.education) { $0.education }
            addMember(.health) { $0.health }
            addMember(.labourCapacity) { $0.labourCapacity }
            add(.birthDate, member.birthDate?.description ?? "", households: 0, people: sign)
        }
    }

    /// Runs work that may be taken back: what it gathered goes with it.
    func takingBack<Result>(_ work: () throws -> Result) rethrows -> Result {
        let mark = journal.count
        savepointDepth += 1
        defer {
            savepointDepth -= 1
            if savepointDepth == 0 { journal = [] }
        }
        do {
            return try work()
        } catch {
            for (before, after) in journal[mark...].reversed() { count(after, before) }
            journal.removeSubrange(mark...)
            throw error
        }
    }

    /// Writes what was gathered: a row for each village and dimension in which something differs.
    func write(_ connection: Connection) throws {
        guard !counts.isEmpty else { return }
        let gathered = counts.mapValues { $0.filter { !$0.value.isZero } }.filter { !$0.value.isEmpty }
        counts = [:]
        for (key, changes) in gathered.sorted(by: {
            ($0.key.village, $0.key.dimension) < ($1.key.village, $1.key.dimension)
        }) {
            let stored = try connection.first(
                "SELECT counts FROM household_figure WHERE village_id = $1 AND dimension = $2", key.village,
                key.dimension.rawValue
            ) { FigureText.read($0.utf8(0)) }
            var kept = stored ?? [:]
            for (code, change) in changes { kept[code, default: FigureCounts()] += change }
            // A value that nobody has any more leaves nothing: figures do not grow with history.
            kept = kept.filter { !$0.value.isZero }
            guard !kept.isEmpty else {
                try connection.run(
                    "DELETE FROM household_figure WHERE village_id = $1 AND dimension = $2", key.village,
                    key.dimension.rawValue)
                continue
            }
            try connection.run(
                """
                INSERT INTO household_figure (village_id, dimension, counts) VALUES ($1, $2, $3)
                ON CONFLICT (village_id, dimension) DO UPDATE SET counts = excluded.counts
                """, key.village, key.dimension.rawValue, FigureText.write(kept))
        }
    }
}
