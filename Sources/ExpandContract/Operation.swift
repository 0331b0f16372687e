// One operation: its words from the fragment, its parameters, statuses, headers and media types from the route.

import Service

struct Operation {
    private let route: RouteFacts
    private let written: Outline
    private let fragment: Fragment
    private let components: Components
    /// The answers that are no refusals, as they were written.
    private let answers: Outline

    private static let keys: Set<String> = [
        "operationId", "tags", "summary", "description", "parameters", "requestBody", "responses", "refusals",
    ]

    init(_ route: RouteFacts, _ written: Outline, _ fragment: Fragment, _ components: Components) throws {
        try written.only(Self.keys, route.method)
        self.route = route
        self.written = written
        self.fragment = fragment
        self.components = components
        answers = try written["responses"]?.outline() ?? Outline([])
    }

    func text() throws -> [String] {
        var lines = written["operationId"]?.text() ?? []
        lines += written["tags"]?.text() ?? ["tags: [\(fragment.tag ?? "")]"]
        lines += written["summary"]?.text() ?? []
        lines += written["description"]?.text() ?? []
        lines += [route.isOpen ? "security: []" : "x-roles: [\(route.roles.joined(separator: ", "))]"]
        lines += try parameters()
        lines += try requestBody()
        return lines + (try responses())
    }

    // MARK: Parameters

    /// A read that knows conditions: its answer has an entity tag.
    private var isConditional: Bool {
        get throws { try route.method == "GET" && (answers["200"]?.outline()["headers"]?.list ?? []).contains("ETag") }
    }

    private func parameters() throws -> [String] {
        var lines = try (written["parameters"]?.lines ?? []).items().flatMap(Self.parameter)
        var implied: [String] = []
        if route.isIdempotencyKeyed { implied += ["IdempotencyKey"] }
        if route.isList { implied += ["Limit", "After", "Count", "Bom"] }
        if try isConditional { implied += ["IfNoneMatch", "IfMatchOfRead"] }
        if route.method == "PATCH" { implied += ["IfMatch"] }
        lines += implied.map { "  - " + Components.reference("parameters", $0) }
        return lines.isEmpty ? [] : ["parameters:"] + lines
    }

    /// One that says nothing else is in the query, where one without a value counts as absent.
    private static func parameter(_ lines: [String]) throws -> [String] {
        guard let first = lines.first, !first.hasPrefix("  - {") else { return lines }
        let outline = try Outline(lines.map { String($0.dropFirst(4)) })
        guard outline["in"] == nil else { return lines }
        let absence = outline["required"]?.value == "true" ? [] : ["    allowEmptyValue: true"]
        return [first, "    in: query"] + absence + lines.dropFirst()
    }

    // MARK: The body

    private func requestBody() throws -> [String] {
        guard let body = written["requestBody"] else {
            guard route.bodyTypes.isEmpty else {
                throw ContractError("\(route.method) reads a body, requestBody lacks")
            }
            return []
        }
        guard body.value.isEmpty else { return body.text() }
        let outline = try body.outline()
        try outline.only(["description", "content", "schema", "example"], "requestBody")
        var lines = ["requestBody:", "  required: true"]
        lines += (outline["description"]?.text() ?? []).indented(2)
        if let content = outline["content"] { return lines + content.text().indented(2) }
        guard let type = route.bodyTypes.first else { throw ContractError("\(route.method) reads no body") }
        lines += ["  content:", "    \(type):"]
        for key in ["schema", "example"] { lines += (outline[key]?.text() ?? []).indented(6) }
        return lines
    }

    // MARK: Answers

    private func responses() throws -> [String] {
        var texts: [Int: [String]] = [:]
        for answer in answers.entries {
            guard let status = Int(answer.key) else { throw ContractError("\(answer.key) is no status") }
            if answer.value.isEmpty {
                let lines = try components.response(answer.outline(), headers: headers(status), isList: route.isList)
                texts[status] = ["\"\(status)\":"] + lines.indented(2)
            } else {
                texts[status] = ["\"\(status)\": \(answer.value)"]
            }
        }
        for name in try impliedRefusals() + (written["refusals"]?.list ?? []) {
            let status = try components.status(ofRefusal: name)
            texts[status] = ["\"\(status)\": " + Components.reference("responses", name)]
        }
        return ["responses:"] + texts.sorted { $0.key < $1.key }.flatMap { $0.value.indented(2) }
    }

    /// Those of an answer that names none itself.
    private func headers(_ status: Int) -> [String] {
        switch (route.method, status) {
        case _ where route.isList: ["Link", "Content-Disposition"]
        case ("PATCH", 200): ["ETag"]
        case ("PUT", 200) where answers["201"] != nil: ["ETag", "Idempotency-Replayed"]
        case ("PUT", 201): ["ETag", "Location"]
        default: []
        }
    }

    private func impliedRefusals() throws -> [String] {
        var names = components.refusalsOfEveryRoute
        if !route.isOpen { names += ["Unauthenticated"] }
        if route.isForSomeRoles { names += ["Forbidden"] }
        let isOfArea = (written["parameters"]?.lines ?? []).contains { $0.contains("/parameters/AreaCode\"") }
        if !route.parameters.isEmpty || isOfArea { names += ["NotFound"] }
        if route.isList { names += ["NotAcceptable"] }
        if !route.bodyTypes.isEmpty { names += ["UnsupportedMediaType"] }
        if !route.bodyTypes.isEmpty, !route.takesFile { names += ["Unprocessable"] }
        if route.method == "PATCH" { names += ["Stale", "PreconditionRequired"] }
        if try isConditional { names += ["NotModified", "Stale"] }
        if route.needsDisk { names += ["InsufficientStorage"] }
        return names
    }
}

extension [String] {
    /// The items of a block sequence, each with its lines.
    func items() -> [[String]] {
        var items: [[String]] = []
        for line in self {
            if line.hasPrefix("  - ") || items.isEmpty {
                items.append([line])
            } else {
                items[items.count - 1].append(line)
            }
        }
        return items
    }
}
