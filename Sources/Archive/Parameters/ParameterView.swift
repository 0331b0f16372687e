// Parameter rows as clients see them: one row with its source, and what applies in an area with the rows that it
// overrides.

import Domain
import SQL
import Service
import Web

enum ParameterView {
    /// Whether a row matters for a caller's area.
    static func isVisible(_ row: ParameterRow, _ scope: Scope, _ connection: Connection) throws -> Bool {
        guard let id = row.divisionId else { return true }
        guard let division = try DivisionStore.find(id, connection) else { return false }
        return division.areaCode <= scope.last && division.areaLast >= scope.first
    }

    /// One row, followed by what it would judge again.
    static func json(_ row: ParameterRow, rejudges: Rejudging? = nil, _ connection: Connection) throws -> [UInt8] {
        let division = try row.divisionId.flatMap { try DivisionStore.find($0, connection) }
        var json = JSONWriter(reserve: 512)
        var names = ActorNames(connection)
        try json.object { json in
            try write(row, division, &names, &json)
            rejudges?.write(&json)
        }
        return json.take()
    }

    static func auditFields(_ row: ParameterRow, _ connection: Connection) throws -> [AuditField] {
        let division = try row.divisionId.flatMap { try DivisionStore.find($0, connection) }
        return [
            ("key", .text(row.key)), ("value", .json(row.value)), ("unit", .text(row.unit)),
            ("areaCode", .of(division?.code.description)), ("from", .text(row.first.description)),
            ("to", .of(row.end?.description)), ("documentNumber", .of(row.documentNumber)),
        ]
    }

    private static func write(
        _ row: ParameterRow, _ division: Division?, _ names: inout ActorNames, _ json: inout JSONWriter
    ) throws {
        json.key("id")
        json.string(row.id.description)
        json.key("version")
        json.integer(row.version)
        writeFacts(row, division, &json)
        json.key("recordedAt")
        json.string(Instant(milliseconds: row.recordedAt).description)
        try names.write(row.recordedBy, as: "recordedBy", to: &json)
    }

    private static func writeFacts(_ row: ParameterRow, _ division: Division?, _ json: inout JSONWriter) {
        json.key("key")
        json.string(row.key)
        json.key("value")
        json.raw(row.value.utf8)
        json.key("unit")
        json.string(row.unit)
        if let division {
            json.key("areaCode")
            json.areaCode(division.code.value)
            json.key("areaName")
            json.string(division.name)
        }
        json.key("from")
        json.string(row.first.description)
        if let end = row.end {
            json.key("to")
            json.string(end.description)
        }
        if let documentNumber = row.documentNumber {
            json.key("documentNumber")
            json.string(documentNumber)
        }
    }

    /// What applies in an area on a day, in the order of the catalogue.
    static func applying(
        _ rows: [String: [ParameterRow]], in chain: AreaChain, on day: CivilDate, _ connection: Connection
    ) throws -> [UInt8] {
        var json = JSONWriter(reserve: 16 << 10)
        var names = ActorNames(connection)
        try json.object { json in
            if let area = chain.divisions.first {
                json.key("areaCode")
                json.areaCode(area.code.value)
                json.key("areaName")
                json.string(area.name)
            }
            json.key("on")
            json.string(day.description)
            json.key("items")
            try json.array { json in
                for key in ParameterKey.all {
                    guard let chosen = rows[key.name], let row = chosen.first else { continue }
                    try json.object { json in
                        try write(row, chain.division(row.divisionId), &names, &json)
                        json.key("zh")
                        json.string(key.chinese)
                        json.key("en")
                        json.string(key.english)
                        json.key("chain")
                        try json.array { json in
                            for overridden in chosen.dropFirst() {
                                let division = chain.division(overridden.divisionId)
                                try json.object { try write(overridden, division, &names, &$0) }
                            }
                        }
                    }
                }
            }
        }
        return json.take()
    }

    /// All parameters.
    static let catalogue: [UInt8] = {
        var json = JSONWriter(reserve: 16 << 10)
        json.object { json in
            json.key("items")
            json.array { json in
                for key in ParameterKey.all {
                    json.object { json in
                        json.key("key")
                        json.string(key.name)
                        json.key("zh")
                        json.string(key.chinese)
                        json.key("en")
                        json.string(key.english)
                        writeType(key.type, &json)
                        json.key("unit")
                        json.string(key.unit.rawValue)
                        json.key("isActedOn")
                        json.boolean(key.isActedOn)
                        json.key("source")
                        json.string(key.source)
                    }
                }
            }
        }
        return json.take()
    }()

    private static func writeType(_ type: ParameterType, _ json: inout JSONWriter) {
        json.key("type")
        switch type {
        case .number(let range):
            json.string("number")
            json.key("minimum")
            json.integer(range.lowerBound)
            json.key("maximum")
            json.integer(range.upperBound)
        case .choice(let words):
            json.string("choice")
            writeWords(words, &json)
        case .set(let words):
            json.string("set")
            writeWords(words, &json)
        case .seasons(let crop):
            json.string("seasons")
            json.key("crop")
            json.string(crop)
        }
    }

    private static func writeWords(_ words: [String], _ json: inout JSONWriter) {
        json.key("words")
        json.array { json in for word in words { json.string(word) } }
    }
}

/// What would be judged again by a row that begins in the past.
struct Rejudging {
    let kinds: [JudgementKind]
    let from: CivilDate
    /// Before this day: the row's end or today, whichever is earlier.
    let to: CivilDate
    /// Stored judgements that used a row which this one overrides.
    let judgements: Int

    /// Nil for a row that begins today or later.
    init?(_ row: ParameterRow, today: CivilDate, _ connection: Connection) throws {
        guard row.first < today, !row.isWithdrawn else { return nil }
        kinds = JudgementKind.depending(on: row.key)
        from = row.first
        to = min(row.end ?? today, today)
        let division = try row.divisionId.flatMap { try DivisionStore.find($0, connection) }
        judgements = try Judgement.count(judgedAnewBy: row, division, connection)
    }

    fileprivate func write(_ json: inout JSONWriter) {
        json.key("rejudges")
        json.object { json in
            json.key("kinds")
            json.array { json in for kind in kinds { json.string(kind.rawValue) } }
            json.key("from")
            json.string(from.description)
            json.key("to")
            json.string(to.description)
            json.key("judgements")
            json.integer(judgements)
        }
    }
}
