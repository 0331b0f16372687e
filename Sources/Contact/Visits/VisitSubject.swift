// The household or village that a visit is about, as one row of it says, and who may write of it: whoever has it in
// their area now, or had it when the visit took place (Appendix B 8).

import Domain
import SQL
import Service

/// What taking a visit needs to know of its household or village.
package struct VisitSubject {
    /// Nil for a village as such.
    let householdNumber: Int64?
    /// Nil for a household's.
    let villageId: Identifier?
    /// The key under which its texts are found.
    let indexedVillage: Identifier
    /// The place of the village.
    package let areaCode: Int64
    let householderName: String?
    /// What the next visit is counted as.
    let nextVisitNumber: Int64

    /// Nil where there is none.
    package static func find(_ subject: VisitDraft.Subject, _ connection: Connection) throws -> VisitSubject? {
        switch subject {
        case .household(let id):
            return try connection.first(
                """
                SELECT household_number, area_code, householder_name, village_id, \(nextNumber) FROM household
                WHERE id = $1
                """, id
            ) { row in
                VisitSubject(
                    householdNumber: row.int64(0), villageId: nil, indexedVillage: try row.identifier(3),
                    areaCode: row.int64(1), householderName: row.optionalText(2), nextVisitNumber: row.int64(4))
            }
        case .village(let code):
            // A tablet may not know yet that another village has taken over.
            guard let village = try DivisionStore.resolve(code: code, connection), village.level == .village else {
                return nil
            }
            let number = try connection.first("SELECT \(nextNumber)") { $0.int64(0) }
            guard let number else { throw DamagedRow(column: 0) }
            return VisitSubject(
                householdNumber: nil, villageId: village.id, indexedVillage: village.id, areaCode: village.areaCode,
                householderName: nil, nextVisitNumber: number)
        }
    }

    // There is one writer, so nobody takes the number in between.
    private static let nextNumber = "(SELECT coalesce(max(visit_number), 0) + 1 FROM visit)"
}

/// Whether somebody may write of a household or village.
enum VisitRight {
    /// The caller has it now, or had it then.
    case held
    /// The caller had it before, or has it since.
    case lost
    /// The caller never had it: it is as if it were not there.
    case never

    /// - Parameters:
    ///   - user: nil for commands on the machine itself.
    ///   - time: at which the visit took place, as it is judged.
    static func of(
        _ user: Identifier?, _ scope: Scope, to subject: VisitSubject, at time: Instant, _ connection: Connection
    ) throws -> VisitRight {
        if scope.contains(subject.areaCode) { return .held }
        guard let user else { return .never }
        let places = try UserPlaces.of(user, connection)
        for area in try areas(of: subject, at: time, connection) where places.covered(area, at: time) { return .held }
        for area in try areas(of: subject, connection) where places.everCovered(area) { return .lost }
        return .never
    }

    /// Where it was at a time, in the tree as it is now: as is believed now, and as was believed then, because nobody
    /// in the field knows a move before it is recorded. Before its first day it was where it came from.
    private static func areas(
        of subject: VisitSubject, at time: Instant, _ connection: Connection
    ) throws -> Set<Int64> {
        guard let number = subject.householdNumber else { return [subject.areaCode] }
        let day = time.shanghaiDate
        var villages = try connection.query(
            """
            SELECT village_id FROM household WHERE household_number = $1 AND valid_from <= $2
            UNION SELECT village_id FROM household_history
            WHERE household_number = $1 AND (superseded_at IS NULL OR superseded_at > $3) AND valid_from <= $2
                AND (valid_to IS NULL OR valid_to > $2)
            """, number, day, time
        ) { try $0.identifier(0) }
        if villages.isEmpty {
            villages = try connection.query(
                """
                SELECT village_id FROM (SELECT village_id, valid_from FROM household WHERE household_number = $1
                    UNION ALL SELECT village_id, valid_from FROM household_history WHERE household_number = $1)
                ORDER BY valid_from LIMIT 1
                """, number
            ) { try $0.identifier(0) }
        }
        return try areas(of: villages, connection)
    }

    /// Every place that it is or ever was said to be in.
    private static func areas(of subject: VisitSubject, _ connection: Connection) throws -> Set<Int64> {
        guard let number = subject.householdNumber else { return [subject.areaCode] }
        let villages = try connection.query(
            "SELECT DISTINCT village_id FROM household_history WHERE household_number = $1", number
        ) { try $0.identifier(0) }
        return try areas(of: villages, connection).union([subject.areaCode])
    }

    private static func areas(of villages: [Identifier], _ connection: Connection) throws -> Set<Int64> {
        Set(try villages.compactMap { try DivisionStore.current($0, connection)?.areaCode })
    }
}
