// Who took part in an activity: a cadre, a household as such, one of its members, or somebody known by name only. They
// are stated all together, and have a list of their own.

import Archive
import Domain
import SQL
import Service
import Web

package struct Participant: Equatable, Sendable {
    package var cadre: Identifier?
    /// For a member, their household.
    package var household: (number: Int64, id: Identifier)?
    package var member: Identifier?
    package var name: String?

    package static func == (left: Participant, right: Participant) -> Bool {
        left.cadre == right.cadre && left.household?.number == right.household?.number && left.member == right.member
            && left.name == right.name
    }

    private var auditText: String {
        cadre?.description ?? member?.description ?? household?.id.description ?? name ?? ""
    }
}

// MARK: The field

extension Participant {
    private static let countMax = 1_000

    /// `participants` in bodies, `participantCount` in answers.
    package static var field: RecordField<Activity> {
        var field = RecordField<Activity>(name: "participants")
        field.columns = ["participant_count"]
        field.selected = field.columns
        field.bind = { [$0.participants.count] }
        field.shown = { _ in [ListColumn("participantCount", "r.participant_count", .integer)] }
        field.shownSchemas = [
            RecordMember(name: "participantCount", schema: .integer(0...countMax), isAlways: true)
        ]
        field.statedSchemas = [RecordMember(name: "participants", schema: .list("NewParticipant", 0...countMax))]
        field.audit = { .texts($0.participants.map(\.auditText)) }
        field.read = { body, _ in
            guard let stated = stated(&body) else { return nil }
            return { draft, context in
                draft.state.participants = try place(stated, context.scope, context.connection)
            }
        }
        field.part = RecordPart(load: load, write: write, show: nil)
        return field.filtered(
            RecordFilter(name: "cadreId", schema: .id) { query, _, _ in
                guard let cadre = query.value("cadreId", FieldText.identifier) else { return nil }
                return { conditions in
                    conditions.add(
                        """
                        EXISTS (SELECT 1 FROM activity_participant t WHERE t.cadre_id = \(conditions.bind(cadre))
                            AND t.activity_id = r.id)
                        """)
                }
            })
    }

    @Sendable
    private static func load(_ id: Identifier, _ state: inout Activity, _ connection: Connection) throws {
        state.participants = try connection.query(
            """
            SELECT t.cadre_id, t.household_number, h.id, t.member_id, t.name FROM activity_participant t
            LEFT JOIN household h ON h.household_number = t.household_number
            WHERE t.activity_id = $1 ORDER BY t.position
            """, id
        ) { row in
            let household = row.optionalIdentifier(2).map { (number: row.int64(1), id: $0) }
            return Participant(
                cadre: row.optionalIdentifier(0), household: household, member: row.optionalIdentifier(3),
                name: row.optionalText(4))
        }
    }

    @Sendable
    private static func write(_ id: Identifier, _ old: Activity?, _ new: Activity, _ transaction: Transaction) throws {
        let connection = transaction.connection
        guard new.participants != old?.participants ?? [] else { return }
        try connection.run("DELETE FROM activity_participant WHERE activity_id = $1", id)
        for (position, participant) in new.participants.enumerated() {
            try connection.run(
                """
                INSERT INTO activity_participant (activity_id, position, cadre_id, household_number, member_id, name)
                VALUES ($1, $2, $3, $4, $5, $6)
                """, id, position, participant.cadre, participant.household?.number, participant.member,
                participant.name)
        }
    }

    // MARK: What a body says

    private enum Stated: Sendable {
        case cadre(Identifier)
        case household(Identifier)
        case member(Identifier)
        case name(String)

        /// The field that names them.
        var field: String {
            switch self {
            case .cadre: "cadreId"
            case .household: "householdId"
            case .member: "memberId"
            case .name: "name"
            }
        }
    }

    /// - Returns: nil if the body does not say.
    private static func stated(_ body: inout ObjectReader) -> [Stated]? {
        body.optionalArray("participants", count: 0...countMax) { reader in
            let named: [Stated] = [
                reader.optionalValue("cadreId", FieldText.identifier).map { .cadre($0) },
                reader.optionalValue("householdId", FieldText.identifier).map { .household($0) },
                reader.optionalValue("memberId", FieldText.identifier).map { .member($0) },
                reader.optionalName("name", characters: FieldText.nameCharacters).map { .name($0) },
            ].compactMap(\.self)
            if named.isEmpty && reader.isSound("cadreId", "householdId", "memberId", "name") {
                reader.report(
                    "cadreId", .required, zh: "cadreId、householdId、memberId、name 填写一项",
                    en: "one of cadreId, householdId, memberId and name is needed")
            }
            for other in named.dropFirst() { reader.report(other.field, .onlyOne) }
            return named.first ?? .name("")
        }
    }

    /// Checks participants against the register. What callers may not see counts as unknown; they may also see a cadre
    /// who helps a household of their area.
    ///
    /// - Throws: 422 with everybody who does not exist or appears twice.
    private static func place(
        _ stated: [Stated], _ scope: Scope, _ connection: Connection
    ) throws -> [Participant] {
        var errors: [FieldError] = []
        var seen: Set<Identifier> = []
        var participants: [Participant] = []
        for (index, one) in stated.enumerated() {
            func add(_ code: FieldCode) { errors.report("/participants/\(index)/\(one.field)", code) }
            let found: (id: Identifier?, participant: Participant)?
            switch one {
            case .cadre(let id):
                found = try isVisible(cadre: id, scope, connection) ? (id, Participant(cadre: id)) : nil
                if found == nil { add(.unknownCadre) }
            case .household(let id):
                found = try HouseholdView.head(id, scope, connection).map {
                    (id, Participant(household: ($0.number, id)))
                }
                if found == nil { add(.unknownHousehold) }
            case .member(let id):
                found = try household(of: id, scope, connection).map {
                    (id, Participant(household: $0, member: id))
                }
                if found == nil { add(.unknownMember) }
            case .name(let name): found = (nil, Participant(name: name))
            }
            guard let found else { continue }
            if let id = found.id, !seen.insert(id).inserted { add(.repeated) }
            participants.append(found.participant)
        }
        if !errors.isEmpty { throw InvalidBody(errors: Array(errors.prefix(ObjectReader.errorsMax))) }
        return participants
    }

    /// - Throws: 422 for households that had ended before the activity, of those that are named anew.
    static func checkEnds(_ activity: Activity, over before: Activity?, _ connection: Connection) throws {
        let known = Set(before?.participants.compactMap(\.household?.number) ?? [])
        var errors: [FieldError] = []
        for (index, one) in activity.participants.enumerated() {
            guard let household = one.household, !known.contains(household.number),
                try EndedHousehold.has(household.number, endedBy: activity.first, connection)
            else { continue }
            let field = one.member == nil ? "householdId" : "memberId"
            errors.report("/participants/\(index)/\(field)", FieldCode(ProblemKind.householdEnded))
        }
        if !errors.isEmpty { throw InvalidBody(errors: Array(errors.prefix(ObjectReader.errorsMax))) }
    }

    private static func isVisible(cadre id: Identifier, _ scope: Scope, _ connection: Connection) throws -> Bool {
        try connection.first(
            """
            SELECT area_code BETWEEN $2 AND $3 OR EXISTS (SELECT 1 FROM pairing p
                WHERE p.cadre_id = $1 AND p.area_code BETWEEN $2 AND $3)
            FROM cadre WHERE id = $1
            """, id, scope.first, scope.last
        ) { $0.bool(0) } ?? false
    }

    private static func household(
        of member: Identifier, _ scope: Scope, _ connection: Connection
    ) throws -> (number: Int64, id: Identifier)? {
        try connection.first(
            """
            SELECT h.household_number, h.id FROM member m JOIN household h ON h.household_number = m.household_number
            WHERE m.id = $1 AND h.area_code BETWEEN $2 AND $3
            """, member, scope.first, scope.last
        ) { ($0.int64(0), try $0.identifier(1)) }
    }

    // MARK: Their list

    /// The participants, in the order of the body. Nothing is shown of a household that is not the caller's.
    package static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let paging = Paging(&query)
        try query.finish()
        let scope = try call.caller.scope
        let id = try call.id()
        _ = try Activity.record.rows.version(of: id, scope, connection)
        var conditions = ListConditions()
        conditions.add("t.activity_id = \(conditions.bind(id))")
        let first = conditions.bind(scope.first)
        let last = conditions.bind(scope.last)
        let columns = [
            ListColumn("position", "t.position", .integer),
            ListColumn(
                "kind",
                """
                CASE WHEN t.cadre_id IS NOT NULL THEN 'cadre' WHEN t.member_id IS NOT NULL THEN 'member'
                    WHEN t.household_number IS NOT NULL THEN 'household' ELSE 'name' END
                """),
            ListColumn("cadreId", "t.cadre_id", .identifier), ListColumn("cadreName", "c.name"),
            ListColumn("householdId", "h.id", .identifier), ListColumn("householderName", "h.householder_name"),
            ListColumn("memberId", "CASE WHEN h.id IS NOT NULL THEN t.member_id END", .identifier),
            ListColumn("memberName", "m.name"), ListColumn("name", "t.name"),
        ]
        return ListPlan(
            name: "activity-participants", columns: columns,
            source: """
                activity_participant t LEFT JOIN cadre c ON c.id = t.cadre_id
                LEFT JOIN household h ON h.household_number = t.household_number
                    AND h.area_code BETWEEN \(first) AND \(last)
                LEFT JOIN member m ON m.id = t.member_id AND m.household_number = h.household_number
                """,
            conditions: conditions, order: ["t.position"], paging: paging)
    }
}
