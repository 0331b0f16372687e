// Changes of a duty and of a work team: merge patches that correct all of its days, or end it with a reason.

import Domain
import SQL
import Service
import Web

/// A merge patch of a duty.
struct DutyPatch {
    /// Withdraws the duty, because it was entered in error.
    let isWithdrawal: Bool
    private let areaCode: Change<AreaCode>
    private let organizationId: Change<Identifier>
    private let cadreId: Change<Identifier>
    private let holderName: Change<String>
    private let title: Change<String>
    private let sendingOrganizationId: Change<Identifier>
    private let days: TermPatch

    init(_ call: Call) throws {
        var body = ObjectReader(try call.document().root)
        isWithdrawal = body.optionalBoolean("withdrawn") ?? false
        areaCode = body.change("areaCode", clearable: false, FieldText.areaCode)
        organizationId = body.change("organizationId", FieldText.identifier)
        cadreId = body.change("cadreId", FieldText.identifier)
        holderName = body.changeName("holderName", characters: FieldText.nameCharacters, as: .person)
        title = body.changeTitle("title", characters: DutyBodyReader.titleCharacters)
        sendingOrganizationId = body.change("sendingOrganizationId", FieldText.identifier)
        days = TermPatch(&body, call)
        try body.finish()
    }

    /// The new state, checked against the register.
    func applied(to stored: DutyState, _ scope: Scope, _ connection: Connection) throws -> DutyState {
        var placing = DutyPlacing(scope, connection)
        var state = stored
        if case .set(let code) = areaCode,
            try DivisionStore.find(stored.divisionId, connection)?.code != code,
            let division = try placing.division(code, for: stored.kind)
        {
            state.divisionId = division.id
        }
        state.organizationId = organizationId.applied(to: state.organizationId)
        state.cadreId = cadreId.applied(to: state.cadreId)
        state.holderName = holderName.applied(to: state.holderName)
        state.title = title.applied(to: state.title)
        state.sendingOrganizationId = sendingOrganizationId.applied(to: state.sendingOrganizationId)
        (state.term, state.endReason) = days.applied(to: stored.term, stored.endReason)
        placing.report(days.missingReason(stored.term, state.term, state.endReason))
        try placing.check(state, over: stored)
        try placing.finish()
        return state
    }
}

/// `from`, `to` and `endReason` of a merge patch.
struct TermPatch {
    private let from: Change<CivilDate>
    private let end: Change<CivilDate>
    private let reason: Change<String>

    init(_ body: inout ObjectReader, _ call: Call) {
        let today = call.now.shanghaiDate
        let codes = call.register.codeLists
        from = body.change("from", clearable: false, codes.days.day)
        end = body.change("to", codes.days.day)
        reason = body.change("endReason") { text throws(FieldError) in
            try codes.check(text, in: .dutyEndReason, on: FactDays(since: today, today: today))
        }
    }

    /// A duty that continues after all loses its reason together with its end.
    func applied(to term: DayInterval, _ endReason: String?) -> (DayInterval, String?) {
        let end = end.applied(to: term.end)
        return (
            DayInterval(first: from.applied(to: term.first) ?? term.first, end: end),
            end == nil && reason.isKeep ? nil : reason.applied(to: endReason)
        )
    }

    /// An end needs a reason.
    func missingReason(_ old: DayInterval, _ new: DayInterval, _ endReason: String?) -> FieldError? {
        new.end != nil && new.end != old.end && endReason == nil ? DutyShape.required("/endReason") : nil
    }
}

/// A merge patch of a work team.
struct TeamPatch {
    private let name: Change<String>
    private let days: TermPatch

    init(_ call: Call) throws {
        var body = ObjectReader(try call.document().root)
        name = body.changeName("name", characters: DutyBodyReader.titleCharacters, clearable: false)
        days = TermPatch(&body, call)
        try body.finish()
    }

    func applied(to stored: TeamState) throws -> TeamState {
        var state = stored
        state.name = name.applied(to: state.name) ?? state.name
        (state.term, state.endReason) = days.applied(to: stored.term, stored.endReason)
        let errors =
            DutyShape.termErrors(state.term, state.endReason)
            + [days.missingReason(stored.term, state.term, state.endReason)].compactMap(\.self)
        if !errors.isEmpty { throw InvalidBody(errors: errors) }
        return state
    }
}
