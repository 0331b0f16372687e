// Divisions and days: that on which one goes over to another, and that for which a code is asked.

import Testing

@testable import Domain
@testable import Web

@Suite("Days of divisions")
struct DivisionDayTests {
    @Test("a division goes over on the day of its end, whichever was told first, and keeps to it")
    func dayOfSuccession() throws {
        let county = try County()
        let session = try county.as(.administrator)
        for (number, village) in [(1, Place.villageA1), (2, Place.villageA2), (3, Place.villageA3)] {
            try county.make(number, Sample.household("H\(number)", in: village))
        }
        let file = """
            code,name,level,parentCode
            990000000000,示例省,province,
            990900000000,示例市,city,990000000000
            990923000000,结对县,county,990900000000
            990923100000,甲镇,town,990923000000
            990923101000,乙镇,town,990923000000
            990923100209,新村,village,990923100000
            990923101201,东村,village,990923101000
            990923101202,西村,village,990923101000
            990923101203,北村,village,990923101000
            """
        let job = try session.importFile(1, "kind=divisions&complete=\(Place.county)&on=2026-02-15", file)
        #expect(job.counts.prefix(1) == [1], "\(job.counts)")
        let new = "990923100209"
        // Earlier than the end that was told, later, and without a day.
        for (village, stated, day) in [
            (Place.villageA1, "2026-02-12", "2026-02-12"), (Place.villageA2, "2026-02-20", "2026-02-20"),
            (Place.villageA3, nil, "2026-02-15"),
        ] {
            let before = try required(CivilDate(day)).adding(days: -1)
            let path = "/v1/divisions/\(village)/successor"
            let body: JSON = ["successorCode": .string(new)]
            let named = try session.put(path, stated.map { body.with(["effectiveOn": .string($0)]) } ?? body)
            #expect(named.status == 200, "\(named.text)")
            #expect(try session.put(path, body).json["outcome"].string == "unchanged")
            let same = try session.put(path, body.with(["effectiveOn": .string(day)]))
            #expect(same.json["outcome"].string == "unchanged", "\(same.text)")
            let other = try session.put(path, body.with(["effectiveOn": "2026-02-25"]))
            #expect(other.status == 409, "\(other.text)")
            #expect(other.text.contains(day))
            for on in ["2026-02-01", "\(before)"] {
                let there = try session.get("/v1/coverage?areaCode=\(village)&on=\(on)").json
                #expect(there["areaCode"].string == village, "\(on)")
                #expect(there["sum"]["households"].integer == 1, "\(village) \(on)")
            }
            let after = try session.get("/v1/coverage?areaCode=\(village)&on=\(day)").json
            #expect(after["areaCode"].string == new, "\(village)")
        }
        // Of every day one of them has the households: none is lost, and none is there twice.
        for (day, households) in [("2026-02-12", 1), ("2026-02-15", 2), ("2026-02-19", 2), ("2026-02-20", 3)] {
            let there = try (1...3).map { number in
                try session.get("/v1/households/\(Sample.id(number))?on=\(day)").json["villageCode"].string
            }
            #expect(there.count { $0 == new } == households, "\(day)")
        }
        #expect(try county.faults() == [])
    }

    @Test("a day asked of a code answers the division that had it on that day, also where it has been given again")
    func codeOfADay() throws {
        let county = try County()
        let session = try county.as(.administrator)
        try county.make(1, Sample.household("H1"))
        let code = Place.villageA1
        let path = "/v1/divisions/\(code)"
        try county.merge(code, into: Place.villageA2, on: "2026-01-10")
        func told(_ day: String) throws -> [String?] {
            let answer = try session.get(path + "?on=\(day)").json
            return [answer["code"].string, answer["name"].string]
        }
        #expect(try told("2026-01-09") == [code, "东村"])
        #expect(try told("2026-01-10") == [Place.villageA2, "西村"])
        let again = "code,name,level,parentCode\n\(code),新东村,village,\(Place.townA)\n"
        #expect(try session.importFile(1, "kind=divisions&on=2026-02-01", again).counts == [1, 0, 0, 0, 0])
        #expect(try told("2026-01-09") == [code, "东村"])
        #expect(try told("2026-02-01") == [code, "新东村"])
        #expect(try session.get(path).json["name"].string == "新东村")
        #expect(try county.as(.clerkA).get(path + "?on=2026-01-09").json["name"].string == "东村")
        #expect(try county.as(.clerkB).get(path + "?on=2026-01-09").status == 404)
        for (day, households, name) in [("2026-01-09", 1, "东村"), ("2026-02-01", 0, "新东村")] {
            let coverage = try session.get("/v1/coverage?areaCode=\(code)&on=\(day)").json
            #expect(coverage["areaName"].string == name, "\(day)")
            #expect(coverage["sum"]["households"].integer == households, "\(day)")
        }
    }
}
