// The contract and the answers as one kind of value, whether they came as YAML or as JSON.

import Web
import Yams

/// Why a text is no value that JSON could hold too.
struct NotJSON: Error {
    let what: String
}

/// A JSON value.
enum ContractValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([ContractValue])
    case map([String: ContractValue])

    /// Reads YAML that says nothing JSON could not say: no dates, no keys but texts, so that every tool reads the same.
    init(yaml: String) throws {
        guard let root = try Yams.compose(yaml: yaml) else { throw NotJSON(what: "an empty document") }
        try self.init(root)
    }

    private init(_ node: Node) throws {
        switch node {
        case .mapping(let mapping):
            var members: [String: ContractValue] = [:]
            for (key, value) in mapping {
                guard case .text(let name) = try ContractValue(key) else {
                    throw NotJSON(what: "a key that is no text")
                }
                members[name] = try ContractValue(value)
            }
            self = .map(members)
        case .sequence(let sequence): self = .list(try sequence.map { try ContractValue($0) })
        case .scalar(let scalar): self = try Self.scalar(node, scalar.string)
        case .alias: throw NotJSON(what: "an alias")
        }
    }

    private static func scalar(_ node: Node, _ text: String) throws -> ContractValue {
        switch node.tag.rawValue {
        case "tag:yaml.org,2002:str": return .text(text)
        case "tag:yaml.org,2002:null": return .null
        case "tag:yaml.org,2002:bool": if let boolean = node.bool { return .boolean(boolean) }
        case "tag:yaml.org,2002:int": if let integer = node.int { return .integer(integer) }
        case "tag:yaml.org,2002:float": if let number = node.float { return .number(number) }
        default: break
        }
        throw NotJSON(what: "\(text), which is neither text, number, boolean nor null")
    }

    init(_ json: JSONValue) {
        switch json.kind {
        case .object:
            self = .map(Dictionary(json.members.map { ($0.name, ContractValue($0.value)) }) { first, _ in first })
        case .array: self = .list(json.elements.map { ContractValue($0) })
        case .string: self = .text(json.string ?? "")
        case .boolean: self = .boolean(json.boolean ?? false)
        case .null: self = .null
        case .number: self = json.integer.map(ContractValue.integer) ?? .number(Double(json.numberText ?? "") ?? .nan)
        }
    }

    // MARK: Looking inside

    subscript(_ name: String) -> ContractValue? { if case .map(let members) = self { members[name] } else { nil } }

    var members: [String: ContractValue] { if case .map(let members) = self { members } else { [:] } }
    var elements: [ContractValue] { if case .list(let elements) = self { elements } else { [] } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int? { if case .integer(let integer) = self { integer } else { nil } }
    var isTrue: Bool { self == .boolean(true) }

    /// Calls `body` with this value and everything inside it, each with its JSON pointer.
    func walk(_ pointer: String = "", _ body: (String, ContractValue) throws -> Void) rethrows {
        try body(pointer, self)
        for (name, value) in members { try value.walk("\(pointer)/\(name)", body) }
        for (index, value) in elements.enumerated() { try value.walk("\(pointer)/\(index)", body) }
    }
}
