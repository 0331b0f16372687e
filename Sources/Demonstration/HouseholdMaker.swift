// One household of the demonstration county: members from a family, then what the household owes to its members.

import Domain

struct HouseholdMaker {
    let asOf: CivilDate
    /// Milliseconds in the identifiers of the household and its members; one more for each household.
    let time: Int64
    private var ordinal: UInt64 = 0

    init(asOf: CivilDate, time: Int64) {
        self.asOf = asOf
        self.time = time
    }

    mutating func household(
        size: Int, village: AreaCode, archiveNumber: String, groupName: String?,
        _ numbers: inout DemonstrationNumbers, _ generator: inout SeededGenerator
    ) -> DemonstrationHousehold {
        let id = identifier(&generator)
        let identifiedOn = identifiedOn(&generator)
        let ethnicity = Self.ethnicities.pick(&generator)
        var members: [DemonstrationMember] = []
        var names: Set<String> = []
        for role in DemonstrationFamily.roles(size: size, &generator) {
            var name = ""
            repeat {
                name = role.surname + DemonstrationNames.givenName(role.sex, &generator)
            } while !names.insert(name).inserted
            members.append(
                member(role, name: name, ethnicity: ethnicity, identifiedOn: identifiedOn, &numbers, &generator))
        }
        var causes = Self.causes(members, &generator)
        let attribute = attribute(members, &generator)
        DemonstrationDefects.spoil(&members, &causes, asOf: asOf, &generator)
        let labour = HouseholdRules.labour(ofCapacities: members.map(\.labourCapacity))
        let needsCare = members.contains { HealthCode.disabled.contains($0.health) || $0.birthDate.age(on: asOf) >= 75 }
        return DemonstrationHousehold(
            id: id, villageCode: village, groupName: groupName, archiveNumber: archiveNumber, attribute: attribute,
            stateHistory: stateHistory(identifiedOn: identifiedOn, &generator),
            identificationStandard: Self.standards.pick(&generator), mainCause: causes[0],
            otherCauses: Array(causes.dropFirst()), labour: labour,
            selfCare: !(labour == HouseholdLabourCode.none && needsCare && generator.perMille(350)),
            willingness: (labour == HouseholdLabourCode.none ? Self.willingnessWithoutLabour : Self.willingness)
                .pick(&generator),
            povertyDepth: Self.depths.pick(&generator), phone: generator.perMille(870) ? Self.phone(&generator) : nil,
            members: members)
    }

    private mutating func identifier(_ generator: inout SeededGenerator) -> Identifier {
        defer { ordinal += 1 }
        return .v7(milliseconds: time, random: (ordinal, generator.next()))
    }

    private mutating func member(
        _ role: FamilyRole, name: String, ethnicity: String, identifiedOn: CivilDate,
        _ numbers: inout DemonstrationNumbers, _ generator: inout SeededGenerator
    ) -> DemonstrationMember {
        let id = identifier(&generator)
        // Between a birthday and the day before the next one; never in the future.
        let birthDate = asOf.adding(months: -12 * role.age).adding(days: -generator.below(360))
        let person = DemonstrationPerson(age: role.age, &generator)
        var number = numbers.next(birthDate: birthDate, sex: role.sex)
        if HealthCode.disabled.contains(person.health), generator.perMille(850) {
            number += "\(generator.number(in: 1...7))\(generator.number(in: 1...4))"
        }
        let joined = joining(role, birthDate: birthDate, identifiedOn: identifiedOn, &generator)
        return DemonstrationMember(
            id: id, name: name, relation: role.relation, sex: role.sex, birthDate: birthDate, identityNumber: number,
            ethnicity: generator.perMille(930) ? ethnicity : Self.ethnicities.pick(&generator),
            education: person.education, schoolState: person.schoolState, schoolBlocked: person.schoolBlocked,
            health: person.health, labourCapacity: person.labourCapacity, workPlace: person.workPlace,
            workMonths: person.workMonths, joinedOn: joined.day,
            joinReason: joined.reason,
            phone: (16...70).contains(role.age) && generator.perMille(450) ? Self.phone(&generator) : nil)
    }

    /// Those who were not yet born, or not yet grown up to marry into the household, joined it later (R022).
    private func joining(
        _ role: FamilyRole, birthDate: CivilDate, identifiedOn: CivilDate, _ generator: inout SeededGenerator
    ) -> (day: CivilDate, reason: String) {
        if birthDate > identifiedOn { return (birthDate, "birth") }
        let marriedIn = [RelationCode.spouse, "daughter-in-law", "son-in-law"].contains(role.relation)
        let grownUp = birthDate.adding(months: 12 * 20)
        guard marriedIn, grownUp > identifiedOn || generator.perMille(60) else { return (identifiedOn, "identified") }
        return (max(min(grownUp.adding(days: generator.below(365)), asOf), identifiedOn), "marriage")
    }

    /// Most households were identified in 2014 and 2015; of an earlier county, in the two years before its day.
    private func identifiedOn(_ generator: inout SeededGenerator) -> CivilDate {
        let opening = CivilDate(year: 2014, month: 1, day: 1) ?? asOf
        let start = asOf.days(since: opening) > 900 ? opening : asOf.adding(days: -900)
        let daysMax = min(generator.perMille(850) ? 700 : 2100, asOf.days(since: start) - 1)
        return start.adding(days: generator.below(daysMax))
    }

    private func later(than day: CivilDate, _ generator: inout SeededGenerator) -> CivilDate {
        day.adding(days: 1 + generator.below(asOf.days(since: day)))
    }

    private func stateHistory(
        identifiedOn: CivilDate, _ generator: inout SeededGenerator
    ) -> [DemonstrationState] {
        var history = [DemonstrationState(state: HouseholdStateCode.registered, since: identifiedOn)]
        for state in Self.statePaths.pick(&generator) {
            let day = history[history.count - 1].since
            guard day < asOf else { break }
            // The last step before the year's end is usual, but any later day that is not after the county's will do.
            history.append(DemonstrationState(state: state, since: later(than: day, &generator)))
        }
        return history
    }

    private func attribute(_ members: [DemonstrationMember], _ generator: inout SeededGenerator) -> String {
        let isAlone = members.allSatisfy {
            $0.birthDate.age(on: asOf) >= 60 || LabourCapacityCode.absent.contains($0.labourCapacity)
        }
        if isAlone, members.count <= 2, generator.perMille(620) {
            // 国发〔2016〕14号 of 2016-02-10 put 特困供养 in the place of 五保.
            let isEarlier = CivilDate(year: 2016, month: 2, day: 10).map { asOf < $0 } ?? false
            return isEarlier ? "five-guarantees" : "destitute-support"
        }
        return generator.perMille(isAlone ? 700 : 310) ? "low-income" : "general"
    }

    private static func phone(_ generator: inout SeededGenerator) -> String {
        // 154 has not been given to any operator.
        "154" + String(String(100_000_000 + generator.below(100_000_000)).dropFirst())
    }

    /// The main cause and up to two others, drawn from those that fit the members (§2.6 set 1 ④).
    private static func causes(_ members: [DemonstrationMember], _ generator: inout SeededGenerator) -> [String] {
        var weights = [
            ("lack-of-technology", 110), ("lack-of-funds", 100), ("poor-transport", 25), ("lack-of-drive", 30),
            ("lack-of-land", 20), ("disaster", 15), ("lack-of-water", 8), ("marriage", 4), ("bereavement", 4),
            ("other", 6),
        ]
        if members.contains(where: { HealthCode.ill.contains($0.health) }) { weights.append((CauseCode.illness, 420)) }
        if members.contains(where: { HealthCode.disabled.contains($0.health) }) {
            weights.append((CauseCode.disability, 330))
        }
        let pupils = members.count { $0.schoolState != SchoolStateCode.notInSchool && $0.schoolState != "preschool" }
        if pupils > 0 { weights.append((CauseCode.schooling, 60 * pupils)) }
        let workers = members.count { LabourCapacityCode.full.contains($0.labourCapacity) }
        if workers * 3 < members.count { weights.append((CauseCode.lackOfLabour, 190)) }
        let count = otherCauseCounts.pick(&generator) + 1
        var chosen: [String] = []
        while chosen.count < count {
            let cause = Weighted(weights).pick(&generator)
            chosen.append(cause)
            weights.removeAll { $0.0 == cause }
        }
        return chosen
    }

    private static let otherCauseCounts = Weighted([(0, 34), (1, 42), (2, 24)])
    private static let standards = Weighted([("national", 930), ("provincial", 60), ("municipal", 10)])
    private static let depths = Weighted([("slight", 55), ("moderate", 31), ("deep", 14)])
    private static let willingness = Weighted([("industry", 52), ("employment", 34), ("training", 6), ("none", 8)])
    private static let willingnessWithoutLabour = Weighted([("industry", 6), ("none", 94)])
    private static let ethnicities = Weighted([
        ("01", 780), ("08", 90), ("13", 40), ("06", 35), ("12", 25), ("15", 20), ("32", 6), ("36", 3), ("99", 1),
    ])
    /// What came after the registration (R022), as the register of a county in the middle of its work.
    private static let statePaths = Weighted<[String]>([
        ([], 330), ([HouseholdStateCode.preparing], 90),
        ([HouseholdStateCode.preparing, HouseholdStateCode.lifted], 510),
        ([HouseholdStateCode.lifted, HouseholdStateCode.returned], 12),
        ([HouseholdStateCode.lifted, "monitored-unstable"], 24),
        (["monitored-marginal"], 22), ([HouseholdStateCode.lifted, "monitored-sudden"], 12),
    ])
}
