// Holding a pairing against the register: its household, its helper, and the villages of the helper's unit (R044). What
// is wrong is gathered, so that a form shows all of it at once; what callers may not see is unknown to them. Quota and
// area are the triggers' alone.

import Domain
import SQL
import Service
import Web

/// What the pairings of a household depend on.
struct PairedHousehold {
    let number: Int64
    let id: Identifier
    let areaCode: Int64

    static func find(_ id: Identifier, _ scope: Scope, _ connection: Connection) throws -> PairedHousehold? {
        try find("id = $1 AND area_code BETWEEN $2 AND $3", [id, scope.first, scope.last], connection)
    }

    /// - Parameter condition: over the household's columns.
    static func find(
        _ condition: String, _ values: [any Bindable], _ connection: Connection
    ) throws -> PairedHousehold? {
        try connection.first(
            "SELECT household_number, id, area_code FROM household WHERE \(condition)", values: values
        ) { PairedHousehold(number: $0.int64(0), id: try $0.identifier(1), areaCode: $0.int64(2)) }
    }
}

struct PairingPlacing {
    let scope: Scope
    let connection: Connection
    private(set) var errors: [FieldError] = []

    init(_ scope: Scope, _ connection: Connection) {
        self.scope = scope
        self.connection = connection
    }

    mutating func household(_ id: Identifier) throws -> PairedHousehold? {
        guard let found = try PairedHousehold.find(id, scope, connection) else {
            errors.report("/householdId", .unknownHousehold)
            return nil
        }
        return found
    }

    /// A helper is a cadre whom the caller sees, and who has not left the register before the pairing begins.
    ///
    /// - Returns: whether the cadre can be taken.
    mutating func checkHelper(_ id: Identifier, on first: CivilDate) throws -> Bool {
        let found = try connection.first(
            "SELECT ended_on FROM cadre WHERE id = $1 AND area_code BETWEEN $2 AND $3", id, scope.first, scope.last
        ) { (endedOn: try $0.optionalDate(0), isThere: true) }
        guard let found else {
            errors.report("/cadreId", .unknownCadre)
            return false
        }
        if let ended = found.endedOn, ended <= first {
            errors.report(
                "/cadreId", .cadreEnded, zh: "该干部已于 \(ended) 注销", en: "the cadre left the register on \(ended)")
            return false
        }
        return true
    }

    /// Whether the days are well formed.
    mutating func check(_ days: DayInterval) {
        guard let end = days.end, end <= days.first else { return }
        errors.report("/to", .endsBeforeItBegins)
    }

    /// Whoever is paired outside the villages that their unit holds needs a reason.
    ///
    /// - Returns: an error where the cadre's unit holds villages on the day, and this one is not among them.
    static func missingReason(
        _ cadre: Identifier, _ village: Int64, on day: CivilDate, _ connection: Connection
    ) throws -> FieldError? {
        let places = try connection.query(
            """
            SELECT DISTINCT y.area_code FROM cadre c
                JOIN duty_term t ON t.organization_id = c.organization_id JOIN duty y ON y.id = t.duty_id
            WHERE c.id = $1 AND t.kind IN (\(holdingKinds)) AND t.superseded_at IS NULL AND t.valid_from <= $2
                AND (t.valid_to IS NULL OR t.valid_to > $2)
            """, cadre, day
        ) { $0.int64(0) }
        guard !places.isEmpty, !places.contains(village) else { return nil }
        return FieldError(pointer: "/reason", .reasonNeeded)
    }

    /// The duties by which units hold villages (R006, R044), as a list of SQL.
    static let holdingKinds = DutyKind.allCases.filter { $0.holder == .unit }.map { "'\($0.rawValue)'" }
        .joined(separator: ", ")

    mutating func report(_ error: FieldError) { errors.append(error) }

    /// - Throws: 422 with everything that is wrong.
    func finish() throws {
        if !errors.isEmpty { throw InvalidBody(errors: errors) }
    }
}

/// The part of "no unhooking before exit" (R046) that no trigger sees, because it depends on what came before.
enum Unhooking {
    /// Whether a household that must be helped on a day has then nobody who can, besides the named pairings.
    private static func leavesNobody(
        _ household: Int64, on day: CivilDate, besides: [Identifier], _ connection: Connection
    ) throws -> Bool {
        guard try isBound(household, on: day, connection) else { return false }
        return try !PairingTable.able(household: household, on: day, connection).contains {
            !besides.contains($0.pairing.id)
        }
    }

    /// - Throws: 409 where a later first day opens a gap: today, or behind a helper who ended when this one began.
    static func checkLater(
        _ stored: StoredPairing, first: CivilDate, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        let ends = try connection.query(
            """
            SELECT DISTINCT end_on FROM pairing
            WHERE household_number = $1 AND id <> $2 AND handover_id IS NULL AND end_on > first_on
                AND end_on >= $3 AND end_on < $4
            """, stored.state.householdNumber, stored.id, stored.state.first, first
        ) { try $0.date(0) }
        for day in ends + [transaction.today]
        where day < first && stored.state.days.contains(day) {
            if try leavesNobody(stored.state.householdNumber, on: day, besides: [stored.id], connection) {
                throw PairingProblems.unhooking
            }
        }
    }

    private static func isBound(_ household: Int64, on day: CivilDate, _ connection: Connection) throws -> Bool {
        let found = try connection.first(
            """
            SELECT h.village_id, coalesce(f.state, h.state), coalesce(f.state_since, h.state_since) FROM household h
            LEFT JOIN household_history f ON f.household_number = h.household_number AND f.superseded_at IS NULL
                AND f.valid_from <= $2 AND f.valid_to > $2
            WHERE h.household_number = $1 AND (h.ended_on IS NULL OR h.ended_on > $2)
            """, household, day
        ) { (village: try $0.identifier(0), state: $0.text(1), since: try $0.date(2)) }
        guard let (village, state, since) = found else { return false }
        var terms = ConsolidationTerms()
        return try terms.binds(state: state, since: since, in: village, on: day, connection)
    }
}
