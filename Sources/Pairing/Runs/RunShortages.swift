// Shortages of a draft as rows: the cut as data, and told in sentences of both languages (docs/pairing.md).

import Domain
import SQL
import Web

enum RunShortages {
    /// A shortage as it is stored.
    struct ShortageRow: Sendable {
        let kind: String
        let areaCode: Int64
        let villages: String
        let households: Int
        let cadres: Int
        let carried: Int
        let uncovered: Int
        let data: String
        let text: PairingText
    }

    /// All of a draft: uncovered households first.
    static func rows(_ draft: RunDraft) -> [ShortageRow] {
        let names = draft.input.names
        return draft.shortages.map { row($0, draft.input, names) }
            + draft.jointShortages.map { row($0, draft.input, names) }
    }

    private static func row(_ shortage: PairingShortage, _ input: PairingInput, _ names: PairingNames) -> ShortageRow {
        var json = JSONWriter(reserve: 1_024)
        json.object { json in
            write(cadres: shortage.cadres, input, &json)
            write(pins: shortage.pins, input, &json)
            json.key("cure")
            write(shortage.cure, input, &json)
        }
        let sentences = shortage.sentences(input.problem, names)
        return ShortageRow(
            kind: "coverage", areaCode: place(shortage.villages, input), villages: named(shortage.villages, input),
            households: shortage.households, cadres: shortage.cadres.count,
            carried: shortage.households - shortage.uncovered, uncovered: shortage.uncovered,
            data: String(decoding: json.take(), as: UTF8.self),
            text: PairingText(
                sentences.map(\.chinese).joined(), sentences.map(\.english).joined(separator: " ")))
    }

    private static func row(_ shortage: JointShortage, _ input: PairingInput, _ names: PairingNames) -> ShortageRow {
        var json = JSONWriter(reserve: 512)
        json.object { json in
            json.key("cause")
            json.string(shortage.cause.code)
            write(cadres: shortage.cadres, input, &json)
            json.key("organizationIds")
            json.array { json in
                for unit in shortage.units { json.string(input.problem.units[Int(unit)].description) }
            }
            write(pins: shortage.pins, input, &json)
        }
        return ShortageRow(
            kind: "second-unit", areaCode: place([shortage.village], input),
            villages: named([shortage.village], input), households: shortage.needs, cadres: shortage.cadres.count,
            carried: shortage.needs - shortage.unmet, uncovered: shortage.unmet,
            data: String(decoding: json.take(), as: UTF8.self), text: shortage.sentence(input.problem, names))
    }

    private static func place(_ villages: [Int32], _ input: PairingInput) -> Int64 {
        villages.map { input.villages[Int($0)].areaCode }.min() ?? input.area.areaCode
    }

    private static func named(_ villages: [Int32], _ input: PairingInput) -> String {
        var json = JSONWriter(reserve: 128 * villages.count)
        NamedVillage.write(villages.map(input.named), to: &json)
        return String(decoding: json.take(), as: UTF8.self)
    }

    private static func write(cadres: [Int32], _ input: PairingInput, _ json: inout JSONWriter) {
        json.key("cadreIds")
        json.array { json in
            for cadre in cadres { json.string(input.problem.cadres[Int(cadre)].id.description) }
        }
    }

    private static func write(pins: [Int32], _ input: PairingInput, _ json: inout JSONWriter) {
        json.key("pinnedPairingIds")
        json.array { json in for pin in pins { json.string(input.pairings[Int(pin)].id.description) } }
    }

    private static func write(_ cure: ShortageCure, _ input: PairingInput, _ json: inout JSONWriter) {
        json.object { json in
            json.key("relinks")
            json.array { json in
                for relink in cure.relinks {
                    json.object { json in
                        json.key("cadreId")
                        json.string(input.problem.cadres[Int(relink.cadre)].id.description)
                        json.key("cadreName")
                        json.string(input.cadres[Int(relink.cadre)].name)
                        if let linked = relink.from.map(input.named) {
                            json.key("linkedAreaCode")
                            json.areaCode(linked.code.value)
                            json.key("linkedAreaName")
                            json.string(linked.name)
                        }
                        input.named(relink.to).write(to: &json)
                        json.key("households")
                        json.integer(relink.room)
                        json.key("isSameTown")
                        json.boolean(relink.isSameTown)
                    }
                }
            }
            json.key("left")
            json.integer(cure.left)
            json.key("missing")
            json.array { json in
                for missing in cure.missing {
                    json.object { json in
                        json.key("rank")
                        json.string(missing.rank.code)
                        json.key("count")
                        json.integer(missing.count)
                    }
                }
            }
        }
    }

    static func insert(_ rows: [ShortageRow], of run: Identifier, _ connection: Connection) throws {
        for (index, row) in rows.enumerated() {
            try connection.run(
                """
                INSERT INTO pairing_shortage (run_id, sequence, kind, area_code, villages, households, cadres, carried,
                    uncovered, data, zh, en)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                """, run, index + 1, row.kind, row.areaCode, row.villages, row.households, row.cadres, row.carried,
                row.uncovered, row.data, row.text.chinese, row.text.english)
        }
    }
}

extension JointShortage.Cause {
    /// As the API names it.
    package var code: String {
        switch self {
        case .nobody: "nobody"
        case .oneUnit: "one-unit"
        case .noRoom: "no-room"
        }
    }
}

extension PairingRank {
    /// The code of list `cadre-rank`.
    package var code: String {
        CadreRank.allCases.first { PairingRank($0) == self }?.rawValue ?? CadreRank.ordinary.rawValue
    }
}
