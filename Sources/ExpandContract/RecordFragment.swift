// The operations and schemas of a declared record: what its declaration implies, with the words and examples that its
// fragment has under `records`. The result is text as people write fragments, and expanded like it.

import Service

struct RecordFragment {
    private let facts: RecordFacts
    private let words: Outline
    /// `Organization`.
    let schema: String
    /// `an organization`.
    private let one: String
    /// `organizations`.
    private let many: String

    private static let keys: Set<String> = [
        "schema", "one", "many", "label", "description", "list", "put", "patch", "fields", "shown", "new", "change",
    ]

    init(_ facts: RecordFacts, _ words: Outline) throws {
        try words.only(Self.keys, facts.path)
        self.facts = facts
        self.words = words
        func word(_ key: String) throws -> String {
            guard let value = words[key]?.value, !value.isEmpty else {
                throw ContractError("\(facts.path): \(key) is missing")
            }
            return value
        }
        schema = try word("schema")
        one = try word("one")
        many = try word("many")
    }

    /// `the organization`.
    private var the: String { "the " + one.split(separator: " ").dropFirst().joined(separator: " ") }

    private func block(_ key: String, as name: String, or standard: String? = nil) -> [String] {
        words[key]?.text(as: name) ?? (standard.map { ["\(name): \($0)"] } ?? [])
    }

    // MARK: Operations

    func paths() throws -> [String] {
        let item = facts.path + "/{id}"
        return (facts.hasOwnList ? [] : ["\(facts.path):"] + list().indented(2)) + ["\(item):"]
            + (show() + put() + patch()).indented(2) + ["\(item)/history:"] + history().indented(2)
    }

    private func list() -> [String] {
        let name = facts.path.split(separator: "/").last.map(Self.pascal) ?? schema
        var lines = [
            "operationId: list\(name)",
            "summary: \(many.prefix(1).uppercased() + many.dropFirst()) (\(label)) in the caller's area",
        ]
        lines += block(
            "list", as: "description", or: "\"Order: by place, then by id. All filters together must hold.\"")
        lines += ["parameters:", "  - {$ref: \"#/components/parameters/AreaCode\"}"]
        for filter in facts.filters {
            lines += ["  - name: \(filter.name)", "    description: \(description(ofFilter: filter))"]
            lines += ["    schema: \(value(filter.value, of: filter.name))"]
        }
        if facts.hasDays { lines.append("  - " + Components.reference("parameters", "OnAny")) }
        lines += [
            "responses:", "  \"200\":", "    description: A page of \(many), or all of them as a file.",
            "    items: \(schema)",
        ]
        if let shown = words["shown"] {
            lines +=
                ["    example:", "      items:"]
                + Self.listItem(shown.lines.map { String($0.dropFirst(2)) }).indented(8)
        }
        return ["get:"] + lines.indented(2)
    }

    private static func listItem(_ lines: [String]) -> [String] {
        lines.enumerated().map { ($0 == 0 ? "- " : "  ") + $1 }
    }

    private var label: String { words["label"]?.value ?? "" }

    private func description(ofFilter filter: RecordFacts.Member) -> String {
        switch filter.name {
        case "q": return "Part of the name."
        case "ended":
            return "\"`true`: only those that have ended; `false`: only the living; by default both.\""
        default:
            if case .code(let list, let label, _) = filter.value { return "Code of list `\(list)` (\(label))." }
            return words["fields"].flatMap { try? $0.outline()[filter.name]?.value } ?? "Only those with this value."
        }
    }

    private func show() -> [String] {
        let past = [
            "description: >-",
            "  As it is now; with `on`, as it was on that day; with `knownAt`, as it was recorded at that time.",
            "  404 also when nothing was known of it then. Only the present state has an `ETag`.",
        ]
        let corrected = [
            "description: >-",
            "  As it is now; with `on`, only if it holds on that day; with `knownAt`, as it was recorded at that time.",
            "  404 also when nothing was known of it then. Only the present state has an `ETag`.",
        ]
        var lines = ["operationId: get\(schema)", "summary: \(one.prefix(1).uppercased() + one.dropFirst())"]
        if facts.isDated || facts.hasDays {
            lines += (facts.isDated ? past : corrected) + ["parameters:"]
            lines += [facts.isDated ? "On" : "OnAny", "KnownAt"].map {
                "  - " + Components.reference("parameters", $0)
            }
        }
        lines += answers([(200, "\(capital(the)).")], headers: "[ETag]")
        // Elsewhere the list has the example.
        if facts.hasOwnList, let shown = words["shown"] { lines += shown.text(as: "example").indented(4) }
        return ["get:"] + lines.indented(2)
    }

    private func put() -> [String] {
        var lines = ["operationId: put\(schema)", "summary: Add \(one) under the client's id"]
        lines += block("put", as: "description", or: "409 when the id was used with other content (`id-reused`).")
        lines += request("New\(schema)", example: "new")
        lines += answers([
            (200, "The same content came before under this id; \(the) as it stands."), (201, "\(capital(the)) is new."),
        ])
        return ["put:"] + (lines + ["refusals: [Conflict]"]).indented(2)
    }

    private func patch() -> [String] {
        var lines = ["operationId: change\(schema)", "summary: Change \(one)\(facts.isDated ? " from a day on" : "")"]
        lines += block("patch", as: "description", or: "Fields that are absent stay.")
        lines += request("\(schema)Change", example: "change")
        lines += answers([(200, "\(capital(the)) after the change.")])
        return ["patch:"] + (lines + ["refusals: [Conflict]"]).indented(2)
    }

    private func request(_ name: String, example: String) -> [String] {
        ["requestBody:", "  schema: \(Components.reference("schemas", name))"]
            + (words[example]?.text(as: "example") ?? []).indented(2)
    }

    private func answers(_ answers: [(status: Int, words: String)], headers: String? = nil) -> [String] {
        ["responses:"]
            + answers.flatMap { answer in
                ["  \"\(answer.status)\":", "    description: \(answer.words)"]
                    + (headers.map { ["    headers: \($0)"] } ?? [])
                    + ["    schema: \(Components.reference("schemas", schema))"]
            }
    }

    private func history() -> [String] {
        [
            "get:", "  operationId: list\(schema)History",
            "  summary: What changed in \(one), when, and who did it (变更记录)",
            "  description: >-",
            "    Order: newest first. `before` and `after` hold the differing fields; a new record has only `after`.",
            "  responses:", "    \"200\":", "      description: A page of changes, or all of them as a file.",
            "      items: HistoryItem",
        ]
    }

    private func capital(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    static func pascal(_ text: some StringProtocol) -> String {
        text.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    // MARK: Schemas

    /// - Parameter made: schemas of code lists that other records have made already.
    func schemas(_ made: inout Set<String>) throws -> [String] {
        var lines: [String] = []
        for member in facts.shown {
            guard case .code(let list, let label, let codes) = member.value, made.insert(list).inserted else {
                continue
            }
            lines += ["\(Self.pascal(list)):", "  description: Code list `\(list)` (\(label)).", "  type: string"]
            lines += ["  x-code-list: \(list)"] + Components.wrapped("enum: [", codes, "]").indented(2)
        }
        for member in facts.shown {
            guard case .words(let words) = member.value else { continue }
            lines += ["\(schema + Self.pascal(member.name)):", "  type: string"]
            lines += Components.wrapped("enum: [", words, "]").indented(2)
        }
        let late =
            facts.isDated
            ? [("retold", Components.reference("schemas", "Retold"), false)] : []
        lines += object(
            schema, words["description"]?.value ?? capital(one) + ".", isClosed: false,
            own: [
                ("id", Components.reference("schemas", "Id"), true),
                ("version", Components.reference("schemas", "Version"), true),
            ],
            facts.shown.map { ($0.name, described($0.name, value($0.value, of: $0.name)), $0.isAlways) }
                + [("createdAt", Components.reference("schemas", "Time"), true)] + late)
        let effective = facts.isDated ? [("effectiveOn", Components.reference("schemas", "EffectiveOn"), false)] : []
        let id = Components.reference("schemas", "BodyId")
        lines += object(
            "New\(schema)", "A new record.", isClosed: true, own: [("id", id, false)] + effective,
            facts.stated.map { ($0.name, described($0.name, stated($0)), $0.isAlways) })
        lines += object(
            "\(schema)Change", "A merge patch. Null clears what can be cleared; null for any other field is 422.",
            isClosed: true,
            own: effective
                + late.map { _ in ("replacesLater", Components.reference("schemas", "ReplacesLater"), false) },
            facts.changed.map { ($0.name, described($0.name, stated($0)), false) })
        return lines
    }

    private typealias Property = (name: String, text: String, isAlways: Bool)

    private func object(
        _ name: String, _ description: String, isClosed: Bool, own: [Property], _ properties: [Property]
    ) -> [String] {
        let required = (own + properties).filter(\.isAlways).map(\.name)
        return ["\(name):", "  description: \(description)", "  type: object"]
            + (isClosed ? ["  additionalProperties: false"] : [])
            + (required.isEmpty ? [] : Components.wrapped("required: [", required, "]").indented(2))
            + ["  properties:"] + (own + properties).map { "    \($0.name): \($0.text)" }
    }

    /// A schema with what its fragment says of the field.
    private func described(_ name: String, _ schema: String) -> String {
        guard let words = words["fields"].flatMap({ try? $0.outline()[name] }), !words.value.isEmpty else {
            return schema
        }
        let value = words.value
        let text = "description: " + (value.hasPrefix("\"") ? value : "\"\(value)\"")
        if schema.hasPrefix("{$ref") { return "{allOf: [\(schema)], \(text)}" }
        return schema.dropLast() + ", \(text)}"
    }

    /// As a body says it: null stands for nothing.
    private func stated(_ member: RecordFacts.Member) -> String {
        let schema = value(member.value, of: member.name)
        if member.isAlways { return schema }
        if case .phone = member.value { return schema }
        if schema.hasPrefix("{$ref") { return "{nullable: true, allOf: [\(schema)]}" }
        return "{nullable: true, " + schema.dropFirst()
    }

    /// - Parameter name: of the field.
    private func value(_ value: RecordFacts.Value, of name: String) -> String {
        func text(_ characters: ClosedRange<Int>, _ pattern: String) -> String {
            "{type: string, minLength: \(characters.lowerBound), maxLength: \(characters.upperBound), "
                + "pattern: '\(pattern)'}"
        }
        return switch value {
        case .text(let characters): text(characters, "^[^\\x00-\\x1F\\x7F]+$")
        case .lines(let characters): text(characters, "^[^\\x00-\\x08\\x0B-\\x1F\\x7F]+$")
        case .texts(let count, let characters):
            "{type: array, minItems: \(count.lowerBound), maxItems: \(count.upperBound), items: "
                + text(characters, "^[^;\\x00-\\x1F\\x7F]+$") + "}"
        case .code(let list, _, _): Components.reference("schemas", Self.pascal(list))
        case .words: Components.reference("schemas", schema + Self.pascal(name))
        case .areaCode: Components.reference("schemas", "AreaCode")
        case .id: Components.reference("schemas", "Id")
        case .date: Components.reference("schemas", "Date")
        case .boolean: "{type: boolean}"
        case .maskedPhone:
            "{type: string, pattern: '^(?:\\*{5,8}|\\*{5,16}[0-9]{4})$'}"
        case .phone: Components.reference("schemas", "Phone")
        case .integer(let range):
            "{type: integer, minimum: \(range.lowerBound), maximum: \(range.upperBound)}"
        case .actor: Components.reference("schemas", "Actor")
        case .list(let name, let count):
            "{type: array, minItems: \(count.lowerBound), maxItems: \(count.upperBound), items: "
                + Components.reference("schemas", name) + "}"
        case .named(let name): Components.reference("schemas", name)
        }
    }
}
