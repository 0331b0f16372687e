// How many pupils of registered households have somebody of their own (R049): for an area and each of its children, on
// any day. Asked from the dated rows each time; nothing is kept. A household counts where it lies today.

import Domain
import HTTP1
import SQL
import Web

enum PupilCoverage {
    /// Values of `school-state` of members who are no pupils: the second also means children below school age.
    private static let notPupils = "('not-in-school', 'preschool')"

    static func show(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let area = query.value("area", HouseholdBodyReader.areaCode)
        let day = query.value("on", HouseholdBodyReader.date) ?? call.now.shanghaiDate
        try query.finish()
        let caller = try call.caller
        let asked = try area.map { try DivisionStore.resolve(code: $0, connection) } ?? home(caller, connection)
        guard let asked, caller.scope.contains(asked.scope) else { throw Problem(.notFound) }
        let children = try DivisionStore.children(of: asked.id, connection)
        let places = children.isEmpty ? [asked] : children
        let counts = try places.map { try count($0.scope, on: day, connection) }
        var json = JSONWriter(reserve: 1_024)
        json.object { json in
            write(asked, &json)
            json.key("on")
            json.string(day.description)
            write(counts.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }, &json)
            json.key("items")
            json.array { json in
                for (place, count) in zip(places, counts) {
                    json.object { json in
                        write(place, &json)
                        write(count, &json)
                    }
                }
            }
        }
        return try .content(json.take(), call)
    }

    private static func home(_ caller: Caller, _ connection: Connection) throws -> Division? {
        let id = try connection.first("SELECT division_id FROM user_account WHERE id = $1", caller.userId) {
            try $0.identifier(0)
        }
        return try id.flatMap { try DivisionStore.find($0, connection) }
    }

    /// Members who were there and in school on the day, and those of them with a partnership.
    private static func count(_ scope: Scope, on day: CivilDate, _ connection: Connection) throws -> (Int, Int) {
        let partnered = """
            EXISTS (SELECT 1 FROM partnership p WHERE p.member_id = m.id
                AND \(PartnershipTable.isActive("p", on: "$3")))
            """
        return try connection.first(
            """
            SELECT count(*), coalesce(sum(\(partnered)), 0) FROM household h
            JOIN member m ON m.household_number = h.household_number
            WHERE h.area_code BETWEEN $1 AND $2 AND m.joined_on <= $3 AND (m.left_on IS NULL OR m.left_on > $3)
                AND CASE WHEN m.valid_from <= $3 OR NOT EXISTS (SELECT 1 FROM member_history o
                    WHERE o.household_number = m.household_number AND o.id = m.id AND o.superseded_at IS NULL)
                THEN m.school_state ELSE (SELECT o.school_state FROM member_history o
                    WHERE o.household_number = m.household_number AND o.id = m.id AND o.superseded_at IS NULL
                    AND o.valid_from <= $3 AND o.valid_to > $3) END NOT IN \(notPupils)
            """, scope.first, scope.last, day
        ) { ($0.int(0), $0.int(1)) } ?? (0, 0)
    }

    private static func write(_ division: Division, _ json: inout JSONWriter) {
        json.key("area")
        json.areaCode(division.code.value)
        json.key("name")
        json.string(division.name)
    }

    private static func write(_ count: (pupils: Int, paired: Int), _ json: inout JSONWriter) {
        json.key("pupils")
        json.integer(count.pupils)
        json.key("paired")
        json.integer(count.paired)
        json.key("unpaired")
        json.integer(count.pupils - count.paired)
    }
}
