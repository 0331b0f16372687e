// Checks a duty against the register: its division, holder, team and days. Errors are collected, so that a form shows
// all of them at once; what callers may not see counts as unknown.

import Domain
import SQL
import Service
import Web

struct DutyPlacing {
    let scope: Scope
    let connection: Connection
    /// Whether a village whose kind is not recorded yet may count as poor, because registers arrive as files, one after
    /// another.
    let takesUnknownKinds: Bool
    private(set) var errors: [FieldError] = []
    /// What does not prevent the duty but should be looked at.
    private(set) var warnings: [FieldError] = []

    init(_ scope: Scope, _ connection: Connection, takesUnknownKinds: Bool = false) {
        self.scope = scope
        self.connection = connection
        self.takesUnknownKinds = takesUnknownKinds
    }

    /// The live division with a code, where a duty of the kind can be held.
    mutating func division(_ code: AreaCode, for kind: DutyKind) throws -> Division? {
        guard let division = try DivisionStore.find(code: code, connection), division.isLive,
            scope.contains(division.scope)
        else {
            errors.report("/areaCode", .unknownDivision)
            return nil
        }
        if let level = kind.level, division.level != level {
            errors.report(
                "/areaCode", .wrongLevel, zh: "此职责属于\(level.chinese)一级", en: "this duty is held for a \(level.name)"
            )
            return nil
        }
        return division
    }

    /// The team of a duty that is held in one.
    mutating func team(_ id: Identifier) throws -> TeamState? {
        guard let team = try TeamTable.find(id, connection), let state = team.state, scope.contains(team.areaCode)
        else {
            errors.report("/teamId", .unknownTeam)
            return nil
        }
        return state
    }

    /// Checks everything that differs from what is stored.
    mutating func check(_ state: DutyState, over stored: DutyState?) throws {
        errors += DutyShape.errors(state)
        let isOtherTerm = stored?.term != state.term
        if let id = state.organizationId, id != stored?.organizationId {
            try checkOrganization(id, "/organizationId", state.term)
        }
        if let id = state.sendingOrganizationId, id != stored?.sendingOrganizationId {
            try checkOrganization(id, "/sendingOrganizationId", state.term)
        }
        if let id = state.cadreId, id != stored?.cadreId || isOtherTerm { try checkCadre(id, state, stored) }
        if state.kind == .leaderVillage,
            state.divisionId != stored?.divisionId || state.term.first != stored?.term.first
        {
            try checkPoor(state.divisionId, on: state.term.first)
        }
        if let id = state.teamId, let team = try team(id) {
            if team.divisionId != state.divisionId { errors.report("/areaCode", .notTheTeamVillage) }
            if !team.term.contains(state.term) { errors.report("/from", .outsideTeam) }
        }
    }

    mutating func report(_ error: FieldError?) {
        if let error { errors.append(error) }
    }

    /// - Throws: 422 with everything that is wrong.
    func finish() throws {
        if !errors.isEmpty { throw InvalidBody(errors: errors) }
    }

    private mutating func checkOrganization(_ id: Identifier, _ pointer: String, _ term: DayInterval) throws {
        let found = try connection.first(
            "SELECT ended_on FROM organization WHERE id = $1 AND area_code BETWEEN $2 AND $3", id, scope.first,
            scope.last
        ) { (endedOn: try $0.optionalDate(0), isThere: true) }
        guard let found else {
            errors.report(pointer, .unknownOrganization)
            return
        }
        if let ended = found.endedOn, ended <= term.first {
            errors.report(
                pointer, .organizationEnded, zh: "该单位已于 \(ended) 撤销", en: "the organization ended on \(ended)")
        }
    }

    private mutating func checkCadre(_ id: Identifier, _ state: DutyState, _ stored: DutyState?) throws {
        let found = try connection.first(
            "SELECT ended_on, area_code FROM cadre WHERE id = $1", id
        ) { (endedOn: try $0.optionalDate(0), areaCode: $0.int64(1)) }
        // The present holder is not looked up again, because they may have moved on.
        guard let found, scope.contains(found.areaCode) || id == stored?.cadreId else {
            errors.report("/cadreId", .unknownCadre)
            return
        }
        if let ended = found.endedOn, ended <= state.term.first {
            errors.report(
                "/cadreId", .cadreEnded, zh: "该干部已于 \(ended) 注销", en: "the cadre left the register on \(ended)")
        }
        if state.kind.isForCountyLeaders, try !isCountyLeader(id, on: state.term.first) {
            errors.report("/cadreId", .notACountyLeader)
        }
    }

    /// Whether they led the county on a day; for days about which nothing is known, whether they do now.
    private func isCountyLeader(_ id: Identifier, on day: CivilDate) throws -> Bool {
        let then = try connection.first(
            """
            SELECT is_county_leader FROM cadre WHERE id = $1 AND valid_from <= $2
            UNION ALL
            SELECT is_county_leader FROM cadre_history
            WHERE id = $1 AND superseded_at IS NULL AND valid_from <= $2 AND valid_to > $2
            """, id, day
        ) { $0.bool(0) }
        if let then { return then }
        return try connection.first("SELECT is_county_leader FROM cadre WHERE id = $1", id) { $0.bool(0) } ?? false
    }

    private mutating func checkPoor(_ village: Identifier, on day: CivilDate) throws {
        let kind = try connection.first(
            """
            SELECT kind FROM village_kind WHERE village_id = $1 AND superseded_at IS NULL AND valid_from <= $2
                AND (valid_to IS NULL OR valid_to > $2)
            """, village, day
        ) { $0.text(0) }
        if kind.map(VillageKind.isRegisteredPoor) ?? false { return }
        let isKnown = try connection.first(
            "SELECT 1 FROM village_kind WHERE village_id = $1 AND superseded_at IS NULL LIMIT 1", village
        ) { _ in true }
        if takesUnknownKinds && isKnown == nil {
            warnings.append(FieldError(pointer: "/areaCode", .villageKindUnknown))
            return
        }
        errors.report("/areaCode", .notAPoorVillage)
    }
}

/// The checks of a duty that do not need the register.
enum DutyShape {
    static func errors(_ state: DutyState) -> [FieldError] {
        var errors = holderErrors(state)
        if state.kind.isOfTeam != (state.teamId != nil) {
            errors.append(state.kind.isOfTeam ? required("/teamId") : notForKind("/teamId"))
        }
        return errors + termErrors(state.term, state.endReason)
    }

    static func termErrors(_ term: DayInterval, _ endReason: String?) -> [FieldError] {
        var errors: [FieldError] = []
        if let end = term.end, end <= term.first { errors.append(FieldError(pointer: "/to", .endsBeforeItBegins)) }
        if endReason != nil && term.end == nil {
            errors.append(FieldError(pointer: "/endReason", .standsAlone, zh: "没有填写结束日期", en: "there is no end date"))
        }
        return errors
    }

    /// The fields that must have been read without error for this error to count.
    static func needed(for error: FieldError) -> [String] {
        switch error.pointer {
        case "/to": ["from", "to"]
        case "/endReason": ["to", "endReason"]
        case "/cadreId", "/holderName": ["cadreId", "holderName"]
        default: [error.pointer]
        }
    }

    private static func holderErrors(_ state: DutyState) -> [FieldError] {
        var errors: [FieldError] = []
        switch state.kind.holder {
        case .unit:
            if state.organizationId == nil { errors.append(required("/organizationId")) }
            if state.cadreId != nil { errors.append(notForKind("/cadreId")) }
            if state.holderName != nil { errors.append(notForKind("/holderName")) }
        case .cadre:
            if state.cadreId == nil { errors.append(required("/cadreId")) }
            if state.organizationId != nil { errors.append(notForKind("/organizationId")) }
            if state.holderName != nil { errors.append(notForKind("/holderName")) }
        case .person:
            if state.cadreId == nil && state.holderName == nil { errors.append(required("/cadreId")) }
            if state.cadreId != nil && state.holderName != nil {
                errors.append(FieldError(pointer: "/holderName", .onlyOne))
            }
            if state.organizationId != nil { errors.append(notForKind("/organizationId")) }
        }
        return errors
    }

    static func required(_ pointer: String) -> FieldError {
        FieldError(pointer: pointer, .required)
    }

    private static func notForKind(_ pointer: String) -> FieldError {
        FieldError(pointer: pointer, .notForKind)
    }
}
