// The audit trail, asked for who, with which token, which record, what and when; and that each question walks an index.

import HTTP1
import Testing

@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("The audit trail")
struct AuditTrailTests {
    private static let path = "/v1/audit-events"

    private func id(_ person: Person, _ county: County) throws -> String {
        try required(county.as(person).get("/v1/me").json["id"].string)
    }

    /// Two clerks write on two days.
    private func county() throws -> County {
        let county = try County()
        #expect(try county.as(.clerkA).put("/v1/households/\(Sample.id(1))", Sample.household("H1")).status == 201)
        county.clock.advance(days: 1)
        let second = Sample.household("H2", in: Place.villageB1)
        #expect(try county.as(.clerkB).put("/v1/households/\(Sample.id(2))", second).status == 201)
        let change = try county.as(.clerkB).patch(
            "/v1/households/\(Sample.id(2))", version: 1, ["mainCause": "illness"])
        #expect(change.status == 200)
        return county
    }

    /// `action entity` of each event about a household, newest first.
    private func told(_ query: String, _ county: County, _ person: Person = .province) throws -> [String] {
        let answer = try county.as(person).get("\(Self.path)?\(query)")
        #expect(answer.status == 200, "\(query): \(answer.text)")
        return answer.items.compactMap { item in
            guard item["entity"]?.string == "households" else { return nil }
            return "\(item["action"]?.string ?? "") \(item["recordId"]?.string?.suffix(2) ?? "")"
        }
    }

    @Test("it is asked for a person, a token, a record, an action and days, newest first, alone and together")
    func questions() throws {
        let county = try county()
        let (clerkA, clerkB) = (try id(.clerkA, county), try id(.clerkB, county))
        let second = "\(Sample.id(2))".suffix(2)
        let first = "\(Sample.id(1))".suffix(2)
        let all = ["change \(second)", "create \(second)", "create \(first)"]
        #expect(try told("", county) == all)
        #expect(try told("changedBy=\(clerkA)", county) == ["create \(first)"])
        #expect(try told("changedBy=\(clerkB)", county) == ["change \(second)", "create \(second)"])
        #expect(try told("recordId=\(Sample.id(2))", county) == ["change \(second)", "create \(second)"])
        #expect(try told("entity=households&action=create", county) == ["create \(second)", "create \(first)"])
        #expect(try told("changedBy=\(clerkB)&action=change", county) == ["change \(second)"])
        #expect(try told("recordId=\(Sample.id(2))&changedBy=\(clerkA)", county) == [])
        #expect(try told("from=2026-03-03", county) == ["change \(second)", "create \(second)"])
        #expect(try told("to=2026-03-03", county) == ["create \(first)"])
        #expect(try told("changedBy=\(clerkA)&from=2026-03-03", county) == [])
        #expect(try told("recordId=\(Sample.id(1))&from=2026-03-02&to=2026-03-03", county) == ["create \(first)"])
        let event = try required(county.as(.province).get("\(Self.path)?recordId=\(Sample.id(1))").items.first)
        #expect(event["changedBy"]?["id"]?.string == clerkA)
        let token = try required(event["tokenId"]?.string)
        #expect(try told("tokenId=\(token)", county) == ["create \(first)"])
        #expect(event["after"]?["archiveNumber"]?.string == "H1")
        #expect(!(try county.as(.province).get(Self.path).text.contains(Sample.identityNumber())))
    }

    @Test("pages pass over nothing and repeat nothing, and the file has the same events")
    func pages() throws {
        let county = try county()
        let session = try county.as(.province)
        var seen: [Int] = []
        var path: String? = "\(Self.path)?limit=2&count=true"
        while let target = path {
            let answer = try session.get(target)
            #expect(answer.status == 200, "\(answer.text)")
            seen += answer.items.compactMap { $0["sequence"]?.integer }
            path = answer.json["next"].string.map { "\(Self.path)?limit=2&after=\($0)" }
        }
        let stored = try county.query("SELECT sequence FROM audit_event ORDER BY at DESC, sequence DESC") { $0.int(0) }
        #expect(seen == stored)
        let file = try session.get(Self.path, ["Accept": "text/csv"])
        #expect(file.status == 200)
        #expect(
            file.text.hasPrefix(
                "sequence,at,changedBy.id,changedBy.name,tokenId,device,requestId,action,entity,recordId,"))
        #expect(file.text.split(separator: "\r\n").count == stored.count + 1)
    }

    @Test("who sees a part of the register sees what its users did, since a day or of a person, a token or a record")
    func parts() throws {
        let county = try county()
        let (clerkA, clerkB) = (try id(.clerkA, county), try id(.clerkB, county))
        for person in [Person.administrator, .auditor] {
            let answer = try county.as(person).get(Self.path)
            #expect(answer.status == 400)
            #expect(answer.errors == ["?from required"])
            #expect(try told("from=2026-03-01", county, person).count == 3)
            #expect(try told("changedBy=\(clerkB)", county, person).count == 2)
        }
        #expect(try told("from=2026-03-01", county, .neighbour) == [])
        #expect(try told("changedBy=\(clerkA)", county, .neighbour) == [])
        #expect(try told("recordId=\(Sample.id(1))", county, .neighbour) == [])
        #expect(try county.as(.clerkA).get(Self.path).status == 403)
        // What was done on the machine or by the province is not theirs either.
        let whole = try county.as(.province).get(Self.path).items.count
        #expect(try county.as(.administrator).get("\(Self.path)?from=2020-01-01").items.count <= whole)
    }

    @Test("an action is asked for with its kind of record, and what is malformed is told")
    func malformed() throws {
        let county = try County()
        let session = try county.as(.province)
        for (query, error) in [
            ("action=create", "?entity required"), ("entity=households", "?action required"),
            ("changedBy=x", "?changedBy not-an-id"), ("from=x", "?from not-a-date"),
            ("userId=\(Sample.id(1))", "?userId unknown-parameter"),
        ] {
            let answer = try session.get("\(Self.path)?\(query)")
            #expect(answer.status == 400, "\(query)")
            #expect(answer.errors == [error])
        }
    }

    @Test(
        "every question of whoever sees all walks one index in the order of the answer: no scan of the trail, no sort")
    func plans() throws {
        let county = try County()
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        let id = Sample.id(1)
        let days = "from=2026-03-01&to=2026-03-03"
        let questions = [
            ("", "audit_event_at"), (days, "audit_event_at"), ("changedBy=\(id)", "audit_event_user"),
            ("changedBy=\(id)&\(days)", "audit_event_user"), ("tokenId=\(id)", "audit_event_token"),
            ("tokenId=\(id)&\(days)", "audit_event_token"), ("recordId=\(id)", "audit_event_entity"),
            ("recordId=\(id)&\(days)", "audit_event_entity"), ("recordId=\(id)&changedBy=\(id)", "audit_event_entity"),
            ("entity=households&action=create", "audit_event_action"),
            ("entity=households&action=create&\(days)", "audit_event_action"),
            ("changedBy=\(id)&entity=households&action=create", "audit_event_user"),
        ]
        for (question, index) in questions {
            let plan = try AuditRoutes.plan(try call(county, .province, "/v1/audit-events?\(question)"), reader)
            let places: [[CursorPart]?] = [nil, plan.order.map { _ in .integer(1_772_413_200_000) }]
            for place in places {
                let query = plan.rows(after: place, limit: 101)
                let steps = try reader.query("EXPLAIN QUERY PLAN " + query.sql, values: query.values) { $0.text(3) }
                #expect(!steps.contains { $0.contains("TEMP B-TREE") }, "\(question): \(steps)")
                #expect(steps.first?.contains("e USING INDEX \(index)") == true, "\(question): \(steps)")
                let bounded = !question.isEmpty || place != nil
                #expect(steps.first?.hasPrefix(bounded ? "SEARCH" : "SCAN") == true, "\(question): \(steps)")
            }
        }
        let part = try AuditRoutes.plan(try call(county, .administrator, "/v1/audit-events?\(days)"), reader)
        let query = part.rows(after: nil, limit: 101)
        let steps = try reader.query("EXPLAIN QUERY PLAN " + query.sql, values: query.values) { $0.text(3) }
        #expect(
            steps.contains { $0.contains("e USING INDEX audit_event_user (user_id=? AND at>? AND at<?)") }, "\(steps)")
    }

    private func call(_ county: County, _ person: Person, _ target: String) throws -> Call {
        let head = try required(RequestHead(Array("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)))
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        let token = try required(county.as(person).token)
        let caller = try Caller.authenticate(token.utf8, at: county.clock.now, reader)
        guard case .found(_, let parameters) = county.application.router.match(.get, head.path) else {
            throw ClientError(action: "no route", code: 404)
        }
        return Call(
            request: Request(head: head, body: .none, peer: "127.0.0.1", loop: 0), parameters: parameters,
            identity: caller, language: .zh, requestId: "test", now: county.clock.now, register: county.register)
    }
}
