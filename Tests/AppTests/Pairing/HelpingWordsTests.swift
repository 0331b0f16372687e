// Who can help on which days is said by the view `pairing_able`, and again where a county is counted at once
// (HelpRecount) and where one cadre is asked for (Helping): they mean the same.

import Testing

@testable import Domain
@testable import Pairing
@testable import SQL
@testable import Service
@testable import Web

@Suite("Who can help, in every wording")
struct HelpingWordsTests {
    private static let cadres = 21...24
    private static let households = 1...6
    private static let days = 1...28

    private static func blob(_ number: Int) -> String { "x'\(Sample.id(number).filter { $0 != "-" })'" }
    private static func day(_ day: Int) -> String { "2026-01-\(day < 10 ? "0" : "")\(day)" }

    /// Quotas, pairings and answers on any days, also such as no path of the service would leave behind.
    private static func invent(_ county: County, _ chance: inout SeededGenerator) throws {
        func days(_ first: ClosedRange<Int>, _ length: ClosedRange<Int>) -> (from: String, to: String) {
            let first = Int.random(in: first, using: &chance)
            let end = first + Int.random(in: length, using: &chance)
            return ("'\(day(first))'", end > 28 ? "NULL" : "'\(day(end))'")
        }
        for cadre in cadres {
            var first = Int.random(in: 1...8, using: &chance)
            while first < 28 {
                let end = first + Int.random(in: 1...8, using: &chance)
                let last = end > 28 ? "NULL" : "'\(day(end))'"
                try county.alter(
                    """
                    INSERT INTO cadre_capacity (cadre_id, valid_from, valid_to, quota, division_id)
                    SELECT id, '\(day(first))', \(last), \(Int.random(in: 0...2, using: &chance)), linked_division_id
                    FROM cadre WHERE id = \(blob(cadre))
                    """)
                first = end + (Bool.random(using: &chance) ? 0 : 2)
            }
        }
        for number in 1...40 {
            let held = days(1...26, 0...14)
            let cadre = blob(Int.random(in: cadres, using: &chance))
            let household = Int.random(in: households, using: &chance)
            try county.alter(
                """
                INSERT INTO pairing (id, version, household_number, cadre_id, area_code, first_on, end_on, is_pinned,
                    begun_by, valid_from, recorded_at, created_at)
                SELECT \(blob(500 + number)), 1, h.household_number, \(cadre), h.area_code, \(held.from), \(held.to), 0,
                    'person', '2026-01-01', 0, 0
                FROM household h WHERE h.id = \(blob(household))
                """)
        }
        for household in households {
            for time in 0...3 {
                let answered = days(1...26, 1...9)
                try county.alter(
                    """
                    INSERT OR IGNORE INTO responsibility (household_number, pairing_id, valid_from, valid_to,
                        recorded_at)
                    SELECT p.household_number, p.id, \(answered.from), \(answered.to), \(time) FROM pairing p
                    JOIN household h ON h.household_number = p.household_number AND h.id = \(blob(household))
                    ORDER BY p.first_on LIMIT 1 OFFSET \(time)
                    """)
            }
        }
    }

    @Test("on random quotas and pairings the view, the recount of a county and the question for one cadre agree")
    func agreement() throws {
        var chance = SeededGenerator(seed: 36)
        for _ in 0..<6 {
            let county = try County()
            for number in Self.households { try county.make(number, Sample.household("H\(number)")) }
            for number in Self.cadres { try county.makeCadre(number) }
            let triggers = try county.query(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN ('pairing', 'responsibility')"
            ) { $0.text(0) }
            for trigger in triggers { try county.alter("DROP TRIGGER \(trigger)") }
            try county.alter("DELETE FROM cadre_capacity")
            try Self.invent(county, &chance)
            let reader = try county.register.database.makeReader()
            defer { reader.close() }
            for number in Self.days { try Self.compare(required(CivilDate(Self.day(number))), reader) }
        }
    }

    private static func compare(_ day: CivilDate, _ reader: Connection) throws {
        func rows(_ sql: String, _ values: [any Bindable]) throws -> [String] {
            try reader.query(sql, values: values) { $0.text(0) }
        }
        let holds = DayInterval.holds("a", on: "$1")
        let able = try rows(
            """
            SELECT hex(a.pairing_id) || a.household_number || hex(a.cadre_id) || hex(coalesce(a.division_id, ''))
            FROM pairing_able a WHERE \(holds) ORDER BY 1
            """, [day])
        let asked = try rows(
            "SELECT hex(a.id) FROM pairing a WHERE \(holds) AND \(Helping.isAble("a.cadre_id", on: "$1")) ORDER BY 1",
            [day])
        #expect(able.map { String($0.prefix(32)) } == asked, "\(day)")
        let help = try HelpRecount.dated.help(on: day, reader)
        let everywhere: [any Bindable] = [day, Int64(0), Int64(999_999_999_999)]
        let helping = try rows(
            """
            \(help) SELECT hex(id) || household_number || hex(cadre_id) || hex(coalesce(division_id, ''))
            FROM helping ORDER BY 1
            """, everywhere)
        #expect(helping == able, "\(day)")
        // Of households that nobody answers for, all days on which their helpers could help.
        let helped = try rows(
            """
            \(help) SELECT household_number || hex(id) || first_on || end_on FROM helped
            WHERE first_on < end_on ORDER BY 1
            """, everywhere)
        let viewed = try rows(
            """
            \(help) SELECT a.household_number || hex(a.pairing_id) || a.first_on || coalesce(a.end_on, '9999-99-99')
            FROM open o JOIN pairing_able a ON a.household_number = o.household_number ORDER BY 1
            """, everywhere)
        #expect(helped == viewed, "\(day)")
        let answered = try rows(
            "\(help) SELECT household_number || hex(cadre_id) FROM answers ORDER BY 1", everywhere)
        let covered = try rows(
            "SELECT a.household_number || hex(a.cadre_id) FROM household_covered a WHERE \(holds) ORDER BY 1", [day])
        #expect(answered == covered, "\(day)")
    }
}
