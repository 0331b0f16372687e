// The past of households whose archive began later, or has ended since: one rule for lists, sums, bulletin and page.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("The past of a household that has ended, or came later")
struct EndedPastTests {
    /// H1 and H2 of A1 with helper 411 since January; H1 has moved out of the county on 20 May. It is 10 July.
    private static func county() throws -> County {
        let county = try County()
        try county.oweNoFestivals()
        try county.addHelpers()
        try county.addHouseholds(1...2)
        for number in 1...2 { try county.pair(number, Sample.pairing(number, by: 411, from: "2026-01-05")) }
        try county.contact("home-visit", 1, on: "2026-03-01", by: 411)
        try county.go(to: "2026-05-25")
        let ended = try county.as(.administrator).patch(
            "/v1/households/\(Sample.id(1))", version: 1, ["to": "2026-05-20", "endReason": "moved-out"])
        guard ended.status == 200 else { throw ClientError(action: ended.text, code: CInt(ended.status)) }
        try county.go(to: "2026-07-10")
        return county
    }

    @Test("duties of a span that is over are those that bulletin and work count of it")
    func spans() throws {
        let session = try Self.county().as(.administrator)
        for (from, to, month) in [
            ("2026-04-01", "2026-05-01", "2026-04"), ("2026-05-01", "2026-06-01", "2026-05"),
            ("2026-06-01", "2026-07-01", "2026-06"),
        ] {
            let span = "from=\(from)&to=\(to)"
            let list = try session.walk("/v1/contact-duties?\(span)&limit=500")
            let sum = try session.get("/v1/contact-duties/summary?\(span)").json["sum"]
            let work = try session.get("/v1/contact-counters/by-cadre?\(span)").json["sum"]
            let bulletin = try session.get("/v1/bulletins/contact?month=\(month)").json["sum"]["duties"]
            for (state, name, own) in [
                ("in-time", "inTime", "inTime"), ("late", "late", "late"), ("overdue", "overdue", "open"),
            ] {
                let listed = list.count { $0["state"]?.string == state }
                #expect(sum[name].integer == listed, "\(month) \(state)")
                let worked = (work[own].integer ?? 0) + (work["unassigned"][own].integer ?? 0)
                #expect(worked == listed, "\(month) \(state)")
                #expect(bulletin[name].integer == listed, "\(month) \(state)")
            }
            #expect(list.contains { $0["archiveNumber"]?.string == "H1" } == (month == "2026-04"), "\(month)")
        }
    }

    @Test("the page of a household that has ended has its people, its duties and one helper who answered")
    func page() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        let page = try session.get("/v1/households/\(Sample.id(1))/page").text
        #expect(page.contains("1 人（销号时）"))
        #expect(page.contains("<td>陈示例</td>"), "\(page)")
        #expect(page.contains("销号前十二个月联系走访任务"))
        #expect(!page.contains("未完成 0 项"), "\(page)")
        #expect(page.occurrences(of: "第一责任人") == 1)
    }

    @Test("the page of a household names one first responsible helper after the roles have changed")
    func roles() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        try county.pair(12, Sample.pairing(2, by: 412, "joint", from: "2026-01-06"))
        let path = "/v1/households/\(Sample.id(2))/page"
        #expect(try session.get(path).text.occurrences(of: "第一责任人") == 1)
        let changed = try session.patch(
            Sample.path(ofPairing: 12), version: 1, ["role": "first-responsible", "on": "2026-07-01"])
        #expect(changed.status == 200, "\(changed.text)")
        let page = try session.get(path).text
        #expect(page.occurrences(of: "第一责任人") == 1, "\(page)")
        #expect(page.occurrences(of: "协同") == 1)
    }

    @Test("duties of a past day are not owed to households whose archive begins later")
    func later() throws {
        let county = try County()
        try county.oweNoFestivals()
        try county.make(1, Sample.household("H1", since: "2026-02-01"))
        try county.go(to: "2026-04-20")
        try county.make(2, Sample.household("H2", since: "2026-04-10"))
        try county.go(to: "2026-05-02")
        let session = try county.as(.administrator)
        for (day, names) in [("2026-04-05", ["H1"]), ("2026-04-12", ["H1", "H2"])] {
            let duties = try session.walk("/v1/contact-duties?on=\(day)")
            #expect(Set(duties.compactMap { $0["archiveNumber"]?.string }) == Set(names), "\(day)")
            let sum = try session.get("/v1/contact-duties/summary?on=\(day)").json["sum"]
            #expect(sum["households"].integer == names.count, "\(day)")
            #expect((sum["due"].integer ?? 0) + (sum["overdue"].integer ?? 0) == duties.count, "\(day)")
        }
    }

    @Test("an unknown code, a period out of range and an old town's code are refused in words that fit")
    func words() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        for counter in ["six-helps", "occasions"] {
            let list = "/v1/contact-counters/records?counter=\(counter)&code="
            #expect(try session.get(list + "no-such").errors == ["?code unknown-code"], "\(counter)")
        }
        #expect(try session.get("/v1/contact-counters/records?counter=six-helps&code=technology").status == 200)
        for (query, range) in [
            ("half=1900-1", "2000"), ("half=2026-3", "1 to 2"), ("month=2026-13", "1 to 12"),
            ("tenDays=2026-01-4", "1 to 3"),
        ] {
            let answer = try session.get("/v1/bulletins/contact?\(query)", ["Accept-Language": "en"])
            #expect(answer.status == 400)
            #expect(answer.errors == ["?\(query.prefix { $0 != "=" }) out-of-range"], "\(answer.text)")
            #expect(answer.text.contains(range), "\(answer.text)")
        }
        #expect(try session.get("/v1/bulletins/contact?half=26-1").errors == ["?half malformed"])
        try county.merge(Place.townA, into: Place.townB)
        let card = try session.get("/v1/villages/\(Place.townA)/situation-cards/page")
        #expect(card.status == 404)
        #expect(card.text.contains(Place.townA), "\(card.text)")
        #expect(!card.text.contains(Place.townB), "\(card.text)")
    }
}
