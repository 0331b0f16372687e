// Contact cards in the database (R048): issuing one for whoever answers for a household, which takes the place of the
// card that the household holds, and what is noted on one afterwards.

import Domain
import SQL
import Web

extension ProblemKind {
    static let noResponsibleHelper = ProblemKind(
        "no-responsible-helper", status: 409, zh: "该户当日没有第一责任人", en: "Nobody answers for the household on that day")
}

enum CardProblems {
    static let kinds: [ProblemKind] = [.noResponsibleHelper]
}

/// A card as the database holds it.
struct StoredCard: Sendable {
    /// The value as in the column.
    enum State: String, Sendable { case issued, reissued, withdrawn }

    let id: Identifier
    let version: Int
    let householdNumber: Int64
    let areaCode: Int64
    let facts: CardFacts
    let contentHash: [UInt8]?
}

/// What can change of a card.
struct CardFacts: Equatable, Sendable {
    var number: String?
    var state: StoredCard.State
    var isPrinted: Bool
    var isSigned: Bool

    var auditFields: [AuditField] {
        [
            ("number", .of(number)), ("state", .text(state.rawValue)), ("isPrinted", .boolean(isPrinted)),
            ("isSigned", .boolean(isSigned)),
        ]
    }
}

/// A card about to be written.
struct NewCard: Sendable {
    let id: Identifier
    let householdNumber: Int64
    let areaCode: Int64
    let issuedOn: CivilDate
    var number: String?
    var isPrinted = false
    var isSigned = false
    let contentHash: [UInt8]?
}

enum CardStore {
    static let rows = RecordRows(table: "contact_card")
    private static let columns = """
        id, version, household_number, area_code, number, state, is_printed, is_signed, content_hash
        """

    static func find(_ id: Identifier, _ connection: Connection) throws -> StoredCard? {
        try connection.first("SELECT \(columns) FROM contact_card WHERE id = $1", id, row: read)
    }

    /// The card that a household holds.
    static func held(by household: Int64, _ connection: Connection) throws -> StoredCard? {
        try connection.first(
            "SELECT \(columns) FROM contact_card WHERE household_number = $1 AND state = 'issued'", household, row: read
        )
    }

    private static func read(_ row: borrowing Row) throws -> StoredCard {
        guard let state = StoredCard.State(rawValue: row.text(5)) else { throw DamagedRow(column: 5) }
        return StoredCard(
            id: try row.identifier(0), version: row.int(1), householdNumber: row.int64(2), areaCode: row.int64(3),
            facts: CardFacts(
                number: row.optionalText(4), state: state, isPrinted: row.bool(6), isSigned: row.bool(7)),
            contentHash: row.optionalBlob(8))
    }

    /// Issues a card for whoever answers for the household on its day; a card that the household holds is replaced.
    ///
    /// - Returns: whether it replaced one.
    /// - Throws: 409 `no-responsible-helper`.
    @discardableResult
    static func issue(_ new: NewCard, _ transaction: Transaction) throws -> Bool {
        let connection = transaction.connection
        let responsible = try connection.first(
            """
            SELECT p.id, p.cadre_id FROM responsibility r JOIN pairing p ON p.id = r.pairing_id
            WHERE r.household_number = $1 AND r.superseded_at IS NULL AND r.valid_from <= $2
                AND (r.valid_to IS NULL OR r.valid_to > $2)
            """, new.householdNumber, new.issuedOn
        ) { (pairing: try $0.identifier(0), cadre: try $0.identifier(1)) }
        guard let responsible else { throw Problem(.noResponsibleHelper) }
        let replaced = try held(by: new.householdNumber, connection)
        if let replaced {
            var facts = replaced.facts
            facts.state = .reissued
            try change(replaced, to: facts, transaction)
        }
        try connection.run(
            """
            INSERT INTO contact_card (id, version, household_number, pairing_id, cadre_id, area_code, number, issued_on,
                state, is_printed, is_signed, created_at, content_hash)
            VALUES ($1, 1, $2, $3, $4, $5, $6, $7, 'issued', $8, $9, $10, $11)
            """, new.id, new.householdNumber, responsible.pairing, responsible.cadre, new.areaCode, new.number,
            new.issuedOn, new.isPrinted, new.isSigned, transaction.now, new.contentHash)
        if let replaced {
            try connection.run("UPDATE contact_card SET successor_id = $2 WHERE id = $1", replaced.id, new.id)
        }
        let parties: [AuditField] = [
            ("householdId", .of(try HouseholdTable.id(of: new.householdNumber, connection)?.description)),
            ("pairingId", .text(responsible.pairing.description)), ("cadreId", .text(responsible.cadre.description)),
            ("issuedOn", .text(new.issuedOn.description)),
        ]
        let facts = CardFacts(number: new.number, state: .issued, isPrinted: new.isPrinted, isSigned: new.isSigned)
        try transaction.audit("create", .card, new.id, after: RecordAudit.whole(parties + facts.auditFields))
        try transaction.change(.create, .card, new.id, version: 1, to: new.areaCode)
        return replaced != nil
    }

    /// Notes something on a card, or takes it back.
    static func change(_ stored: StoredCard, to facts: CardFacts, _ transaction: Transaction) throws {
        guard facts != stored.facts else { return }
        try transaction.connection.run(
            """
            UPDATE contact_card SET version = version + 1, number = $2, state = $3, is_printed = $4, is_signed = $5
            WHERE id = $1
            """, stored.id, facts.number, facts.state.rawValue, facts.isPrinted, facts.isSigned)
        let (before, after) = RecordAudit.difference(stored.facts.auditFields, facts.auditFields)
        let isEnding = facts.state != stored.facts.state
        try transaction.audit(
            isEnding ? facts.state.rawValue : "change", .card, stored.id, before: before, after: after)
        try transaction.change(
            isEnding ? .end : .change, .card, stored.id, version: stored.version + 1, from: stored.areaCode,
            to: stored.areaCode)
    }

    /// What issuing for a whole village came to.
    struct Round {
        var issued = 0
        var reissued = 0
        /// Households that hold the right card already.
        var current = 0
        /// Households for which nobody answers.
        var withoutHelper = 0
    }

    /// Issues cards for all households of a village that somebody answers for and that hold none, or one of another
    /// helper.
    static func issue(for village: Division, on day: CivilDate, _ transaction: Transaction) throws -> Round {
        let households = try transaction.connection.query(
            """
            SELECT h.household_number, h.area_code, k.cadre_id, p.cadre_id FROM household h
            LEFT JOIN contact_card k ON k.household_number = h.household_number AND k.state = 'issued'
            LEFT JOIN responsibility r ON r.household_number = h.household_number AND r.superseded_at IS NULL
                AND r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to > $2)
            LEFT JOIN pairing p ON p.id = r.pairing_id
            WHERE h.village_id = $1 ORDER BY h.archive_number
            """, village.id, day
        ) { row in
            (
                number: row.int64(0), areaCode: row.int64(1), holds: row.optionalIdentifier(2),
                responsible: row.optionalIdentifier(3)
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
            let card = NewCard(
                id: transaction.newId(), householdNumber: household.number, areaCode: household.areaCode,
                issuedOn: day, contentHash: nil)
            if try issue(card, transaction) { round.reissued += 1 } else { round.issued += 1 }
        }
        return round
    }
}
