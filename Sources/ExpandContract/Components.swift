// What operations refer to: parameters, headers, answers, refusals and schemas. Refusals get their types from the
// catalogue of problems; pages of lists are made from their items.

import Service

struct Components {
    static let sections: Set<String> = [
        "tag", "securitySchemes", "parameters", "headers", "requestBodies", "responses", "problems", "schemas",
        "changes",
    ]
    /// Longer lines of types are broken.
    private static let lineCharactersMax = 120
    /// The engine's refusal that not every route can meet.
    private static let diskFull = 507

    private let pathParameters: [String: String]
    private let refusals: [(name: String, status: Int, text: [String])]
    let refusalsOfEveryRoute: [String]
    private let shared: Fragment
    /// Values of schemas that a catalogue of the program has.
    private let catalogues: [String: [String]]

    init(
        _ shared: Fragment, _ domains: [Fragment], _ problems: [ProblemFacts], _ catalogues: [String: [String]]
    ) throws {
        self.shared = shared
        self.catalogues = catalogues
        var pathParameters: [String: String] = [:]
        for fragment in [shared] + domains {
            for entry in try fragment.sections["parameters"]?.outline().entries ?? [] {
                let outline = try entry.outline()
                if outline["in"]?.value == "path", let name = outline["name"]?.value {
                    pathParameters[name] = entry.key
                }
            }
        }
        self.pathParameters = pathParameters
        var refusals: [(name: String, status: Int, text: [String])] = []
        var everywhere: [String] = []
        for entry in try shared.sections["problems"]?.outline().entries ?? [] {
            let outline = try entry.outline()
            try outline.only(["status", "description", "headers", "types", "byEngine"], entry.key)
            guard let status = Int(outline["status"]?.value ?? "") else {
                throw ContractError("\(entry.key): no status")
            }
            let isByEngine = outline["byEngine"]?.value == "true"
            if isByEngine, status != Self.diskFull { everywhere.append(entry.key) }
            let types = outline["types"]?.list ?? problems.filter { $0.status == status }.map(\.type)
            let text = try Self.refusal(status, outline, types, isByEngine: isByEngine)
            refusals.append((entry.key, status, text))
        }
        self.refusals = refusals
        refusalsOfEveryRoute = everywhere
    }

    static func reference(_ section: String, _ name: String) -> String {
        "{$ref: \"#/components/\(section)/\(name)\"}"
    }

    /// The component for a name in a pattern.
    func pathParameter(_ name: String) throws -> String {
        guard let component = pathParameters[name] else { throw ContractError("no parameter for {\(name)}") }
        return component
    }

    func status(ofRefusal name: String) throws -> Int {
        if name == "NotModified" { return 304 }
        guard let refusal = refusals.first(where: { $0.name == name }) else {
            throw ContractError("no problem has the name \(name)")
        }
        return refusal.status
    }

    // MARK: Answers

    private static func refusal(
        _ status: Int, _ outline: Outline, _ types: [String], isByEngine: Bool
    ) throws -> [String] {
        // What the engine refuses may have been unreadable.
        let identity = isByEngine ? "RequestIdIfRead" : "X-Request-ID"
        var lines = outline["description"]?.text() ?? []
        lines += ["headers:", "  X-Request-ID: " + reference("headers", identity)]
        lines += ["  Content-Language: " + reference("headers", "ContentLanguage")]
        lines += headers(outline["headers"]?.list ?? [])
        lines += ["content:", "  application/problem+json: {schema: \(reference("schemas", "Problem"))}"]
        lines += ["x-problem-status: \(status)"]
        return lines + wrapped("x-problem-types: [", types, "]")
    }

    private static func headers(_ names: [String]) -> [String] {
        names.map { name in
            // Both say which types an address takes.
            let component = name == "Accept-Patch" ? "AcceptPost" : name.filter { $0 != "-" }
            return "  \(name): " + reference("headers", component)
        }
    }

    static func wrapped(_ head: String, _ elements: [String], _ tail: String) -> [String] {
        var lines = [head]
        for (index, element) in elements.enumerated() {
            let text = element + (index == elements.count - 1 ? tail : ",")
            let last = lines[lines.count - 1]
            if last.count + text.count + 1 > lineCharactersMax {
                lines.append("  " + text)
            } else {
                lines[lines.count - 1] = last + (last.hasSuffix("[") ? "" : " ") + text
            }
        }
        return lines
    }

    /// A successful answer: its description, the headers it names or else has by its kind, and its content.
    func response(_ outline: Outline, headers implied: [String], isList: Bool) throws -> [String] {
        try outline.only(["description", "headers", "content", "schema", "items", "page", "example"], "an answer")
        var lines = outline["description"]?.text() ?? []
        lines += ["headers:", "  X-Request-ID: " + Self.reference("headers", "X-Request-ID")]
        lines += Self.headers(outline["headers"]?.list ?? implied)
        if let content = outline["content"] { return lines + content.text() }
        let schema =
            try page(outline).map { ["schema: " + Self.reference("schemas", $0.page)] } ?? outline["schema"]?.text()
        guard let schema else { return lines }
        lines += ["content:", "  application/json:"] + schema.indented(4)
        lines += (outline["example"]?.text() ?? []).indented(4)
        if isList {
            lines += ["  text/csv: {schema: {type: string}}", "  application/x-ndjson: {schema: {type: string}}"]
        }
        return lines
    }

    /// The names of the schemas of a page and of its items.
    private func page(_ outline: Outline) throws -> (page: String, item: String)? {
        guard let item = outline["items"]?.value else { return nil }
        let stem = item.hasSuffix("Item") ? String(item.dropLast(4)) : item
        return (outline["page"]?.value ?? stem + "Page", item)
    }

    // MARK: The section

    func text(_ domains: [Fragment]) throws -> [String] {
        var lines = ["components:"]
        for section in ["securitySchemes", "parameters", "headers", "requestBodies", "responses", "schemas"] {
            lines += ["  \(section):"]
            var pages: Set<String> = []
            for fragment in [shared] + domains {
                for entry in try fragment.sections[section]?.outline().entries ?? [] {
                    lines += try component(entry, in: section).indented(4)
                }
                guard section == "schemas" else { continue }
                lines += try self.pages(of: fragment, &pages).indented(4)
                if let changes = try fragment.sections["changes"]?.outline() {
                    lines += ChangeFragment(changes, domains.flatMap(\.declared)).schemas().indented(4)
                }
            }
            if section == "responses" {
                for refusal in refusals { lines += (["\(refusal.name):"] + refusal.text.indented(2)).indented(4) }
            }
            lines += [""]
        }
        return lines.dropLast()
    }

    private func component(_ entry: Outline.Entry, in section: String) throws -> [String] {
        if section == "schemas", let values = catalogues[entry.key] {
            return entry.text() + Self.wrapped("enum: [", values, "]").indented(2)
        }
        guard section == "responses" else { return entry.text() }
        return ["\(entry.written):"] + (try response(entry.outline(), headers: [], isList: false).indented(2))
    }

    /// The schemas of pages that the answers of a fragment name.
    private func pages(of fragment: Fragment, _ made: inout Set<String>) throws -> [String] {
        var lines: [String] = []
        for path in fragment.paths.entries {
            for operation in try path.outline().entries where operation.key == "get" {
                guard let answer = try operation.outline()["responses"]?.outline()["200"], answer.value.isEmpty,
                    let names = try page(answer.outline()), made.insert(names.page).inserted
                else { continue }
                lines += Self.page(names.page, of: names.item)
            }
        }
        return lines
    }

    private static func page(_ name: String, of item: String) -> [String] {
        [
            "\(name):",
            "  type: object",
            "  required: [items]",
            "  properties:",
            "    items: {type: array, maxItems: 1000, items: \(reference("schemas", item))}",
            "    next: \(reference("schemas", "Next"))",
            "    total: \(reference("schemas", "Total"))",
        ]
    }
}
