// openapi.yaml as the judge of answers: any test may hand it what came back.
//
//     Contract.check("GET", "/v1/households/{id}", status: 200, contentType: "application/json", body: bytes)

import Foundation
import Testing
import Web

/// One operation of the contract.
struct ContractOperation: Sendable {
    /// In capitals.
    let method: String
    /// `/v1/households/{id}`.
    let pattern: String
    /// The operation's object.
    let value: ContractValue
    /// Those of the path and of the operation, references resolved.
    let parameters: [ContractValue]
    /// By status, references resolved.
    let responses: [Int: ContractValue]

    var bodies: [ContractValue] { [value["requestBody"]].compactMap(\.self) }
    var answers: [ContractValue] { Array(responses.values) }

    func parameterNames(in place: String) -> [String] {
        parameters.filter { $0["in"]?.text == place }.compactMap { $0["name"]?.text }
    }
}

struct Contract: Sendable {
    /// Where the contract lies in the repository.
    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../openapi.yaml").standardizedFileURL.path
    private static let loaded = Result { try Contract(String(contentsOfFile: path, encoding: .utf8)) }

    /// Judges instead of the repository's, in a test of a service that has more.
    @TaskLocal static var judge: Contract?

    /// The contract of the repository.
    static var shared: Contract {
        get throws { try loaded.get() }
    }

    let document: ContractValue
    let operations: [ContractOperation]
    var schemas: ContractSchema { ContractSchema(document: document) }

    init(_ yaml: String) throws {
        let document = try ContractValue(yaml: yaml)
        self.document = document
        let schemas = ContractSchema(document: document)
        func resolved(_ value: ContractValue) -> ContractValue {
            value["$ref"]?.text.flatMap { schemas.resolve($0) } ?? value
        }
        let methods: Set<String> = ["get", "put", "post", "patch", "delete"]
        operations = (document["paths"]?.members ?? [:]).sorted { $0.key < $1.key }.flatMap { pattern, item in
            item.members.filter { methods.contains($0.key) }.sorted { $0.key < $1.key }.map { method, operation in
                let parameters = (item["parameters"]?.elements ?? []) + (operation["parameters"]?.elements ?? [])
                let responses = operation["responses"]?.members ?? [:]
                return ContractOperation(
                    method: method.uppercased(), pattern: pattern, value: operation,
                    parameters: parameters.map(resolved),
                    responses: Dictionary(
                        uniqueKeysWithValues: responses.map { (Int($0.key) ?? 0, resolved($0.value)) }))
            }
        }
    }

    /// Records an issue for every way in which an answer is not what the contract says.
    ///
    /// - Parameters:
    ///   - target: a pattern of the contract or the path of a request, with or without its query.
    ///   - contentType: the field of the answer; nil where there is none.
    ///   - body: held to the schema where it is JSON and given.
    static func check(
        _ method: String, _ target: String, status: Int, contentType: String?, body: [UInt8] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do {
            let contract = try judge ?? shared
            let violations = contract.violations(method, target, status: status, contentType: contentType, body: body)
            #expect(violations.isEmpty, "\(method) \(target) \(status)", sourceLocation: sourceLocation)
        } catch {
            Issue.record(error, sourceLocation: sourceLocation)
        }
    }

    /// What of an answer the contract does not allow; empty when all is well.
    func violations(
        _ method: String, _ target: String, status: Int, contentType: String?, body: [UInt8] = []
    ) -> [String] {
        let path = target.prefix { $0 != "?" }
        let here = operations.filter { Self.fits(path, $0.pattern) }
        let asked = method == "HEAD" ? "GET" : method
        if let operation = here.first(where: { $0.method == asked }) {
            guard let response = operation.responses[status] else { return ["status \(status) is not documented"] }
            return violations(in: response, contentType, method == "HEAD" ? [] : body)
        }
        if here.isEmpty { return violations(of: "NotFound", 404, status, contentType, body) }
        if method == "OPTIONS" { return status == 204 ? [] : ["status \(status) to OPTIONS"] }
        return violations(of: "MethodNotAllowed", 405, status, contentType, body)
    }

    private func violations(
        of component: String, _ expected: Int, _ status: Int, _ contentType: String?, _ body: [UInt8]
    ) -> [String] {
        guard status == expected, let response = document["components"]?["responses"]?[component] else {
            return ["status \(status) where \(expected) is expected"]
        }
        return violations(in: response, contentType, body)
    }

    private func violations(in response: ContractValue, _ contentType: String?, _ body: [UInt8]) -> [String] {
        let type = contentType?.prefix { $0 != ";" }.lowercased()
        guard let content = response["content"], let type else {
            return (response["content"] == nil) == (type == nil)
                ? [] : ["content type \(type ?? "none") is not documented"]
        }
        guard let media = content[type] else { return ["content type \(type) is not documented"] }
        guard !body.isEmpty, type == "application/json" || type.hasSuffix("+json"), let schema = media["schema"] else {
            return []
        }
        guard let json = try? JSONDocument(body).root else { return ["the body is not JSON"] }
        let value = ContractValue(json)
        return schemas.violations(of: value, schema) + problemViolations(of: value, in: response)
    }

    /// A refusal has a type of its answer's: generators have one class for all problems, so the schema cannot say that.
    private func problemViolations(of value: ContractValue, in response: ContractValue) -> [String] {
        guard let status = response["x-problem-status"], let types = response["x-problem-types"]?.elements else {
            return []
        }
        return (value["status"] == status ? [] : ["/status: is not \(status)"])
            + (types.contains { $0 == value["type"] } ? [] : ["/type: is no problem of \(status)"])
    }

    /// Whether a path, or a pattern written out, is one of a pattern's.
    private static func fits(_ path: Substring, _ pattern: String) -> Bool {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        let parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
        return segments.count == parts.count
            && zip(segments, parts).allSatisfy { $0 == $1 || ($1.hasPrefix("{") && !$0.isEmpty) }
    }
}
