// A county with the words of before, brought to those of today: what is kept is told by the new names, and what is
// hashed keeps its old ones.

import Foundation
import Testing

@testable import App
@testable import Domain
@testable import SQL

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
        #expect(outcome.contains(#""cadres":2"#) && outcome.contains("“helperId”:"), "a value stays: \(outcome)")
        #expect(!outcome.contains("helpers"))
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

    private func isSound(_ register: Register) throws -> Bool {
        let reader = try register.database.makeReader()
        defer { reader.close() }
        let chain = try RegisterCheck.run(reader, keyOf: register.directory, .jiedui).first {
            $0.subject == "audit chain"
        }
        return chain?.isSound == true
    }
}
