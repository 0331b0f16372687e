// The cadres of an invented county: a payroll's ranks, units of different size, and links to villages in proportion to
// their households, with chance enough that some villages are short and others have spare hands.

import Domain

struct CadreMaker {
    private(set) var made: [DemonstrationCadre] = []
    private let county: DemonstrationCounty
    private let asOf: CivilDate
    private var generator: SeededGenerator
    private var numbers: DemonstrationNumbers
    private var ordinal: UInt64 = 0
    /// Numbers of grown-up members of registered households, for cadres who should not be helpers of themselves.
    private var poor: [(number: String, sex: Sex, name: String)]

    init(_ county: DemonstrationCounty) {
        self.county = county
        asOf = county.asOf
        generator = SeededGenerator(seed: county.seed ^ 0x6361_6472_6573)
        // A division of its own, so that no cadre has a member's number by chance.
        numbers = DemonstrationNumbers(asOf: county.asOf, division: 990_931)
        poor = Self.poorPeople(county)
    }

    private static func poorPeople(_ county: DemonstrationCounty) -> [(number: String, sex: Sex, name: String)] {
        var found: [(number: String, sex: Sex, name: String)] = []
        for household in county {
            guard found.count < 6 else { break }
            let member = household.members.first { member in
                let reading = member.identityNumber.map { IdentityNumber.parse($0, on: county.asOf) }
                return (25...55).contains(member.birthDate.age(on: county.asOf)) && reading?.repairs.isEmpty == true
                    && reading?.number?.disagreements(sex: member.sex, birthDate: member.birthDate).isEmpty == true
            }
            if let member, let number = member.identityNumber { found.append((number, member.sex, member.name)) }
        }
        return found
    }

    /// Adds the cadres of a county, rank by rank: the seats of a payroll are few at the top.
    mutating func add(_ count: Int, in place: StaffPlace, _ units: [DemonstrationOrganization]) {
        var open = openPlaces(place)
        let sizes = Weighted(units.map { ($0, Self.seats($0)) })
        let public_ = units.filter { $0.kind == "state-organ" }
        let upper = Weighted((public_.isEmpty ? units : public_).map { ($0, 1) })
        var leaders = max(count * 30 / 17_500, 1)
        for (rank, perCounty, quota) in Self.ladder {
            let seats = rank == "ordinary" ? count - seatsAbove(count) : Self.seats(perCounty, of: count)
            let helpsInTown = rank == "department" || rank == "division"
            for _ in 0..<seats {
                let isLeader = rank == "division" && leaders > 0
                if isLeader { leaders -= 1 }
                let unit = (helpsInTown || rank == "section" ? upper : sizes).pick(&generator)
                let link =
                    helpsInTown && !place.towns.isEmpty
                    ? generator.element(of: place.towns).code : village(&open, place, filling: quota)
                add(rank, in: unit, link: link, isCountyLeader: isLeader, place)
            }
        }
    }

    private func seatsAbove(_ count: Int) -> Int {
        Self.ladder.filter { $0.0 != "ordinary" }.map { Self.seats($0.1, of: count) }.reduce(0, +)
    }

    /// A small county has few seats, but somebody leads it.
    private static func seats(_ perCounty: Int, of count: Int) -> Int {
        max(count * perCounty / 17_500, perCounty == 50 ? 1 : 0)
    }

    /// Seats of each rank among 17,500, and the households that each is to help (R040): about as many as there are.
    private static let ladder = [
        ("department", 4, 8), ("division", 50, 6), ("section", 560, 5), ("deputy-section", 1_100, 3),
        ("middle", 3_500, 2), ("ordinary", 0, 1),
    ]

    private static func seats(_ unit: DemonstrationOrganization) -> Int {
        switch unit.kind {
        case "school": 14
        case "hospital": 8
        case "state-organ": 6
        case "private-enterprise": 1
        default: 2
        }
    }

    /// The places still to fill in each village: its households, but one village in five is well short of them.
    private mutating func openPlaces(_ place: StaffPlace) -> [Int] {
        place.households.map { households in
            max(households, 1) * generator.number(in: generator.perMille(200) ? 40...85 : 98...112) / 100
        }
    }

    /// A village by the places that it has still to fill; when all are filled, by chance.
    private mutating func village(_ open: inout [Int], _ place: StaffPlace, filling quota: Int) -> AreaCode {
        let total = open.reduce(0) { $0 + max($1, 0) }
        var index = generator.below(place.villages.count)
        if total > 0 {
            var ticket = generator.below(total)
            index =
                open.firstIndex { count in
                    ticket -= max(count, 0)
                    return ticket < 0
                } ?? index
        }
        open[index] -= quota
        return place.villages[index]
    }

    private mutating func add(
        _ rank: String, in unit: DemonstrationOrganization, link: AreaCode, isCountyLeader: Bool, _ place: StaffPlace
    ) {
        defer { ordinal += 1 }
        let isPoor = rank == "ordinary" && !poor.isEmpty && generator.perMille(4)
        let person = isPoor ? poor.removeLast() : person(rank)
        // Of a hundred on the payroll two are not in post; they have no household to help.
        let postState =
            isCountyLeader || generator.perMille(980)
            ? "in-post" : generator.element(of: ["seconded", "retired", "moved"])
        let appointed = asOf.adding(days: -generator.number(in: 400...4_000))
        let campaign = CivilDate(year: 2016, month: 3, day: 10) ?? asOf
        let ranks = ranks(rank, since: appointed)
        // A link to a town needs the rank for it (R040).
        let heldSince = ranks[ranks.count - 1].from
        let linkedFrom = max(min(campaign, asOf.adding(days: -200)), heldSince)
        made.append(
            DemonstrationCadre(
                id: identifier(),
                organizationId: unit.id, name: person.name, sex: person.sex,
                positionTitle: isCountyLeader ? "县领导" : generator.element(of: Self.titles[rank] ?? ["科员"]),
                identityNumber: person.number, phone: DemonstrationPhone.number(20_000_000 + Int(ordinal)),
                line: line(of: unit), homeVillageCode: homeVillage(place), isCountyLeader: isCountyLeader,
                ranks: ranks, postState: postState,
                postFrom: postState == "in-post" ? appointed : asOf.adding(days: -generator.number(in: 1...390)),
                linkedCode: postState == "in-post" ? link : nil, linkedFrom: linkedFrom))
    }

    private mutating func identifier() -> Identifier {
        .v7(milliseconds: Instant(startOf: asOf).milliseconds - 80_000_000, random: (ordinal, generator.next()))
    }

    private mutating func person(_ rank: String) -> (number: String, sex: Sex, name: String) {
        let sex: Sex = generator.perMille(580) ? .male : .female
        let ages = Self.ages[rank] ?? 24...59
        let birthDate = asOf.adding(months: -12 * generator.number(in: ages)).adding(days: -generator.below(360))
        let name = DemonstrationNames.surname(&generator) + DemonstrationNames.givenName(sex, &generator)
        return (numbers.next(birthDate: birthDate, sex: sex), sex, name)
    }

    /// One in twelve has been promoted since the appointment.
    private mutating func ranks(_ rank: String, since appointed: CivilDate) -> [DemonstrationRank] {
        let order = Self.ladder.map(\.0)
        guard generator.perMille(80), let index = order.firstIndex(of: rank), index + 1 < order.count else {
            return [DemonstrationRank(rank: rank, from: appointed, to: nil)]
        }
        let promoted = appointed.adding(days: generator.number(in: 30...390))
        return [
            DemonstrationRank(rank: order[index + 1], from: appointed, to: promoted),
            DemonstrationRank(rank: rank, from: promoted, to: nil),
        ]
    }

    private mutating func line(of unit: DemonstrationOrganization) -> String {
        switch unit.kind {
        case "school", "hospital": "technical"
        case "private-enterprise", "state-enterprise": "economic"
        default: Self.lines.pick(&generator)
        }
    }

    private mutating func homeVillage(_ place: StaffPlace) -> AreaCode? {
        generator.perMille(350) ? generator.element(of: place.villages) : nil
    }

    private static let lines = Weighted([
        ("party-government", 52), ("political-legal", 13), ("economic", 18), ("technical", 14), ("veteran", 3),
    ])
    private static let ages: [String: ClosedRange<Int>] = [
        "department": 50...59, "division": 44...59, "section": 38...59, "deputy-section": 32...59, "middle": 30...58,
    ]
    private static let titles: [String: [String]] = [
        "department": ["巡视员"], "division": ["调研员", "副调研员"], "section": ["局长", "主任", "书记", "镇长"],
        "deputy-section": ["副局长", "副主任", "副书记", "副镇长"], "middle": ["股长", "站长", "年级主任", "科主任"],
        "ordinary": ["科员", "办事员", "教师", "医师", "技术员", "护师"],
    ]
}
