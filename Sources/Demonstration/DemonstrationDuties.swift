// Duties around the villages of the demonstration county, and what the villages are: kinds, tags, a profile.

import Domain

/// An invented duty around a village or a town (R006 to R010, R013).
public struct DemonstrationDuty: Hashable, Sendable {
    /// Version 7.
    public let id: Identifier
    /// Code of `duty-kind`.
    public let kind: String
    /// The unit that holds the village; nil for people.
    public let organizationId: Identifier?
    /// The unit that sent the cadre.
    public let sendingOrganizationId: Identifier?
    /// Who carries it; nil for units and for those who are no cadres.
    public let cadreId: Identifier?
    /// The name of one who is no cadre of the register, such as a village's own secretary.
    public let holderName: String?
    /// The work team of a leader or member.
    public let teamId: Identifier?
    /// The town or village.
    public let areaCode: AreaCode
    /// The first day.
    public let from: CivilDate
}

/// An invented work team stationed in a poor village (R010).
public struct DemonstrationTeam: Hashable, Sendable {
    /// Version 7.
    public let id: Identifier
    /// Unique in the village.
    public let name: String
    /// Its village.
    public let villageCode: AreaCode
    /// The first day.
    public let from: CivilDate
}

/// What an invented village is (R002, R003, R021, R045).
public struct DemonstrationVillage: Hashable, Sendable {
    /// Its code.
    public let code: AreaCode
    /// Whether it is registered as poor, and whether deeply.
    public let isPoor: Bool
    /// Whether it is among the poorest.
    public let isDeepPoor: Bool
    /// Tags by weakness: `weak`, `disorderly`, `poor`, `industry`.
    public let tags: [String]
    /// People with a rural register, of whom the registered poor are a part.
    public let ruralPopulation: Int
    /// All people who live there.
    public let totalPopulation: Int
    /// All households.
    public let households: Int
    /// Income of the collective in the year, in fen.
    public let collectiveIncomeFen: Int
    /// Whether a hardened road leads to it.
    public let hasHardRoad: Bool
    /// Whether all households have safe water.
    public let hasSafeWater: Bool
    /// Farmers' cooperatives.
    public let cooperatives: Int
}

/// The duties and villages of a demonstration county.
public struct DemonstrationDuties: Sendable {
    /// In the order of places.
    public let villages: [DemonstrationVillage]
    /// One in each poor village that has a first secretary, who leads it.
    public let teams: [DemonstrationTeam]
    /// In the order in which they were made: by village, then liaisons, then secretaries of towns and counties.
    public let duties: [DemonstrationDuty]

    /// The duties of a county with its staff.
    public init(_ county: DemonstrationCounty, _ staff: DemonstrationStaff) {
        var maker = DutyMaker(county, staff)
        for (place, _) in StaffPlace.all(county) { maker.add(place) }
        villages = maker.villages
        teams = maker.teams
        duties = maker.duties
    }
}

private struct DutyMaker {
    private(set) var villages: [DemonstrationVillage] = []
    private(set) var teams: [DemonstrationTeam] = []
    private(set) var duties: [DemonstrationDuty] = []
    private let county: DemonstrationCounty
    private let unitsByHome: [AreaCode: [DemonstrationOrganization]]
    private let cadresByUnit: [Identifier: [DemonstrationCadre]]
    private var generator: SeededGenerator
    private var ordinal: UInt64 = 0

    init(_ county: DemonstrationCounty, _ staff: DemonstrationStaff) {
        self.county = county
        unitsByHome = Dictionary(grouping: staff.organizations) { $0.homeCode }
        cadresByUnit = Dictionary(grouping: staff.cadres) { $0.organizationId }
        generator = SeededGenerator(seed: county.seed ^ 0x6475_7479)
    }

    mutating func add(_ place: StaffPlace) {
        let units = (unitsByHome[place.code] ?? []) + place.towns.flatMap { unitsByHome[$0.code] ?? [] }
        let cadres = units.flatMap { cadresByUnit[$0.id] ?? [] }.filter { $0.postState == "in-post" }
        var envoys = cadres.filter { $0.rank.rank == "deputy-section" || $0.rank.rank == "middle" }
        generator.shuffle(&envoys)
        for (index, code) in place.villages.enumerated() {
            let village = village(code, households: place.households[index])
            villages.append(village)
            if !units.isEmpty { add("village-guarantee", at: code, organization: units[index % units.count].id) }
            // Five in a hundred poor villages wait for a first secretary.
            if village.isPoor, generator.perMille(950), envoys.count >= 3 {
                addTeam(Array(envoys.suffix(3)), at: code)
                envoys.removeLast(3)
            }
            add("party-secretary", at: code, name: personName())
        }
        addLiaisons(cadres.filter(\.isCountyLeader), place)
        let chiefs = cadres.filter { $0.rank.rank == "section" }
        for (town, chief) in zip(place.towns, chiefs) { add("party-secretary", at: town.code, cadre: chief) }
        if let leader = cadres.first(where: \.isCountyLeader) { add("party-secretary", at: place.code, cadre: leader) }
    }

    /// Every leader has one town and one poor village (R008), but for the last, so that a report has something to tell.
    private mutating func addLiaisons(_ leaders: [DemonstrationCadre], _ place: StaffPlace) {
        let poor = place.villages.filter(county.poorVillages.contains)
        for (index, leader) in leaders.enumerated() {
            if let town = leader.linkedCode, place.towns.contains(where: { $0.code == town }) {
                add("leader-town", at: town, cadre: leader)
            }
            if index < poor.count, index + 1 < leaders.count || leaders.count == 1 {
                add("leader-village", at: poor[index], cadre: leader)
            }
        }
    }

    /// The first secretary leads the village's work team (R009, R010).
    private mutating func addTeam(_ people: [DemonstrationCadre], at code: AreaCode) {
        let team = DemonstrationTeam(id: identifier(), name: "驻村工作队", villageCode: code, from: day())
        teams.append(team)
        for (index, cadre) in people.enumerated() {
            if index == 0 { add("first-secretary", at: code, cadre: cadre, sender: cadre.organizationId) }
            add(index == 0 ? "team-leader" : "team-member", at: code, cadre: cadre, team: team)
        }
    }

    private mutating func add(
        _ kind: String, at code: AreaCode, organization: Identifier? = nil, cadre: DemonstrationCadre? = nil,
        name: String? = nil, sender: Identifier? = nil, team: DemonstrationTeam? = nil
    ) {
        duties.append(
            DemonstrationDuty(
                id: identifier(), kind: kind, organizationId: organization, sendingOrganizationId: sender,
                cadreId: cadre?.id, holderName: name, teamId: team?.id, areaCode: code, from: team?.from ?? day()))
    }

    private mutating func identifier() -> Identifier {
        defer { ordinal += 1 }
        return .v7(
            milliseconds: Instant(startOf: county.asOf).milliseconds - 70_000_000, random: (ordinal, generator.next()))
    }

    /// A day of the campaign's first year; of an earlier county, of the year before its day.
    private mutating func day() -> CivilDate {
        let campaign = CivilDate(year: 2016, month: 3, day: 10) ?? county.asOf
        let start = county.asOf.days(since: campaign) > 301 ? campaign : county.asOf.adding(days: -301)
        return start.adding(days: generator.below(300))
    }

    private mutating func personName() -> String {
        let sex: Sex = generator.perMille(850) ? .male : .female
        return DemonstrationNames.surname(&generator) + DemonstrationNames.givenName(sex, &generator)
    }

    private mutating func village(_ code: AreaCode, households poorHouseholds: Int) -> DemonstrationVillage {
        let isPoor = county.poorVillages.contains(code)
        // Registered people are a third of a poor village and a tenth of another.
        let poorPeople = poorHouseholds * 48 / 10
        let rural = max(poorPeople * generator.number(in: isPoor ? 22...40 : 60...120) / 10, poorPeople + 200)
        let tags = Self.tags.filter { _ in generator.perMille(isPoor ? 280 : 120) }
        return DemonstrationVillage(
            code: code, isPoor: isPoor, isDeepPoor: isPoor && generator.perMille(150), tags: tags,
            ruralPopulation: rural, totalPopulation: rural + generator.number(in: 10...400),
            households: rural * 10 / 42,
            collectiveIncomeFen: generator.number(in: isPoor ? 100_000...6_000_000 : 2_000_000...40_000_000),
            hasHardRoad: generator.perMille(isPoor ? 930 : 995), hasSafeWater: generator.perMille(isPoor ? 860 : 980),
            cooperatives: generator.number(in: 0...4))
    }

    private static let tags = ["weak", "disorderly", "poor", "industry"]
}
