// What is answered when all is in order, of every kind of record that has a path: made and read back, sent again,
// changed, and asked for by its tags. Refusals are in ResourceSuite.

import HTTP1
import Testing

@testable import App
@testable import Web

@Suite("Every kind of record, in order")
struct ResourceAnswerSuite {
    /// Whether an answer has a field by the contract.
    private static func has(
        _ field: String, _ method: HTTP1.Method, _ pattern: String, _ status: Int
    ) throws -> Bool {
        let operation = try Contract.shared.operations.first { $0.method == method.name && $0.pattern == pattern }
        return operation?.responses[status]?["headers"]?[field] != nil
    }

    /// What the contract itself has as its findings.
    private static let findings = Result { try ContractNames(Contract.shared).findings }

    @Test(
        "it is created and read back as sent, has the tag and address that the contract says, and is 304 by its tag",
        arguments: ResourceRow.all)
    func made(_ row: ResourceRow) throws {
        let asked = try AskedRow(row)
        let answer = try asked.make()
        let shown = try asked.read()
        if let shown, let pattern = row.shown {
            #expect(shown.status == 200, "\(shown.text)")
            #expect(try (shown["etag"] != nil) == Self.has("ETag", .get, pattern, 200))
            if let tag = shown["etag"] { #expect(try asked.read(["If-None-Match": tag])?.status == 304) }
        }
        guard let new = row.new, let answer else { return }
        #expect(try (answer["etag"] != nil) == Self.has("ETag", new.method, new.route, new.status))
        if try Self.has("Location", new.method, new.route, new.status) {
            let place = try required(answer["location"])
            #expect(try asked.county.as(.administrator).get(place).status == 200, "\(place)")
        }
        guard let body = new.body, let value = answer.json.map({ ContractValue($0) }) else { return }
        #expect(try AskedRow.differences(body.contractValue, value) == [])
        // What goes on in the background has gone on since.
        guard answer.status != 202, let shown, let read = shown.json.map({ ContractValue($0) }) else { return }
        for (name, member) in read.members where value[name] != nil { #expect(value[name] == member, "\(name)") }
        guard row.shown == row.route else { return }
        // What a writing answers beside the record, as warnings, its tag covers too.
        #expect(Set(read.members.keys).subtracting(value.members.keys) == [])
        if value == read { #expect(answer["etag"] == shown["etag"]) }
    }

    @Test("its list shows the same members as the record itself, or fewer", arguments: ResourceRow.all)
    func listed(_ row: ResourceRow) throws {
        guard let list = row.list else { return }
        let asked = try AskedRow(row)
        let answer = try asked.make()
        let record = try required(asked.read()?.json ?? answer?.json)
        let item = try required(asked.item(for: record))
        // What the contract alone judges: a list of something else that shows the record beside it.
        let findings = try Self.findings.get().filter { $0.subject == "GET \(list)" }
        let others = Set(findings.map { String($0.words.prefix { $0 != " " }) })
        // Some of what a list shows holds on a day, and is shown alone where that is asked for.
        let dated = try asked.read(on: County.today)?.json
        for member in item.members where !others.contains(member.name) && !member.value.isNull {
            let shown = record[member.name] ?? dated[member.name]
            #expect(
                shown.map { AskedRow.differences(ContractValue(member.value), ContractValue($0)) } == [],
                "\(member.name)")
        }
    }

    /// What an answer says of the record, without what it says of the request.
    private static func record(_ answer: Answer) -> [String: ContractValue]? {
        answer.json.map { ContractValue($0).members.filter { !["warnings", "outcome"].contains($0.key) } }
    }

    @Test(
        "sent again it is created only once, and different content under its id changes nothing",
        arguments: ResourceRow.all)
    func repeated(_ row: ResourceRow) throws {
        guard let new = row.new else { return }
        let asked = try AskedRow(row)
        let isKeyed = try asked.route(new.method, new.route).endpoint.isIdempotencyKeyed
        let fields: KeyValuePairs<String, String> =
            isKeyed ? ["Idempotency-Key": "\"8e03978e-40d5-43e8-bc93-6894a57f9324\""] : [:]
        let first = try asked.send(new, new.body, fields: fields)
        try asked.county.settle()
        let before = try asked.county.digest()
        let second = try asked.send(new, new.body, fields: fields)
        let after = try asked.county.digest()
        let logs: Set<String> = row.replaces ? ["audit_event", "change", "sqlite_sequence"] : []
        #expect(after.filter { !logs.contains($0.key) } == before.filter { !logs.contains($0.key) })
        let status = first.status == 201 && !isKeyed ? 200 : first.status
        #expect(second.status == status, "\(second.text)")
        let isMarked = new.method == .put && row.route.hasSuffix("}") && !row.replaces
        if isKeyed || isMarked { #expect(second["idempotency-replayed"] == "true") }
        #expect(second["etag"] == first["etag"] || first.status == 202)
        if first.status != 202 {
            #expect(Self.record(first) == Self.record(second))
        }
        guard row.stranger?.status == 409, let other = row.others.first else { return }
        let refused = try asked.send(new, other)
        #expect(refused.status == 409, "\(refused.text)")
        #expect(refused.problem == (row.keepsOthers ? "conflicting-content" : "id-reused"), "\(refused.text)")
        if !row.keepsOthers { #expect(try asked.county.digest() == before) }
    }

    @Test(
        "a change needs the version it is based on: none is 428, an old one 412; afterwards an old tag is never 304",
        arguments: ResourceRow.all.filter { $0.change != nil })
    func changed(_ row: ResourceRow) throws {
        let change = try required(row.change)
        let asked = try AskedRow(row)
        try asked.make()
        let version = try asked.version()
        let old = try required(asked.read()?["etag"])
        try asked.changingNothing("another version") {
            let others: [(KeyValuePairs<String, String>, Int)] = [
                ([:], 428), (["If-Match": "v1"], 400), (["If-Match": "\"v99\""], 412),
            ]
            for (fields, status) in others {
                let answer = try asked.send(change, change.body, fields: fields)
                #expect(answer.status == status, "\(answer.text)")
            }
        }
        let answer = try asked.send(change, change.body, fields: ["If-Match": version])
        #expect(answer.status == 200, "\(answer.text)")
        let shown = try required(asked.read())
        #expect(shown.json.map { ContractValue($0) } == answer.json.map { ContractValue($0) })
        #expect(answer["etag"] == shown["etag"])
        #expect(answer["etag"] != nil)
        #expect(try asked.read(["If-None-Match": old])?.status == 200)
        if row.shown == row.route, let body = change.body {
            #expect(try AskedRow.differences(body.contractValue, shown.json.map { ContractValue($0) }) == [])
        }
        try asked.changingNothing("the version before") {
            let stale = try asked.send(change, change.body, fields: ["If-Match": version])
            #expect(stale.status == 412, "\(stale.text)")
            #expect(stale.problem == "stale-version")
        }
    }

    @Test(
        "when what it shows of others changes, its version does not: the old tag is not 304, but still allows a change",
        arguments: ResourceRow.all.filter { !$0.shows.isEmpty })
    func shown(_ row: ResourceRow) throws {
        for (words, change) in row.shows {
            let asked = try AskedRow(row)
            try asked.make()
            let old = try required(asked.read())
            let tag = try required(old["etag"])
            try change(asked.county)
            let fresh = try required(asked.read(["If-None-Match": tag]))
            #expect(fresh.status == 200, "\(words)")
            #expect(fresh.text != old.text, "\(words): \(old.text)")
            #expect(fresh.versionTag == old.versionTag, "\(words)")
            if old.versionTag != nil { #expect(try asked.read(["If-Match": tag])?.status == 200, "\(words)") }
        }
    }
}
