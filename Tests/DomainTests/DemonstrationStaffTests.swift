// Who helps in the demonstration county: a payroll's ranks, as many hands as households, and trouble in some villages.

import Demonstration
import Domain
import Testing

@Suite struct DemonstrationStaffTests {
    private static let today = CivilDate(year: 2026, month: 11, day: 21) ?? .first
    private static let county = Result { try DemonstrationCounty(seed: 1, asOf: today) }
    private static let staff = county.map { DemonstrationStaff($0) }
    private static let duties = county.flatMap { county in staff.map { DemonstrationDuties(county, $0) } }
    /// Households that each rank is to help (R040).
    private static let quotas = [
        "department": 8, "division": 6, "section": 5, "deputy-section": 3, "middle": 2, "ordinary": 1,
    ]

    @Test("there are 300 organizations and 17,500 cadres, each with codes, numbers and a phone of their own")
    func size() throws {
        let staff = try Self.staff.get()
        #expect(staff.organizations.count == 300)
        #expect(staff.cadres.count == 17_500)
        #expect(Set(staff.organizations.map { "\($0.homeCode) \($0.name)" }).count == 300)
        #expect(Set(staff.organizations.map(\.creditCode)).count == 300)
        for unit in staff.organizations { #expect(throws: Never.self) { try CreditCode(unit.creditCode) } }
        #expect(Set(staff.cadres.map(\.phone)).count == 17_500)
        #expect(Set(staff.cadres.map(\.identityNumber)).count == 17_500)
        let units = Set(staff.organizations.map(\.id))
        #expect(staff.cadres.allSatisfy { units.contains($0.organizationId) })
    }

    @Test("ranks are those of a county payroll, and together they can help nearly as many households as there are")
    func ranks() throws {
        let cadres = try Self.staff.get().cadres
        let counts = Dictionary(grouping: cadres, by: \.rank.rank).mapValues(\.count)
        #expect(counts["department"] == 4)
        #expect(counts["division"] == 50)
        #expect(counts["section"] == 560)
        #expect(counts["deputy-section"] == 1_100)
        #expect(counts["middle"] == 3_500)
        let inPost = cadres.filter { $0.postState == "in-post" }
        let capacity = inPost.reduce(0) { $0 + (Self.quotas[$1.rank.rank] ?? 0) }
        #expect((24_700...26_000).contains(capacity), "\(capacity)")
        #expect(cadres.allSatisfy { ($0.postState == "in-post") == ($0.linkedCode != nil) })
        for cadre in cadres {
            let isOfTown = ["department", "division"].contains(cadre.rank.rank)
            #expect(cadre.linkedCode.map { ($0.villagePart == 0) == isOfTown } ?? true)
            #expect(cadre.linkedFrom >= cadre.rank.from || !isOfTown)
        }
    }

    @Test("between a tenth and a half of the villages are short of hands")
    func shortage() throws {
        var balance: [AreaCode: Int] = [:]
        for household in try Self.county.get() { balance[household.villageCode, default: 0] -= 1 }
        for cadre in try Self.staff.get().cadres {
            if let village = cadre.linkedCode { balance[village, default: 0] += Self.quotas[cadre.rank.rank] ?? 0 }
        }
        let short = try Self.duties.get().villages.count { (balance[$0.code] ?? 0) < 0 }
        #expect((36...180).contains(short), "\(short)")
    }

    @Test("some cadres are members of registered households, and must not be taken for helpers of themselves")
    func poorCadres() throws {
        let numbers = Set(try Self.county.get().prefix(100).flatMap(\.members).compactMap(\.identityNumber))
        let count = try Self.staff.get().cadres.count { numbers.contains($0.identityNumber) }
        #expect((1...6).contains(count), "\(count)")
    }

    @Test("every village is held by a unit and has a secretary; poor villages have teams, and few wait for theirs")
    func duties() throws {
        let duties = try Self.duties.get()
        let held = Dictionary(grouping: duties.duties, by: \.kind)
        #expect(held["village-guarantee"]?.count == 359)
        #expect(Set(duties.villages.filter(\.isPoor).map(\.code)) == (try Self.county.get().poorVillages))
        let secretaries = Set(held["first-secretary"]?.map(\.areaCode) ?? [])
        let waiting = duties.villages.count { $0.isPoor && !secretaries.contains($0.code) }
        #expect((1...20).contains(waiting), "\(waiting)")
        #expect(duties.teams.count == secretaries.count)
        #expect(duties.villages.allSatisfy { $0.ruralPopulation <= $0.totalPopulation && $0.households > 0 })
    }

    @Test("the same county has the same staff")
    func repeatable() throws {
        let county = try DemonstrationCounty(households: 300, seed: 7, asOf: Self.today)
        #expect(DemonstrationStaff(county).cadres == DemonstrationStaff(county).cadres)
        let other = try DemonstrationCounty(households: 300, seed: 8, asOf: Self.today)
        #expect(DemonstrationStaff(county).cadres != DemonstrationStaff(other).cadres)
    }
}
