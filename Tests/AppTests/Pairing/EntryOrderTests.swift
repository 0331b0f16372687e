// Who takes over does not depend on the order in which a register was filled: ids are made in that order.

import Testing

@testable import Domain
@testable import Pairing
@testable import SQL
@testable import Service
@testable import Web

@Suite("The order in which a register was filled")
struct EntryOrderTests {
    /// Cadre 11 answers for six households, and others stand beside him in two of them, since one day.
    private static func county(reversed: Bool) throws -> County {
        let county = try County()
        func ordered(_ numbers: [Int]) -> [Int] { reversed ? numbers.reversed() : numbers }
        /// The same things have other ids, in the other order.
        func id(_ number: Int, _ count: Int, _ first: Int) -> Int {
            reversed ? first + count - number : first + number - 1
        }
        try county.makeOrganization(1)
        for number in ordered([1, 2, 3, 4, 5, 6]) {
            try county.make(id(number, 6, 101), Sample.household("H\(number)"))
        }
        try county.makeCadre(11, "section", named: "王示例")
        try county.makeCadre(12, "middle", named: "赵示例")
        for number in ordered([1, 2, 3]) {
            try county.makeCadre(id(number, 3, 21), "ordinary", named: ["李甲", "李乙", "李丙"][number - 1])
        }
        let quota: JSON = ["quota": 6, "from": "2025-01-01", "reason": "试点"]
        _ = try county.as(.administrator).post("/v1/cadres/\(Sample.id(11))/quotas", quota)
        for number in ordered([1, 2, 3, 4, 5, 6]) {
            try county.help(id(number, 6, 101), by: 11, as: id(number, 6, 201), from: "2026-01-01")
        }
        for number in ordered([1, 2, 3]) {
            try county.help(
                id(6, 6, 101), by: id(number, 3, 21), as: id(number, 3, 301), isResponsible: false, from: "2026-01-01")
        }
        return county
    }

    /// Who answers for which household on the day after.
    private static func answers(_ county: County) throws -> [String] {
        try county.query(
            """
            SELECT h.archive_number || ' ' || c.name FROM responsibility r JOIN pairing p ON p.id = r.pairing_id
            JOIN household h ON h.household_number = r.household_number JOIN cadre c ON c.id = p.cadre_id
            WHERE r.superseded_at IS NULL AND r.valid_to IS NULL ORDER BY 1
            """
        ) { $0.text(0) }
    }

    @Test(
        "a successor with too little room takes the same households, and the same helper is the heir",
        arguments: [false, true])
    func handover(hasSuccessor: Bool) throws {
        var found: [[String]] = []
        for reversed in [false, true] {
            let county = try Self.county(reversed: reversed)
            var body: JSON = ["cadreId": .string(Sample.id(11)), "reason": "retired"]
            if hasSuccessor { body = body.with(["successorCadreId": .string(Sample.id(12))]) }
            let answer = try county.as(.administrator).put("/v1/handovers/\(Sample.id(91))", body)
            #expect(answer.status == 201, "\(answer.text)")
            found.append(try Self.answers(county))
            #expect(try county.faults() == [])
        }
        #expect(found[0] == found[1])
        if hasSuccessor { #expect(found[0].contains("H1 赵示例"), "\(found[0])") }
        #expect(found[0].contains { $0.hasPrefix("H6 李") }, "\(found[0])")
    }

    @Test("where an end leaves several who have helped as long, the same one answers")
    func heir() throws {
        var found: [[String]] = []
        for reversed in [false, true] {
            let county = try Self.county(reversed: reversed)
            try county.endPairing(required(Identifier(Sample.id(reversed ? 201 : 206))), on: "2026-03-02")
            found.append(try Self.answers(county).filter { $0.hasPrefix("H6") })
        }
        #expect(found[0] == found[1])
        #expect(found[0] == ["H6 李丙"])
    }
}
