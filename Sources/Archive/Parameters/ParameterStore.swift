// What may be written about parameters: at most one row of a parameter holds in an area on any day. A new row ends the
// open-ended one in which it begins; any other row that it overlaps must be named, because that changes what was stated
// for days already settled. What was believed before can still be read.

import Domain
import SQL
import Service
import Web

extension ProblemKind {
    static let parameterOverlaps = ProblemKind(
        "parameter-overlaps", status: 409, zh: "与同一地区同一参数的其他行日期重叠",
        en: "Another row of the parameter holds in the area on some of these days")
}

package enum ParameterProblems {
    package static let kinds: [ProblemKind] = [.parameterOverlaps]

    package static func problem(_ error: SQLError) -> Problem? {
        switch error {
        case .trigger("parameter-overlaps"): Problem(.parameterOverlaps)
        case .unique("parameter", ["id"]): Problem(.conflictingContent)
        default: nil
        }
    }

    static func overlap(with rows: [ParameterRow]) -> Problem {
        Problem(
            .parameterOverlaps,
            errors: rows.map { row in
                let days = "\(row.first) … \(row.end?.description ?? "")"
                return FieldError(
                    pointer: "/from", FieldCode(ProblemKind.parameterOverlaps),
                    zh: "与 \(row.id)（\(days)）重叠；更正时请在 replaces 中写明",
                    en: "overlaps \(row.id) (\(days)); to correct that row, name it in replaces")
            })
    }
}

package enum ParameterStore {
    /// Writes a row; rows that it overlaps are ended, cut, or withdrawn.
    ///
    /// - Parameters:
    ///   - replaces: rows that it may cut although their days are already settled.
    ///   - area: the place of its division, for the change feed; nil for everywhere.
    /// - Throws: `Problem` if it overlaps rows that are not named, or names rows that it does not overlap.
    package static func state(
        _ new: ParameterRow, replaces: [Identifier], area: Int64?, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        let met = try ParameterTable.rows(new.key, in: new.divisionId, connection).filter {
            $0.interval.overlaps(new.interval)
        }
        let unnamed = met.filter { row in
            !replaces.contains(row.id) && (row.end != nil || row.first >= new.first)
        }
        guard unnamed.isEmpty else { throw ParameterProblems.overlap(with: unnamed) }
        for (index, id) in replaces.enumerated() where !met.contains(where: { $0.id == id }) {
            throw Problem.field(
                "/replaces/\(index)", .notOverlapping, zh: "不是同一地区同一参数中日期重叠的行",
                en: "this is not a row of the same parameter and area that overlaps these days")
        }
        for row in met { try cut(row, by: new, isNamed: replaces.contains(row.id), area, transaction) }
        try create(new, area, transaction)
    }

    package static func create(_ row: ParameterRow, _ area: Int64?, _ transaction: Transaction) throws {
        try ParameterTable.insert(row, transaction.connection)
        try transaction.audit(
            "create", .parameter, row.id,
            after: RecordAudit.whole(try ParameterView.auditFields(row, transaction.connection)))
        try transaction.change(.create, .parameter, row.id, version: 1, to: area)
        try settle(row, from: row.first, transaction)
    }

    /// Leaves only the days of a row outside a new one. The days after the new one become a row of their own, because a
    /// row has one span of days.
    private static func cut(
        _ row: ParameterRow, by new: ParameterRow, isNamed: Bool, _ area: Int64?, _ transaction: Transaction
    ) throws {
        var left = row
        var tail: ParameterRow?
        if row.first < new.first {
            left.end = new.first
            if isNamed, let end = new.end, row.end.map({ $0 > end }) ?? true {
                var rest = row
                rest.id = transaction.newId()
                rest.version = 1
                rest.first = end
                rest.recordedBy = transaction.actor.userId
                rest.statedOn = transaction.today
                rest.recordedAt = transaction.now.milliseconds
                rest.contentHash = nil
                tail = rest
            }
        } else if let end = new.end, row.end.map({ $0 > end }) ?? true {
            left.first = end
        } else {
            left.end = row.first
        }
        try revise(row, to: left, area, transaction)
        if let tail { try create(tail, area, transaction) }
    }

    package static func revise(
        _ old: ParameterRow, to new: ParameterRow, _ area: Int64?, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        // Later than what it replaces, even if the machine's clock went back or two changes happen in the same
        // millisecond.
        let recordedAt = max(transaction.now.milliseconds, old.recordedAt + 1)
        var new = new
        new.recordedBy = transaction.actor.userId
        try ParameterTable.revise(old, to: new, recordedAt: recordedAt, connection)
        let (before, after) = RecordAudit.difference(
            try ParameterView.auditFields(old, connection), try ParameterView.auditFields(new, connection))
        try transaction.audit("change", .parameter, old.id, before: before, after: after)
        try transaction.change(
            new.isWithdrawn ? .end : .change, .parameter, old.id, version: old.version + 1, from: area, to: area)
        let first = new.interval.firstDifference(from: old.interval, isSame: new.value == old.value)
        try settle(new, from: first, transaction)
    }

    /// Recounts kept figures that depend on a parameter.
    ///
    /// - Parameter day: the first day on which it differs; nil if it is the same on every day.
    package static func settle(_ row: ParameterRow, from day: CivilDate?, _ transaction: Transaction) throws {
        try transaction.publish(ParameterStated(key: row.key, divisionId: row.divisionId, from: day))
        if DayBounds.concerns(row.key) {
            let (register, connection) = (transaction.register, transaction.connection)
            connection.beforeCommit { try register.readDayBounds(connection) }
        }
    }
}

/// A parameter was set, changed or withdrawn in an area.
package struct ParameterStated {
    package let key: String
    /// Nil for everywhere.
    package let divisionId: Identifier?
    /// The first day on which it differs; nil if it is the same on every day.
    package let from: CivilDate?
}
