// Visits (R060 to R068): what is recorded, how it comes back, and what is refused.

import Testing

@testable import App
@testable import SQL
@testable import Web

@Suite("Visits")
struct VisitTests {
    private static let whole = Sample.visit().with([
        "cadreId": .string(Sample.id(21)), "companions": [["name": "村支书"], ["cadreId": .string(Sample.id(22))]],
        "purpose": "good-deed", "occasions": ["festival", "difficulty"], "sixHelps": ["policy", "sales"],
        "sixOnes": ["good-variety"], "device": "平板 1",
        "diary": ["did": "送春联，核对收入", "saw": "屋顶\n已修好", "thought": "下月再来"],
        "deeds": [["kind": "medical", "result": "陪同就医"]],
        "events": [["kind": "birth", "happenedOn": "2026-02-20", "note": "添了孙女"]],
        "attachments": [["kind": "photo", "sha256": .string(String(repeating: "aB", count: 32))]],
    ])

    private static let gifts = """
        ,"gifts":[{"kind":"oil","quantity":2.5,"unit":"升","valueFen":6000,"donor":"own"},\
        {"kind":"money","quantity":1,"valueFen":30000,"donor":"unit","donorName":"县农业局"}],\
        "location":{"latitude":31.1234567,"longitude":-0.5,"accuracyMetres":12}}
        """

    @Test("all that a visit says comes back, with the day for which it counts")
    func whole() throws {
        let county = try County()
        try county.makeVisited()
        let body = Array((Self.whole.text.dropLast() + Self.gifts).utf8)
        let session = try county.as(.tabletA1)
        let path = Sample.path(ofVisit: 501)
        // The companion helps another village's household.
        let refused = try session.send("PUT", path, ["Content-Type": "application/json"], body: body)
        #expect(refused.errors == ["/companions/1/cadreId unknown-cadre"])
        let clerk = try county.as(.administrator)
        let created = try clerk.send("PUT", path, ["Content-Type": "application/json"], body: body)
        #expect(created.status == 201, "\(created.text)")
        #expect(created["location"] == path, "\(created.text)")
        #expect(created.versionTag == "v1", "\(created.text)")
        let visit = created.json
        #expect(visit["countedOn"].string == "2026-03-01")
        #expect(visit["isCounted"].boolean == true)
        #expect(visit["receivedAt"].string == "2026-03-02T01:00:00.000Z")
        #expect(visit["flags"].list.isEmpty)
        #expect(visit["villageCode"].string == Place.villageA1)
        #expect(visit["isOfVillage"].boolean == false)
        #expect(visit["cadreName"].string == "干部21")
        #expect(visit["recordedBy"]["name"].string == "administrator")
        #expect(visit["diary"]["saw"].string == "屋顶\n已修好")
        #expect(visit["occasions"].list.map(\.string) == ["festival", "difficulty"])
        #expect(visit["sixHelps"].list.count == 2)
        #expect(visit["sixOnes"][0].string == "good-variety")
        #expect(visit["gifts"][0]["quantity"]?.numberText == "2.5")
        #expect(visit["gifts"][0]["valueFen"].integer == 6_000)
        #expect(visit["gifts"][1]["donorName"].string == "县农业局")
        #expect(visit["location"]["latitude"]?.numberText == "31.1234567")
        #expect(visit["events"][0]["happenedOn"].string == "2026-02-20")
        #expect(visit["attachments"][0]["sha256"].string == String(repeating: "ab", count: 32))
        #expect(visit["companions"][0]["name"].string == "村支书")
        let read = try session.get(path)
        #expect(read.text == created.text)
        #expect(read["etag"] == created["etag"])
        #expect(read.versionTag == "v1")
        #expect(try county.faults() == [])
    }

    @Test("the same content is a replay, with its id in the body or not; another content is kept for a person")
    func replay() throws {
        let county = try County()
        try county.makeVisited()
        let path = Sample.path(ofVisit: 501)
        try county.visit(501, as: .tabletA1)
        let before = try county.digest()
        let session = try county.as(.tabletA1)
        let named = Sample.visit().with(["id": .string(Sample.id(501))])
        #expect(try session.put(path, named)["idempotency-replayed"] == "true")
        #expect(try county.as(.clerkA).put(path, Sample.visit())["idempotency-replayed"] == "true")
        #expect(try county.digest() == before)
        let other = try session.put(path, Sample.visit(kind: "phone-call"))
        #expect(other.status == 409, "\(other.text)")
        #expect(other.problem == "conflicting-content", "\(other.text)")
        #expect(try county.count("held_visit") == 1)
        #expect(try county.count("visit") == 1)
        let held = try county.digest()
        #expect(try session.put(path, Sample.visit(kind: "phone-call")).problem == "conflicting-content")
        #expect(try county.digest() == held)
        #expect(try session.put(path, Sample.visit(kind: "meeting")).status == 409)
        #expect(try county.count("held_visit") == 2)
        #expect(try session.put(path, Sample.visit())["idempotency-replayed"] == "true")
        #expect(try county.faults() == [])
    }

    private static var refused: [(JSON, [String])] {
        [
            ([:], ["/kind required", "/occurredAt required", "/householdId required"]),
            (
                Sample.visit(kind: "party").with([
                    "occasions": ["festival", "rain"], "diary": ["did": ""], "clockOffsetMs": "x", "unheard": 1,
                ]),
                [
                    "/clockOffsetMs wrong-type", "/diary/did too-short", "/kind unknown-code",
                    "/occasions/1 unknown-code", "/unheard unknown-field",
                ]
            ),
            (Sample.visit(at: "1969-12-31T00:00:00Z"), ["/occurredAt out-of-range"]),
            (Sample.visit(999), ["/householdId unknown-household"]),
            (Sample.visit(3), ["/householdId unknown-household"]),
            (Sample.visit().with(["villageCode": .string(Place.townA)]), ["/villageCode only-one"]),
            (
                Sample.visit().with(["householdId": .omitted, "villageCode": .string(Place.townA)]),
                ["/villageCode unknown-village"]
            ),
            (
                Sample.visit().with([
                    "cadreId": .string(Sample.id(22)), "companions": [["cadreId": .string(Sample.id(999))]],
                    "correctsVisitId": .string(Sample.id(998)),
                ]),
                ["/cadreId unknown-cadre", "/companions/0/cadreId unknown-cadre", "/correctsVisitId unknown-visit"]
            ),
            (
                Sample.visit().with(["companions": [["name": "甲", "cadreId": .string(Sample.id(21))]]]),
                ["/companions/0 only-one"]
            ),
            (Sample.visit().with(["correctsVisitId": .string(Sample.id(501))]), ["/correctsVisitId names-itself"]),
            (Sample.visit().with(["isRetraction": true]), ["/isRetraction stands-alone"]),
            (
                Sample.visit().with(["gifts": [["kind": "rice", "quantity": 0, "valueFen": -1, "donor": "me"]]]),
                ["/gifts/0/donor unknown-code", "/gifts/0/quantity out-of-range", "/gifts/0/valueFen out-of-range"]
            ),
            (
                Sample.visit().with(["attachments": [["kind": "photo", "sha256": "ab"]]]),
                ["/attachments/0/sha256 not-a-hash"]
            ),
        ]
    }

    @Test("a visit that is wrong is refused with every error, and nothing is changed", arguments: refused.indices)
    func refusals(_ index: Int) throws {
        let (body, errors) = Self.refused[index]
        let county = try County()
        try county.makeVisited()
        let before = try county.digest()
        let answer = try county.as(.tabletA1).put(Sample.path(ofVisit: 501), body)
        #expect(answer.status == 422, "\(answer.text)")
        #expect(answer.errors.sorted() == errors.sorted(), "\(answer.text)")
        #expect(try county.digest() == before)
    }

    @Test("a quantity has three decimals and money none")
    func quantities() throws {
        let county = try County()
        try county.makeVisited()
        func put(_ quantity: String, _ fen: String) throws -> Answer {
            let gift = "{\"kind\":\"rice\",\"quantity\":\(quantity),\"valueFen\":\(fen),\"donor\":\"own\"}"
            let text = Sample.visit().text.dropLast() + ",\"gifts\":[\(gift)]}"
            return try county.as(.administrator).send(
                "PUT", Sample.path(ofVisit: 501), ["Content-Type": "application/json"], body: Array(text.utf8))
        }
        #expect(try put("0.0005", "1").errors == ["/gifts/0/quantity too-many-decimals"])
        #expect(try put("1", "10.5").errors == ["/gifts/0/valueFen not-an-integer"])
        #expect(try put("0.125", "1000").json["gifts"][0]["quantity"]?.numberText == "0.125")
        #expect(try county.query("SELECT quantity_thousandths FROM visit_gift") { $0.int(0) } == [125])
    }

    @Test("visits are only ever added to: the schema refuses the rest")
    func appendOnly() throws {
        let county = try County()
        try county.makeVisited()
        try county.visit(501)
        for statement in ["UPDATE visit SET kind = 'other'", "UPDATE visit SET names = ''", "DELETE FROM visit"] {
            #expect(throws: SQLError.trigger("visit-append-only")) {
                try county.register.perform { _ = try $0.connection.run(statement) }
            }
        }
    }

    @Test("whoever helps the household is taken as author from afar, others are flagged or unknown")
    func authors() throws {
        let county = try County()
        try county.makeVisited()
        try county.makeCadre(23, at: Place.villageA2)
        let pairing = try county.help(2, by: 23)
        try county.makeCadre(24, at: Place.villageA2)
        try county.help(2, by: 24, isResponsible: false, from: "2026-02-20")
        try county.endPairing(pairing, on: "2026-02-20")
        let moved = try county.as(.administrator).patch(
            "/v1/cadres/\(Sample.id(23))", version: 1,
            [
                "linkedAreaCode": .string(Place.villageB1), "linkedFrom": "2026-02-20",
                "effectiveOn": "2026-02-20",
            ])
        #expect(moved.status == 200, "\(moved.text)")
        #expect(try county.as(.clerkA).get("/v1/cadres/\(Sample.id(23))").status == 404)
        let body = Sample.visit(2).with(["cadreId": .string(Sample.id(23))])
        let mine = try county.visit(501, body.with(["occurredAt": "2026-02-10T02:00:00Z"]), as: .clerkA)
        #expect(mine.json["flags"].list.isEmpty)
        let replaced = try county.visit(502, body, as: .clerkA)
        #expect(replaced.json["flags"].list.map(\.string) == ["cadre-not-helper"])
        #expect(replaced.json["isCounted"].boolean == true)
        let neighbour = try county.visit(503, Sample.visit(2).with(["cadreId": .string(Sample.id(21))]), as: .clerkA)
        #expect(neighbour.json["flags"].list.map(\.string) == ["cadre-not-helper"])
        #expect(try county.visits("cadreId=\(Sample.id(23))") == [502, 501])
        #expect(try county.visits("flags=cadre-not-helper") == [503, 502])
    }

    @Test("each person sees the visits of their area, alone and in the list and by household")
    func scopes() throws {
        let county = try County()
        try county.makeVisited()
        for number in 1...3 { try county.visit(500 + number, Sample.visit(number)) }
        let seen: [(Person, [Int])] = [
            (.administrator, [503, 502, 501]), (.province, [503, 502, 501]), (.auditor, [503, 502, 501]),
            (.clerkA, [502, 501]), (.clerkB, [503]), (.tabletA1, [501]), (.workerB1, [503]), (.neighbour, []),
        ]
        for (person, numbers) in seen {
            #expect(try county.visits("count=true", as: person) == numbers, "\(person)")
            for number in 501...503 {
                let status = try county.as(person).get(Sample.path(ofVisit: number)).status
                #expect(status == (numbers.contains(number) ? 200 : 404), "\(person)")
                let of = try county.as(person).get("/v1/households/\(Sample.id(number - 500))/visits")
                #expect(of.status == status)
                #expect((status == 404 || of.items.count == 1))
            }
        }
        #expect(try county.as(.clerkB).put(Sample.path(ofVisit: 504), Sample.visit(1)).status == 422)
    }

    @Test("lists are filtered by place, household, days, kind and batch, and come as files and pages")
    func lists() throws {
        let county = try County()
        try county.makeVisited()
        try county.visit(501)
        try county.visit(502, Sample.visit(2, kind: "phone-call", at: "2026-02-01T00:00:00Z"))
        try county.visit(503, Sample.visit(3).with(["occasions": ["dispute"]]))
        let meeting = Sample.visit(kind: "meeting").with([
            "householdId": .omitted, "villageCode": .string(Place.villageA1),
        ])
        #expect(try county.visit(504, meeting, as: .tabletA1).json["villageCode"].string == Place.villageA1)
        #expect(try county.visits("areaCode=\(Place.townA)") == [504, 502, 501])
        #expect(try county.visits("villageCode=\(Place.villageA1)") == [504, 501])
        #expect(try county.visits("villageCode=\(Place.townA)&isOfVillage=true") == [504])
        #expect(try county.visits("isOfVillage=false") == [503, 502, 501])
        #expect(try county.visits("householdId=\(Sample.id(1))") == [501])
        #expect(try county.visits("kind=phone-call") == [502])
        #expect(try county.visits("from=2026-02-02&to=2026-03-02") == [504, 503, 501])
        #expect(try county.visits("to=2026-03-01") == [502])
        #expect(try county.visits("to=2026-02-02") == [502])
        #expect(try county.visits("occasions=dispute") == [503])
        #expect(try county.visits("batchId=\(Sample.id(9))&isCounted=true") == [])
        #expect(try county.visits("receivedFrom=2026-03-02T01:00:00.000Z&isCounted=true").count == 4)
        #expect(try county.as(.administrator).walk("/v1/visits?limit=1").count == 4)
        let file = try county.as(.administrator).get("/v1/visits", ["Accept": "text/csv"])
        #expect(file.text.contains(",diary.did,diary.saw,diary.thought,recordedBy.id,recordedBy.name,"))
        #expect(file.text.contains("陈示例"))
        #expect(file.text.split(separator: "\r\n").count == 5)
        #expect(try county.as(.administrator).get("/v1/visits?flags=none").status == 400)
    }

    @Test("a visit stands in the change feed with its record")
    func feed() throws {
        let county = try County()
        try county.makeVisited()
        try county.visit(501, Sample.visit().with(["diary": ["did": "核对收入"]]))
        let change = try county.as(.tabletA1).get("/v1/changes?entity=visits&include=record").items.last
        #expect(change?["operation"]?.string == "create")
        #expect(change?["record"]?["diary"]?["did"]?.string == "核对收入")
        #expect(try county.as(.workerB1).get("/v1/changes?entity=visits").items.isEmpty)
    }
}
