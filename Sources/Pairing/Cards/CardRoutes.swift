// Issuing contact cards for a whole village, and printing them (R048). A card is meant to show the helper's phone
// number in clear: its page shows the number to users with the right to read sealed numbers, and leaves an audit event
// each time; others see the mask.

import Archive
import Domain
import HTTP1
import SQL
import Service
import Web

package enum CardRoutes {
    package static let all: [RouteEntry] =
        ContactCard.record.routes + [
            (.get, "/v1/coverage/contact-cards", Endpoint(access: .signedIn, work: .list(CardList.plan))),
            (.get, "/v1/contact-cards/{id}/page", Endpoint(access: .signedIn, work: .write(page))),
            (
                .post, "/v1/villages/{code}/contact-cards",
                Endpoint(access: ContactCard.record.writers, work: .write(issueForVillage))
            ),
            (.get, "/v1/villages/{code}/contact-cards/page", Endpoint(access: .signedIn, work: .write(villagePage))),
        ]

    // MARK: Issuing

    private static func issueForVillage(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        try Query(call.request.head.query).finished()
        let scope = try call.caller.scope
        let code = call.parameters[0]
        return { transaction in
            let today = transaction.today
            let village = try current(code, on: today, scope, transaction.connection)
            let round = try ContactCard.issue(for: village, on: today, transaction)
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

    /// The village with a code, or the one that took over from it.
    private static func current(
        _ code: String, on day: CivilDate, _ scope: Scope, _ connection: Connection
    ) throws -> Division {
        let village = try VillageTable.visible(code, on: day, scope, connection)
        return try DivisionStore.followSuccessors(village.division, connection)
    }

    // MARK: Printing

    private static func page(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        try Query(call.request.head.query).finished()
        let id = try call.id()
        let caller = try call.caller
        return { transaction in
            let connection = transaction.connection
            _ = try ContactCard.record.rows.version(of: id, caller.scope, connection)
            try CardList.requireHelper(of: id, on: transaction.today, connection)
            let cards = try opened(
                try CardList.printed("k.id = $1", id, connection), caller, .card, id, transaction)
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

    /// The cards with phone numbers in clear, for callers with the right to see them; each such reading is in the audit
    /// trail.
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
