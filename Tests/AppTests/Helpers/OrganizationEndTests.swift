// The end of a unit as it is corrected: its day, its successor, and the word that its cadres stay.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("The end of a unit, corrected")
struct OrganizationEndTests {
    private static let path = "/v1/organizations/\(Sample.id(1))"
    private static func successor(_ number: Int) -> JSON { .string(Sample.id(number)) }

    /// Units 1 to 3 since 2020, and cadre 11 of unit 1.
    private static func county() throws -> (County, Session) {
        let county = try County()
        for (number, name) in [(1, "县农业局"), (2, "县农业农村局"), (3, "县乡村振兴局")] {
            try county.makeOrganization(number, Sample.organization(name).with(["effectiveOn": "2020-01-01"]))
        }
        try county.makeCadre(11, Sample.cadre("张示例").with(["effectiveOn": "2020-01-01"]))
        return (county, try county.as(.administrator))
    }

    private static func unit(of cadre: Int, on day: String? = nil, _ session: Session) throws -> Int? {
        let answer = try session.get("/v1/cadres/\(Sample.id(cadre))\(day.map { "?on=\($0)" } ?? "")")
        return answer.json["organizationId"].string.flatMap { Int($0.suffix(12)) }
    }

    @Test("a successor and the word that the cadres stay contradict each other, by body and by file")
    func contradiction() throws {
        let (county, session) = try Self.county()
        let before = try county.digest()
        let answer = try session.patch(
            Self.path, version: 1,
            ["to": "2026-03-01", "successorOrganizationId": Self.successor(2), "keepsCadres": true])
        #expect(answer.errors == ["/keepsCadres only-one"], "\(answer.text)")
        #expect(try county.digest() == before)
        let file = """
            id,name,kind,level,to,successorOrganizationId,keepsCadres
            \(Sample.id(1)),县农业局,state-organ,county,2026-03-01,\(Sample.id(2)),true
            """
        #expect(try session.importFile(1, "kind=organizations", file).counts == [0, 0, 0, 0, 1])
    }

    @Test("a successor that is named later takes the cadres over from the day of the end")
    func successorLater() throws {
        let (county, session) = try Self.county()
        #expect(try session.patch(Self.path, version: 1, ["to": "2026-02-01", "keepsCadres": true]).status == 200)
        let taken = try session.patch(Self.path, version: 2, ["keepsCadres": false])
        #expect(taken.errors == ["/to cadres-remain"], "\(taken.text)")
        county.clock.advance(days: 3)
        let named = try session.patch(Self.path, version: 2, ["successorOrganizationId": Self.successor(2)])
        #expect(named.status == 200, "\(named.text)")
        #expect(try Self.unit(of: 11, session) == 2)
        #expect(try Self.unit(of: 11, on: "2026-01-31", session) == 1)
        #expect(try Self.unit(of: 11, on: "2026-02-01", session) == 2)
        // Another one, later, and with a word that goes with it.
        let word = try session.patch(
            Self.path, version: 3, ["successorOrganizationId": Self.successor(3), "keepsCadres": false])
        #expect(word.status == 200, "\(word.text)")
        #expect(try Self.unit(of: 11, session) == 3)
        #expect(try Self.unit(of: 11, on: "2026-02-01", session) == 3)
        #expect(try session.patch(Self.path, version: 4, ["keepsCadres": true]).errors == ["/keepsCadres only-one"])
        #expect(try county.faults() == [])
    }

    @Test("the day of an end is corrected, to an earlier or a later one, and with it that of the cadres' transfer")
    func otherDay() throws {
        let (county, session) = try Self.county()
        #expect(
            try session.patch(
                Self.path, version: 1, ["to": "2026-02-10", "successorOrganizationId": Self.successor(2)]
            ).status == 200)
        for (version, day, before, between) in [
            (2, "2026-02-01", "2026-01-31", "2026-02-05"), (3, "2026-02-20", "2026-02-19", "2026-02-25"),
        ] {
            let corrected = try session.patch(Self.path, version: version, ["to": .string(day)])
            #expect(corrected.json["to"].string == day, "\(corrected.text)")
            #expect(corrected.json["successorOrganizationId"].string == Sample.id(2))
            #expect(try Self.unit(of: 11, on: before, session) == 1, "\(day)")
            #expect(try Self.unit(of: 11, on: day, session) == 2, "\(day)")
            #expect(try Self.unit(of: 11, on: between, session) == 2, "\(day)")
            #expect(try Self.unit(of: 11, session) == 2)
            // On the day before it had not ended, whether its end is told of that day or not.
            #expect((try session.get(Self.path + "?on=\(before)").json["to"].string ?? day) == day)
            #expect(try session.get(Self.path + "?on=\(day)").json["to"].string == day)
        }
        #expect(try county.faults() == [])
    }

    @Test("an end told late takes over whoever moved on since, for the days between")
    func movedOn() throws {
        let (county, session) = try Self.county()
        let moved = try session.patch(
            "/v1/cadres/\(Sample.id(11))", version: 1,
            ["organizationId": Self.successor(3), "effectiveOn": "2026-02-20"])
        #expect(moved.status == 200, "\(moved.text)")
        let silent = try session.patch(Self.path, version: 1, ["to": "2026-02-01"])
        #expect(silent.errors == ["/to cadres-remain"], "\(silent.text)")
        let ended = try session.patch(
            Self.path, version: 1, ["to": "2026-02-01", "successorOrganizationId": Self.successor(2)])
        #expect(ended.status == 200, "\(ended.text)")
        let days = ["2026-01-31", "2026-02-01", "2026-02-19", "2026-02-20"]
        #expect(try days.map { try Self.unit(of: 11, on: $0, session) } == [1, 2, 2, 3])
        #expect(try Self.unit(of: 11, session) == 3)
        #expect(try county.faults() == [])
    }

    private static func notTakenBack(_ answer: Answer) -> [String] {
        answer.json["notTakenBack"].list.map {
            "\($0["cadreName"]?.string ?? "-") \($0["from"]?.string ?? "-")"
        }
    }

    @Test("an end that is taken back gives back whoever went over, also whoever had joined the unit after it")
    func takenBack() throws {
        let (county, session) = try Self.county()
        try county.makeCadre(12, Sample.cadre("李示例", of: 3).with(["effectiveOn": "2020-01-01"]))
        try county.makeCadre(13, Sample.cadre("王示例").with(["effectiveOn": "2026-02-15"]))
        try county.makeCadre(14, Sample.cadre("赵示例").with(["effectiveOn": "2020-01-01"]))
        // 12 came from unit 3 after what will be the end, and 14 was to go to the successor anyhow.
        for (cadre, unit) in [(12, 1), (14, 2)] {
            let came = try session.patch(
                "/v1/cadres/\(Sample.id(cadre))", version: 1,
                ["organizationId": Self.successor(unit), "effectiveOn": "2026-02-20"])
            #expect(came.status == 200, "\(came.text)")
        }
        county.clock.advance(milliseconds: 5_000)
        let days = ["2026-01-31", "2026-02-01", "2026-02-10", "2026-02-20"]
        func course(_ cadre: Int) throws -> [Int?] { try days.map { try Self.unit(of: cadre, on: $0, session) } }
        let before = try [11, 12, 13, 14].map(course)
        #expect(before == [[1, 1, 1, 1], [3, 3, 3, 1], [nil, nil, nil, 1], [1, 1, 1, 2]])
        let ended = try session.patch(
            Self.path, version: 1, ["to": "2026-02-01", "successorOrganizationId": Self.successor(2)])
        #expect(ended.status == 200, "\(ended.text)")
        #expect(
            try [11, 12, 13, 14].map(course) == [[1, 2, 2, 2], [3, 3, 3, 2], [nil, nil, nil, 2], [1, 2, 2, 2]])
        county.clock.advance(milliseconds: 5_000)
        let later = try session.patch(Self.path, version: 2, ["to": "2026-02-20"])
        #expect(later.json["notTakenBack"] == nil, "\(later.text)")
        #expect(
            try [11, 12, 13, 14].map(course) == [[1, 1, 1, 2], [3, 3, 3, 2], [nil, nil, nil, 2], [1, 1, 1, 2]])
        #expect(try Self.unit(of: 13, on: "2026-02-16", session) == 1)
        county.clock.advance(milliseconds: 5_000)
        let back = try session.patch(Self.path, version: 3, ["to": nil])
        #expect(back.status == 200, "\(back.text)")
        #expect(back.json["notTakenBack"] == nil, "\(back.text)")
        #expect(try [11, 12, 13, 14].map(course) == before)
        #expect(try [11, 12, 13, 14].map { try Self.unit(of: $0, session) } == [1, 1, 1, 2])
        #expect(try county.faults() == [])
    }

    @Test("whoever moved on since the end was told stays there when it is taken back, and is named")
    func takenBackButMoved() throws {
        let (county, session) = try Self.county()
        try county.makeCadre(12, Sample.cadre("李示例").with(["effectiveOn": "2020-01-01"]))
        county.clock.advance(milliseconds: 5_000)
        let ended = try session.patch(
            Self.path, version: 1, ["to": "2026-02-01", "successorOrganizationId": Self.successor(2)])
        #expect(ended.status == 200, "\(ended.text)")
        county.clock.advance(milliseconds: 5_000)
        let moved = try session.patch(
            "/v1/cadres/\(Sample.id(12))", version: 2,
            ["organizationId": Self.successor(3), "effectiveOn": "2026-02-20"])
        #expect(moved.status == 200, "\(moved.text)")
        let own = try session.patch(
            "/v1/cadres/\(Sample.id(11))", version: 2, ["positionTitle": "副科长", "effectiveOn": "2026-02-15"])
        #expect(own.status == 200, "\(own.text)")
        let back = try session.patch(Self.path, version: 2, ["to": nil])
        #expect(Self.notTakenBack(back) == ["李示例 2026-02-20"], "\(back.text)")
        let days = ["2026-01-31", "2026-02-01", "2026-02-19", "2026-02-20"]
        #expect(try days.map { try Self.unit(of: 12, on: $0, session) } == [1, 1, 1, 3])
        #expect(try days.map { try Self.unit(of: 11, on: $0, session) } == [1, 1, 1, 1])
        #expect(try session.get("/v1/cadres/\(Sample.id(11))").json["positionTitle"].string == "副科长")
        #expect(try county.faults() == [])
    }

    @Test("a unit that came to a division later than the day of which its merger is told was elsewhere on it")
    func divisionToldLate() throws {
        let (county, session) = try Self.county()
        let helper: JSON = [
            "areaCode": .string(Place.villageB1), "kind": "technical-envoy", "name": "王示例", "effectiveOn": "2020-01-01",
        ]
        let envoy = "/v1/helpers/\(Sample.id(5))"
        #expect(try session.put(envoy, helper).status == 201)
        for path in [Self.path, envoy] {
            let came = try session.patch(
                path, version: 1, ["areaCode": .string(Place.villageA1), "effectiveOn": "2026-02-20"])
            #expect(came.status == 200, "\(came.text)")
        }
        try county.merge(Place.villageA1, into: Place.villageA2, on: "2026-02-01")
        for (path, before) in [(Self.path, Place.county), (envoy, Place.villageB1)] {
            #expect(try session.get(path).json["areaCode"].string == Place.villageA2)
            #expect(try session.get(path + "?on=2026-02-20").json["areaCode"].string == Place.villageA2)
            #expect(try session.get(path + "?on=2026-02-10").json["areaCode"].string == before, "\(path)")
        }
        #expect(try county.faults() == [])
    }
}
