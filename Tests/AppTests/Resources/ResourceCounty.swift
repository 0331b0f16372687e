// The county in which rows are asked: with all that their records name, and a neighbour who has the same. It is made
// once and copied for each question.

import Foundation

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

enum ResourceCounty {
    private static let template = Result { try made() }

    /// A county of one test.
    static func copy() throws -> County {
        let folder = try Folder()
        let made = try template.get().path
        // What a reader held open when the service ended is still in the log.
        let files = ["jiedui.sqlite", "jiedui.sqlite-wal", "key"]
        try folder.copy(files.filter { FileManager.default.fileExists(atPath: made + "/" + $0) }, from: made)
        return try County(reopening: folder, clock: ManualClock(County.start), seed: 4)
    }

    /// Households 1 to 4, units 401, 402 and 601, cadres 411 to 413 and 421; 412 answers for household 4. What the
    /// neighbour has begins at 9001.
    private static func made() throws -> Folder {
        let county = try County()
        try county.makeThree()
        try county.addHouseholds(4...4)
        try county.addHelpers()
        try county.addPartner(601, "甲茶业公司")
        try county.pair(801, Sample.pairing(4, by: 412))
        try county.visit(802)
        let session = try county.as(.administrator)
        try put("/v1/groups/\(Sample.id(803))", ["villageCode": .string(Place.villageA1), "name": "旧组"], session)
        try put("/v1/partners/\(Sample.id(804))", ["key": "platform", "name": "省平台"], session)
        // Another content under the visit's id is kept for a person.
        _ = try session.put(Sample.path(ofVisit: 802), Sample.visit(kind: "meeting"))
        let neighbour = try county.as(.neighbour)
        try put("/v1/households/\(Sample.id(9001))", Sample.household("N1", in: Place.neighbourVillage), neighbour)
        try put(
            "/v1/organizations/\(Sample.id(9002))",
            Sample.organization("邻县局", at: Place.neighbourCounty).with(["kind": "private-enterprise"]), neighbour)
        try put(
            "/v1/cadres/\(Sample.id(9003))",
            Sample.cadre("邻干部", of: 9002).with([
                "rank": "section", "rankFrom": "2015-01-01", "linkedAreaCode": .string(Place.neighbourVillage),
                "linkedFrom": "2015-01-01",
            ]), neighbour)
        county.close()
        return county.folder
    }

    private static func put(_ path: String, _ body: JSON, _ session: Session) throws {
        let answer = try session.put(path, body)
        guard answer.status == 201 else { throw ClientError(action: "\(path) \(answer.text)", code: 0) }
    }
}

extension County {
    /// Waits until no export or run is being made.
    func settle() throws {
        for _ in 0..<60_000 {
            let open = try query(
                """
                SELECT (SELECT count(*) FROM export_job WHERE state IN ('queued', 'running'))
                    + (SELECT count(*) FROM pairing_run WHERE state IN ('queued', 'running'))
                """
            ) { $0.int(0) }
            if open == [0] { return }
            usleep(1_000)
        }
        throw ClientError(action: "a job does not end", code: 0)
    }
}
