// Partners: their ids for our records, and files in their codes.

import Foundation
import Testing

@testable import App
@testable import Web

@Suite("Partners")
struct PartnerTests {
    private static let partner = "/v1/partners/\(Sample.id(900))"

    private static func make(_ county: County) throws -> Session {
        let session = try county.as(.administrator)
        #expect(try session.put(partner, ["key": "platform", "name": "省平台"]).status == 201)
        for (list, code, theirs) in [
            ("household-attribute", "low-income", "A2"), ("poverty-cause", "illness", "1"), ("sex", "male", "1"),
            ("sex", "female", "2"),
        ] {
            var values =
                try session.get(partner + "/codes").json["lists"].list.first { $0["key"]?.string == list }
                .map { $0["values"].list.map { ($0["code"]?.string ?? "", $0["partnerCode"]?.string ?? "") } } ?? []
            values.append((code, theirs))
            let body: JSON = [
                "values": .array(values.map { ["code": .string($0.0), "partnerCode": .string($0.1)] })
            ]
            #expect(try session.put(partner + "/codes/\(list)", body).status == 200)
        }
        return session
    }

    @Test("a partner and what it calls our values can be read back")
    func reading() throws {
        let county = try County()
        _ = try Self.make(county)
        let shown = try county.as(.tabletA1).get(Self.partner)
        #expect(shown.json["key"].string == "platform")
        #expect(shown.versionTag == "v1")
        let lists = try county.as(.tabletA1).get(Self.partner + "/codes").json["lists"].list
        #expect(lists.compactMap { $0["key"]?.string } == ["household-attribute", "poverty-cause", "sex"])
        #expect(lists[2]["values"].list.count == 2)
    }

    @Test("ids are noted many at once, all or none, and listed within the caller's area")
    func ids() throws {
        let county = try County()
        try county.makeThree()
        let session = try Self.make(county)
        func body(_ ids: [(Int, String?)], entity: String = "households") -> JSON {
            [
                "entity": .string(entity),
                "ids": .array(
                    ids.map { ["id": .string(Sample.id($0.0)), "partnerId": $0.1.map(JSON.string) ?? .null] }),
            ]
        }
        let path = Self.partner + "/ids"
        #expect(try session.put(path, body([(1, "P1"), (2, "P2"), (3, "P3")])).status == 200)
        #expect(try session.put(path, body([(101, "M1")], entity: "members")).status == 200)
        #expect(try session.put(path, body([(1, "P2"), (2, "P1")])).status == 200, "two change places")
        let before = try county.digest()
        for (refused, status, errors) in [
            (
                body([(1, "P9"), (77, "P8"), (78, "P7")]), 422,
                ["/ids/1/id unknown-record", "/ids/2/id unknown-record"]
            ),
            (body([(1, "P3")]), 409, ["/ids/0/partnerId partner-id-taken"]),
            (body([(1, "P9"), (1, "P8")]), 422, ["/ids/1 repeated"]),
            (body([(1, "P9"), (2, "P9")]), 422, ["/ids/1 repeated"]),
            (body([(1, "P9")], entity: "tokens"), 422, ["/entity unknown-code"]), (body([]), 422, ["/ids too-few"]),
        ] as [(JSON, Int, [String])] {
            let answer = try session.put(path, refused)
            #expect(answer.status == status, "\(answer.text)")
            #expect(answer.errors == errors, "\(answer.text)")
        }
        #expect(try county.as(.neighbour).put(path, body([(1, "P9")])).errors == ["/ids/0/id unknown-record"])
        #expect(try county.digest() == before)
        let listed = try session.get(path + "?entity=households").items
        #expect(listed.compactMap { $0["partnerId"]?.string } == ["P1", "P2", "P3"])
        #expect(listed.first?["id"]?.string == Sample.id(2))
        #expect(try county.as(.clerkB).get(path + "?entity=households").items.count == 1)
        #expect(try county.as(.workerA1).get(path + "?entity=members").items.count == 1)
        #expect(try session.get(path).errors == ["?entity required"])
        #expect(try session.put(path, body([(3, nil)])).status == 200)
        #expect(try session.get(path + "?entity=households&partnerId=P3").items.isEmpty)
    }

    private static let header =
        "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,partnerId,partnerMemberId\n"

    @Test("a file in a partner's codes is read in them, and its ids find records and are noted")
    func importing() throws {
        let county = try County()
        let session = try Self.make(county)
        let file =
            Self.header + "\(Place.villageA1),H1,A2,1,陈甲,householder,1,1980-05-06,P1,M1\n"
            + "\(Place.villageA1),H1,A2,1,陈乙,配偶,2,1981-05-06,P1,M2\n"
        let query = "kind=households&partner=platform"
        #expect(try session.importFile(1, query, file).counts == [2, 0, 0, 0, 0])
        let household = try required(session.get("/v1/households").items.first)
        #expect(household["attribute"]?.string == "low-income")
        #expect(household["mainCause"]?.string == "illness")
        #expect(
            try session.get(Self.partner + "/ids?entity=households").items.first?["id"]?.string
                == household["id"]?.string)
        #expect(try session.get(Self.partner + "/ids?entity=members").items.count == 2)
        #expect(try session.importFile(2, query, file).counts == [0, 0, 2, 0, 0])
        let renamed = file.replacing(",H1,", with: ",H1-NEW,").replacing("陈乙", with: "陈乙乙")
            .replacing("1981-05-06", with: "1981-05-07")
        #expect(try session.importFile(3, query, renamed).counts == [0, 2, 0, 0, 0], "known again by their ids")
        let shown = try session.get("/v1/households/\(household["id"]?.string ?? "")").json
        #expect(shown["archiveNumber"].string == "H1-NEW")
        #expect(shown["memberCount"].integer == 2)
        let clash = Self.header + "\(Place.villageA1),H2,A2,1,李甲,householder,1,1980-05-06,P2,M1\n"
        #expect(try session.importFile(4, query, clash).counts == [0, 0, 0, 0, 1])
        #expect(try session.refusals(4) == ["2 partnerMemberId partner-id-taken refused"])
        #expect(try county.faults() == [])
    }

    @Test("organizations and cadres of a file are known by the partner's ids, whatever else the row says")
    func organizations() throws {
        let county = try County()
        let session = try Self.make(county)
        let query = "kind=organizations&partner=platform"
        let file = "name,kind,level,areaCode,partnerId\n教育局,state-organ,county,\(Place.county),U1\n"
        #expect(try session.importFile(1, query, file).counts == [1, 0, 0, 0, 0])
        #expect(try session.importFile(2, query, file).counts == [0, 0, 1, 0, 0])
        let renamed = file.replacing("教育局", with: "教育体育局")
        #expect(try session.importFile(3, query, renamed).counts == [0, 1, 0, 0, 0])
        #expect(try session.get(Self.partner + "/ids?entity=organizations").items.count == 1)
        let cadres = "name,organizationName,rank,sex,partnerId\n王干部,教育体育局,section,1,C1\n"
        #expect(try session.importFile(4, "kind=cadres&partner=platform", cadres).counts == [1, 0, 0, 0, 0])
        let named = cadres.replacing("王干部", with: "王一干部")
        #expect(try session.importFile(5, "kind=cadres&partner=platform", named).counts == [0, 1, 0, 0, 0])
        let unknown = cadres.replacing(",section,", with: ",chief,")
        let job = try session.importFile(6, "kind=cadres&partner=platform", unknown)
        #expect(job["state"]?.string == "failed")
        #expect(job["failure"]?.string?.contains("rank chief") == true)
        #expect(try county.faults() == [])
    }

    @Test("codes that neither the partner nor our lists have are all named before anything is applied")
    func unknownCodes() throws {
        let county = try County()
        let session = try Self.make(county)
        let good = "\(Place.villageA1),H1,A2,1,陈甲,householder,1,1980-05-06,,\n"
        let file =
            Self.header + good + "\(Place.villageA1),H2,A7,1,陈乙,householder,1,1980-05-06,,\n"
            + "\(Place.villageA1),H3,A7,99x,陈丙,头,3,1980-05-06,,\n"
        let before = try county.digest()
        let job = try session.importFile(1, "kind=households&partner=platform", file)
        #expect(job["state"]?.string == "failed")
        #expect(job.counts == [0, 0, 0, 0, 0])
        let failure = try required(job["failure"]?.string)
        for code in ["attribute A7", "mainCause 99x", "relation 头", "sex 3"] {
            #expect(failure.contains(code), "\(failure)")
        }
        #expect(failure.components(separatedBy: "A7").count == 2, "each once")
        let after = try county.digest()
        #expect(before["household"] == after["household"])
        #expect(before["partner_id"] == after["partner_id"])
        #expect(
            try session.send(
                "PUT", "/v1/imports/\(Sample.id(2))?kind=households&partner=nobody", [:], body: Array(file.utf8)
            )
            .errors == ["?partner unknown-partner"])
        #expect(try session.importFile(3, "kind=households&partner=platform", Self.header + good).counts[0] == 1)
    }
}
