// Organizations and helpers who are not on the payroll over the API (R006, R015, R016, R017).

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("Organizations and other helpers")
struct OrganizationTests {
    @Test("an organization is created, replayed, read, changed from a day, ended, and has a history")
    func life() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let body = Sample.organization("县农业局").with([
            "creditCode": "11990921mb0000001h", "contactName": "李联系", "phone": "138 0000 5678",
            "effectiveOn": "2020-01-01",
        ])
        let path = try county.makeOrganization(1, body)
        let read = try session.get(path)
        #expect(read.json["creditCode"].string == "11990921MB0000001H")
        #expect(read.json["phone"].string == "*******5678")
        #expect(read.json["areaCode"].string == Place.county)
        let renamed = try session.patch(
            path, version: 1, ["effectiveOn": "2024-05-01", "name": "县农业农村局", "contactName": nil])
        #expect(renamed.status == 200, "\(renamed.text)")
        #expect(renamed.json["version"].integer == 2, "\(renamed.text)")
        #expect(renamed.json["contactName"] == nil)
        #expect(try session.get(path + "?on=2024-04-30").json["name"].string == "县农业局")
        #expect(try session.get(path + "?on=2024-05-01").json["name"].string == "县农业农村局")
        #expect(try session.get(path + "?on=2019-12-31").status == 404)
        let ended = try session.patch(path, version: 2, ["to": "2026-01-01"])
        #expect(ended.json["to"].string == "2026-01-01")
        #expect(try session.get("/v1/organizations?ended=false").items.isEmpty)
        #expect(
            try session.get("/v1/organizations?ended=true&q=%E5%86%9C&kind=state-organ&level=county").items.count == 1)
        let history = try session.get(path + "/history").items.map { $0["action"].string }
        #expect(history == ["end", "change", "create"])
        let changes = try county.query("SELECT operation FROM change WHERE entity = 'organizations' ORDER BY sequence")
        {
            $0.text(0)
        }
        #expect(changes == ["create", "change", "end"])
        let sealed = try county.query("SELECT phone_sealed FROM organization") { $0.blob(0) }
        let id = try required(Identifier(Sample.id(1)))
        #expect(
            try county.register.keys.open(try required(sealed.first), for: SealedPlace("organization.phone", id))
                == "13800005678")
        #expect(try county.faults() == [])
    }

    @Test("a unit with living cadres ends only with the unit that takes them over, or with a word that they stay")
    func endWithCadres() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let path = try county.makeOrganization(1, Sample.organization("县农业局").with(["effectiveOn": "2020-01-01"]))
        try county.makeOrganization(2, Sample.organization("县农业农村局").with(["effectiveOn": "2020-01-01"]))
        try county.makeCadre(11, Sample.cadre("张示例").with(["effectiveOn": "2020-01-01"]))
        let before = try county.digest()
        let refused = try session.patch(path, version: 1, ["to": "2026-03-01"])
        #expect(refused.errors == ["/to cadres-remain"], "\(refused.text)")
        let itself = try session.patch(
            path, version: 1, ["to": "2026-03-01", "successorOrganizationId": .string(Sample.id(1))])
        #expect(itself.errors == ["/successorOrganizationId names-itself"], "\(itself.text)")
        let living = try session.patch(path, version: 1, ["successorOrganizationId": .string(Sample.id(2))])
        #expect(living.errors == ["/successorOrganizationId only-with-end"], "\(living.text)")
        #expect(try county.digest() == before)

        let ended = try session.patch(
            path, version: 1, ["to": "2026-03-01", "successorOrganizationId": .string(Sample.id(2))])
        #expect(ended.json["successorOrganizationName"].string == "县农业农村局", "\(ended.text)")
        let cadre = "/v1/cadres/\(Sample.id(11))"
        #expect(try session.get(cadre).json["organizationName"].string == "县农业农村局")
        #expect(try session.get(cadre + "?on=2026-02-28").json["organizationId"].string == Sample.id(1))
        #expect(try session.get(cadre + "?on=2026-03-01").json["organizationId"].string == Sample.id(2))
        // Taken back it lives again, has no successor, and has its cadres.
        let again = try session.patch(path, version: 2, ["to": nil])
        #expect(again.json["successorOrganizationId"] == nil, "\(again.text)")
        #expect(try session.get(cadre).json["organizationId"].string == Sample.id(1))
        #expect(try session.patch(path, version: 3, ["to": "2026-03-01"]).errors == ["/to cadres-remain"])
        let once = try session.patch(
            path, version: 3, ["to": "2026-03-01", "successorOrganizationId": .string(Sample.id(2))])
        #expect(once.status == 200, "\(once.text)")

        let other = "/v1/organizations/\(Sample.id(2))"
        #expect(try session.patch(other, version: 1, ["to": "2026-03-02"]).errors == ["/to cadres-remain"])
        let kept = try session.patch(other, version: 1, ["to": "2026-03-02", "keepsCadres": true])
        #expect(kept.status == 200, "\(kept.text)")
        #expect(try session.get(cadre).json["organizationId"].string == Sample.id(2))
        #expect(try county.faults() == [])
    }

    @Test("a file ends a unit with living cadres only with a successor or the word, too")
    func endInFile() throws {
        let county = try County()
        let session = try county.as(.administrator)
        try county.makeOrganization(1, Sample.organization("县农业局"))
        try county.makeOrganization(2, Sample.organization("县农业农村局"))
        try county.makeCadre(11, Sample.cadre("张示例"))
        func file(_ successor: String, _ word: String) -> String {
            """
            id,name,kind,level,to,successorOrganizationId,keepsCadres
            \(Sample.id(1)),县农业局,state-organ,county,2026-03-01,\(successor),\(word)
            """
        }
        let refused = try session.importFile(1, "kind=organizations", file("", ""))
        #expect(refused.counts == [0, 0, 0, 0, 1], "\(refused)")
        county.clock.advance(milliseconds: 5_000)
        #expect(try session.importFile(2, "kind=organizations", file(Sample.id(2), "")).counts == [0, 1, 0, 0, 0])
        let cadre = try session.get("/v1/cadres/\(Sample.id(11))").json
        #expect(cadre["organizationId"].string == Sample.id(2))
        #expect(try county.faults() == [])
        // The file taken back, the unit lives again and has its cadres.
        county.clock.advance(milliseconds: 5_000)
        let obstacles = try session.get("/v1/imports/\(Sample.id(2))/undo-obstacles")
        #expect(obstacles.items.isEmpty, "\(obstacles.text)")
        #expect(try session.undo(2)["state"]?.string == "undone")
        let back = try session.get("/v1/organizations/\(Sample.id(1))").json
        #expect(back["to"].string == nil)
        #expect(back["successorOrganizationId"].string == nil)
        #expect(try session.get("/v1/cadres/\(Sample.id(11))").json["organizationId"].string == Sample.id(1))
        #expect(try county.faults() == [])
    }

    @Test("the end of a unit told late takes over whoever joined it, or was changed, since")
    func endToldLate() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let path = try county.makeOrganization(1, Sample.organization("县农业局").with(["effectiveOn": "2020-01-01"]))
        try county.makeOrganization(2, Sample.organization("县农业农村局").with(["effectiveOn": "2020-01-01"]))
        try county.makeCadre(11, Sample.cadre("张示例").with(["effectiveOn": "2020-01-01"]))
        try county.makeCadre(12, Sample.cadre("李示例").with(["effectiveOn": "2026-02-10"]))
        let changed = try session.patch(
            "/v1/cadres/\(Sample.id(11))", version: 1, ["positionTitle": "副科长", "effectiveOn": "2026-02-15"])
        #expect(changed.status == 200, "\(changed.text)")
        let ended = try session.patch(
            path, version: 1, ["to": "2026-02-01", "successorOrganizationId": .string(Sample.id(2))])
        #expect(ended.status == 200, "\(ended.text)")
        for cadre in [11, 12] {
            #expect(
                try session.get("/v1/cadres/\(Sample.id(cadre))").json["organizationId"].string == Sample.id(2),
                "\(cadre)")
        }
        let first = "/v1/cadres/\(Sample.id(11))?on="
        #expect(try session.get(first + "2026-01-31").json["organizationId"].string == Sample.id(1))
        #expect(try session.get(first + "2026-02-10").json["organizationId"].string == Sample.id(2))
        #expect(try county.faults() == [])
    }

    @Test(
        "a credit code with a wrong check character, unknown codes, a strange area: all told at once, nothing changed")
    func badBodies() throws {
        let county = try County()
        try county.makeOrganization()
        let session = try county.as(.administrator)
        let before = try county.digest()
        let path = "/v1/organizations/\(Sample.id(2))"
        let wrong = try session.put(
            path,
            Sample.organization("").with(["creditCode": "11990921MB0000001J", "kind": "guild", "boss": 1, "phone": "1"])
        )
        #expect(wrong.status == 422)
        #expect(
            Set(wrong.errors) == [
                "/name too-short", "/kind unknown-code", "/creditCode wrong-check-character",
                "/phone not-a-phone-number",
                "/boss unknown-field",
            ])
        for (code, problem) in [("119909", "wrong-length"), ("11990921MB000000IH", "wrong-character")] {
            let answer = try session.put(path, Sample.organization("乙").with(["creditCode": .string(code)]))
            #expect(answer.errors == ["/creditCode \(problem)"])
        }
        for area in [Place.neighbourCounty, "990999000000", Place.city] {
            let answer = try session.put(path, Sample.organization("乙", at: area))
            #expect(answer.status == 422)
            #expect(answer.errors == ["/areaCode unknown-division"])
        }
        #expect(try session.put(path, Sample.organization("县农业局")).problem == "organization-name-taken")
        #expect(try county.as(.clerkA).get("/v1/organizations").items.isEmpty)
        #expect(try county.digest() == before)
    }

    @Test("a credit code lives once; the other organization is named only where the caller may see it")
    func creditCodes() throws {
        let county = try County()
        try county.makeOrganization(1, Sample.organization("甲").with(["creditCode": "11990921MB0000001H"]))
        let body = Sample.organization("乙").with(["creditCode": "11990921MB0000001H"])
        let mine = try county.as(.administrator).put("/v1/organizations/\(Sample.id(2))", body)
        #expect(mine.problem == "credit-code-taken")
        #expect(mine.text.contains(Sample.id(1)))
        let theirs = try county.as(.neighbour).put(
            "/v1/organizations/\(Sample.id(3))", body.with(["areaCode": .string(Place.neighbourCounty)]))
        #expect(theirs.problem == "credit-code-taken")
        #expect(!theirs.text.contains(Sample.id(1)))
        let used = try county.as(.neighbour).put("/v1/organizations/\(Sample.id(1))", body)
        #expect(used.problem == "id-reused")
        #expect(!used.text.contains("甲"))
    }

    @Test("an organization never lies below itself")
    func parents() throws {
        let county = try County()
        for number in 1...3 {
            try county.makeOrganization(
                number,
                Sample.organization("单位\(number)").with([
                    "parentOrganizationId": number == 1 ? .omitted : .string(Sample.id(number - 1))
                ]))
        }
        let session = try county.as(.administrator)
        let path = "/v1/organizations/\(Sample.id(1))"
        let before = try county.digest()
        for parent in [1, 2, 3] {
            let answer = try session.patch(path, version: 1, ["parentOrganizationId": .string(Sample.id(parent))])
            #expect(answer.status == 422)
            #expect(answer.errors == ["/parentOrganizationId parent-circle"])
        }
        #expect(
            try session.patch(path, version: 1, ["parentOrganizationId": .string(Sample.id(9))]).errors
                == ["/parentOrganizationId unknown-organization"])
        #expect(try county.digest() == before)
    }

    @Test("a helper with skills and hours is created, found by a skill, changed and ended")
    func helpers() throws {
        let county = try County()
        try county.makeOrganization(1, Sample.organization("镇社工站", at: Place.townA))
        let session = try county.as(.clerkA)
        let path = "/v1/helpers/\(Sample.id(5))"
        let body: JSON = [
            "areaCode": .string(Place.villageA1), "kind": "technical-envoy", "name": "王示例",
            "organizationId": .string(Sample.id(1)), "skills": ["果树栽培", "养蜂"], "serviceHours": 40,
            "phone": "13900001111", "effectiveOn": "2025-01-01",
        ]
        let created = try session.put(path, body)
        #expect(created.status == 201, "\(created.text)")
        #expect(created["location"] == path, "\(created.text)")
        #expect(created.json["organizationName"].string == "镇社工站")
        #expect(try session.get("/v1/helpers?skills=%E5%85%BB%E8%9C%82").items.count == 1)
        #expect(try session.get("/v1/helpers?skills=%E5%85%BB").items.isEmpty)
        let wrong = try session.patch(path, version: 1, ["skills": ["a;b", "c", "c"], "kind": "saint"])
        #expect(Set(wrong.errors) == ["/skills/0 malformed", "/skills/2 repeated", "/kind unknown-code"])
        let changed = try session.patch(
            path, version: 1, ["serviceHours": 48, "skills": nil, "areaCode": .string(Place.villageA2)])
        #expect(changed.json["serviceHours"].integer == 48)
        #expect(changed.json["skills"] == nil)
        #expect(try session.get(path + "?on=2025-06-01").json["skills"].list.count == 2)
        #expect(try county.as(.workerA1).get("/v1/helpers").items.isEmpty)
        #expect(try session.patch(path, version: 2, ["to": "2027-01-01"]).errors == ["/to in-future"])
        #expect(try session.patch(path, version: 2, ["to": .string(County.today)]).status == 200)
        #expect(try session.get(path + "/history").items.count == 3)
        #expect(try county.faults() == [])
    }
}
