// The rules of names (CONTRIBUTING.md, "Names in the API"), as far as they can be read from the contract. What is found
// has a subject, the name of a schema or of an operation, so that a test can say where it stands.

/// Something in the contract that is not named by the rules.
struct NameFinding: Hashable, CustomStringConvertible {
    /// A schema, or an operation such as `GET /v1/visits`.
    let subject: String
    let words: String

    var description: String { "\(subject): \(words)" }
}

struct ContractNames {
    let contract: Contract
    private let answered: Set<String>
    private let sent: Set<String>

    init(_ contract: Contract) {
        self.contract = contract
        answered = Self.schemas(contract.operations.flatMap(\.answers), contract)
        sent = Self.schemas(contract.operations.flatMap(\.bodies), contract)
    }

    /// Everything that is not as the rules say.
    var findings: [NameFinding] {
        var found: Set<NameFinding> = []
        for (name, schema) in contract.document["components"]?["schemas"]?.members ?? [:] {
            schema.walk { pointer, part in
                guard !pointer.contains("/example") else { return }
                let words = values(of: part) + (name == "Problem" ? [] : members(of: part, in: name))
                found.formUnion(words.map { NameFinding(subject: name, words: $0) })
            }
        }
        for operation in contract.operations {
            let name = "\(operation.method) \(operation.pattern)"
            let words = query(of: operation) + shapes(of: operation)
            found.formUnion(words.map { NameFinding(subject: name, words: $0) })
        }
        return found.sorted { ($0.subject, $0.words) < ($1.subject, $1.words) }
    }

    // MARK: Words

    private static func isCamel(_ name: String) -> Bool { name.wholeMatch(of: /[a-z][A-Za-z0-9]*/) != nil }

    private static func isKebab(_ code: String) -> Bool { code.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil }

    /// Keys of parameters have parts.
    private static func isKey(_ key: String) -> Bool { key.split(separator: ".").allSatisfy { isKebab(String($0)) } }

    /// Objects whose members are named by codes.
    private static let namedByCodes: Set<String> = ["CampaignQuotas", "CampaignParameters"]
    /// Names that something else has.
    private static let others: Set<String> = [
        "area", "divisionCode", "divisionName", "divisionId", "villageId", "townId", "actorId", "actorName",
        "validFrom", "validTo", "periodStart", "periodEnd", "until", "endedOn", "openedOn", "status",
        "stage", "whole", "totals", "begunById", "recordedByName", "decidedByName", "answeredByName",
    ]

    private static func isOther(_ name: String) -> Bool {
        others.contains(name) || ["Until", "Status", "Stage"].contains { name.hasSuffix($0) }
    }

    // MARK: Schemas

    private func values(of schema: ContractValue) -> [String] {
        (schema["enum"]?.elements ?? []).compactMap(\.text).filter { !Self.isKebab($0) }.map {
            "\($0) is not kebab-case"
        }
    }

    private func members(of schema: ContractValue, in name: String) -> [String] {
        let members = schema["properties"]?.members ?? [:]
        return members.flatMap { member, value -> [String] in
            var words: [String] = []
            if Self.namedByCodes.contains(name) {
                if !Self.isKey(member) { words.append("\(member) is not kebab-case between its dots") }
            } else if !Self.isCamel(member) {
                words.append("\(member) is not camelCase")
            }
            if Self.isOther(member) { words.append("\(member) has another name elsewhere") }
            // One side of a partnership is a record of /v1/helpers.
            if member.contains(/^helper(Id|Name)$|Helper(Id|Name)$/), !name.contains("Partnership") {
                words.append("\(member): a cadre is cadreId, cadreName")
            }
            if ["day", "date"].contains(member) { words.append("\(member): a day is `on` or …On, a time …At") }
            if ["withdrawn", "isWithdrawn"].contains(member), type(value) != "boolean" {
                words.append("\(member) is a flag elsewhere")
            }
            if member.contains(/[a-z]By$/), Set(self.members(value).keys) != ["id", "name"] {
                words.append("\(member) is not somebody who did it: {id, name}")
            }
            if member == "code", isAreaCode(value), !["Division", "Successor"].contains(where: name.contains) {
                words.append("code: a place is areaCode or villageCode")
            }
            if member == "id", name.hasPrefix("Coverage") { words.append("id of a record that has another kind") }
            guard answered.contains(name), !sent.contains(name) else { return words }
            return words + place(member, value, beside: members)
        }
    }

    /// Names of places and cadres stand beside their codes and ids in what only answers have.
    private func place(_ member: String, _ value: ContractValue, beside: [String: ContractValue]) -> [String] {
        if member.hasSuffix("adreId") {
            return beside["\(member.dropLast(2))Name"] == nil ? ["\(member) without the name"] : []
        }
        if value["items"].map(isAreaCode) == true { return ["\(member): codes of places without their names"] }
        guard isAreaCode(value) else { return [] }
        // A division's own record, and the places of the change feed.
        guard !["code", "parentCode", "successorCode", "areaCodeBefore", "areaCodeAfter"].contains(member) else {
            return []
        }
        guard member.hasSuffix("Code") else { return ["\(member): a place is …Code"] }
        var words = beside["\(member.dropLast(4))Name"] == nil ? ["\(member) without the name"] : []
        if member == "villageCode", beside["townName"] == nil { words.append("villageCode without townName") }
        return words
    }

    private func isAreaCode(_ schema: ContractValue) -> Bool { type(schema) == "AreaCode" }

    // MARK: Operations

    private static let besideFields: Set<String> = [
        "areaCode", "q", "on", "knownAt", "from", "to", "limit", "after", "count", "bom", "wait", "ended",
        "receivedFrom", "sort",
    ]

    private func query(of operation: ContractOperation) -> [String] {
        let names = operation.parameterNames(in: "query")
        var words = names.filter { !Self.isCamel($0) }.map { "?\($0) is not camelCase" }
        for schema in operation.parameters.compactMap({ $0["schema"] }) { words += values(of: schema) }
        words += names.filter(Self.isOther).map { "?\($0) has another name elsewhere" }
        words += names.filter { $0.contains(/^helperId$|HelperId$/) && !operation.pattern.contains("partnerships") }
            .map { "?\($0): a cadre is cadreId" }
        guard names.contains("limit") || names.contains("entity"), let item = item(of: operation) else { return words }
        let fields = Set(members(item).keys).union(inLists(of: item, operation))
        words += names.filter {
            !Self.besideFields.contains($0) && !$0.hasPrefix("include") && !fields.contains($0)
        }.map { "?\($0) is no field of the items" }
        return words
    }

    /// The fields of what stands in the lists of an item: its own, those of the single record, and those that have a
    /// path of their own and are counted in the item.
    private func inLists(of item: ContractValue, _ operation: ContractOperation) -> Set<String> {
        let records = [item, single(of: operation).flatMap(answer)].compactMap(\.self)
        var entries = records.flatMap { members($0).values }.compactMap { resolved($0)["items"] }
        for list in contract.operations where list.pattern.hasPrefix(operation.pattern + "/{") {
            guard let name = list.pattern.split(separator: "/").last, name.hasSuffix("s"),
                members(item)["\(name.dropLast())Count"] != nil
            else { continue }
            entries += [self.item(of: list)].compactMap(\.self)
        }
        return Set(entries.flatMap { members($0).keys })
    }

    /// The operation that shows one of a list's records.
    private func single(of operation: ContractOperation) -> ContractOperation? {
        contract.operations.first {
            $0.method == "GET" && $0.pattern.hasPrefix(operation.pattern + "/{") && $0.pattern.hasSuffix("}")
                && $0.pattern.split(separator: "/").count == operation.pattern.split(separator: "/").count + 1
        }
    }

    private static let ofPages: Set<String> = ["items", "next", "total", "sum", "on", "more"]

    /// A list shows of a record what the record shows itself, or less.
    private func shapes(of operation: ContractOperation) -> [String] {
        guard operation.parameterNames(in: "query").contains("limit") else { return [] }
        let others = answer(of: operation).map { Set(members($0).keys).subtracting(Self.ofPages).sorted() } ?? []
        return others.map { "\($0) beside the items of a page" } + differences(of: operation)
    }

    private func differences(of operation: ContractOperation) -> [String] {
        guard let item = item(of: operation),
            let record = single(of: operation).flatMap(answer)
        else { return [] }
        let whole = members(record)
        return members(item).compactMap { member, value in
            guard let other = whole[member] else { return "\(member) stands in the list alone" }
            return type(value) == type(other) ? nil : "\(member) is \(type(value)) in the list and \(type(other)) alone"
        }
    }

    private func answer(of operation: ContractOperation) -> ContractValue? {
        operation.responses[200]?["content"]?["application/json"]?["schema"]
    }

    private func item(of operation: ContractOperation) -> ContractValue? {
        answer(of: operation).flatMap { members($0)["items"]?["items"] }
    }

    // MARK: Reading schemas

    private func resolved(_ schema: ContractValue) -> ContractValue {
        schema["$ref"]?.text.flatMap { contract.schemas.resolve($0) }.map(resolved) ?? schema
    }

    /// The members of an object, with those of its parts; of alternatives those of the first.
    private func members(_ schema: ContractValue) -> [String: ContractValue] {
        let schema = resolved(schema)
        let alternatives = schema["oneOf"] ?? schema["anyOf"]
        let parts = (schema["allOf"]?.elements ?? []) + (alternatives?.elements.prefix(1) ?? [])
        return parts.reduce(into: schema["properties"]?.members ?? [:]) { all, part in
            all.merge(members(part)) { first, _ in first }
        }
    }

    /// The name of a schema, whether it may be null or not; for others what they hold.
    private func type(_ schema: ContractValue) -> String {
        if let reference = schema["$ref"]?.text { return reference.split(separator: "/").last.map(String.init) ?? "" }
        if let parts = schema["allOf"]?.elements { return parts.map(type).joined(separator: " and ") }
        if let items = schema["items"] { return "list of \(type(items))" }
        let word = schema["type"]?.text ?? "anything"
        switch schema["format"]?.text {
        case "uuid": return "Id"
        case "date": return "Date"
        case "date-time": return "Time"
        default: return word
        }
    }

    private static func schemas(_ values: [ContractValue], _ contract: Contract) -> Set<String> {
        var found: Set<String> = []
        var left = values
        while let value = left.popLast() {
            value.walk { _, part in
                guard let reference = part["$ref"]?.text, let target = contract.schemas.resolve(reference) else {
                    return
                }
                let name = reference.split(separator: "/").last.map(String.init) ?? ""
                if found.insert(name).inserted { left.append(target) }
            }
        }
        return found
    }
}
