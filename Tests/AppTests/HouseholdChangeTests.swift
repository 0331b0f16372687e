// Changing households: versions, dated facts, and what was known when.

import Testing

@testable import App
@testable import Domain
@testable import Web

@Suite("Changing households")
struct HouseholdChangeTests {
    @Test("a change needs the version it was made with: 428 without, 412 with another, and then nothing is changed")
    func preconditions() throws {
        let county = try County()
        let path = try county.make(1, Sample.household("H1"))
        let session = try county.as(.clerkA)
        let before = try county.digest()
        let missing = try session.patch(path, version: nil, ["mainCause": "illness"])
        #expect(missing.status == 428)
        #expect(missing.problem == "precondition-required")
        for version in [0, 2, 99] {
            let stale = try session.patch(path, version: version, ["mainCause": "illness"])
            #expect(stale.status == 412)
            #expect(stale.problem == "stale-version")
        }
        let shown = try required(session.get(path)["etag"])
        for tag in [
            "W/\"v1\"", "v1", "\"1\"", "\"v11\"", "\"v1-\"", "\"v1-0123456789abcde\"", "\"v1-0123456789ABCDEF\"",
            "\"v1-0123456789abcdef-1\"", "\"v2-\(shown.dropFirst(4))", "W/\(shown)",
        ] {
            let answer = try session.send(
                "PATCH", path, ["Content-Type": "application/merge-patch+json", "If-Match": tag],
                body: Array("{\"mainCause\":\"illness\"}".utf8))
            #expect(answer.status == 412 || answer.status == 400, "\(tag): \(answer.status)")
        }
        #expect(try county.digest() == before)
        // A version, with or without what was shown with it, as it is or as gzip.
        let digest = shown.dropFirst(3).dropLast()
        let tags = [
            "\"v9\", \"v1\"", "\"v2-gzip\"", "*", "\"v4\(digest)\"", "\"v9\(digest)\", \"v5\(digest)-gzip\"",
        ]
        let causes = ["illness", "disability", "schooling", "disaster", "illness"]
        for (index, tag) in tags.enumerated() {
            let answer = try session.send(
                "PATCH", path, ["Content-Type": "application/merge-patch+json", "If-Match": tag],
                body: Array("{\"mainCause\":\"\(causes[index])\"}".utf8))
            #expect(answer.status == 200, "\(tag): \(answer.text)")
            #expect(answer.json["version"].integer == index + 2, "\(tag): \(answer.text)")
        }
    }

    @Test("of eight changes made knowing one version exactly one is taken")
    func lostUpdates() throws {
        let county = try County()
        let path = try county.make(1, Sample.household("H1"))
        let token = try county.as(.clerkA).token
        let statuses = try Parallel.map(8) { index in
            try county.with(token: token).patch(path, version: 1, ["groupName": .string("\(index)组")]).status
        }
        #expect(statuses.sorted() == [200, 412, 412, 412, 412, 412, 412, 412])
        #expect(try county.as(.clerkA).get(path).json["version"].integer == 2)
    }

    @Test("a patch sets, clears and keeps; one that changes nothing makes no version and no event")
    func patches() throws {
        let county = try County()
        let path = try county.make(
            1, Sample.household("H1").with(["phone": "13800001234", "willingness": "training", "groupName": "一组"]))
        let session = try county.as(.clerkA)
        let before = try county.digest()
        for body in [[:], ["phone": "13800001234", "attribute": "general", "groupName": "一组"]] as [JSON] {
            let same = try session.patch(path, version: 1, body)
            #expect(same.status == 200, "\(same.text)")
            #expect(same.json["version"].integer == 1, "\(same.text)")
        }
        #expect(try county.digest() == before)
        let body: JSON = [
            "phone": nil, "willingness": nil, "groupName": nil, "povertyDepth": "deep", "otherCauses": ["illness"],
            "selfCare": false,
        ]
        let answer = try session.patch(path, version: 1, body)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["phone"] == nil)
        #expect(answer.json["willingness"] == nil)
        #expect(answer.json["groupName"] == nil)
        #expect(answer.json["povertyDepth"].string == "deep")
        #expect(answer.json["selfCare"].boolean == false)
        #expect(answer.json["otherCauses"].list.compactMap(\.string) == ["illness"])
        #expect(answer.json["mainCause"].string == "lack-of-technology")
        #expect(try county.faults() == [])
    }

    @Test("what must not be cleared, is unknown, or lies in the future is refused and changes nothing")
    func brokenPatches() throws {
        let county = try County()
        let path = try county.make(1, Sample.household("H1"))
        let session = try county.as(.administrator)
        let before = try county.digest()
        let cases: [(JSON, [String])] = [
            (["attribute": nil], ["/attribute required"]), (["archiveNumber": nil], ["/archiveNumber required"]),
            (["state": "rich"], ["/state unknown-code"]), (["effectiveOn": "2026-03-03"], ["/effectiveOn in-future"]),
            (["effectiveOn": "2026-02-30"], ["/effectiveOn not-a-date"]), (["members": []], ["/members too-few"]),
            (["version": 3], ["/version unknown-field"]), (["mainCause": 5], ["/mainCause wrong-type"]),
            (["otherCauses": ["lack-of-technology"]], ["/otherCauses repeated-cause"]),
            (["villageCode": "990923100999"], ["/villageCode unknown-village"]),
            (["villageCode": .string(Place.townA)], ["/villageCode wrong-level"]),
        ]
        for (body, errors) in cases {
            let answer = try session.patch(path, version: 1, body)
            #expect(answer.status == 422, "\(body.text) gives \(answer.status) \(answer.text)")
            #expect(answer.errors == errors, "\(body.text) gives \(answer.status) \(answer.text)")
        }
        #expect(try county.digest() == before)
    }

    @Test("a household moves to another village, and its archive number stays unique there")
    func moves() throws {
        let county = try County()
        try county.makeThree()
        let path = "/v1/households/\(Sample.id(1))"
        let moved = try county.as(.administrator).patch(
            path, version: 1, ["villageCode": .string(Place.villageB1), "groupName": "二组"])
        #expect(moved.status == 200)
        #expect(moved.json["villageCode"].string == Place.villageB1)
        #expect(moved.json["groupName"].string == "二组")
        #expect(try county.as(.workerA1).get(path).status == 404)
        #expect(try county.as(.workerB1).get(path).status == 200)
        #expect(
            try county.query("SELECT operation, area_before, area_after FROM change ORDER BY sequence DESC LIMIT 1") {
                [$0.text(0), String($0.int64(1)), String($0.int64(2))]
            } == [["move", Place.villageA1, Place.villageB1]])
        let before = try county.digest()
        let taken = try county.as(.administrator).patch(path, version: 2, ["archiveNumber": "H2"])
        #expect(taken.status == 409)
        #expect(taken.problem == "archive-number-taken")
        #expect(try county.digest() == before)
        #expect(try county.faults() == [])
    }

    // MARK: Time

    private func status(_ county: County, _ path: String, _ query: String) throws -> String {
        let answer = try county.as(.auditor).get(path + "?" + query)
        return answer.status == 200 ? answer.json["state"].string ?? "-" : String(answer.status)
    }

    @Test("a status holds from its day on; what was known before a late or corrected message is still answered")
    func statusOverTime() throws {
        let county = try County()
        let path = try county.make(1, Sample.household("H1"))
        let session = try county.as(.clerkA)
        let first = county.clock.now.description
        county.clock.advance(days: 10)
        // On 12 March it becomes known that the household was lifted on 1 February.
        let lifted = try session.patch(path, version: 1, ["state": "lifted", "effectiveOn": "2026-02-01"])
        #expect(lifted.json["stateSince"].string == "2026-02-01")
        let second = county.clock.now.description
        county.clock.advance(days: 10)
        // On 22 March that turns out to be wrong: it was on 10 January.
        let earlier = try session.patch(path, version: 2, ["state": "lifted", "effectiveOn": "2026-01-10"])
        #expect(earlier.json["stateSince"].string == "2026-01-10", "\(earlier.text)")
        county.clock.advance(days: 10)

        #expect(try status(county, path, "on=2026-01-20") == "lifted")
        #expect(try status(county, path, "on=2026-01-09") == "registered")
        #expect(try status(county, path, "on=2026-01-20&knownAt=\(second)") == "registered")
        #expect(try status(county, path, "on=2026-02-01&knownAt=\(second)") == "lifted")
        #expect(try status(county, path, "on=2026-02-01&knownAt=\(first)") == "registered")
        #expect(try status(county, path, "on=2015-12-31") == "404")
        #expect(try status(county, path, "on=2026-02-01&knownAt=2026-03-01T00:00:00Z") == "404")
        #expect(try status(county, path, "knownAt=\(first)") == "registered")
        #expect(try status(county, path, "") == "lifted")
        #expect(try county.faults() == [])
    }

    @Test(
        "changes recorded in any order give on every day, at every time of knowing, what a replay of them gives",
        arguments: UInt64(1)...4)
    func bitemporalModel(seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        let county = try County()
        let path = try county.make(1, Sample.household("H1", since: "2026-01-10"))
        let days = (1...28).map { "2026-02-" + String(100 + $0).dropFirst() }
        let choices: [String: [String]] = [
            "mainCause": ["illness", "disability", "schooling", "disaster"],
            "willingness": ["training", "industry", "none"],
            "attribute": ["general", "low-income"],
        ]
        // For each fact what is believed from which day on, without days on which nothing changes; a message holds
        // until the next one that is known.
        var believed: [String: [(day: String, value: String)]] = [
            "mainCause": [("2026-01-10", "lack-of-technology")], "attribute": [("2026-01-10", "general")],
        ]
        var states = [(known: county.clock.now.description, believed: believed)]
        var version = 1
        for _ in 0..<12 {
            county.clock.advance(milliseconds: 1_000)
            let fact = ["mainCause", "willingness", "attribute"][chance.below(3)]
            let values = choices[fact] ?? []
            let (value, day) = (values[chance.below(values.count)], days[chance.below(days.count)])
            let answer = try county.as(.clerkA).patch(
                path, version: version, .object([(fact, .string(value)), ("effectiveOn", .string(day))]))
            let after = try required(answer.json["version"].integer)
            // Saying what is so already is no message.
            if after != version {
                let known = believed[fact] ?? []
                let all = known.filter { $0.day < day } + [(day, value)] + known.filter { $0.day > day }
                believed[fact] = all.enumerated().filter { $0 == 0 || all[$0 - 1].value != $1.value }.map(\.element)
            }
            version = after
            states.append((county.clock.now.description, believed))
        }
        let session = try county.as(.auditor)
        for state in states {
            for day in ["2026-01-10"] + days where day == "2026-01-10" || chance.below(3) == 0 {
                let json = try session.get("\(path)?on=\(day)&knownAt=\(state.known)").json
                for fact in choices.keys {
                    let expected = state.believed[fact]?.last { $0.day <= day }?.value
                    #expect(json[fact].string == expected, "\(fact) on \(day) as known \(state.known)")
                }
            }
        }
    }

    @Test("a late message about one fact leaves what is known of the other facts on the days after it")
    func lateMessages() throws {
        let county = try County()
        let path = try county.make(1, Sample.household("H1", members: [Sample.member("陈示例", id: Sample.id(11))]))
        let session = try county.as(.clerkA)
        func tell(_ version: Int, _ target: String, _ body: JSON) throws {
            county.clock.advance(milliseconds: 1_000)
            #expect(try session.patch(target, version: version, body).status == 200)
        }
        try tell(1, path, ["state": "lifted", "effectiveOn": "2026-02-15"])
        try tell(2, path, ["mainCause": "illness", "effectiveOn": "2026-01-15"])
        let member = path + "/members/\(Sample.id(11))"
        try tell(3, member, ["health": "chronic-illness", "effectiveOn": "2026-02-15"])
        try tell(4, member, ["education": "primary", "effectiveOn": "2026-01-15"])
        func facts(_ day: String) throws -> [String?] {
            let json = try session.get(path + "?on=\(day)").json
            let member = json["members"][0]
            return [
                json["state"].string, json["stateSince"].string, json["mainCause"].string, member["health"].string,
                member["education"].string,
            ]
        }
        #expect(try facts("2026-01-14") == ["registered", "2016-01-01", "lack-of-technology", "healthy", "junior"])
        #expect(try facts("2026-01-15") == ["registered", "2016-01-01", "illness", "healthy", "primary"])
        #expect(try facts("2026-02-14") == ["registered", "2016-01-01", "illness", "healthy", "primary"])
        #expect(try facts("2026-02-15") == ["lifted", "2026-02-15", "illness", "chronic-illness", "primary"])
        // A village merged late does not carry a later status back either.
        county.clock.advance(milliseconds: 1_000)
        let merged = try county.as(.province).put(
            "/v1/divisions/\(Place.villageA1)/successor",
            ["successorCode": .string(Place.villageA2), "effectiveOn": "2026-02-01"])
        #expect(merged.status == 200)
        #expect(try session.get(path + "?on=2026-02-05").json["state"].string == "registered")
        #expect(try session.get(path + "?on=2026-02-05").json["villageCode"].string == Place.villageA2)
        #expect(try session.get(path + "?on=2026-01-31").json["villageCode"].string == Place.villageA1)
        #expect(try session.get(path).json["state"].string == "lifted")
        #expect(try county.faults() == [])
    }

    @Test("a fact from before the first known day reaches back to its own day")
    func beforeTheFirstDay() throws {
        let county = try County()
        let path = try county.make(1, Sample.household("H1"))
        county.clock.advance(milliseconds: 1_000)
        #expect(
            try county.as(.clerkA).patch(path, version: 1, ["mainCause": "illness", "effectiveOn": "2015-06-01"]).status
                == 200)
        #expect(try county.as(.clerkA).get(path + "?on=2015-06-01").json["mainCause"].string == "illness")
        #expect(try county.as(.clerkA).get(path + "?on=2015-05-31").status == 404)
    }

    @Test("two changes within one millisecond are both kept")
    func sameMillisecond() throws {
        let county = try County()
        let path = try county.make(1, Sample.household("H1"))
        for (version, cause) in ["illness", "disability", "schooling"].enumerated() {
            let answer = try county.as(.clerkA).patch(
                path, version: version + 1, ["mainCause": .string(cause), "effectiveOn": "2020-01-01"])
            #expect(answer.status == 200)
        }
        #expect(try county.as(.auditor).get(path + "?on=2020-01-01").status == 200)
        county.clock.advance(milliseconds: 10)
        #expect(try county.as(.auditor).get(path + "?on=2020-01-01").json["mainCause"].string == "schooling")
        #expect(try county.as(.auditor).get(path + "?on=2019-12-31").json["mainCause"].string == "lack-of-technology")
    }

    @Test("on= and knownAt= take a date and a time and nothing else")
    func timeParameters() throws {
        let county = try County()
        let path = try county.make(1, Sample.household("H1"))
        for (query, error) in [
            ("on=2026-02-30", "?on not-a-date"), ("on=x", "?on not-a-date"),
            ("knownAt=2026-01-01", "?knownAt not-a-time"),
            ("at=2026-01-01", "?at unknown-parameter"), ("on=2026-01-01&on=2026-01-02", "?on duplicate-name"),
        ] {
            let answer = try county.as(.auditor).get("\(path)?\(query)")
            #expect(answer.status == 400, "\(query): \(answer.text)")
            #expect(answer.errors == [error], "\(query): \(answer.text)")
        }
    }

    @Test("the history names actor, request, before and after, newest first, without any number of a person")
    func history() throws {
        let county = try County()
        let number = Sample.identityNumber()
        let path = try county.make(
            1, Sample.household("H1", members: [Sample.member("陈示例", identityNumber: number, id: Sample.id(11))]))
        let session = try county.as(.clerkA)
        let patched = try session.send(
            "PATCH", path,
            ["Content-Type": "application/merge-patch+json", "If-Match": "\"v1\"", "X-Request-ID": "tablet-7"],
            body: Array("{\"mainCause\":\"illness\",\"phone\":\"13800001234\"}".utf8))
        #expect(patched.status == 200)
        #expect(patched["x-request-id"] == "tablet-7")
        #expect(
            try session.patch(path + "/members/\(Sample.id(11))", version: 2, ["health": "chronic-illness"]).status
                == 200)
        let answer = try county.as(.auditor).get(path + "/history")
        #expect(answer.items.compactMap { $0["action"]?.string } == ["change", "change", "create"])
        let change = answer.items[1]
        #expect(change["changedBy"]?["name"]?.string == "clerkA")
        #expect(change["requestId"]?.string == "tablet-7")
        #expect(change["before"]["mainCause"].string == "lack-of-technology")
        #expect(change["after"]["mainCause"].string == "illness")
        #expect(change["after"].names == ["mainCause", "phone"])
        #expect(change["after"]["phone"].string == "*******1234")
        #expect(answer.items[0]["after"]["members"][0]["health"].string == "chronic-illness")
        #expect(answer.items[2]["after"]["members"][0]["identityNumber"].string?.contains("*") == true)
        #expect(!answer.text.contains(number))
        #expect(!answer.text.contains("13800001234"))
        #expect(try county.as(.auditor).walk(path + "/history?limit=1").count == 3)
        #expect(try county.as(.auditor).get("/v1/households/\(Sample.id(9))/history").status == 404)
    }

    @Test("a reading with the version it has is 304, and the version is in body and tag")
    func entityTags() throws {
        let county = try County()
        let path = try county.make(1, Sample.household("H1"))
        let session = try county.as(.tabletA1)
        let tag = try required(session.get(path)["etag"])
        let same = try session.get(path, ["If-None-Match": tag])
        #expect(same.status == 304)
        #expect(same.body.isEmpty)
        #expect(same["etag"] == tag)
        #expect(same.versionTag == "v1")
        #expect(try session.get(path, ["If-None-Match": "W/\(tag), \"x\""]).status == 304)
        #expect(try session.get(path, ["If-None-Match": "\"v1\""]).status == 200, "a version alone shows nothing")
        for wanted in [tag, "\"v1\"", "*"] {
            #expect(try session.get(path, ["If-Match": wanted]).status == 200, "\(wanted)")
        }
        #expect(try session.get(path, ["If-Match": "\"v2\""]).status == 412)
        #expect(try county.as(.clerkA).patch(path, version: 1, ["mainCause": "illness"]).versionTag == "v2")
        let fresh = try session.get(path, ["If-None-Match": tag])
        #expect(fresh.status == 200)
        #expect(fresh.versionTag == "v2")
        #expect(fresh.json["version"].integer == 2)
        #expect(fresh["cache-control"] == "no-store")
        #expect(fresh["x-content-type-options"] == "nosniff")
        let head = try session.send("HEAD", path)
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        #expect(head.versionTag == "v2")
        #expect(try session.send("DELETE", path).status == 405)
    }

    @Test("the answer to a change of a member says what should be looked at, as that to one of the household")
    func memberWarnings() throws {
        let county = try County()
        try county.make(
            1, Sample.household("H1", members: [Sample.member("陈示例", id: Sample.id(11))]))
        let session = try county.as(.clerkA)
        let path = "/v1/households/\(Sample.id(1))/members/\(Sample.id(11))"
        let answer = try session.patch(path, version: 1, ["workMonths": 3])
        #expect(answer.status == 200, "\(answer.text)")
        let warnings = answer.json["warnings"].list.map { "\($0["pointer"]?.string ?? "") \($0["code"]?.string ?? "")" }
        #expect(warnings.contains("/workPlace work-months-without-place"), "\(answer.text)")
    }
}
