// JSON in tests: bodies as literals, answers by path. Answers are read by the product's strict reader, so that an
// answer that is not JSON fails there.

@testable import Web

/// A JSON value written as a literal; `nil` is null, and `.omitted` leaves a member out.
enum JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, Sendable
{
    case null, omitted
    case boolean(Bool)
    case integer(Int)
    case string(String)
    case array([JSON])
    case object([(String, JSON)])

    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
    init(nilLiteral: ()) { self = .null }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements) }

    /// The object with some members set to other values, added, or left out.
    func with(_ changes: KeyValuePairs<String, JSON>) -> JSON {
        guard case .object(var members) = self else { return self }
        for (name, value) in changes {
            if let index = members.firstIndex(where: { $0.0 == name }) {
                members[index].1 = value
            } else {
                members.append((name, value))
            }
        }
        return .object(members)
    }

    /// The text as it is sent.
    var text: String {
        switch self {
        case .null, .omitted: "null"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .string(let value): Self.quoted(value)
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.filter { !$0.1.isOmitted }.map { Self.quoted($0.0) + ":" + $0.1.text }.joined(separator: ",")
                + "}"
        }
    }

    private var isOmitted: Bool { if case .omitted = self { true } else { false } }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20:
                quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension JSONValue {
    /// The element of an array.
    subscript(_ index: Int) -> JSONValue? { Array(elements).dropFirst(index).first }
}

extension JSONValue? {
    subscript(_ name: String) -> JSONValue? { flatMap { $0[name] } }
    subscript(_ index: Int) -> JSONValue? { flatMap { $0[index] } }
    var string: String? { self?.string }
    var integer: Int? { self?.integer }
    var boolean: Bool? { self?.boolean }
    var list: [JSONValue] { self.map { Array($0.elements) } ?? [] }
    var names: [String] { self.map { $0.members.map(\.name) } ?? [] }
}
