// A dated row of a parameter, how it is read and written, and its value as JSON. What may be written is decided in
// ParameterStore.

import Domain
import SQL
import Service
import Web

/// One row: a parameter has a value in an area, from one day until the day before another.
package struct ParameterRow: Sendable {
    package var id: Identifier
    package var version: Int
    package let key: String
    /// Nil for everywhere.
    package let divisionId: Identifier?
    /// JSON.
    package var value: String
    package var unit: String
    /// Empty if a correction has withdrawn the whole row.
    package var first: CivilDate
    package var end: CivilDate?
    package var documentNumber: String?
    package var recordedBy: Identifier?
    /// The day on which it was first stated: the time axis of its history, not of its value.
    package var statedOn: CivilDate
    package var recordedAt: Int64
    package var createdAt: Int64
    package var contentHash: [UInt8]?

    package init(
        id: Identifier, version: Int, key: String, divisionId: Identifier?, value: String, unit: String,
        first: CivilDate, end: CivilDate? = nil, documentNumber: String? = nil, recordedBy: Identifier? = nil,
        statedOn: CivilDate, recordedAt: Int64, createdAt: Int64, contentHash: [UInt8]? = nil
    ) {
        self.id = id
        self.version = version
        self.key = key
        self.divisionId = divisionId
        self.value = value
        self.unit = unit
        self.first = first
        self.end = end
        self.documentNumber = documentNumber
        self.recordedBy = recordedBy
        self.statedOn = statedOn
        self.recordedAt = recordedAt
        self.createdAt = createdAt
        self.contentHash = contentHash
    }

    package var interval: DayInterval { DayInterval(first: first, end: end) }
    package var isWithdrawn: Bool { end.map { $0 <= first } ?? false }
}

package enum ParameterTable {
    package static let dated = DatedTable(
        current: "parameter", history: "parameter_history",
        columns: "id, version, key, division_id, value, unit, first_on, end_on, document_number, recorded_by",
        key: "id = $1")

    /// The columns of a row as it is now.
    package static let columns = "\(dated.columns), valid_from, recorded_at, created_at, content_hash"

    package static func read(_ row: borrowing Row) throws -> ParameterRow {
        ParameterRow(
            id: try row.identifier(0), version: row.int(1), key: row.text(2), divisionId: row.optionalIdentifier(3),
            value: row.text(4), unit: row.text(5), first: try row.date(6), end: try row.optionalDate(7),
            documentNumber: row.optionalText(8), recordedBy: row.optionalIdentifier(9), statedOn: try row.date(10),
            recordedAt: row.int64(11), createdAt: row.int64(12), contentHash: row.optionalBlob(13))
    }

    package static func find(_ id: Identifier, _ connection: Connection) throws -> ParameterRow? {
        try connection.first("SELECT \(columns) FROM parameter WHERE id = $1", id, row: read)
    }

    /// A row as it was known at a time in milliseconds; nil if it was not known.
    package static func find(_ id: Identifier, knownAt: Int64, _ connection: Connection) throws -> ParameterRow? {
        try connection.query(
            known("p.id = $1", at: "$2"), values: [id, knownAt], row: read
        ).first
    }

    /// SQL that returns rows as they were known at the time in a parameter; without one, as they are now.
    package static func known(_ condition: String, at parameter: String?) -> String {
        let columns = columns.split(separator: ",").map { "p." + $0.drop { $0 == " " } }.joined(separator: ", ")
        guard let parameter else { return "SELECT \(columns) FROM parameter p WHERE \(condition)" }
        let past = dated.columns.split(separator: ",").map { "p." + $0.drop { $0 == " " } }.joined(separator: ", ")
        return """
            SELECT \(columns) FROM parameter p WHERE \(condition) AND p.recorded_at <= \(parameter)
            UNION ALL
            SELECT \(past), p.valid_from, p.recorded_at, 0, NULL FROM parameter_history p
            WHERE \(condition) AND p.recorded_at <= \(parameter) AND p.superseded_at > \(parameter)
            """
    }

    /// What is believed about a parameter in the area itself, in the order of days.
    package static func rows(_ key: String, in division: Identifier?, _ connection: Connection) throws -> [ParameterRow]
    {
        try connection.query(
            """
            SELECT \(columns) FROM parameter
            WHERE key = $1 AND division_id IS $2 AND (end_on IS NULL OR end_on > first_on) ORDER BY first_on
            """, key, division, row: read)
    }

    package static func insert(_ row: ParameterRow, _ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO parameter (\(columns)) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)
            """, row.id, row.key, row.divisionId, row.value, row.unit, row.first, row.end, row.documentNumber,
            row.recordedBy, row.statedOn, row.recordedAt, row.contentHash)
    }

    /// Moves the old row to the history, and writes the new one.
    package static func revise(_ old: ParameterRow, to new: ParameterRow, recordedAt: Int64, _ connection: Connection)
        throws
    {
        _ = try dated.file([old.id], from: old.statedOn, recordedAt: recordedAt, changes: [], connection)
        try connection.run(
            """
            UPDATE parameter SET version = version + 1, value = $2, unit = $3, first_on = $4, end_on = $5,
                document_number = $6, recorded_by = $7, recorded_at = $8
            WHERE id = $1
            """, old.id, new.value, new.unit, new.first, new.end, new.documentNumber, new.recordedBy, recordedAt)
    }
}

extension ParameterValue {
    /// JSON, as it is stored and answered.
    package var json: String {
        var json = JSONWriter(reserve: 64)
        switch self {
        case .number(let number): json.integer(number)
        case .choice(let word): json.string(word)
        case .set(let words): json.array { json in for word in words { json.string(word) } }
        }
        return String(decoding: json.take(), as: UTF8.self)
    }

    /// Nil for JSON that cannot be a value of any parameter.
    package init?(_ value: JSONValue) {
        switch value.kind {
        case .number:
            guard let number = value.integer else { return nil }
            self = .number(number)
        case .string:
            guard let word = value.string else { return nil }
            self = .choice(word)
        case .array:
            let words = value.elements.map(\.string)
            guard words.count <= 100, !words.contains(nil) else { return nil }
            self = .set(words.compactMap(\.self))
        default: return nil
        }
    }

    /// A stored value.
    package init?(stored: String) {
        guard let root = try? JSONDocument(Array(stored.utf8)).root else { return nil }
        self.init(root)
    }

    /// A cell of a file: a number, a word, or words separated by `;`; JSON is accepted too.
    package init?(cell: String, _ type: ParameterType) {
        if cell.hasPrefix("[") || cell.hasPrefix("\"") {
            self.init(stored: cell)
            return
        }
        switch type {
        case .number:
            guard let number = Int(cell) else { return nil }
            self = .number(number)
        case .choice: self = .choice(cell)
        case .set, .seasons:
            self = .set(
                cell.split { ";；,，、".contains($0) }.map { part in
                    String(part.drop { $0 == " " })
                })
        }
    }
}

extension ParameterKey {
    /// Checks a value that was found.
    ///
    /// - Throws: `wrong-value` with what is expected.
    package func checked(_ value: ParameterValue?) throws(FieldError) -> ParameterValue {
        guard let value, takes(value) else {
            throw FieldError(
                .wrongValue, zh: "\(name)（\(chinese)）应为\(expectation.chinese)", en: "\(name) is \(expectation.english)")
        }
        return value
    }

    /// - Throws: `wrong-unit` with the parameter's own.
    package func checked(unit: String) throws(FieldError) -> ParameterUnit {
        guard unit == self.unit.rawValue else {
            throw FieldError(
                .wrongUnit, zh: "\(name) 的单位是 \(self.unit.rawValue)", en: "the unit of \(name) is \(self.unit.rawValue)"
            )
        }
        return self.unit
    }

    /// - Throws: `unknown-code` with the existing keys.
    package static func known(_ name: String) throws(FieldError) -> ParameterKey {
        guard let key = named(name) else { throw FieldError.notOneOf(all.map(\.name)) }
        return key
    }
}
