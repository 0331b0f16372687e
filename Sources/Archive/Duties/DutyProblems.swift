// What can prevent a duty, as problems of the API: the names that the triggers of duty_term raise, with the duty that
// is in the way if the caller may see it.

import Domain
import SQL
import Service
import Web

extension ProblemKind {
    static let leaderHasTown = ProblemKind(
        "leader-has-town", status: 409, zh: "该县领导当日的挂点镇已满",
        en: "The county leader may have no other town on one of these days")
    static let leaderHasVillage = ProblemKind(
        "leader-has-village", status: 409, zh: "该县领导当日的帮扶村已满",
        en: "The county leader may have no other village on one of these days")
    static let unitHoldsVillage = ProblemKind(
        "unit-holds-village", status: 409, zh: "该单位当日已承担该村的同类职责",
        en: "The unit already has this kind of duty for the village on one of these days")
    static let villageHasFirstSecretary = ProblemKind(
        "village-has-first-secretary", status: 409, zh: "该村当日已有第一书记",
        en: "The village already has a first secretary on one of these days")
    /// Raised by pairings, and by duties on which a pairing depends.
    package static let noUnhooking = ProblemKind(
        "no-unhooking", status: 409, zh: "未脱贫不脱钩：须有接替的帮扶人",
        en: "A household that is still poor must keep a helper: a successor must begin on the same day")
    static let secretaryHasVillage = ProblemKind(
        "secretary-has-village", status: 409, zh: "该同志当日已任另一村第一书记",
        en: "The cadre is already first secretary of another village on one of these days")
    static let divisionHasSecretary = ProblemKind(
        "division-has-secretary", status: 409, zh: "该区划当日已有党组织书记",
        en: "The division already has a party secretary on one of these days")
    static let memberTwice = ProblemKind(
        "member-twice", status: 409, zh: "该成员当日已在工作队中", en: "The person is already in the team on one of these days")
    static let teamHasLeader = ProblemKind(
        "team-has-leader", status: 409, zh: "工作队当日已有队长", en: "The team already has a leader on one of these days")
    static let teamNameTaken = ProblemKind(
        "team-name-taken", status: 409, zh: "该村当日已有同名工作队",
        en: "The village already has a team of this name on one of these days")
}

package enum DutyProblems {
    /// Each trigger's problem, the field it points to, and the columns that the two duties have in common.
    private static let refusals: [(kind: ProblemKind, pointer: String, equal: [String])] = [
        (.leaderHasTown, "/cadreId", ["cadre_id"]), (.leaderHasVillage, "/cadreId", ["cadre_id"]),
        (.unitHoldsVillage, "/organizationId", ["organization_id", "division_id"]),
        (.villageHasFirstSecretary, "/areaCode", ["division_id"]),
        (.secretaryHasVillage, "/cadreId", ["cadre_id"]), (.divisionHasSecretary, "/areaCode", ["division_id"]),
        (.teamHasLeader, "/kind", ["team_id"]),
    ]

    package static let kinds: [ProblemKind] = refusals.map(\.kind) + [.memberTwice, .teamNameTaken]

    /// Runs a write of a duty, and turns what a trigger refuses into a problem.
    ///
    /// - Throws: what the write threw, if it was not a trigger of duties.
    package static func locating<Result>(
        _ state: DutyState, of id: Identifier, _ scope: Scope, _ connection: Connection, _ write: () throws -> Result
    ) throws -> Result {
        do {
            return try write()
        } catch SQLError.trigger(let name) {
            if name == ProblemKind.memberTwice.slug {
                let pointer = state.cadreId == nil ? "/holderName" : "/cadreId"
                throw problem(.memberTwice, pointer, try other(than: id, state, ["team_id"], scope, connection))
            }
            if name == ProblemKind.noUnhooking.slug { throw problem(.noUnhooking, "/to", nil) }
            guard let refusal = refusals.first(where: { $0.kind.slug == name }) else {
                throw SQLError.trigger(name)
            }
            throw problem(
                refusal.kind, refusal.pointer, try other(than: id, state, refusal.equal, scope, connection),
                try most(name, state, connection))
        }
    }

    /// What a county leader may have at the place (R008), where that is what the trigger refuses.
    private static func most(_ trigger: String, _ state: DutyState, _ connection: Connection) throws -> Message? {
        let isTown = trigger == ProblemKind.leaderHasTown.slug
        guard isTown || trigger == ProblemKind.leaderHasVillage.slug else { return nil }
        var limit = NearestNumber(isTown ? ParameterKey.countyLeaderTowns : ParameterKey.countyLeaderVillages)
        // The least of the days that are asked for and of all places that they have on them: a smaller number may hold
        // from a later day on, or elsewhere.
        let term = DayInterval(first: state.term.first, end: state.term.end)
        let others = try connection.query(
            """
            SELECT division_id, valid_from, valid_to FROM duty_term
            WHERE cadre_id = $1 AND kind = $2 AND superseded_at IS NULL
            """, state.cadreId, state.kind.rawValue
        ) { row in
            (division: try row.identifier(0), days: DayInterval(first: try row.date(1), end: try row.optionalDate(2)))
        }
        let stated = try connection.query("SELECT first_on FROM parameter WHERE key = $1", limit.key) {
            try $0.date(0)
        }
        let days = ([term.first] + stated + others.map(\.days.first)).filter(term.contains)
        let most = try Set(days).flatMap { day in
            try ([state.divisionId] + others.filter { $0.days.contains(day) }.map(\.division)).compactMap { division in
                try limit.value(in: division, on: day, connection)
            }
        }.min()
        return most.map { Message(zh: "最多 \($0) 个", en: "at most \($0)") }
    }

    /// The same for a team.
    package static func naming<Result>(_ write: () throws -> Result) throws -> Result {
        do {
            return try write()
        } catch SQLError.trigger(ProblemKind.teamNameTaken.slug) {
            throw problem(.teamNameTaken, "/name", nil)
        }
    }

    private static func problem(
        _ kind: ProblemKind, _ pointer: String, _ other: Identifier?, _ most: Message? = nil
    ) -> Problem {
        var problem = Problem(kind, at: pointer)
        let details = [most, other.map { Message(zh: "见职责 \($0)", en: "see duty \($0)") }].compactMap(\.self)
        if !details.isEmpty {
            problem.detail = Message(
                zh: details.map(\.zh).joined(separator: "；"), en: details.map(\.en).joined(separator: "; "))
        }
        return problem
    }

    /// The duty that is in the way, if the caller may see it.
    private static func other(
        than id: Identifier, _ state: DutyState, _ equal: [String], _ scope: Scope, _ connection: Connection
    ) throws -> Identifier? {
        let values: [String: any Bindable] = [
            "cadre_id": state.cadreId, "organization_id": state.organizationId, "division_id": state.divisionId,
            "team_id": state.teamId,
        ]
        let same = equal.enumerated().map { "t.\($1) = $\($0 + 7)" }.joined(separator: " AND ")
        // Within a team two leaders conflict, and so do two places of the same person, as leader or as member.
        let kinds = equal == ["team_id"] ? "t.kind IN ('team-leader', 'team-member') AND $2 <> ''" : "t.kind = $2"
        let person =
            equal == ["team_id"] && state.kind == .teamMember
            ? " AND (t.cadre_id = $\(equal.count + 7) OR t.holder_name = $\(equal.count + 8))" : ""
        let bound: [any Bindable] =
            [id, state.kind.rawValue, state.term.first, state.term.end, scope.first, scope.last]
            + equal.compactMap { values[$0] } + (person.isEmpty ? [] : [state.cadreId, state.holderName])
        return try connection.first(
            """
            SELECT y.id FROM duty_term t JOIN duty y ON y.id = t.duty_id
            WHERE t.duty_id <> $1 AND \(kinds) AND t.superseded_at IS NULL AND (t.valid_to IS NULL OR t.valid_to > $3)
                AND ($4 IS NULL OR t.valid_from < $4) AND y.area_code BETWEEN $5 AND $6 AND \(same)\(person)
            """, values: bound
        ) { try $0.identifier(0) }
    }
}
