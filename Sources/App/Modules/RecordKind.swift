// A kind of record, as the rest of the service needs to know it: where its rows lie and what they hang on, how the
// change feed shows it, how an import of it is taken back.

import Domain
import SQL

/// The name of a kind of record in audit events, changes and jobs.
struct Entity: RawRepresentable, Hashable, Sendable {
    let rawValue: String

    init(rawValue: String) { self.rawValue = rawValue }

    init(_ name: StaticString) { rawValue = name.description }
}

struct RecordKind: Sendable {
    let entity: Entity
    /// The table of its rows, with `id`, `version` and `area_code`; nil for records without a place.
    var table: String?
    /// Its rows say the level of the division that they belong to, in `level`. Without it they belong to villages.
    var hasLevel = false
    /// Rows that move are told in the change feed; false for what never changes and nobody follows.
    var tellsMoves = true
    /// Who hears of changes of it.
    var audience = RecordAudience.ofPlace
    /// What its rows hang on, and move with.
    var hangsOn: [Hanging] = []
    /// Called before rows go to the place of another village, for an index that knows in which village they are.
    var willMove: (@Sendable (MovingRows, Connection) throws -> Void)?
    /// The record as the change feed embeds it; nil for one that the reader may not see.
    var json: @Sendable (Identifier, ChangeRecords, Connection) throws -> [UInt8]? = { _, _, _ in nil }
    /// How an import of it is taken back.
    var undo: Undoable?
    /// What its declaration implies of the contract, where it has one.
    var facts: (@Sendable (CodeLists) -> RecordFacts)?
    /// Its names and keys, where they are to be brought into one form.
    var nameForm: NameForm?
}

/// Who hears of changes of a kind of record in the change feed.
enum RecordAudience {
    /// Whoever may see its place.
    case ofPlace
    /// Everybody: it belongs to no place.
    case everybody
    /// Whoever may see its place, and everybody below it: what is laid down for an area holds there. Everybody where it
    /// belongs to no place.
    case everybodyBelow
    /// Of those who may see its place, the ones who oversee who uses the service.
    case overseers
}

/// Rows that go to one place.
struct MovingRows {
    /// SQL over the table's columns and `values`.
    let condition: String
    let values: [any Bindable]
    let place: Int64
}

/// What the rows of a kind hang on: they go wherever it goes.
struct Hanging: Sendable {
    let on: Entity
    /// SQL for the rows that hang on the record with the key `$1`; nil for none.
    let condition: @Sendable (DivisionLevel?) -> String?

    /// Rows of villages themselves: they lie at the place of one.
    ///
    /// - Parameter condition: over further columns, where rows of something else lie there too.
    static func village(where condition: String? = nil) -> Hanging {
        Hanging(on: .division) { $0 == .village ? both("area_code = $1", condition) : nil }
    }

    /// Rows of divisions of any level themselves.
    ///
    /// - Parameter condition: the same as for a village.
    static func division(where condition: String? = nil) -> Hanging {
        Hanging(on: .division) { level in
            level.map { both("area_code = $1 AND level = \($0.rawValue)", condition) }
        }
    }

    private static func both(_ first: String, _ second: String?) -> String {
        second.map { "\(first) AND \($0)" } ?? first
    }
}

extension RecordKind {
    /// Moves rows to another place, with a change row for each. They keep their versions: none of their own facts has
    /// changed, and whoever edits one of them need not begin again.
    ///
    /// - Parameters:
    ///   - condition: SQL over the table's columns and `values`.
    ///   - place: SQL for the new place, over the same.
    func move(
        where condition: String, to place: String, _ values: [any Bindable], _ transaction: Transaction
    ) throws {
        guard let table else { return }
        let connection = transaction.connection
        if tellsMoves {
            // Not as a part of a job: what an import moved, its undo moves back with what this hangs on.
            try connection.run(
                """
                INSERT INTO change (at, entity, entity_id, version, operation, area_before, area_after)
                SELECT $\(values.count + 1), '\(entity.rawValue)', id, version, 'move', area_code, \(place)
                FROM \(table) WHERE \(condition) ORDER BY area_code, id
                """, values: values + [transaction.now])
        }
        try connection.run("UPDATE \(table) SET area_code = \(place) WHERE \(condition)", values: values)
    }
}

extension Transaction {
    /// Moves everything that hangs on a record to the place where that record is now.
    ///
    /// - Parameters:
    ///   - key: by which rows name the record: a household's number, an organization's id, a division's old place.
    ///   - level: of a division.
    func carry(
        hangingOn entity: Entity, _ key: any Bindable, level: DivisionLevel? = nil, to place: Int64
    ) throws {
        for kind in register.composition.records {
            for hanging in kind.hangsOn where hanging.on == entity {
                guard let condition = hanging.condition(level) else { continue }
                let rows = MovingRows(
                    condition: "\(condition) AND area_code <> $2", values: [key, place], place: place)
                try kind.willMove?(rows, connection)
                try kind.move(where: rows.condition, to: "$2", rows.values, self)
            }
        }
    }
}
