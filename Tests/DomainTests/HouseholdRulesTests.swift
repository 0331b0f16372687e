// Each rule is broken alone, in a household with which nothing else is wrong.

import Domain
import Testing

@Suite struct HouseholdRulesTests {
    private static let today = CivilDate(year: 2026, month: 11, day: 21) ?? .first

    private static func born(_ age: Int) -> CivilDate { today.adding(months: -12 * age - 6) }

    private static func member(
        _ relation: String, _ sex: Sex, age: Int, labour: String = "none", health: String = "healthy",
        education: String? = "primary", schoolState: String? = "not-in-school"
    ) -> MemberFacts {
        MemberFacts(
            relation: relation, sex: sex, birthDate: born(age), ethnicity: "01", education: education,
            schoolState: schoolState, health: health, labourCapacity: labour, joinedOn: today)
    }

    /// A household with which nothing is wrong: a farmer, his ill wife, and a son in primary school.
    private static var sound: HouseholdFacts {
        HouseholdFacts(
            attribute: "general", state: "registered", stateSince: born(2), mainCause: "illness",
            otherCauses: ["schooling"], labour: "present", selfCare: true,
            members: [
                member("householder", .male, age: 45, labour: "ordinary"),
                member("spouse", .female, age: 43, labour: "weak", health: "chronic-illness"),
                member("son", .male, age: 9, education: nil, schoolState: "primary"),
            ])
    }

    private static func found(_ change: (inout HouseholdFacts) -> Void) -> [String] {
        var household = sound
        change(&household)
        let thresholds = LabourThresholds(noneBelow: 16, cappedFrom: 60)
        let found =
            HouseholdRules.findings(household, on: today)
            + LabourAgeRules.findings(household, thresholds, on: today)
        return found.map {
            "\($0.rule.severity.rawValue) \($0.rule.code) \($0.pointer)"
        }
    }

    @Test("nothing is wrong with a sound household")
    func soundHousehold() {
        #expect(Self.found { _ in } == [])
    }

    @Test("a household has exactly one householder")
    func householders() {
        #expect(Self.found { $0.members[0].relation = "sibling" } == ["block no-householder /members"])
        #expect(Self.found { $0.members[2].relation = "householder" } == ["block several-householders /members"])
        #expect(
            Self.found {
                $0.members = []; $0.mainCause = "other"; $0.otherCauses = []; $0.labour = "none"
            }
                == ["block no-householder /members"])
    }

    @Test("causes are at most one and two others, each named once, and fit the members")
    func causes() {
        #expect(
            Self.found { $0.otherCauses = ["schooling", "marriage", "other"] } == [
                "block too-many-other-causes /otherCauses"
            ])
        #expect(Self.found { $0.otherCauses = ["illness"] } == ["block repeated-cause /otherCauses"])
        #expect(Self.found { $0.otherCauses = ["other", "other"] } == ["block repeated-cause /otherCauses"])
        #expect(Self.found { $0.members[1].health = "healthy" } == ["warn cause-illness-all-healthy /mainCause"])
        #expect(Self.found { $0.otherCauses = ["disability"] } == ["warn cause-disability-none-disabled /mainCause"])
        #expect(
            Self.found { $0.members[2].schoolState = "not-in-school" } == ["warn cause-schooling-no-pupil /mainCause"])
        #expect(
            Self.found {
                $0.members[2].schoolState = "not-in-school"; $0.members[2].schoolBlocked = true
            } == [])
    }

    @Test("dates of the future are refused")
    func future() {
        let tomorrow = Self.today.adding(days: 1)
        #expect(Self.found { $0.stateSince = tomorrow } == ["block state-in-future /stateSince"])
        #expect(Self.found { $0.stateSince = Self.today } == [])
        #expect(
            Self.found {
                $0.members[2].birthDate = tomorrow; $0.members[2].joinedOn = tomorrow
            }
                == ["block birth-date-in-future /members/2/birthDate"])
        #expect(
            Self.found { $0.members[2].joinedOn = Self.born(12) } == ["warn joined-before-birth /members/2/joinedOn"])
    }

    @Test("a verified number belongs to one member only, whichever card tells it")
    func numbers() throws {
        let number = try #require(IdentityNumber.parse("990101199003071237").number)
        let born = number.birthDate
        #expect(
            Self.found {
                $0.members[0].identityNumber = number; $0.members[0].birthDate = born
            } == [])
        let card = try #require(IdentityNumber.parse("99010119900307123743").number)
        let twice = Self.found {
            $0.members[0].identityNumber = number
            $0.members[0].birthDate = born
            $0.members[2] = $0.members[0]
            $0.members[2].relation = "other"
            $0.members[2].identityNumber = card
            $0.otherCauses = []
        }
        #expect(twice == ["block repeated-number /members/2/identityNumber"])
    }

    @Test("relations fit the sex, and spouses are of two sexes")
    func relations() {
        #expect(Self.found { $0.members[2].sex = .female } == ["warn relation-differs-from-sex /members/2/relation"])
        #expect(
            Self.found { $0.members[2].relation = "mother" } == ["warn relation-differs-from-sex /members/2/relation"])
        #expect(Self.found { $0.members[2].sex = .unstated } == [])
        #expect(Self.found { $0.members[1].sex = .male } == ["warn spouses-of-same-sex /members"])
        #expect(
            Self.found {
                $0.members[2].relation = "spouse"; $0.members[2].sex = .female
            } == ["warn several-spouses /members"])
        #expect(RelationCode.male.isDisjoint(with: RelationCode.female))
    }

    @Test(
        "labour fits the age: none under 16, not full from 60 on",
        arguments: [
            (15, "ordinary", "under-16-with-labour"), (15, "weak", "under-16-with-labour"), (15, "none", ""),
            (16, "ordinary", ""),
            (59, "skilled", ""), (60, "ordinary", "from-60-with-full-labour"),
            (60, "skilled", "from-60-with-full-labour"),
            (60, "weak", ""), (80, "lost", ""), (40, "lost", "labour-lost-but-healthy"),
        ])
    func labourAndAge(age: Int, labour: String, code: String) {
        let found = Self.found {
            $0.members[2] = Self.member("other", .male, age: age, labour: labour)
            $0.otherCauses = []
        }
        #expect(found == (code.isEmpty ? [] : ["warn \(code) /members/2/labourCapacity"]))
    }

    @Test("months of work are 0 to 12 and go with a place and with labour")
    func work() {
        for months in [-1, 13, Int.max] {
            let found = Self.found {
                $0.members[0].workMonths = months; $0.members[0].workPlace = "other"
            }
            #expect(found.first == "block work-months-out-of-range /members/0/workMonths")
        }
        #expect(
            Self.found {
                $0.members[0].workMonths = 12; $0.members[0].workPlace = "other"
            } == [])
        #expect(Self.found { $0.members[0].workMonths = 0 } == [])
        #expect(Self.found { $0.members[0].workMonths = 3 } == ["warn work-months-without-place /members/0/workPlace"])
        #expect(
            Self.found { $0.members[0].workPlace = "other" } == ["warn work-place-without-months /members/0/workMonths"]
        )
        #expect(
            Self.found {
                $0.members[2].workMonths = 1; $0.members[2].workPlace = "other"
            }
                == ["warn works-without-labour /members/2/workMonths"])
    }

    @Test("school fits age and education")
    func school() {
        #expect(Self.found { $0.members[2].education = "primary" } == ["warn education-of-pupil /members/2/education"])
        #expect(
            Self.found { $0.members[2].schoolState = "senior-1" } == ["warn pupil-too-young /members/2/schoolState"])
        #expect(
            Self.found { $0.members[2].schoolBlocked = true } == [
                "warn school-blocked-while-in-school /members/2/schoolBlocked"
            ])
        #expect(
            Self.found {
                $0.members[1].schoolState = "primary"; $0.members[1].education = nil
            }
                == ["warn pupil-too-old /members/1/schoolState"])
    }

    @Test("key fields that are empty are reported where they matter for the age")
    func gaps() {
        #expect(Self.found { $0.members[0].ethnicity = nil } == ["warn key-field-empty /members/0/ethnicity"])
        #expect(Self.found { $0.members[0].health = nil } == ["warn key-field-empty /members/0/health"])
        #expect(Self.found { $0.members[0].education = nil } == ["warn key-field-empty /members/0/education"])
        #expect(Self.found { $0.members[0].labourCapacity = nil } == ["warn key-field-empty /members/0/labourCapacity"])
        #expect(Self.found { $0.members[0].schoolState = nil } == [])
        #expect(Self.found { $0.members[2].labourCapacity = nil } == [])
        #expect(
            Self.found {
                $0.members[2].schoolState = nil; $0.otherCauses = []
            }
                == ["warn key-field-empty /members/2/schoolState"])
    }

    @Test("support, disability and labour of the household fit the members")
    func attributes() throws {
        #expect(Self.found { $0.attribute = "destitute-support" } == ["warn supported-with-labour /attribute"])
        #expect(Self.found { $0.labour = "none" } == ["warn household-labour-differs /labour"])
        #expect(
            Self.found {
                $0.labour = "weak"; $0.members[0].labourCapacity = "weak"
            } == [])
        let number = try #require(IdentityNumber.parse("990101199003071237").number)
        let found = Self.found {
            $0.members[0].identityNumber = number
            $0.members[0].birthDate = number.birthDate
            $0.members[0].health = "disabled"
        }
        #expect(found == ["warn disabled-without-card /members/0/identityNumber"])
    }

    @Test("every rule has its own code, a source and words in both languages")
    func rules() {
        let rules = HouseholdRules.all
        #expect(Set(rules.map(\.code)).count == rules.count)
        #expect(rules.allSatisfy { !$0.source.isEmpty && !$0.chinese.isEmpty && !$0.english.isEmpty })
        #expect(rules.contains { $0.severity == .block })
        #expect(rules.contains { $0.severity == .warn })
    }
}
