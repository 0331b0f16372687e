// The contract says what the program does, and nothing else; the two are compared in both directions.

import HTTP1
import Testing

@testable import App
@testable import Archive
@testable import Service
@testable import Web

@Suite("The contract")
struct ContractTests {
    private let contract: Contract
    private let program: ContractProgram

    init() throws {
        contract = try Contract.shared
        program = try ContractProgram()
    }

    /// Every route with its operation.
    private var pairs: [(route: Route<Endpoint>, operation: ContractOperation)] {
        program.routes.compactMap { route in
            contract.operations.first { "\($0.method) \($0.pattern)" == route.name }.map { (route, $0) }
        }
    }

    @Test("every route is documented, and every documented operation is a route")
    func routes() {
        let routes = Set(program.routes.map(\.name))
        let documented = Set(contract.operations.map { "\($0.method) \($0.pattern)" })
        #expect(routes.subtracting(documented).isEmpty)
        #expect(documented.subtracting(routes).isEmpty)
    }

    @Test("path parameters are those of the route's pattern")
    func pathParameters() {
        for (route, operation) in pairs {
            #expect(operation.parameterNames(in: "path") == route.parameterNames, "\(route.name)")
        }
    }

    @Test(
        "open operations need no token, the others document 401, those for some roles also 403 and the roles"
    )
    func access() {
        // Everybody may ask, and who has the right beside their role is answered.
        let rights = ["POST /v1/households/search", "POST /v1/cadres/search"]
        for (route, operation) in pairs {
            #expect((operation.value["security"] == .list([])) == route.isOpenToEverybody, "\(route.name)")
            #expect((operation.responses[401] == nil) == route.isOpenToEverybody, "\(route.name)")
            #expect(
                (operation.responses[403] != nil) == (route.isForRoles || rights.contains(route.name)), "\(route.name)")
            let roles = operation.value["x-roles"]?.elements.compactMap(\.text) ?? []
            #expect(
                Set(roles.compactMap(Role.init(rawValue:))) == route.roles,
                "\(route.name)")
            #expect(
                roles.count == route.roles.count,
                "\(route.name)")
        }
    }

    @Test("bodies have the media types that the routes read")
    func bodies() {
        for (route, operation) in pairs {
            let named = operation.value["requestBody"]?["$ref"]?.text.flatMap { contract.schemas.resolve($0) }
            let body = named ?? operation.value["requestBody"]
            #expect(Set(body?["content"]?.members.keys.map(\.self) ?? []) == route.bodyTypes, "\(route.name)")
            #expect((operation.responses[415] != nil) == !route.bodyTypes.isEmpty, "\(route.name)")
        }
    }

    @Test("lists come as JSON, CSV and NDJSON with paging, and only lists do")
    func lists() {
        let types: Set<String> = ["application/json", "text/csv", "application/x-ndjson"]
        for (route, operation) in pairs {
            let query = operation.parameterNames(in: "query")
            let content = Set(operation.responses[200]?["content"]?.members.keys.map(\.self) ?? [])
            #expect(["limit", "after", "count", "bom"].allSatisfy(query.contains) == route.isList, "\(route.name)")
            #expect((content == types) == route.isList, "\(route.name)")
            #expect((operation.responses[406] != nil) == route.isList, "\(route.name)")
        }
    }

    @Test("Idempotency-Key is documented where keys are kept, If-Match where a patch needs it")
    func conditions() {
        for (route, operation) in pairs {
            let names = operation.parameterNames(in: "header")
            #expect(names.contains("Idempotency-Key") == route.endpoint.isIdempotencyKeyed, "\(route.name)")
            let ifMatch = operation.parameters.first { $0["name"]?.text == "If-Match" }
            #expect((ifMatch?["required"]?.isTrue == true) == (route.method == .patch), "\(route.name)")
            #expect((operation.responses[428] != nil) == (route.method == .patch), "\(route.name)")
            #expect((operation.responses[412] != nil) == (ifMatch != nil), "\(route.name)")
            #expect((operation.responses[304] != nil) == names.contains("If-None-Match"), "\(route.name)")
        }
    }

    @Test("the answers that the engine and the storage may give are documented for every operation")
    func everywhere() {
        for (route, operation) in pairs {
            for status in [400, 408, 413, 414, 417, 421, 431, 500, 501, 503, 505] {
                #expect(operation.responses[status] != nil, "\(route.name) \(status)")
            }
            if route.isWrite { #expect(operation.responses[507] != nil, "\(route.name) 507") }
        }
    }

    @Test("every problem of the catalogue is documented at its status, and no others are")
    func problems() {
        var documented: Set<String> = []
        for response in (contract.document["components"]?["responses"]?.members ?? [:]).values {
            guard let status = response["x-problem-status"]?.integer else { continue }
            for type in response["x-problem-types"]?.elements ?? [] {
                documented.insert("\(status) \(type.text ?? "")")
            }
        }
        let catalogue = Set(Composition.jiedui.problems.map { "\($0.status) \(Problem.typePrefix)\($0.slug)" })
        #expect(catalogue.subtracting(documented).isEmpty)
        #expect(documented.subtracting(catalogue).isEmpty)
        #expect(Set(Composition.jiedui.problems.map(\.slug)).count == catalogue.count)
    }

    @Test("refusals are problems, and successes are not")
    func refusals() {
        for operation in contract.operations {
            for (status, response) in operation.responses {
                let types = Set(response["content"]?.members.keys.map(\.self) ?? [])
                let isProblem = types == ["application/problem+json"]
                #expect(isProblem == (status >= 400), "\(operation.method) \(operation.pattern) \(status)")
                let named = response["x-problem-status"]?.integer
                #expect(named == (isProblem ? status : nil), "\(operation.method) \(operation.pattern) \(status)")
            }
        }
    }

    @Test("code lists have the codes of the register")
    func codeLists() {
        let schemas = contract.document["components"]?["schemas"]?.members ?? [:]
        var documented: [String: [String]] = [:]
        for schema in schemas.values {
            guard let key = schema["x-code-list"]?.text else { continue }
            documented[key] = schema["enum"]?.elements.compactMap(\.text)
        }
        let lists = program.register.codeLists.lists
        #expect(documented == Dictionary(uniqueKeysWithValues: lists.map { ($0.key, $0.values.map(\.code)) }))
        let keys = schemas["CodeListKey"]?["enum"]?.elements.compactMap(\.text) ?? []
        #expect(keys.sorted() == lists.map(\.key).sorted())
    }

    @Test("roles, levels and kinds are those of the program")
    func enumerations() {
        let schemas = contract.document["components"]?["schemas"]
        func values(_ name: String) -> [String]? { schemas?[name]?["enum"]?.elements.compactMap(\.text) }
        #expect(values("Role") == Role.allCases.map(\.rawValue))
        #expect(values("ImportKind")?.sorted() == ImportKind.allCases.map(\.rawValue).sorted())
        #expect(values("IdentityState").map { $0.allSatisfy { MemberIdentity.State(rawValue: $0) != nil } } == true)
        let entities = schemas?["Change"]?["discriminator"]?["mapping"]?.members ?? [:]
        #expect(entities.keys.allSatisfy { Composition.jiedui.record(Entity(rawValue: $0)) != nil })
        #expect(values("ImportMode").map { $0.allSatisfy { ImportMode(rawValue: $0) != nil } } == true)
    }

    @Test("every example matches its schema")
    func examples() {
        var count = 0
        contract.document.walk { pointer, value in
            guard let example = value["example"], !pointer.contains("/example") else { return }
            // A schema carries its own example; parameters, headers and contents stand beside their schema.
            let schema = value["schema"] ?? value
            count += 1
            #expect(contract.schemas.violations(of: example, schema).isEmpty, "\(pointer)")
        }
        #expect(count > 40)
    }

    @Test("every reference leads somewhere, and nothing is unused")
    func references() {
        var used: Set<String> = []
        contract.document.walk { pointer, value in
            guard let reference = value["$ref"]?.text else { return }
            used.insert(reference)
            #expect(contract.schemas.resolve(reference) != nil, "\(pointer)")
        }
        for (kind, components) in contract.document["components"]?.members ?? [:] where kind != "securitySchemes" {
            for name in components.members.keys where name != "MethodNotAllowed" {
                #expect(used.contains("#/components/\(kind)/\(name)"), "\(kind) \(name)")
            }
        }
    }

    @Test("schemas that only bodies use refuse unknown fields, and those of answers allow new ones")
    func openness() {
        func schemas(_ place: KeyPath<ContractOperation, [ContractValue]>) -> Set<String> {
            var found: Set<String> = []
            var left = contract.operations.flatMap { $0[keyPath: place] }
            while let value = left.popLast() {
                value.walk { _, inner in
                    guard let reference = inner["$ref"]?.text, let target = contract.schemas.resolve(reference),
                        found.insert(reference).inserted
                    else { return }
                    left.append(target)
                }
            }
            return found
        }
        let answered = schemas(\.answers)
        for reference in schemas(\.bodies).union(answered) where reference.hasPrefix("#/components/schemas/") {
            contract.schemas.resolve(reference)?.walk { pointer, schema in
                guard schema["properties"]?.members.isEmpty == false, !pointer.contains("/example") else { return }
                let isClosed = schema["additionalProperties"] == .boolean(false)
                #expect(isClosed == !answered.contains(reference), "\(reference)\(pointer)")
            }
        }
    }

    @Test("every enumeration has a name, so that generators need not invent one")
    func choices() {
        contract.document.walk { pointer, schema in
            guard let values = schema["enum"]?.elements, values.count > 1 else { return }
            let parts = pointer.split(separator: "/")
            #expect(parts.count == 3 || parts[1] == "headers", "\(pointer)")
        }
    }

    @Test("every operation has its own name, a summary, and a tag with a description")
    func words() {
        let tags = Set((contract.document["tags"]?.elements ?? []).compactMap { $0["name"]?.text })
        for operation in contract.operations {
            #expect(operation.value["summary"]?.text?.isEmpty == false, "\(operation.pattern)")
            #expect(operation.value["tags"]?.elements.compactMap(\.text).allSatisfy(tags.contains) == true)
        }
        let names = contract.operations.compactMap { $0.value["operationId"]?.text }
        #expect(Set(names).count == contract.operations.count)
    }

    /// What names of operations begin with.
    private static let verbs: Set<String> = [
        "approve", "cancel", "change", "confirm", "create", "decide", "delete", "discard", "find", "follow", "get",
        "issue", "join", "list", "move", "print", "put", "revoke", "send", "summarize", "undo",
    ]

    @Test("names of operations begin with a verb, and the title can be a name in any programming language")
    func generatedNames() {
        for operation in contract.operations {
            let name = operation.value["operationId"]?.text ?? ""
            #expect(Self.verbs.contains(String(name.prefix { $0.isLowercase })), "\(name)")
        }
        #expect(contract.document["info"]?["title"]?.text?.allSatisfy(\.isASCII) == true)
    }
}
