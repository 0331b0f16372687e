// The best helpers for one household and the best households for one cadre, with reasons in the terms of a run. An
// advice looks at one pair; a run at all of them.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum AdviceRoutes {
    package static let all: [RouteEntry] = [
        (.get, "/v1/households/{id}/helper-candidates", Endpoint(access: .signedIn, work: .long(helpers))),
        (.get, "/v1/cadres/{id}/household-candidates", Endpoint(access: .signedIn, work: .long(households))),
    ]

    private static let limit = 5

    private static func day(_ call: Call) throws -> CivilDate {
        var query = Query(call.request.head.query)
        let day = query.value("on", FieldText.date)
        try query.finish()
        return day ?? call.now.shanghaiDate
    }

    private static func helpers(_ call: Call, _ connection: Connection) throws -> Response {
        let day = try day(call)
        let id = try call.id()
        let scope = try call.caller.scope
        let found = try connection.first("SELECT village_id, area_code FROM household WHERE id = $1", id) {
            (try $0.identifier(0), $0.int64(1))
        }
        guard let (villageId, place) = found, scope.contains(place),
            let village = try DivisionStore.find(villageId, connection)
        else { throw Problem(.notFound) }
        let input = try PairingReader.read(village, on: day, connection)
        guard let household = input.problem.households.firstIndex(where: { $0.id == id }) else {
            throw Problem(.notFound)
        }
        let all = try PairingAdvice(input.problem).helpers(for: household, limit: Int.max)
            .filter { scope.contains(input.cadres[Int($0.cadre)].areaCode) }
        // Of a family that has split, whoever helps those who remain knows it.
        let known = try helpers(ofOriginOf: id, on: day, connection)
        let candidates =
            all.filter { known.contains(input.problem.cadres[Int($0.cadre)].id) }
            + all.filter { !known.contains(input.problem.cadres[Int($0.cadre)].id) }
        return try answer(Array(candidates.prefix(limit)), call, day) { candidate, json in
            let cadre = input.problem.cadres[Int(candidate.cadre)]
            if known.contains(cadre.id) {
                json.key("helpsOrigin")
                json.boolean(true)
            }
            json.key("cadreId")
            json.string(cadre.id.description)
            json.key("cadreName")
            json.string(input.cadres[Int(candidate.cadre)].name)
            json.key("organizationName")
            json.string(input.unitNames[Int(cadre.unit)])
            json.key("rank")
            json.string(cadre.rank.code)
        }
    }

    /// Who helps the household that a household has split from.
    private static func helpers(
        ofOriginOf id: Identifier, on day: CivilDate, _ connection: Connection
    ) throws -> Set<Identifier> {
        Set(
            try connection.query(
                """
                SELECT p.cadre_id FROM household h JOIN pairing p ON p.household_number = h.split_from_number
                WHERE h.id = $1 AND \(DayInterval.holds("p", on: "$2"))
                """, id, day
            ) { try $0.identifier(0) })
    }

    private static func households(_ call: Call, _ connection: Connection) throws -> Response {
        let day = try day(call)
        let id = try call.id()
        let scope = try call.caller.scope
        let place = try connection.first("SELECT area_code FROM cadre WHERE id = $1", id) { $0.int64(0) }
        guard let place, scope.contains(place) else { throw Problem(.notFound) }
        let linked = try connection.first(
            """
            SELECT division_id FROM cadre_capacity
            WHERE cadre_id = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)
            """, id, day
        ) { $0.optionalIdentifier(0) }
        guard let divisionId = linked ?? nil, let division = try DivisionStore.find(divisionId, connection) else {
            return try answer([], call, day) { _, _ in }
        }
        let input = try PairingReader.read(division, on: day, connection)
        guard let cadre = input.problem.cadres.firstIndex(where: { $0.id == id }) else {
            return try answer([], call, day) { _, _ in }
        }
        // Whoever sees the cadre sees where they are linked; only households in the caller's range are told.
        let candidates = try PairingAdvice(input.problem).households(for: cadre, limit: Int.max)
            .filter { scope.contains(input.areaCode(ofHousehold: Int($0.household))) }.prefix(limit)
        return try answer(Array(candidates), call, day) { candidate, json in
            let household = input.problem.households[Int(candidate.household)]
            let head = try connection.first(
                "SELECT archive_number, householder_name FROM household WHERE id = $1", household.id
            ) { ($0.text(0), $0.text(1)) }
            json.key("householdId")
            json.string(household.id.description)
            json.key("archiveNumber")
            json.string(head?.0 ?? "")
            json.key("householderName")
            json.string(head?.1 ?? "")
            input.named(household.village).write(to: &json)
        }
    }

    private static func answer(
        _ candidates: [PairingCandidate], _ call: Call, _ day: CivilDate,
        _ write: (PairingCandidate, inout JSONWriter) throws -> Void
    ) throws -> Response {
        var json = JSONWriter(reserve: 2_048)
        try json.object { json in
            json.key("on")
            json.string(day.description)
            json.key("items")
            try json.array { json in
                for candidate in candidates {
                    try json.object { json in
                        try write(candidate, &json)
                        json.key("room")
                        json.integer(candidate.room)
                        json.key("fitCost")
                        json.integer(candidate.cost)
                        json.key("reasons")
                        json.array { json in for code in candidate.reasons.codes { json.string(code) } }
                        json.key("zh")
                        json.string(candidate.reasons.text.chinese)
                        json.key("en")
                        json.string(candidate.reasons.text.english)
                    }
                }
            }
        }
        return .json(200, json.take())
    }
}
