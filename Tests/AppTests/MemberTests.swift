// Members: joining, changing, leaving and coming back, and the numbers of people.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("Members")
struct MemberTests {
    private func county(_ members: [JSON]) throws -> (County, Session, String) {
        let county = try County()
        let path = try county.make(1, Sample.household("H1", members: members))
        return (county, try county.as(.clerkA), path)
    }

    @Test("a member joins on a day and is there from that day on")
    func joins() throws {
        let (county, session, path) = try county([Sample.member("陈示例")])
        let body = Sample.member("李示例", relation: "spouse", sex: "female").with([
            "joinedOn": "2026-02-01", "joinReason": "marriage",
        ])
        let answer = try session.put(path + "/members/\(Sample.id(12))", body)
        #expect(answer.status == 201)
        #expect(answer.json["version"].integer == 2)
        #expect(answer.json["memberCount"].integer == 2)
        #expect(try session.get(path + "?on=2026-01-31").json["members"].list.count == 1)
        #expect(try session.get(path + "?on=2026-02-01").json["members"].list.count == 2)
        #expect(try county.faults() == [])
    }

    @Test("a joining that is repeated on another day, or after the member was edited, is replayed")
    func joinsAgainLater() throws {
        let (county, session, path) = try county([Sample.member("陈示例")])
        let member = path + "/members/\(Sample.id(12))"
        let body = Sample.member("李示例", relation: "spouse", sex: "female")
        #expect(try session.put(member, body).status == 201)
        county.clock.advance(days: 3)
        let later = try session.put(member, body)
        #expect(later.status == 200, "\(later.text)")
        #expect(try session.patch(member, version: 2, ["health": "chronic-illness"]).status == 200)
        let edited = try session.put(member, body)
        #expect(edited.status == 200, "\(edited.text)")
        #expect(edited.json["version"].integer == 3, "\(edited.text)")
        #expect(try session.put(member, body.with(["name": "王示例"])).status == 409)
    }

    @Test(
        "a name that lost characters is refused in every body, and the stored one stays",
        arguments: ["陈?例", "陈\u{FFFD}例", "陈□例", "\u{E000}示例", "é\u{99}ˆç¤ºä¾‹"])
    func damagedNames(_ name: String) throws {
        let (county, session, path) = try county([Sample.member("陈示例", id: Sample.id(11))])
        let before = try county.digest()
        let changed = try session.patch(path + "/members/\(Sample.id(11))", version: 1, ["name": .string(name)])
        #expect(changed.status == 422, "\(changed.text)")
        #expect(changed.errors == ["/name damaged-text"], "\(changed.text)")
        let joining = Sample.member(name, relation: "spouse", sex: "female")
        #expect(try session.put(path + "/members/\(Sample.id(12))", joining).errors == ["/name damaged-text"])
        let made = try session.put(
            "/v1/households/\(Sample.id(20))", Sample.household("H2", members: [Sample.member(name, id: Sample.id(21))])
        )
        #expect(made.errors == ["/members/0/name damaged-text"], "\(made.text)")
        #expect(try county.digest() == before)
    }

    @Test("a member leaves on a day for a reason, is kept, and is shown on earlier days and on request")
    func leaves() throws {
        let (county, session, path) = try county([
            Sample.member("陈示例"), Sample.member("陈小示", relation: "son", id: Sample.id(12)),
        ])
        let member = path + "/members/\(Sample.id(12))"
        let left = try session.patch(member, version: 1, ["leftOn": "2026-02-10", "leftReason": "death"])
        #expect(
            left.status == 200,
            "\(left.text)")
        #expect(
            left.json["memberCount"].integer == 1,
            "\(left.text)")
        #expect(
            left.json["members"].list.count == 1,
            "\(left.text)")
        #expect(try session.get(path + "?includeLeft=true").json["members"].list.count == 2)
        #expect(try session.get(path + "?on=2026-02-09").json["members"].list.count == 2)
        #expect(try session.get(path + "?on=2026-02-10").json["members"].list.count == 1)
        #expect(try county.count("member") == 2)
        #expect(try session.get("/v1/households?q=%E5%B0%8F").items.isEmpty)
        let back = try session.patch(member, version: 2, ["leftOn": nil, "leftReason": nil])
        #expect(back.status == 200)
        #expect(back.json["members"].list.count == 2)
        #expect(try session.get("/v1/households?q=%E5%B0%8F").items.count == 1)
        #expect(try county.faults() == [])
    }

    @Test("the householder's place changes hands, and is never empty or taken twice")
    func headship() throws {
        let (county, session, path) = try county([
            Sample.member("陈示例", id: Sample.id(11)),
            Sample.member("李示例", relation: "spouse", sex: "female", id: Sample.id(12)),
        ])
        let (husband, wife) = (path + "/members/\(Sample.id(11))", path + "/members/\(Sample.id(12))")
        let before = try county.digest()
        #expect(
            try session.patch(husband, version: 1, ["leftOn": "2026-02-10", "leftReason": "death"]).errors == [
                "/members no-householder"
            ])
        #expect(try session.patch(husband, version: 1, ["relation": "spouse"]).errors == ["/members no-householder"])
        #expect(
            try session.patch(wife, version: 1, ["relation": "householder"]).errors == ["/members several-householders"]
        )
        #expect(
            try session.put(path + "/members/\(Sample.id(13))", Sample.member("丙")).errors == [
                "/members several-householders"
            ])
        #expect(try county.digest() == before)
    }

    @Test("what is wrong with a member is refused at its pointer and changes nothing")
    func brokenMembers() throws {
        let (county, session, path) = try county([
            Sample.member("陈示例"), Sample.member("乙", relation: "son", id: Sample.id(12)),
        ])
        let member = path + "/members/\(Sample.id(12))"
        let before = try county.digest()
        let patches: [(JSON, [String])] = [
            (["name": nil], ["/name required"]), (["name": ""], ["/name too-short"]),
            (["sex": "x"], ["/sex unknown-code"]),
            (["birthDate": nil], ["/birthDate required"]), (["workMonths": 13], ["/workMonths out-of-range"]),
            (["leftOn": "2026-02-01"], ["/leftReason required"]), (["leftReason": "death"], ["/leftOn required"]),
            (["leftOn": "2026-03-03", "leftReason": "death"], ["/leftOn impossible-day"]),
            (["leftOn": "2015-12-31", "leftReason": "death"], ["/leftOn impossible-day"]),
            (["id": .string(Sample.id(5))], ["/id unknown-field"]),
            (["joinedOn": "2020-01-01"], ["/joinedOn unknown-field"]),
        ]
        for (body, errors) in patches {
            let answer = try session.patch(member, version: 1, body)
            #expect(answer.status == 422, "\(body.text) gives \(answer.status) \(answer.text)")
            #expect(answer.errors == errors, "\(body.text) gives \(answer.status) \(answer.text)")
        }
        let joinings: [(JSON, [String])] = [
            (Sample.member("丙", relation: "son").with(["joinedOn": "2026-03-03"]), ["/joinedOn impossible-day"]),
            (Sample.member("丙", relation: "son").with(["joinedOn": "1980-05-05"]), ["/joinedOn impossible-day"]),
            (Sample.member("丙", relation: "son").with(["relation": .omitted]), ["/relation required"]),
            (Sample.member("丙", relation: "son").with(["birthDate": .omitted]), ["/birthDate required"]),
            (Sample.member("丙", relation: "son").with(["leftOn": "2026-01-01"]), ["/leftOn unknown-field"]),
            (Sample.member("丙", relation: "son", id: Sample.id(77)), ["/id differs-from-path"]),
        ]
        for (body, errors) in joinings {
            let answer = try session.put(path + "/members/\(Sample.id(13))", body)
            #expect(answer.status == 422, "\(body.text) gives \(answer.status) \(answer.text)")
            #expect(answer.errors == errors, "\(body.text) gives \(answer.status) \(answer.text)")
        }
        #expect(try county.digest() == before)
    }

    @Test("a member's id belongs to one member for good")
    func memberIds() throws {
        let (county, session, _) = try county([Sample.member("陈示例", id: Sample.id(11))])
        let second = try county.make(2, Sample.household("H2"))
        let before = try county.digest()
        let taken = try session.put(second + "/members/\(Sample.id(11))", Sample.member("丙", relation: "son"))
        #expect(taken.status == 409, "\(taken.text)")
        #expect(taken.problem == "member-id-taken", "\(taken.text)")
        let body = Sample.household("H3", members: [Sample.member("甲", id: Sample.id(11))])
        #expect(try session.put("/v1/households/\(Sample.id(3))", body).problem == "member-id-taken")
        let twice = Sample.household(
            "H3",
            members: [Sample.member("甲", id: Sample.id(21)), Sample.member("乙", relation: "son", id: Sample.id(21))])
        let answer = try session.put("/v1/households/\(Sample.id(3))", twice)
        #expect(answer.status == 409 || answer.status == 422, "\(answer.status)")
        #expect(try county.digest() == before)
    }

    // MARK: Identity numbers

    /// A number as stated, with what becomes of it.
    private struct Stated {
        let text: String
        let state: String
        var problem: String?
        var mask: String?
    }

    @Test("numbers of 15, 18, 20 and 22 are verified, repaired where it is certain, or kept and reported")
    func identityNumbers() throws {
        let good = Sample.identityNumber()
        let wrong = String(good.dropLast()) + (good.last == "1" ? "2" : "1")
        let mask = String(repeating: "*", count: 17) + good.suffix(1)
        let cases = [
            Stated(text: good, state: "verified", mask: String(mask)),
            Stated(text: " '\(good) ", state: "verified", mask: String(mask)),
            Stated(text: String(good.prefix(6) + good.dropFirst(8).prefix(9)), state: "verified", mask: String(mask)),
            Stated(text: good + "11", state: "verified", mask: mask + "**"),
            Stated(text: good + "44B1", state: "verified", mask: mask + "****"),
            Stated(text: wrong, state: "unverified", problem: "wrong-check-digit"),
            Stated(text: String(good.dropLast()), state: "unverified", problem: "wrong-length"),
            Stated(text: good + "99", state: "unverified", problem: "wrong-disability-kind"),
            Stated(text: Sample.identityNumber(born: "1980-05-07"), state: "unverified", problem: "birth-date-differs"),
            Stated(text: Sample.identityNumber(male: false), state: "unverified", problem: "sex-differs"),
            Stated(text: "第3人", state: "unverified", problem: "wrong-character"),
            Stated(text: "没有", state: "missing"), Stated(text: "########", state: "missing"),
        ]
        let county = try County()
        for (index, stated) in cases.enumerated() {
            let path = "/v1/households/\(Sample.id(index + 1))"
            let body = Sample.household(
                "H\(index)", members: [Sample.member("陈示例", identityNumber: stated.text, id: Sample.id(100 + index))])
            let answer = try county.as(.clerkA).put(path, body)
            let member = answer.json["members"][0]
            #expect(
                answer.status == 201, "\(stated.text): \(answer.text)"
            )
            #expect(
                member["identityState"].string == stated.state, "\(stated.text): \(answer.text)"
            )
            #expect(member["identityProblem"].string == stated.problem, "\(stated.text): \(answer.text)")
            if let mask = stated.mask { #expect(member["identityNumber"].string == mask) }
            #expect(MaskSearch.windows(good).allSatisfy { !answer.text.contains($0) })
            #expect(MaskSearch.wideMasks(answer.text) == [])
            // One living person has one household: they leave this one before they are stated in the next.
            let second = Sample.member("乙")
            #expect(
                try county.as(.clerkA).put(
                    path + "/members/\(Sample.id(200 + index))", second.with(["relation": "son"])
                ).status == 201)
            if stated.state == "verified" {
                _ = try county.as(.clerkA).patch(
                    path + "/members/\(Sample.id(100 + index))", version: 2, ["identityNumber": nil])
            }
        }
        #expect(
            try county.as(.clerkA).get("/v1/households?identityState=unverified").items.count
                == cases.count { $0.state == "unverified" })
        #expect(
            try county.as(.clerkA).get("/v1/households?identityState=missing&count=true").json["total"].integer
                == cases.count)
    }

    @Test("a number that a spreadsheet destroyed is refused with words")
    func destroyedNumbers() throws {
        let county = try County()
        for (text, code) in [
            ("4.50923E+17", "scientific-notation"), (Sample.identityNumber().prefix(15) + "000", "precision-lost"),
        ] {
            let answer = try county.as(.clerkA).put(
                "/v1/households/\(Sample.id(1))",
                Sample.household("H1", members: [Sample.member("陈示例", identityNumber: String(text))]))
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.errors == ["/members/0/identityNumber \(code)"], "\(answer.text)")
        }
        #expect(try county.count("household") == 0)
    }

    @Test("a verified number lives in one household: 409 names the other one only to who may see it")
    func samePersonTwice() throws {
        let number = Sample.identityNumber()
        let (county, clerk, path) = try county([
            Sample.member("甲"), Sample.member("陈示例", relation: "son", identityNumber: number, id: Sample.id(11)),
        ])
        let other = try county.make(2, Sample.household("H2", in: Place.villageB1))
        let card = Sample.household(
            "H3", in: Place.villageB1, members: [Sample.member("陈示例", identityNumber: number + "11")])
        let before = try county.digest()
        let unseen = try county.as(.clerkB).put("/v1/households/\(Sample.id(3))", card)
        #expect(unseen.status == 409, "\(unseen.text)")
        #expect(unseen.problem == "identity-number-taken", "\(unseen.text)")
        #expect(unseen.errors == ["/members/0/identityNumber identity-number-taken"])
        #expect(!unseen.text.contains(Sample.id(1)))
        #expect(try county.as(.administrator).put("/v1/households/\(Sample.id(3))", card).text.contains(Sample.id(1)))
        let joining = Sample.member("陈示例", relation: "son", identityNumber: number)
        #expect(try county.as(.clerkB).put(other + "/members/\(Sample.id(12))", joining).status == 409)
        let neighbour = Sample.household(
            "H1", in: Place.neighbourVillage, members: [Sample.member("陈示例", identityNumber: number)])
        #expect(try county.as(.neighbour).put("/v1/households/\(Sample.id(4))", neighbour).status == 409)
        #expect(try county.digest() == before)
        #expect(
            try clerk.patch(
                path + "/members/\(Sample.id(11))", version: 1,
                ["leftOn": "2026-03-01", "leftReason": "household-split"]
            ).status == 200)
        #expect(try county.as(.clerkB).put("/v1/households/\(Sample.id(3))", card).status == 201)
        let back = try clerk.patch(path + "/members/\(Sample.id(11))", version: 2, ["leftOn": nil, "leftReason": nil])
        #expect(back.status == 409)
        #expect(back.problem == "identity-number-taken")
        #expect(try county.faults() == [])
    }

    @Test("two members of one body cannot have the number of one person")
    func samePersonInOneBody() throws {
        let county = try County()
        let members = [
            Sample.member("甲", identityNumber: Sample.identityNumber()),
            Sample.member("乙", relation: "son", identityNumber: Sample.identityNumber() + "11"),
        ]
        let answer = try county.as(.clerkA).put(
            "/v1/households/\(Sample.id(1))", Sample.household("H1", members: members))
        #expect(answer.status == 422, "\(answer.text)")
        #expect(answer.errors == ["/members/1/identityNumber repeated-number"], "\(answer.text)")
    }

    @Test("a number is read again when the sex or birth date it must agree with is changed")
    func reverifies() throws {
        let number = Sample.identityNumber()
        let (county, session, path) = try county([Sample.member("陈示例", identityNumber: number, id: Sample.id(11))])
        let member = path + "/members/\(Sample.id(11))"
        let differing = try session.patch(member, version: 1, ["birthDate": "1980-05-07"])
        #expect(differing.json["members"][0]["identityState"].string == "unverified", "\(differing.text)")
        #expect(differing.json["members"][0]["identityProblem"].string == "birth-date-differs")
        let agreeing = try session.patch(member, version: 2, ["birthDate": "1980-05-06"])
        #expect(agreeing.json["members"][0]["identityState"].string == "verified", "\(agreeing.text)")
        let sex = try session.patch(member, version: 3, ["sex": "female"])
        #expect(sex.json["members"][0]["identityProblem"].string == "sex-differs")
        let both = try session.patch(
            member, version: 4, ["sex": "female", "identityNumber": .string(Sample.identityNumber(male: false))])
        #expect(both.json["members"][0]["identityState"].string == "verified", "\(both.text)")
        #expect(try county.faults() == [])
    }

    @Test("a number is sealed for its row, opens only there, and is gone when it is cleared")
    func sealing() throws {
        let number = Sample.identityNumber()
        let (county, session, path) = try county([Sample.member("陈示例", identityNumber: number, id: Sample.id(11))])
        let sealed = try required(county.query("SELECT identity_sealed FROM member") { $0.blob(0) }.first)
        let id = try required(Identifier(Sample.id(11)))
        #expect(try county.register.keys.open(sealed, for: SealedPlace("member.identity", id)) == number)
        let other = try required(Identifier(Sample.id(12)))
        #expect(throws: SealingError.notOpened) {
            try county.register.keys.open(sealed, for: SealedPlace("member.identity", other))
        }
        #expect(
            try session.patch(path + "/members/\(Sample.id(11))", version: 1, ["identityNumber": nil]).status == 200)
        #expect(
            try county.query("SELECT 1 FROM member WHERE identity_sealed IS NOT NULL OR identity_hash IS NOT NULL") {
                $0.int(0)
            } == [])
    }
}
