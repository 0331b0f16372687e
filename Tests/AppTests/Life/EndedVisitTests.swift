// Visits after a household's end are refused on every path; what was recorded before the end was told is a warning.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("Visits after an end")
struct EndedVisitTests {
    private let path = "/v1/households/\(Sample.id(1))"
    private let end: JSON = ["to": "2026-02-10", "endReason": "wrongly-included"]

    private func county() throws -> (County, Session) {
        let county = try County()
        try county.makeVisited()
        return (county, try county.as(.administrator))
    }

    @Test("a visit on the day of the end or later is refused and says what would be right, alone and in a batch")
    func refused() throws {
        let (county, session) = try county()
        #expect(try session.patch(path, version: 1, end).status == 200)
        let before = try county.digest()
        for time in ["2026-02-10T02:00:00.000Z", "2026-03-01T02:00:00.000Z"] {
            let answer = try session.put(Sample.path(ofVisit: 1001), Sample.visit(at: time))
            #expect(answer.errors == ["/occurredAt household-ended"], "\(answer.text)")
            #expect(answer.text.contains("2026-02-10 销号"), "\(answer.text)")
        }
        #expect(try county.digest() == before)
        let batch = try session.sendBatch(
            1,
            [
                BatchSample.visit(1002), BatchSample.visit(1003, at: "2026-02-09T02:00:00.000Z"),
                BatchSample.visit(1004, of: 2),
            ])
        #expect(
            batch.outcomes == ["rejected household-ended /items/0/occurredAt after-fix", "created", "created"],
            "\(batch.text)")
        #expect(try county.faults() == [])
    }

    @Test("visits that were recorded before the end was told are a warning, and can still be taken back")
    func recordedBefore() throws {
        let (county, session) = try county()
        try county.visit(1001, Sample.visit(at: "2026-02-09T02:00:00.000Z"))
        try county.visit(1002, Sample.visit(at: "2026-02-20T02:00:00.000Z"))
        let ended = try session.patch(path, version: 1, end)
        #expect(ended.status == 200, "\(ended.text)")
        let warnings = ended.json["warnings"].list.filter { $0["code"]?.string == "visits-after-end" }
        #expect(warnings.map { $0["pointer"]?.string } == ["/to"], "\(ended.text)")
        #expect(warnings.first?["detail"]?.string?.contains("1 次走访") == true, "\(ended.text)")
        #expect(ended.text.contains("2026-02-20"))
        let retraction = Sample.visit(at: "2026-02-20T02:00:00.000Z").with([
            "correctsVisitId": .string(Sample.id(1002)), "isRetraction": true,
        ])
        #expect(try session.put(Sample.path(ofVisit: 1003), retraction).status == 201)
        let again = try session.patch(path, version: 2, ["to": "2026-02-11"])
        #expect(again.status == 200, "\(again.text)")
        #expect(again.json["warnings"] == nil, "\(again.text)")
        #expect(try county.faults() == [])
    }

    @Test("the same warning stands in a file's report and in the answer to a proposal's decision")
    func otherPaths() throws {
        let (county, session) = try county()
        for number in [1, 2] {
            try county.visit(1000 + number, Sample.visit(number, at: "2026-02-20T02:00:00.000Z"))
        }
        let file =
            "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,to,endReason\n"
            + "\(Place.villageA1),H1,general,lack-of-technology,陈示例,householder,male,1980-05-06,2026-02-10,清退\n"
        let job = try session.importFile(5, "kind=households", file)
        #expect(job.counts.last == 0, "\((try? session.report(5)) ?? [])")
        let report = try session.walk("/v1/imports/\(Sample.id(5))/report?limit=1000")
        #expect(report.contains { $0["code"]?.string == "visits-after-end" }, "\(report)")
        let proposal = try county.propose(
            1,
            Sample.proposal(of: 2, ["changes": ["to": "2026-02-10", "endReason": "wrongly-included"]]),
            as: .administrator)
        let decided = try session.patch(
            proposal, version: 1, ["decisions": [Sample.accept("to"), Sample.accept("endReason")]])
        #expect(decided.status == 200, "\(decided.text)")
        #expect(decided.json["warnings"].list.map { $0["code"]?.string } == ["visits-after-end"], "\(decided.text)")
        #expect(try county.faults() == [])
    }
}
