// Writes what a run proposes for a part of its area, in one transaction. Pairings end before others begin, because two
// cadres may change their households with each other; that nobody is left alone by it is asked at the end (R046).

import Domain
import SQL
import Service
import Web

/// What an approval did.
struct RunEffect {
    var kept = 0
    var added = 0
    var ended = 0
    var rolesChanged = 0
}

/// What the database refuses of a proposal, and of whom.
struct RunConflict: Error {
    /// The trigger's name.
    let trigger: String
    let household: Identifier
    let cadre: Identifier
}

struct RunApplication {
    private let run: PairingRun
    private let input: PairingInput
    private let transaction: Transaction
    private var ahead: AnsweringAhead
    private var promoted: [Int] = []
    private var ended: [Int] = []
    private var begun: [NewPairing] = []
    /// Households for which somebody who stays answers no more.
    private var relieved: Set<Int64> = []
    private var known: [Int64: (recordedAt: Int64, next: CivilDate?)] = [:]
    private var effect = RunEffect()

    private struct Pair: Hashable {
        let household: Int64
        let cadre: Identifier
    }

    /// - Parameters:
    ///   - input: what is so now, and equal to what the run read.
    ///   - scope: the part's range.
    /// - Throws: what the triggers refuse, as `RunConflict`.
    static func apply(
        _ run: PairingRun, _ input: PairingInput, in scope: Scope, _ transaction: Transaction
    ) throws -> RunEffect {
        let ahead = try AnsweringAhead(after: run.day, in: scope, transaction.connection)
        var application = RunApplication(run: run, input: input, ahead: ahead, transaction: transaction)
        try application.read(scope)
        try application.ahead.note(application.touched, transaction.connection)
        try application.promote()
        try application.end()
        try application.readResponsibilities(scope)
        try application.begin()
        let losing = Set(try application.ahead.settle(transaction))
        try SecondHelperLimit.excuse(transaction)
        try application.checkNobodyIsLeft(losing)
        if run.day < transaction.today, application.effect.added > 0 {
            try transaction.publish(PairingRunApplied(day: run.day))
        }
        return application.effect
    }

    private init(run: PairingRun, input: PairingInput, ahead: AnsweringAhead, transaction: Transaction) {
        self.run = run
        self.input = input
        self.ahead = ahead
        self.transaction = transaction
    }

    // MARK: What is to be done

    private mutating func read(_ scope: Scope) throws {
        var householdOf: [Int64: Int32] = [:]
        householdOf.reserveCapacity(input.householdNumbers.count)
        for (index, number) in input.householdNumbers.enumerated() { householdOf[number] = Int32(index) }
        var cadreOf: [Identifier: Int32] = [:]
        cadreOf.reserveCapacity(input.cadres.count)
        for (index, cadre) in input.problem.cadres.enumerated() { cadreOf[cadre.id] = Int32(index) }
        let later = try laterPairings(scope)
        var ids = try newIds(scope)[...]
        let origin = PairingOrigin.run(run.id)
        try transaction.connection.forEach(
            """
            SELECT household_number, cadre_id, role, action, area_code FROM pairing_proposal
            WHERE run_id = $1 AND area_code BETWEEN $2 AND $3 ORDER BY area_code, household_number, cadre_id
            """, run.id, scope.first, scope.last
        ) { row in
            let pair = Pair(household: row.int64(0), cadre: try row.identifier(1))
            let isResponsible = row.text(2) == PairingRole.firstResponsible.code
            guard row.text(3) != PairingAction.added.code else {
                effect.added += 1
                // Until the same two are paired anyhow, and again when that ends.
                let all = [DayInterval(first: run.day, end: nil)]
                for days in DayInterval.subtracting(later[pair] ?? [], from: all) {
                    begun.append(
                        NewPairing(
                            id: ids.popFirst() ?? transaction.newId(), householdNumber: pair.household,
                            areaCode: row.int64(4), cadreId: pair.cadre,
                            isResponsible: isResponsible && days.first == run.day, first: days.first, end: days.end,
                            reason: nil, isPinned: false, origin: origin, contentHash: nil))
                }
                return
            }
            guard let household = householdOf[pair.household], let cadre = cadreOf[pair.cadre],
                let position = input.position(ofPair: household, cadre)
            else { throw DamagedRow(column: 0) }
            if row.text(3) == PairingAction.ended.code {
                ended.append(position)
            } else {
                effect.kept += 1
                let wasResponsible = input.problem.pairs[position].role == .firstResponsible
                if isResponsible, !wasResponsible { promoted.append(position) }
                if wasResponsible, !isResponsible { relieved.insert(pair.household) }
            }
        }
        effect.ended = ended.count
        effect.rolesChanged = promoted.count
    }

    /// Ids in their order: thousands of rows that come in the order of their keys fill pages one after another.
    private func newIds(_ scope: Scope) throws -> [Identifier] {
        let count = try transaction.connection.first(
            """
            SELECT count(*) FROM pairing_proposal
            WHERE run_id = $1 AND area_code BETWEEN $2 AND $3 AND action = 'added'
            """, run.id, scope.first, scope.last
        ) { $0.int(0) }
        return (0..<(count ?? 0)).map { _ in transaction.newId() }.sorted()
    }

    /// Of households for which somebody has answered: the last time that is recorded, and the first day after the run's
    /// on which somebody will.
    private mutating func readResponsibilities(_ scope: Scope) throws {
        try transaction.connection.forEach(
            """
            SELECT r.household_number, max(coalesce(r.superseded_at, r.recorded_at)),
                min(CASE WHEN r.superseded_at IS NULL AND r.valid_from > $3 THEN r.valid_from END)
            FROM household h CROSS JOIN responsibility r ON r.household_number = h.household_number
            WHERE h.area_code BETWEEN $1 AND $2 GROUP BY r.household_number
            """, scope.first, scope.last, run.day
        ) { row in known[row.int64(0)] = (row.int64(1), try row.optionalDate(2)) }
    }

    /// When the same two will be paired anyhow.
    private func laterPairings(_ scope: Scope) throws -> [Pair: [DayInterval]] {
        var later: [Pair: [DayInterval]] = [:]
        try transaction.connection.forEach(
            """
            SELECT p.household_number, p.cadre_id, p.first_on, p.end_on
            FROM household h CROSS JOIN pairing p ON p.household_number = h.household_number
            WHERE h.area_code BETWEEN $1 AND $2 AND p.first_on > $3 AND (p.end_on IS NULL OR p.end_on > p.first_on)
            """, scope.first, scope.last, run.day
        ) { row in
            let pair = Pair(household: row.int64(0), cadre: try row.identifier(1))
            later[pair, default: []].append(DayInterval(first: try row.date(2), end: try row.optionalDate(3)))
        }
        return later
    }

    // MARK: Doing it

    private func stored(_ position: Int) throws -> StoredPairing {
        guard let stored = try PairingTable.find(input.pairings[position].id, transaction.connection) else {
            throw DamagedRow(column: 0)
        }
        return stored
    }

    private func promote() throws {
        for position in promoted {
            try naming(input.problem.pairs[position]) {
                let stored = try stored(position)
                let next = try ahead.next(after: stored, transaction.connection)
                try PairingStore.makeResponsible(stored, from: run.day, until: next, transaction)
            }
        }
    }

    /// The households of which anything changes.
    private var touched: Set<Int64> {
        let existing = (promoted + ended).map { input.householdNumbers[Int(input.problem.pairs[$0].household)] }
        return relieved.union(existing).union(begun.map(\.householdNumber))
    }

    private func end() throws {
        for position in ended {
            try naming(input.problem.pairs[position]) {
                try PairingStore.end(try stored(position), on: run.day, reason: "run", transaction)
            }
        }
    }

    private func naming(_ pair: ExistingPair, _ write: () throws -> Void) throws {
        try naming(
            input.problem.households[Int(pair.household)].id, input.problem.cadres[Int(pair.cadre)].id, write)
    }

    /// - Throws: `RunConflict` for what a trigger refuses.
    private func naming(_ household: Identifier, _ cadre: Identifier, _ write: () throws -> Void) throws {
        do {
            try write()
        } catch SQLError.trigger(let name) {
            throw RunConflict(trigger: name, household: household, cadre: cadre)
        }
    }

    /// A new helper who answers for the household; in place of somebody who stays only where that one cannot help.
    private func write(_ new: NewPairing, _ connection: Connection) throws {
        try PairingTable.insert(new, transaction)
        guard new.isResponsible else { return }
        guard relieved.contains(new.householdNumber) else { return try answer(new, connection) }
        guard let stored = try PairingTable.find(new.id, connection) else { throw DamagedRow(column: 0) }
        let next = try ahead.next(after: stored, connection)
        try PairingStore.makeResponsible(stored, from: new.first, until: next, transaction)
    }

    /// Thousands, of households that nobody answers for on the day: nothing has to be read back or cut.
    private func begin() throws {
        let connection = transaction.connection
        let householdIds = Dictionary(
            uniqueKeysWithValues: zip(input.householdNumbers, input.problem.households.lazy.map(\.id)))
        var events: [(id: Identifier, before: [UInt8]?, after: [UInt8]?)] = []
        events.reserveCapacity(begun.count)
        for new in begun {
            guard let household = householdIds[new.householdNumber] else { throw DamagedRow(column: 0) }
            try naming(household, new.cadreId) { try write(new, connection) }
            let role = new.role.code
            events.append(
                (
                    new.id, nil,
                    RecordAudit.whole(
                        PairingTable.auditFields(new.state, household: household)
                            + [("role", .text(role)), ("runId", .text(run.id.description))])
                ))
            try transaction.change(.create, .pairing, new.id, version: 1, to: new.areaCode)
            transaction.help.touch(household: new.householdNumber)
            transaction.help.touch(cadre: new.cadreId)
        }
        try transaction.audits("create", .pairing, events)
    }

    /// Makes a new pairing's cadre answer for the household until somebody else does.
    private func answer(_ new: NewPairing, _ connection: Connection) throws {
        let known = known[new.householdNumber]
        let end = [known?.next, new.end].compactMap(\.self).min()
        try connection.run(
            """
            INSERT INTO responsibility (household_number, pairing_id, valid_from, valid_to, recorded_at)
            VALUES ($1, $2, $3, $4, $5)
            """, new.householdNumber, new.id, new.first, end,
            max(transaction.now.milliseconds, (known?.recordedAt ?? 0) + 1))
    }

    /// - Parameter losing: households that would have had somebody on a later day without the plan.
    /// - Throws: `no-unhooking` as the triggers of other ends do.
    private func checkNobodyIsLeft(_ losing: Set<Int64>) throws {
        func refuse() throws { throw SQLError.trigger(ProblemKind.noUnhooking.slug) }
        for position in promoted + ended {
            let pair = input.problem.pairs[position]
            guard losing.contains(input.householdNumbers[Int(pair.household)]),
                input.problem.households[Int(pair.household)].isBound
            else { continue }
            try naming(pair, refuse)
        }
        for new in begun where losing.contains(new.householdNumber) {
            guard let index = input.householdNumbers.firstIndex(of: new.householdNumber),
                input.problem.households[index].isBound
            else { continue }
            try naming(input.problem.households[index].id, new.cadreId, refuse)
        }
        for position in ended {
            let pair = input.problem.pairs[position]
            guard input.problem.households[Int(pair.household)].isBound else { continue }
            let isHelped = try transaction.connection.first(
                """
                SELECT 1 FROM pairing p WHERE p.household_number = $1 AND \(DayInterval.holds("p", on: "$2"))
                """, input.householdNumbers[Int(pair.household)], run.day
            ) { _ in true }
            try naming(pair) { if isHelped == nil { try refuse() } }
        }
    }
}
