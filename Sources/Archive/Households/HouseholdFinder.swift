// Finding a household by its archive number, or by an identity number or phone that somebody names at the desk. An
// archive number stands on every card and list: it is looked up without the right that the numbers of people need.

import Domain
import HTTP1
import SQL
import Service
import Web

enum HouseholdFinder {
    static func find(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        try Query(call.request.head.query).finished()
        var body = ObjectReader(try call.document().root)
        let archive = body.optionalKey("archiveNumber", characters: HouseholdBodyReader.archiveNumberCharacters)
        let numbers = NumberSearch.read(&body, on: call.now.shanghaiDate, call.register.keys)
        if body.isValid, (archive == nil ? 0 : 1) + numbers.count != 1 {
            body.report(
                "", numbers.isEmpty && archive == nil ? .tooFew : .onlyOne,
                zh: "archiveNumber、identityNumber、phone 填一项", en: "one of archiveNumber, identityNumber and phone")
        }
        try body.finish()
        let number = numbers.first
        let caller = try call.caller
        return { transaction in
            let connection = transaction.connection
            if number != nil { try NumberSearch.requireRight(caller.userId, connection) }
            let answer = try NumberSearch.answer(
                plan(archive, number, caller.scope, connection), connection)
            try number?.audit(answer.found, of: .household, by: caller.userId, transaction)
            return answer.response
        }
    }

    /// What one of both finds in a range; whoever lives there now comes before whoever has left.
    private static func plan(
        _ archiveNumber: String?, _ number: NumberSearch?, _ scope: Scope, _ connection: Connection
    ) -> ListPlan {
        var conditions = ListConditions()
        var columns = HouseholdList.columns
        var source = "household h LEFT JOIN village_group g ON g.id = h.group_id"
        var order = ["h.area_code", "h.archive_number"]
        switch number?.field {
        case nil:
            let archive = conditions.bind(archiveNumber ?? "")
            // The index on archive numbers begins with the county.
            let counties = "SELECT DISTINCT area_code / 1000000 FROM division WHERE level = 3"
            conditions.add("h.area_code / 1000000 IN (\(counties)) AND h.archive_number = \(archive)")
        case .phone:
            conditions.add("h.phone_hash = \(conditions.bind(number?.hash ?? []))")
        case .identityNumber:
            let hash = conditions.bind(number?.hash ?? [])
            let columnsOfMember = "SELECT household_number, id FROM member WHERE identity_hash = \(hash)"
            source = """
                (\(columnsOfMember) AND identity_state = 'verified' AND left_on IS NULL
                UNION ALL \(columnsOfMember) AND (identity_state <> 'verified' OR left_on IS NOT NULL)) f
                CROSS JOIN member m ON m.household_number = f.household_number AND m.id = f.id
                CROSS JOIN household h ON h.household_number = f.household_number
                LEFT JOIN village_group g ON g.id = h.group_id
                """
            columns += [
                ListColumn("memberId", "m.id", .identifier), ListColumn("memberName", "m.name"),
                ListColumn("leftOn", "m.left_on"),
            ]
            order = ["(m.left_on IS NOT NULL)"] + order + ["m.id"]
        }
        conditions.add(scope, on: "h.area_code")
        return ListPlan(
            name: "found-households", columns: columns, source: source, conditions: conditions, order: order,
            paging: .first, villages: VillageNames(connection))
    }
}
