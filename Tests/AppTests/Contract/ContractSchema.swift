// Holds values to the schemas of the contract: the part of JSON Schema that OpenAPI 3.0 has and the contract uses. A
// keyword that is not known here is a finding itself, so that nothing in the contract goes unchecked. Answers are open
// in the contract, because later versions may say more; here nothing may stand in them that it does not name.

import App
import Domain

struct ContractSchema {
    /// The whole contract, for references.
    let document: ContractValue

    /// A discriminator only says where to look: each of the alternatives names its own value.
    private static let annotations: Set<String> = [
        "description", "example", "default", "discriminator", "x-code-list",
    ]

    /// What of a value a schema does not allow; empty when all is well.
    func violations(of value: ContractValue, _ schema: ContractValue, at place: String = "") -> [String] {
        partial(value, schema, place) + undeclared(value, schema, place)
    }

    /// What a schema does not allow if it is only a part of what says how the value is.
    private func partial(_ value: ContractValue, _ schema: ContractValue, _ place: String) -> [String] {
        if let reference = schema["$ref"]?.text {
            guard let target = resolve(reference) else { return ["\(place): \(reference) leads nowhere"] }
            return partial(value, target, place)
        }
        if value == .null, schema["nullable"]?.isTrue == true { return [] }
        return schema.members.sorted { $0.key < $1.key }.flatMap { keyword, rule in
            violations(of: value, keyword, rule, schema, place)
        }
    }

    /// Fields of an object that a schema and its parts do not name; none where they name no field at all.
    private func undeclared(_ value: ContractValue, _ schema: ContractValue, _ place: String) -> [String] {
        guard case .map(let members) = value else { return [] }
        let known = names(schema)
        guard !known.isEmpty else { return [] }
        return members.keys.filter { !known.contains($0) }.sorted().map { "\(place): \($0) is not documented" }
    }

    private func names(_ schema: ContractValue) -> Set<String> {
        if let reference = schema["$ref"]?.text { return resolve(reference).map(names) ?? [] }
        return (schema["allOf"]?.elements ?? []).reduce(into: Set((schema["properties"]?.members ?? [:]).keys)) {
            $0.formUnion(names($1))
        }
    }

    /// What a reference within the document names.
    func resolve(_ reference: String) -> ContractValue? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(document as ContractValue?) { value, name in
            value?[String(name)]
        }
    }

    private func violations(
        of value: ContractValue, _ keyword: String, _ rule: ContractValue, _ schema: ContractValue, _ place: String
    ) -> [String] {
        func expect(_ holds: Bool, _ words: @autoclosure () -> String) -> [String] {
            holds ? [] : ["\(place): \(words())"]
        }
        switch keyword {
        case "allOf": return rule.elements.flatMap { partial(value, $0, place) }
        case "anyOf": return expect(fitting(value, rule) >= 1, "fits none of anyOf")
        case "oneOf": return expect(fitting(value, rule) == 1, "fits \(fitting(value, rule)) of oneOf")
        case "type": return expect(Self.has(value, type: rule.text ?? ""), "is not of type \(rule.text ?? "?")")
        case "enum": return expect(rule.elements.contains(value), "\(value) is not in the list")
        case "format": return expect(Self.has(value, format: rule.text ?? ""), "\(value) is no \(rule.text ?? "?")")
        case "pattern", "minLength", "maxLength": return text(value, keyword, rule, place)
        case "minimum": return expect((value.integer ?? 0) >= (rule.integer ?? .max), "is below \(rule)")
        case "maximum": return expect((value.integer ?? 0) <= (rule.integer ?? .min), "is above \(rule)")
        case "minItems": return expect(value.elements.count >= (rule.integer ?? .max), "has too few items")
        case "maxItems": return expect(value.elements.count <= (rule.integer ?? .min), "has too many items")
        case "items":
            return value.elements.enumerated().flatMap { violations(of: $1, rule, at: "\(place)/\($0)") }
        case "required":
            return rule.elements.compactMap(\.text).flatMap { expect(value[$0] != nil, "\($0) is missing") }
        case "properties":
            return value.members.sorted { $0.key < $1.key }.flatMap { name, member in
                rule[name].map { violations(of: member, $0, at: "\(place)/\(name)") } ?? []
            }
        case "additionalProperties": return rule == .boolean(false) ? [] : ["\(place): \(keyword) is not false"]
        case "nullable": return []
        default: return expect(Self.annotations.contains(keyword), "keyword \(keyword) is not checked")
        }
    }

    private func fitting(_ value: ContractValue, _ alternatives: ContractValue) -> Int {
        alternatives.elements.filter { violations(of: value, $0).isEmpty }.count
    }

    private func text(_ value: ContractValue, _ keyword: String, _ rule: ContractValue, _ place: String) -> [String] {
        guard let text = value.text else { return [] }
        switch (keyword, rule) {
        case ("minLength", .integer(let count)) where text.unicodeScalars.count >= count: return []
        case ("maxLength", .integer(let count)) where text.unicodeScalars.count <= count: return []
        case ("pattern", .text(let pattern)):
            guard let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar) else {
                return ["\(place): \(pattern) is no pattern"]
            }
            return text.contains(regex) ? [] : ["\(place): \(text) does not match \(pattern)"]
        default: return ["\(place): \(text) breaks \(keyword) \(rule)"]
        }
    }

    private static func has(_ value: ContractValue, type: String) -> Bool {
        switch (type, value) {
        case ("object", .map), ("array", .list), ("string", .text), ("boolean", .boolean), ("integer", .integer),
            ("number", .integer), ("number", .number):
            true
        default: false
        }
    }

    private static func has(_ value: ContractValue, format: String) -> Bool {
        guard let text = value.text else { return true }
        return switch format {
        case "uuid": Identifier(text) != nil
        case "date": CivilDate(text) != nil
        case "date-time": Instant(text) != nil
        case "binary": true
        default: false
        }
    }
}
