// Headline counters (R065) over a random history of visits, calls, corrections and moves: each is what a plain list of
// what was sent says, in every area and period, and its list of records has as many rows.

import Testing

@testable import App
@testable import Domain
@testable import Web

@Suite("Contact counters")
struct CounterTests {
    /// A record as it was sent.
    private struct Sent {
        let id: String
        var household: Int?
        var village: String?
        let kind: String
        let day: CivilDate
        let receivedOn: CivilDate
        let people: Set<Int>
        let gifts: [Int]
        let deeds: Int
        let helps: [String]
        let occasions: [String]
        var counts = true

        var isVisit: Bool { ["home-visit", "condolence-visit", "survey"].contains(kind) }
    }

    private struct History {
        var generator: SeededGenerator
        var sent: [Sent] = []
        /// By number of the household: where it has lived and since when, ascending.
        var stays: [Int: [(first: CivilDate, village: String)]] = [:]
        private var next = 10_000

        static let villageCodes = [Place.villageA1, Place.villageA2, Place.villageA3, Place.villageB1, Place.villageB2]

        init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

        mutating func some(_ words: [String], perMille: Int) -> [String] {
            words.filter { _ in generator.perMille(perMille) }
        }

        mutating func visit(_ county: County, on today: CivilDate, correcting: Sent? = nil) throws {
            next += 1
            let kinds = ["home-visit", "home-visit", "phone-call", "condolence-visit", "survey", "meeting", "other"]
            let kind = kinds[generator.below(kinds.count)]
            let isOfVillage = correcting.map { $0.household == nil } ?? generator.perMille(100)
            let household = isOfVillage ? nil : correcting?.household ?? generator.number(in: 1...10)
            let village = isOfVillage ? correcting?.village ?? Self.villageCodes[generator.below(5)] : nil
            let author = generator.perMille(850) ? generator.number(in: 411...413) : nil
            let companions = generator.perMille(300) ? [421] : []
            let day = today.adding(days: -generator.below(40))
            let gifts = (0..<(generator.perMille(300) ? generator.below(3) + 1 : 0)).map { _ in
                generator.below(500_00)
            }
            let deeds = generator.below(3) == 0 ? generator.below(3) : 0
            let isRetraction = correcting != nil && generator.perMille(300)
            let record = Sent(
                id: Sample.id(next), household: household, village: village, kind: kind, day: day, receivedOn: today,
                people: Set(companions + [author].compactMap(\.self)), gifts: gifts, deeds: deeds,
                helps: some(["policy", "technology", "funds", "living"], perMille: 250),
                occasions: some(["festival", "difficulty", "life-event"], perMille: 200), counts: !isRetraction)
            let answer = try county.as(.administrator).put(
                "/v1/visits/\(record.id)",
                [
                    "householdId": household.map { .string(Sample.id($0)) } ?? .omitted,
                    "villageCode": village.map(JSON.string) ?? .omitted, "kind": .string(kind),
                    "occurredAt": .string("\(day)T00:30:00Z"),
                    "cadreId": author.map { .string(Sample.id($0)) } ?? .omitted,
                    "companions": .array(companions.map { ["cadreId": .string(Sample.id($0))] }),
                    "gifts": .array(
                        gifts.map { ["kind": "rice", "quantity": 1, "valueFen": .integer($0), "donor": "own"] }),
                    "deeds": .array((0..<deeds).map { _ in ["kind": "farm-work"] }),
                    "sixHelps": .array(record.helps.map(JSON.string)),
                    "occasions": .array(record.occasions.map(JSON.string)),
                    "correctsVisitId": correcting.map { .string($0.id) } ?? .omitted,
                    "isRetraction": isRetraction ? true : .omitted,
                ])
            guard answer.status == 201 else {
                throw ClientError(action: "visit \(answer.text)", code: CInt(answer.status))
            }
            if let correcting, let index = sent.firstIndex(where: { $0.id == correcting.id }) {
                sent[index].counts = false
            }
            sent.append(record)
        }

        /// Where a record was made: in the village where the household lived on its day.
        private func village(_ record: Sent) -> String {
            guard let household = record.household else { return record.village ?? "" }
            let own = stays[household] ?? []
            return (own.last { $0.first <= record.day } ?? own.first)?.village ?? ""
        }

        /// What counts in an area, given by the beginning of its villages' codes, and period.
        func counted(_ prefix: String, _ first: CivilDate, _ last: CivilDate) -> [Sent] {
            sent.filter { record in
                record.counts && record.day >= first && record.day <= last && village(record).hasPrefix(prefix)
            }
        }

        /// Households visited in a period whose last visit in it was made in the area.
        private func visited(_ prefix: String, _ first: CivilDate, _ last: CivilDate) -> Int {
            let all = counted("", first, last).filter(\.isVisit)
            return Dictionary(grouping: all.filter { $0.household != nil }) { $0.household ?? 0 }.values.count { own in
                own.max { $0.day < $1.day }.map { village($0).hasPrefix(prefix) } ?? false
            }
        }

        /// The counters of a question, by name, counted the plain way.
        func counters(_ prefix: String, _ first: CivilDate, _ last: CivilDate) -> [String: Int] {
            let records = counted(prefix, first, last)
            let visits = records.filter(\.isVisit)
            var counters = [
                "householdsVisited": visited(prefix, first, last), "visits": visits.count,
                "calls": records.count { $0.kind == "phone-call" },
                "otherContacts": records.count { $0.kind == "meeting" || $0.kind == "other" },
                "visitingCadres": visits.reduce(into: Set<Int>()) { $0.formUnion($1.people) }.count,
                "gifts": records.reduce(0) { $0 + $1.gifts.count },
                "giftValueFen": records.reduce(0) { $0 + $1.gifts.reduce(0, +) },
                "deeds": records.reduce(0) { $0 + $1.deeds },
                "lateArrivals": records.count { $0.receivedOn > last }, "cardsIssued": 0, "needsReceived": 0,
                "needsAnswered": 0,
            ]
            for code in ["policy", "technology", "project", "funds", "sales", "living"] {
                counters["sixHelps.\(code)"] = records.count { $0.helps.contains(code) }
            }
            for code in ["festival", "busy-season", "difficulty", "life-event", "dispute"] {
                counters["occasions.\(code)"] = records.count { $0.occasions.contains(code) }
            }
            return counters
        }
    }

    /// The code of the counter whose number has a name.
    private static func code(_ name: some StringProtocol) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
    }

    private static func told(_ json: JSONValue?) -> [String: Int] {
        var told: [String: Int] = [:]
        for (name, value) in json?.members.map({ ($0.name, $0.value) }) ?? [] {
            if let number = value.integer { told[name] = number }
            for item in value.kind == .array ? Array(value.elements) : [] {
                guard let code = item["code"]?.string else { continue }
                told["\(name).\(code)"] = item["count"]?.integer
            }
        }
        return told
    }

    private static func history(_ county: County, seed: UInt64, steps: Int = 24) throws -> History {
        try county.addHelpers()
        var history = History(seed: seed)
        for number in 1...10 {
            let village = History.villageCodes[number % 5]
            try county.make(number, Sample.household("H\(number)", in: village))
            history.stays[number] = [(.first, village)]
        }
        for step in 0..<steps {
            let today = county.clock.now.shanghaiDate
            for _ in 0..<6 { try history.visit(county, on: today) }
            let open = history.sent.filter(\.counts)
            if let wrong = open.isEmpty ? nil : open[history.generator.below(open.count)] {
                try history.visit(county, on: today, correcting: wrong)
            }
            if step % 8 == 5 {
                let household = history.generator.number(in: 1...10)
                let village = History.villageCodes[history.generator.below(5)]
                let session = try county.as(.administrator)
                let path = "/v1/households/\(Sample.id(household))"
                let version = try session.get(path).json["version"].integer
                let answer = try session.patch(path, version: version, ["villageCode": .string(village)])
                guard answer.status == 200 else {
                    throw ClientError(action: "move \(answer.text)", code: CInt(answer.status))
                }
                history.stays[household, default: []].append((today, village))
            }
            county.clock.advance(days: 4)
        }
        return history
    }

    @Test(
        "each counter is what was sent, in every area and period, and its list has as many rows", arguments: [1, 2, 3])
    func counters(seed: UInt64) throws {
        let county = try County()
        var history = try Self.history(county, seed: seed)
        let start = try required(CivilDate("2026-01-15"))
        let session = try county.as(.administrator)
        for round in 0..<12 {
            let area = [Place.county, Place.townA, Place.townB, Place.villageA1, Place.villageB1][round % 5]
            let prefix = String(area.prefix(area == Place.county ? 6 : area.hasSuffix("000") ? 9 : 12))
            let first = start.adding(days: history.generator.below(100))
            let last = first.adding(days: history.generator.below(90))
            let question = "areaCode=\(area)&from=\(first)&to=\(last.adding(days: 1))"
            let answer = try session.get("/v1/contact-counters?\(question)")
            let expected = history.counters(prefix, first, last)
            #expect(Self.told(answer.json) == expected, "seed \(seed) \(question)")
            for (name, value) in expected where name != "giftValueFen" {
                let parts = name.split(separator: ".")
                let code = parts.count > 1 ? "&code=\(parts[1])" : ""
                let list = try session.get(
                    "/v1/contact-counters/records?counter=\(Self.code(parts[0]))\(code)&\(question)&count=true")
                #expect(
                    list.json["total"].integer == value, "seed \(seed) \(name) \(question): \(list.text.prefix(300))")
                #expect(list.items.count == value)
            }
            let gifts = try session.walk("/v1/contact-counters/records?counter=gifts&\(question)&limit=7")
            #expect(gifts.reduce(0) { $0 + ($1["valueFen"]?.integer ?? 0) } == expected["giftValueFen"])
        }
        #expect(try county.faults() == [])
    }

    @Test("areas below add up to the area, but for cadres who visit in several; nobody sees beyond their own")
    func byArea() throws {
        let county = try County()
        let history = try Self.history(county, seed: 9, steps: 10)
        let (first, last) = (try required(CivilDate("2026-01-01")), try required(CivilDate("2026-12-31")))
        let query = "from=\(first)&to=\(last.adding(days: 1))"
        let answer = try county.as(.administrator).get("/v1/contact-counters/by-area?\(query)")
        #expect(Self.told(answer.json["sum"]) == history.counters("990923", first, last))
        #expect(answer.items.map { $0["areaCode"]?.string } == [Place.townA, Place.townB])
        for (item, prefix) in zip(answer.items, ["990923100", "990923101"]) {
            #expect(Self.told(item) == history.counters(prefix, first, last), "\(prefix)")
        }
        let file = try county.as(.administrator).get("/v1/contact-counters/by-area?\(query)", ["Accept": "text/csv"])
        let lines = file.text.split(separator: "\r\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("areaCode,areaName,householdsVisited,visits,calls,"))
        #expect(lines[0].contains("sixHelps.policy"))
        #expect(lines[1].hasPrefix("\(Place.townA),甲镇,"))
        let own = try county.as(.workerA1).get("/v1/contact-counters?\(query)")
        #expect(Self.told(own.json) == history.counters(Place.villageA1, first, last))
        let other = try county.as(.workerA1).get("/v1/contact-counters?\(query)&areaCode=\(Place.villageB1)")
        #expect(other.status == 404)
        #expect(
            try county.as(.workerA1).walk("/v1/contact-counters/records?\(query)").allSatisfy {
                $0["villageCode"]?.string == Place.villageA1
            })
        #expect(try county.as(.neighbour).get("/v1/contact-counters/records?\(query)").items.isEmpty)
        for wrong in ["from=2026-02-01&to=2026-02-01", "from=x", "areaCode=123", "counter=x"] {
            #expect(try county.as(.administrator).get("/v1/contact-counters?\(wrong)").status == 400, "\(wrong)")
        }
        for wrong in ["counter=x", "counter=visits&code=policy", "from=2026-02-01&to=2026-02-01"] {
            #expect(
                try county.as(.administrator).get("/v1/contact-counters/records?\(wrong)").status == 400, "\(wrong)")
        }
    }

    @Test("a visit that arrives after its period is a late arrival of that period, and of no other")
    func late() throws {
        let county = try County()
        try county.makeThree()
        func put(_ number: Int, _ day: String) throws {
            let answer = try county.as(.workerA1).put(
                "/v1/visits/\(Sample.id(number))",
                [
                    "householdId": .string(Sample.id(1)), "kind": "home-visit",
                    "occurredAt": .string("\(day)T08:00:00+08:00"),
                ])
            #expect(answer.status == 201, "\(answer.text)")
        }
        try put(701, "2026-02-28")
        county.clock.advance(days: 40)
        try put(702, "2026-03-31")
        func counts(_ from: String, _ to: String) throws -> [Int?] {
            let json = try county.as(.workerA1).get("/v1/contact-counters?from=\(from)&to=\(to)").json
            return [json["visits"].integer, json["lateArrivals"].integer, json["householdsVisited"].integer]
        }
        #expect(try counts("2026-02-01", "2026-03-01") == [1, 1, 1])
        #expect(try counts("2026-02-01", "2026-04-01") == [2, 1, 1])
        #expect(try counts("2026-02-01", "2026-04-12") == [2, 0, 1])
        #expect(try counts("2026-03-31", "2026-04-01") == [1, 1, 1])
        let json = try county.as(.workerA1).get("/v1/contact-counters").json
        #expect(json["from"].string == "2026-01-01")
        #expect(json["to"].string == "2026-04-12")
    }

    @Test("cards are counted by the day of their issue")
    func cards() throws {
        let county = try County()
        try county.addHelpers()
        try county.makeThree()
        try county.help(1, by: 413)
        let session = try county.as(.administrator)
        let body: JSON = ["householdId": .string(Sample.id(1)), "issuedOn": "2026-02-10"]
        #expect(try session.put("/v1/contact-cards/\(Sample.id(801))", body).status == 201)
        func cards(_ query: String) throws -> Int? {
            let count = try session.get("/v1/contact-counters?\(query)").json["cardsIssued"].integer
            let list = try session.get("/v1/contact-counters/records?counter=cards-issued&\(query)&count=true")
            #expect(list.json["total"].integer == count)
            return count
        }
        #expect(try cards("from=2026-02-10&to=2026-02-11") == 1)
        #expect(try cards("from=2026-02-11") == 0)
        #expect(try cards("areaCode=\(Place.townB)") == 0)
    }

    @Test("needs are counted by the day on which they were voiced, and by the day of their answer")
    func needs() throws {
        let county = try County()
        try county.makeThree()
        let session = try county.as(.clerkA)
        for (number, household) in [(801, 1), (802, 1), (803, 2)] {
            let put = try session.put(
                "/v1/needs/\(Sample.id(number))",
                [
                    "householdId": .string(Sample.id(household)), "kind": "other", "text": "修路", "channel": "visit",
                    "voicedOn": "2026-02-20",
                ])
            #expect(put.status == 201, "\(put.text)")
        }
        let answered = try session.patch(
            "/v1/needs/\(Sample.id(801))", version: 1,
            ["state": "answered", "answer": "已修", "answeredOn": "2026-03-01"])
        #expect(answered.status == 200, "\(answered.text)")
        let declined = try session.patch(
            "/v1/needs/\(Sample.id(803))", version: 1,
            ["state": "declined", "answer": "不属实", "answeredOn": "2026-03-01"])
        #expect(declined.status == 200, "\(declined.text)")
        func needs(_ query: String) throws -> [Int?] {
            let json = try session.get("/v1/contact-counters?\(query)").json
            for name in ["needsReceived", "needsAnswered"] {
                let list = try session.get(
                    "/v1/contact-counters/records?counter=\(Self.code(name))&\(query)&count=true"
                ).json
                #expect(list["total"].integer == json[name].integer, "\(query)")
            }
            return [json["needsReceived"].integer, json["needsAnswered"].integer]
        }
        #expect(try needs("from=2026-02-01&to=2026-03-01") == [3, 0])
        #expect(try needs("from=2026-03-01&to=2026-03-03") == [0, 1])
        #expect(try needs("areaCode=\(Place.villageA2)&from=2026-02-01") == [1, 0])
    }
}
