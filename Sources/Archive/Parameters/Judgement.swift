// What a rule found about a record, stored with the parameter rows that it used, so that a changed parameter can tell
// what would be judged again. Judgements are only added.

import Domain
import SQL
import Service

/// The kinds of judgements, and the parameters that each depends on.
enum JudgementKind: String, CaseIterable {
    /// Members of a household who are too young or too old for their stated labour capacity.
    case labourAge = "labour-age"

    var keys: [String] {
        switch self {
        case .labourAge: [ParameterKey.labourNoneBelow, ParameterKey.labourCappedFrom]
        }
    }

    static func depending(on key: String) -> [JudgementKind] { allCases.filter { $0.keys.contains(key) } }
}

/// A row that was used, as it was then.
struct ParameterUse: Hashable {
    let id: Identifier
    let version: Int
}

enum Judgement {
    /// Stores a judgement with the rows it used. It is not stored if the latest one of its kind says the same by the
    /// same rows, or if it is the first one of a record and finds nothing.
    ///
    /// - Parameters:
    ///   - division: the division whose parameters were used.
    ///   - result: JSON; nil if nothing was found.
    ///   - isNew: the record is new, so nothing was judged of it before.
    static func record(
        _ kind: JudgementKind, _ entity: Entity, _ id: Identifier, in division: Identifier, on day: CivilDate,
        result: [UInt8]?, by rows: [ParameterUse], isNew: Bool = false, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        let latest = isNew ? nil : try latest(kind, id, connection)
        if latest == nil && result == nil { return }
        let text = result.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        if let latest, latest.result == text, latest.rows == Set(rows) { return }
        let judgement = transaction.newId()
        try connection.run(
            """
            INSERT INTO judgement (id, kind, entity, entity_id, division_id, day, result, recorded_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """, judgement, kind.rawValue, entity.rawValue, id, division, day, text,
            max(transaction.now.milliseconds, (latest?.recordedAt ?? 0) + 1))
        for row in rows {
            try connection.run(
                "INSERT INTO judgement_parameter (judgement_id, parameter_id, version) VALUES ($1, $2, $3)", judgement,
                row.id, row.version)
        }
    }

    private static func latest(_ kind: JudgementKind, _ id: Identifier, _ connection: Connection) throws -> (
        result: String, rows: Set<ParameterUse>, recordedAt: Int64
    )? {
        let found = try connection.first(
            """
            SELECT id, result, recorded_at FROM judgement WHERE entity_id = $1 AND kind = $2
            ORDER BY recorded_at DESC LIMIT 1
            """, id, kind.rawValue
        ) { (try $0.identifier(0), $0.text(1), $0.int64(2)) }
        guard let (judgement, result, recordedAt) = found else { return nil }
        let rows = try connection.query(
            "SELECT parameter_id, version FROM judgement_parameter WHERE judgement_id = $1", judgement
        ) { ParameterUse(id: try $0.identifier(0), version: $0.int(1)) }
        return (result, Set(rows), recordedAt)
    }

    /// How many stored judgements a row would judge again: those of its area and days that used another row which it
    /// overrides, of its own area or of one above.
    static func count(judgedAnewBy row: ParameterRow, _ division: Division?, _ connection: Connection) throws -> Int {
        let kinds = JudgementKind.depending(on: row.key)
        guard !kinds.isEmpty else { return 0 }
        var values: [any Bindable] = [
            row.key, row.id, row.first, row.end, division?.level.rawValue ?? 0, division?.areaCode ?? 0,
            division?.areaLast ?? Int64.max,
        ]
        let names = kinds.map { kind in
            values.append(kind.rawValue)
            return "$\(values.count)"
        }
        return try connection.first(
            """
            SELECT count(*) FROM judgement j JOIN division d ON d.id = j.division_id
            WHERE d.area_code BETWEEN $6 AND $7 AND j.day >= $3 AND ($4 IS NULL OR j.day < $4)
                AND j.kind IN (\(names.joined(separator: ", ")))
                AND EXISTS (SELECT 1 FROM judgement_parameter u JOIN parameter p ON p.id = u.parameter_id
                    LEFT JOIN division o ON o.id = p.division_id
                    WHERE u.judgement_id = j.id AND p.key = $1 AND p.id <> $2 AND coalesce(o.level, 0) <= $5)
            """, values: values
        ) { $0.int(0) } ?? 0
    }
}
