// The rules of a household as a whole: its householder, its causes of poverty, its labour, its dates.
// Deliberately no thresholds that an area may set for itself: those are parameters with dates.

/// Everything that is checked of a household before it is kept, by the API and by imports alike (§2.6).
public enum HouseholdRules {
    /// Other causes beside the main one, at most (R027, cause.other.max).
    public static let otherCausesMax = 2

    /// What is wrong with the household on the given day: first its own findings, then those of its members in order.
    /// A household may be kept if no finding has the severity ``RuleSeverity/block``.
    public static func findings(_ household: HouseholdFacts, on day: CivilDate) -> [HouseholdFinding] {
        let own = checks.filter { $0.isBroken(household, day) }
            .map { HouseholdFinding(rule: $0.rule, memberIndex: nil, field: $0.field) }
        var findings = own + repeatedNumbers(household)
        for (index, member) in household.members.enumerated() {
            for broken in MemberRules.broken(member, on: day) {
                findings.append(HouseholdFinding(rule: broken.rule, memberIndex: index, field: broken.field))
            }
        }
        return findings
    }

    /// Every rule, for documentation and for tests.
    public static var all: [HouseholdRule] {
        checks.map(\.rule) + [nobodyAtFirst, repeatedNumber] + MemberRules.all + LabourAgeRules.all
    }

    struct Check: Sendable {
        let rule: HouseholdRule
        let field: String
        let isBroken: @Sendable (HouseholdFacts, CivilDate) -> Bool
    }

    static let repeatedNumber = HouseholdRule.block(
        "repeated-number", "R020; §2.6 set 1 ⑪", "同一户内两个成员的证件号码属于同一人", "two members have the number of one person")

    /// That a household with people has exactly one householder holds on each of its days.
    public static let ofHouseholder: [HouseholdRule] = [noHouseholder, .severalHouseholders]
    /// Nobody is the householder of a household that has people.
    public static let noHouseholder = HouseholdRule.block(
        "no-householder", "R020; §2.6 set 1 ③", "没有户主", "there is no householder")

    /// Judged by the days of an archive, not by its facts of one day.
    public static let nobodyAtFirst = HouseholdRule.warn(
        "nobody-at-first", "R020", "建档之初户内没有人：请核对加入、离开或建档的日期",
        "nobody lived in it on the first day of its archive: look at the days of joining, of leaving, or of the archive"
    )

    private static func repeatedNumbers(_ household: HouseholdFacts) -> [HouseholdFinding] {
        var seen: Set<String> = []
        return household.members.enumerated().compactMap { index, member in
            guard let person = member.identityNumber?.person, !seen.insert(person).inserted else { return nil }
            return HouseholdFinding(rule: repeatedNumber, memberIndex: index, field: "identityNumber")
        }
    }

    private static func count(_ relation: String, _ household: HouseholdFacts) -> Int {
        household.members.count { $0.relation == relation }
    }

    private static func hasCause(_ cause: String, _ household: HouseholdFacts) -> Bool {
        household.mainCause == cause || household.otherCauses.contains(cause)
    }

    private static let checks: [Check] = [
        Check(
            rule: noHouseholder,
            field: "members"
        ) { household, _ in count(RelationCode.householder, household) == 0 },
        Check(
            rule: .severalHouseholders,
            field: "members"
        ) { household, _ in count(RelationCode.householder, household) > 1 },
        Check(
            rule: .block("too-many-other-causes", "R027", "其他致贫原因最多两个", "there are more than two other causes"),
            field: "otherCauses"
        ) { household, _ in household.otherCauses.count > otherCausesMax },
        Check(
            rule: .block("repeated-cause", "R027; §2.6 set 1 ④", "致贫原因重复", "a cause is named twice"),
            field: "otherCauses"
        ) { household, _ in
            let causes = [household.mainCause] + household.otherCauses
            return Set(causes).count != causes.count
        },
        Check(
            rule: .block("state-in-future", "R022", "脱贫属性的日期晚于当日", "the state begins in the future"),
            field: "stateSince"
        ) { household, day in household.stateSince > day },
        Check(
            rule: .warn("several-spouses", "§2.6 set 1 ⑩", "配偶多于一人", "there is more than one spouse"),
            field: "members"
        ) { household, _ in count(RelationCode.spouse, household) > 1 },
        Check(
            rule: .warn("spouses-of-same-sex", "§2.6 set 1 ⑩", "户主与配偶性别相同", "householder and spouse have the same sex"),
            field: "members"
        ) { household, _ in
            guard let sex = household.members.first(where: { $0.relation == RelationCode.householder })?.sex,
                sex != .unstated
            else { return false }
            return household.members.contains { $0.relation == RelationCode.spouse && $0.sex == sex }
        },
        Check(
            rule: .warn(
                "cause-illness-all-healthy", "§2.6 set 1 ④", "因病致贫但成员都健康", "illness is a cause but nobody is ill"),
            field: "mainCause"
        ) { household, _ in
            hasCause(CauseCode.illness, household) && !household.members.contains { $0.isIll }
        },
        Check(
            rule: .warn(
                "cause-disability-none-disabled", "§2.6 set 1 ④", "因残致贫但没有残疾成员",
                "disability is a cause but nobody is disabled"),
            field: "mainCause"
        ) { household, _ in
            hasCause(CauseCode.disability, household) && !household.members.contains { $0.isDisabled }
        },
        Check(
            rule: .warn(
                "cause-schooling-no-pupil", "§2.6 set 1 ④", "因学致贫但没有在校生", "schooling is a cause but nobody is in school"
            ),
            field: "mainCause"
        ) { household, _ in
            hasCause(CauseCode.schooling, household)
                && !household.members.contains { $0.isPupil || $0.schoolBlocked }
        },
        Check(
            rule: .warn(
                "supported-with-labour", "§2.6 set 1 ⑤", "五保户或特困供养户有 16 至 65 岁的劳动力",
                "a household in destitute support has labour between 16 and 65"),
            field: "attribute"
        ) { household, day in
            AttributeCode.supported.contains(household.attribute)
                && household.members.contains {
                    $0.hasFullLabour && $0.birthDate.map { (16...65).contains($0.age(on: day)) } ?? false
                }
        },
        Check(
            rule: .warn(
                "household-labour-differs", "R033; §2.6 set 1 ⑥", "家庭劳动力状况与成员的劳动能力不符",
                "the labour of the household differs from that of its members"),
            field: "labour"
        ) { household, _ in
            guard household.members.allSatisfy({ $0.labourCapacity != nil }) else { return false }
            return household.labour != labour(ofCapacities: household.members.map(\.labourCapacity))
        },
    ]

    /// The code of `household-labour` to which the labour capacities of the members add up (R033).
    public static func labour(ofCapacities capacities: [String?]) -> String {
        var labour = HouseholdLabourCode.none
        for case let capacity? in capacities {
            if LabourCapacityCode.full.contains(capacity) { return HouseholdLabourCode.present }
            if capacity == LabourCapacityCode.weak { labour = HouseholdLabourCode.weak }
        }
        return labour
    }
}
