// The operations on contact cards (R048). The helper's phone in clear is what a card is for: its page shows it to users
// with the right to read sealed numbers, and leaves an audit event each time; others see the mask.

import Domain
import HTTP1
import SQL
import Web

enum CardRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .townClerk)

    static let all: [RouteEntry] = [
        (.get, "/v1/coverage/contact-cards", Endpoint(access: .signedIn, work: .list(CardList.plan))),
        (.get, "/v1/contact-cards/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/contact-cards/{id}", Endpoint(access: writers, body: .json, work: .write(issue))),
        (.patch, "/v1/contact-cards/{id}", Endpoint(access: writers, body: .mergePatch, work: .write(change))),
        (.get, "/v1/contact-cards/{id}/page", Endpoint(access: .signedIn, work: .write(page))),
        (.post, "/v1/villages/{code}/contact-cards", Endpoint(access: writers, work: .write(issueForVillage))),
        (.get, "/v1/villages/{code}/contact-cards/page", Endpoint(access: .signedIn, work: .write(villagePage))),
    ]

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        let card = try visible(call.id(), call.caller.scope, connection)
        return try .record(try CardList.json(card.id, connection), version: card.version, call)
    }

    private static func visible(_ id: Identifier, _ scope: Scope, _ connection: Connection) throws -> StoredCard {
        guard let card = try CardStore.find(id, connection), scope.contains(card.areaCode) else {
            throw Problem(.notFound)
        }
        return card
    }

    // MARK: Issuing

    private static let numberCharacters = 1...40

    private static func issue(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let document = try call.document()
        let today = call.now.shanghaiDate
        var body = ObjectReader(document.root)
        body.checkId(id)
        let none = Identifier(high: 0, low: 0)
        let household = body.value("householdId", placeholder: none, FieldText.identifier)
        let day = body.optionalValue("issuedOn", call.register.days.day) ?? today
        if day > today { body.report("issuedOn", .inFuture) }
        let number = body.optionalKey("number", characters: numberCharacters)
        let isPrinted = body.optionalBoolean("isPrinted") ?? false
        let isSigned = body.optionalBoolean("isSigned") ?? false
        try body.finish()
        let contentHash = call.register.keys.hash(document.canonicalBytes(), purpose: "content")
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            if let existing = try CardStore.find(id, connection) {
                guard existing.contentHash == contentHash, scope.contains(existing.areaCode) else {
                    throw Problem(.conflictingContent)
                }
                var response = try answer(200, existing, connection)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            let found = try connection.first(
                "SELECT household_number, area_code FROM household WHERE id = $1", household
            ) { (number: $0.int64(0), areaCode: $0.int64(1)) }
            guard let found, scope.contains(found.areaCode) else {
                throw Problem.field("/householdId", .unknownHousehold)
            }
            try CardStore.issue(
                NewCard(
                    id: id, householdNumber: found.number, areaCode: found.areaCode, issuedOn: day, number: number,
                    isPrinted: isPrinted, isSigned: isSigned, contentHash: contentHash), transaction)
            return try answer(201, try visible(id, scope, connection), connection)
        }
    }

    private static func answer(_ status: Int, _ card: StoredCard, _ connection: Connection) throws -> Response {
        var response = Response.record(status, try CardList.json(card.id, connection), version: card.version)
        if status == 201 { response.add("Location", "/v1/contact-cards/\(card.id)") }
        return response
    }

    private static func issueForVillage(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        try Query(call.request.head.query).finished()
        let scope = try call.caller.scope
        let code = call.parameters[0]
        return { transaction in
            let today = transaction.today
            let village = try current(code, on: today, scope, transaction.connection)
            let round = try CardStore.issue(for: village, on: today, transaction)
            var json = JSONWriter()
            json.object { json in
                json.key("issued")
                json.integer(round.issued)
                json.key("reissued")
                json.integer(round.reissued)
                json.key("current")
                json.integer(round.current)
                json.key("withoutHelper")
                json.integer(round.withoutHelper)
            }
            return .json(200, json.take())
        }
    }

    /// The village of a code, or whichever took over from it.
    private static func current(
        _ code: String, on day: CivilDate, _ scope: Scope, _ connection: Connection
    ) throws -> Division {
        let village = try VillageTable.visible(code, on: day, scope, connection)
        return try DivisionStore.followSuccessors(village.division, connection)
    }

    // MARK: Changing

    private static func change(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        var body = ObjectReader(try call.document().root)
        let number = body.changeKey("number", characters: numberCharacters)
        let isPrinted = body.optionalBoolean("isPrinted")
        let isSigned = body.optionalBoolean("isSigned")
        let isWithdrawal = body.optionalBoolean("withdrawn") ?? false
        try body.finish()
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            let stored = try visible(id, scope, connection)
            try VersionTag.require(stored.version, call)
            var facts = stored.facts
            facts.number = number.applied(to: facts.number)
            facts.isPrinted = isPrinted ?? facts.isPrinted
            facts.isSigned = isSigned ?? facts.isSigned
            if isWithdrawal && facts.state == .issued { facts.state = .withdrawn }
            try CardStore.change(stored, to: facts, transaction)
            return try answer(200, try visible(id, scope, connection), connection)
        }
    }

    // MARK: Printing

    private static func page(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        try Query(call.request.head.query).finished()
        let id = try call.id()
        let caller = try call.caller
        return { transaction in
            let connection = transaction.connection
            let card = try visible(id, caller.scope, connection)
            let cards = try opened(
                try CardList.printed("k.id = $1", card.id, connection), caller, .card, card.id, transaction)
            return html(cards, title: "结亲帮扶联系卡")
        }
    }

    private static func villagePage(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        try Query(call.request.head.query).finished()
        let caller = try call.caller
        let code = call.parameters[0]
        return { transaction in
            let connection = transaction.connection
            let village = try current(code, on: transaction.today, caller.scope, connection)
            let found = try CardList.printed(
                CardList.isCurrent(in: "$1", on: transaction.today), village.id, connection)
            let cards = try opened(found, caller, .village, village.id, transaction)
            return html(cards, title: "\(village.name) 结亲帮扶联系卡")
        }
    }

    /// The cards with phones in clear, for callers with the right to them; who reads them so is in the audit trail.
    private static func opened(
        _ cards: [PrintedCard], _ caller: Caller, _ entity: Entity, _ id: Identifier, _ transaction: Transaction
    ) throws -> [PrintedCard] {
        guard try ExportStore.mayReadSealed(caller.userId, transaction.connection),
            cards.contains(where: { $0.sealedPhone != nil })
        else { return cards }
        let opened = try cards.map { card in
            var card = card
            if let sealed = card.sealedPhone {
                card.phone = try transaction.register.keys.open(sealed, for: CadreTable.phonePlace(card.cadreId))
            }
            return card
        }
        try transaction.audit(
            "show-phones", entity, id, after: RecordAudit.whole([("cards", .integer(cards.count))]))
        return opened
    }

    private static func html(_ cards: [PrintedCard], title: String) -> Response {
        .page(CardPage.html(cards, title: title))
    }
}
