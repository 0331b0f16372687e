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
    case birthYear = "birth-year"
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
        let code: String
    }

    private struct Counts {
        var households = 0
        var people = 0
    }

    private var counts: [Key: Counts] = [:]
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
            counts[Key(village: state.villageId, dimension: dimension, code: code), default: Counts()].households +=
                households
            counts[Key(village: state.villageId, dimension: dimension, code: code), default: Counts()].people += people
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
            let date = member.birthDate?.description
            add(.birthYear, date.map { String($0.prefix(4)) } ?? "", households: 0, people: sign)
            if let date { add(.birthDate, date, households: 0, people: sign) }
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

    /// Writes what was gathered. In the order of the table, so that each of its pages is visited once.
    func write(_ connection: Connection) throws {
        guard !counts.isEmpty else { return }
        let changes = counts.filter { $0.value.households != 0 || $0.value.people != 0 }.sorted {
            ($0.key.village, $0.key.dimension, $0.key.code) < ($1.key.village, $1.key.dimension, $1.key.code)
        }
        counts = [:]
        for (key, counts) in changes {
            try connection.run(
                """
                INSERT INTO household_figure (village_id, dimension, code, households, people)
                VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (village_id, dimension, code) DO UPDATE SET
                    households = household_figure.households + excluded.households,
                    people = household_figure.people + excluded.people
                """, key.village, key.dimension.rawValue, key.code, counts.households, counts.people)
            // A value that nobody has any more leaves no row: figures do not grow with history.
            guard counts.households < 0 || counts.people < 0 else { continue }
            try connection.run(
                """
                DELETE FROM household_figure
                WHERE village_id = $1 AND dimension = $2 AND code = $3 AND households = 0 AND people = 0
                """, key.village, key.dimension.rawValue, key.code)
        }
    }
}
