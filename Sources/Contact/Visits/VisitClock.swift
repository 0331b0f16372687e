// When a visit counts: the civil day of the time that is judged, which is the device's as far as its clock can be
// believed. The time that the device told is always kept as it came.

import Domain
import SQL
import Service

/// What a village allows of clocks and late records.
struct VisitClock: Sendable {
    var toleranceMinutes: Int
    var lateDays: Int

    /// The default where no area states one.
    static let usual = VisitClock(toleranceMinutes: 10, lateDays: 1_096)
}

/// A time as it is judged.
struct JudgedTime: Sendable {
    let time: Instant
    /// Nil where it is too long ago to be believed: then it counts for nothing.
    let countedOn: CivilDate?
    let flags: [VisitFlag]

    /// The day of the judged time, also where it counts for nothing.
    var day: CivilDate { time.shanghaiDate }
}

/// What a person should know about a visit.
package enum VisitFlag: String, CaseIterable {
    case clockCorrected = "clock-corrected"
    case clockAhead = "clock-ahead"
    case clockUnbelievable = "clock-unbelievable"
    case cadreNotHelper = "cadre-not-helper"
    case codeMapped = "code-mapped"
    case codeEnded = "code-ended"
}

extension VisitClock {
    /// - Parameter offset: by how many milliseconds the device's clock was ahead, where it said so.
    func judge(_ occurredAt: Instant, offset: Int64?, receivedAt: Instant) -> JudgedTime {
        let tolerance = Int64(toleranceMinutes) * 60_000
        var flags: [VisitFlag] = []
        var time = occurredAt
        if let offset, abs(offset) > tolerance {
            time = Instant(milliseconds: occurredAt.milliseconds - offset)
            flags.append(.clockCorrected)
        }
        if time.milliseconds > receivedAt.milliseconds + tolerance {
            time = receivedAt
            flags.append(.clockAhead)
        }
        let isLate = receivedAt.shanghaiDate.days(since: time.shanghaiDate) > lateDays
        if isLate { flags.append(.clockUnbelievable) }
        return JudgedTime(time: time, countedOn: isLate ? nil : time.shanghaiDate, flags: flags)
    }
}

/// The clocks of the villages that one transaction writes visits of: a batch asks once for each.
final class VisitClocks: TransactionMemory {
    private struct Question: Hashable {
        let area: Int64
        let day: CivilDate
    }

    private var found: [Question: VisitClock] = [:]

    /// - Parameters:
    ///   - area: the place of the village.
    ///   - day: on which the visit came.
    func find(_ area: Int64, on day: CivilDate, _ connection: Connection) throws -> VisitClock {
        let question = Question(area: area, day: day)
        if let clock = found[question] { return clock }
        var clock = VisitClock.usual
        // The nearest area comes last. One statement, because a visit that comes alone asks too.
        try connection.forEach(
            """
            SELECT p.key, p.value FROM parameter p LEFT JOIN division d ON d.id = p.division_id
            WHERE p.key IN ($1, $2) AND p.first_on <= $3 AND (p.end_on IS NULL OR p.end_on > $3)
                AND (p.division_id IS NULL
                    OR (d.area_code <= $4 AND d.area_last >= $4 AND d.successor_id IS NULL))
            ORDER BY coalesce(d.level, 0)
            """, ParameterKey.visitClockTolerance, ParameterKey.visitLateBound, day, area
        ) { row in
            guard let number = ParameterValue(stored: row.text(1))?.number else { return }
            if row.text(0) == ParameterKey.visitClockTolerance {
                clock.toleranceMinutes = number
            } else {
                clock.lateDays = number
            }
        }
        found[question] = clock
        return clock
    }
}
