// The rules of one member: number against facts, age against school and labour, fields that must not be empty. Ages are
// whole years on the day of the question. The ages that bound labour are an area's own and stand in
// LabourThresholds.

enum MemberRules {
    struct Check: Sendable {
        let rule: HouseholdRule
        let field: String
        let isBroken: @Sendable (MemberFacts, _ age: Int?, CivilDate) -> Bool
    }

    static func broken(_ member: MemberFacts, on day: CivilDate) -> [Check] {
        let age = member.birthDate?.age(on: day)
        return checks.filter { $0.isBroken(member, age, day) }
    }

    static var all: [HouseholdRule] {
        var seen: Set<HouseholdRule> = []
        return checks.map(\.rule).filter { seen.insert($0).inserted }
    }

    private static let checks = errors + warnings + gaps

    /// Whole years below a bound; false where the age is not known.
    private static func isBelow(_ years: Int, _ age: Int?) -> Bool { age.map { $0 < years } ?? false }

    /// Whole years from a bound on; false where the age is not known.
    private static func isFrom(_ years: Int, _ age: Int?) -> Bool { age.map { $0 >= years } ?? false }

    private static let errors: [Check] = [
        Check(
            rule: .block("birth-date-in-future", "R020", "出生日期晚于当日", "the birth date is in the future"),
            field: "birthDate"
        ) { member, _, day in member.birthDate.map { $0 > day } ?? false },
        Check(
            rule: .block("work-months-out-of-range", "§2.6 set 1 ⑧", "务工时间应为 0 至 12 个月", "work months are 0 to 12"),
            field: "workMonths"
        ) { member, _, _ in member.workMonths.map { !(0...12).contains($0) } ?? false },
    ]

    private static let warnings: [Check] = [
        Check(
            rule: .warn("relation-differs-from-sex", "§2.6 set 1 ⑩", "与户主关系与性别不符", "the relation does not fit the sex"),
            field: "relation"
        ) { member, _, _ in
            (member.sex == .female && RelationCode.male.contains(member.relation))
                || (member.sex == .male && RelationCode.female.contains(member.relation))
        },
        Check(
            rule: .warn("joined-before-birth", "R022", "加入日期早于出生日期", "the day of joining lies before the birth"),
            field: "joinedOn"
        ) { member, _, _ in member.birthDate.map { member.joinedOn < $0 } ?? false },
        Check(
            rule: .warn("labour-lost-but-healthy", "§2.6 set 1 ⑥", "丧失劳动力但健康", "labour is lost in good health"),
            field: "labourCapacity"
        ) { member, age, _ in
            isBelow(60, age) && member.labourCapacity == LabourCapacityCode.lost && member.health == HealthCode.healthy
        },
        Check(
            rule: .warn("works-without-labour", "§2.6 set 1 ⑧", "无劳动能力但在务工", "somebody without labour works"),
            field: "workMonths"
        ) { member, _, _ in member.hasNoLabour && (member.workMonths ?? 0) > 0 },
        Check(
            rule: .warn(
                "work-place-without-months", "§2.6 set 1 ⑧", "有务工地点但没有务工时间", "there is a place of work but no months"),
            field: "workMonths"
        ) { member, _, _ in member.workPlace != nil && (member.workMonths ?? 0) == 0 },
        Check(
            rule: .warn(
                "work-months-without-place", "§2.6 set 1 ⑧", "有务工时间但没有务工地点", "there are months of work but no place"),
            field: "workPlace"
        ) { member, _, _ in member.workPlace == nil && (member.workMonths ?? 0) > 0 },
        Check(
            rule: .warn(
                "education-of-pupil", "§2.6 set 2", "在校生不应填写文化程度", "somebody in school has no completed education"),
            field: "education"
        ) { member, _, _ in member.isPupil && member.education != nil },
        Check(
            rule: .warn("pupil-too-young", "§2.6 set 1 ⑩", "高中在校生不超过 14 周岁", "in senior school at 14 or less"),
            field: "schoolState"
        ) { member, age, _ in isBelow(15, age) && member.schoolState.map(SchoolStateCode.senior.contains) ?? false },
        Check(
            rule: .warn("pupil-too-old", "§2.6 set 1 ⑩", "小学在校生满 20 周岁", "in primary school at 20 or more"),
            field: "schoolState"
        ) { member, age, _ in isFrom(20, age) && member.schoolState == SchoolStateCode.primary },
        Check(
            rule: .warn(
                "school-blocked-while-in-school", "R034", "在校生标为失学", "schooling is blocked for somebody in school"),
            field: "schoolBlocked"
        ) { member, _, _ in member.schoolBlocked && member.isPupil },
        Check(
            rule: .warn(
                "disabled-without-card", "§2.6 set 1 ③", "残疾成员没有残疾证号",
                "disabled but without the number of a disability card"),
            field: "identityNumber"
        ) { member, _, _ in
            member.isDisabled && member.identityNumber.map { $0.kind != .disabilityCard } ?? false
        },
    ]

    private static let empty = HouseholdRule.warn(
        "key-field-empty", "§2.6 set 1 ③", "应填写的字段为空", "a field that should be filled is empty")

    private static let gaps: [Check] = [
        Check(rule: empty, field: "ethnicity") { member, _, _ in member.ethnicity == nil },
        Check(rule: empty, field: "health") { member, _, _ in member.health == nil },
        Check(rule: empty, field: "schoolState") { member, age, _ in
            isFrom(6, age) && isBelow(24, age) && member.schoolState == nil
        },
        Check(rule: empty, field: "education") { member, age, _ in
            isFrom(24, age) && member.education == nil && !member.isPupil
        },
        Check(rule: empty, field: "labourCapacity") { member, age, _ in
            isFrom(16, age) && isBelow(66, age) && member.labourCapacity == nil
        },
    ]
}
