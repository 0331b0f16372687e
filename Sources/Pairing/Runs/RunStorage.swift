// Stores a draft in pieces, each a short transaction of its own, so that other writes are answered in between. The run
// becomes a draft with the last piece: what was stored before it is not seen.

import Domain
import SQL
import Service
import Web

struct RunStorage {
    private let run: PairingRun
    private let draft: RunDraft
    private let register: Register
    /// Proposals in one transaction: some tens of milliseconds.
    private static let pieceRows = 2_000

    private struct ProposalRow: Sendable {
        let areaCode: Int64
        let household: Int64
        let cadre: Identifier
        let pair: ProposedPair
    }

    init(_ run: PairingRun, _ draft: RunDraft, _ register: Register) {
        self.run = run
        self.draft = draft
        self.register = register
    }

    /// - Parameters:
    ///   - changesAfter: the last change that the snapshot holds.
    ///   - watch: told the share that is stored.
    /// - Throws: `RunInterrupted` where the run is not wanted any more.
    func store(changesAfter: Int64, watch: (Double) -> Void, shouldStop: () -> Bool) throws {
        let rows = proposals()
        for start in stride(from: 0, to: rows.count, by: Self.pieceRows) {
            if shouldStop() { throw RunInterrupted() }
            let piece = Array(rows[start..<min(rows.count, start + Self.pieceRows)])
            try perform { try Self.insert(piece, of: run.id, $0.connection) }
            watch(Double(start) / Double(rows.count))
        }
        let shortages = RunShortages.rows(draft)
        try perform { transaction in
            try RunShortages.insert(shortages, of: run.id, transaction.connection)
            for cadre in draft.zeroDuty {
                try transaction.connection.run(
                    "INSERT INTO pairing_zero_duty (run_id, cadre_id, area_code) VALUES ($1, $2, $3)", run.id,
                    draft.input.problem.cadres[Int(cadre)].id, draft.input.cadres[Int(cadre)].areaCode)
            }
            for part in try PairingRunStore.parts(of: run.id, in: .everything, transaction.connection) {
                try store(part, transaction)
            }
            try PairingRunStore.finish(run.id, changesAfter: changesAfter, transaction)
        }
    }

    private func perform(_ work: @escaping @Sendable (Transaction) throws -> Void) throws {
        let id = run.id
        try register.perform(as: run.actor) { transaction in
            guard try PairingRunStore.isRunning(id, transaction.connection) else { throw RunInterrupted() }
            try work(transaction)
        }
    }

    private func store(_ part: PairingRunPart, _ transaction: Transaction) throws {
        let before = RunDraft.sum(draft.before, in: part.scope, draft.input)
        let after = RunDraft.sum(draft.after, in: part.scope, draft.input)
        try transaction.connection.run(
            "UPDATE pairing_run_part SET before = $3, after = $4 WHERE run_id = $1 AND division_id = $2", run.id,
            part.division.id, RunTotals.stored(before), RunTotals.stored(after))
        guard !run.options.asksWhatIf else { return }
        try RunInputs(draft.input, in: part.scope).write(
            run: run.id, part: part.division.id, transaction.connection)
    }

    /// In the order of their key, so that pages are filled one after another.
    private func proposals() -> [ProposalRow] {
        let input = draft.input
        return draft.pairs.map { pair in
            ProposalRow(
                areaCode: input.areaCode(ofHousehold: Int(pair.household)),
                household: input.householdNumbers[Int(pair.household)],
                cadre: input.problem.cadres[Int(pair.cadre)].id, pair: pair)
        }.sorted { ($0.areaCode, $0.household, $0.cadre) < ($1.areaCode, $1.household, $1.cadre) }
    }

    private static func insert(_ rows: [ProposalRow], of run: Identifier, _ connection: Connection) throws {
        for row in rows {
            try connection.run(
                """
                INSERT INTO pairing_proposal (run_id, area_code, household_number, cadre_id, role, action, reasons)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                """, run, row.areaCode, row.household, row.cadre, row.pair.role.code, row.pair.action.code,
                row.pair.reasons.codes.joined(separator: ";"))
        }
    }
}

extension PairingAction {
    /// As the API names it.
    package var code: String {
        switch self {
        case .kept: "kept"
        case .added: "added"
        case .ended: "ended"
        }
    }
}

/// Totals as JSON.
enum RunTotals {
    private static func members(_ totals: PairingTotals) -> [(name: StaticString, value: Int)] {
        [
            ("households", totals.households), ("covered", totals.covered),
            ("uncovered", totals.households - totals.covered), ("boundUncovered", totals.boundUncovered),
            ("need", totals.need), ("pairsBroken", totals.pairsBroken), ("aboveQuota", totals.aboveQuota),
            ("outsideArea", totals.outsideArea),
            ("zeroDuty", totals.zeroDuty), ("jointNeeds", totals.jointNeeds), ("jointNeedsMet", totals.jointNeedsMet),
            ("fitCost", Int(totals.fitCost)), ("kept", totals.kept), ("added", totals.added),
            ("ended", totals.ended), ("capacity", totals.capacity),
        ]
    }

    static func write(_ totals: PairingTotals, to json: inout JSONWriter) {
        json.object { json in
            for member in members(totals) {
                json.key(member.name)
                json.integer(member.value)
            }
        }
    }

    static func stored(_ totals: PairingTotals) -> String {
        var json = JSONWriter(reserve: 256)
        write(totals, to: &json)
        return String(decoding: json.take(), as: UTF8.self)
    }

    /// - Throws: `DamagedRow` for text that holds no totals.
    static func read(_ stored: String) throws -> PairingTotals {
        guard let root = try? JSONDocument(Array(stored.utf8)).root else { throw DamagedRow(column: 0) }
        func number(_ name: String) -> Int { root[name]?.integer ?? 0 }
        var totals = PairingTotals()
        totals.households = number("households")
        totals.covered = number("covered")
        totals.boundUncovered = number("boundUncovered")
        totals.need = number("need")
        totals.pairsBroken = number("pairsBroken")
        totals.aboveQuota = number("aboveQuota")
        totals.outsideArea = number("outsideArea")
        totals.ended = number("ended")
        totals.zeroDuty = number("zeroDuty")
        totals.jointNeeds = number("jointNeeds")
        totals.jointNeedsMet = number("jointNeedsMet")
        totals.fitCost = Int64(number("fitCost"))
        totals.kept = number("kept")
        totals.added = number("added")
        totals.capacity = number("capacity")
        return totals
    }
}
