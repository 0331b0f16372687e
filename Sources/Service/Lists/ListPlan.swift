// What a list is: columns, a source, conditions and an order. The page as JSON and the whole list as CSV or NDJSON are
// made from one plan, so the three cannot differ.

import Domain
import SQL
import Web

/// How a column of a list is written.
package enum ListValue: Equatable {
    case text
    case integer
    case boolean
    /// Twelve digits.
    case areaCode
    case identifier
    /// Milliseconds, written as RFC 3339.
    case instant
    /// Several codes joined by `;`, an array in JSON.
    case texts
    /// Stored JSON, written as it is.
    case json
    /// The id of a village about which the list shows something.
    case village(VillageField)
    /// A date, written as the number of days from it to this one; 0 if it is in the future.
    case daysPast(CivilDate)
}

/// A column: its public name and its expression.
package struct ListColumn {
    package let name: StaticString
    /// The object of the item that contains the value; nil for the item itself. Columns of one object are adjacent. The
    /// CSV header is `object.name`.
    package let object: String?
    package let expression: String
    package let value: ListValue

    package init(_ name: StaticString, in object: String? = nil, _ expression: String, _ value: ListValue = .text) {
        self.name = name
        self.object = object
        self.expression = expression
        self.value = value
    }

    /// Somebody who did something: `recordedBy` with `id` and `name`. It is absent if nobody did.
    package static func actor(_ object: String, id: String, name: String) -> [ListColumn] {
        [ListColumn("id", in: object, id, .identifier), ListColumn("name", in: object, name)]
    }

    /// A village with its names, and the name of its town.
    ///
    /// - Parameters:
    ///   - village: the alias of its row of `division`.
    ///   - town: that of its parent's.
    package static func village(_ village: String, town: String) -> [ListColumn] {
        [
            ListColumn("villageCode", "\(village).code", .areaCode), ListColumn("villageName", "\(village).name"),
            ListColumn("townName", "\(town).name"),
        ]
    }

    /// The same for a list that looks up its villages itself (`ListPlan.villages`).
    ///
    /// - Parameter id: expression of the village's id.
    package static func village(of id: String) -> [ListColumn] {
        [
            ListColumn("villageCode", id, .village(.code)), ListColumn("villageName", id, .village(.name)),
            ListColumn("townName", id, .village(.town)),
        ]
    }

    package var heading: String { object.map { "\($0).\(name)" } ?? "\(name)" }
}

/// The object of an item that is being written, for columns whose values belong in one.
struct ItemObject {
    private var open: String?

    /// Ends the open object and begins another, if the next value belongs elsewhere.
    mutating func enter(_ object: String?, _ json: inout JSONWriter) {
        guard object != open else { return }
        if open != nil { json.endObject() }
        if let object {
            json.key(data: object)
            json.beginObject()
        }
        open = object
    }
}

/// Conditions and their values; each value gets the next parameter.
package struct ListConditions {
    package private(set) var clauses: [String] = []
    package private(set) var values: [any Bindable] = []

    package init(clauses: [String] = [], values: [any Bindable] = []) {
        self.clauses = clauses
        self.values = values
    }

    /// Adds a value and gives its parameter.
    package mutating func bind(_ value: any Bindable) -> String {
        values.append(value)
        return "$\(values.count)"
    }

    package mutating func add(_ clause: String) { clauses.append(clause) }

    /// The scope to which every list is restricted.
    package mutating func add(_ scope: Scope, on column: String) {
        let first = bind(scope.first)
        let last = bind(scope.last)
        add("\(column) BETWEEN \(first) AND \(last)")
    }
}

/// The parameters that all lists share.
package struct Paging {
    package static let limitDefault = 100
    static let limitMax = 1_000

    package let limit: Int
    package let after: String?
    package let counts: Bool
    /// A byte order mark before CSV, for spreadsheets that guess encodings.
    package let marksCSV: Bool

    /// The first page, without a count.
    package static let first = Paging(limit: limitDefault, after: nil, counts: false, marksCSV: false)

    private init(limit: Int, after: String?, counts: Bool, marksCSV: Bool) {
        self.limit = limit
        self.after = after
        self.counts = counts
        self.marksCSV = marksCSV
    }

    package init(_ query: inout Query) {
        limit = query.integer("limit", in: 1...Self.limitMax) ?? Self.limitDefault
        after = query.string("after", characters: 1...2_048)
        counts = query.boolean("count") ?? false
        marksCSV = query.boolean("bom") ?? false
    }

    /// The place of `after` in a list.
    ///
    /// - Throws: 400 that says whether the cursor was made for another request, or is not one of ours.
    package func place(in list: String, _ filter: String, _ cursors: CursorSealer) throws -> [CursorPart]? {
        guard let after else { return nil }
        do throws(InvalidCursor) {
            return try cursors.open(after, list: list, filter: filter)
        } catch {
            throw Problem(
                .invalidCursor,
                errors: [FieldError(pointer: "?after", error.isOfOtherQuestion ? .otherQuestion : .notACursor)])
        }
    }
}

/// One list as requested.
package struct ListPlan {
    /// The list's name: bound into its cursors, and the name of a downloaded file.
    package let name: String
    package let columns: [ListColumn]
    /// The text after FROM.
    package let source: String
    /// The same without what only columns need, for counting rows; nil if it equals `source`.
    package var countedSource: String?
    package let conditions: ListConditions
    /// Expressions that are NOT NULL and together unique, all ascending or all descending.
    package let order: [String]
    package var descends = false
    package let paging: Paging
    /// For a list that has columns of this kind.
    package var villages: VillageNames?

    package init(
        name: String, columns: [ListColumn], source: String, countedSource: String? = nil, conditions: ListConditions,
        order: [String], descends: Bool = false, paging: Paging, villages: VillageNames? = nil
    ) {
        self.name = name
        self.columns = columns
        self.source = source
        self.countedSource = countedSource
        self.conditions = conditions
        self.order = order
        self.descends = descends
        self.paging = paging
        self.villages = villages
    }

    /// The position in each row of the id of the village that columns are about.
    package var villageColumn: Int? { VillageNames.column(in: columns) }

    /// The query for rows after a place.
    ///
    /// - Parameters:
    ///   - place: the order's values of the last row that was seen.
    ///   - limit: the most rows; nil for all.
    package func rows(after place: [CursorPart]?, limit: Int?) -> (sql: String, values: [any Bindable]) {
        var conditions = conditions
        if let place {
            let parameters = place.map { conditions.bind($0.bindable) }
            conditions.add(
                "(\(order.joined(separator: ", "))) \(descends ? "<" : ">") (\(parameters.joined(separator: ", ")))")
        }
        var sql = "SELECT " + (columns.map(\.expression) + order).joined(separator: ", ") + " FROM " + source
        if !conditions.clauses.isEmpty { sql += " WHERE " + conditions.clauses.joined(separator: " AND ") }
        sql += " ORDER BY " + order.map { descends ? "\($0) DESC" : $0 }.joined(separator: ", ")
        if let limit { sql += " LIMIT " + conditions.bind(limit) }
        return (sql, conditions.values)
    }

    package var count: (sql: String, values: [any Bindable]) {
        var rows = countedSource ?? source
        if !conditions.clauses.isEmpty { rows += " WHERE " + conditions.clauses.joined(separator: " AND ") }
        // A statement takes all values or none, so a column that uses one has to be part of it.
        let asking = columns.map(\.expression).filter { $0.contains("$") }
        guard !asking.isEmpty else { return ("SELECT count(*) FROM " + rows, conditions.values) }
        return ("SELECT count(*) FROM (SELECT \(asking.joined(separator: ", ")) FROM \(rows))", conditions.values)
    }

    /// The order's values of a row.
    package func place(_ row: borrowing Row) -> [CursorPart] {
        order.indices.map { index in
            switch row.value(columns.count + index) {
            case .integer(let value): .integer(value)
            case .text(let text): .text(text)
            case .blob(let bytes): .bytes(bytes)
            case .real, .null: .integer(0)
            }
        }
    }
}

extension CursorPart {
    var bindable: any Bindable {
        switch self {
        case .integer(let value): value
        case .text(let text): text
        case .bytes(let bytes): bytes
        }
    }
}
