// What is kept of a cadre's capacity (R034, R040, R045): by every way in which a rank, link, quota, parameter or
// division changes, equal to what the rule says of the facts as they are.

import Testing

@testable import Archive
@testable import Domain
@testable import SQL
@testable import Web

@Suite("Capacities of cadres")
struct CapacityTests {
    /// `first quota area` of each segment.
    private static func segments(_ session: Session, _ path: String) throws -> [String] {
        try session.get(path + "/quotas").json["quotas"].list.map { item in
            "\(item["from"]?.string ?? "") \(item["quota"]?.integer ?? -1) \(item["areaCode"]?.string ?? "nowhere")"
        }
    }

    private static func cadre(
        _ county: County, _ number: Int, _ rank: String, _ area: String? = Place.villageA1
    ) throws -> String {
        try county.makeCadre(
            number,
            Sample.cadre("张示例").with([
                "rank": .string(rank), "rankFrom": "2020-01-01", "linkedFrom": area == nil ? .omitted : "2020-01-01",
                "linkedAreaCode": area.map(JSON.string) ?? .omitted,
            ]))
    }

    private static func quota(
        _ session: Session, _ number: Int, _ key: String, _ value: JSON, _ area: String, from: String,
        to: String? = nil
    ) throws {
        let body: JSON = [
            "key": .string(key), "value": value, "unit": key.hasSuffix("scope") ? "codes" : "households",
            "areaCode": .string(area), "from": .string(from),
            "to": to.map(JSON.string) ?? .omitted,
        ]
        let answer = try session.put("/v1/parameters/\(Sample.id(number))", body)
        #expect(answer.status == 201, "\(answer.text)")
    }

    @Test("a promotion, a retirement and an end count from their days, and the cadre shows what counts on each day")
    func facts() throws {
        let county = try County()
        try county.makeOrganization()
        let session = try county.as(.administrator)
        let path = try Self.cadre(county, 11, "ordinary")
        #expect(try session.get(path).json["quota"].integer == 1)
        #expect(try session.get(path).json["load"].integer == 0)
        let promoted = try session.patch(path, version: 1, ["rank": "section", "rankFrom": "2026-04-01"])
        #expect(promoted.json["quota"].integer == 1)
        #expect(try session.get(path + "?on=2026-04-01").json["quota"].integer == 5)
        #expect(try session.get(path + "?on=2026-04-01&knownAt=\(county.clock.now)").json["quota"] == nil)
        _ = try session.patch(
            path, version: 2, ["postStates": [["postState": "retired", "from": "2027-01-01"]]])
        let village = Place.villageA1
        #expect(
            try Self.segments(session, path) == [
                "2020-01-01 1 \(village)", "2026-04-01 5 \(village)", "2027-01-01 0 \(village)",
            ])
        let linked: JSON = ["linkedAreaCode": .string(Place.villageB2), "linkedFrom": "2026-05-01"]
        _ = try session.patch(path, version: 3, linked)
        #expect(try Self.segments(session, path).contains("2026-05-01 5 \(Place.villageB2)"))
        let ended = try session.patch(path, version: 4, ["to": .string(County.today)])
        #expect(ended.json["quota"].integer == 0, "\(ended.text)")
        #expect(try Self.segments(session, path).prefix(2) == ["2020-01-01 1 \(village)", "2026-03-02 0 \(village)"])
        let nobody = try county.makeCadre(12, Sample.cadre("李示例"))
        #expect(try Self.segments(session, nobody).isEmpty)
        #expect(try session.get(nobody).json["quota"] == nil)
        #expect(try county.as(.neighbour).get(path + "/quotas").status == 404)
        #expect(try county.faults() == [])
    }

    @Test("a personal quota goes before the rank's, also for a veteran, and is taken back; the trail tells why")
    func personal() throws {
        let county = try County()
        try county.makeOrganization()
        let session = try county.as(.administrator)
        let path = try county.makeCadre(
            11,
            Sample.cadre("张示例").with([
                "postState": "retired", "postStateFrom": "2020-01-01", "linkedAreaCode": .string(Place.villageA1),
                "linkedFrom": "2020-01-01",
            ]))
        let own: JSON = ["quota": 2, "from": "2026-01-01", "to": "2027-01-01", "reason": "离休干部回原村"]
        let stated = try session.post(path + "/quotas", own, key: "a")
        #expect(stated.status == 200, "\(stated.text)")
        #expect(
            try Self.segments(session, path) == ["2026-01-01 2 \(Place.villageA1)", "2027-01-01 0 \(Place.villageA1)"])
        let json = try session.get(path).json
        #expect(json["version"].integer == 2)
        #expect(json["quota"].integer == 2)
        #expect(json["personalQuota"]["reason"].string == "离休干部回原村")
        let before = try county.digest()
        #expect(try session.post(path + "/quotas", own, key: "a")["idempotency-replayed"] == "true")
        #expect(try session.post(path + "/quotas", own).status == 200)
        #expect(try county.digest() == before, "the same again changes nothing")
        let known = county.clock.now
        county.clock.advance(milliseconds: 1_000)
        let raised: JSON = ["quota": 3, "from": "2026-06-01", "reason": "再加一户"]
        #expect(try session.post(path + "/quotas", raised).json["personalQuotas"].list.count == 2)
        let taken: JSON = ["quota": nil, "from": "2026-09-01", "to": "2026-10-01", "reason": "住院"]
        _ = try session.post(path + "/quotas", taken)
        #expect(
            try Self.segments(session, path).map { $0.prefix(12) } == [
                "2026-01-01 2", "2026-06-01 3", "2026-09-01 0", "2026-10-01 3",
            ])
        let former = try session.get(path + "/quotas?knownAt=\(known)").json
        #expect(former["personalQuotas"].list.count == 1)
        #expect(former["quotas"] == nil)
        let history = try session.get(path + "/history").items
        #expect(history.first?["action"]?.string == "quota")
        #expect(history.first?["after"]["reason"].string == "住院")
        // Another cadre under the same key is another request.
        let other = try Self.cadre(county, 12, "section")
        #expect(try session.post(other + "/quotas", own, key: "a")["idempotency-replayed"] == nil)
        #expect(try session.get(other).json["quota"].integer == 2)
        #expect(try county.faults() == [])
    }

    @Test("a personal quota that is wrong is refused with all that is wrong, and changes nothing")
    func refusals() throws {
        let county = try County()
        try county.makeOrganization()
        let path = try Self.cadre(county, 11, "section")
        let session = try county.as(.administrator)
        let before = try county.digest()
        let wrong = try session.post(path + "/quotas", ["quota": 101, "from": "2026-02-30", "to": "x", "reasons": "y"])
        #expect(wrong.status == 422, "\(wrong.text)")
        #expect(wrong.errors.count == 5, "\(wrong.text)")
        let turned: JSON = ["quota": 1, "from": "2026-02-02", "to": "2026-02-02", "reason": "y"]
        #expect(try session.post(path + "/quotas", turned).errors == ["/to ends-before-it-begins"])
        let missing: JSON = ["from": "2026-02-02", "reason": "y"]
        #expect(try session.post(path + "/quotas", missing).errors == ["/quota required"])
        #expect(try county.digest() == before)
    }

    @Test("the quota of a rank raised for a town from next month counts there and then, and goes with its file")
    func parameters() throws {
        let county = try County()
        try county.makeOrganization()
        try county.makeOrganization(2, Sample.organization("甲镇政府", at: Place.townA))
        let session = try county.as(.administrator)
        let inTown = try Self.cadre(county, 11, "section")
        let elsewhere = try Self.cadre(county, 12, "section", Place.villageB1)
        let otherRank = try Self.cadre(county, 13, "middle")
        let unlinked = try county.makeCadre(
            14, Sample.cadre("王示例", of: 2).with(["rank": "section", "rankFrom": "2020-01-01"]))
        let head = try Self.cadre(county, 15, "division", Place.townA)
        try Self.quota(session, 1, "quota.section", 7, Place.townA, from: "2026-04-01", to: "2026-05-01")
        #expect(
            try Self.segments(session, inTown).map { $0.prefix(12) } == [
                "2020-01-01 5", "2026-04-01 7", "2026-05-01 5",
            ])
        #expect(
            try Self.segments(session, unlinked)
                == ["2020-01-01 5 nowhere", "2026-04-01 7 nowhere", "2026-05-01 5 nowhere"])
        #expect(try Self.segments(session, elsewhere).count == 1)
        #expect(try Self.segments(session, otherRank).count == 1)
        #expect(try Self.segments(session, head) == ["2020-01-01 6 \(Place.townA)"])
        try Self.quota(session, 2, "quota.section.scope", "town", Place.county, from: "2026-06-01")
        #expect(try Self.segments(session, elsewhere).last == "2026-06-01 5 \(Place.townB)")
        try Self.quota(session, 3, "quota.division.scope", "village", Place.townA, from: "2026-06-01")
        #expect(try Self.segments(session, head).last == "2026-06-01 6 nowhere", "a link to a town opens no village")
        #expect(try county.faults() == [])

        let before = try Self.segments(session, elsewhere)
        let file = "key,value,unit,areaCode,from,to\nquota.section,9,,\(Place.county),2026-07-01,\n"
        #expect(try session.importFile(1, "kind=parameters", file).counts == [1, 0, 0, 0, 0])
        #expect(try Self.segments(session, elsewhere).last == "2026-07-01 9 \(Place.townB)")
        county.clock.advance(milliseconds: 1_000)
        let corrected = file.replacing(",9,", with: ",8,")
        #expect(try session.importFile(2, "kind=parameters", corrected).counts == [0, 1, 0, 0, 0])
        #expect(try Self.segments(session, elsewhere).last == "2026-07-01 8 \(Place.townB)")
        _ = try session.undo(2)
        #expect(try Self.segments(session, elsewhere).last == "2026-07-01 9 \(Place.townB)")
        _ = try session.undo(1)
        #expect(try Self.segments(session, elsewhere) == before)
        #expect(try county.faults() == [])
    }

    @Test("a merged village takes its cadres along, and one that goes to another town those of the town's scope")
    func succession() throws {
        let county = try County()
        try county.makeOrganization()
        let session = try county.as(.administrator)
        // Linked to a village when the rank was another: their town quota lies in the town of the village.
        let head = try Self.cadre(county, 11, "ordinary", Place.villageA2)
        _ = try session.patch(head, version: 1, ["rank": "division", "rankFrom": "2025-01-01"])
        let cadre = try Self.cadre(county, 12, "middle", Place.villageA2)
        #expect(try Self.segments(session, head).last == "2025-01-01 6 \(Place.townA)")
        try Self.quota(session, 1, "quota.middle", 4, Place.townB, from: "2021-01-01")
        #expect(try Self.segments(session, cadre).count == 1)
        let merged = try session.put(
            "/v1/divisions/\(Place.villageA2)/successor", ["successorCode": .string(Place.villageB1)])
        #expect(merged.status == 200, "\(merged.text)")
        #expect(
            try Self.segments(session, cadre) == ["2020-01-01 2 \(Place.villageB1)", "2021-01-01 4 \(Place.villageB1)"])
        #expect(
            try Self.segments(session, head) == ["2020-01-01 1 \(Place.villageB1)", "2025-01-01 6 \(Place.townB)"])
        #expect(try county.faults() == [])
        let towns = try session.put(
            "/v1/divisions/\(Place.townB)/successor", ["successorCode": .string(Place.townA)])
        #expect(towns.status == 200, "\(towns.text)")
        // The rows of the town that has ended do not go over to its successor.
        #expect(try Self.segments(session, cadre).count == 1)
        #expect(try Self.segments(session, head).last == "2025-01-01 6 \(Place.townA)")
        #expect(try county.faults() == [])
    }

    @Test("imports of cadres keep capacities, and undoing takes them back")
    func imports() throws {
        let county = try County()
        try county.makeOrganization()
        let session = try county.as(.administrator)
        let header = "name,organizationName,rank,rankFrom,linkedAreaCode,linkedFrom,postState\n"
        let rows =
            "张示例,县农业局,section,2020-01-01,\(Place.villageA1),2021-01-01,in-post\n"
            + "李示例,县农业局,,,\(Place.villageA1),2021-01-01,in-post\n"
            + "王示例,县农业局,division,2020-01-01,\(Place.townB),2020-01-01,retired\n"
        #expect(try session.importFile(1, "kind=cadres&on=2026-01-01", header + rows).counts == [3, 0, 0, 0, 0])
        func list() throws -> [String] {
            try county.query(
                """
                SELECT c.name, k.valid_from, k.quota FROM cadre_capacity k JOIN cadre c ON c.id = k.cadre_id
                ORDER BY 1, 2
                """
            ) { "\($0.text(0)) \($0.text(1)) \($0.int(2))" }
        }
        let kept = try list()
        #expect(
            kept == ["张示例 2020-01-01 5", "张示例 2021-01-01 5", "王示例 2020-01-01 6", "王示例 2026-01-01 0"])
        #expect(try county.faults() == [])
        county.clock.advance(milliseconds: 1_000)
        let promoted = rows.replacing("section,2020", with: "division,2025")
        #expect(try session.importFile(2, "kind=cadres", header + promoted).counts == [0, 1, 2, 0, 0])
        #expect(try county.faults() == [])
        #expect(try session.undo(2)["state"]?.string == "undone")
        #expect(try list() == kept)
        #expect(try county.faults() == [])
        #expect(try session.undo(1)["state"]?.string == "undone")
        #expect(try county.count("cadre_capacity") == 0)
        #expect(try county.count("cadre") == 0)
        #expect(try county.faults() == [])
    }

    @Test("a register of an older schema is filled at its first start, and check finds what differs")
    func older() throws {
        let county = try County()
        try county.makeOrganization()
        _ = try Self.cadre(county, 11, "section")
        _ = try Self.cadre(county, 12, "division", Place.townA)
        let before = try county.digest()["cadre_capacity"]
        try county.register.perform { transaction in
            try transaction.connection.run("DELETE FROM cadre_capacity")
            try transaction.connection.run("INSERT INTO setting (key, value) VALUES ($1, '1')", CadreCapacity.due)
        }
        #expect(try county.faults().count { $0.hasPrefix("capacities of cadres") } == 2)
        county.close()
        let again = try County(reopening: county.folder, clock: county.clock)
        #expect(try again.digest()["cadre_capacity"] == before)
        #expect(try again.query("SELECT 1 FROM setting WHERE key = '\(CadreCapacity.due)'") { $0.int(0) }.isEmpty)
        #expect(try again.faults() == [])
    }

    @Test("whatever is done in whatever order, what is kept is what the rule says")
    func random() throws {
        let county = try County()
        let session = try county.as(.administrator)
        try county.makeOrganization()
        try county.makeOrganization(2, Sample.organization("甲镇政府", at: Place.townA))
        var random = SeededGenerator(seed: 45)
        let ranks = CadreRank.allCases.map(\.rawValue)
        let villages = [Place.villageA1, Place.villageA3, Place.villageB1, Place.villageB2]
        func day() -> String { "2026-0\(Int.random(in: 1...9, using: &random))-15" }
        func pick(_ texts: [String]) -> JSON { .string(texts.randomElement(using: &random) ?? "") }
        let paths = try (11...14).map { number in
            try county.makeCadre(number, Sample.cadre("干部\(number)", of: number % 2 + 1))
        }
        var done = 0
        for step in 0..<120 {
            let path = paths.randomElement(using: &random) ?? paths[0]
            let version = try session.get(path).json["version"].integer ?? 0
            let answer =
                switch Int.random(in: 0..<7, using: &random) {
                case 0: try session.patch(path, version: version, ["rank": pick(ranks), "rankFrom": .string(day())])
                case 1:
                    try session.patch(
                        path, version: version,
                        ["postState": pick(["in-post", "retired", "left"]), "postStateFrom": .string(day())])
                case 2:
                    try session.patch(
                        path, version: version,
                        ["linkedAreaCode": pick(villages + [Place.townA]), "linkedFrom": .string(day())])
                case 3:
                    try session.post(
                        path + "/quotas",
                        ["quota": step % 3 == 0 ? nil : 3, "from": .string(day()), "reason": "理由"])
                case 4:
                    try session.put(
                        "/v1/parameters/\(Sample.id(1_000 + step))",
                        [
                            "key": .string("quota.\(ranks.randomElement(using: &random) ?? "")"), "value": 4,
                            "unit": "households", "areaCode": pick([Place.townA, Place.county, Place.villageB1]),
                            "from": .string(day()),
                        ])
                case 5:
                    try session.patch(
                        "/v1/organizations/\(Sample.id(2))",
                        version: session.get("/v1/organizations/\(Sample.id(2))").json["version"].integer ?? 0,
                        ["areaCode": pick([Place.townA, Place.townB, Place.county])])
                default: try session.patch(path, version: version, ["name": .string("干部甲\(step)")])
                }
            if (200...299).contains(answer.status) { done += 1 }
            if step == 60 {
                _ = try session.put(
                    "/v1/divisions/\(Place.villageB2)/successor", ["successorCode": .string(Place.villageA3)])
            }
            if step % 20 == 19 {
                #expect(try county.faults() == [], "after \(step)")
                county.clock.advance(days: 20)
            }
        }
        #expect(done > 60, "\(done)")
        #expect(try county.count("cadre_capacity") > 10)
    }
}

@Suite("Households that need helpers of two units")
struct HelpNeedTests {
    @Test("no labour, no care for oneself, or a child kept from school: known now, in figures, and of the past")
    func need() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let child = Sample.member("陈小", relation: "son", born: "2014-03-02", id: Sample.id(201)).with([
            "education": .omitted, "labourCapacity": "none",
        ])
        let plain = try county.make(1, Sample.household("H1", members: [Sample.member("陈甲"), child]))
        let other = try county.make(2, Sample.household("H2", in: Place.villageB1).with(["selfCare": false]))
        #expect(try session.get(plain).json["needsTwoUnits"].boolean == false)
        #expect(try session.get(other).json["needsTwoUnits"].boolean == true)
        let blocked = try session.patch(
            plain + "/members/\(Sample.id(201))", version: 1, ["schoolBlocked": true, "effectiveOn": "2026-02-01"])
        #expect(blocked.status == 200, "\(blocked.text)")
        #expect(try session.get(plain).json["needsTwoUnits"].boolean == true)
        #expect(try session.get(plain + "?on=2026-02-01").json["needsTwoUnits"].boolean == true)
        #expect(try session.get(plain + "?on=2026-01-31").json["needsTwoUnits"].boolean == false)
        #expect(try session.get("/v1/households?needsTwoUnits=true").items.count == 2)
        #expect(try session.get("/v1/households?needsTwoUnits=false").items.isEmpty)
        #expect(try session.get("/v1/households", ["Accept": "text/csv"]).text.contains("needsTwoUnits"))
        func lines(_ query: String) throws -> [String] {
            try session.get("/v1/statistics/households" + query).json["helpNeed"].list.map { item in
                "\(item["code"]?.string ?? "") \(item["households"]?.integer ?? 0) \(item["people"]?.integer ?? 0)"
            }
        }
        #expect(try lines("") == ["two 2 3"])
        #expect(try lines("?on=2026-01-31") == ["one 1 2", "two 1 1"])
        #expect(try county.faults() == [])
        let left = try session.patch(
            plain + "/members/\(Sample.id(201))", version: 2,
            ["leftOn": "2026-03-01", "leftReason": "other", "effectiveOn": "2026-03-01"])
        #expect(left.status == 200, "\(left.text)")
        #expect(try session.get(plain).json["needsTwoUnits"].boolean == false)
        #expect(try lines("") == ["one 1 1", "two 1 1"])
        #expect(try county.faults() == [])
        try county.register.perform { _ = try $0.connection.run("UPDATE household SET needs_two_units = 1") }
        #expect(try county.faults().contains { $0.hasPrefix("households that need helpers of two units") })
    }
}
