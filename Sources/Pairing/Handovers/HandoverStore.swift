// A handover (R046): all pairings of a cadre who goes end on a day, and each household gets a successor from the same
// day on, the one who was named or the best who is there. It is the only act that may leave a household without a
// helper; which ones, and why, is kept with it. Whoever goes for good is not at their post from that day, so that
// nobody gives them households again.

import Archive
import Domain
import SQL
import Service
import Web

/// One handover, inside the transaction that does it.
struct HandoverWork {
    let body: HandoverBody
    let scope: Scope
    let transaction: Transaction
    private var outcome = HandoverOutcome()
    private var connection: Connection { transaction.connection }

    init(_ body: HandoverBody, _ scope: Scope, _ transaction: Transaction) {
        self.body = body
        self.scope = scope
        self.transaction = transaction
    }

    /// Does it all.
    ///
    /// - Throws: 422 for people who are not there or not the caller's.
    mutating func run() throws {
        try CadreDay.turn(transaction)
        let cadre = try person(body.helper, "/cadreId")
        if let successor = body.successor { _ = try person(successor, "/successorCadreId") }
        let present = try PairingTable.active(cadre: body.helper, on: body.day, connection)
        let coming = try PairingTable.find(
            "p.cadre_id = $1 AND p.first_on > $2 AND (p.end_on IS NULL OR p.end_on > p.first_on)",
            [body.helper, body.day], connection)
        guard (present + coming).allSatisfy({ scope.contains($0.areaCode) }) else {
            throw Problem.field(
                "/cadreId", .outsideArea, zh: "该干部有不在您范围内的帮扶户",
                en: "the cadre helps households that are not in your area")
        }
        try insert(areaCode: cadre.kept.areaCode)
        var before: [Int64: HelpCourse] = [:]
        for pairing in present + coming where before[pairing.state.householdNumber] == nil {
            before[pairing.state.householdNumber] = try HelpCourse(of: pairing.state.householdNumber, connection)
        }
        if let successor = body.successor {
            try giveTo(successor, present + coming)
        } else {
            try giveToTheBest(present, coming: coming)
        }
        try leave()
        try settle(present + coming, before)
        try finish(areaCode: cadre.kept.areaCode)
    }

    /// Takes the cadre from their post, or out of the register.
    private func leave() throws {
        guard body.postState != nil || body.reason == HandoverBody.died,
            let cadre = try CadreTable.find(body.helper, connection)
        else { return }
        if try PersonalQuota.end(of: cadre, from: body.day, reason: body.note ?? body.reason, transaction) {
            return try leave()
        }
        var state = cadre.state
        var facts = CadreFacts()
        if let postState = body.postState {
            let absent = try CadreStore.postState(of: cadre.id, on: body.day, connection).flatMap {
                PostAbsence(rawValue: $0)
            }
            if absent == nil { facts.postState = .since(postState, body.day, isExplicit: true) }
        } else {
            state.endedOn = min(state.endedOn ?? body.day, body.day)
        }
        let home = try connection.first("SELECT area_code FROM organization WHERE id = $1", state.organizationId) {
            $0.int64(0)
        }
        try CadreStore.change(
            cadre, to: state, facts, home: home ?? cadre.kept.areaCode, from: min(body.day, transaction.today), scope,
            transaction)
    }

    /// - Throws: 422 for a cadre who is not in the register or not in the caller's range: the same answer for both.
    private func person(_ id: Identifier, _ pointer: String) throws -> StoredCadre {
        guard let cadre = try CadreTable.find(id, connection), scope.contains(cadre.kept.areaCode) else {
            throw Problem.field(pointer, .unknownCadre)
        }
        return cadre
    }

    // MARK: The pieces of it

    /// Ends a pairing on a day, or takes it back where it was to begin later.
    private func end(_ pairing: StoredPairing, on day: CivilDate) throws {
        // Who answers may have passed to it since it was read.
        guard let pairing = try PairingTable.find(pairing.id, connection) else { throw DamagedRow(column: 0) }
        try PairingStore.end(
            pairing, on: max(day, pairing.state.first), reason: "handover", handover: body.id, transaction)
    }

    /// Makes somebody help a household in place of another one: for as long as that one would have, and answering for
    /// it on the days on which that one did.
    private func begin(
        _ helper: Identifier, for pairing: StoredPairing, answering: [DayInterval], on day: CivilDate
    ) throws {
        let days = DayInterval(first: max(day, pairing.state.first), end: pairing.state.end)
        let isResponsible = DayInterval.subtracting(answering, from: [days]).isEmpty
        try PairingStore.begin(
            NewPairing(
                id: transaction.newId(), householdNumber: pairing.state.householdNumber, areaCode: pairing.areaCode,
                cadreId: helper, isResponsible: isResponsible, first: days.first, end: days.end, reason: nil,
                isPinned: false, origin: .handover(body.id), contentHash: nil, answering: answering),
            transaction)
        try SecondHelperLimit.settle(of: helper, transaction)
    }

    /// The days from one on, or from its first one on, on which a pairing's cadre answers for the household.
    private func answering(_ pairing: StoredPairing, from day: CivilDate) throws -> [DayInterval] {
        let days = DayInterval(first: max(day, pairing.state.first), end: pairing.state.end)
        return try PairingTable.responsibilities(of: pairing.state.householdNumber, connection)
            .filter { $0.pairingId == pairing.id }.compactMap { $0.days.intersection(days) }
    }

    /// Says of each household what became of it: who awaits a successor by this, today or later, and of those whom
    /// nobody took over whether others go on.
    private mutating func settle(_ pairings: [StoredPairing], _ before: [Int64: HelpCourse]) throws {
        let taken = Set(outcome.handedOver.map(\.household))
        var settled: Set<Identifier> = []
        var terms = ConsolidationTerms()
        for pairing in pairings where settled.insert(pairing.householdId).inserted {
            let number = pairing.state.householdNumber
            let now = try HelpCourse(of: number, connection)
            let since = try LeftHousehold.find(number, connection)?.awaiting(
                now, before: before[number] ?? now, today: transaction.today, &terms, connection)
            let day = max(body.day, pairing.state.first)
            if let since {
                outcome.leftBehind.append((pairing.householdId, since))
            } else if taken.contains(pairing.householdId) {
                continue
            } else if !now.isHelped(on: day) {
                outcome.noLongerHelped.append(pairing.householdId)
            } else if day > max(body.day, transaction.today) {
                outcome.takenBack.append(pairing.householdId)
            } else {
                outcome.stillHelped.append(pairing.householdId)
            }
        }
    }

    /// Makes somebody who helps the household already answer for it on some days, as far as their own go.
    private func take(_ answering: [DayInterval], _ own: StoredPairing) throws {
        for days in answering.compactMap({ $0.intersection(own.state.days) }) {
            try PairingStore.makeResponsible(own, from: days.first, until: days.end, transaction)
        }
        try SecondHelperLimit.settle(of: own.state.cadreId, transaction)
    }

    // MARK: To somebody by name

    private mutating func giveTo(_ successor: Identifier, _ pairings: [StoredPairing]) throws {
        var refusals: [HandoverRefusal: Int] = [:]
        // Their quota goes first to those who would have nobody, and then to the longest: in this order they come.
        let byHelpers = try pairings.enumerated().map { place, pairing in
            let day = max(body.day, pairing.state.first)
            let helpers = try PairingTable.able(household: pairing.state.householdNumber, on: day, connection)
            return (pairing: pairing, order: (helpers.count, place))
        }
        for (pairing, _) in byHelpers.sorted(by: { $0.order < $1.order }) {
            let answering = try answering(pairing, from: body.day)
            let day = max(body.day, pairing.state.first)
            let isResponsible = answering.contains { $0.contains(day) }
            let own = try PairingTable.active(household: pairing.state.householdNumber, on: day, connection)
                .first { $0.state.cadreId == successor }
            do {
                // They come before the other goes: for no day is the household without somebody who answers for it.
                try transaction.savepoint {
                    guard let own else {
                        return try begin(successor, for: pairing, answering: answering, on: body.day)
                    }
                    try take(answering, own)
                }
                outcome.handedOver.append(
                    HandoverOutcome.Taken(
                        household: pairing.householdId, helper: successor, isResponsible: isResponsible))
            } catch SQLError.trigger(let name) {
                let days = DayInterval(first: day, end: pairing.state.end)
                refusals[try HandoverRefusal(name, of: successor, on: days, connection), default: 0] += 1
            }
            try end(pairing, on: body.day)
        }
        outcome.shortages = refusals.sorted { $0.key < $1.key }.map { $0.key.shortage($0.value) }
    }

    // MARK: To the best successors

    /// Day by day, each from the first of its days on. What was to begin after today beside others who help on all of
    /// those days is taken back only.
    private mutating func giveToTheBest(_ present: [StoredPairing], coming: [StoredPairing]) throws {
        var days: [(day: CivilDate, pairings: [StoredPairing])] = [(body.day, present)]
        for pairing in coming {
            let first = pairing.state.first
            let course = try HelpCourse(of: pairing.state.householdNumber, connection)
            if first > transaction.today, course.days(pairing.state.days, withoutOthersThan: body.helper).isEmpty {
                try end(pairing, on: body.day)
            } else if days[days.count - 1].day == first {
                days[days.count - 1].pairings.append(pairing)
            } else {
                days.append((first, [pairing]))
            }
        }
        for (day, pairings) in days { try giveToTheBest(pairings, on: day) }
    }

    /// Town by town: nobody's households lie in two towns at once.
    private mutating func giveToTheBest(_ pairings: [StoredPairing], on day: CivilDate) throws {
        var towns: [(town: Division, pairings: [StoredPairing])] = []
        for pairing in pairings {
            let town = try town(of: pairing)
            if let index = towns.firstIndex(where: { $0.town.id == town.id }) {
                towns[index].pairings.append(pairing)
            } else {
                towns.append((town, [pairing]))
            }
        }
        let transaction = transaction
        for (town, pairings) in towns {
            let input = try PairingReader.read(town, on: day, connection)
            let plan = try plan(input, movesOthers: body.movesOthers)
            let before = outcome
            do {
                try transaction.savepoint { try carryOut(plan, pairings, on: day, isStrict: !plan.moves.isEmpty) }
            } catch SQLError.trigger {
                // The engine looks at each day separately. Where a dated change makes a chain impossible, nobody else
                // is moved, and whoever cannot take over is left out.
                outcome = before
                try carryOut(try self.plan(input, movesOthers: false), pairings, on: day, isStrict: false)
            }
        }
    }

    private func town(of pairing: StoredPairing) throws -> Division {
        let town = try connection.first(
            """
            SELECT v.parent_id FROM household h JOIN division v ON v.id = h.village_id WHERE h.household_number = $1
            """, pairing.state.householdNumber
        ) { $0.optionalIdentifier(0) }
        guard let town, let town, let division = try DivisionStore.find(town, connection) else {
            throw DamagedRow(column: 0)
        }
        return division
    }

    private func plan(_ input: PairingInput, movesOthers: Bool) throws -> HandoverPlan {
        try HandoverProblem(input, leaving: body.helper, movesOthers: movesOthers).solved()
    }

    /// - Parameter isStrict: throws where a successor cannot take over; else the household has none.
    private mutating func carryOut(
        _ plan: HandoverPlan, _ pairings: [StoredPairing], on day: CivilDate, isStrict: Bool
    ) throws {
        // What is moved ends first, because a chain of people each with a full quota needs the room; the handover
        // answers for the moment without a helper.
        var moving: [(pairing: StoredPairing, helper: Identifier, answering: [DayInterval])] = []
        for (id, helper) in plan.moves {
            guard let pairing = try PairingTable.find(id, connection) else { throw DamagedRow(column: 0) }
            moving.append((pairing, helper, try answering(pairing, from: day)))
        }
        for (pairing, _, _) in moving { try end(pairing, on: day) }
        for (pairing, helper, answering) in moving {
            try begin(helper, for: pairing, answering: answering, on: day)
            outcome.moved.append(
                HandoverOutcome.Moved(
                    household: pairing.householdId, from: pairing.state.cadreId, helper: helper,
                    isResponsible: answering.contains { $0.contains(max(day, pairing.state.first)) }))
        }
        for pairing in pairings {
            if let helper = plan.successors[pairing.householdId] {
                let answering = try answering(pairing, from: day)
                let isResponsible = answering.contains { $0.contains(max(day, pairing.state.first)) }
                do {
                    try transaction.savepoint { try begin(helper, for: pairing, answering: answering, on: day) }
                    outcome.handedOver.append(
                        HandoverOutcome.Taken(
                            household: pairing.householdId, helper: helper, isResponsible: isResponsible))
                } catch SQLError.trigger(let name) {
                    if isStrict { throw SQLError.trigger(name) }
                    let days = DayInterval(first: max(day, pairing.state.first), end: pairing.state.end)
                    outcome.shortages.append(try HandoverRefusal(name, of: helper, on: days, connection).shortage(1))
                }
            }
            try end(pairing, on: day)
        }
        outcome.shortages += plan.shortages
    }

    // MARK: The record of it

    private func insert(areaCode: Int64) throws {
        try connection.run(
            """
            INSERT INTO handover (id, cadre_id, successor_cadre_id, handed_on, reason, note, area_code, households,
                left_behind, outcome, recorded_by, created_at, content_hash, post_state)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, '{}', $8, $9, $10, $11)
            """, body.id, body.helper, body.successor, body.day, body.reason, body.note, areaCode,
            transaction.actor.userId, transaction.now, body.contentHash, body.postState)
    }

    private func finish(areaCode: Int64) throws {
        try connection.run(
            "UPDATE handover SET households = $2, left_behind = $3, outcome = $4 WHERE id = $1", body.id,
            outcome.households, outcome.leftBehind.count, String(decoding: outcome.json, as: UTF8.self))
        try transaction.audit(
            "create", .handover, body.id,
            after: RecordAudit.whole([
                ("cadreId", .text(body.helper.description)), ("on", .text(body.day.description)),
                ("reason", .text(body.reason)), ("successorCadreId", .of(body.successor?.description)),
                ("note", .of(body.note)), ("postState", .of(body.postState)),
                ("households", .integer(outcome.households)),
                ("leftBehind", .integer(outcome.leftBehind.count)),
            ]))
        try transaction.change(.create, .handover, body.id, version: 1, to: areaCode)
    }
}
