// The demonstration county: exact in size, the same for the same seed, in the proportions and
// with the trouble of real ones. One whole county is made once and looked at by several tests.

import Demonstration
import Domain
import Testing

@Suite struct DemonstrationTests {
    private static let today = CivilDate(year: 2026, month: 11, day: 21) ?? .first
    private static let county = Result { try DemonstrationCounty(seed: 1, asOf: today) }
    private static let households = county.map { Array($0) }

    private func county(_ households: Int, seed: UInt64 = 1, asOf: CivilDate = today) throws -> DemonstrationCounty {
        try DemonstrationCounty(households: households, seed: seed, asOf: asOf)
    }

    @Test("the invented tree has 28 towns and 359 villages, a parent for each, and codes that no real place has")
    func tree() throws {
        let divisions = DemonstrationDivision.invented
        let byCode = Dictionary(divisions.map { ($0.code, $0) }) { first, _ in first }
        #expect(byCode.count == divisions.count)
        #expect(divisions.map(\.code) == divisions.map(\.code).sorted())
        #expect(DivisionLevel.allCases.map { level in divisions.count { $0.level == level } } == [1, 1, 1, 28, 359])
        for division in divisions {
            #expect(division.code.provincePart == 99)
            let parent = division.parent.flatMap { byCode[$0] }
            #expect(parent?.level == division.level.parent)
            #expect(division.level == .province || division.code.ancestor(parent?.level ?? .province) == parent?.code)
        }
        let siblings = divisions.map { "\($0.parent?.description ?? "")/\($0.name)" }
        #expect(Set(siblings).count == siblings.count)
    }

    @Test("the county has 26,000 households, 125,000 people and 138 poor villages, in the order of lists")
    func size() throws {
        let households = try Self.households.get()
        #expect(households.count == 26_000)
        #expect(households.reduce(0) { $0 + $1.members.count } == 125_000)
        #expect(try Self.county.get().poorVillages.count == 138)
        #expect(Set(households.map(\.villageCode)).count == 359)
        #expect(Set(households.map(\.archiveNumber)).count == 26_000)
        for (earlier, later) in zip(households, households.dropFirst()) {
            #expect((earlier.villageCode, earlier.archiveNumber) < (later.villageCode, later.archiveNumber))
            #expect(earlier.members[earlier.members.count - 1].id < later.id)
        }
    }

    @Test("no identity number is given twice, and all but a few of a thousand are verified")
    func numbers() throws {
        var persons: Set<String> = []
        var counts: [String: Int] = [:]
        var wrong = 0
        for member in try Self.households.get().flatMap(\.members) {
            guard let text = member.identityNumber else {
                counts["missing", default: 0] += 1
                continue
            }
            let reading = IdentityNumber.parse(text, on: Self.today)
            counts[reading.problem?.code ?? reading.repairs.first?.rawValue ?? "sound", default: 0] += 1
            guard let number = reading.number else { continue }
            let agrees = number.disagreements(sex: member.sex, birthDate: member.birthDate).isEmpty
            if !agrees || !number.text.hasPrefix("99") || !persons.insert(number.person).inserted { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(Set(counts.keys) == ["sound", "missing", "wrong-check-digit", "upgraded-from-15"])
        for trouble in ["missing", "wrong-check-digit", "upgraded-from-15"] {
            #expect((125...1250).contains(counts[trouble] ?? 0), "\(trouble): \(counts[trouble] ?? 0)")
        }
    }

    @Test("no household is one that the rules refuse, and a few of a hundred are warned about")
    func rules() throws {
        var warned = 0
        var blocked = 0
        var codes: Set<String> = []
        for household in try Self.households.get() {
            let facts = household.facts(on: Self.today)
            let findings =
                HouseholdRules.findings(facts, on: Self.today)
                + LabourAgeRules.findings(
                    facts, LabourThresholds(noneBelow: 16, cappedFrom: 60), on: Self.today)
            blocked += findings.count { $0.rule.severity == .block }
            if !findings.isEmpty { warned += 1 }
            codes.formUnion(findings.map(\.rule.code))
        }
        #expect(blocked == 0)
        #expect((500...5000).contains(warned), "\(warned)")
        let expected: Set<String> = [
            "cause-illness-all-healthy", "cause-disability-none-disabled", "cause-schooling-no-pupil",
            "under-16-with-labour", "from-60-with-full-labour", "education-of-pupil", "work-months-without-place",
            "key-field-empty", "relation-differs-from-sex", "disabled-without-card",
        ]
        #expect(codes.isSuperset(of: expected))
    }

    @Test("people and households are in the proportions of a poor rural county")
    func proportions() throws {
        let households = try Self.households.get()
        let members = households.flatMap(\.members)
        func share(_ isCounted: (DemonstrationMember) -> Bool) -> Double {
            Double(members.count(where: isCounted)) / Double(members.count)
        }
        func householdShare(_ isCounted: (DemonstrationHousehold) -> Bool) -> Double {
            Double(households.count(where: isCounted)) / Double(households.count)
        }
        #expect((0.47...0.57).contains(share { $0.sex == .male }))
        #expect((0.15...0.32).contains(share { $0.birthDate.age(on: Self.today) < 16 }))
        #expect((0.12...0.28).contains(share { $0.birthDate.age(on: Self.today) >= 60 }))
        #expect((0.72...0.86).contains(share { $0.ethnicity == "01" }))
        #expect((0.04...0.09).contains(share { $0.health.contains("disabled") }))
        #expect((0.40...0.60).contains(householdShare { $0.state == "lifted" }))
        #expect((0.28...0.38).contains(householdShare { $0.state == "registered" }))
        #expect((0.02...0.10).contains(householdShare { $0.attribute == "destitute-support" }))
        #expect((0.15...0.45).contains(householdShare { $0.mainCause == "illness" }))
        #expect(Set(households.map(\.state)).count == 7)
        #expect(Set(households.map(\.mainCause)).count == 14)
        #expect(households.allSatisfy { $0.stateHistory.map(\.since) == $0.stateHistory.map(\.since).sorted() })
        #expect(households.allSatisfy { Set($0.members.map(\.name)).count == $0.members.count })
    }

    @Test("every code that is used is a row of the database")
    func codes() throws {
        let values = try CodeRows.load()
        var used: [String: Set<String>] = [:]
        for household in try Self.households.get() {
            used["household-attribute", default: []].insert(household.attribute)
            used["household-state", default: []].formUnion(household.stateHistory.map(\.state))
            used["poverty-cause", default: []].formUnion([household.mainCause] + household.otherCauses)
            used["household-labour", default: []].insert(household.labour)
            used["identification-standard", default: []].insert(household.identificationStandard)
            used["willingness", default: []].insert(household.willingness)
            used["poverty-depth", default: []].insert(household.povertyDepth)
            for member in household.members {
                used["relation", default: []].insert(member.relation)
                used["sex", default: []].insert(member.sex.rawValue)
                used["ethnicity", default: []].formUnion([member.ethnicity].compactMap { $0 })
                used["education", default: []].formUnion([member.education].compactMap { $0 })
                used["school-state", default: []].insert(member.schoolState)
                used["health", default: []].insert(member.health)
                used["labour-capacity", default: []].insert(member.labourCapacity)
                used["work-place", default: []].formUnion([member.workPlace].compactMap { $0 })
                used["member-join-reason", default: []].insert(member.joinReason)
            }
        }
        for (list, codes) in used {
            #expect(codes.isSubset(of: values[list] ?? []), "\(list): \(codes.subtracting(values[list] ?? []))")
        }
    }

    @Test("equal seeds and days give equal counties, another seed another one")
    func determinism() throws {
        let first = Array(try county(400, seed: 5))
        #expect(first == Array(try county(400, seed: 5)))
        #expect(first != Array(try county(400, seed: 6)))
        #expect(first.map(\.id) != Array(try county(400, seed: 6)).map(\.id))
    }

    @Test("a county has exactly as many households as asked for", arguments: [1, 2, 26, 358, 1000])
    func counts(households: Int) throws {
        let made = Array(try county(households))
        #expect(made.count == households)
        #expect(households % 26 != 0 || made.reduce(0) { $0 + $1.members.count } == households / 26 * 125)
    }

    @Test(
        "nothing is dated after the day of the county, also long ago",
        arguments: ["2013-03-01", "2015-12-31", "2024-02-29", "2050-01-01"])
    func days(text: String) throws {
        let day = try #require(CivilDate(text))
        for household in try county(300, asOf: day) {
            #expect(household.stateHistory.allSatisfy { $0.since <= day })
            #expect(
                household.members.allSatisfy {
                    $0.birthDate <= day && $0.joinedOn <= day && $0.birthDate <= $0.joinedOn
                })
            #expect(day < (CivilDate("2016-02-10") ?? day) || household.attribute != "five-guarantees")
        }
    }

    @Test("a tree without villages and a number of households that does not fit are refused")
    func refused() {
        #expect(throws: DemonstrationProblem.noVillages) {
            try DemonstrationCounty(households: 1, seed: 1, asOf: Self.today, divisions: [])
        }
        for households in [-1, 0, 359 * 20_000 + 1] {
            #expect(throws: DemonstrationProblem.householdCount(villages: 359)) {
                try DemonstrationCounty(households: households, seed: 1, asOf: Self.today)
            }
        }
    }

    @Test("the bad rows stand under the columns, each with a code, and only the ragged ones are ragged")
    func trouble() throws {
        let rows = DemonstrationTrouble.rows(asOf: Self.today)
        #expect(rows.count >= 40)
        for row in rows {
            #expect((row.cells.count == DemonstrationTrouble.columns.count) != (row.code == "ragged-row"))
        }
        let identity = try #require(DemonstrationTrouble.columns.firstIndex(of: "证件号码"))
        for row in rows where row.code != "ragged-row" {
            let problem = IdentityNumber.parse(row.cells[identity], on: Self.today).problem?.code
            let isExpected = ["scientific-notation", "precision-lost"].contains(row.code)
            #expect(problem == (isExpected ? row.code : row.cells[identity].isEmpty ? "missing" : nil))
        }
        #expect(DemonstrationTrouble.rows(divisions: [], asOf: Self.today).isEmpty)
    }
}
