// Holding a duty against the register: its division, holder, team and days. What is wrong is gathered, so that a form
// shows all of it at once; what a caller may not see is unknown to him.

import Domain
import SQL
import Web

struct DutyPlacing {
    let scope: Scope
    let connection: Connection
    /// Whether a village of whose kind nothing was said yet may be a poor one: registers come in files, one by one.
    let takesUnknownKinds: Bool
    private(set) var errors: [FieldError] = []
    /// What does not stand in the way and should be looked at.
    private(set) var warnings: [FieldError] = []

    init(_ scope: Scope, _ connection: Connection, takesUnknownKinds: Bool = false) {
        self.scope = scope
        self.connection = connection
        self.takesUnknownKinds = takesUnknownKinds
    }

    /// The living division of a code where a duty of the kind can be held.
    mutating func division(_ code: AreaCode, for kind: DutyKind) throws -> Division? {
        guard let division = try DivisionStore.find(code: code, connection), division.isLive,
            scope.contains(division.scope)
        else {
            add(
                "/divisionCode", "unknown-division", "没有这个区划，或不在您的范围内",
                "there is no such division, or it is not in your area")
            return nil
        }
        if let level = kind.level, division.level != level {
            add("/divisionCode", "wrong-level", "此职责属于\(level.chinese)一级", "this duty is held for a \(level.name)")
            return nil
        }
        return division
    }

    /// The team of a duty that is held in one.
    mutating func team(_ id: Identifier) throws -> TeamState? {
        guard let team = try TeamTable.find(id, connection), let state = team.state, scope.contains(team.areaCode)
        else {
            add("/teamId", "unknown-team", "没有这个工作队，或不在您的范围内", "there is no such team, or it is not in your area")
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
            if team.divisionId != state.divisionId {
                add("/divisionCode", "not-the-team-village", "与工作队所在村不同", "it is not the team's village")
            }
            if !team.term.contains(state.term) {
                add("/from", "outside-team", "超出工作队的起止日期", "the days are not all days of the team")
            }
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
            add(
                pointer, "unknown-organization", "没有这个单位，或不在您的范围内",
                "there is no such organization, or it is not in your area")
            return
        }
        if let ended = found.endedOn, ended <= term.first {
            add(pointer, "organization-ended", "该单位已于 \(ended) 撤销", "the organization ended on \(ended)")
        }
    }

    private mutating func checkCadre(_ id: Identifier, _ state: DutyState, _ stored: DutyState?) throws {
        let found = try connection.first(
            "SELECT ended_on, area_code FROM cadre WHERE id = $1", id
        ) { (endedOn: try $0.optionalDate(0), areaCode: $0.int64(1)) }
        // Whoever holds the duty already is not looked for again: he may have moved on.
        guard let found, scope.contains(found.areaCode) || id == stored?.cadreId else {
            add("/cadreId", "unknown-cadre", "没有这名干部，或不在您的范围内", "there is no such cadre, or he is not in your area")
            return
        }
        if let ended = found.endedOn, ended <= state.term.first {
            add("/cadreId", "cadre-ended", "该干部已于 \(ended) 注销", "the cadre left the register on \(ended)")
        }
        if state.kind.isForCountyLeaders, try !isCountyLeader(id, on: state.term.first) {
            add("/cadreId", "not-a-county-leader", "不是县领导", "the cadre is no county leader")
        }
    }

    /// Whether he led the county on a day; on days of which nothing is known, whether he does now.
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
            warnings.append(
                FieldError(
                    pointer: "/divisionCode", code: "village-kind-unknown",
                    detail: Message(
                        zh: "该村的村类型尚未登记", en: "the kind of the village has not been recorded yet")))
            return
        }
        add(
            "/divisionCode", "not-a-poor-village", "该村在开始之日不是建档立卡贫困村",
            "the village is not registered as poor on the first day")
    }

    private mutating func add(_ pointer: String, _ code: String, _ zh: String, _ en: String) {
        errors.append(FieldError(pointer: pointer, code: code, detail: Message(zh: zh, en: en)))
    }
}

/// The form of a duty, which needs no register.
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
        if let end = term.end, end <= term.first {
            errors.append(make("/to", "not-after-from", "应晚于开始日期", "must be after the first day"))
        }
        if endReason != nil && term.end == nil {
            errors.append(make("/endReason", "without-end", "没有结束日期", "there is no end"))
        }
        return errors
    }

    /// The fields that must have been read soundly for an error to be one.
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
                errors.append(
                    make("/holderName", "two-holders", "只能填一名承担人", "a duty has one holder: a cadre or a name"))
            }
            if state.organizationId != nil { errors.append(notForKind("/organizationId")) }
        }
        return errors
    }

    static func required(_ pointer: String) -> FieldError {
        make(pointer, "required", "此项必填", "this field is required")
    }

    private static func notForKind(_ pointer: String) -> FieldError {
        make(pointer, "not-for-kind", "此类职责没有这一项", "this kind of duty has no such field")
    }

    private static func make(_ pointer: String, _ code: String, _ zh: String, _ en: String) -> FieldError {
        FieldError(pointer: pointer, code: code, detail: Message(zh: zh, en: en))
    }
}
