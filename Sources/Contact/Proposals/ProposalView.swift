// Change proposals as clients see them: their list, and one with every field beside what it was based on, what the
// archive says now, and what other proposals say of it.

import Domain
import SQL
import Service
import Web

package enum ProposalView {
    private static let columns =
        [
            ListColumn("id", "p.id", .identifier), ListColumn("version", "p.version", .integer),
            ListColumn("householdId", "o.id", .identifier), ListColumn("archiveNumber", "o.archive_number"),
            ListColumn("householderName", "o.householder_name"),
        ] + ListColumn.village("w", town: "t") + [
            ListColumn("memberId", "p.member_id", .identifier), ListColumn("visitId", "p.visit_id", .identifier),
            ListColumn("baseVersion", "p.base_version", .integer), ListColumn("happenedOn", "p.happened_on"),
            ListColumn("effectiveOn", "p.effective_on"), ListColumn("note", "p.note"), ListColumn("state", "p.state"),
            ListColumn("isContested", ProposalTable.isContested, .boolean),
            ListColumn("fieldNames", "p.field_names", .texts),
        ] + ListColumn.actor("recordedBy", id: "p.recorded_by", name: "u.name") + [
            ListColumn("createdAt", "p.created_at", .instant)
        ]
    private static let source = """
        change_proposal p JOIN household o ON o.household_number = p.household_number
        JOIN division w ON w.id = o.village_id JOIN division t ON t.id = w.parent_id
        LEFT JOIN user_account u ON u.id = p.recorded_by
        """

    /// Over proposals `p`: of a household that has ended nothing waits for a decision but that its end is taken back.
    static let isAwaited = """
        (instr(';' || p.field_names || ';', ';to;') > 0 OR NOT EXISTS (SELECT 1 FROM household ended
            WHERE ended.household_number = p.household_number AND ended.ended_on IS NOT NULL))
        """

    package static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let household = query.value("householdId", FieldText.identifier)
        let visit = query.value("visitId", FieldText.identifier)
        let state: StoredProposal.State? = query.value("state", FieldText.word)
        let contested = query.boolean("isContested")
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "p.area_code")
        if let household { conditions.add("o.id = \(conditions.bind(household))") }
        if let visit { conditions.add("p.visit_id = \(conditions.bind(visit))") }
        if let state { conditions.add("p.state = '\(state.rawValue)'") }
        if state == .open, household == nil { conditions.add(isAwaited) }
        if let contested { conditions.add("\(ProposalTable.isContested) = \(contested ? 1 : 0)") }
        return ListPlan(
            name: "change-proposals", columns: columns, source: source, conditions: conditions,
            order: ["p.area_code", "p.id"], paging: paging)
    }

    // MARK: One proposal

    /// What another open proposal says of a field.
    private struct Rival {
        let field: String
        let proposal: Identifier
        let value: String?
    }

    /// One proposal as it stands.
    ///
    /// - Throws: 404 when it is not there.
    package static func json(_ id: Identifier, _ connection: Connection) throws -> [UInt8] {
        let rivals = try connection.query(
            """
            SELECT f.field, q.id, r.proposed_value FROM change_proposal p
            JOIN change_proposal_field f ON f.proposal_id = p.id
            JOIN change_proposal q ON q.household_number = p.household_number
            JOIN change_proposal_field r ON r.proposal_id = q.id AND \(ProposalTable.isRival("q", "r"))
            WHERE p.id = $1 AND f.state = 'open' ORDER BY q.id
            """, id
        ) { Rival(field: $0.text(0), proposal: try $0.identifier(1), value: $0.optionalText(2)) }
        var json = JSONWriter(reserve: 1_024)
        try connection.forEach(
            "SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source) WHERE p.id = $1", id
        ) { row in
            json.beginObject()
            ListAnswer.writeMembers(row, columns, &json)
        }
        guard json.byteCount > 0 else { throw Problem(.notFound) }
        json.key("fields")
        json.beginArray()
        try connection.forEach(
            """
            SELECT f.field, f.state, f.base_value, \(ProposalTable.current), f.proposed_value,
                \(ProposalTable.hasChanged), f.decided_by, u.name, f.decided_at, f.reason, f.replaced_value
            FROM change_proposal_field f JOIN change_proposal p ON p.id = f.proposal_id \(ProposalTable.archive)
            LEFT JOIN user_account u ON u.id = f.decided_by
            WHERE f.proposal_id = $1 ORDER BY f.position
            """, id
        ) { row in write(row, rivals, &json) }
        json.endArray()
        json.endObject()
        return json.take()
    }

    private static func write(_ row: borrowing Row, _ rivals: [Rival], _ json: inout JSONWriter) {
        let name = row.text(0)
        guard let field = ArchiveField.named(name) else { return }
        let isOpen = row.text(1) == StoredProposalField.State.open.rawValue
        let rivals = rivals.filter { $0.field == name }
        json.beginObject()
        json.key("field")
        json.string(name)
        json.key("state")
        json.string(row.text(1))
        json.key("base")
        field.write(row.optionalText(2), &json)
        json.key("current")
        field.write(row.optionalText(3), &json)
        json.key("proposed")
        field.write(row.optionalText(4), &json)
        json.key("isContested")
        json.boolean(isOpen && (row.bool(5) || !rivals.isEmpty))
        if isOpen {
            json.key("hasChanged")
            json.boolean(row.bool(5))
        }
        if !rivals.isEmpty {
            json.key("others")
            json.beginArray()
            for rival in rivals {
                json.beginObject()
                json.key("proposalId")
                json.string(rival.proposal.description)
                json.key("proposed")
                field.write(rival.value, &json)
                json.endObject()
            }
            json.endArray()
        }
        if !row.isNull(6) {
            json.key("decidedBy")
            json.object { json in
                json.key("id")
                json.identifier(row, 6)
                json.optional("name", row, 7)
            }
        }
        if !row.isNull(8) {
            json.key("decidedAt")
            json.string(Instant(milliseconds: row.int64(8)).description)
        }
        json.optional("reason", row, 9)
        if row.text(1) == StoredProposalField.State.accepted.rawValue {
            json.key("replaced")
            field.write(row.optionalText(10), &json)
        }
        json.endObject()
    }
}
