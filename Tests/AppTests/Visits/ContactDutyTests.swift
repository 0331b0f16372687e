// Duties of contact of one household and of one helper, as the API tells them.

import Testing

@testable import Contact
@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite struct ContactDutyTests {
    @Test("a new household owes from the month in which its archive was made")
    func newHousehold() throws {
        let county = try County()
        try county.make(1, Sample.household("H1"))
        let query = "householdId=\(Sample.id(1))"
        #expect(
            try county.duties(query) == [
                "phone 2026-03-01/2026-04-01 due", "visit 2026-03-01/2026-04-01 due",
            ])
        #expect(
            try county.duties("\(query)&on=2026-05-10") == [
                "phone 2026-03-01/2026-04-01 overdue 40", "visit 2026-03-01/2026-04-01 overdue 40",
                "phone 2026-04-01/2026-05-01 overdue 10", "visit 2026-04-01/2026-05-01 overdue 10",
                "phone 2026-05-01/2026-06-01 due", "visit 2026-05-01/2026-06-01 due",
            ])
        #expect(try county.duties("\(query)&on=2026-02-28") == [])
    }

    @Test("a household that was helped before its archive came into the register owes a year back")
    func helpedBefore() throws {
        let county = try County()
        try county.addHelpers()
        try county.make(1, Sample.household("H1"))
        try county.pair(1, Sample.pairing(1, by: 411, from: "2018-01-01"))
        let all = try county.duties("householdId=\(Sample.id(1))&from=2016-01-01&kind=visit")
        #expect(all.count == 13, "\(all)")
        #expect(all[0] == "visit 2025-03-01/2025-04-01 overdue 336", "\(all)")
        try county.contact("home-visit", 1, on: "2026-01-20", by: 411)
        #expect(
            try county.duties("cadreId=\(Sample.id(411))&kind=visit&from=2025-12-01") == [
                "visit 2026-02-01/2026-03-01 overdue 2", "visit 2026-03-01/2026-04-01 due",
                "visit 2025-12-01/2026-01-01 late 2026-01-20", "visit 2026-01-01/2026-02-01 in-time 2026-01-20",
            ])
        let item = try #require(
            try county.as(.administrator).get("/v1/contact-duties?cadreId=\(Sample.id(411))&limit=1").items.first)
        #expect(item["cadreName"]?.string == "张示例")
        #expect(item["villageCode"]?.string == Place.villageA1)
        #expect(try county.duties("cadreId=\(Sample.id(412))") == [])
        let own = try county.duties("cadreId=\(Sample.id(411))")
        #expect(try county.duties("cadreId=\(Sample.id(411))&includeJoint=true") == own)
        try county.pair(2, Sample.pairing(1, by: 412, "joint", from: "2026-03-02"))
        #expect(try county.duties("cadreId=\(Sample.id(412))") == [])
        #expect(try county.duties("cadreId=\(Sample.id(412))&includeJoint=true") == own)
    }

    @Test("what is kept is what a recount says, and answers lie within the caller's area")
    func scopes() throws {
        let county = try County()
        try county.makeThree()
        #expect(try county.count("contact_duty") == 12)
        #expect(try county.duties("householdId=\(Sample.id(1))", as: .workerB1) == [])
        #expect(try county.duties("householdId=\(Sample.id(3))", as: .workerB1).count == 2)
        let answer = try county.as(.administrator).get(
            "/v1/contact-duties?on=2099-01-01&kind=tea&state=gone&includeJoint=boss")
        #expect(answer.status == 400, "\(answer.errors)")
        #expect(answer.errors.count == 4, "\(answer.errors)")
    }

    @Test("check names kept duties, sums, backlogs and last visits that are not so")
    func tampering() throws {
        for (sql, fault) in [
            ("UPDATE contact_duty SET contacts = 7 WHERE household_number = 1 AND kind = 'phone'", "duties of contact"),
            ("UPDATE contact_figure SET duties = duties + 1", "sums of duties"),
            ("UPDATE contact_backlog SET open = open + 1 WHERE kind = 'phone'", "backlog of duties"),
            ("UPDATE cadre_contact SET last_visit_on = '2020-01-01'", "last visit"),
        ] {
            let county = try County()
            try county.makeThree()
            try county.addHelpers()
            try county.contact("home-visit", 1, on: "2026-02-10", by: 411)
            #expect(try county.contactFaults() == [])
            try county.alter(sql)
            let faults = try county.contactFaults()
            #expect(!faults.isEmpty, "\(sql): \(faults)")
            #expect(faults.allSatisfy { $0.contains(fault) }, "\(sql): \(faults)")
        }
    }

    @Test(
        "a rule for more households than one transaction counts is followed up in pieces; answers are right meanwhile"
    )
    func manyHouseholds() throws {
        let county = try County()
        let many = ContactWork.householdsAtOnce + 1
        try county.addHouseholds(1...many)
        let session = try county.as(.administrator)
        func answers() throws -> [String] {
            let duties = try session.get("/v1/contact-duties?kind=phone&count=true&limit=1")
            let summary = try session.get("/v1/contact-duties/summary?kind=phone").json["sum"]
            return [
                "\(duties.items.first?["required"]?.integer ?? 0) of \(duties.json["total"].integer ?? 0)",
                "\(summary["due"].integer ?? 0) of \(summary["households"].integer ?? 0)",
            ]
        }
        #expect(try answers() == ["1 of \(many)", "\(many) of \(many)"])
        let stated = try session.put(
            "/v1/parameters/\(Sample.id(9001))",
            [
                "key": "cadence.phone.per-month", "value": 2, "unit": "times-per-month",
                "areaCode": .string(Place.county),
                "from": "2026-03-01", "documentNumber": "文〔2026〕9号",
            ])
        #expect(stated.status == 201, "\(stated.text)")
        #expect(
            try county.query("SELECT sum(required) FROM contact_duty WHERE kind = 'phone'") { $0.int(0) } == [2 * many])
        #expect(try answers() == ["2 of \(many)", "\(many) of \(many)"])
        #expect(try county.faults() == [])
        county.application.housekeeping.look()
        #expect(
            try county.query("SELECT sum(required) FROM contact_duty WHERE kind = 'phone'") { $0.int(0) } == [4 * many])
        #expect(try answers() == ["2 of \(many)", "\(many) of \(many)"])
        #expect(try county.faults() == [])
    }

    @Test(
        "at the turn of a month the next one is kept for everybody; until then questions are computed"
    )
    func turnOfMonths() throws {
        let county = try County()
        try county.makeThree()
        county.clock.advance(days: 100)
        let before = try county.duties("on=2026-06-10")
        #expect(before.count == 24, "three households, four months, calls and visits")
        #expect(try county.count("contact_duty") == 12)
        county.application.housekeeping.look()
        #expect(try county.count("contact_duty") == 33, "through July, with a festival in June")
        #expect(try county.duties("on=2026-06-10").sorted() == before.sorted())
        #expect(try county.faults() == [])
    }
}
