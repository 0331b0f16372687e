// A county with the words of before, brought to those of today: what is kept is told by the new names.

import Foundation
import Testing

@testable import App
@testable import Contact
@testable import Domain
@testable import SQL
@testable import Service

@Suite struct FormerNamesTests {
    private static func texts(_ sql: String, _ register: Register) throws -> [String] {
        let reader = try register.database.makeReader()
        defer { reader.close() }
        return try reader.query(sql) { row in
            (0..<row.columnCount).map { row.optionalText($0) ?? "-" }.joined(separator: " ")
        }
    }

    @Test("what handovers and runs keep as JSON has cadres and places by their names, and the trail is sound")
    func cadresAndPlaces() throws {
        let county = try FormerNames()
        let register = try county.upgraded()
        defer { register.close() }
        let cadre = FormerNames.id(41)
        let village = #"{"villageCode":"990923100201","villageName":"示例","townName":"示例"}"#
        let outcome = try Self.texts("SELECT outcome FROM handover", register).first ?? ""
        #expect(outcome.contains(#""cadreId":"\#(cadre)","role":"joint","fromCadreId":"\#(cadre)""#), "\(outcome)")
        #expect(outcome.contains(#""villages":[\#(village)]"#), "\(outcome)")
        #expect(outcome.contains(#""cadres":2"#), "a value stays: \(outcome)")
        #expect(outcome.contains("“helperId”:"), "a value stays: \(outcome)")
        #expect(!outcome.contains("helpers"))
        let left = #""leftBehind":[{"householdId":"\#(FormerNames.id(21))","awaitingSince":"2020-01-01"}]"#
        #expect(outcome.contains(left), "\(outcome)")
        #expect(outcome.hasSuffix(#""noLongerHelped":[]}"#), "\(outcome)")
        let options = try Self.texts("SELECT options FROM pairing_run", register)
        #expect(
            options == [
                #"{"whatIf":true,"includeLifted":true,"links":[{"cadreId":"\#(cadre)","areaCode":"990923100201"}]}"#
            ])
        let linked = #""linkedAreaCode":"990923100201","linkedAreaName":"示例","#
        let named = village.dropFirst()
        #expect(
            try Self.texts("SELECT villages, data FROM pairing_shortage", register) == [
                #"[\#(village),\#(village)] {"cadreIds":["\#(cadre)"],"pinnedPairingIds":[],"cure":{"relinks":["#
                    + #"{"households":3,"isSameTown":true,"cadreId":"\#(cadre)","cadreName":"张示例",\#(linked)\#(named),"#
                    + #"{"households":1,"isSameTown":false,"cadreId":"\#(cadre)","cadreName":"张示例",\#(named)],"#
                    + #""left":0,"missing":[]}}"#
            ])
        #expect(try isSound(register))
    }

    @Test("who began a pairing and who approved a run is told with a name")
    func actors() throws {
        let county = try FormerNames()
        let register = try county.upgraded()
        defer { register.close() }
        let user = FormerNames.id(9)
        #expect(try Self.texts("SELECT lower(hex(begun_by_user_id)) FROM pairing", register) == [Hex.text(user.bytes)])
        let answer = try Self.texts("SELECT answer FROM pairing_run_part", register).first ?? ""
        #expect(answer.contains(#""approvedBy":{"id":"\#(user)","name":"管理员"}"#), "\(answer)")
        #expect(answer.contains(#""areaName":"示例""#))
        #expect(try isSound(register))
    }

    @Test("where a household stands is its state in all that is kept of it, also in the trail and in what was held")
    func states() throws {
        let county = try FormerNames()
        let register = try county.upgraded()
        defer { register.close() }
        let expected: [(String, [String])] = [
            ("SELECT state, state_since FROM household", ["registered 2016-03-01"]),
            ("SELECT state, state_since FROM household_history", ["registered 2016-03-01"]),
            (
                "SELECT dimension, counts FROM household_figure ORDER BY dimension",
                ["all :1:2", "state registered:1:2"]
            ),
            (
                "SELECT field, base_value, proposed_value FROM change_proposal_field"
                    + " WHERE proposal_id = x'\(Self.hex(73))'",
                ["labour present weak", "state registered lifted"]
            ),
            ("SELECT field_names FROM change_proposal WHERE id = x'\(Self.hex(73))'", ["state;labour"]),
            (
                "SELECT column, code FROM job_row WHERE sequence > 1 ORDER BY sequence",
                ["stateSince state-in-future", "status column-not-read"]
            ),
            ("SELECT list_key, code FROM partner_code", ["household-state lifted"]),
            ("SELECT CAST(count(*) AS TEXT) FROM code_value WHERE list_key = 'household-state'", ["7"]),
            ("SELECT key FROM code_list WHERE key LIKE '%status%'", []),
            (
                "SELECT before, after FROM audit_event WHERE entity_id IN (x'\(Self.hex(20))', x'\(Self.hex(73))')"
                    + " ORDER BY sequence DESC LIMIT 2",
                [
                    #"- {"baseVersion":1,"fields":[{"field":"state","state":"open","proposed":"lifted"}]}"#,
                    #"{"state":"registered","stateSince":"2016-03-01"} "#
                        + #"{"state":"lifted","stateSince":"2019-01-01","note":"\"status\":"}"#,
                ]
            ),
        ]
        for (sql, rows) in expected { #expect(try Self.texts(sql, register) == rows, "\(sql)") }
        let held = try register.perform { transaction in
            String(decoding: try HeldVisitTable.content(FormerNames.id(75), transaction), as: UTF8.self)
        }
        #expect(held == #"{"note":"status","observations":[{"changes":{"state":"lifted"}}]}"#)
        #expect(try isSound(register))
    }

    private static func hex(_ number: Int) -> String { Hex.text(FormerNames.id(number).bytes) }

    private func isSound(_ register: Register) throws -> Bool {
        let reader = try register.database.makeReader()
        defer { reader.close() }
        let chain = try RegisterCheck.run(reader, keyOf: register.directory, .jiedui).first {
            $0.subject == "audit chain"
        }
        return chain?.isSound == true
    }
}
