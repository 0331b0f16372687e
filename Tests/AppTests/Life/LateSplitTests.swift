// A split told late: the new archive has what was known on the day, and what is known of later days on those; the two
// sides of whoever went are one person, who lives in one archive a day.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("A split told late")
struct LateSplitTests {
    private let origin = "/v1/households/\(Sample.id(1))"
    private let new = "/v1/households/\(Sample.id(2))"
    private var split: String { origin + "/splits/\(Sample.id(2))" }

    /// Father 11, mother 12, son 13 with his wife 14, grandfather 15.
    private func county() throws -> (County, Session) {
        let county = try County()
        try county.make(1, Sample.family(5, splits: true))
        return (county, try county.as(.clerkA))
    }

    private func change(_ session: Session, _ path: String, _ body: JSON) throws -> Answer {
        session.county.clock.advance(milliseconds: 1_000)
        let household = path.split(separator: "/").prefix(3).joined(separator: "/")
        let version = try session.get("/" + household).json["version"].integer
        let answer = try session.patch(path, version: version, body)
        return answer
    }

    private func must(_ answer: Answer) throws {
        guard (200..<300).contains(answer.status) else {
            throw ClientError(action: answer.text, code: CInt(answer.status))
        }
    }

    private func going(_ relations: KeyValuePairs<Int, String>) -> JSON {
        .array(relations.map { ["id": .string(Sample.id($0)), "relation": .string($1)] })
    }

    private func body(_ relations: KeyValuePairs<Int, String>, _ more: KeyValuePairs<String, JSON> = [:]) -> JSON {
        JSON.object([
            ("effectiveOn", "2026-02-10"), ("archiveNumber", "H2"), ("members", going(relations)),
        ]).with(more)
    }

    private func names(_ session: Session, _ path: String, on day: String) throws -> [String?] {
        try session.get(path + "?on=\(day)").json["members"].list.map { $0["name"]?.string }
    }

    @Test("the new archive has what was known on the day, and what is known of later days on those")
    func whatWasKnown() throws {
        let (county, session) = try county()
        try must(change(session, origin, ["effectiveOn": "2026-02-20", "state": "lifted"]))
        try must(change(session, origin, ["effectiveOn": "2026-02-24", "villageCode": .string(Place.villageA2)]))
        try must(
            change(
                session, origin + "/members/\(Sample.id(13))", ["effectiveOn": "2026-02-22", "health": "disabled"]))
        county.clock.advance(milliseconds: 1_000)
        let answer = try session.put(split, body([13: "householder", 14: "spouse"]))
        #expect(answer.status == 201, "\(answer.text)")
        #expect(answer.json["state"].string == "lifted")
        func past(_ day: String, _ field: String) throws -> String? {
            try session.get(new + "?on=\(day)").json[field].string
        }
        #expect(try session.get(new + "?on=2026-02-09").status == 404)
        #expect(try past("2026-02-10", "state") == "registered")
        #expect(try past("2026-02-10", "stateSince") == "2016-01-01")
        #expect(try past("2026-02-20", "state") == "lifted")
        #expect(try past("2026-02-10", "villageCode") == Place.villageA1)
        #expect(try past("2026-02-24", "villageCode") == Place.villageA2)
        #expect(try session.get(new + "?on=2026-02-21").json["members"][0]["health"].string == "healthy")
        #expect(try session.get(new + "?on=2026-02-22").json["members"][0]["health"].string == "disabled")
        #expect(try session.get(new + "?on=2026-02-10").json["members"][0]["relation"].string == "householder")
        for day in ["2026-02-10", "2026-02-20", "2026-02-24", County.today] {
            #expect(try names(session, new, on: day) == ["陈小示", "王小例"], "\(day)")
            #expect(try names(session, origin, on: day) == ["陈示例", "李示例", "陈老示"], "\(day)")
        }
        let told = answer.json["retold"].list.map { "\($0["memberId"]?.string ?? "") \($0["field"]?.string ?? "")" }
        #expect(told.contains("\(Sample.id(13)) leftOn"), "\(answer.text)")
        try expectNoFaults(county)
    }

    @Test("whoever has died since goes along until then, and who follows in the new archive is asked for by name")
    func diedSince() throws {
        let (county, session) = try county()
        try must(
            change(
                session, origin + "/members/\(Sample.id(13))",
                ["effectiveOn": "2026-02-22", "leftOn": "2026-02-22", "leftReason": "death"]))
        county.clock.advance(milliseconds: 1_000)
        let before = try county.digest()
        let open = try session.put(split, body([13: "householder", 14: "spouse", 15: "grandfather"]))
        #expect(open.errors == ["/members no-householder"], "\(open.text)")
        #expect(open.text.contains("2026-02-22"))
        #expect(open.text.contains("王小例"))
        #expect(try county.digest() == before)
        // Of one who is left it is certain.
        let answer = try session.put(split, body([13: "householder", 14: "spouse"]))
        #expect(answer.status == 201, "\(answer.text)")
        #expect(answer.json["householderName"].string == "王小例")
        #expect(try names(session, new, on: "2026-02-21") == ["陈小示", "王小例"])
        #expect(try names(session, new, on: "2026-02-22") == ["王小例"])
        #expect(try session.get(new + "?on=2026-02-21").json["members"][1]["relation"].string == "spouse")
        #expect(try session.get(new + "?on=2026-02-22").json["members"][0]["relation"].string == "householder")
        let left = try session.get(origin + "?includeLeft=true").json["members"].list.first {
            $0["id"]?.string == Sample.id(13)
        }
        #expect(left?["leftOn"]?.string == "2026-02-10")
        #expect(left?["leftReason"]?.string == "household-split")
        try expectNoFaults(county)
    }

    @Test("who follows the dead householder of the new archive is named in the body; one who lived alone ends it")
    func follows() throws {
        let (county, session) = try county()
        for person in [13, 15] {
            try must(
                change(
                    session, origin + "/members/\(Sample.id(person))",
                    ["effectiveOn": "2026-02-22", "leftOn": "2026-02-22", "leftReason": "death"]))
        }
        county.clock.advance(milliseconds: 1_000)
        let members: JSON = [
            ["id": .string(Sample.id(13)), "relation": "householder"],
            ["id": .string(Sample.id(12)), "relation": "mother"],
            ["id": .string(Sample.id(14)), "relation": "spouse", "follows": true],
        ]
        let answer = try session.put(split, body([:]).with(["members": members]))
        #expect(answer.status == 201, "\(answer.text)")
        #expect(answer.json["householderName"].string == "王小例")
        let alone = try session.put(
            origin + "/splits/\(Sample.id(3))", body([15: "householder"]).with(["archiveNumber": "H3"]))
        #expect(alone.status == 201, "\(alone.text)")
        #expect(alone.json["to"].string == "2026-02-22")
        #expect(alone.json["endReason"].string == "died-out")
        #expect(
            try names(session, "/v1/households/\(Sample.id(3))", on: "2026-02-21") == ["陈老示"])
        try expectNoFaults(county)
    }

    @Test("a split of a household that has ended is 409, as any other write to it")
    func ended() throws {
        let (county, session) = try county()
        try must(change(session, origin, ["to": "2026-02-20", "endReason": "moved-out"]))
        let answer = try session.put(split, body([13: "householder"]))
        #expect(answer.status == 409, "\(answer.text)")
        #expect(answer.text.contains("household-ended"))
        try expectNoFaults(county)
    }

    // MARK: The two sides

    private func member(_ session: Session, _ path: String, _ name: String) throws -> JSONValue? {
        try session.get(path + "?includeLeft=true").json["members"].list.first { $0["name"]?.string == name }
    }

    @Test(
        "a day of leaving that is corrected moves the day of joining with it", arguments: ["2026-02-05", "2026-02-15"])
    func corrected(_ day: String) throws {
        let (county, session) = try county()
        try must(session.put(split, body([13: "householder", 14: "spouse"])))
        let leaving: [JSON] = [13, 14].map { ["id": .string(Sample.id($0)), "leftOn": .string(day)] }
        let answer = try change(session, origin, ["members": .array(leaving)])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try member(session, new, "陈小示")?["joinedOn"]?.string == day)
        for other in ["2026-02-05", "2026-02-09", "2026-02-10", "2026-02-14", "2026-02-15", County.today] {
            let isThere = other >= day
            #expect(try names(session, origin, on: other).contains("陈小示") == !isThere, "\(other)")
            #expect(
                try names(session, new, on: other) == (isThere ? ["陈小示", "王小例"] : []), "\(other)")
        }
        try expectNoFaults(county)
    }

    @Test("a leaving is not taken back while the person stands in the other archive; the words say what to do first")
    func takenBack() throws {
        let (county, session) = try county()
        try must(session.put(split, body([13: "householder", 14: "spouse"])))
        let son = origin + "/members/\(Sample.id(13))"
        let back: JSON = ["leftOn": nil, "leftReason": nil, "effectiveOn": "2026-02-10"]
        let before = try county.digest()
        let refused = try change(session, son, back)
        #expect(refused.errors == ["/leftOn split-elsewhere"], "\(refused.text)")
        #expect(refused.text.contains("H2"))
        let died = try change(session, son, ["leftOn": "2026-02-01", "leftReason": "death"])
        #expect(died.errors == ["/leftOn split-elsewhere"], "\(died.text)")
        #expect(try county.digest() == before)
        // What the words say: the archive that should not be ends on its first day.
        try must(change(session, new, ["to": "2026-02-10", "endReason": "entered-twice"]))
        try must(change(session, son, back))
        try must(change(session, origin + "/members/\(Sample.id(14))", back))
        #expect(try names(session, origin, on: County.today).count == 5)
        let again = try change(session, new, ["to": nil])
        #expect(again.status == 422, "\(again.text)")
        #expect(again.text.contains("split-elsewhere"), "\(again.text)")
        try expectNoFaults(county)
    }

    @Test("an archive does not begin after somebody began to help it")
    func helped() throws {
        let (county, session) = try county()
        try county.addHelpers()
        try must(session.put(split, body([13: "householder", 14: "spouse"])))
        try county.pair(101, Sample.pairing(2, by: 411, from: "2026-02-12"))
        let leaving: [JSON] = [13, 14].map { ["id": .string(Sample.id($0)), "leftOn": "2026-02-15"] }
        let answer = try change(session, origin, ["members": .array(leaving)])
        #expect(answer.status == 422, "\(answer.text)")
        #expect(answer.text.contains("before-household"), "\(answer.text)")
        try expectNoFaults(county)
    }

    @Test("a proposed split told late takes along whoever has died since, and the decision says what it retells")
    func proposed() throws {
        let (county, session) = try county()
        try must(
            change(
                session, origin + "/members/\(Sample.id(14))",
                ["effectiveOn": "2026-02-22", "leftOn": "2026-02-22", "leftReason": "death"]))
        county.clock.advance(milliseconds: 1_000)
        let path = try county.propose(
            1,
            Sample.proposal(
                base: 2,
                [
                    "happenedOn": "2026-02-10",
                    "split": [
                        "id": .string(Sample.id(2)), "archiveNumber": "H2",
                        "members": going([13: "householder", 14: "spouse"]),
                    ],
                ]))
        let answer = try session.patch(path, version: 1, ["decisions": [Sample.accept("split")]])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["retold"].list.contains { $0["memberId"]?.string == Sample.id(14) }, "\(answer.text)")
        #expect(try names(session, new, on: "2026-02-21") == ["陈小示", "王小例"])
        #expect(try names(session, new, on: County.today) == ["陈小示"])
        try expectNoFaults(county)
    }

    private func expectNoFaults(_ county: County, _ location: SourceLocation = #_sourceLocation) throws {
        let faults = try county.faults()
        #expect(faults == [], sourceLocation: location)
    }

    @Test("a day is not corrected, nor the other archive told of, where that lies outside the caller's area")
    func outsideArea() throws {
        let (county, clerk) = try county()
        let administrator = try county.as(.administrator)
        try must(clerk.put(split, body([13: "householder", 14: "spouse"])))
        try must(change(administrator, new, ["effectiveOn": "2026-02-10", "villageCode": .string(Place.villageB1)]))
        let leaving: [JSON] = [13, 14].map { ["id": .string(Sample.id($0)), "leftOn": "2026-02-15"] }
        let before = try county.digest()
        let refused = try change(clerk, origin, ["members": .array(leaving)])
        #expect(refused.errors == ["/leftOn split-elsewhere"], "\(refused.text)")
        #expect(!refused.text.contains("H2"), "\(refused.text)")
        #expect(!refused.text.contains("2026-02-10"), "\(refused.text)")
        #expect(try county.digest() == before)
        try must(change(administrator, origin, ["members": .array(leaving)]))
        #expect(try member(administrator, new, "陈小示")?["joinedOn"]?.string == "2026-02-15")
        // The other way round: an archive that should not have been is brought back while its people live in the other.
        try must(change(administrator, new, ["to": "2026-02-15", "endReason": "entered-twice"]))
        for person in [13, 14] {
            try must(
                change(
                    administrator, origin + "/members/\(Sample.id(person))",
                    ["leftOn": nil, "leftReason": nil, "effectiveOn": "2026-02-15"]))
        }
        let ended = try county.digest()
        let back = try change(county.as(.clerkB), new, ["to": nil])
        #expect(back.errors == ["/joinedOn split-elsewhere"], "\(back.text)")
        #expect(!back.text.contains("H1"), "\(back.text)")
        #expect(try county.digest() == ended)
        try expectNoFaults(county)
    }

    @Test("nothing is told of an archive for days before the split that made it")
    func beforeSplit() throws {
        let (county, session) = try county()
        try must(session.put(split, body([13: "householder", 14: "spouse"])))
        let before = try county.digest()
        for body: JSON in [["villageCode": .string(Place.villageA2)], ["state": "lifted"], ["mainCause": "illness"]] {
            let answer = try change(session, new, body.with(["effectiveOn": "2026-02-09"]))
            #expect(answer.errors == ["/effectiveOn impossible-day"], "\(answer.text)")
            #expect(answer.text.contains("2026-02-10"), "\(answer.text)")
        }
        #expect(try county.digest() == before)
        #expect(try session.get(new + "?on=2026-02-09").status == 404)
        try must(change(session, new, ["effectiveOn": "2026-02-10", "state": "lifted"]))
        try expectNoFaults(county)
    }

    @Test("the new archive has a householder on each of the days that a correction adds to it")
    func correctedApart() throws {
        let (county, session) = try county()
        try must(session.put(split, body([13: "householder", 14: "spouse"])))
        let before = try county.digest()
        // The wife went already, and the husband, who is householder, later.
        let answer = try change(
            session, origin, ["members": [["id": .string(Sample.id(14)), "leftOn": "2026-02-05"]]])
        #expect(answer.errors == ["/members no-householder"], "\(answer.text)")
        for word in ["H2", "2026-02-05", "2026-02-10"] { #expect(answer.text.contains(word), "\(answer.text)") }
        #expect(try county.digest() == before)
        try must(change(session, origin, ["members": [["id": .string(Sample.id(13)), "leftOn": "2026-02-05"]]]))
        #expect(try names(session, new, on: "2026-02-05") == ["陈小示"])
        #expect(try names(session, new, on: "2026-02-10") == ["陈小示", "王小例"])
        try expectNoFaults(county)
    }

    @Test("no archive is left without anybody for a while", arguments: ["split", "leaving"])
    func emptiedForAWhile(_ way: String) throws {
        let (county, session) = try county()
        try must(
            session.put(
                origin + "/members/\(Sample.id(16))",
                Sample.member("陈新示", relation: "grandson", born: "2026-02-20").with(["joinedOn": "2026-02-20"])))
        county.clock.advance(milliseconds: 1_000)
        let before = try county.digest()
        let heir: JSON = ["id": .string(Sample.id(16)), "relation": "householder"]
        if way == "split" {
            let answer = try session.put(
                split,
                body([11: "householder", 12: "spouse", 13: "son", 14: "daughter-in-law", 15: "father"]).with([
                    "remaining": [heir]
                ]))
            #expect(answer.errors == ["/members no-householder"], "\(answer.text)")
            for word in ["2026-02-10", "2026-02-20"] { #expect(answer.text.contains(word), "\(answer.text)") }
        } else {
            let leaving: [JSON] = [11, 12, 13, 14, 15].map {
                ["id": .string(Sample.id($0)), "leftOn": "2026-02-15", "leftReason": "moved-out"]
            }
            let answer = try change(session, origin, ["members": .array(leaving + [heir])])
            #expect(answer.errors == ["/members no-householder"], "\(answer.text)")
        }
        #expect(try county.digest() == before)
        try expectNoFaults(county)
    }
}
