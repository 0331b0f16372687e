// Households by the state of their contact cards, and the cards that are to be printed.

import Domain
import SQL
import Service
import Web

enum CardList {
    // MARK: Households

    /// The state of a household's card.
    private enum CardState: String, CaseIterable {
        /// It holds the card of the responsible helper.
        case current
        /// It holds the card of somebody else.
        case outdated
        /// It has a responsible helper but holds no card.
        case missing

        /// Over `k`, the card that it holds, and `p`, the pairing of its responsible helper today.
        var condition: String {
            switch self {
            case .current: "k.cadre_id = p.cadre_id"
            case .outdated: "k.id IS NOT NULL AND (p.cadre_id IS NULL OR p.cadre_id <> k.cadre_id)"
            case .missing: "k.id IS NULL AND p.id IS NOT NULL"
            }
        }
    }

    private static let stateExpression =
        "CASE " + CardState.allCases.map { "WHEN \($0.condition) THEN '\($0.rawValue)'" }.joined(separator: " ")
        + " END"

    private static let columns =
        [
            ListColumn("householdId", "h.id", .identifier), ListColumn("archiveNumber", "h.archive_number"),
            ListColumn("householderName", "h.householder_name"),
        ] + ListColumn.village(of: "h.village_id") + [
            ListColumn("cardState", stateExpression),
            ListColumn("id", in: "card", "k.id", .identifier),
            ListColumn("cadreId", in: "card", "k.cadre_id", .identifier),
            ListColumn("cadreName", in: "card", "kc.name"), ListColumn("number", in: "card", "k.number"),
            ListColumn("issuedOn", in: "card", "k.issued_on"),
            ListColumn("isPrinted", in: "card", "k.is_printed", .boolean),
            ListColumn("isSigned", in: "card", "k.is_signed", .boolean),
            ListColumn("responsibleCadreId", "p.cadre_id", .identifier), ListColumn("responsibleCadreName", "pc.name"),
        ]

    @Sendable
    static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let household = query.value("householdId", FieldText.identifier)
        let state: CardState? = query.value("cardState", FieldText.word)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        let today = conditions.bind(call.now.shanghaiDate)
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "h.area_code")
        conditions.add("h.ended_on IS NULL")
        conditions.add(state.map { "(\($0.condition))" } ?? "(k.id IS NOT NULL OR p.id IS NOT NULL)")
        if let household { conditions.add("h.id = \(conditions.bind(household))") }
        let source = """
            household h LEFT JOIN contact_card k ON k.household_number = h.household_number AND k.state = 'issued'
            LEFT JOIN pairing p ON p.id = \(Helping.responsiblePairing("h.household_number", on: today))
            LEFT JOIN cadre kc ON kc.id = k.cadre_id LEFT JOIN cadre pc ON pc.id = p.cadre_id
            """
        return ListPlan(
            name: "coverage-contact-cards", columns: columns, source: source, conditions: conditions,
            order: ["h.area_code", "h.archive_number"], paging: paging, villages: VillageNames(connection))
    }

    // MARK: For printing

    /// - Throws: 409 where the helper of a card can help no longer: nobody is told to call them.
    static func requireHelper(of card: Identifier, on day: CivilDate, _ connection: Connection) throws {
        let isAble = try connection.first(
            """
            SELECT \(Helping.isAble("k.cadre_id", on: "$2")) AND h.ended_on IS NULL FROM contact_card k
            JOIN household h ON h.household_number = k.household_number WHERE k.id = $1
            """, card, day
        ) { $0.bool(0) }
        guard isAble == true else { throw Problem(.noResponsibleHelper) }
    }

    private static let cardSource = """
        contact_card k JOIN household h ON h.household_number = k.household_number
        JOIN division v ON v.id = h.village_id JOIN division t ON t.id = v.parent_id
        JOIN cadre c ON c.id = k.cadre_id JOIN organization o ON o.id = c.organization_id
        """

    /// The cards to be printed, in the order of archive numbers.
    ///
    /// - Parameter condition: over `k`, with one value in `$1`.
    static func printed(
        _ condition: String, _ value: any Bindable, _ connection: Connection
    ) throws -> [PrintedCard] {
        try connection.query(
            """
            SELECT k.id, h.householder_name, h.archive_number, v.name, t.name, c.id, c.name, o.name, c.position_title,
                c.phone_mask, c.phone_sealed, k.number, k.issued_on
            FROM \(cardSource)
            WHERE \(condition) ORDER BY h.area_code, h.archive_number
            """, value
        ) { row in
            PrintedCard(
                id: try row.identifier(0), householder: row.text(1), archiveNumber: row.text(2), village: row.text(3),
                town: row.optionalText(4), cadreId: try row.identifier(5), helper: row.text(6),
                organization: row.text(7), position: row.optionalText(8), phone: row.optionalText(9),
                sealedPhone: row.optionalBlob(10), number: row.optionalText(11), issuedOn: row.text(12))
        }
    }

    /// The condition over `k` for the right cards of a village's households: those of today's responsible helpers.
    static func isCurrent(in village: String, on day: CivilDate) -> String {
        """
        h.village_id = \(village) AND k.state = 'issued'
            AND k.cadre_id = \(Helping.responsible("k.household_number", on: "'\(day)'"))
        """
    }
}
