// What can stand in the way of a pairing, as problems of the API: the names that the triggers of pairing and
// responsibility raise, with the day, the quota or the other pairing that says why. What a refusal tells of a cadre is
// told to whoever may pair them.

import Domain
import SQL
import Service
import Web

extension ProblemKind {
    static let quotaFull = ProblemKind(
        "quota-full", status: 409, zh: "超出该干部的帮扶户数", en: "The cadre may not carry another household")
    static let outsideLinkedArea = ProblemKind(
        "outside-linked-area", status: 422, zh: "该户不在干部挂钩的区划内",
        en: "The household does not live where the cadre is linked")
    static let helperIsPoor = ProblemKind(
        "helper-is-poor", status: 422, zh: "帮扶人本人是建档立卡户成员",
        en: "The helper is a member of a registered household")
    static let beforeHousehold = ProblemKind(
        "before-household", status: 422, zh: "结对早于该户建档", en: "The pairing begins before the household")
    static let pairingExists = ProblemKind(
        "pairing-exists", status: 409, zh: "该干部当日已帮扶该户",
        en: "The cadre helps this household on one of these days already")
    static let firstResponsibleTaken = ProblemKind(
        "first-responsible-taken", status: 409, zh: "该户当日已有第一责任人",
        en: "Somebody else answers for the household on one of these days")
}

/// A pairing as somebody tries to write it.
struct PairingAttempt {
    let id: Identifier
    let householdNumber: Int64
    let cadreId: Identifier
    let days: DayInterval
}

package enum PairingProblems {
    package static let kinds: [ProblemKind] = [
        .quotaFull, .outsideLinkedArea, .helperIsPoor, .beforeHousehold, .pairingExists, .noUnhooking,
        .firstResponsibleTaken, .secondHelperFull,
    ]

    /// Runs a write of a pairing, and turns what a trigger refuses into a problem.
    ///
    /// - Throws: what the write threw where no trigger of pairings spoke.
    @discardableResult
    static func locating<Result>(
        _ attempt: PairingAttempt, _ connection: Connection, _ write: () throws -> Result
    ) throws -> Result {
        do {
            return try write()
        } catch SQLError.trigger(let name) {
            guard let problem = try problem(name, attempt, connection) else { throw SQLError.trigger(name) }
            throw problem
        }
    }

    /// What the database refuses when a whole transaction is finished.
    static func constraint(_ error: SQLError) -> Problem? {
        switch error {
        case .trigger(ProblemKind.secondHelperFull.slug): make(.secondHelperFull, "/cadreId")
        // The first day of a household was corrected to a later one.
        case .trigger(ProblemKind.beforeHousehold.slug): make(.beforeHousehold, "/leftOn")
        default: nil
        }
    }

    private static func problem(
        _ trigger: String, _ attempt: PairingAttempt, _ connection: Connection
    ) throws -> Problem? {
        switch trigger {
        case ProblemKind.quotaFull.slug:
            make(.quotaFull, "/cadreId", try overload(attempt, connection))
        case ProblemKind.outsideLinkedArea.slug:
            make(.outsideLinkedArea, "/cadreId", try outside(attempt, connection))
        case ProblemKind.helperIsPoor.slug: make(.helperIsPoor, "/cadreId")
        case ProblemKind.pairingExists.slug:
            make(.pairingExists, "/cadreId", try existing(attempt, connection).map(see))
        case ProblemKind.beforeHousehold.slug: make(.beforeHousehold, "/from", try begun(attempt, connection))
        case ProblemKind.noUnhooking.slug: unhooking
        case ProblemKind.householdEnded.slug: make(.householdEnded, "/householdId")
        case ProblemKind.secondHelperFull.slug:
            make(.secondHelperFull, "/cadreId", try SecondHelperLimit.detail(connection))
        case "two-responsible-on-one-day":
            make(.firstResponsibleTaken, "/role", try taken(attempt, besides: nil, connection).map(see))
        default: nil
        }
    }

    static let unhooking = make(.noUnhooking, "/to")

    private static func make(_ kind: ProblemKind, _ pointer: String, _ detail: Message? = nil) -> Problem {
        Problem(
            kind, detail: detail,
            errors: [FieldError(pointer: pointer, FieldCode(kind), detail: detail)])
    }

    private static func see(_ other: Identifier) -> Message { Message(zh: "见结对 \(other)", en: "see pairing \(other)") }

    /// The first day of which the archive of the household speaks.
    private static func begun(_ attempt: PairingAttempt, _ connection: Connection) throws -> Message? {
        try connection.first(
            """
            SELECT min(valid_from) FROM (SELECT valid_from FROM household WHERE household_number = $1
                UNION ALL SELECT valid_from FROM household_history
                WHERE household_number = $1 AND superseded_at IS NULL)
            """, attempt.householdNumber
        ) { try $0.optionalDate(0) }.flatMap(\.self).map {
            Message(zh: "该户档案始于 \($0)", en: "its archive begins on \($0)")
        }
    }

    // MARK: Who else answers

    /// - Parameter besides: the pairing that is about to give its responsibility up.
    /// - Throws: 409 where another pairing answers for the household on one of the days.
    static func requireFree(
        _ attempt: PairingAttempt, besides: Identifier?, _ connection: Connection
    ) throws {
        guard let other = try taken(attempt, besides: besides, connection) else { return }
        throw make(.firstResponsibleTaken, "/role", see(other))
    }

    private static func taken(
        _ attempt: PairingAttempt, besides: Identifier?, _ connection: Connection
    ) throws -> Identifier? {
        try PairingTable.responsibilities(of: attempt.householdNumber, connection).first {
            $0.days.overlaps(attempt.days) && $0.pairingId != attempt.id && $0.pairingId != besides
        }?.pairingId
    }

    private static func existing(_ attempt: PairingAttempt, _ connection: Connection) throws -> Identifier? {
        try connection.first(
            """
            SELECT id FROM pairing WHERE household_number = $1 AND cadre_id = $2 AND id <> $3
                AND (end_on IS NULL OR (end_on > first_on AND end_on > $4)) AND ($5 IS NULL OR first_on < $5)
            ORDER BY first_on
            """, attempt.householdNumber, attempt.cadreId, attempt.id, attempt.days.first, attempt.days.end
        ) { try $0.identifier(0) }
    }

    // MARK: Quota and area

    /// The first day on which the cadre would carry more than their quota.
    private static func overload(_ attempt: PairingAttempt, _ connection: Connection) throws -> Message? {
        let first = attempt.days.first
        let hasCapacity = try connection.first(
            "SELECT 1 FROM cadre_capacity WHERE cadre_id = $1 AND valid_from <= $2", attempt.cadreId, first
        ) { _ in true }
        guard hasCapacity != nil else {
            return Message(
                zh: "\(first) 尚无该干部的职级，没有帮扶户数",
                en: "no rank of the cadre is known on \(first), so there is no quota")
        }
        // Load only rises on first days, and the quota only changes where a stretch begins.
        let found = try connection.first(
            """
            SELECT day, quota, load FROM (
                SELECT x.day AS day, c.quota AS quota, (SELECT count(*) FROM pairing a
                    WHERE a.cadre_id = $1 AND a.id <> $4 AND a.first_on <= x.day
                    AND (a.end_on IS NULL OR a.end_on > x.day)) AS load
                FROM (SELECT $2 AS day
                    UNION SELECT valid_from FROM cadre_capacity WHERE cadre_id = $1 AND valid_from > $2
                    UNION SELECT first_on FROM pairing WHERE cadre_id = $1 AND first_on > $2) x
                JOIN cadre_capacity c ON c.cadre_id = $1 AND c.valid_from <= x.day
                    AND (c.valid_to IS NULL OR c.valid_to > x.day)
                WHERE $3 IS NULL OR x.day < $3)
            WHERE load >= quota ORDER BY day LIMIT 1
            """, attempt.cadreId, first, attempt.days.end, attempt.id
        ) { (day: $0.text(0), quota: $0.int(1), load: $0.int(2)) }
        return found.map { day, quota, load in
            Message(
                zh: "\(day) 起超出：帮扶户数为 \(quota)，当日已帮扶 \(load) 户",
                en: "from \(day) on: the quota is \(quota), with \(load) households on that day")
        }
    }

    /// The first stretch of days in which the cadre is linked to another area than the household's.
    private static func outside(_ attempt: PairingAttempt, _ connection: Connection) throws -> Message? {
        let found = try connection.first(
            """
            SELECT max(c.valid_from, $2), d.code, d.name
            FROM cadre_capacity c JOIN household h ON h.household_number = $4
                LEFT JOIN division d ON d.id = c.division_id
            WHERE c.cadre_id = $1 AND c.quota > 0 AND ($3 IS NULL OR c.valid_from < $3)
                AND (c.valid_to IS NULL OR c.valid_to > $2)
                AND (d.id IS NULL OR h.area_code NOT BETWEEN d.area_code AND d.area_last)
            ORDER BY c.valid_from LIMIT 1
            """, attempt.cadreId, attempt.days.first, attempt.days.end, attempt.householdNumber
        ) { row in (day: row.text(0), code: row.optionalInt64(1), name: row.optionalText(2)) }
        guard let found else { return nil }
        guard let code = found.code, let name = found.name else {
            return Message(
                zh: "\(found.day) 该干部没有挂钩的乡镇或村", en: "on \(found.day) the cadre is linked to no town or village")
        }
        return Message(
            zh: "\(found.day) 该干部挂钩 \(name)（\(code)）", en: "on \(found.day) the cadre is linked to \(name) (\(code))")
    }
}
