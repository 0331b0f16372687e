// Who may do what: every role at every operation, every place from every other place, and tokens that end.

import HTTP1
import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("Access")
struct AccessTests {
    private enum Rights {
        case everybody, signedIn
        case only(Set<Role>)

        static func of(_ roles: Role...) -> Rights { .only(Set(roles)) }
    }

    /// The rights as the service promises them, beside the table of routes that grants them.
    private static let rights: [String: Rights] = [
        "GET /healthz": .everybody, "GET /readyz": .everybody, "GET /metrics": .everybody,
        "GET /openapi.yaml": .everybody,
        "GET /v1/clock": .signedIn, "POST /v1/clock/confirmation": .of(.countyAdministrator, .province),
        "GET /v1/code-lists": .signedIn, "GET /v1/divisions": .signedIn, "GET /v1/divisions/{code}": .signedIn,
        "PUT /v1/divisions/{code}/successor": .of(.countyAdministrator, .province),
        "GET /v1/groups": .signedIn, "PUT /v1/groups/{id}": .of(.countyAdministrator, .townClerk),
        "GET /v1/partners": .signedIn, "PUT /v1/partners/{id}": .of(.countyAdministrator, .province),
        "PUT /v1/partners/{id}/codes/{list}": .of(.countyAdministrator, .province),
        "GET /v1/changes": .signedIn,
        "GET /v1/partners/{id}": .signedIn, "GET /v1/partners/{id}/codes": .signedIn,
        "GET /v1/partners/{id}/ids": .signedIn, "PUT /v1/partners/{id}/ids": .of(.countyAdministrator, .province),
        "GET /v1/parameters": .signedIn, "GET /v1/parameters/{id}": .signedIn,
        "PUT /v1/parameters/{id}": .of(.countyAdministrator, .province), "GET /v1/parameter-rows": .signedIn,
        "GET /v1/parameter-keys": .signedIn, "GET /v1/judgements": .signedIn,
        "GET /v1/statistics/households": .signedIn,
        "GET /v1/households": .signedIn, "POST /v1/households": .of(.countyAdministrator, .townClerk),
        "GET /v1/household-warnings": .signedIn, "GET /v1/desk": .signedIn, "GET /v1/desk/records": .signedIn,
        "POST /v1/households/search": .signedIn, "POST /v1/cadres/search": .signedIn,
        "GET /v1/households/{id}": .signedIn, "PUT /v1/households/{id}": .of(.countyAdministrator, .townClerk),
        "PATCH /v1/households/{id}": .of(.countyAdministrator, .townClerk),
        "GET /v1/households/{id}/history": .signedIn,
        "PUT /v1/households/{id}/members/{memberId}": .of(.countyAdministrator, .townClerk),
        "PATCH /v1/households/{id}/members/{memberId}": .of(.countyAdministrator, .townClerk),
        "PUT /v1/households/{id}/splits/{newHouseholdId}": .of(.countyAdministrator, .townClerk),
        "GET /v1/organizations": .signedIn, "GET /v1/organizations/{id}": .signedIn,
        "GET /v1/organizations/{id}/history": .signedIn,
        "PUT /v1/organizations/{id}": .of(.countyAdministrator, .townClerk),
        "PATCH /v1/organizations/{id}": .of(.countyAdministrator, .townClerk),
        "GET /v1/cadres": .signedIn, "GET /v1/cadres/{id}": .signedIn, "GET /v1/cadres/{id}/history": .signedIn,
        "PUT /v1/cadres/{id}": .of(.countyAdministrator, .townClerk),
        "PATCH /v1/cadres/{id}": .of(.countyAdministrator, .townClerk),
        "GET /v1/cadres/{id}/quotas": .signedIn,
        "POST /v1/cadres/{id}/quotas": .of(.countyAdministrator, .townClerk),
        "GET /v1/helpers": .signedIn, "GET /v1/helpers/{id}": .signedIn, "GET /v1/helpers/{id}/history": .signedIn,
        "PUT /v1/helpers/{id}": .of(.countyAdministrator, .townClerk),
        "PATCH /v1/helpers/{id}": .of(.countyAdministrator, .townClerk),
        "GET /v1/duties": .signedIn,
        "GET /v1/duties/{id}": .signedIn,
        "PUT /v1/duties/{id}": .of(.countyAdministrator, .townClerk, .province),
        "PATCH /v1/duties/{id}": .of(.countyAdministrator, .townClerk, .province),
        "GET /v1/liaison-gaps": .signedIn,
        "GET /v1/first-secretary-vacancies": .signedIn,
        "GET /v1/work-teams": .signedIn,
        "GET /v1/work-teams/{id}": .signedIn,
        "PUT /v1/work-teams/{id}": .of(.countyAdministrator, .townClerk),
        "PATCH /v1/work-teams/{id}": .of(.countyAdministrator, .townClerk),
        "GET /v1/pairings": .signedIn,
        "GET /v1/pairings/{id}": .signedIn,
        "PUT /v1/pairings/{id}": .of(.countyAdministrator, .townClerk),
        "PATCH /v1/pairings/{id}": .of(.countyAdministrator, .townClerk),
        "GET /v1/households/{id}/pairings": .signedIn,
        "GET /v1/cadres/{id}/pairings": .signedIn,
        "GET /v1/villages": .signedIn,
        "GET /v1/villages/{code}": .signedIn,
        "PATCH /v1/villages/{code}": .of(.countyAdministrator, .townClerk),
        "GET /v1/villages/{code}/secretaries": .signedIn,
        "GET /v1/village-profiles": .signedIn,
        "GET /v1/villages/{code}/profiles/{year}": .signedIn,
        "PUT /v1/villages/{code}/profiles/{year}": .of(.countyAdministrator, .townClerk),
        "PATCH /v1/villages/{code}/profiles/{year}": .of(.countyAdministrator, .townClerk),
        "GET /v1/poverty-headcount": .signedIn,
        "GET /v1/partnerships": .signedIn,
        "GET /v1/partnerships/pupil-coverage": .signedIn,
        "GET /v1/partnerships/{id}": .signedIn, "GET /v1/partnerships/{id}/history": .signedIn,
        "PUT /v1/partnerships/{id}": .of(.countyAdministrator, .townClerk),
        "PATCH /v1/partnerships/{id}": .of(.countyAdministrator, .townClerk),
        "GET /v1/organizations/{id}/target-candidates": .signedIn,
        "GET /v1/villages/{code}/helper-candidates": .signedIn,
        "GET /v1/campaigns": .signedIn,
        "GET /v1/campaigns/{id}": .signedIn, "GET /v1/campaigns/{id}/history": .signedIn,
        "GET /v1/campaigns/{id}/coverage": .signedIn,
        "PUT /v1/campaigns/{id}": .of(.countyAdministrator, .province),
        "PATCH /v1/campaigns/{id}": .of(.countyAdministrator, .province),
        "GET /v1/coverage/contact-cards": .signedIn,
        "GET /v1/contact-cards": .signedIn,
        "GET /v1/contact-cards/{id}": .signedIn, "GET /v1/contact-cards/{id}/history": .signedIn,
        "PUT /v1/contact-cards/{id}": .of(.countyAdministrator, .townClerk),
        "PATCH /v1/contact-cards/{id}": .of(.countyAdministrator, .townClerk),
        "GET /v1/contact-cards/{id}/page": .signedIn,
        "POST /v1/villages/{code}/contact-cards": .of(.countyAdministrator, .townClerk),
        "GET /v1/villages/{code}/contact-cards/page": .signedIn,
        "GET /v1/cadres/{id}/responsibilities": .signedIn,
        "GET /v1/change-proposals": .signedIn, "GET /v1/change-proposals/{id}": .signedIn,
        "PUT /v1/change-proposals/{id}": .of(.countyAdministrator, .townClerk, .villageWorker, .tablet),
        "PATCH /v1/change-proposals/{id}": .of(.countyAdministrator, .townClerk, .villageWorker, .tablet),
        "GET /v1/needs": .signedIn, "GET /v1/needs/{id}": .signedIn, "GET /v1/needs/{id}/history": .signedIn,
        "PUT /v1/needs/{id}": .of(.countyAdministrator, .townClerk, .villageWorker, .tablet),
        "PATCH /v1/needs/{id}": .of(.countyAdministrator, .townClerk, .villageWorker),
        "GET /v1/activities": .signedIn, "GET /v1/activities/training-coverage": .signedIn,
        "GET /v1/activities/{id}": .signedIn, "GET /v1/activities/{id}/history": .signedIn,
        "GET /v1/activities/{id}/participants": .signedIn,
        "PUT /v1/activities/{id}": .of(.countyAdministrator, .townClerk, .villageWorker),
        "PATCH /v1/activities/{id}": .of(.countyAdministrator, .townClerk, .villageWorker),
        "GET /v1/households/{id}/activities": .signedIn,
        "POST /v1/imports/{id}/undo": .of(.countyAdministrator, .province),
        "GET /v1/imports/{id}/undo-obstacles": .signedIn,
        "GET /v1/exports": .of(.countyAdministrator, .townClerk, .province, .auditor),
        "PUT /v1/exports/{id}": .of(.countyAdministrator, .townClerk, .province, .auditor),
        "GET /v1/exports/{id}": .of(.countyAdministrator, .townClerk, .province, .auditor),
        "DELETE /v1/exports/{id}": .of(.countyAdministrator, .townClerk, .province, .auditor),
        "GET /v1/exports/{id}/content": .of(.countyAdministrator, .townClerk, .province, .auditor),
        "POST /v1/exports/{id}/cancel": .of(.countyAdministrator, .townClerk, .province, .auditor),
        "GET /v1/pairing-runs": .signedIn, "GET /v1/pairing-runs/{id}": .signedIn,
        "PUT /v1/pairing-runs/{id}": .of(.countyAdministrator, .townClerk, .province),
        "GET /v1/pairing-runs/{id}/proposals": .signedIn, "GET /v1/pairing-runs/{id}/shortages": .signedIn,
        "GET /v1/pairing-runs/{id}/zero-duty": .signedIn,
        "POST /v1/pairing-runs/{id}/approval": .of(.countyAdministrator),
        "POST /v1/pairing-runs/{id}/discard": .of(.countyAdministrator, .townClerk, .province),
        "GET /v1/households/{id}/helper-candidates": .signedIn, "GET /v1/cadres/{id}/household-candidates": .signedIn,
        "GET /v1/coverage": .signedIn, "GET /v1/coverage/households": .signedIn, "GET /v1/coverage/cadres": .signedIn,
        "GET /v1/roster/page": .signedIn, "GET /v1/households/{id}/page": .signedIn,
        "GET /v1/households/{id}/situation-card/page": .signedIn,
        "GET /v1/villages/{code}/situation-cards/page": .signedIn, "GET /v1/situation-cards/page": .signedIn,
        "GET /v1/roster": .signedIn, "GET /v1/handovers": .signedIn, "GET /v1/handovers/{id}": .signedIn,
        "PUT /v1/handovers/{id}": .of(.countyAdministrator, .townClerk),
        "POST /v1/visit-batches": .of(.countyAdministrator, .townClerk, .villageWorker, .tablet),
        "GET /v1/visit-batches/{id}": .signedIn,
        "GET /v1/contact-duties": .signedIn, "GET /v1/contact-duties/summary": .signedIn,
        "GET /v1/contact-alarms": .signedIn,
        "GET /v1/visits": .signedIn, "GET /v1/visits/{id}": .signedIn, "GET /v1/households/{id}/visits": .signedIn,
        "PUT /v1/visits/{id}": .of(.countyAdministrator, .townClerk, .villageWorker, .tablet),
        "GET /v1/held-visits": .signedIn, "GET /v1/held-visits/{id}": .signedIn,
        "PATCH /v1/held-visits/{id}": .of(.countyAdministrator, .townClerk),
        "GET /v1/users": .of(.countyAdministrator, .auditor), "GET /v1/users/{id}": .of(.countyAdministrator, .auditor),
        "PATCH /v1/users/{id}": .of(.countyAdministrator),
        "GET /v1/audit-events": .of(.countyAdministrator, .auditor, .province),
        "GET /v1/festivals": .signedIn, "PUT /v1/festivals/{year}": .of(.countyAdministrator),
        "GET /v1/contact-counters": .signedIn, "GET /v1/contact-counters/by-area": .signedIn,
        "GET /v1/contact-counters/records": .signedIn, "GET /v1/contact-counters/by-cadre": .signedIn,
        "GET /v1/contact-counters/by-organization": .signedIn,
        "GET /v1/bulletins/contact": .signedIn, "GET /v1/bulletins/contact/page": .signedIn,
        "GET /v1/me": .signedIn, "GET /v1/tokens": .of(.countyAdministrator, .auditor),
        "POST /v1/tokens/{id}/revoke": .of(.countyAdministrator),
        "GET /v1/imports": .signedIn, "PUT /v1/imports/{id}": .of(.countyAdministrator, .province),
        "GET /v1/imports/{id}": .signedIn, "GET /v1/imports/{id}/report": .signedIn,
        "POST /v1/imports/{id}/cancel": .of(.countyAdministrator, .province),
    ]

    private static func send(_ route: Route<Endpoint>, _ session: Session) throws -> Answer {
        var path = route.pattern
        for name in route.parameterNames {
            let value = ["code": Place.neighbourVillage, "list": "relation"][name] ?? Sample.id(999)
            path = path.replacing("{\(name)}", with: value)
        }
        let type = route.method == .patch ? "application/merge-patch+json" : "application/json"
        return try session.send(
            route.method.name, path, ["Content-Type": type], body: route.method == .get ? nil : Array("{}".utf8))
    }

    @Test("every role at every operation gets 401, 403 or an answer, as the table says, and changes nothing")
    func matrix() throws {
        let county = try County()
        let routes = county.application.router.routes
        #expect(Set(routes.map { "\($0.method.name) \($0.pattern)" }) == Set(Self.rights.keys))
        let before = try county.digest()
        for route in routes {
            let name = "\(route.method.name) \(route.pattern)"
            guard let rights = Self.rights[name] else { continue }
            for person in [nil] + Person.allCases.map(Optional.some) {
                let session = try person.map { try county.as($0) } ?? county.with(token: nil)
                let answer = try Self.send(route, session)
                let cell: Comment =
                    "\(person?.rawValue ?? "nobody") \(name): \(answer.status) \(answer.text.prefix(200))"
                switch (rights, person) {
                case (.everybody, _): #expect(answer.status == 200, cell)
                case (_, nil):
                    #expect(answer.status == 401, cell)
                    #expect(answer["www-authenticate"] != nil, cell)
                case (.only(let roles), let person?) where !roles.contains(person.role):
                    #expect(answer.status == 403, cell)
                default:
                    #expect(answer.status < 500, cell)
                    #expect(answer.status != 401, cell)
                    #expect(answer.status != 403, cell)
                }
            }
        }
        #expect(try county.digest() == before)
    }

    @Test("a token that is unknown, malformed, too long or of another scheme is 401")
    func badTokens() throws {
        let county = try County()
        let good = try required(county.as(.auditor).token)
        for value in [
            "Bearer jd_0000", "Bearer ", "Bearer", "Basic \(good)", good, "Bearer \(good) x",
            "Bearer \(good.dropLast())",
            "Bearer " + String(repeating: "a", count: 5_000),
        ] {
            let answer = try county.with(token: nil).get("/v1/me", ["Authorization": value])
            #expect(answer.status == 401, "\(value.prefix(40))")
            #expect(answer.problem == "unauthenticated", "\(value.prefix(40))")
        }
        #expect(try county.with(token: nil).get("/v1/me", ["Authorization": "bEARER \(good)"]).status == 200)
    }

    @Test("a token ends by its day, and at once when it is revoked, also while its connection is open")
    func endingTokens() throws {
        let county = try County()
        let tablet = try county.as(.tabletA1)
        #expect(try tablet.get("/v1/me").json["role"].string == "tablet")
        let tokens = try county.as(.administrator).get("/v1/tokens").items
        let id = try required(tokens.first { $0["device"]?.string == "tabletA1" }?["id"]?.string)
        #expect(try county.as(.auditor).send("POST", "/v1/tokens/\(id)/revoke").status == 403)
        #expect(try county.as(.neighbour).send("POST", "/v1/tokens/\(id)/revoke").status == 404)
        #expect(try tablet.get("/v1/me").status == 200)
        #expect(try county.as(.administrator).send("POST", "/v1/tokens/\(id)/revoke").status == 204)
        #expect(try tablet.get("/v1/me").status == 401)
        let audited = try county.count("audit_event")
        #expect(try county.as(.administrator).send("POST", "/v1/tokens/\(id)/revoke").status == 204)
        #expect(try county.count("audit_event") == audited)
        county.clock.advance(days: 364)
        #expect(try county.as(.auditor).get("/v1/me").status == 200)
        county.clock.advance(days: 1)
        #expect(try county.as(.auditor).get("/v1/me").status == 401)
    }

    @Test("tokens are listed within the caller's area and never with their text or hash")
    func tokenList() throws {
        let county = try County()
        let answer = try county.as(.administrator).get("/v1/tokens?limit=1000")
        let devices = Set(answer.items.compactMap { $0["device"]?.string })
        #expect(devices == ["administrator", "clerkA", "clerkB", "workerA1", "workerB1", "tabletA1", "auditor"])
        for person in Person.allCases {
            let token = try required(county.as(person).token)
            #expect(!answer.text.contains(token))
            #expect(!answer.text.contains(Hex.text(Token.hash(token.utf8))))
        }
        #expect(try county.query("SELECT hash FROM token") { $0.blob(0).count }.allSatisfy { $0 == 32 })
    }

    @Test(
        "a household outside the caller's area is 404 by id, with any tag, and in no list, filter, search or total"
    )
    func objectLevel() throws {
        let county = try County()
        try county.makeThree()
        let visible: [Person: Set<String>] = [
            .administrator: ["H1", "H2", "H3"], .province: ["H1", "H2", "H3"], .auditor: ["H1", "H2", "H3"],
            .clerkA: ["H1", "H2"], .clerkB: ["H3"], .workerA1: ["H1"], .tabletA1: ["H1"], .workerB1: ["H3"],
            .neighbour: [],
        ]
        for (person, archives) in visible {
            let session = try county.as(person)
            for number in 1...3 {
                let status = archives.contains("H\(number)") ? 200 : 404
                let path = "/v1/households/\(Sample.id(number))"
                for target in [path, path + "?on=2026-01-01", path + "?includeLeft=true", path + "/history"] {
                    #expect(try session.get(target).status == status, "\(person) \(target)")
                }
                let tag = try required(county.as(.administrator).get(path)["etag"])
                let probe = try session.get(path, ["If-None-Match": tag]).status
                #expect(probe == (status == 200 ? 304 : 404), "\(person) \(path)")
                #expect(try session.get(path, ["If-None-Match": "*"]).status == (status == 200 ? 304 : 404))
            }
            for query in ["", "&state=registered", "&attribute=general", "&q=%E9%99%88", "&areaCode=\(Place.county)"] {
                let answer = try session.get("/v1/households?count=true\(query)")
                #expect(Set(answer.items.compactMap { $0["archiveNumber"]?.string }) == archives, "\(person) \(query)")
                // An area of which they may see nothing is not there for them.
                #expect((answer.json["total"].integer ?? 0) == archives.count, "\(person) \(query)")
            }
            for type in ["text/csv", "application/x-ndjson"] {
                let text = try session.get("/v1/households", ["Accept": type]).text
                for number in 1...3 {
                    #expect(text.contains("H\(number)") == archives.contains("H\(number)"), "\(person) \(type)")
                }
            }
            #expect(
                try session.get("/v1/households?areaCode=\(Place.villageB1)").items.count
                    == (archives.contains("H3") ? 1 : 0))
        }
    }

    @Test("a cursor of one caller is of no use to another")
    func foreignCursor() throws {
        let county = try County()
        try county.makeThree()
        let next = try required(county.as(.administrator).get("/v1/households?limit=1").json["next"].string)
        #expect(try county.as(.administrator).get("/v1/households?limit=1&after=\(next)").items.count == 1)
        let answer = try county.as(.clerkA).get("/v1/households?limit=1&after=\(next)")
        #expect(answer.status == 400)
        #expect(answer.problem == "invalid-cursor")
    }

    @Test("divisions, groups and imports are seen within the caller's area only")
    func otherLists() throws {
        let county = try County()
        for (number, village) in [(1, Place.villageA1), (2, Place.villageB1)] {
            let body: JSON = ["villageCode": .string(village), "name": "一组"]
            #expect(try county.as(.administrator).put("/v1/groups/\(Sample.id(number))", body).status == 201)
        }
        let clerk = try county.as(.clerkA)
        #expect(try clerk.get("/v1/groups").items.compactMap { $0["villageCode"]?.string } == [Place.villageA1])
        let codes = Set(try clerk.get("/v1/divisions").items.compactMap { $0["code"]?.string })
        #expect(codes == [Place.townA, Place.villageA1, Place.villageA2, Place.villageA3])
        #expect(try clerk.get("/v1/divisions/\(Place.villageA1)").status == 200)
        for code in [Place.villageB1, Place.county, "123", "999999999999"] {
            #expect(try clerk.get("/v1/divisions/\(code)").status == 404)
        }
    }
}
