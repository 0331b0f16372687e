// Sums over the kept duties of a village for each period, and the differences that one transaction makes of them.

import Domain
import SQL

/// What a transaction changes of the sums.
struct ContactFigureChanges {
    private struct Key: Hashable {
        let village: Identifier
        let name: ContactDutyName
    }

    private struct Counts: Equatable {
        var duties = 0
        var done = 0
        /// Of those done: after their period.
        var late = 0
    }

    private var byKey: [Key: Counts] = [:]

    mutating func add(_ duty: ContactDuty, in village: Identifier, _ sign: Int) {
        var counts = byKey[Key(village: village, name: duty.name)] ?? Counts()
        counts.duties += sign
        if duty.doneOn != nil { counts.done += sign }
        if duty.isLate { counts.late += sign }
        byKey[Key(village: village, name: duty.name)] = counts
    }

    /// Writes a row for each village and period in which something differs; where nothing is owed any more none is
    /// left, so that a division can be taken back.
    func write(_ connection: Connection) throws {
        let changed = byKey.filter { $0.value != Counts() }
            .sorted { ($0.key.village, $0.key.name) < ($1.key.village, $1.key.name) }
        for (key, counts) in changed {
            let name = key.name
            let values: [any Bindable] = [
                key.village, name.last, name.kind.rawValue, name.subject, name.first, counts.duties, counts.done,
                counts.late,
            ]
            let condition = """
                village_id = $1 AND period_end = $2 AND kind = $3 AND subject = $4 AND period_start = $5
                """
            let updated = try connection.run(
                """
                UPDATE contact_figure SET duties = duties + $6, done = done + $7, late = late + $8
                WHERE \(condition)
                """, values: values)
            if updated == 0 {
                try connection.run(
                    """
                    INSERT INTO contact_figure (village_id, period_end, kind, subject, period_start, duties, done, late)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                    """, values: values)
            } else if counts.duties < 0 {
                try connection.run(
                    "DELETE FROM contact_figure WHERE \(condition) AND duties = 0", values: Array(values.prefix(5)))
            }
        }
    }
}
