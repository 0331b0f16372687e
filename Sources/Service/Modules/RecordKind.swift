// A kind of record, as the rest of the service needs to know it: where its rows lie and what they hang on, how the
// change feed shows it, how an import of it is taken back.

import Domain
import SQL

/// The name of a kind of record in audit events, changes and jobs.
package struct Entity: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package init(_ name: StaticString) { rawValue = name.description }
}

package struct RecordKind: Sendable {
    package let entity: Entity
    /// The table of its rows, with `id`, `version` and `area_code`; nil for records without a place.
    package var table: String?
    /// Its rows say the level of the division that they belong to, in `level`. Without it they belong to villages.
    package var hasLevel = false
    /// Rows that move are told in the change feed; false for what never changes and nobody follows.
    package var tellsMoves = true
    /// Who hears of changes of it.
    package var audience = RecordAudience.ofPlace
    /// What its rows hang on, and move with.
    package var hangsOn: [Hanging] = []
    /// Called before rows go to the place of another village, for an index that knows in which village they are.
    package var willMove: (@Sendable (MovingRows, Connection) throws -> Void)?
    /// The record as the change feed embeds it; nil for one that the reader may not see.
    package var json: @Sendable (Identifier, ChangeRecords, Connection) throws -> [UInt8]? = { _, _, _ in nil }
    /// How an import of it is taken back.
    package var undo: Undoable?
    /// What its declaration implies of the contract, where it has one.
    package var facts: (@Sendable (CodeLists) -> RecordFacts)?
    /// Its names and keys, where they are to be brought into one form.
    package var nameForm: NameForm?

    package init(
        entity: Entity, table: String? = nil, hasLevel: Bool = false, tellsMoves: Bool = true,
        audience: RecordAudience = RecordAudience.ofPlace, hangsOn: [Hanging] = [],
        willMove: (@Sendable (MovingRows, Connection) throws -> Void)? = nil,
        json: @escaping @Sendable (Identifier, ChangeRecords, Connection) throws -> [UInt8]? = { _, _, _ in nil },
        undo: Undoable? = nil, facts: (@Sendable (CodeLists) -> RecordFacts)? = nil, nameForm: NameForm? = nil
    ) {
        self.entity = entity
        self.table = table
        self.hasLevel = hasLevel
        self.tellsMoves = tellsMoves
        self.audience = audience
        self.hangsOn = hangsOn
        self.willMove = willMove
        self.json = json
        self.undo = undo
        self.facts = facts
        self.nameForm = nameForm
    }
}

/// Who hears of changes of a kind of record in the change feed.
package enum RecordAudience {
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
package struct MovingRows {
    /// SQL over the table's columns and `values`.
    package let condition: String
    package let values: [any Bindable]
    package let place: Int64
}

/// What the rows of a kind hang on: they go wherever it goes.
package struct Hanging: Sendable {
    package let on: Entity
    /// SQL for the rows that hang on the record with the key `$1`; nil for none.
    package let condition: @Sendable (DivisionLevel?) -> String?

    package init(on: Entity, condition: @escaping @Sendable (DivisionLevel?) -> String?) {
        self.on = on
        self.condition = condition
    }

    /// Rows of villages themselves: they lie at the place of one.
    ///
    /// - Parameter condition: over further columns, where rows of something else lie there too.
    package static func village(where condition: String? = nil) -> Hanging {
        Hanging(on: .division) { $0 == .village ? both("area_code = $1", condition) : nil }
    }

    /// Rows of divisions of any level themselves.
    ///
    /// - Parameter condition: the same as for a village.
    package static func division(where condition: String? = nil) -> Hanging {
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
    package func move(
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
    package func carry(
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
