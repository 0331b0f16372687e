// Holding a partnership against the register: whether its helper and its target are there, and fit each other. What is
// wrong is gathered, so that a form shows all of it at once; what a caller may not see is unknown to him.

import Domain
import SQL
import Web

struct PartnershipPlacing {
    private let scope: Scope
    private let connection: Connection
    private var errors: [FieldError] = []

    /// An organization, as far as its partners need to fit it.
    private typealias FoundOrganization = (id: Identifier, kind: String, areaCode: Int64)
    private typealias FoundTarget = (target: PartnershipTarget, areaCode: Int64, level: DivisionLevel, kind: String?)

    /// - Throws: 422 with everything about the partnership that the register contradicts.
    static func place(_ draft: PartnershipDraft, _ scope: Scope, _ connection: Connection) throws -> NewPartnership {
        var placing = PartnershipPlacing(scope, connection)
        let target = try placing.target(draft)
        let helper = try placing.helper(draft, target)
        guard let target, let helper, placing.errors.isEmpty else { throw InvalidBody(errors: placing.errors) }
        return NewPartnership(
            kind: draft.kind, helper: helper, target: target.target, areaCode: target.areaCode, level: target.level,
            term: draft.term)
    }

    private init(_ scope: Scope, _ connection: Connection) {
        self.scope = scope
        self.connection = connection
    }

    // MARK: The target

    private mutating func target(_ draft: PartnershipDraft) throws -> FoundTarget? {
        switch draft.target {
        case .household(let id): try household(id)
        case .member(let id): try member(id, on: draft.term.first)
        case .organization(let id):
            try organization(id, "/targetOrganizationId", on: draft.term.first).map {
                (.organization($0.id), $0.areaCode, .village, $0.kind)
            }
        case .division(let code): try division(code, draft.kind)
        }
    }

    private mutating func household(_ id: Identifier) throws -> FoundTarget? {
        let found = try connection.first("SELECT household_number, area_code FROM household WHERE id = $1", id) {
            (number: $0.int64(0), areaCode: $0.int64(1))
        }
        guard let found, scope.contains(found.areaCode) else {
            add("/targetHouseholdId", "unknown-household", "没有这户，或不在您的范围内", "there is no such household in your area")
            return nil
        }
        return (.household(found.number), found.areaCode, .village, nil)
    }

    private mutating func member(_ id: Identifier, on day: CivilDate) throws -> FoundTarget? {
        let found = try connection.first(
            """
            SELECT m.household_number, h.area_code, m.left_on FROM member m
            JOIN household h ON h.household_number = m.household_number WHERE m.id = $1
            """, id
        ) { (number: $0.int64(0), areaCode: $0.int64(1), leftOn: try $0.optionalDate(2)) }
        guard let found, scope.contains(found.areaCode) else {
            add("/targetMemberId", "unknown-member", "没有这名成员，或不在您的范围内", "there is no such member in your area")
            return nil
        }
        if let leftOn = found.leftOn, leftOn <= day {
            add("/targetMemberId", "member-left", "该成员已于 \(leftOn) 减少", "the member left on \(leftOn)")
        }
        return (.member(id, household: found.number), found.areaCode, .village, nil)
    }

    private mutating func division(_ code: AreaCode, _ kind: PartnershipKind) throws -> FoundTarget? {
        guard let division = try DivisionStore.find(code: code, connection), division.isLive,
            scope.contains(division.scope)
        else {
            add(
                "/targetDivisionCode", "unknown-division", "没有这个区划，或不在您的范围内",
                "there is no such division, or it is not in your area")
            return nil
        }
        let levels: Set<DivisionLevel> = kind == .area ? [.county, .town, .village] : [.village]
        if !levels.contains(division.level) {
            add(
                "/targetDivisionCode", "wrong-level", kind == .area ? "应为县、乡镇或村" : "应为村",
                kind == .area ? "a county, a town or a village is expected" : "a village is expected")
        }
        return (.division(division.id), division.areaCode, division.level, nil)
    }

    // MARK: The helper

    private mutating func helper(_ draft: PartnershipDraft, _ target: FoundTarget?) throws -> HelpingParty? {
        switch draft.helper {
        case .organization(let id):
            guard let found = try organization(id, "/helperOrganizationId", on: draft.term.first) else { return nil }
            fit(found, draft.kind, target)
            return .organization(id)
        case .helper(let id):
            try require("helper", id, "/helperId", "没有这名帮扶人", "there is no such helper")
            return .helper(id)
        case .cadre(let id):
            try require("cadre", id, "/helperCadreId", "没有这名干部", "there is no such cadre")
            return .cadre(id)
        case .division(let code): return try partner(code, target).map(HelpingParty.division)
        case .name(let name): return .name(name)
        }
    }

    private mutating func fit(_ helper: FoundOrganization, _ kind: PartnershipKind, _ target: FoundTarget?) {
        if kind.isOfEnterprise && !OrganizationKind.enterprises.contains(helper.kind) {
            add("/helperOrganizationId", "not-an-enterprise", "不是企业", "the organization is no enterprise")
        }
        guard let target, case .organization(let other) = target.target else { return }
        if other == helper.id {
            add("/targetOrganizationId", "same-party", "与帮扶方相同", "it is the helper itself")
        } else if kind == .institution, let otherKind = target.kind, otherKind != helper.kind {
            add(
                "/targetOrganizationId", "different-kinds", "对口双方单位类型应相同",
                "institutions that are partners are of one kind")
        }
    }

    /// An area that helps may lie anywhere: partners are in other counties and provinces.
    private mutating func partner(_ code: AreaCode, _ target: FoundTarget?) throws -> Identifier? {
        guard let division = try DivisionStore.find(code: code, connection), division.isLive else {
            add("/helperDivisionCode", "unknown-division", "没有这个区划", "there is no such division")
            return nil
        }
        guard let target else { return division.id }
        if target.target == .division(division.id) {
            add("/helperDivisionCode", "same-party", "与被帮扶方相同", "it is the target itself")
        } else if division.level != target.level {
            add(
                "/helperDivisionCode", "different-levels", "结对双方应为同级区划", "areas that are partners are of one level")
        }
        return division.id
    }

    private mutating func organization(
        _ id: Identifier, _ pointer: String, on day: CivilDate
    ) throws -> FoundOrganization? {
        let found = try connection.first("SELECT kind, area_code, ended_on FROM organization WHERE id = $1", id) {
            (kind: $0.text(0), areaCode: $0.int64(1), endedOn: try $0.optionalDate(2))
        }
        guard let found, scope.contains(found.areaCode) else {
            add(
                pointer, "unknown-organization", "没有这个单位，或不在您的范围内",
                "there is no such organization, or it is not in your area")
            return nil
        }
        if let ended = found.endedOn, ended <= day {
            add(pointer, "organization-ended", "该单位已于 \(ended) 撤销", "the organization ended on \(ended)")
        }
        return (id, found.kind, found.areaCode)
    }

    /// A helper or cadre whom the caller may see and who is still in the register.
    private mutating func require(
        _ table: String, _ id: Identifier, _ pointer: String, _ zh: String, _ en: String
    ) throws {
        let found = try connection.first("SELECT area_code FROM \(table) WHERE id = $1 AND ended_on IS NULL", id) {
            $0.int64(0)
        }
        guard let found, scope.contains(found) else {
            return add(pointer, "unknown-\(table)", zh + "，或不在您的范围内", en + ", or it is not in your area")
        }
    }

    private mutating func add(_ pointer: String, _ code: String, _ zh: String, _ en: String) {
        errors.append(FieldError(pointer: pointer, code: code, detail: Message(zh: zh, en: en)))
    }
}

/// Values of `organization-kind` that rules ask for by name.
enum OrganizationKind {
    /// 国有企业, 民营企业.
    static let enterprises = ["state-enterprise", "private-enterprise"]
}
