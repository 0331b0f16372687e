// Bodies of duties and work teams: reading what clients send.

import Domain
import Service
import Web

/// A duty on its way in, before its division and team are found.
package struct DutyDraft {
    package var kind: DutyKind
    /// Nil for a duty in a team, which is held in the team's village.
    package var areaCode: AreaCode?
    package var organizationId: Identifier?
    package var cadreId: Identifier?
    package var holderName: String?
    package var title: String?
    package var sendingOrganizationId: Identifier?
    package var teamId: Identifier?
    var term: DayInterval
    package var endReason: String?

    package func placed(in division: Identifier) -> DutyState {
        DutyState(
            kind: kind, divisionId: division, organizationId: organizationId, cadreId: cadreId, holderName: holderName,
            title: title, sendingOrganizationId: sendingOrganizationId, teamId: teamId, term: term,
            endReason: endReason)
    }
}

/// Reads bodies of duties.
struct DutyBodyReader {
    let codes: CodeLists
    let today: CivilDate

    static let titleCharacters = 1...100

    func duty(_ document: JSONDocument, id: Identifier) throws -> DutyDraft {
        var body = ObjectReader(document.root)
        checkId(&body, id)
        let kind = kind(&body)
        let from = body.value("from", placeholder: today, codes.days.day)
        let areaCode = body.optionalValue("areaCode", FieldText.areaCode)
        if areaCode == nil, body.isSound("kind", "areaCode"), !kind.isOfTeam {
            body.report("areaCode", .required)
        }
        var draft = rest(&body, kind, from: from)
        draft.areaCode = areaCode
        draft.teamId = body.optionalValue("teamId", FieldText.identifier)
        // Sound fields are checked even if others are not; a body that is sound as a whole is then checked against the
        // register.
        if !body.isValid, body.isSound("kind") {
            for error in DutyShape.errors(draft.placed(in: id)) where body.isSound(DutyShape.needed(for: error)) {
                body.report("", error)
            }
        }
        try body.finish()
        return draft
    }

    /// One member in the body of a team, with their id; the first day is the team's if none is given.
    func member(_ body: inout ObjectReader, teamFrom: CivilDate) -> (id: Identifier?, draft: DutyDraft) {
        let id = body.optionalValue("id", FieldText.identifier)
        let kind = kind(&body)
        if !kind.isOfTeam { body.report("kind", .notOneOf(["team-leader", "team-member"])) }
        let from = body.optionalValue("from", codes.days.day) ?? teamFrom
        return (id, rest(&body, kind, from: from))
    }

    private func rest(_ body: inout ObjectReader, _ kind: DutyKind, from: CivilDate) -> DutyDraft {
        let days = FactDays(since: from, today: today)
        return DutyDraft(
            kind: kind, areaCode: nil,
            organizationId: body.optionalValue("organizationId", FieldText.identifier),
            cadreId: body.optionalValue("cadreId", FieldText.identifier),
            holderName: body.optionalName("holderName", characters: FieldText.nameCharacters, as: .person),
            title: body.optionalTitle("title", characters: Self.titleCharacters),
            sendingOrganizationId: body.optionalValue("sendingOrganizationId", FieldText.identifier),
            teamId: nil,
            term: DayInterval(first: from, end: body.optionalValue("to", codes.days.day)),
            endReason: endReason(&body, days))
    }

    private func kind(_ body: inout ObjectReader) -> DutyKind {
        let days = FactDays(since: today, today: today)
        return body.value("kind", placeholder: .teamMember) { text throws(FieldError) in
            let code = try codes.check(text, in: .dutyKind, on: days)
            return DutyKind(rawValue: code) ?? .teamMember
        }
    }

    private func endReason(_ body: inout ObjectReader, _ days: FactDays) -> String? {
        body.optionalValue("endReason") { text throws(FieldError) in
            try codes.check(text, in: .dutyEndReason, on: days)
        }
    }

    private func checkId(_ body: inout ObjectReader, _ id: Identifier) {
        if let bodyId = body.optionalValue("id", FieldText.identifier), bodyId != id {
            body.report("id", .differsFromPath)
        }
    }

    /// A whole team.
    func team(_ document: JSONDocument, id: Identifier) throws -> TeamDraft {
        var body = ObjectReader(document.root)
        checkId(&body, id)
        let villageCode = body.value(
            "villageCode", placeholder: FieldText.anyArea, FieldText.areaCode)
        let name = body.name("name", characters: Self.titleCharacters)
        let from = body.value("from", placeholder: today, codes.days.day)
        let end = body.optionalValue("to", codes.days.day)
        let reason = endReason(&body, FactDays(since: from, today: today))
        let members = body.array("members", count: 1...60) { member(&$0, teamFrom: from) }
        for error in DutyShape.termErrors(DayInterval(first: from, end: end), reason)
        where body.isSound(DutyShape.needed(for: error)) {
            body.report("", error)
        }
        try body.finish()
        return TeamDraft(
            villageCode: villageCode, name: name, term: DayInterval(first: from, end: end), endReason: reason,
            members: members)
    }
}

/// A work team on its way in.
struct TeamDraft {
    let villageCode: AreaCode
    let name: String
    let term: DayInterval
    let endReason: String?
    let members: [(id: Identifier?, draft: DutyDraft)]
}
