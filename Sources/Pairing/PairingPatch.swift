// Changes of a pairing: merge patches that end it with a reason, correct its first day, say why, pin it, or make its
// cadre answer for the household from a day on. Household and helper are what a pairing is: they never change.

import Domain
import SQL
import Service
import Web

struct PairingPatch {
    private let from: Change<CivilDate>
    private let end: Change<CivilDate>
    private let endReason: Change<String>
    private let role: PairingRole?
    /// From which day the role is meant.
    private let on: CivilDate?
    private let reason: Change<String>
    private let isPinned: Bool?

    /// Reads the body of a call.
    init(_ call: Call) throws {
        var body = ObjectReader(try call.document().root)
        let today = call.now.shanghaiDate
        let codes = call.register.codeLists
        from = body.change("from", clearable: false, codes.days.day)
        end = body.change("to", codes.days.day)
        endReason = body.change("endReason") { text throws(FieldError) in
            guard !PairingEndReason.ofActs.contains(text) else { throw PairingEndReason.notAllowed }
            return try codes.check(text, in: .pairingEndReason, on: FactDays(since: today, today: today))
        }
        role = body.optionalValue("role", PairingRole.parse)
        on = body.optionalValue("on", codes.days.day)
        reason = body.changeString("reason", characters: PairingDraft.reasonCharacters)
        isPinned = body.optionalBoolean("isPinned")
        if on != nil, role == nil, body.isSound("role") {
            body.report("on", .standsAlone, zh: "没有填写 role", en: "role is missing")
        }
        try body.finish()
    }

    /// Applies the patch to a stored pairing.
    ///
    /// - Throws: 422 with everything that is wrong, 409 for what the triggers refuse.
    func apply(to stored: StoredPairing, _ transaction: Transaction) throws {
        var change = PairingChange(stored)
        change.state.first = from.applied(to: stored.state.first) ?? stored.state.first
        change.say(end: end, endReason: endReason)
        change.state.reason = reason.applied(to: stored.state.reason)
        change.state.isPinned = isPinned ?? stored.state.isPinned
        if let role {
            let days = change.state.days
            let today = transaction.today
            let day = on ?? (days.contains(today) ? today : max(today, days.first))
            try change.take(role, on: day, pointer: on == nil ? "/role" : "/on", transaction.connection)
        }
        try change.write(transaction)
    }
}

/// Codes of list `pairing-end-reason` that the program itself gives.
enum PairingEndReason {
    static let replaced = "replaced"
    static let enteredInError = "entered-in-error"
    /// Those of whole acts, which nobody gives to one pairing.
    static let ofActs = ["run", "handover"]

    static let notAllowed = FieldError(.notAllowedHere)
}

/// What a pairing is to become, held against the register before it is written. The same for a patch and a file row.
struct PairingChange {
    private let stored: StoredPairing
    var state: PairingState
    private var responsibleFrom: CivilDate?
    private var errors: [FieldError] = []

    init(_ stored: StoredPairing) {
        self.stored = stored
        state = stored.state
    }

    /// A pairing that goes on after all loses its reason with its end; one that ends has a reason. Whoever states an
    /// end answers for it: no handover excuses it any more.
    mutating func say(end: Change<CivilDate>, endReason: Change<String>) {
        state.end = end.applied(to: state.end)
        if state.end != stored.state.end { state.handoverId = nil }
        guard let end = state.end else {
            state.endReason = nil
            if case .set = endReason {
                errors.report("/endReason", .standsAlone, zh: "没有填写结束日期", en: "there is no end date")
            }
            return
        }
        state.endReason = endReason.applied(to: stored.state.endReason)
        if state.endReason == nil, end != stored.state.end {
            state.endReason = end == state.first ? PairingEndReason.enteredInError : PairingEndReason.replaced
        }
    }

    /// - Parameter pointer: where the day was said.
    mutating func take(_ role: PairingRole, on day: CivilDate, pointer: String, _ connection: Connection) throws {
        guard state.days.contains(day) else {
            return errors.report(pointer, .outsidePairing)
        }
        let responsible = try PairingTable.responsibilities(of: state.householdNumber, connection)
        switch role {
        case .firstResponsible: responsibleFrom = day
        case .joint:
            guard responsible.contains(where: { $0.pairingId == stored.id && $0.days.contains(day) }) else { return }
            errors.report("/role", .successorNeeded)
        }
    }

    /// - Returns: whether anything was different.
    /// - Throws: 422 with everything that is wrong, 409 for what the triggers refuse.
    @discardableResult
    func write(_ transaction: Transaction) throws -> Bool {
        let connection = transaction.connection
        var errors = errors
        if let end = state.end, end < state.first {
            errors.append(
                FieldError(pointer: "/to", .endsBeforeItBegins, zh: "早于开始日期", en: "must not be before the first day"))
        }
        if state.reason == nil, state.first != stored.state.first || stored.state.reason != nil,
            let missing = try PairingPlacing.missingReason(
                state.cadreId, stored.areaCode, on: state.first, connection)
        {
            errors.append(missing)
        }
        if !errors.isEmpty { throw InvalidBody(errors: errors) }
        if state.first > stored.state.first { try Unhooking.checkLater(stored, first: state.first, transaction) }
        let attempt = PairingAttempt(
            id: stored.id, householdNumber: state.householdNumber, cadreId: state.cadreId, days: state.days)
        var version = stored.version
        try PairingProblems.locating(attempt, connection) {
            try PairingStore.change(stored, to: state, transaction)
            guard let current = try PairingTable.find(stored.id, connection) else { return }
            if let responsibleFrom { try PairingStore.makeResponsible(current, from: responsibleFrom, transaction) }
            try SecondHelperLimit.settle(transaction)
            version = try PairingTable.find(stored.id, connection)?.version ?? current.version
        }
        return version != stored.version
    }
}
