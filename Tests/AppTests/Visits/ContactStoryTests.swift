// One household followed through a quarter, told as somebody would tell it who has to answer for it.

import Testing

@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite struct ContactStoryTests {
    private let county: County
    private let first = "cadreId=\(Sample.id(411))"
    private let second = "cadreId=\(Sample.id(412))"
    private let household = "householdId=\(Sample.id(1))"

    /// A household not yet lifted that comes into the register on 2 March 2026 and is helped from that day on.
    init() throws {
        county = try County()
        try county.addHelpers()
        try county.make(1, Sample.household("H1"))
        try county.pair(1, Sample.pairing(1, by: 411, from: County.today))
    }

    private func go(to day: String) throws {
        let days = try required(CivilDate(day)).days(since: county.clock.now.shanghaiDate)
        county.clock.advance(days: Int64(days))
        county.application.housekeeping.look()
    }

    @Test("lifted in the middle, handed over, a late visit: on each day what a person would say")
    func quarter() throws {
        try liftedInTheMiddle()
        try handedOver()
        try lateVisit()
        #expect(try county.duties(household, as: .workerB1) == [])
        #expect(try county.contactFaults() == [])
    }

    private func liftedInTheMiddle() throws {
        try go(to: "2026-03-20")
        try county.contact("home-visit", 1, on: "2026-03-20", by: 411)
        try county.contact("phone-call", 1, on: "2026-03-20", by: 411)

        // April: not lifted, so a call and a visit each month.
        try go(to: "2026-04-01")
        #expect(
            try county.duties(first) == ["phone 2026-04-01/2026-05-01 due", "visit 2026-04-01/2026-05-01 due"])
        try go(to: "2026-04-14")
        try county.contact("phone-call", 1, on: "2026-04-14", by: 411)
        #expect(
            try county.duties(first) == [
                "visit 2026-04-01/2026-05-01 due", "phone 2026-04-01/2026-05-01 in-time 2026-04-14",
            ])

        // May: nobody was there in April.
        try go(to: "2026-05-01")
        let mayFirst = [
            "visit 2026-04-01/2026-05-01 overdue 1", "phone 2026-05-01/2026-06-01 due",
            "visit 2026-05-01/2026-06-01 due",
        ]
        #expect(try county.duties(first) == mayFirst)

        // Lifted from the 10th, told on the 12th: May had begun, its visit stays owed.
        try go(to: "2026-05-12")
        let path = "/v1/households/\(Sample.id(1))"
        let lifted = try county.as(.administrator).patch(
            path, version: 1, ["state": "lifted", "effectiveOn": "2026-05-10"])
        #expect(lifted.status == 200, "\(lifted.text)")
        #expect(try county.duties(first).map { $0.replacing("overdue 12", with: "overdue 1") } == mayFirst)
    }

    private func handedOver() throws {
        // Handed over on the 20th: whoever comes owes what was left undone, counted from that day on, and whoever goes
        // owes nothing.
        try go(to: "2026-05-20")
        try county.pair(2, Sample.pairing(1, by: 412, "joint", from: "2026-05-20"))
        let left = try county.as(.administrator).patch(
            "/v1/pairings/\(Sample.id(1))", version: 1, ["to": "2026-05-20", "endReason": "replaced"])
        #expect(left.status == 200, "\(left.text)")
        #expect(try county.duties(first) == [])
        #expect(try county.duties("\(first)&on=2026-05-19").count == 3, "it was the first one's until the day before")
        #expect(
            try county.duties(second) == [
                "visit 2026-04-01/2026-05-01 overdue", "phone 2026-05-01/2026-06-01 due",
                "visit 2026-05-01/2026-06-01 due",
            ])

        try go(to: "2026-05-21")
        #expect(try county.duties("\(second)&kind=visit").first == "visit 2026-04-01/2026-05-01 overdue 1")
        #expect(
            try county.duties("\(first)&on=2026-05-19").first == "visit 2026-04-01/2026-05-01 overdue 19",
            "of whoever answered before, it was overdue for longer")
        let item = try #require(try county.as(.administrator).get("/v1/contact-duties?\(second)").items.first)
        #expect(item["answeringSince"]?.string == "2026-05-20")

        // One visit does May and makes up for April.
        try go(to: "2026-05-25")
        try county.contact("home-visit", 1, on: "2026-05-25", by: 412)
        try county.contact("phone-call", 1, on: "2026-05-25", by: 412)
        #expect(
            try county.duties("\(second)&from=2026-04-01&to=2026-06-01&kind=visit") == [
                "visit 2026-04-01/2026-05-01 late 2026-05-25", "visit 2026-05-01/2026-06-01 in-time 2026-05-25",
            ])
    }

    private func lateVisit() throws {
        // June: lifted on its first day, so quarters count, and this one had begun under the months.
        try go(to: "2026-06-05")
        #expect(try county.duties(second) == ["phone 2026-06-01/2026-07-01 due"])

        // Now comes what the first helper's tablet had kept: a visit on 28 April. April was done in time, and on no
        // day since was its visit overdue.
        try county.contact("home-visit", 1, on: "2026-04-28", by: 411)
        #expect(
            try county.duties("\(household)&from=2026-04-01&to=2026-05-01&kind=visit") == [
                "visit 2026-04-01/2026-05-01 in-time 2026-04-28"
            ])
        #expect(
            try county.duties("\(second)&on=2026-05-21") == [
                "phone 2026-05-01/2026-06-01 due", "visit 2026-05-01/2026-06-01 due",
            ])
        #expect(
            try county.duties("\(household)&on=2026-04-27") == [
                "visit 2026-04-01/2026-05-01 due", "phone 2026-04-01/2026-05-01 in-time 2026-04-14",
            ], "as of the day before, it was still to be done")

        // The next quarter: nobody called in June or came around the Dragon Boat Festival; one visit is owed until the
        // end of September.
        try go(to: "2026-07-01")
        #expect(
            try county.duties(second) == [
                "festival dragon-boat 2026-06-12/2026-06-27 overdue 5", "phone 2026-06-01/2026-07-01 overdue 1",
                "phone 2026-07-01/2026-08-01 due",
                "visit 2026-07-01/2026-10-01 due",
            ])
    }

    @Test("a helper without a visit for half a year is alarmed, until they make one or come along")
    func alarms() throws {
        try go(to: "2026-08-20")
        #expect(try county.as(.administrator).get("/v1/contact-alarms").items.count == 0)
        try go(to: "2026-09-01")
        let alarm = try #require(try county.as(.administrator).get("/v1/contact-alarms?count=true").items.first)
        #expect(alarm["days"]?.integer == 183)
        #expect(alarm["cadreName"]?.string == "张示例")
        #expect(alarm["households"]?.integer == 1)
        #expect(alarm["lastVisitOn"] == nil)
        #expect(try county.as(.workerB1).get("/v1/contact-alarms").items.count == 0)
        try county.contact("phone-call", 1, on: "2026-08-30", by: 411)
        #expect(try county.as(.administrator).get("/v1/contact-alarms").items.count == 1, "a call is no visit")
        let visit = try county.contact("home-visit", 1, on: "2026-08-30", by: 411)
        #expect(try county.as(.administrator).get("/v1/contact-alarms").items.count == 0)
        try county.retract(visit)
        #expect(try county.as(.administrator).get("/v1/contact-alarms").items.count == 1)
        #expect(try county.contactFaults() == [])
    }
}
