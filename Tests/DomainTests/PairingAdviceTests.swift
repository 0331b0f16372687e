// What the engine says about what it cannot do, and about single households and cadres, on problems small enough to
// know the answer by heart.

import Domain
import Testing

@Suite struct PairingAdviceTests {
    private static func id(_ kind: UInt64, _ number: Int) -> Identifier {
        Identifier(high: kind, low: UInt64(number))
    }

    private static let names = PairingNames(
        village: { "村\($0)" }, cadre: { "干部\($0)" }, unit: { "单位\($0)" })

    /// Two towns: villages 0 and 1 in the first, 2 in the second; two units.
    private static func problem(
        households: [Int32], joint: Set<Int> = [], cadres: [(PairingRank, PairingArea, unit: Int32)]
    ) -> PairingProblem {
        let units = [id(1, 0), id(1, 1)]
        let villages = [
            PairingVillage(id: id(2, 0), town: id(3, 0), tags: .poor, holders: [0]),
            PairingVillage(id: id(2, 1), town: id(3, 0), holders: [1]),
            PairingVillage(id: id(2, 2), town: id(3, 1)),
        ]
        var problem = PairingProblem(units: units, villages: villages, households: [], cadres: [])
        problem.households = households.enumerated().map {
            PairingHousehold(id: id(4, $0), village: $1, depth: 1, needsTwoUnits: joint.contains($0))
        }
        problem.cadres = cadres.enumerated().map { number, cadre in
            PairingCadre(
                id: id(5, number), rank: cadre.0, quota: problem.rankQuotas[cadre.0] ?? 0, area: cadre.1,
                unit: cadre.unit)
        }
        return problem
    }

    @Test("a shortage is told as a cut, and cured by the idle cadre who is enough and nearest, then by missing ranks")
    func shortage() throws {
        // Six households in village 0, for which a section head carries five; idle: a middle one next door (2) and a
        // deputy in the other town (3). Five in village 2 without anybody.
        let problem = Self.problem(
            households: [0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2],
            cadres: [
                (.section, .village(0), 0), (.middle, .village(1), 1), (.deputySection, .nowhere, 1),
            ])
        let shortages = try PairingSolver.solve(problem).shortages
        #expect(shortages.map(\.villages) == [[0], [2]])
        #expect(shortages.map(\.households) == [6, 5])
        #expect(shortages.map(\.carried) == [5, 0])
        #expect(shortages.map(\.uncovered) == [1, 5])
        let first = try #require(shortages.first)
        #expect(first.cadres == [0])
        #expect(
            first.cure.relinks == [ShortageCure.Relink(cadre: 1, from: 1, to: 0, room: 1, isSameTown: true)])
        #expect(first.cure.left == 0)
        #expect(first.cure.missing.isEmpty)
        let second = shortages[1]
        #expect(
            second.cure.relinks == [ShortageCure.Relink(cadre: 2, from: nil, to: 2, room: 3, isSameTown: false)])
        #expect(second.cure.left == 2)
        #expect(second.cure.missing.map(\.count) == [1, 1, 1, 1, 1, 2])
        #expect(
            first.sentences(problem, Self.names) == [
                PairingText(
                    "村0：共6户；能到这里帮扶的1名干部最多承担5户；1户没有帮扶人。",
                    "村0: 6 households; 1 cadre who may serve them: room for 5; uncovered: 1."),
                PairingText(
                    "干部1在村1没有帮扶对象，可以改为联系村0，承担1户。",
                    "干部1 has nobody to help in 村1 and could be linked to 村0 for 1 household."),
            ])
        let last = try #require(second.sentences(problem, Self.names).last)
        #expect(last.chinese.hasPrefix("此外还差2户的名额，需增加厅级1名，或处级1名，或正科级1名"))
        #expect(last.english.hasPrefix("2 households left then, for which are missing: 1 of department level, or"))
    }

    @Test("applying the cure of a shortage cures it")
    func cure() throws {
        var generator = SeededGenerator(seed: 11)
        var cured = 0
        for _ in 0..<300 {
            let shape = PairingShape(
                towns: 1...3, villages: 2...6, units: 2...3, households: 5...30, cadres: 3...20, paired: 0, pinned: 0,
                odd: 0)
            let problem = PairingInstance.random(shape, &generator)
            let before = try PairingSolver.solve(problem)
            var next = problem
            for relink in before.shortages.flatMap(\.cure.relinks) {
                cured += 1
                let isTown =
                    switch problem.cadres[Int(relink.cadre)].area {
                    case .townOf: true
                    case .village: false
                    case .nowhere: problem.cadres[Int(relink.cadre)].rank <= .division
                    }
                next.cadres[Int(relink.cadre)].area = isTown ? .townOf(relink.to) : .village(relink.to)
            }
            let after = try PairingSolver.solve(next)
            let left = before.shortages.reduce(0) { $0 + $1.cure.left }
            #expect(after.totals.households - after.totals.covered <= left)
        }
        #expect(cured > 100)
    }

    @Test("pins that take room are named")
    func pins() throws {
        // Cadre 0 carries one household in village 0, but is pinned to one in village 1 that another pin covers.
        var problem = Self.problem(
            households: [0, 1], cadres: [(.ordinary, .village(0), 0), (.ordinary, .village(1), 1)])
        problem.pairs = [
            ExistingPair(household: 1, cadre: 0, role: .joint, isPinned: true),
            ExistingPair(household: 1, cadre: 1, role: .firstResponsible, isPinned: true),
        ]
        let proposal = try PairingSolver.solve(problem)
        let shortage = try #require(proposal.shortages.first)
        #expect(shortage.uncovered == 1)
        #expect(shortage.carried == 0)
        #expect(shortage.pins == [0])
        #expect(
            shortage.sentences(problem, Self.names).map(\.chinese).contains(
                "其中1个固定结对占用了名额而没有解决这里的缺口：干部0。"))
        #expect(proposal.totals.kept == 2)
    }

    @Test("a need of a second unit that stays unmet has its cause")
    func jointCauses() throws {
        let oneUnit = Self.problem(
            households: [0], joint: [0], cadres: [(.middle, .village(0), 0), (.middle, .village(0), 0)])
        let shortage = try #require(try PairingSolver.solve(oneUnit).jointShortages.first)
        #expect(shortage.cause == .oneUnit)
        #expect(shortage.unmet == 1)
        #expect(shortage.units == [0])
        #expect(
            shortage.sentence(oneUnit, Self.names).chinese
                == "村0：1户需要两个单位的帮扶人，1户没有；能到该村帮扶的2名干部都属于单位0，须由另一单位派人。")
        var pinned = oneUnit
        pinned.pairs = [ExistingPair(household: 0, cadre: 1, role: .firstResponsible, isPinned: true)]
        let held = try #require(try PairingSolver.solve(pinned).jointShortages.first)
        #expect(held.pins == [0])
        #expect(held.sentence(pinned, Self.names).chinese.hasSuffix("其中有的户只有固定的帮扶人：干部1。"))
        let noRoom = Self.problem(
            households: [0, 0], joint: [0], cadres: [(.ordinary, .village(0), 0), (.ordinary, .village(0), 1)])
        #expect(try PairingSolver.solve(noRoom).jointShortages.map(\.cause) == [.noRoom])
        let nobody = Self.problem(households: [0], joint: [0], cadres: [])
        #expect(try PairingSolver.solve(nobody).jointShortages.map(\.cause) == [.nobody])
        let met = Self.problem(
            households: [0], joint: [0], cadres: [(.ordinary, .village(0), 0), (.ordinary, .village(0), 1)])
        let proposal = try PairingSolver.solve(met)
        #expect(proposal.jointShortages.isEmpty)
        #expect(proposal.pairs.map(\.role) == [.firstResponsible, .joint])
        #expect(proposal.pairs[1].reasons.contains(.secondUnit))
    }

    @Test("ended pairs say why: area, quota, or room for another household")
    func endings() throws {
        var problem = Self.problem(
            households: [0, 0, 0, 1],
            cadres: [(.ordinary, .village(0), 0), (.ordinary, .village(1), 0), (.middle, .village(0), 0)])
        problem.cadres[2].quota = 0
        problem.cadres[2].isAble = false
        for household in problem.households.indices { problem.households[household].isBound = false }
        problem.pairs = [
            ExistingPair(household: 0, cadre: 0, role: .firstResponsible),
            ExistingPair(household: 1, cadre: 0, role: .firstResponsible),
            ExistingPair(household: 2, cadre: 2, role: .firstResponsible),
            ExistingPair(household: 0, cadre: 1, role: .joint),
        ]
        let ended = try PairingSolver.solve(problem).pairs.filter { $0.action == .ended }
        let reasons = Dictionary(uniqueKeysWithValues: ended.map { ([$0.household, $0.cadre], $0.reasons) })
        #expect(reasons[[1, 0]] ?? reasons[[0, 0]] == .overQuota)
        #expect(reasons[[2, 2]] == .noQuota)
        #expect(reasons[[0, 1]] == .outsideArea)
        // A joint helper where another is enough makes room for a household that has nobody.
        var tight = Self.problem(
            households: [0, 0], cadres: [(.ordinary, .village(0), 0), (.ordinary, .village(0), 1)])
        tight.pairs = [
            ExistingPair(household: 0, cadre: 0, role: .firstResponsible),
            ExistingPair(household: 0, cadre: 1, role: .joint),
        ]
        let proposal = try PairingSolver.solve(tight)
        #expect(proposal.totals.covered == 2)
        #expect(proposal.pairs.filter { $0.action == .ended }.map(\.reasons) == [.madeRoom])
    }

    @Test("the best helpers have room, are linked to the place, and come by merit and cost")
    func helpers() throws {
        var problem = Self.problem(
            households: [0, 0, 1], joint: [0],
            cadres: [
                (.middle, .village(0), 0), (.middle, .village(0), 1), (.division, .townOf(1), 0),
                (.middle, .village(1), 1), (.middle, .village(2), 1),
            ])
        problem.pairs = [ExistingPair(household: 0, cadre: 0, role: .firstResponsible)]
        let advice = try PairingAdvice(problem)
        let helpers = advice.helpers(for: 0)
        #expect(helpers.map(\.cadre) == [1, 2])
        #expect(helpers[0].reasons.isSuperset(of: [.secondUnit, .onlyDuty]))
        #expect(helpers[0].room == 2)
        #expect(advice.helpers(for: 1).map(\.cadre) == [2, 1, 0])
        #expect(advice.helpers(for: 1, limit: 1).count == 1)
        let households = advice.households(for: 1)
        #expect(households.map(\.household) == [1, 0])
        #expect(households[0].reasons.contains(.covers))
        #expect(advice.households(for: 2).count == 3)
        #expect(advice.households(for: 4).isEmpty)
        problem.cadres[1].quota = 0
        #expect(try PairingAdvice(problem).households(for: 1).isEmpty)
    }

    @Test("every reason has a code and words of its own")
    func reasons() {
        let names = PairingReasons.names
        #expect(Set(names.map(\.code)).count == 16)
        #expect(names.reduce(PairingReasons()) { $0.union($1.reason) }.rawValue == (1 << 16) - 1)
        let reasons: PairingReasons = [.covers, .unit]
        #expect(reasons.codes == ["covers", "unit"])
        #expect(reasons.text == PairingText("该户没有帮扶人，所在单位包该村", "the household has nobody, the unit holds the village"))
    }
}
