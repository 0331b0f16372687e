// A household that has ended moves nowhere: what is told of its village is held against the day of its end.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("Moves and an end")
struct EndedMoveTests {
    private let path = "/v1/households/\(Sample.id(1))"
    private let end: JSON = ["to": "2026-02-10", "endReason": "wrongly-included"]

    private func county() throws -> (County, Session) {
        let county = try County()
        try county.makeVisited()
        return (county, try county.as(.administrator))
    }

    @Test("a move that is told with the end and holds after it is refused, by a body, a proposal and a file")
    func moveAfterEnd() throws {
        let (county, session) = try county()
        let before = try county.digest()
        let both = try session.patch(path, version: 1, end.with(["villageCode": .string(Place.villageA2)]))
        #expect(both.errors == ["/villageCode impossible-day"], "\(both.text)")
        #expect(both.text.contains("2026-02-10"), "\(both.text)")
        let file =
            "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,to,endReason\n"
            + "\(Place.villageA2),H1,general,lack-of-technology,陈示例,householder,male,1980-05-06,2026-02-10,清退\n"
        #expect(try county.digest() == before)
        let job = try session.importFile(5, "kind=households", file)
        #expect(job.counts.last == 1, "\((try? session.report(5)) ?? [])")
        #expect(try session.refusals(5) == ["2 to impossible-day refused"], "\((try? session.report(5)) ?? [])")
        #expect(try session.get(path).json["villageCode"].string == Place.villageA1)
        let proposal = try county.propose(
            1,
            Sample.proposal([
                "changes": [
                    "villageCode": .string(Place.villageA2), "to": "2026-02-10", "endReason": "wrongly-included",
                ]
            ]), as: .administrator)
        let decided = try session.patch(
            proposal, version: 1,
            ["decisions": .array(["villageCode", "to", "endReason"].map { Sample.accept($0) })])
        #expect(decided.errors == ["/decisions/0 impossible-day"], "\(decided.text)")
        let dated = try session.patch(
            path, version: 1, end.with(["villageCode": .string(Place.villageA2), "effectiveOn": "2026-02-01"]))
        #expect(dated.status == 200, "\(dated.text)")
        #expect(try session.get(path + "?on=2026-02-05").json["villageCode"].string == Place.villageA2)
        #expect(try county.faults() == [])
    }

    @Test("an end before a move that is known is refused; a village that became part of another moved nobody")
    func endBeforeMove() throws {
        let (county, session) = try county()
        let moved = try session.patch(
            path, version: 1, ["villageCode": .string(Place.villageA2), "effectiveOn": "2026-02-20"])
        #expect(moved.status == 200, "\(moved.text)")
        let early = try session.patch(path, version: 2, end)
        #expect(early.errors == ["/to impossible-day"], "\(early.text)")
        #expect(early.text.contains("2026-02-20"), "\(early.text)")
        #expect(try session.patch(path, version: 2, end.with(["to": "2026-02-21"])).status == 200)
        try county.merge(Place.villageB1, into: Place.villageA2, on: "2026-02-20")
        let other = "/v1/households/\(Sample.id(3))"
        let merged = try session.get(other).json
        #expect(merged["villageCode"].string == Place.villageA2)
        let answer = try session.patch(other, version: merged["version"].integer, end)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try county.faults() == [])
    }
}
