// The keys of code values that rules ask for by name. The lists themselves, with labels and dates, are rows of the
// database; a test holds these words against them.

/// Values of `relation` that rules know.
public enum RelationCode {
    /// 户主, exactly one a household.
    public static let householder = "householder"
    /// 配偶.
    public static let spouse = "spouse"
    /// Relations that only a man can have.
    public static let male: Set<String> = [
        "son", "son-in-law", "grandson", "daughters-son", "father", "wifes-father", "husbands-father", "grandfather",
        "mothers-father", "great-grandson", "uncle", "nephew",
    ]
    /// Relations that only a woman can have.
    public static let female: Set<String> = [
        "daughter", "daughter-in-law", "granddaughter", "daughters-daughter", "mother", "wifes-mother",
        "husbands-mother", "grandmother", "mothers-mother", "great-granddaughter", "niece", "brothers-wife",
    ]
}

/// Values of `poverty-cause` that rules compare with facts (§2.6 set 1 ④).
public enum CauseCode {
    /// 因病.
    public static let illness = "illness"
    /// 因残.
    public static let disability = "disability"
    /// 因学.
    public static let schooling = "schooling"
    /// 缺劳力.
    public static let lackOfLabour = "lack-of-labour"
}

/// Values of `health` that rules know.
public enum HealthCode {
    /// 健康.
    public static let healthy = "healthy"
    /// Every value that says disabled, alone or with an illness.
    public static let disabled: Set<String> = ["disabled", "serious-illness-disabled", "chronic-illness-disabled"]
    /// Every value that says ill, alone or with a disability.
    public static let ill: Set<String> = [
        "chronic-illness", "serious-illness", "serious-illness-disabled", "chronic-illness-disabled",
    ]
}

/// Values of `labour-capacity` that rules know.
public enum LabourCapacityCode {
    /// 普通劳动力.
    public static let ordinary = "ordinary"
    /// 技能劳动力.
    public static let skilled = "skilled"
    /// 弱劳动力或半劳动力.
    public static let weak = "weak"
    /// 丧失劳动力.
    public static let lost = "lost"
    /// 无劳动力.
    public static let none = "none"
    /// Values that say full labour.
    public static let full: Set<String> = [ordinary, skilled]
    /// Values that say no labour at all.
    public static let absent: Set<String> = [lost, none]
}

/// Values of `household-labour` (R033).
public enum HouseholdLabourCode {
    /// 无劳动力.
    public static let none = "none"
    /// 弱劳动力.
    public static let weak = "weak"
    /// 有劳动力.
    public static let present = "present"
}

/// Values of `school-state` that rules know.
public enum SchoolStateCode {
    /// 非在校生.
    public static let notInSchool = "not-in-school"
    /// 小学.
    public static let primary = "primary"
    /// Values above junior secondary school.
    public static let senior: Set<String> = [
        "senior-1", "senior-2", "senior-3", "vocational-secondary-1", "vocational-secondary-2",
        "vocational-secondary-3",
    ]
}

/// Values of `household-attribute` that rules know.
public enum AttributeCode {
    /// Households in support for those without labour and without kin who must keep them: 五保户, 特困供养户.
    public static let supported: Set<String> = ["five-guarantees", "destitute-support"]
}

/// Values of `household-state` (R022).
public enum HouseholdStateCode {
    /// 在册.
    public static let registered = "registered"
    /// 预脱贫.
    public static let preparing = "preparing"
    /// 脱贫.
    public static let lifted = "lifted"
    /// 返贫.
    public static let returned = "returned"
    /// 脱贫不稳定户, 边缘易致贫户, 突发严重困难户.
    public static let monitored: Set<String> = ["monitored-unstable", "monitored-marginal", "monitored-sudden"]
}

/// Values of `household-end-reason` that rules know (R022).
public enum HouseholdEndCode {
    /// 全户死亡.
    public static let diedOut = "died-out"
    /// 并入他户.
    public static let merged = "merged"
    /// Ends that name another household: the one that it became part of, or the right one of two.
    public static let withSuccessor: Set<String> = [merged, "entered-twice"]

    /// The code of `member-leave-reason` with which people leave a household that ends.
    public static func leaveReason(of end: String) -> String { end == diedOut ? "death" : "household-ended" }
}
