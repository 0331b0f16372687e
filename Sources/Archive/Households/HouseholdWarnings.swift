// Archives with warnings: what the rules find of a household that does not stand in the way of keeping it, kept beside
// it so that it can be listed and worked off, and not only be told once to whoever wrote it. Some of it comes about by
// time alone (a pupil grows too old): each new day all households are judged again in short pieces.

import Domain
import SQL
import Service
import Synchronization
import Web

enum HouseholdWarnings {
    /// Keeps what is found of a household as it has just been written.
    ///
    /// - Parameter labour: what its area's ages of labour say of its members.
    static func keep(
        _ number: Int64, _ state: HouseholdState, _ members: [MemberState], _ labour: [LabourFinding],
        _ transaction: Transaction
    ) throws {
        try transaction.connection.run(
            """
            UPDATE household SET warnings = $2, judged_on = $3
            WHERE household_number = $1 AND (warnings <> $2 OR judged_on IS NULL)
            """, number,
            text(
                findings(number, state, members, on: transaction.today, transaction.connection),
                state.end == nil ? labour : [], members),
            transaction.today)
    }

    private struct Warning {
        let code: String
        let field: String
        /// Nil for one of the household itself.
        let member: MemberState?
    }

    private static let disabledWithoutCard = "disabled-without-card"
    /// Longer masks are those of cards that go on behind the person's number.
    private static let personCharacters = 18

    /// What the rules warn of, with the member it is about. Numbers are sealed here, so the one rule that warns of a
    /// number goes by the length of its mask.
    private static func findings(
        _ number: Int64, _ state: HouseholdState, _ members: [MemberState], on day: CivilDate,
        _ connection: Connection
    ) throws -> [Warning] {
        // Nobody works on the archive of one that has ended.
        guard state.end == nil else { return [] }
        let present = members.filter(\.isPresent)
        let found = HouseholdRules.findings(state.facts(present), on: day).filter { $0.rule.severity == .warn }.map {
            Warning(code: $0.rule.code, field: $0.field, member: $0.memberIndex.map { present[$0] })
        }
        let withoutCard = present.filter {
            $0.facts(nil).isDisabled && $0.identity.state == .verified
                && ($0.identity.mask?.count ?? 0) <= personCharacters
        }
        let atFirst = try isEmptyAtFirst(number, members, connection)
        return found + withoutCard.map { Warning(code: disabledWithoutCard, field: "identityNumber", member: $0) }
            + (atFirst ? [Warning(code: HouseholdRules.nobodyAtFirst.code, field: "members", member: nil)] : [])
    }

    /// What is said in the answer to whoever has just written a household in which nobody lived at first.
    static func ofFirstDay(_ id: Identifier, _ connection: Connection) throws -> [HouseholdFinding] {
        guard let household = try HouseholdTable.find(id, connection), household.state.end == nil,
            try isEmptyAtFirst(household.number, household.members.map(\.state), connection)
        else { return [] }
        return [HouseholdFinding(rule: HouseholdRules.nobodyAtFirst, memberIndex: nil, field: "members")]
    }

    /// Whether nobody lived in a household on the first day of its archive, as where a year was mistyped.
    static func isEmptyAtFirst(
        _ number: Int64, _ members: [MemberState], _ connection: Connection
    ) throws -> Bool {
        guard !members.isEmpty, let first = try HouseholdTable.firstDay(of: number, connection) else { return false }
        return !members.contains { $0.joinedOn <= first && first < $0.leftOn ?? .last }
    }

    private static func text(
        _ findings: [Warning], _ labour: [LabourFinding],
        _ members: [MemberState]
    ) -> String {
        let all =
            findings
            + labour.map { finding in
                Warning(
                    code: finding.rule.code, field: "labourCapacity",
                    member: members.first { $0.id == finding.member })
            }
        guard !all.isEmpty else { return "" }
        var json = JSONWriter(reserve: 256)
        json.array { json in
            for finding in all {
                json.object { json in
                    json.key("code")
                    json.string(finding.code)
                    json.key("field")
                    json.string(finding.field)
                    guard let member = finding.member else { return }
                    json.key("memberId")
                    json.string(member.id.description)
                    json.key("memberName")
                    json.string(member.name)
                }
            }
        }
        return String(decoding: json.take(), as: UTF8.self)
    }

    // MARK: What time brings about

    /// Judges some households again.
    static func judge(_ ids: [Identifier], _ transaction: Transaction) throws {
        for id in ids {
            guard let household = try HouseholdTable.find(id, transaction.connection) else { continue }
            let members = household.members.map(\.state)
            let labour = try LabourJudgement.findings(in: household.state.villageId, members, transaction)
            try keep(household.number, household.state, members, labour, transaction)
        }
    }

    /// Kept warnings that the rules do not find on the day on which they were found. What the ages of labour of an area
    /// say is left out: a parameter may have been corrected since.
    @Sendable
    static func faults(_ connection: Connection, max: Int) throws -> [String] {
        var faults: [String] = []
        let rows = try connection.query(
            "SELECT id, warnings, judged_on FROM household WHERE judged_on IS NOT NULL ORDER BY household_number"
        ) { (try $0.identifier(0), $0.text(1), try $0.date(2)) }
        for (id, kept, day) in rows where faults.count < max {
            guard let household = try HouseholdTable.find(id, connection) else { continue }
            let codes =
                try kept.isEmpty
                ? []
                : JSONDocument(Array(kept.utf8)).root.elements.compactMap {
                    $0["code"]?.string
                }
            let own = Set(LabourAgeRules.all.map(\.code))
            let members = household.members.map(\.state)
            let found = try findings(household.number, household.state, members, on: day, connection).map(\.code)
            if codes.filter({ !own.contains($0) }) != found {
                faults.append("household \(household.state.archiveNumber) keeps other warnings than are found")
            }
        }
        return faults
    }

    // MARK: The list

    private static let columns =
        [
            ListColumn("householdId", "h.id", .identifier), ListColumn("archiveNumber", "h.archive_number"),
            ListColumn("householderName", "h.householder_name"),
        ] + ListColumn.village(of: "h.village_id") + [
            ListColumn("state", "h.state"), ListColumn("warnings", "h.warnings", .json),
            ListColumn("judgedOn", "h.judged_on"),
        ]

    static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let rules = (HouseholdRules.all).filter { $0.severity == .warn }.map(\.code)
        let code = query.value("code") { text throws(FieldError) in
            guard rules.contains(text) else { throw FieldError.notOneOf(rules) }
            return text
        }
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "h.area_code")
        conditions.add("h.warnings <> ''")
        if let code { conditions.add("instr(h.warnings, \(conditions.bind("\"code\":\"\(code)\""))) > 0") }
        return ListPlan(
            name: "household-warnings", columns: columns, source: "household h", conditions: conditions,
            order: ["h.area_code", "h.archive_number"], paging: paging, villages: VillageNames(connection))
    }
}

/// How far the judgement of a day has come. It is not stored: where nothing is different nothing is written, and a
/// service that starts again begins again.
final class WarningWalk: Sendable {
    /// Households of one piece: some ten milliseconds.
    private static let pieceSize = 200

    private let last = Mutex<(day: CivilDate, number: Int64)>((.first, 0))

    /// Judges the next households on the day; true when there are more.
    func piece(_ transaction: Transaction) throws -> Bool {
        let today = transaction.today
        let start = last.withLock { $0.day == today ? $0.number : 0 }
        let found = try transaction.connection.query(
            "SELECT household_number, id FROM household WHERE household_number > $1 ORDER BY household_number LIMIT $2",
            start, Self.pieceSize
        ) { (number: $0.int64(0), id: try $0.identifier(1)) }
        try HouseholdWarnings.judge(found.map(\.id), transaction)
        guard let end = found.last else { return false }
        last.withLock { $0 = (today, end.number) }
        return found.count == Self.pieceSize
    }
}
