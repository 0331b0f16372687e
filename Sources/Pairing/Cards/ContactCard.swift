// Contact cards (R048): one is issued for the helper who is responsible for a household, and replaces the card that the
// household holds. CardPage prints cards, CardList shows which are missing.

import Domain
import SQL
import Service
import Web

extension ProblemKind {
    package static let noResponsibleHelper = ProblemKind(
        "no-responsible-helper", status: 409, zh: "该户当日没有第一责任人",
        en: "Nobody is responsible for the household on that day")
}

package struct ContactCard: RecordState {
    /// The value as in the column.
    package enum Stage: String, CaseIterable, Sendable { case issued, reissued, withdrawn }

    package var subject = RecordSubject()
    /// For a new card: the pairing by which somebody is responsible for the household. Otherwise it is read where it is
    /// shown.
    package var responsible: Responsible?
    package var issuedOn = CivilDate.first
    package var number: String?
    package var stage = Stage.issued
    var isPrinted = false
    var isSigned = false
    /// The card that has replaced it.
    var successorCardId: Identifier?
    /// For a new card: the card that it replaces.
    package var replaces: Identifier?

    package init() {}

    package struct Responsible: Equatable, Sendable {
        package let pairing: Identifier
        package let cadre: Identifier
    }
}

extension ContactCard {
    package static let record = Record<ContactCard>(
        .card, table: "contact_card", path: "/v1/contact-cards", writers: .roles(.countyAdministrator, .townClerk),
        history: .audited,
        fields: [
            household,
            responsible,
            .factDay("issuedOn", \.issuedOn, "issued_on"),
            .optional("number", \.number, "number", .key(1...40)),
            .state("state", \.stage, "state", else: .issued).stated(.never).ending { $0.stage != .issued },
            .required("isPrinted", \.isPrinted, "is_printed", .flag, else: { _ in false }),
            .required("isSigned", \.isSigned, "is_signed", .flag, else: { _ in false }),
            .takingBack(where: { $0.stage == .withdrawn }) { card in
                if card.stage == .issued { card.stage = .withdrawn }
            },
            .reference("successorCardId", \.successorCardId, "successor_id", find: { id, _, _ in id }).stated(.never),
        ], settle: settle)

    private static var household: RecordField<ContactCard> {
        let subject = RecordField<ContactCard>.subject(\.subject)
        var field = RecordField<ContactCard>(name: "householdId").stated(.atCreation)
        field.columns = ["household_number"]
        field.selected = field.columns
        field.shown = subject.shown
        field.shownSchemas = subject.shownSchemas.map {
            RecordMember(name: $0.name, schema: $0.schema, isAlways: true)
        }
        field.statedSchemas = [RecordMember(name: "householdId", schema: .id, isAlways: true)]
        field.join = { _ in
            """
            JOIN household h ON h.household_number = r.household_number
            JOIN division v ON v.id = h.village_id JOIN division vt ON vt.id = v.parent_id
            """
        }
        field.bind = { [$0.subject.household] }
        field.load = { row, index, card in card.subject.household = row.int64(index) }
        field.audits = { $0.subject.id.map { [("householdId", .text($0.description))] } ?? [] }
        field.read = { body, reading in
            let id = body.value("householdId", placeholder: reading.id, FieldText.identifier)
            return { draft, context in
                guard let found = try RecordSubject.household(id, context.scope, context.connection) else {
                    throw Problem.field("/householdId", .unknownHousehold)
                }
                (draft.state.subject, draft.place) = found
            }
        }
        return field
    }

    private static var responsible: RecordField<ContactCard> {
        var field = RecordField<ContactCard>(name: "pairingId").stated(.atCreation)
        field.columns = ["pairing_id", "cadre_id"]
        field.bind = { [$0.responsible?.pairing, $0.responsible?.cadre] }
        field.audits = { card in
            guard let responsible = card.responsible else { return [] }
            return [
                ("pairingId", .text(responsible.pairing.description)),
                ("cadreId", .text(responsible.cadre.description)),
            ]
        }
        field.shown = { _ in
            [
                ListColumn("pairingId", "r.pairing_id", .identifier), ListColumn("cadreId", "r.cadre_id", .identifier),
                ListColumn("cadreName", "c.name"), ListColumn("organizationName", "o.name"),
                ListColumn("positionTitle", "c.position_title"), ListColumn("cadrePhone", "c.phone_mask"),
            ]
        }
        field.shownSchemas = [
            RecordMember(name: "pairingId", schema: .id, isAlways: true),
            RecordMember(name: "cadreId", schema: .id, isAlways: true),
            RecordMember(name: "cadreName", schema: .text(1...60), isAlways: true),
            RecordMember(name: "organizationName", schema: .text(1...100), isAlways: true),
            RecordMember(name: "positionTitle", schema: .text(1...100)),
            RecordMember(name: "cadrePhone", schema: .maskedPhone),
        ]
        field.join = { _ in
            "JOIN cadre c ON c.id = r.cadre_id JOIN organization o ON o.id = c.organization_id"
        }
        field.part = RecordPart(
            load: { _, _, _ in },
            write: { id, _, new, transaction in
                guard let replaced = new.replaces else { return }
                try transaction.connection.run(
                    "UPDATE contact_card SET successor_id = $2 WHERE id = $1", replaced, id)
            }, show: nil)
        return field
    }

    /// A new card is for the responsible helper on its day, and replaces the card that the household holds.
    ///
    /// - Throws: 409 `no-responsible-helper`.
    @Sendable
    private static func settle(_ draft: inout RecordDraft<ContactCard>, _ context: RecordContext) throws {
        guard draft.before == nil, let transaction = context.transaction else { return }
        let household = draft.state.subject.household
        draft.state.responsible = try context.connection.first(
            """
            SELECT x.pairing_id, x.cadre_id FROM household_covered x
            WHERE x.household_number = $1 AND \(DayInterval.holds("x", on: "$2"))
            """, household, draft.state.issuedOn
        ) { Responsible(pairing: try $0.identifier(0), cadre: try $0.identifier(1)) }
        guard draft.state.responsible != nil else { throw Problem(.noResponsibleHelper) }
        let held = try record.find("household_number = $1 AND state = 'issued'", [household], context.connection).first
        guard let held else { return }
        draft.state.replaces = held.id
        var state = held.state
        state.stage = .reissued
        try record.change(held, to: state, place: held.areaCode, from: context.today, transaction)
    }
}

// MARK: A whole village

extension ContactCard {
    /// The result of issuing cards for a whole village.
    struct Round {
        var issued = 0
        var reissued = 0
        /// Households that hold the right card already.
        var current = 0
        /// Households without a responsible helper.
        var withoutHelper = 0
    }

    /// Issues cards for all households of a village that have a responsible helper and hold no card, or one of another
    /// helper.
    static func issue(for village: Division, on day: CivilDate, _ transaction: Transaction) throws -> Round {
        let households = try transaction.connection.query(
            """
            SELECT h.household_number, h.id, h.area_code, k.cadre_id,
                \(Helping.responsible("h.household_number", on: "$2"))
            FROM household h
            LEFT JOIN contact_card k ON k.household_number = h.household_number AND k.state = 'issued'
            WHERE h.village_id = $1 AND h.ended_on IS NULL ORDER BY h.archive_number
            """, village.id, day
        ) { row in
            (
                subject: RecordSubject(household: row.int64(0), id: try row.identifier(1), village: village.id),
                place: row.int64(2), holds: row.optionalIdentifier(3), responsible: row.optionalIdentifier(4)
            )
        }
        var round = Round()
        for household in households {
            guard household.responsible != nil else {
                round.withoutHelper += 1
                continue
            }
            guard household.holds != household.responsible else {
                round.current += 1
                continue
            }
            var card = ContactCard()
            card.subject = household.subject
            card.issuedOn = day
            var draft = RecordDraft(id: transaction.newId(), before: nil, state: card, place: household.place)
            try settle(&draft, RecordContext(.everything, transaction))
            try record.create(draft, from: day, contentHash: nil, transaction)
            if draft.state.replaces == nil { round.issued += 1 } else { round.reissued += 1 }
        }
        return round
    }
}
