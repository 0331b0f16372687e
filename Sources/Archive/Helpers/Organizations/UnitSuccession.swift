// What the end of a unit did to its cadres, found in what was believed of them before and is now: a correction of the
// end takes that back, where nothing else was said of them since.

import Domain
import SQL
import Service
import Web

/// Who went over to a successor by the end of a unit, as it is told now.
struct UnitSuccession {
    /// Some days of a cadre, who belongs to a unit on them.
    private struct Piece {
        let cadre: Identifier
        let days: DayInterval
        let unit: Identifier
    }

    private let unit: Identifier
    /// Days on which cadres belong to the successor, and belonged to the unit before its end was told.
    private var taken: [Piece] = []
    /// Such days on which they belong to others, as was said since.
    private var elsewhere: [Piece] = []

    var cadres: Set<Identifier> { Set(taken.map(\.cadre)) }

    init(of unit: Identifier, _ before: Organization, _ connection: Connection) throws {
        self.unit = unit
        guard let end = before.endedOn, let successor = before.successorOrganizationId else { return }
        let lost = try Self.lost(by: unit, since: try Self.told(unit, connection), from: end, connection)
        for (cadre, days) in lost.sorted(by: { $0.key < $1.key }) {
            for stay in try Self.course(of: cadre, connection) where stay.unit != unit {
                let others = DayInterval.subtracting(days, from: [stay.days])
                for piece in DayInterval.subtracting(others, from: [stay.days]) {
                    let own = Piece(cadre: cadre, days: piece, unit: stay.unit)
                    if stay.unit == successor { taken.append(own) } else { elsewhere.append(own) }
                }
            }
        }
    }

    /// Since when it is believed that somebody took over from the unit, whatever was corrected of it since.
    private static func told(_ unit: Identifier, _ connection: Connection) throws -> Int64 {
        try connection.first(
            """
            SELECT coalesce(max(superseded_at), 0) FROM organization_history
            WHERE id = $1 AND valid_to IS NULL AND (ended_on IS NULL OR successor_id IS NULL)
            """, unit
        ) { $0.int64(0) } ?? 0
    }

    /// Of cadres who were believed to belong to the unit just before a time the days of which that is not believed any
    /// more; of those who lived on them.
    private static func lost(
        by unit: Identifier, since time: Int64, from end: CivilDate, _ connection: Connection
    ) throws -> [Identifier: [DayInterval]] {
        var lost: [Identifier: [DayInterval]] = [:]
        try connection.forEach(
            """
            SELECT h.id, h.valid_from, h.valid_to, c.ended_on FROM cadre_history h JOIN cadre c ON c.id = h.id
            WHERE h.organization_id = $1 AND h.recorded_at < $2 AND h.superseded_at >= $2
                AND (h.valid_to IS NULL OR h.valid_to > $3) AND (c.ended_on IS NULL OR c.ended_on > $3)
            """, unit, time, end
        ) { row in
            let days = DayInterval(first: try row.date(1), end: try row.optionalDate(2))
            guard let days = days.intersection(DayInterval(first: end, end: try row.optionalDate(3))) else { return }
            lost[try row.identifier(0), default: []].append(days)
        }
        return lost
    }

    /// The units of a cadre, each with its days.
    private static func course(
        of cadre: Identifier, _ connection: Connection
    ) throws -> [(unit: Identifier, days: DayInterval)] {
        var course: [(unit: Identifier, days: DayInterval)] = []
        try connection.forEach(
            """
            SELECT organization_id, valid_from, valid_to FROM cadre_history
            WHERE id = $1 AND superseded_at IS NULL AND valid_to IS NOT NULL
            UNION ALL SELECT organization_id, valid_from, NULL FROM cadre WHERE id = $1 ORDER BY 2
            """, cadre
        ) { row in
            let (unit, days) = (
                try row.identifier(0), DayInterval(first: try row.date(1), end: try row.optionalDate(2))
            )
            // A stay goes on where only something else of the cadre changed.
            if let last = course.last, last.unit == unit, let both = last.days.joined(days) {
                course[course.count - 1].days = both
            } else {
                course.append((unit, days))
            }
        }
        return course
    }

    /// Lets its cadres belong to the unit as if its end had not been told.
    ///
    /// - Parameter end: as it is told now; nil where there is none.
    func takeBack(until end: CivilDate?, _ scope: Scope, _ transaction: Transaction) throws {
        for piece in taken {
            try UnitStay(cadre: piece.cadre, first: piece.days.first).move(to: unit, scope, transaction)
            // Whoever came to the successor anyhow did so then.
            guard let end = piece.days.end,
                try Self.course(of: piece.cadre, transaction.connection).contains(where: {
                    $0.unit == unit && $0.days.contains(end)
                })
            else { continue }
            try UnitStay(cadre: piece.cadre, first: end).move(to: piece.unit, scope, transaction)
        }
        let days = DayInterval(first: .first, end: end)
        for piece in elsewhere where piece.days.overlaps(days) {
            try transaction.cadresElsewhere.add(piece.cadre, from: piece.days.first, transaction)
        }
    }
}

extension Transaction {
    /// Whom the correction of a unit's end leaves where they are, from when it was asked for.
    var cadresElsewhere: CadresElsewhere { memory() }
}

/// Cadres whom the end of a unit moved, and who belong to another one by what was said of them since: told in the
/// answer that takes the end back, or in the report of a job. Used by the writer's thread only.
final class CadresElsewhere: TransactionMemory {
    private var items: [(cadre: Identifier, name: String, since: CivilDate)]?

    init() {}

    static let effects = RecordEffects(
        shown: RecordEffects.help.shown + [
            RecordMember(name: "notTakenBack", schema: .list("NotTakenBack", 0...Int(Int32.max)))
        ],
        ask: {
            RecordEffects.help.ask($0)
            $0.cadresElsewhere.items = []
        },
        tell: { body, scope, transaction in
            try transaction.cadresElsewhere.told(in: RecordEffects.help.tell(body, scope, transaction))
        })

    func add(_ cadre: Identifier, from day: CivilDate, _ transaction: Transaction) throws {
        guard let name = try CadreTable.find(cadre, transaction.connection)?.state.name else { return }
        if items?.contains(where: { $0.cadre == cadre }) != true { items?.append((cadre, name, day)) }
        guard transaction.memory(JobNotices.self).isTold else { return }
        let detail = Message(zh: "\(name)：自 \(day) 起", en: "\(name), from \(day) on")
        transaction.memory(JobNotices.self).add(
            ReportRow(line: 0, .warning, FieldError(pointer: "", .notTakenBack, detail: detail)))
    }

    /// Adds them to the answer, as `notTakenBack`; nothing where there are none.
    private func told(in body: [UInt8]) -> [UInt8] {
        defer { items = nil }
        guard let items, !items.isEmpty else { return body }
        var json = JSONWriter(reserve: 64 + items.count * 128)
        json.array { json in
            for item in items {
                json.object { json in
                    json.key("cadreId")
                    json.string(item.cadre.description)
                    json.key("cadreName")
                    json.string(item.name)
                    json.key("from")
                    json.string(item.since.description)
                }
            }
        }
        return body.dropLast() + Array(",\"notTakenBack\":".utf8) + json.take() + [UInt8(ascii: "}")]
    }
}
