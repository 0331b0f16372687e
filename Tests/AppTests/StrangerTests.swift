// Somebody without right to a record sends its id: the answer tells that the id is taken and nothing else, whatever was
// sent with it, and nothing is kept.

import Glibc
import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

@Suite("Ids of other areas")
struct StrangerTests {
    /// A record of the county, and what a stranger from the neighbour county puts under its id.
    private struct Case: Sendable {
        /// As in the route table.
        let route: String
        let path: String
        let stored: JSON
        /// Other contents: of the county, and of the neighbour's own area.
        let others: [JSON]
        /// Where the path itself names a place of the county.
        var status = 409
        var problem = "id-reused"
        /// Under which the stranger sends it, where it hangs below something of their own.
        var strangersPath: String?
    }

    private static func id(_ number: Int) -> JSON { .string(Sample.id(number)) }

    private static let member = Sample.member(
        "李示例", relation: "spouse", sex: "female", born: "1981-05-06",
        identityNumber: Sample.identityNumber(born: "1981-05-06", male: false, 7))

    private static var people: [Case] {
        [
            Case(
                route: "/v1/households/{id}", path: "/v1/households/\(Sample.id(701))", stored: Sample.household("S1"),
                others: [Sample.household("S2"), Sample.household("S1", in: Place.neighbourVillage)]),
            Case(
                route: "/v1/households/{id}/members/{memberId}",
                path: "/v1/households/\(Sample.id(1))/members/\(Sample.id(702))", stored: member,
                others: [Sample.member("王示例", relation: "daughter", sex: "female", born: "2001-05-06")],
                problem: "member-id-taken",
                strangersPath: "/v1/households/\(Sample.id(9001))/members/\(Sample.id(702))"),
            Case(
                route: "/v1/organizations/{id}", path: "/v1/organizations/\(Sample.id(703))",
                stored: Sample.organization("县林业局"),
                others: [
                    Sample.organization("县水务局"), Sample.organization("县林业局", at: Place.neighbourCounty),
                ]),
            Case(
                route: "/v1/cadres/{id}", path: "/v1/cadres/\(Sample.id(704))",
                stored: Sample.cadre("周示例", of: 401).with(["phone": "13900001111"]),
                others: [Sample.cadre("吴示例", of: 401), Sample.cadre("周示例", of: 9002)]),
            Case(
                route: "/v1/helpers/{id}", path: "/v1/helpers/\(Sample.id(705))",
                stored: ["areaCode": .string(Place.villageA1), "kind": "volunteer", "name": "赵示例"],
                others: [
                    ["areaCode": .string(Place.villageA1), "kind": "volunteer", "name": "郑示例"],
                    ["areaCode": .string(Place.neighbourVillage), "kind": "volunteer", "name": "赵示例"],
                ]),
            Case(
                route: "/v1/duties/{id}", path: Sample.path(ofDuty: 706),
                stored: Sample.duty("first-secretary", Place.villageA1).with(["cadreId": id(411)]),
                others: [Sample.duty("first-secretary", Place.neighbourVillage).with(["cadreId": id(9003)])]),
            Case(
                route: "/v1/work-teams/{id}", path: "/v1/work-teams/\(Sample.id(707))", stored: team(Place.villageA1),
                others: [team(Place.villageA2), team(Place.neighbourVillage)]),
            Case(
                route: "/v1/groups/{id}", path: "/v1/groups/\(Sample.id(708))",
                stored: ["villageCode": .string(Place.villageA1), "name": "一组"],
                others: [
                    ["villageCode": .string(Place.villageA1), "name": "二组"],
                    ["villageCode": .string(Place.neighbourVillage), "name": "一组"],
                ]),
            Case(
                route: "/v1/villages/{code}/profiles/{year}", path: "/v1/villages/\(Place.villageA1)/profiles/2016",
                stored: ["totalPopulation": 1655], others: [["totalPopulation": 1656]], status: 404,
                problem: "not-found"),
        ]
    }

    private static func team(_ village: String) -> JSON {
        [
            "villageCode": .string(village), "name": "驻村工作队", "from": "2016-03-01",
            "members": [["kind": "team-member", "holderName": "孙秀芳"]],
        ]
    }

    private static func parameter(_ area: String, _ value: Int) -> JSON {
        [
            "key": "visit.late.bound", "areaCode": .string(area), "value": .integer(value), "unit": "days",
            "from": "2020-01-01", "documentNumber": "县发〔2026〕1号",
        ]
    }

    private static func campaign(_ area: String, _ name: String = "结亲帮扶活动") -> JSON {
        ["name": .string(name), "areaCode": .string(area), "from": "2016-03-10", "to": "2016-04-01"]
    }

    private static func village(_ organization: Int, _ code: String) -> JSON {
        Sample.partnership(
            "enterprise-village", ["helperOrganizationId": id(organization), "targetAreaCode": .string(code)])
    }

    private static var help: [Case] {
        [
            Case(
                route: "/v1/parameters/{id}", path: "/v1/parameters/\(Sample.id(711))",
                stored: parameter(Place.county, 30),
                others: [parameter(Place.county, 31), parameter(Place.neighbourCounty, 30)]),
            Case(
                route: "/v1/exports/{id}", path: "/v1/exports/\(Sample.id(712))",
                stored: ["kind": "households", "format": "csv"],
                others: [["kind": "cadres", "format": "csv"]]),
            Case(
                route: "/v1/pairings/{id}", path: Sample.path(ofPairing: 713), stored: Sample.pairing(1, by: 411),
                others: [Sample.pairing(2, by: 411), Sample.pairing(9001, by: 9003)]),
            Case(
                route: "/v1/pairing-runs/{id}", path: "/v1/pairing-runs/\(Sample.id(714))",
                stored: ["areaCode": .string(Place.townA)],
                others: [["areaCode": .string(Place.townB)], ["areaCode": .string(Place.neighbourCounty)]]),
            Case(
                route: "/v1/partnerships/{id}", path: Sample.path(ofPartnership: 715),
                stored: village(601, Place.villageA1),
                others: [village(601, Place.villageA2), village(9002, Place.neighbourVillage)]),
            Case(
                route: "/v1/campaigns/{id}", path: "/v1/campaigns/\(Sample.id(716))", stored: campaign(Place.county),
                others: [campaign(Place.county, "别的"), campaign(Place.neighbourCounty)]),
            Case(
                route: "/v1/contact-cards/{id}", path: "/v1/contact-cards/\(Sample.id(717))",
                stored: ["householdId": id(1)], others: [["householdId": id(2)], ["householdId": id(9001)]]),
            Case(
                route: "/v1/handovers/{id}", path: "/v1/handovers/\(Sample.id(718))",
                stored: ["cadreId": id(413), "reason": "retired"],
                others: [["cadreId": id(412), "reason": "retired"], ["cadreId": id(9003), "reason": "retired"]]),
        ]
    }

    private static var contact: [Case] {
        [
            Case(
                route: "/v1/change-proposals/{id}", path: Sample.path(ofProposal: 721),
                stored: Sample.proposal(["changes": ["willingness": "industry"]]),
                others: [
                    Sample.proposal(["changes": ["willingness": "employment"]]),
                    Sample.proposal(of: 9001, ["changes": ["willingness": "industry"]]),
                ]),
            Case(
                route: "/v1/needs/{id}", path: Sample.path(ofNeed: 722), stored: Sample.need(),
                others: [Sample.need(1, "别的"), Sample.need(9001)]),
            Case(
                route: "/v1/activities/{id}", path: Sample.path(ofActivity: 723), stored: Sample.activity(),
                others: [Sample.activity("meeting"), Sample.activity(in: Place.neighbourVillage)]),
            Case(
                route: "/v1/visits/{id}", path: Sample.path(ofVisit: 724), stored: Sample.visit(),
                others: [Sample.visit(kind: "meeting"), Sample.visit(2), Sample.visit(9001), Sample.visit(9999)]),
        ]
    }

    /// Routes whose ids are nobody's in particular, and why.
    private static let shared: [String: String] = [
        "/v1/divisions/{code}/successor": "names a division by its code; one of another area is 404",
        "/v1/partners/{id}": "partners are everybody's",
        "/v1/partners/{id}/ids": "names records in its body; those of other areas are unknown",
        "/v1/partners/{id}/codes/{list}": "partners are everybody's",
        "/v1/festivals/{year}": "the calendar is everybody's",
        "/v1/imports/{id}": "takes a file: see below",
    ]

    private static func county() throws -> County {
        let county = try County()
        try county.makeThree()
        try county.addHelpers()
        try county.addPartner(601, "甲茶业公司")
        let neighbour = try county.as(.neighbour)
        for (path, body) in [
            ("/v1/households/\(Sample.id(9001))", Sample.household("N1", in: Place.neighbourVillage)),
            (
                "/v1/organizations/\(Sample.id(9002))",
                Sample.organization("邻县局", at: Place.neighbourCounty).with(["kind": "private-enterprise"])
            ),
            (
                "/v1/cadres/\(Sample.id(9003))",
                Sample.cadre("邻干部", of: 9002).with([
                    "rank": "section", "rankFrom": "2015-01-01", "linkedAreaCode": .string(Place.neighbourVillage),
                    "linkedFrom": "2015-01-01",
                ])
            ),
        ] {
            let answer = try neighbour.put(path, body)
            guard answer.status == 201 else { throw ClientError(action: "\(path) \(answer.text)", code: 0) }
        }
        return county
    }

    /// All that an answer says, but for the number of its request.
    private static func said(_ answer: Answer) -> String {
        let body = answer.json.map { $0.canonicalBytes(without: "instance") } ?? answer.body
        let fields = answer.fields.filter { !["date", "x-request-id", "content-length"].contains($0.name) }
        return "\(answer.status) \(fields) \(String(decoding: body, as: UTF8.self))"
    }

    @Test("every PUT under an id is covered here or is everybody's")
    func covered() throws {
        let named = Set((Self.people + Self.help + Self.contact).map(\.route)).union(Self.shared.keys)
        let program = try ContractProgram()
        #expect(Set(program.routes.filter { $0.method == .put }.map(\.pattern)) == named)
    }

    @Test("an identical body, another one and one of the stranger's own are answered alike, and change no row")
    func alike() throws {
        let county = try Self.county()
        let stranger = try county.as(.neighbour)
        for item in Self.people + Self.help + Self.contact {
            let stored = try county.as(.administrator).put(item.path, item.stored)
            #expect(stored.status == 201 || stored.status == 202, "\(item.path) \(stored.text)")
            try county.settle()
            let before = try county.digest()
            let path = item.strangersPath ?? item.path
            let answers = try ([item.stored] + item.others).map { try stranger.put(path, $0) }
            for answer in answers {
                #expect(answer.status == item.status && answer.problem == item.problem, "\(path) \(answer.text)")
                #expect(Self.said(answer) == Self.said(answers[0]), "\(path)")
            }
            #expect(try county.digest() == before, "\(path)")
        }
    }

    @Test("the file of another county's import under its id, or another file: the same refusal")
    func imports() throws {
        let county = try Self.county()
        let path = "/v1/imports/\(Sample.id(731))?kind=organizations"
        let file = "id,area_code,name,kind,level\n,\(Place.county),县文旅局,state-organ,county\n"
        _ = try county.as(.administrator).importFile(731, "kind=organizations", file)
        let before = try county.digest()
        let answers = try [file, file + "x", "name\n"].map {
            try county.as(.neighbour).send("PUT", path, [:], body: Array($0.utf8))
        }
        for answer in answers {
            #expect(answer.status == 409 && answer.problem == "id-reused")
            #expect(Self.said(answer) == Self.said(answers[0]))
        }
        #expect(try county.digest() == before)
    }
}

extension County {
    /// Waits until no export or run is being made.
    func settle() throws {
        for _ in 0..<60_000 {
            let open = try query(
                """
                SELECT (SELECT count(*) FROM export_job WHERE state IN ('queued', 'running'))
                    + (SELECT count(*) FROM pairing_run WHERE state IN ('queued', 'running'))
                """
            ) { $0.int(0) }
            if open == [0] { return }
            usleep(1_000)
        }
        throw ClientError(action: "a job does not end", code: 0)
    }
}
