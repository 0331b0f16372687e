// What is told of a dated record of days before its present state, fact by fact: it holds until the next thing that is
// known of the same fact. Works on columns, so that it serves declared records as those that are written by hand.

import Domain
import SQL
import Web

/// A fact that is told, by the columns in which it is kept.
package struct ToldColumns {
    /// Its name in bodies and answers.
    let field: StaticString
    let columns: [String]
    let values: [SQLValue]
    let isFlag: Bool

    package init(_ field: StaticString, _ columns: [String], _ values: [any Bindable], isFlag: Bool = false) {
        self.field = field
        self.columns = columns
        self.values = values.map(\.sqlValue)
        self.isFlag = isFlag
    }
}

/// The end of a record that is told: there is one, so that a former day was wrong.
package struct ToldEnd {
    let field: String
    let former: CivilDate?
    let day: CivilDate?

    package init(_ field: StaticString, formerly former: CivilDate?, _ day: CivilDate?) {
        self.field = "\(field)"
        self.former = former
        self.day = day
    }

    /// Nil where it is as it was.
    package static func told(
        _ field: StaticString, formerly former: CivilDate?, _ day: CivilDate?, from first: CivilDate
    ) -> ToldEnd? {
        guard day != former, former != nil || day.map({ $0 < first }) ?? false else { return nil }
        return ToldEnd(field, formerly: former, day)
    }
}

package struct LateTelling {
    private let table: DatedTable
    private let key: [any Bindable]
    private let old: ToldCourse<[SQLValue]>
    private let new: ToldCourse<[SQLValue]>
    /// Names of the told facts that nothing later is known of: they hold now.
    package let holdingNow: Set<String>
    package let retold: [RetoldSpan]

    /// The first day of what holds now.
    package var validFrom: CivilDate? { new.current?.first }

    /// - Parameters:
    ///   - day: before the first day of the current row, unless an end is told.
    ///   - end: told on its own day.
    ///   - replacesLater: whether what is known of later days is wiped.
    package init(
        _ facts: [ToldColumns], of key: [any Bindable], in table: DatedTable, from day: CivilDate,
        end: ToldEnd? = nil, replacesLater: Bool, _ connection: Connection
    ) throws {
        let names = table.columns.split(separator: ",").map { $0.trimmingPrefix(" ") }
        let indexes = facts.map { fact in fact.columns.compactMap { column in names.firstIndex { $0 == column } } }
        let course = ToldCourse(
            try connection.query(
                """
                SELECT * FROM (SELECT \(table.columns), valid_from, valid_to FROM \(table.history)
                    WHERE \(table.key) AND superseded_at IS NULL AND valid_to IS NOT NULL
                    UNION ALL SELECT \(table.columns), valid_from, NULL FROM \(table.current) WHERE \(table.key))
                ORDER BY valid_from, valid_to IS NULL
                """, values: key
            ) { row in
                ToldStretch(
                    first: try row.date(names.count), end: try row.optionalDate(names.count + 1),
                    state: names.indices.map { row.value($0) }, version: 0)
            })
        var changed = course
        var holding: Set<String> = []
        for (fact, own) in zip(facts, indexes) {
            let name = "\(fact.field)"
            let told = [
                ToldFact<[SQLValue]>(
                    isSame: { left, right in own.allSatisfy { left[$0] == right[$0] } },
                    take: { told, state in for index in own { state[index] = told[index] } },
                    isUnknown: { state in own.allSatisfy { state[$0] == .null } })
            ]
            let state = course.current.map { Self.taking(fact.values, own, $0.state) } ?? []
            if let end, end.field == name {
                let living = Self.taking(own.map { _ in .null }, own, state)
                if let former = end.former { changed.tell(told, of: living, from: former, replacesLater: true) }
                if let day = end.day { changed.tell(told, of: state, from: day, replacesLater: true) }
                holding.insert(name)
            } else if changed.tell(told, of: state, from: day, replacesLater: replacesLater).contains(true) {
                holding.insert(name)
            }
        }
        (self.table, self.key, old, new) = (table, key, course, changed)
        holdingNow = holding
        let spans = RetoldSpan.difference(course, changed) { state in
            zip(facts, indexes).map { fact, own in
                // Of a number its mask comes last.
                let shown = own.last { if case .text = state[$0] { true } else { false } } ?? own.first
                return (fact.field, shown.map { Self.shown(state[$0], isFlag: fact.isFlag) } ?? .null)
            }
        }
        retold = try spans.map { try $0.namingDivisions(connection) }
    }

    private static func taking(_ values: [SQLValue], _ own: [Int], _ state: [SQLValue]) -> [SQLValue] {
        var state = state
        for (index, value) in zip(own, values) { state[index] = value }
        return state
    }

    /// Whether anything is different on any day.
    package var isDifferent: Bool { old.differs(from: new) }

    /// Writes what is believed of other days; the caller overwrites the current row.
    package func write(recordedAt: Int64, _ connection: Connection) throws {
        try table.rewrite(key, from: old, to: new, recordedAt: recordedAt, connection) { $0.state }
    }

    private static func shown(_ value: SQLValue, isFlag: Bool) -> AuditValue {
        switch value {
        case .integer(let number): isFlag ? .boolean(number != 0) : .integer(Int(number))
        case .text(let text): .text(text)
        case .blob(let bytes): .of(Identifier(bytes: bytes)?.description)
        default: .null
        }
    }
}

extension RetoldSpan {
    /// The same; a division is named by its code, as bodies name it.
    fileprivate func namingDivisions(_ connection: Connection) throws -> RetoldSpan {
        guard field.hasSuffix("Code") else { return self }
        func code(_ value: AuditValue) throws -> AuditValue {
            guard case .text(let text) = value, let id = Identifier(text) else { return value }
            return .of(try DivisionStore.find(id, connection)?.code.description)
        }
        return RetoldSpan(field: field, days: days, before: try code(before), after: try code(after))
    }
}
