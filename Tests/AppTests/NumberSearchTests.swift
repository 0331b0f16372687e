// Finding a household or a cadre by a number that somebody names: exactly, with a right and an event, within the area.

import Testing

@testable import Domain
@testable import Service
@testable import Web

extension County {
    /// Gives somebody a right beyond their role.
    func grant(_ right: UserRight, to person: Person) throws {
        let id = try required(Identifier(required(self.as(person).get("/v1/me").json["id"].string)))
        try register.perform { try AccessStore.set(right.rawValue, of: id, to: true, $0) }
    }

    /// What the trail says of those who looked for somebody.
    func searches() throws -> [String] {
        try query("SELECT after FROM audit_event WHERE action = 'find-by-number' ORDER BY sequence") { $0.text(0) }
    }
}

@Suite("Finding by number")
struct NumberSearchTests {
    private static let number = Sample.identityNumber()
    private static let households = "/v1/households/search"
    private static let cadres = "/v1/cadres/search"

    /// H1 in A1 with two numbers and a phone, H3 in B1 with the same phone, and a cadre of each village.
    private func county() throws -> County {
        let county = try County()
        let wife = Sample.member("李示例", relation: "spouse", sex: "female", identityNumber: "99092319800506999")
        let husband = Sample.member("陈示例", identityNumber: Self.number, id: Sample.id(101))
        try county.make(1, Sample.household("H1", members: [husband, wife]).with(["phone": "138 0000-1234"]))
        try county.make(3, Sample.household("H3", in: Place.villageB1).with(["phone": "13800001234"]))
        try county.makeOrganization()
        try county.makeCadre(
            31,
            Sample.cadre("张示例").ranked("section").with([
                "phone": "13900005678", "identityNumber": .string(Sample.identityNumber(born: "1970-01-02")),
            ]))
        try county.makeCadre(
            32, Sample.cadre("王示例").ranked("section", at: Place.villageB1).with(["phone": "13900009999"]))
        return county
    }

    private func found(_ answer: Answer) -> [String] { answer.items.compactMap { $0["id"]?.string } }

    @Test("a household is found by its archive number by everybody who may see it, without a right or an event")
    func archiveNumber() throws {
        let county = try county()
        for (person, expected) in [
            (Person.administrator, [Sample.id(1)]), (.tabletA1, [Sample.id(1)]), (.clerkB, []), (.neighbour, []),
        ] {
            let answer = try county.as(person).post(Self.households, ["archiveNumber": "H1"])
            #expect(answer.status == 200)
            #expect(found(answer) == expected, "\(person)")
            #expect(answer.json["total"].integer == expected.count)
        }
        #expect(try found(county.as(.administrator).post(Self.households, ["archiveNumber": "H"])).isEmpty)
        #expect(try county.searches().isEmpty)
    }

    @Test("a household is found by the whole number of a member, in any form that means the same, and of who has left")
    func identityNumber() throws {
        let county = try county()
        try county.grant(.findByNumber, to: .administrator)
        let session = try county.as(.administrator)
        for text in [Self.number, Self.number.lowercased(), " \(Self.number) ", "\(Self.number)11"] {
            let answer = try session.post(Self.households, ["identityNumber": .string(text)])
            #expect(found(answer) == [Sample.id(1)], "\(text) \(answer.text)")
            #expect(answer.items.first?["memberId"]?.string == Sample.id(101))
            #expect(answer.items.first?["memberName"]?.string == "陈示例")
            #expect(!answer.text.contains(Self.number))
        }
        // One that could not be verified is found as it was written.
        let unverified = try session.post(Self.households, ["identityNumber": "99092319800506999"])
        #expect(unverified.items.first?["memberName"]?.string == "李示例")
        let part = String(Self.number.dropLast(4))
        #expect(try found(session.post(Self.households, ["identityNumber": .string(part)])).isEmpty)

        try county.alter(
            """
            UPDATE member SET relation = 'son', left_on = '2024-01-01', left_reason = 'marriage'
            WHERE identity_state = 'verified'
            """)
        try county.make(
            4, Sample.household("H4", members: [Sample.member("陈示例", identityNumber: Self.number)]))
        let both = try session.post(Self.households, ["identityNumber": .string(Self.number)])
        #expect(found(both) == [Sample.id(4), Sample.id(1)])
        #expect(both.items.map { $0["leftOn"]?.string } == [nil, "2024-01-01"])
    }

    @Test("a phone finds the households of the caller's area that share it, and a cadre, also one who has ended")
    func phone() throws {
        let county = try county()
        for person in [Person.administrator, .clerkB] { try county.grant(.findByNumber, to: person) }
        let phone: JSON = ["phone": "138-0000-1234"]
        #expect(try found(county.as(.administrator).post(Self.households, phone)) == [Sample.id(1), Sample.id(3)])
        #expect(try found(county.as(.clerkB).post(Self.households, phone)) == [Sample.id(3)])
        for text in ["+86 138 0000 1234", "+8613800001234", "0086-13800001234", "8613800001234"] {
            let prefixed = try county.as(.administrator).post(Self.households, ["phone": .string(text)])
            #expect(found(prefixed) == [Sample.id(1), Sample.id(3)], "\(text)")
        }
        let cadre: JSON = ["phone": "13900005678"]
        #expect(try found(county.as(.administrator).post(Self.cadres, cadre)) == [Sample.id(31)])
        #expect(try found(county.as(.clerkB).post(Self.cadres, cadre)).isEmpty)
        try county.alter("UPDATE cadre SET ended_on = '2024-01-01'")
        #expect(try found(county.as(.administrator).post(Self.cadres, cadre)) == [Sample.id(31)])
        let number = Sample.identityNumber(born: "1970-01-02")
        let answer = try county.as(.administrator).post(Self.cadres, ["identityNumber": .string(number)])
        #expect(found(answer) == [Sample.id(31)])
        #expect(answer.items.first?["name"]?.string == "张示例")
    }

    @Test("who looks for a number without the right is refused, and an event says who looked and what was found")
    func rightAndTrail() throws {
        let county = try county()
        let number: JSON = ["identityNumber": .string(Self.number)]
        let phone: JSON = ["phone": "13900005678"]
        let before = try county.digest()
        for person in [Person.administrator, .clerkA, .tabletA1, .province, .auditor] {
            for (path, body) in [
                (Self.households, number), (Self.cadres, number), (Self.cadres, phone),
            ] {
                let answer = try county.as(person).post(path, body)
                #expect(answer.status == 403)
                #expect(answer.problem == "right-needed")
            }
        }
        #expect(try county.with(token: nil).post(Self.households, number).status == 401)
        #expect(try county.digest() == before)

        try county.grant(.findByNumber, to: .clerkB)
        let clerk = try county.as(.clerkB)
        #expect(try found(clerk.post(Self.households, number)).isEmpty)
        #expect(try found(clerk.post(Self.cadres, ["phone": "13900009999"])) == [Sample.id(32)])
        let mask = String(repeating: "*", count: 17) + Self.number.suffix(1)
        #expect(
            try county.searches() == [
                #"{"entity":"households","by":"identityNumber","mask":"\#(mask)","found":[]}"#,
                #"{"entity":"cadres","by":"phone","mask":"*******9999","found":["\#(Sample.id(32))"]}"#,
            ])
        #expect(try county.faults().isEmpty)
        #expect(try !county.requestLines().contains(Self.number))
        let me = try required(Identifier(required(clerk.get("/v1/me").json["id"].string)))
        try county.register.perform { try AccessStore.set("find-by-number", of: me, to: false, $0) }
        #expect(try clerk.post(Self.households, number).status == 403)
    }

    @Test(
        "a question without a number, with two, with a mask, with a part that a spreadsheet left, or malformed is 422")
    func malformed() throws {
        let county = try county()
        try county.grant(.findByNumber, to: .administrator)
        let session = try county.as(.administrator)
        for (body, errors) in [
            ([:], ["too-few"]), (["archiveNumber": .null], ["too-few"]),
            (["archiveNumber": "H1", "phone": "13800001234"], ["only-one"]),
            (["phone": "*******1234"], ["/phone masked-number"]), (["phone": "12"], ["/phone not-a-phone-number"]),
            (["phone": "无"], ["/phone placeholder"]), (["identityNumber": "无"], ["/identityNumber placeholder"]),
            (["identityNumber": "9.90923E+17"], ["/identityNumber scientific-notation"]),
            (["identityNumber": 4], ["/identityNumber wrong-type"]), (["name": "陈示例"], ["/name unknown-field"]),
        ] as [(JSON, [String])] {
            let answer = try session.post(Self.households, body)
            #expect(answer.status == 422, "\(body)")
            #expect(answer.errors.contains(errors[0]), "\(body) \(answer.text)")
        }
        #expect(try session.post(Self.cadres, ["archiveNumber": "H1"]).status == 422)
        #expect(try session.post(Self.cadres, [:]).errors == ["too-few"])
        #expect(try session.post(Self.households + "?phone=13800001234", ["archiveNumber": "H1"]).status == 400)
        #expect(try county.searches().isEmpty)
    }
}
