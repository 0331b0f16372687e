// The schemas of the change feed: one change for each kind of record that has an address of its own, all in one choice
// that tells them apart by `entity`. The kinds stand under `changes`; declared records add themselves.

struct ChangeFragment {
    /// Kinds with an address, each with the schema of its record.
    private let kinds: [(entity: String, schema: String)]
    /// Kinds that are only named.
    private let others: [String]

    init(_ words: Outline, _ declared: [(entity: String, schema: String)]) {
        others = words["others"]?.list ?? []
        kinds = words.entries.filter { $0.key != "others" }.map { ($0.key, $0.value) } + declared
    }

    func schemas() -> [String] {
        let named = kinds.map { (entity: $0.entity, choice: "ChangeOf" + $0.schema) }
        let choices = named.map(\.choice) + ["ChangeOfOther"]
        var lines = ["Change:", "  description: >-"]
        lines += [
            "    One change of one record (变更). `entity` says which of these it is; only records that have",
            "    an address of their own come with `record`.", "  oneOf:",
        ]
        lines += choices.map { "    - " + Components.reference("schemas", $0) }
        lines += ["  discriminator:", "    propertyName: entity", "    mapping:"]
        lines += (named + others.map { ($0, "ChangeOfOther") }).map {
            "      \($0.entity): \"#/components/schemas/\($0.choice)\""
        }
        for kind in kinds {
            lines += change("ChangeOf" + kind.schema, "{type: string, enum: [\(kind.entity)]}")
            lines += ["        record: " + Components.reference("schemas", kind.schema)]
        }
        lines += change("ChangeOfOther", Components.reference("schemas", "OtherEntity"))
        return lines + ["OtherEntity: {type: string, enum: [\(others.joined(separator: ", "))]}"]
    }

    private func change(_ name: String, _ entity: String) -> [String] {
        [
            "\(name):", "  allOf:", "    - " + Components.reference("schemas", "AnyChange"), "    - type: object",
            "      required: [entity]", "      properties:", "        entity: " + entity,
        ]
    }
}
