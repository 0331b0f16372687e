// What an undo leaves behind for others: an event for each record with what it was and what it is again, and a change
// row that comes when the record is as it stays.

import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("The trail of an undo")
struct UndoTrailTests {
    /// A register in which every kind of record has one that a file changes.
    private func county() throws -> County {
        let county = try County()
        try county.makeThree()
        try county.addHelpers()
        try county.makePoor(Place.villageA1)
        let session = try county.as(.administrator)
        let made = [
            try session.put(
                "/v1/work-teams/\(Sample.id(900))",
                [
                    "villageCode": .string(Place.villageA1), "name": "工作队", "from": "2016-03-01",
                    "members": [["kind": "team-member", "holderName": "孙秀芳", "id": .string(Sample.id(910))]],
                ]),
            try session.put(
                Sample.path(ofDuty: 351),
                Sample.duty("first-secretary", Place.villageA2).with(["cadreId": .string(Sample.id(411))])),
            try session.put(
                "/v1/parameters/\(Sample.id(701))",
                [
                    "key": "quota.section", "value": 6, "unit": "households", "areaCode": .string(Place.townA),
                    "from": "2026-01-01",
                ]),
            try session.put(Sample.path(ofPairing: 371), Sample.pairing(1, by: 411)),
            try session.put(Sample.path(ofPairing: 372), Sample.pairing(1, by: 412, "joint")),
        ]
        for answer in made { #expect(answer.status == 201, "\(answer.text)") }
        return county
    }

    private static let files: [(kind: String, file: String)] = [
        (
            "divisions",
            "code,name,level,parentCode\n990923102000,丁镇,town,\(Place.county)\n"
                + "\(Place.townB),新乙镇,town,\(Place.county)\n"
        ),
        (
            "organizations",
            "id,name,kind,level,areaCode,phone\n\(Sample.id(401)),县农业农村局,state-organ,county,\(Place.county),\n"
                + "\(Sample.id(403)),县林业局,state-organ,county,\(Place.county),13900002222\n"
        ),
        (
            "cadres",
            "id,organizationId,name,sex,phone,line\n\(Sample.id(412)),\(Sample.id(401)),李示例,male,13800003333,economic\n"
                + "\(Sample.id(502)),\(Sample.id(402)),吴示例,male,13800004444,\n"
        ),
        (
            "households",
            "villageCode,groupName,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,memberId\n"
                + "\(Place.villageA2),,H2,general,illness,陈示例,householder,male,1980-05-06,\(Sample.id(102))\n"
                + "\(Place.villageA2),新组,H9,general,illness,李示例,householder,male,1980-05-06,\n"
        ),
        (
            "duties",
            "dutyId,kind,areaCode,teamId,teamName,cadreId,holderName,title,from,to,endReason\n"
                + "\(Sample.id(351)),first-secretary,\(Place.villageA2),,,\(Sample.id(411)),,主任,2016-03-01,,\n"
                + ",team-member,\(Place.villageA1),\(Sample.id(900)),,,李新,,2016-04-01,,\n"
                + ",team-member,\(Place.villageA3),,新工作队,,赵新,,2016-04-01,,\n"
        ),
        (
            "villages",
            "villageCode,from,kind,tags,year,totalPopulation\n\(Place.villageA1),2018-12-31,exited,weak,,\n"
                + "\(Place.villageA1),,,,2016,1655\n\(Place.villageB1),2014-01-01,ordinary,,,\n"
        ),
        (
            "parameters",
            "key,value,unit,areaCode,from,to,documentNumber\nquota.section,7,households,\(Place.townA),2026-06-01,,\n"
        ),
        (
            "pairings",
            "archiveNumber,countyCode,cadreId,role,from,to,endReason\n"
                + "H1,\(Place.county),\(Sample.id(411)),,2020-01-01,2026-02-01,replaced\n"
                + "H1,\(Place.county),\(Sample.id(413)),joint,2026-02-01,,\n"
        ),
    ]

    private struct Event {
        let before: JSONValue?
        let after: JSONValue?
    }

    @Test("every record that is taken back leaves an event with what the import had made of it and what it is again")
    func events() throws {
        let county = try county()
        let session = try county.as(.province)
        for (index, (kind, file)) in Self.files.enumerated() {
            let job = try session.importFile(index + 1, "kind=\(kind)", file)
            let report = try session.report(index + 1)
            #expect(job.counts.last == 0, "\(kind): \(report)")
            #expect(job.counts[3] == 0, "\(kind): \(report)")
            county.clock.advance(milliseconds: 1_000)
        }
        let changes = try county.query(
            """
            SELECT entity, entity_id, max(version_before IS NULL) FROM job_record
            GROUP BY entity, entity_id ORDER BY entity
            """
        ) { (entity: $0.text(0), id: try $0.identifier(1), isCreation: $0.bool(2)) }
        // Partnerships have no files: one that ends with its household is taken back in EndedEverywhereTests.
        let undoables = Set(Composition.jiedui.undoables.map(\.entity.rawValue)).subtracting(["partnerships"])
        #expect(Set(changes.map(\.entity)) == undoables)
        for number in Self.files.indices.reversed() {
            #expect(try session.undo(number + 1)["state"]?.string == "undone", "\(Self.files[number].kind)")
            #expect(try session.report(number + 1).filter { $0.contains("not-undone") } == [])
        }
        func json(_ text: String?) throws -> JSONValue? { try text.map { try JSONDocument(Array($0.utf8)).root } }
        let events = try county.query(
            "SELECT entity_id, before, after FROM audit_event WHERE action = 'undo' AND entity <> 'imports'"
        ) { (id: try $0.identifier(0), before: $0.optionalText(1), after: $0.optionalText(2)) }
        .map { ($0.id, Event(before: try json($0.before), after: try json($0.after))) }
        for change in changes {
            let own = events.filter { $0.0 == change.id }.map(\.1)
            #expect(!own.isEmpty, "\(change.entity) \(change.id)")
            for event in own {
                let before = event.before.names
                if change.isCreation {
                    #expect(!before.isEmpty, "a new \(change.entity): \(before)")
                    #expect(event.after == nil, "a new \(change.entity): \(before)")
                } else {
                    // A team that only got a member says the same as before.
                    #expect(before.isEmpty == (change.entity == "work-teams"), "a changed \(change.entity)")
                    #expect(event.after != nil, "a changed \(change.entity)")
                }
            }
        }
        let villages = try county.query(
            """
            SELECT before || ' ' || coalesce(after, '-') FROM audit_event
            WHERE action = 'undo' AND entity = 'villages' ORDER BY sequence
            """
        ) { $0.text(0) }
        #expect(
            villages == [
                #"{"from":"2014-01-01","kind":"ordinary","tags":[]} -"#,
                #"{"from":"2018-12-31","kind":"exited","tags":["weak"]} {"from":"2018-12-31","kind":"poor","tags":[]}"#,
                #"{"year":2016,"totalPopulation":1655} {"year":2016}"#,
            ])
        #expect(try county.faults() == [])
    }

    @Test("a team whose members an undo takes back is told after them, and grows by one version for the whole undo")
    func teams() throws {
        let county = try county()
        let session = try county.as(.administrator)
        let path = "/v1/work-teams/\(Sample.id(900))"
        let before = try session.get(path).json
        let file =
            "kind,areaCode,teamId,holderName,from\n"
            + (0..<3).map { "team-member,\(Place.villageA1),\(Sample.id(900)),李新\($0),2016-04-01\n" }.joined()
        #expect(try session.importFile(1, "kind=duties", file).counts == [3, 0, 0, 0, 0])
        let made = try required(session.get(path).json["version"].integer)
        #expect(made == (before["version"].integer ?? 0) + 3)
        let cursor = try county.query("SELECT max(sequence) FROM change") { $0.int64(0) }.first ?? 0
        #expect(try session.undo(1)["state"]?.string == "undone")
        let after = try session.get(path).json
        #expect(after["version"].integer == made + 1)
        #expect(after["members"].list.count == before["members"].list.count)
        let told = try county.query("SELECT entity FROM change WHERE sequence > \(cursor) ORDER BY sequence") {
            $0.text(0)
        }
        #expect(told == ["duties", "duties", "duties", "work-teams"])
        #expect(try county.faults() == [])
    }

    @Test("a member who goes to another team changes both, and an undo gives both back")
    func moved() throws {
        let county = try county()
        let session = try county.as(.administrator)
        let (first, second) = ("/v1/work-teams/\(Sample.id(900))", "/v1/work-teams/\(Sample.id(901))")
        #expect(
            try session.put(
                second,
                [
                    "villageCode": .string(Place.villageA1), "name": "第二工作队", "from": "2016-03-01",
                    "members": [["kind": "team-member", "holderName": "钱示例"]],
                ]
            ).status == 201)
        func versions() throws -> [Int?] { try [first, second].map { try session.get($0).json["version"].integer } }
        func members() throws -> [Int] { try [first, second].map { try session.get($0).json["members"].list.count } }
        let before = try versions()
        let file =
            "dutyId,kind,areaCode,teamId,holderName,from\n"
            + "\(Sample.id(910)),team-member,\(Place.villageA1),\(Sample.id(901)),孙秀芳,2016-03-01\n"
        #expect(try session.importFile(1, "kind=duties", file).counts == [0, 1, 0, 0, 0])
        #expect(try members() == [0, 2])
        #expect(try versions() == before.map { $0.map { $0 + 1 } })
        #expect(try session.undo(1)["state"]?.string == "undone")
        #expect(try members() == [1, 1])
        #expect(try versions() == before.map { $0.map { $0 + 2 } })
        #expect(try county.faults() == [])
    }
}
