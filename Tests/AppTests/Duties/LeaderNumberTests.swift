// How many villages a county leader may have where one of them says another number than its county (R008).

import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("Numbers of a county leader")
struct LeaderNumberTests {
    private static func county() throws -> (County, Session) {
        let county = try County()
        try county.addPeople()
        for village in [Place.villageA1, Place.villageA2, Place.villageA3] {
            try county.makePoor(village, from: "2015-01-01")
        }
        let session = try county.as(.administrator)
        for (number, area, most) in [(901, Place.county, 3), (902, Place.villageA2, 1)] {
            let stated = try session.put(
                "/v1/parameters/\(Sample.id(number))",
                [
                    "key": "quota.county-leader.village", "value": .integer(most), "unit": "villages",
                    "areaCode": .string(area), "from": "2015-01-01",
                ])
            #expect(stated.status == 201, "\(stated.text)")
        }
        return (county, session)
    }

    private static func put(_ session: Session, _ number: Int, _ village: String) throws -> Answer {
        let body = Sample.duty("leader-village", village, from: "2016-03-01")
        return try session.put(
            Sample.path(ofDuty: number), body.with(["cadreId": .string(Sample.id(511))]))
    }

    private static func isShort(_ session: Session) throws -> Bool {
        try session.get("/v1/liaison-gaps").items.contains {
            $0["gap"]?.string == "leader-without-village" && $0["cadreId"]?.string == Sample.id(511)
        }
    }

    @Test("the smallest number of all places counts, whichever of them was given first")
    func order() throws {
        for villages in [[Place.villageA2, Place.villageA1], [Place.villageA1, Place.villageA2]] {
            let (county, session) = try Self.county()
            #expect(try Self.put(session, 1, villages[0]).status == 201)
            let second = try Self.put(session, 2, villages[1])
            #expect(second.problem == "leader-has-village")
            #expect(second.text.contains("最多 1 个"), "\(second.text)")
            #expect(try county.faults() == [])
        }
    }

    @Test("with the village that allows one a leader lacks nothing; with others alone it is their number")
    func gaps() throws {
        let (county, session) = try Self.county()
        #expect(try Self.isShort(session))
        #expect(try Self.put(session, 1, Place.villageA2).status == 201)
        #expect(try Self.isShort(session) == false)
        let (other, own) = try Self.county()
        #expect(try Self.put(own, 1, Place.villageA1).status == 201)
        #expect(try Self.put(own, 2, Place.villageA3).status == 201)
        #expect(try Self.isShort(own))
        #expect(try county.faults() == [])
        #expect(try other.faults() == [])
    }
}
