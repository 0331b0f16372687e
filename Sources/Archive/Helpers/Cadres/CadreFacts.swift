// The dated facts of a cadre as somebody states them: one value from a day on, or all intervals at once; and what they
// come to in the interval tables.

import Domain
import SQL
import Service
import Web

/// What a body or a row says about one dated fact.
package enum FactChange<Value: Bindable & Equatable & Sendable>: Sendable {
    case keep
    /// It has been so since a day, or is to be so from then; nil: nothing is.
    ///
    /// - Parameter isExplicit: whether the day itself was stated, so that the same value from another day is a
    ///   correction.
    case since(Value?, CivilDate, isExplicit: Bool)
    /// All intervals, past and to come, in place of what is believed.
    case whole([DatedValue<Value>])
}

extension FactChange {
    /// The first day of which it speaks.
    package var first: CivilDate? {
        switch self {
        case .keep: nil
        case .since(let value, let day, _): value == nil ? nil : day
        case .whole(let intervals): intervals.map(\.days.first).min()
        }
    }

    var isKeep: Bool { if case .keep = self { true } else { false } }

    package func map<Other>(_ transform: (Int?, Value, CivilDate) throws -> Other) rethrows -> FactChange<Other> {
        switch self {
        case .keep: .keep
        case .since(let value, let day, let isExplicit):
            .since(try value.map { try transform(nil, $0, day) }, day, isExplicit: isExplicit)
        case .whole(let intervals):
            .whole(
                try intervals.enumerated().map {
                    DatedValue(value: try transform($0, $1.value, $1.days.first), days: $1.days)
                })
        }
    }

    /// Writes it for a cadre who is new.
    ///
    /// - Parameter sql: that of its table, `IntervalTable.insertion`.
    package func insert(_ sql: String, _ id: Identifier, recordedAt: Int64, _ connection: Connection) throws {
        switch self {
        case .keep: return
        case .since(let value, let day, _):
            guard let value else { return }
            try connection.run(sql, id, value, day, CivilDate?.none, recordedAt)
        case .whole(let intervals):
            for interval in intervals {
                try connection.run(
                    sql, id, interval.value, interval.days.first, interval.days.end, recordedAt)
            }
        }
    }

    /// Writes it over what is believed of a cadre.
    ///
    /// What is stated since a day holds until the next thing that is known. Where what is known of the days until today
    /// is to be wiped, it holds until something that is known to come: that takes back no promotion that lies ahead.
    /// - Returns: whether anything was different, and what was told late.
    package func write(
        _ table: IntervalTable, _ id: Identifier, _ told: FactTelling, _ connection: Connection,
        text: (Value) throws -> String, read: (borrowing Row) throws -> Value
    ) throws -> (isDifferent: Bool, retold: [RetoldSpan]) {
        let now = told.now
        switch self {
        case .keep: return (false, [])
        case .since(let value, let day, let isExplicit):
            let believed = try table.believed(id, connection, read: read)
            let held = believed.first { $0.days.contains(day) }
            let hasLater = believed.contains { $0.days.first > day && $0.days.first <= told.today }
            if held?.value == value && (!isExplicit || value == nil || held?.days.first == day)
                && !(told.replacesLater && hasLater)
            {
                return (false, [])
            }
            let known = told.replacesLater ? max(day, told.today) : day
            let next = believed.first { $0.days.first > known }
            // The same that is known of later days until today began then.
            let goesOn = value != nil && next?.value == value && next.map { $0.days.first <= told.today } == true
            let interval = DayInterval(first: day, end: goesOn ? next?.days.end : next?.days.first)
            let recordedAt = try table.nextRecordedAt([id], now: now, connection)
            if let value {
                try table.state([id], [value], interval, recordedAt: recordedAt, connection)
            } else {
                try table.clear([id], interval, recordedAt: recordedAt, connection)
            }
            guard hasLater else { return (true, []) }
            let field = told.field
            func course(_ values: [DatedValue<Value>]) throws -> DatedTexts {
                DatedTexts(try values.map { DatedValue(value: try text($0.value), days: $0.days) })
            }
            return (
                true,
                try course(believed).difference(to: course(table.believed(id, connection, read: read)), field)
            )
        case .whole(let intervals):
            let intervals = intervals.sorted { $0.days.first < $1.days.first }
            guard try table.believed(id, connection, read: read) != intervals else { return (false, []) }
            let cleared = try table.nextRecordedAt([id], now: now, connection)
            try table.clear([id], DayInterval(first: .first, end: nil), recordedAt: cleared, connection)
            for interval in intervals {
                // A millisecond later, so that what was just cleared is not taken for cut by this.
                try table.state(
                    [id], [interval.value], interval.days, recordedAt: cleared + 1, connection)
            }
            return (true, [])
        }
    }
}

/// How a dated fact is told.
package struct FactTelling {
    /// Its name in answers.
    let field: String
    let today: CivilDate
    let now: Instant
    /// Whether what is known of later days until today is wiped.
    let replacesLater: Bool
}

extension IntervalTable {
    /// SQL that adds a row with one key and one value.
    fileprivate var insertion: String {
        """
        INSERT INTO \(name) (\(key[0]), \(values[0]), valid_from, valid_to, recorded_at)
        VALUES ($1, $2, $3, $4, $5)
        """
    }

    /// What is believed of a cadre, by its days.
    package func believed<Value>(
        _ id: Identifier, _ connection: Connection, read: (borrowing Row) throws -> Value
    ) throws -> [DatedValue<Value>] {
        try connection.query(
            """
            SELECT \(values[0]), valid_from, valid_to FROM \(name)
            WHERE \(key[0]) = $1 AND superseded_at IS NULL ORDER BY valid_from
            """, id
        ) { row in
            DatedValue(
                value: try read(row), days: DayInterval(first: try row.date(1), end: try row.optionalDate(2)))
        }
    }
}

/// The three dated facts of a cadre.
package struct CadreFacts: Sendable {
    package var rank: FactChange<String> = .keep
    package var postState: FactChange<String> = .keep
    /// Divisions, whatever became of them.
    package var link: FactChange<Identifier> = .keep

    package init(
        rank: FactChange<String> = .keep, postState: FactChange<String> = .keep, link: FactChange<Identifier> = .keep
    ) {
        self.rank = rank
        self.postState = postState
        self.link = link
    }

    /// The first day of which they speak.
    package var first: CivilDate? { [rank.first, postState.first, link.first].compactMap(\.self).min() }

    var isKeep: Bool { rank.isKeep && postState.isKeep && link.isKeep }

    private static let rankInsertion = CadreTable.ranks.insertion
    private static let postInsertion = CadreTable.posts.insertion
    private static let linkInsertion = CadreTable.links.insertion

    package func insert(_ id: Identifier, recordedAt: Int64, _ connection: Connection) throws {
        try rank.insert(Self.rankInsertion, id, recordedAt: recordedAt, connection)
        try postState.insert(Self.postInsertion, id, recordedAt: recordedAt, connection)
        try link.insert(Self.linkInsertion, id, recordedAt: recordedAt, connection)
    }

    /// - Returns: whether anything was different, and what was told late.
    package func write(
        _ id: Identifier, replacesLater: Bool, _ transaction: Transaction
    ) throws -> (isDifferent: Bool, retold: [RetoldSpan]) {
        guard !isKeep else { return (false, []) }
        let connection = transaction.connection
        func telling(_ field: String) -> FactTelling {
            FactTelling(
                field: field, today: transaction.today, now: transaction.now, replacesLater: replacesLater)
        }
        let parts = [
            try rank.write(CadreTable.ranks, id, telling("rank"), connection, text: { $0 }) { $0.text(0) },
            try postState.write(CadreTable.posts, id, telling("postState"), connection, text: { $0 }) { $0.text(0) },
            try link.write(
                CadreTable.links, id, telling("linkedAreaCode"), connection,
                text: { try DivisionStore.find($0, connection)?.code.description ?? $0.description }
            ) { try $0.identifier(0) },
        ]
        return (parts.contains(where: \.isDifferent), parts.flatMap(\.retold))
    }
}
