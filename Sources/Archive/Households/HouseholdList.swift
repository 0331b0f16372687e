// The list of households: filters, a search by name, and the order (place, archive number) in which an area and a
// cursor are one range of an index.

import Domain
import SQL
import Service
import Web

enum HouseholdList {
    static let columns =
        [
            ListColumn("id", "h.id", .identifier),
            ListColumn("version", "h.version", .integer),
            ListColumn("archiveNumber", "h.archive_number"),
        ] + ListColumn.village(of: "h.village_id") + [
            ListColumn("groupName", "g.name"),
            ListColumn("state", "h.state"),
            ListColumn("stateSince", "h.state_since"),
            ListColumn("attribute", "h.attribute"),
            ListColumn("mainCause", "h.main_cause"),
            ListColumn("otherCauses", "coalesce(h.other_cause_1 || coalesce(';' || h.other_cause_2, ''), '')", .texts),
            ListColumn("labour", "h.labour"),
            ListColumn("needsTwoUnits", "h.needs_two_units", .boolean),
            ListColumn("householderName", "h.householder_name"),
            ListColumn("memberCount", "h.member_count", .integer),
            ListColumn("phone", "h.phone_mask"),
            ListColumn("to", "h.ended_on"),
            ListColumn("endReason", "h.end_reason"),
        ]

    static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let codes = call.register.codeLists
        let filters: [(String, String?)] = [
            ("h.state", query.code("state", .householdState, codes)),
            ("h.attribute", query.code("attribute", .attribute, codes)),
            ("h.main_cause", query.code("mainCause", .cause, codes)),
            ("h.labour", query.code("labour", .householdLabour, codes)),
        ]
        let identity: MemberIdentity.State? = query.value("identityState", FieldText.word)
        let needsTwoUnits = query.boolean("needsTwoUnits")
        let hasEnded = query.boolean("ended") ?? false
        let name = query.name("q", characters: 1...30)
        let paging = Paging(&query)
        try query.finish()

        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "h.area_code")
        for (column, code) in filters {
            if let code { conditions.add("\(column) = \(conditions.bind(code))") }
        }
        conditions.add("h.ended_on IS \(hasEnded ? "NOT " : "")NULL")
        if let identity { conditions.add(holds(identity)) }
        if let needsTwoUnits { conditions.add("h.needs_two_units = \(conditions.bind(needsTwoUnits))") }
        if let name { try search(name, &conditions, connection) }
        return ListPlan(
            name: "households", columns: columns,
            source: "household h LEFT JOIN village_group g ON g.id = h.group_id", conditions: conditions,
            order: ["h.area_code", "h.archive_number"], paging: paging, villages: VillageNames(connection))
    }

    /// A rare name is found by the index of names and its few hits are sorted; a common one is met soon when the list
    /// is walked in its order.
    private static func search(
        _ name: String, _ conditions: inout ListConditions, _ connection: Connection
    ) throws {
        let letters = WrittenForm.letters(name)
        guard let phrase = HouseholdSearch.phrase(name) else {
            conditions.add("0")
            return
        }
        if try HouseholdSearch.isCommon(phrase, connection) {
            conditions.add("instr(h.search_names, \(conditions.bind(letters))) > 0")
        } else {
            conditions.add(
                """
                h.household_number IN (SELECT rowid FROM household_name
                WHERE household_name MATCH \(conditions.bind(phrase)))
                """)
        }
    }

    /// Households with a living member whose number is in this state.
    private static func holds(_ state: MemberIdentity.State) -> String {
        switch state {
        case .verified: "h.member_count > h.unverified_count + h.missing_count"
        case .unverified: "h.unverified_count > 0"
        case .missing: "h.missing_count > 0"
        }
    }
}
