// Checks a partnership against the register: whether its helper and its target exist and fit each other. Errors are
// collected, so that a form shows all of them at once; what callers may not see counts as unknown.

import Archive
import Domain
import SQL
import Service
import Web

struct PartnershipPlacing {
    private let scope: Scope
    private let connection: Connection
    private let kind: PartnershipKind
    private let first: CivilDate
    private var errors: [FieldError] = []

    /// What has to be known about an organization to see whether a partner fits it.
    private typealias FoundOrganization = (id: Identifier, kind: String, areaCode: Int64)
    private typealias FoundTarget = (target: PartnershipTarget, areaCode: Int64, level: DivisionLevel, kind: String?)

    /// - Returns: both, and the target's place.
    /// - Throws: 422 with everything about the partnership that contradicts the register.
    static func place(
        _ stated: StatedParties, of partnership: Partnership, _ scope: Scope, _ connection: Connection
    ) throws -> (PartnershipParties, place: Int64) {
        var placing = PartnershipPlacing(
            scope: scope, connection: connection, kind: PartnershipKind(rawValue: partnership.kind) ?? .other,
            first: partnership.first)
        let target = try placing.target(stated.target)
        let helper = try placing.helper(stated.helper, target)
        guard let target, let helper, placing.errors.isEmpty else { throw InvalidBody(errors: placing.errors) }
        return (PartnershipParties(helper: helper, target: target.target, level: target.level), target.areaCode)
    }

    // MARK: The target

    private mutating func target(_ target: StatedParties.Target) throws -> FoundTarget? {
        switch target {
        case .household(let id): try household(id)
        case .member(let id): try member(id)
        case .organization(let id):
            try organization(id, "/targetOrganizationId").map {
                (.organization($0.id), $0.areaCode, .village, $0.kind)
            }
        case .division(let code): try division(code)
        }
    }

    private mutating func household(_ id: Identifier) throws -> FoundTarget? {
        let found = try connection.first(
            "SELECT household_number, area_code FROM household WHERE id = $1 AND ended_on IS NULL", id
        ) {
            (number: $0.int64(0), areaCode: $0.int64(1))
        }
        guard let found, scope.contains(found.areaCode) else {
            errors.report("/targetHouseholdId", .unknownHousehold)
            return nil
        }
        return (.household(id, number: found.number), found.areaCode, .village, nil)
    }

    private mutating func member(_ id: Identifier) throws -> FoundTarget? {
        let found = try connection.first(
            """
            SELECT m.household_number, h.area_code, m.left_on FROM member m
            JOIN household h ON h.household_number = m.household_number WHERE m.id = $1
            """, id
        ) { (number: $0.int64(0), areaCode: $0.int64(1), leftOn: try $0.optionalDate(2)) }
        guard let found, scope.contains(found.areaCode) else {
            errors.report("/targetMemberId", .unknownMember)
            return nil
        }
        if let leftOn = found.leftOn, leftOn <= first {
            errors.report(
                "/targetMemberId", .memberHasLeft, zh: "该成员已于 \(leftOn) 减少", en: "the member left on \(leftOn)")
        }
        return (.member(id, household: found.number), found.areaCode, .village, nil)
    }

    private mutating func division(_ code: AreaCode) throws -> FoundTarget? {
        guard let division = try DivisionStore.find(code: code, connection), division.isLive,
            scope.contains(division.scope)
        else {
            errors.report("/targetAreaCode", .unknownDivision)
            return nil
        }
        let levels: Set<DivisionLevel> = kind == .area ? [.county, .town, .village] : [.village]
        if !levels.contains(division.level) {
            errors.report(
                "/targetAreaCode", .wrongLevel, zh: kind == .area ? "应为县、乡镇或村" : "应为村",
                en: kind == .area ? "a county, a town or a village is expected" : "a village is expected")
        }
        return (.division(division.id, division.code), division.areaCode, division.level, nil)
    }

    // MARK: The helper

    private mutating func helper(_ helper: StatedParties.Helper, _ target: FoundTarget?) throws -> HelpingParty? {
        switch helper {
        case .organization(let id):
            guard let found = try organization(id, "/helperOrganizationId") else { return nil }
            fit(found, target)
            return .organization(id)
        case .helper(let id):
            try require("helper", id, "/helperId", .unknownHelper)
            return .helper(id)
        case .cadre(let id):
            try require("cadre", id, "/helperCadreId", .unknownCadre)
            return .cadre(id)
        case .division(let code): return try partner(code, target).map { .division($0, code) }
        case .name(let name): return .name(name)
        }
    }

    private mutating func fit(_ helper: FoundOrganization, _ target: FoundTarget?) {
        if kind.isOfEnterprise && !OrganizationKind.enterprises.contains(helper.kind) {
            errors.report("/helperOrganizationId", .notAnEnterprise)
        }
        guard let target, case .organization(let other) = target.target else { return }
        if other == helper.id {
            errors.report("/targetOrganizationId", .namesItself)
        } else if kind == .institution, let otherKind = target.kind, otherKind != helper.kind {
            errors.report("/targetOrganizationId", .differentKinds)
        }
    }

    /// An area that helps may be anywhere, because partners are in other counties and provinces.
    private mutating func partner(_ code: AreaCode, _ target: FoundTarget?) throws -> Identifier? {
        guard let division = try DivisionStore.find(code: code, connection), division.isLive else {
            errors.report("/helperAreaCode", .unknownDivision)
            return nil
        }
        guard let target else { return division.id }
        if target.target == .division(division.id, division.code) {
            errors.report("/helperAreaCode", .namesItself)
        } else if division.level != target.level {
            errors.report("/helperAreaCode", .differentLevels)
        }
        return division.id
    }

    private mutating func organization(_ id: Identifier, _ pointer: String) throws -> FoundOrganization? {
        let found = try connection.first("SELECT kind, area_code, ended_on FROM organization WHERE id = $1", id) {
            (kind: $0.text(0), areaCode: $0.int64(1), endedOn: try $0.optionalDate(2))
        }
        guard let found, scope.contains(found.areaCode) else {
            errors.report(pointer, .unknownOrganization)
            return nil
        }
        if let ended = found.endedOn, ended <= first {
            errors.report(
                pointer, .organizationEnded, zh: "该单位已于 \(ended) 撤销", en: "the organization ended on \(ended)")
        }
        return (id, found.kind, found.areaCode)
    }

    /// A helper or cadre whom the caller may see and who is still in the register.
    private mutating func require(
        _ table: String, _ id: Identifier, _ pointer: String, _ code: FieldCode
    ) throws {
        let found = try connection.first("SELECT area_code FROM \(table) WHERE id = $1 AND ended_on IS NULL", id) {
            $0.int64(0)
        }
        guard let found, scope.contains(found) else {
            return errors.report(pointer, code)
        }
    }
}

/// Values of `organization-kind` that rules use by name.
enum OrganizationKind {
    /// 国有企业, 民营企业.
    static let enterprises = ["state-enterprise", "private-enterprise"]
}
