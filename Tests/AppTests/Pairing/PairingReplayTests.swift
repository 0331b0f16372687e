// The history of pairings after random sequences of what may befall them (R011, R050), against a replay that knows
// nothing but days: for each household and day a set of helpers and the one who answers.

import Testing

@testable import App
@testable import Domain
@testable import Service
@testable import Web

/// What should be known, day by day. Days are counted from the first of the horizon; helpers are numbers of samples.
private struct Replay: Equatable {
    struct Pair: Equatable {
        let id: String
        let household: Int
        let helper: Int
        let first: Int
        var end: Int?

        func holds(on day: Int) -> Bool { first <= day && (end.map { day < $0 } ?? true) }
    }

    static let horizon = 160
    var pairs: [Pair] = []
    /// By household, then by day.
    var responsible: [Int: [Int?]] = [:]

    mutating func begin(_ pair: Pair, isResponsible: Bool) {
        pairs.append(pair)
        if isResponsible { answer(pair.helper, for: pair.household, from: pair.first, until: pair.end) }
    }

    mutating func answer(_ helper: Int, for household: Int, from first: Int, until end: Int? = nil) {
        var days = responsible[household] ?? Array(repeating: nil, count: Self.horizon)
        for day in first..<(end ?? Self.horizon) { days[day] = helper }
        responsible[household] = days
    }

    /// Ends a pair; whoever of the others has helped longest answers on the days that are set free.
    mutating func end(_ household: Int, _ helper: Int, on day: Int) {
        let found = pairs.firstIndex {
            $0.household == household && $0.helper == helper && ($0.end ?? .max) > max(day, $0.first)
        }
        guard let index = found else { return }
        let until = pairs[index].end ?? Self.horizon
        pairs[index].end = max(day, pairs[index].first)
        var days = responsible[household] ?? Array(repeating: nil, count: Self.horizon)
        var heir: Pair?
        for free in max(day, pairs[index].first)..<until where days[free] == helper {
            if heir?.holds(on: free) != true {
                heir = pairs.filter { $0.household == household && $0.helper != helper && $0.holds(on: free) }
                    .min { ($0.first, $0.id) < ($1.first, $1.id) }
            }
            days[free] = heir?.helper
        }
        responsible[household] = days
    }

    /// `helper` of everybody on a day, with a star for the one who answers.
    func helpers(of household: Int, on day: Int) -> [String] {
        pairs.filter { $0.household == household && $0.holds(on: day) }.map(\.helper).sorted()
            .map { responsible[household]?[day] == $0 ? "\($0)*" : "\($0)" }
    }
}

@Suite("The history of pairings")
struct PairingReplayTests {
    private static let households = 1...8
    private static let cadres = 11...18

    private func fill(_ county: County) throws {
        for number in Self.households {
            let village = number <= 4 ? Place.villageA1 : Place.villageA2
            try county.make(
                number, Sample.household("H\(number)", in: village).with(["selfCare": .boolean(number % 3 != 0)]))
        }
        let ranks: [CadreRank] = [.ordinary, .middle, .deputySection, .division]
        for number in Self.cadres {
            let rank = ranks[number % 4]
            try county.makeCadre(
                number, rank.rawValue,
                at: rank == .division ? Place.townA : number % 2 == 0 ? Place.villageA1 : Place.villageA2,
                of: 1 + number % 3)
        }
    }

    /// The service, its replay, and what was known at some times.
    private final class History {
        let county: County
        var replay = Replay()
        var known: [(at: Instant, replay: Replay)] = []
        var done: [String: Int] = [:]
        var nextId = 1_000
        let start: CivilDate

        init(_ county: County) throws {
            self.county = county
            start = try required(CivilDate("2026-02-10"))
        }

        var today: Int { county.clock.now.shanghaiDate.days(since: start) }
        func text(_ day: Int) -> String { start.adding(days: day).description }

        func id() -> Int {
            nextId += 1
            return nextId
        }

        /// What the service says of a household on a day.
        func told(_ household: Int, _ day: Int, knownAt: Instant? = nil) throws -> [String] {
            let known = knownAt.map { "&knownAt=\($0)" } ?? ""
            let answer = try county.as(.administrator).get(
                "/v1/households/\(Sample.id(household))/pairings?on=\(text(day))\(known)")
            return try answer.items.map { item -> (Int, Bool) in
                let helper = Sample.number(try required(Identifier(try required(item["cadreId"].string))))
                return (helper, item["role"].string == "first-responsible")
            }.sorted { $0.0 < $1.0 }.map { $1 ? "\($0)*" : "\($0)" }
        }

        /// The ids of pairs that the service made by itself.
        func learn(_ household: Int, _ helper: Int, _ first: Int) throws -> String {
            let found = try county.query(
                """
                SELECT p.id FROM pairing p JOIN household h ON h.household_number = p.household_number
                WHERE p.first_on = '\(text(first))' AND hex(h.id) = '\(hex(household))'
                    AND hex(p.cadre_id) = '\(hex(helper))' AND (p.end_on IS NULL OR p.end_on > p.first_on)
                """
            ) { try $0.identifier(0).description }
            return try required(found.first)
        }

        private func hex(_ number: Int) -> String {
            Sample.id(number).filter { $0 != "-" }.uppercased()
        }
    }

    @Test(
        "after random runs, handovers, promotions and endings every day is as a simple replay tells", arguments: 1...4)
    func random(seed: UInt64) throws {
        let county = try County()
        try fill(county)
        let history = try History(county)
        var chance = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            switch chance.below(10) {
            case 0..<4: try begin(history, &chance)
            case 4..<6: try end(history, &chance)
            case 6: try answer(history, &chance)
            case 7: try handOver(history, &chance)
            case 8: try run(history, &chance)
            default: try promote(history, &chance)
            }
            county.clock.advance(milliseconds: 1_000)
            if chance.below(4) == 0 { history.known.append((county.clock.now, history.replay)) }
            county.clock.advance(milliseconds: 1_000)
            county.clock.advance(days: Int64(chance.below(3)))
        }
        for household in Self.households {
            for day in stride(from: 0, to: Replay.horizon - 1, by: 3) {
                let told = try history.told(household, day)
                let expected = history.replay.helpers(of: household, on: day)
                #expect(told == expected, "household \(household), day \(day)")
            }
        }
        for (at, replay) in history.known.suffix(6) {
            for household in Self.households {
                for day in [10, history.today - 8, history.today, history.today + 20] {
                    let told = try history.told(household, day, knownAt: at)
                    let expected = replay.helpers(of: household, on: day)
                    #expect(told == expected, "household \(household), day \(day), as known at \(at)")
                }
            }
        }
        #expect(try county.faults() == [])
        #expect(["begin", "end", "handover", "run"].allSatisfy { (history.done[$0] ?? 0) > 0 }, "\(history.done)")
    }

    private func begin(_ history: History, _ chance: inout SeededGenerator) throws {
        let (household, helper) = (Self.households.pick(&chance), Self.cadres.pick(&chance))
        let first = max(0, history.today - 6 + chance.below(12))
        let isResponsible = chance.below(2) == 0
        let id = history.id()
        let answer = try history.county.as(.administrator).put(
            Sample.path(ofPairing: id),
            Sample.pairing(
                household, by: helper, isResponsible ? "first-responsible" : "joint", from: history.text(first)
            ).with(["reason": "就近"]))
        guard answer.status == 201 else { return #expect([409, 422].contains(answer.status), "\(answer.text)") }
        history.done["begin", default: 0] += 1
        history.replay.begin(
            Replay.Pair(id: Sample.id(id), household: household, helper: helper, first: first, end: nil),
            isResponsible: isResponsible)
    }

    private func end(_ history: History, _ chance: inout SeededGenerator) throws {
        let open = history.replay.pairs.filter { $0.end == nil }
        guard !open.isEmpty else { return }
        let pair = open[chance.below(open.count)]
        let day = max(pair.first, history.today - 4 + chance.below(10))
        let session = try history.county.as(.administrator)
        let version = try required(
            session.get("/v1/pairings/\(pair.id)?on=\(history.text(pair.first))").json["version"].integer)
        let answer = try session.patch(
            "/v1/pairings/\(pair.id)", version: version, ["to": .string(history.text(day)), "endReason": "replaced"])
        guard answer.status == 200 else { return #expect(answer.status == 409, "\(answer.text)") }
        history.done["end", default: 0] += 1
        history.replay.end(pair.household, pair.helper, on: day)
    }

    private func answer(_ history: History, _ chance: inout SeededGenerator) throws {
        let open = history.replay.pairs.filter { $0.end == nil }
        guard !open.isEmpty else { return }
        let pair = open[chance.below(open.count)]
        let day = max(pair.first, history.today - 4 + chance.below(10))
        let session = try history.county.as(.administrator)
        let version = try required(
            session.get("/v1/pairings/\(pair.id)?on=\(history.text(pair.first))").json["version"].integer)
        let answer = try session.patch(
            "/v1/pairings/\(pair.id)", version: version,
            ["role": "first-responsible", "on": .string(history.text(day))])
        #expect(answer.status == 200, "\(answer.text)")
        history.done["role", default: 0] += 1
        history.replay.answer(pair.helper, for: pair.household, from: day)
    }

    private func handOver(_ history: History, _ chance: inout SeededGenerator) throws {
        let helper = Self.cadres.pick(&chance)
        let day = history.today + chance.below(4)
        var body: JSON = [
            "cadreId": .string(Sample.id(helper)), "on": .string(history.text(day)), "reason": "over-quota",
        ]
        if chance.below(2) == 0 {
            body = body.with(["successorCadreId": .string(Sample.id(Self.cadres.pick(&chance)))])
        }
        let answer = try history.county.as(.administrator).put("/v1/handovers/\(Sample.id(history.id()))", body)
        guard answer.status == 201 else { return #expect(answer.status == 422, "\(answer.text)") }
        history.done["handover", default: 0] += 1
        func number(_ item: JSONValue, _ name: String) throws -> Int {
            Sample.number(try required(Identifier(try required(item[name].string))))
        }
        let leaving = history.replay.pairs.filter { $0.helper == helper && ($0.end ?? .max) > day }
        let gone =
            try leaving.map { ($0.household, $0.helper, max(day, $0.first), $0.end) }
            + answer.json["moved"].list.compactMap { item in
                let household = try number(item, "householdId")
                let former = try number(item, "fromCadreId")
                return (household, former, day, nil)
            }
        let taken = try (answer.json["handedOver"].list + answer.json["moved"].list).map { item in
            (
                household: try number(item, "householdId"), helper: try number(item, "cadreId"),
                isResponsible: item["role"].string == "first-responsible"
            )
        }
        // Successors first: whoever answers next is settled before somebody else can inherit it.
        for take in taken {
            guard let left = gone.first(where: { $0.0 == take.household }) else { continue }
            let joint = history.replay.pairs.contains {
                $0.household == take.household && $0.helper == take.helper && $0.holds(on: left.2)
            }
            if joint {
                if take.isResponsible { history.replay.answer(take.helper, for: take.household, from: left.2) }
            } else {
                history.replay.begin(
                    Replay.Pair(
                        id: try history.learn(take.household, take.helper, left.2), household: take.household,
                        helper: take.helper, first: left.2, end: left.3), isResponsible: take.isResponsible)
            }
        }
        for (household, former, first, _) in gone { history.replay.end(household, former, on: first) }
    }

    private func run(_ history: History, _ chance: inout SeededGenerator) throws {
        let id = history.id()
        let day = history.today + chance.below(5)
        let session = try history.county.as(.administrator)
        try session.pairingRun(id, Place.townA, on: history.text(day))
        let proposals = try session.proposals(id).map { line in
            let words = line.split(separator: " ")
            return (
                household: Int(words[0]) ?? 0, helper: Int(words[1]) ?? 0,
                isResponsible: words[2] == "first-responsible",
                action: String(words[3])
            )
        }
        // A token of their own each time: the clock goes further than any token lasts.
        let answer = try history.county.otherAdministrator().approve(id)
        #expect(answer.status == 200, "\(answer.text)")
        history.done["run", default: 0] += 1
        for added in proposals where added.action == "added" {
            history.replay.begin(
                Replay.Pair(
                    id: try history.learn(added.household, added.helper, day), household: added.household,
                    helper: added.helper, first: day, end: nil), isResponsible: false)
        }
        for stays in proposals where stays.action != "ended" && stays.isResponsible {
            if history.replay.responsible[stays.household]?[day] != stays.helper {
                let pair = history.replay.pairs.first {
                    $0.household == stays.household && $0.helper == stays.helper && $0.holds(on: day)
                }
                // Whoever is to answer from a later day on will do so.
                let days = history.replay.responsible[stays.household] ?? []
                let later = days.indices.first { $0 > day && days[$0] != nil && days[$0] != days[day] }
                history.replay.answer(
                    stays.helper, for: stays.household, from: day,
                    until: [pair?.end, stays.action == "added" ? later : nil].compactMap(\.self).min())
            }
        }
        for ended in proposals where ended.action == "ended" {
            history.replay.end(ended.household, ended.helper, on: day)
        }
    }

    private func promote(_ history: History, _ chance: inout SeededGenerator) throws {
        let helper = Self.cadres.pick(&chance)
        let session = try history.county.as(.administrator)
        let path = "/v1/cadres/\(Sample.id(helper))"
        let rank = ["ordinary", "middle", "deputy-section"][chance.below(3)]
        let body: JSON = [
            "rank": .string(rank), "rankFrom": .string(history.text(history.today + chance.below(6))),
        ]
        func patch() throws -> Answer {
            try session.patch(path, version: try required(session.get(path).json["version"].integer), body)
        }
        var answer = try patch()
        // The first write of a day finds it turned, which may have changed the cadre since it was read.
        if answer.status == 412 { answer = try patch() }
        #expect([200, 422].contains(answer.status), "\(answer.text)")
        history.done["promote", default: 0] += 1
    }
}

extension ClosedRange<Int> {
    fileprivate func pick(_ chance: inout SeededGenerator) -> Int { lowerBound + chance.below(count) }
}
