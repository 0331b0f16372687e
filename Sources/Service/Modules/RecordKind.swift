// A kind of record, as the rest of the service needs to know it: where its rows are and what they hang on, how the
// change feed shows it, and how an import of it is undone.

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
    /// Its rows have the level of the division that they belong to, in `level`. Otherwise they belong to villages.
    package var hasLevel = false
    /// Whether the change feed shows rows that move; false for kinds that never change and that nobody follows.
    package var tellsMoves = true
    /// Who is shown changes of it.
    package var audience = RecordAudience.ofPlace
    /// What its rows hang on, and move with.
    package var hangsOn: [Hanging] = []
    /// Called before rows move to the place of another village, for an index that stores their village.
    package var willMove: (@Sendable (MovingRows, Connection) throws -> Void)?
    /// The record as the change feed embeds it; nil for one that the reader may not see.
    package var json: @Sendable (Identifier, ChangeRecords, Connection) throws -> [UInt8]? = { _, _, _ in nil }
    /// How an import of it is taken back.
    package var undo: Undoable?
    /// What its declaration implies for the contract, if it has one.
    package var facts: (@Sendable (CodeLists) -> RecordFacts)?
    /// Its names and keys, if they are to be converted to the written form.
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

/// Who is shown the changes of a kind of record in the change feed.
package enum RecordAudience {
    /// Whoever may see its place.
    case ofPlace
    /// Everybody: it belongs to no place.
    case everybody
    /// Whoever may see its place, and everybody below it, because what is set for an area holds there. Everybody, if it
    /// belongs to no place.
    case everybodyBelow
    /// Those who may see its place and oversee the users of the service.
    case overseers
}

/// Rows that go to one place.
package struct MovingRows {
    /// SQL over the table's columns and `values`.
    package let condition: String
    package let values: [any Bindable]
    package let place: Int64
}

/// What the rows of a kind hang on: they move wherever it moves.
package struct Hanging: Sendable {
    package let on: Entity
    /// SQL for the rows that hang on the record with the key `$1`; nil for none.
    package let condition: @Sendable (DivisionLevel?) -> String?

    package init(on: Entity, condition: @escaping @Sendable (DivisionLevel?) -> String?) {
        self.on = on
        self.condition = condition
    }

    /// Rows of villages themselves, which are at the place of one.
    ///
    /// - Parameter condition: over further columns, if rows of something else are at the same place.
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
    /// Moves rows to another place, with a change row for each. They keep their versions, because none of their own
    /// facts has changed and somebody who is editing one of them should not have to begin again.
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
            // Not recorded as part of a job: undoing the import moves these rows back with the record on which they
            // hang.
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
