// Creating households: the happy way, repeats, conflicts, and every way a body can be wrong.

import Testing

@testable import App
@testable import Service
@testable import Web

@Suite("Creating households")
struct HouseholdCreationTests {
    @Test("a household put under the client's id is there, with its version, place, members and derived labour")
    func creates() throws {
        let county = try County()
        let path = "/v1/households/\(Sample.id(1))"
        let child = Sample.member("陈小示", relation: "son", born: "2015-03-04").with([
            "education": .omitted, "labourCapacity": "none", "schoolState": "primary",
        ])
        let body = Sample.household("H1", members: [Sample.member("陈示例"), child]).with([
            "groupName": "一组", "phone": "138 0000-1234",
        ])
        let answer = try county.as(.clerkA).put(path, body)
        #expect(answer.status == 201, "\(answer.text)")
        #expect(answer["location"] == path)
        #expect(answer.versionTag == "v1")
        let json = answer.json
        #expect(json["id"].string == Sample.id(1))
        #expect(json["version"].integer == 1)
        #expect(json["villageCode"].string == Place.villageA1)
        #expect(json["groupName"].string == "一组")
        #expect(json["state"].string == "registered")
        #expect(json["stateSince"].string == "2016-01-01")
        #expect(json["labour"].string == "present")
        #expect(json["selfCare"].boolean == true)
        #expect(json["phone"].string == "*******1234")
        #expect(json["householderName"].string == "陈示例")
        #expect(json["memberCount"].integer == 2)
        #expect(json["members"].list.compactMap { $0["name"]?.string } == ["陈示例", "陈小示"])
        let read = try county.as(.workerA1).get(path)
        #expect(read.json["members"].list.count == 2)
        #expect(read.versionTag == "v1")
        #expect(try county.as(.administrator).get("/v1/groups").items.count == 1)
        #expect(try county.faults() == [])
    }

    @Test("the same content under the same id is replayed, also in another spelling, later, and after edits")
    func replays() throws {
        let county = try County()
        let body = Sample.household("H1", members: [Sample.member("陈示例", identityNumber: Sample.identityNumber())])
        let path = try county.make(1, body)
        let again = try county.as(.clerkA).put(path, body)
        #expect(again.status == 200)
        #expect(again["idempotency-replayed"] == "true")
        #expect(again.json["version"].integer == 1)
        guard case .object(let members) = body else { return }
        county.clock.advance(days: 40)
        county.application.housekeeping.look()
        let turned = try county.digest()
        let reordered = try county.as(.administrator).put(path, .object(members.reversed()))
        #expect(reordered.status == 200)
        #expect(try county.digest() == turned)
        #expect(try county.as(.clerkA).patch(path, version: 1, ["mainCause": "illness"]).status == 200)
        let after = try county.as(.clerkA).put(path, body)
        #expect(after.status == 200)
        #expect(after.json["mainCause"].string == "illness")
        #expect(after.json["version"].integer == 2)
    }

    @Test("an id that is in use with other content is 409 and nothing is kept of the second body")
    func conflicts() throws {
        let county = try County()
        let path = try county.make(1, Sample.household("H1"))
        let before = try county.digest()
        let other = try county.as(.clerkA).put(path, Sample.household("H2"))
        #expect(other.status == 409)
        #expect(other.problem == "id-reused")
        let posted = try county.as(.clerkA).post(
            "/v1/households", Sample.household("H3").with(["id": .string(Sample.id(1))]))
        #expect(posted.status == 409)
        #expect(try county.digest() == before)
    }

    @Test(
        "an archive number is unique in its county only, and the other record is named only to who may see it"
    )
    func archiveNumbers() throws {
        let county = try County()
        try county.make(1, Sample.household("H1", in: Place.villageA1))
        let before = try county.digest()
        let seen = try county.as(.clerkA).put(
            "/v1/households/\(Sample.id(2))", Sample.household("H1", in: Place.villageA2))
        #expect(seen.status == 409)
        #expect(seen.problem == "archive-number-taken")
        #expect(seen.errors == ["/archiveNumber archive-number-taken"])
        #expect(seen.text.contains(Sample.id(1)))
        let unseen = try county.as(.clerkB).put(
            "/v1/households/\(Sample.id(2))", Sample.household("H1", in: Place.villageB1))
        #expect(unseen.status == 409)
        #expect(!unseen.text.contains(Sample.id(1)))
        #expect(try county.digest() == before)
        let neighbour = try county.as(.neighbour).put(
            "/v1/households/\(Sample.id(3))", Sample.household("H1", in: Place.neighbourVillage))
        #expect(neighbour.status == 201)
    }

    @Test("eight clients that put the same id at once make one household, and one fresh answer")
    func sameIdAtOnce() throws {
        let county = try County()
        let body = Sample.household("H1")
        let statuses = try Parallel.map(8) { _ in
            try county.with(token: county.as(.clerkA).token).put("/v1/households/\(Sample.id(1))", body).status
        }
        #expect(statuses.sorted() == [200, 200, 200, 200, 200, 200, 200, 201])
        #expect(try county.count("household") == 1)
        #expect(try county.count("member") == 1)
    }

    @Test("of clients that fight for an archive number or a person one wins and the others get 409")
    func racesForUniqueThings() throws {
        let county = try County()
        let token = try county.as(.administrator).token
        let statuses = try Parallel.map(8) { index in
            let member = Sample.member("陈示例", identityNumber: Sample.identityNumber(index % 2))
            let body = Sample.household(index < 4 ? "H1" : "H\(index)", members: [member])
            return try county.with(token: token).put("/v1/households/\(Sample.id(index + 1))", body).status
        }
        #expect(Set(statuses).isSubset(of: [201, 409]))
        let numbers = try county.query("SELECT identity_hash FROM member") { $0.blob(0) }
        #expect(Set(numbers).count == numbers.count)
        #expect(numbers.count == statuses.count { $0 == 201 })
        #expect(try county.faults() == [])
    }

    /// Changes that break a body, and the pointers and codes they must be answered with.
    private static let broken: [(JSON, [String])] = [
        (Sample.household("H1").with(["villageCode": .omitted]), ["/villageCode required"]),
        (Sample.household("H1").with(["villageCode": "12"]), ["/villageCode not-an-area-code"]),
        (Sample.household("H1").with(["villageCode": "990923100999"]), ["/villageCode unknown-village"]),
        (Sample.household("H1").with(["villageCode": .string(Place.townA)]), ["/villageCode wrong-level"]),
        (Sample.household("").with([:]), ["/archiveNumber too-short"]),
        (Sample.household(String(repeating: "9", count: 41)), ["/archiveNumber too-long"]),
        (Sample.household("H1").with(["archiveNumber": 17]), ["/archiveNumber wrong-type"]),
        (Sample.household("H1").with(["attribute": "rich"]), ["/attribute unknown-code"]),
        (
            Sample.household("H1").with(["attribute": "five-guarantees", "stateSince": "2016-02-10"]),
            ["/attribute code-ended"]
        ),
        (Sample.household("H1").with(["stateSince": "2016-02-30"]), ["/stateSince not-a-date"]),
        (Sample.household("H1").with(["stateSince": "2026-03-03"]), ["/stateSince state-in-future"]),
        (Sample.household("H1").with(["otherCauses": ["illness", "illness"]]), ["/otherCauses repeated-cause"]),
        (Sample.household("H1").with(["otherCauses": ["lack-of-technology"]]), ["/otherCauses repeated-cause"]),
        (
            Sample.household("H1").with(["otherCauses": ["illness", "disability", "schooling"]]),
            ["/otherCauses too-many"]
        ),
        (Sample.household("H1").with(["otherCauses": ["luck"]]), ["/otherCauses/0 unknown-code"]),
        (Sample.household("H1").with(["phone": "call me"]), ["/phone not-a-phone-number"]),
        (Sample.household("H1").with(["selfCare": "yes"]), ["/selfCare wrong-type"]),
        (
            Sample.household("H1").with(["score": 3, "createdBy": "me"]),
            ["/score unknown-field", "/createdBy unknown-field"]
        ),
        (Sample.household("H1").with(["version": 7]), ["/version unknown-field"]),
        (Sample.household("H1").with(["id": .string(Sample.id(7))]), ["/id differs-from-path"]),
        (Sample.household("H1", members: []), ["/members too-few"]),
        (Sample.household("H1").with(["members": .omitted]), ["/members required"]),
        (Sample.household("H1", members: [Sample.member("乙", relation: "son")]), ["/members no-householder"]),
        (Sample.household("H1", members: [Sample.member("甲"), Sample.member("乙")]), ["/members several-householders"]),
        (Sample.household("H1", members: [Sample.member("")]), ["/members/0/name too-short"]),
        (Sample.household("H1", members: [Sample.member("甲\u{0}乙")]), ["/members/0/name control-character"]),
        (
            Sample.household("H1", members: [Sample.member("甲", born: "2026-03-03")]),
            ["/members/0/birthDate birth-date-in-future"]
        ),
        (
            Sample.household("H1", members: [Sample.member("甲").with(["birthDate": .omitted])]),
            ["/members/0/birthDate required"]
        ),
        (
            Sample.household("H1", members: [Sample.member("甲").with(["workMonths": 13])]),
            ["/members/0/workMonths out-of-range"]
        ),
        (
            Sample.household("H1", members: [Sample.member("甲").with(["workMonths": .string("1")])]),
            ["/members/0/workMonths wrong-type"]
        ),
        (Sample.household("H1", members: [Sample.member("甲", sex: "other")]), ["/members/0/sex unknown-code"]),
        (
            Sample.household("H1", members: [Sample.member("甲").with(["identityState": "verified"])]),
            ["/members/0/identityState unknown-field"]
        ),
    ]

    @Test("every field that is wrong is 422 at its pointer, all of them at once, and nothing is stored")
    func brokenBodies() throws {
        let county = try County()
        let before = try county.digest()
        let session = try county.as(.administrator)
        for (body, errors) in Self.broken {
            let answer = try session.put("/v1/households/\(Sample.id(1))", body)
            #expect(answer.status == 422, "\(body.text.prefix(300)) gives \(answer.status)")
            #expect(answer.errors == errors, "\(body.text.prefix(300)) gives \(answer.text)")
            #expect(answer["content-type"]?.hasPrefix("application/problem+json") == true)
        }
        let several = try session.put(
            "/v1/households/\(Sample.id(1))",
            Sample.household("").with(["villageCode": 3, "mainCause": .null, "x": 1, "members": [["name": 5]]]))
        #expect(several.errors.count >= 7, "\(several.text)")
        #expect(try county.digest() == before)
    }

    @Test("what is no JSON, no text or too much is refused before anything is looked at")
    func malformedBodies() throws {
        let county = try County()
        let before = try county.digest()
        let session = try county.as(.administrator)
        let sound = Sample.household("H1").text
        let json = ["Content-Type": "application/json"] as KeyValuePairs
        let deep = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
        let longName = Sample.household("H1", members: [Sample.member(String(repeating: "长", count: 2_500_000))]).text
        let cases: [(String, [UInt8], Set<Int>)] = [
            ("nothing", [], [400]), ("a cut body", Array(sound.utf8.dropLast()), [400]),
            ("two values", Array((sound + "{}").utf8), [400]), ("deep nesting", Array(deep.utf8), [400]),
            ("not UTF-8", Array(sound.utf8).map { $0 == UInt8(ascii: "H") ? 0xFF : $0 }, [400]),
            ("a lone surrogate", Array(sound.replacing("陈示例", with: "\\ud800").utf8), [422]),
            ("a name twice", Array(("{\"archiveNumber\":\"H2\"," + sound.dropFirst()).utf8), [422]),
            ("an array", Array("[]".utf8), [422]), ("null", Array("null".utf8), [422]),
            ("a name of 7.5 MB", Array(longName.utf8), [422]),
            ("10 MB", [UInt8](repeating: UInt8(ascii: " "), count: 10 << 20), [413]),
        ]
        for (name, body, statuses) in cases {
            let answer = try county.with(token: session.token).send(
                "PUT", "/v1/households/\(Sample.id(1))", json, body: body)
            #expect(statuses.contains(answer.status), "\(name): \(answer.status) \(answer.text.prefix(300))")
            #expect(answer.json["type"].string != nil, "\(name)")
            #expect(answer.body.count < 20_000, "\(name)")
        }
        #expect(try county.digest() == before)
    }

    @Test("a body of another type or coding is 415, gzip is taken, and half a gzip is 400")
    func typesAndCodings() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let body = Array(Sample.household("H1").text.utf8)
        let path = "/v1/households/\(Sample.id(1))"
        for type in ["text/plain", "application/merge-patch+json", "application/jsonp", "multipart/form-data", ""] {
            #expect(try session.send("PUT", path, ["Content-Type": type], body: body).status == 415, "\(type)")
        }
        #expect(try session.send("PUT", path, [:], body: body).status == 415)
        let patch = try session.send("PATCH", path, ["Content-Type": "application/json"], body: Array("{}".utf8))
        #expect(patch.status == 415)
        #expect(patch["accept-patch"] == "application/merge-patch+json")
        let zipped = Packed.gzip(body)
        let json = "application/json"
        #expect(
            try session.send("PUT", path, ["Content-Type": json, "Content-Encoding": "zstd"], body: zipped).status
                == 415)
        for broken in [Array(zipped.dropLast(9)), Array(body), Array("\u{1f}".utf8), []] {
            let answer = try session.send(
                "PUT", path, ["Content-Type": json, "Content-Encoding": "gzip"], body: broken)
            #expect(answer.status == 400, "\(broken.count) octets give \(answer.status)")
        }
        let bomb = Packed.gzip([UInt8](repeating: 0x20, count: 64 << 20))
        #expect(
            try session.send("PUT", path, ["Content-Type": json, "Content-Encoding": "gzip"], body: bomb).status == 413)
        #expect(try county.count("household") == 0)
        let taken = try session.send(
            "PUT", path, ["Content-Type": "Application/JSON; charset=utf-8", "Content-Encoding": "gzip"], body: zipped)
        #expect(taken.status == 201)
    }

    @Test("a code past its end is taken for a day before it")
    func endedCodes() throws {
        let county = try County()
        let body = Sample.household("H1", since: "2016-02-09").with(["attribute": "five-guarantees"])
        let path = try county.make(1, body)
        #expect(try county.as(.clerkA).get(path).json["attribute"].string == "five-guarantees")
        let session = try county.as(.clerkA)
        #expect(try session.patch(path, version: 1, ["attribute": "general"]).status == 200)
        #expect(
            try session.patch(path, version: 2, ["attribute": "five-guarantees"]).errors == ["/attribute code-ended"])
        let dated = try session.patch(path, version: 2, ["attribute": "five-guarantees", "effectiveOn": "2016-02-09"])
        #expect(dated.status == 200, "\(dated.text)")
    }

    @Test("findings that do not block come back with the answer, in the caller's language")
    func warnings() throws {
        let county = try County()
        let body = Sample.household("H1").with(["mainCause": "illness"])
        let answer = try county.as(.clerkA).put("/v1/households/\(Sample.id(1))", body)
        #expect(answer.status == 201)
        let warning = answer.json["warnings"][0]
        #expect(warning["code"].string == "cause-illness-all-healthy")
        #expect(warning["pointer"].string == "/mainCause")
        let english = try county.as(.clerkA).send(
            "PUT", "/v1/households/\(Sample.id(2))", ["Content-Type": "application/json", "Accept-Language": "en"],
            body: Array(Sample.household("H2").with(["mainCause": "illness"]).text.utf8))
        #expect(english.json["warnings"][0]["detail"].string == "illness is a cause but nobody is ill")
    }
}
