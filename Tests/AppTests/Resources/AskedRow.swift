// A row in a county of its own, and the requests that a question is made of.

import HTTP1
import Testing

@testable import Service
@testable import Web

struct AskedRow {
    let row: ResourceRow
    let county: County

    init(_ row: ResourceRow) throws {
        self.row = row
        county = try ResourceCounty.copy()
    }

    /// What makes the record and what changes it, in that order.
    var writings: [Writing] { [row.new, row.change].compactMap(\.self) }

    func route(_ method: HTTP1.Method, _ pattern: String) throws -> Route<Endpoint> {
        try required(county.application.router.routes.first { $0.method == method && $0.pattern == pattern })
    }

    func path(_ pattern: String) throws -> String { try row.path(of: pattern, county) }

    // MARK: Asking

    func send(
        _ writing: Writing, _ body: JSON?, to path: String? = nil, as person: Person = .administrator,
        fields: KeyValuePairs<String, String> = [:]
    ) throws -> Answer {
        try send(writing, bytes: body.map { Array($0.text.utf8) }, to: path, county.as(person), fields)
    }

    func send(
        _ writing: Writing, bytes: [UInt8]?, to path: String? = nil, _ session: Session,
        _ fields: KeyValuePairs<String, String> = [:]
    ) throws -> Answer {
        let type = writing.method == .patch ? "application/merge-patch+json" : "application/json"
        let path = try path ?? self.path(writing.route)
        guard bytes != nil else { return try session.send(writing.method.name, path, fields) }
        switch fields.first {
        case nil: return try session.send(writing.method.name, path, ["Content-Type": type], body: bytes)
        case let (name, value)?:
            return try session.send(writing.method.name, path, ["Content-Type": type, name: value], body: bytes)
        }
    }

    /// Makes the record, where it is not there already, and waits for what follows in the background.
    @discardableResult
    func make() throws -> Answer? {
        guard let new = row.new else { return nil }
        let answer = try send(new, new.body)
        #expect(answer.status == new.status, "\(row): \(answer.text)")
        try county.settle()
        return answer
    }

    /// The record as its readers see it; nil for one that has no place to be read.
    func read(as person: Person = .administrator, _ fields: KeyValuePairs<String, String> = [:]) throws -> Answer? {
        try row.shown.map { try county.as(person).get(path($0), fields) }
    }

    /// The record on a day; nil for one that is not dated.
    func read(on day: String) throws -> Answer? {
        let operation = try Contract.shared.operations.first { $0.method == "GET" && $0.pattern == row.shown }
        guard let operation, operation.parameterNames(in: "query").contains("on") else { return nil }
        return try county.as(.administrator).get(path(operation.pattern) + "?on=\(day)")
    }

    /// The item of the list that is the record.
    func item(as person: Person = .administrator, for record: JSONValue?) throws -> JSONValue? {
        guard let list = row.list else { return nil }
        let mark = list.contains("?") ? "&" : "?"
        return try county.as(person).walk(path(list) + mark + "limit=500").first { item in
            row.keys.allSatisfy { key in
                item[key.item].map { ContractValue($0) } == record[key.record].map { ContractValue($0) }
            }
        }
    }

    /// For If-Match, of the record as it stands.
    func version() throws -> String { "\"v\(try read()?.json["version"].integer ?? 1)\"" }

    /// The fields that a writing needs to be heard.
    func version(for writing: Writing) throws -> KeyValuePairs<String, String> {
        writing.method == .patch ? ["If-Match": try version()] : [:]
    }

    /// Asks, and compares all tables before and after.
    func changingNothing(_ words: String, _ ask: () throws -> Void) throws {
        let before = try county.digest()
        try ask()
        let after = try county.digest()
        #expect(after == before, "\(row): \(words)")
    }

    /// A body with a value of another type for each member.
    static func mistyped(_ body: JSON) -> JSON {
        guard case .object(let members) = body else { return body }
        return .object(
            members.map { name, value in
                if case .object = value { return (name, [1]) }
                return (name, ["no": 1])
            })
    }

    static func names(_ body: JSON) -> [String] {
        guard case .object(let members) = body else { return [] }
        return members.map(\.0)
    }

    /// Where a record does not show what was sent: what it does not show at all is no matter, nor is a mask.
    static func differences(_ sent: ContractValue, _ shown: ContractValue?, _ place: String = "") -> [String] {
        switch (sent, shown) {
        case (_, nil), (.null, _): []
        case (.map(let members), .map(let others)?):
            members.sorted { $0.key < $1.key }.flatMap { differences($1, others[$0], "\(place)/\($0)") }
        case (.list(let elements), .list(let others)?):
            elements.count == others.count
                ? zip(elements, others).enumerated().flatMap { differences($1.0, $1.1, "\(place)/\($0)") }
                : ["\(place): \(others.count) of \(elements.count)"]
        case (_, .text(let text)?) where text.contains("*"): []
        default: sent == shown ? [] : ["\(place): \(sent) is shown as \(shown.map { "\($0)" } ?? "nothing")"]
        }
    }
}

extension JSON {
    /// As answers are compared.
    var contractValue: ContractValue {
        get throws { ContractValue(try JSONDocument(Array(text.utf8)).root) }
    }
}
