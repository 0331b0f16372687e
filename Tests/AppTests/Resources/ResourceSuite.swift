// The questions of CONTRIBUTING.md ("A new endpoint"), asked of every kind of record that has a path. What is answered
// follows from the table of routes and from the contract; a row says only what its own kind is like. Rules of a kind
// beyond those of its row are in the tests of its domain.

import HTTP1
import Testing

@testable import App
@testable import Web

@Suite("Every kind of record")
struct ResourceSuite {
    /// Routes that write and are no row's, and why.
    private static let exceptions: [String: String] = [
        "PUT /v1/imports/{id}": "takes a file, whose rows are judged one by one: ImportTests",
        "GET /v1/imports/{id}": "a job that is going on: ImportTests",
        "POST /v1/imports/{id}/cancel": "an order to a job: ImportTests",
        "POST /v1/imports/{id}/undo": "an order to a job: UndoTests",
        "POST /v1/exports/{id}/cancel": "an order to a job: ExportTests",
        "DELETE /v1/exports/{id}": "removes a file, not a record: ExportTests",
        "POST /v1/pairing-runs/{id}/approval": "applies a draft to many records: PairingRunTests",
        "POST /v1/pairing-runs/{id}/discard": "an order to a job: PairingRunTests",
        "PUT /v1/households/{id}/splits/{newHouseholdId}": "changes two households in one act: HouseholdSplitTests",
        "POST /v1/visit-batches": "each of its items has an outcome of its own: BatchTests",
        "GET /v1/visit-batches/{id}": "the outcomes of a batch: BatchTests",
        "POST /v1/villages/{code}/contact-cards": "issues many cards at once: CardTests",
        "POST /v1/households/search": "finds by a number that is in no address: NumberSearchTests",
        "POST /v1/cadres/search": "the same: NumberSearchTests",
        "POST /v1/clock/confirmation": "is about the machine: ClockTests",
    ]

    @Test("every route that writes or shows one record belongs to a row, or there is a reason why not")
    func covered() throws {
        let rows = ResourceRow.all.flatMap { row in
            [row.new, row.change].compactMap { $0.map { "\($0.method.name) \($0.route)" } }
                + (row.shown.map { ["GET \($0)"] } ?? [])
        }
        let routes = try ContractProgram().routes
        let named = Set(rows).union(Self.exceptions.keys)
        for route in routes where route.method != .get || route.pattern.hasSuffix("}") {
            #expect(named.contains(route.name), "\(route.name) is in no row: add one in ResourceRows.swift")
        }
        let there = Set(routes.map(\.name))
        #expect(Set(Self.exceptions.keys).subtracting(there) == [])
        #expect(Set(Self.exceptions.keys).intersection(rows) == [])
    }

    // MARK: Who may

    @Test(
        "at each of its routes, a caller without a token gets 401, and one whose role is not allowed gets 403",
        arguments: ResourceRow.all)
    func rights(_ row: ResourceRow) throws {
        let asked = try AskedRow(row)
        let nobody = try asked.county.with(token: nil)
        try asked.changingNothing("asking without right") {
            for pattern in [row.shown, row.list].compactMap(\.self) {
                #expect(try nobody.get(asked.path(pattern)).status == 401, "\(pattern)")
            }
            for writing in asked.writings {
                let bytes = writing.body.map { Array($0.text.utf8) }
                let answer = try asked.send(writing, bytes: bytes, nobody)
                #expect(answer.status == 401, "\(answer.text)")
                #expect(answer["www-authenticate"] != nil)
                let roles = try asked.route(writing.method, writing.route).roles
                #expect(roles.contains(Person.administrator.role), "rows are written by the county's administrator")
                for person in Person.allCases where !roles.contains(person.role) {
                    let answer = try asked.send(writing, writing.body, as: person)
                    #expect(answer.status == 403, "\(person) \(answer.text)")
                }
            }
        }
    }

    /// All that an answer says, but for the number of its request.
    static func said(_ answer: Answer) -> String {
        let body = answer.json.map { $0.canonicalBytes(without: "instance") } ?? answer.body
        let fields = answer.fields.filter { !["date", "x-request-id", "content-length"].contains($0.name) }
        return "\(answer.status) \(fields) \(String(decoding: body, as: UTF8.self))"
    }

    @Test(
        "a stranger can neither see nor change it, and gets the same answer for its id whatever is sent under it",
        arguments: ResourceRow.all)
    func strangers(_ row: ResourceRow) throws {
        let asked = try AskedRow(row)
        let made = try asked.make()
        let record = try asked.read()?.json ?? made?.json
        try asked.changingNothing("a stranger") {
            if let answer = try asked.read(as: .neighbour) {
                #expect(answer.status == (row.isEverybodys ? 200 : 404), "\(answer.text)")
            }
            if !row.isEverybodys { #expect(try asked.item(as: .neighbour, for: record) == nil) }
            if let change = row.change {
                let answer = try asked.send(
                    change, change.body, as: .neighbour, fields: ["If-Match": try asked.version()])
                #expect(answer.status == 404, "\(answer.text)")
            }
            guard let new = row.new, let told = row.stranger else { return }
            let ids = try row.strangersIds ?? row.ids(asked.county)
            let answers = try ([new.body] + row.others.map(Optional.some)).map {
                try asked.send(new, $0, to: ResourceRow.path(of: new.route, ids), as: .neighbour)
            }
            for answer in answers {
                #expect(answer.status == told.status, "\(answer.text)")
                #expect(answer.says == [told.says], "\(answer.text)")
                #expect(Self.said(answer) == Self.said(answers[0]))
            }
        }
    }

    static func expect(_ answer: Answer, _ refusal: Refusal) {
        #expect(answer.status == refusal.status, "\(answer.text)")
        #expect(answer.says == refusal.says, "\(refusal.body.text) \(answer.text)")
    }

    // MARK: What is wrong

    private static let unknown = [
        "id": Sample.id(99_999), "memberId": Sample.id(99_998), "code": "999999999999", "year": "1800",
        "list": "nothing",
    ]

    @Test(
        "reading or writing what does not exist is 404, and so is an id that cannot exist", arguments: ResourceRow.all)
    func missing(_ row: ResourceRow) throws {
        let asked = try AskedRow(row)
        try asked.make()
        let version: KeyValuePairs = ["If-Match": try asked.version()]
        let session = try asked.county.as(.administrator)
        try asked.changingNothing("a record that is not there") {
            var places: [(pattern: String, writing: Writing?)] = asked.writings.map { ($0.route, $0) }
            if let shown = row.shown { places.append((shown, nil)) }
            for (pattern, writing) in places {
                let names = pattern.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                    String($0.dropFirst().dropLast())
                }
                for (index, name) in names.enumerated() {
                    for other in [Self.unknown[name] ?? "?", "no-such"] {
                        // PUT makes what is not there.
                        let isMade = writing?.method == .put && pattern.hasSuffix("}") && index == names.count - 1
                        if isMade && other != "no-such" { continue }
                        var ids = try row.ids(asked.county)
                        ids[index] = other
                        let path = ResourceRow.path(of: pattern, ids)
                        let answer =
                            try writing.map {
                                try asked.send($0, $0.body, to: path, fields: $0.method == .patch ? version : [:])
                            } ?? session.get(path)
                        #expect(answer.status == 404, "\(path) \(answer.text)")
                    }
                }
            }
        }
    }

    @Test("all malformed and unknown fields are named at once", arguments: ResourceRow.all)
    func malformed(_ row: ResourceRow) throws {
        let asked = try AskedRow(row)
        for (writing, body) in asked.writings.compactMap({ writing in writing.body.map { (writing, $0) } }) {
            if writing.method == .patch { try asked.make() }
            let fields = try asked.version(for: writing)
            try asked.changingNothing("malformed") {
                let cut = try asked.send(
                    writing, bytes: Array(body.text.utf8.dropLast()), asked.county.as(.administrator), fields)
                #expect(cut.status == 400, "\(cut.text)")
                #expect(cut.problem == "malformed-json", "\(cut.text)")
                let foreign = try asked.send(writing, body.with(["somethingElse": 1]), fields: fields)
                #expect(foreign.status == 422, "\(foreign.text)")
                #expect(foreign.errors == ["/somethingElse unknown-field"], "\(foreign.text)")
                let mistyped = try asked.send(writing, AskedRow.mistyped(body), fields: fields)
                #expect(mistyped.status == 422, "\(mistyped.text)")
                for name in AskedRow.names(body) where !row.dependent.contains(name) {
                    #expect(mistyped.errors.contains { $0.hasPrefix("/\(name)") }, "\(name): \(mistyped.errors)")
                }
            }
        }
    }

    @Test(
        "what breaks a rule, or names something outside the area, is refused with its field or its problem",
        arguments: ResourceRow.all)
    func rules(_ row: ResourceRow) throws {
        let asked = try AskedRow(row)
        if let new = row.new {
            try asked.changingNothing("outside of the area") {
                for refusal in row.outside { try Self.expect(asked.send(new, refusal.body), refusal) }
            }
        }
        for writing in asked.writings where !writing.broken.isEmpty {
            if writing.method == .patch { try asked.make() }
            let fields = try asked.version(for: writing)
            try asked.changingNothing("a rule is broken") {
                for refusal in writing.broken {
                    try Self.expect(asked.send(writing, refusal.body, fields: fields), refusal)
                }
            }
        }
    }
}
