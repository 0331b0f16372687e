// Random counties that live: people retire, move, are promoted and demoted, quotas are dated, households move, are
// lifted and born, and between it all run after run is made. Every draft can be approved as it is, and what it says is
// then in the register. JIEDUI_COUNTIES says how many counties; a thousand take some minutes.

import Foundation
import Testing

@testable import Domain
@testable import Pairing
@testable import Service
@testable import Web

@Suite("Runs of random counties")
struct RandomCountyTests {
    private static let count = ProcessInfo.processInfo.environment["JIEDUI_COUNTIES"].flatMap { Int($0) } ?? 24
    private static let parts = 4

    @Test("every draft can be approved as it is, and its totals are then in the register", arguments: 0..<parts)
    func lives(_ part: Int) throws {
        for seed in stride(from: part, to: Self.count, by: Self.parts) {
            let county = try RandomCounty(seed: UInt64(seed))
            try county.settle()
            for round in 0..<3 {
                if round > 0 { try county.turnOver() }
                try county.run(100 + round)
            }
            county.county.close()
        }
    }
}

/// A county of two towns in which things happen.
private final class RandomCounty {
    let county: County
    private let seed: UInt64
    private var generator: SeededGenerator
    private let session: Session
    private var households = 0
    private var cadres = 0
    private var people = 0
    private var limits = 0
    /// What was done, for whoever looks at a failure.
    private var story: [String] = []
    private var refused = 0

    private static let villages = [
        Place.villageA1, Place.villageA2, Place.villageB1, Place.villageB2,
    ]
    private static let areas = villages + [Place.townA, Place.townB]
    private static let ranks = ["ordinary", "middle", "deputy-section", "section", "division"]

    init(seed: UInt64) throws {
        self.seed = seed
        generator = SeededGenerator(seed: seed &+ 9_000)
        county = try County()
        session = try county.as(.administrator)
    }

    private func one<Value>(of values: [Value]) -> Value { values[generator.below(values.count)] }
    private func today() -> CivilDate { county.clock.now.shanghaiDate }
    /// A day around today.
    private func day() -> String { today().adding(days: generator.number(in: -60...90)).description }

    // MARK: People

    func settle() throws {
        for number in 1...3 { try county.makeOrganization(number, Sample.organization("单位\(number)")) }
        for _ in 0..<generator.number(in: 5...12) { try addHousehold() }
        for _ in 0..<generator.number(in: 4...9) { try addCadre() }
        for _ in 0..<generator.below(9) { try pair() }
        if generator.perMille(600) { try limit("2015-01-01") }
    }

    /// Of how many households one may be a second helper, from a day on.
    private func limit(_ day: String) throws {
        limits += 1
        let body: JSON = [
            "key": "second-helper.max-households", "value": .integer(generator.number(in: 1...2)),
            "unit": "households", "areaCode": .string(Place.county), "from": .string(day),
        ]
        note("limit", try session.put("/v1/parameters/\(Sample.id(8_000 + limits))", body))
    }

    private func addHousehold() throws {
        households += 1
        let isLifted = generator.perMille(400)
        let since = isLifted ? one(of: ["2019-05-01", "2025-03-01", "2025-09-15"]) : "2016-01-01"
        let body = Sample.household(
            "H\(one(of: [1, 2, 3]))\(100 + households)", in: one(of: Self.villages), since: since
        )
        .with([
            "state": .string(isLifted ? "lifted" : one(of: ["registered", "preparing", "returned"])),
            "povertyDepth": .string(one(of: ["slight", "moderate", "deep"])),
            "labour": .string(generator.perMille(300) ? "none" : "present"),
        ])
        try county.make(households, body)
    }

    private func addCadre() throws {
        cadres += 1
        let rank = one(of: Self.ranks)
        let area = rank == "division" ? one(of: [Place.townA, Place.townB]) : one(of: Self.villages)
        try county.makeCadre(
            500 + cadres,
            Sample.cadre("干部\(cadres)", of: generator.number(in: 1...3)).ranked(rank, at: area))
    }

    private func pair() throws {
        people += 1
        let body = Sample.pairing(
            generator.number(in: 1...households), by: 500 + generator.number(in: 1...cadres),
            one(of: ["first-responsible", "joint"]), from: "2025-06-01"
        ).with(["isPinned": .boolean(generator.perMille(200))])
        note("pair", try session.put(Sample.path(ofPairing: 7_000 + people), body))
    }

    /// One that begins on a day to come, beside whoever is there or in place of them.
    private func pairLater() throws {
        people += 1
        let household = Sample.id(generator.number(in: 1...households))
        let (from, end) = (generator.number(in: 1...60), generator.number(in: 61...120))
        var body = Sample.pairing(
            1, by: 500 + generator.number(in: 1...cadres), one(of: ["first-responsible", "joint", "joint"]),
            from: today().adding(days: from).description
        ).with(["householdId": .string(household)])
        if generator.perMille(300) { body = body.with(["to": .string(today().adding(days: end).description)]) }
        let there = try session.get("/v1/households/\(household)/pairings").json["items"].list.first
        if let id = there?["id"]?.string, generator.perMille(400) { body = body.with(["replaces": .string(id)]) }
        note("pair later \(body)", try session.put(Sample.path(ofPairing: 7_000 + people), body))
    }

    private func note(_ what: String, _ answer: Answer) {
        story.append("\(what): \(answer.status) \(answer.status >= 400 ? answer.text : "")")
        if answer.status >= 400 { refused += 1 }
    }

    private func patch(_ what: String, _ path: String, _ body: JSON) throws {
        let version = try session.get(path).json["version"].integer
        note("\(what) \(path.suffix(4)) \(body)", try session.patch(path, version: version, body))
    }

    // MARK: What happens

    func turnOver() throws {
        county.clock.advance(days: Int64(generator.number(in: 0...40)))
        for _ in 0..<generator.number(in: 3...10) { try happen() }
    }

    private func happen() throws {
        let cadre = "/v1/cadres/\(Sample.id(500 + generator.number(in: 1...cadres)))"
        let household = "/v1/households/\(Sample.id(generator.number(in: 1...households)))"
        switch generator.below(15) {
        case 0:
            try patch("retires", cadre, ["postState": "retired", "postStateFrom": .string(day())])
        case 1:
            try patch(
                "moves away", cadre, ["postState": "moved", "postStateFrom": .string(day())])
        case 2, 3:
            try patch("rank", cadre, ["rank": .string(one(of: Self.ranks)), "rankFrom": .string(day())])
        case 4:
            try patch(
                "link", cadre, ["linkedAreaCode": .string(one(of: Self.areas)), "linkedFrom": .string(day())])
        case 5:
            let quota: JSON = [
                "quota": .integer(generator.below(5)), "from": .string(day()), "reason": "个人名额",
            ]
            note("quota", try session.post(cadre + "/quotas", quota))
        case 6, 7:
            try patch("household moves", household, ["villageCode": .string(one(of: Self.villages))])
        case 8:
            try patch("state", household, ["state": .string(one(of: ["lifted", "returned", "preparing"]))])
        case 9: try addHousehold()
        case 10, 11, 12: try pairLater()
        case 13: try limit(day())
        default: if generator.perMille(500) { try addCadre() } else { try pair() }
        }
    }

    // MARK: Runs

    func run(_ number: Int) throws {
        let day = today().adding(days: one(of: [0, 0, 0, 0, -45, 30]))
        let options: JSON = [
            "pairsFirst": .boolean(generator.perMille(300)), "includeLifted": .boolean(!generator.perMille(150)),
        ]
        let words = { "seed \(self.seed) run \(number) on \(day): \(self.story.joined(separator: "\n"))" }
        let run = try session.pairingRun(number, Place.county, on: day.description, options)
        #expect(run["state"].string == "draft", "\(words())")
        let includesLifted = run["options"]["includeLifted"].boolean ?? true
        // What is known of days to come holds too: nobody loses then whoever goes on.
        let days = [0, 7, 30, 90, 400].map { day.adding(days: $0) }
        let held = try days.map { try helped(on: $0, includesLifted).bound }
        let answered = try days.map { try self.answered(on: $0) }
        let seconds = try days.map { try self.seconds(on: $0) }
        // Tokens last for thirty days.
        let approved = try county.otherAdministrator().approve(number)
        #expect(approved.status == 200, "\(approved.text)\n\(words())")
        guard approved.status == 200 else { return }
        let after = run["sum"]["after"]
        let now = try helped(on: day, includesLifted)
        #expect(now.covered.count == after["covered"].integer, "\(words())")
        #expect(now.households == after["households"].integer, "\(words())")
        #expect(now.joint == after["jointNeedsMet"].integer, "\(words())")
        // On a day that is over, another state may have held.
        for (index, later) in days.enumerated() where day >= today() {
            let lost = held[index].subtracting(try helped(on: later, includesLifted).covered)
            #expect(lost == [], "\(later) \(words())")
            let unanswered = answered[index].subtracting(try self.answered(on: later))
            #expect(unanswered == [], "nobody answers on \(later) \(words())")
            for (cadre, count) in try self.seconds(on: later) where count.now > max(count.most, 0) {
                #expect(count.now <= seconds[index][cadre]?.now ?? 0, "second helper on \(later) \(words())")
            }
        }
        let kept = (after["kept"].integer ?? 0) + (after["added"].integer ?? 0)
        #expect(now.pairs == kept, "\(words())")
        let faults = try county.faults()
        #expect(faults == [], "\(words())")
        try runAgain(number, on: day, options, words())
    }

    /// Bound households for which somebody answers on a day who can help then.
    private func answered(on day: CivilDate) throws -> Set<Int64> {
        Set(
            try county.query(
                """
                SELECT h.household_number FROM household h JOIN responsibility r USING (household_number)
                JOIN pairing p ON p.id = r.pairing_id JOIN cadre_capacity c ON c.cadre_id = p.cadre_id
                WHERE h.state <> 'lifted' AND r.superseded_at IS NULL AND c.quota > 0
                    AND max(r.valid_from, c.valid_from, p.first_on) <= '\(day)'
                    AND min(coalesce(r.valid_to, '9999'), coalesce(c.valid_to, '9999'), coalesce(p.end_on, '9999'))
                    > '\(day)'
                """
            ) { $0.int64(0) })
    }

    /// Of how many households that need two units, or for which somebody else answers, each cadre is a helper on a day,
    /// and of how many they may be.
    private func seconds(on day: CivilDate) throws -> [Identifier: (now: Int, most: Int)] {
        let rows = try county.query(
            """
            SELECT p.cadre_id, count(*), coalesce((SELECT CAST(q.value AS INTEGER) FROM parameter q
                LEFT JOIN division d ON d.id = q.division_id
                WHERE q.key = 'second-helper.max-households' AND q.first_on <= '\(day)'
                AND (q.end_on IS NULL OR q.end_on > '\(day)') ORDER BY d.level DESC LIMIT 1), 99)
            FROM pairing p WHERE p.first_on <= '\(day)' AND (p.end_on IS NULL OR p.end_on > '\(day)')
                AND NOT EXISTS (SELECT 1 FROM responsibility r WHERE r.pairing_id = p.id AND r.superseded_at IS NULL
                AND r.valid_from <= '\(day)' AND (r.valid_to IS NULL OR r.valid_to > '\(day)'))
            GROUP BY p.cadre_id
            """
        ) { (try $0.identifier(0), (now: $0.int(1), most: $0.int(2))) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// The same run once more changes nothing, unless the first one freed room by ending somebody's pairs.
    private func runAgain(_ number: Int, on day: CivilDate, _ options: JSON, _ words: String) throws {
        let first = try session.walk("/v1/pairing-runs/\(Sample.id(number))/proposals?limit=1000")
        let frees = first.contains { item in
            let reasons = item["reasons"].list.compactMap(\.string)
            return item["action"]?.string == "ended" && !reasons.contains("no-quota") || reasons.contains("over-quota")
        }
        let again = try session.pairingRun(number + 1_000, Place.county, on: day.description, options)["sum"]["after"]
        if !frees { #expect(again["added"].integer == 0, "again: \(words)") }
        if !frees { #expect(again["ended"].integer == 0, "again: \(words)") }
    }

    private struct Help {
        var households = 0
        var covered: Set<Int64> = []
        /// Covered ones who are not lifted.
        var bound: Set<Int64> = []
        var joint = 0
        var pairs = 0
    }

    /// Who is helped on a day by somebody with a quota on it, straight from the rows.
    private func helped(on day: CivilDate, _ includesLifted: Bool) throws -> Help {
        var help = Help()
        let able = """
            FROM pairing p JOIN cadre k ON k.id = p.cadre_id JOIN cadre_capacity c ON c.cadre_id = p.cadre_id
            WHERE p.household_number = h.household_number AND p.first_on <= '\(day)'
                AND (p.end_on IS NULL OR p.end_on > '\(day)') AND c.quota > 0 AND c.valid_from <= '\(day)'
                AND (c.valid_to IS NULL OR c.valid_to > '\(day)')
            """
        let rows = try county.query(
            """
            SELECT h.household_number, h.state = 'lifted', h.needs_two_units,
                (SELECT count(*) \(able)), (SELECT count(DISTINCT k.organization_id) \(able)),
                (SELECT count(*) FROM pairing p WHERE p.household_number = h.household_number AND p.first_on <= '\(day)'
                    AND (p.end_on IS NULL OR p.end_on > '\(day)'))
            FROM household h\(includesLifted ? "" : " WHERE h.state <> 'lifted'")
            """
        ) { ($0.int64(0), $0.bool(1), $0.bool(2), $0.int(3), $0.int(4), $0.int(5)) }
        for (number, isLifted, needsTwo, helpers, units, pairs) in rows {
            help.households += 1
            help.pairs += pairs
            if helpers > 0 { help.covered.insert(number) }
            if helpers > 0, !isLifted { help.bound.insert(number) }
            if needsTwo, units > 1 { help.joint += 1 }
        }
        return help
    }
}
