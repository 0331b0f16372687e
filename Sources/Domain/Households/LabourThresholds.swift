// The ages between which somebody can have labour (Appendix A labour.none, labour.capped): values that an area sets for
// itself, so they come in as parameters of the day.

/// The ages that bound labour in an area on a day; nil where nobody has set one, and then nothing is judged by it.
public struct LabourThresholds: Hashable, Sendable {
    /// Below this age there is no labour.
    public var noneBelow: Int?
    /// From this age labour is not ordinary or skilled.
    public var cappedFrom: Int?

    /// Thresholds in whole years.
    public init(noneBelow: Int?, cappedFrom: Int?) {
        self.noneBelow = noneBelow
        self.cappedFrom = cappedFrom
    }
}

/// The checks of members against the thresholds of their area.
public enum LabourAgeRules {
    /// Labour below the first threshold.
    public static let below = HouseholdRule.warn(
        "under-16-with-labour", "Appendix A labour.none", "未到劳动年龄应为无劳动力", "below the working age there is no labour")
    /// Full labour from the second threshold on.
    public static let capped = HouseholdRule.warn(
        "from-60-with-full-labour", "Appendix A labour.capped", "超过劳动年龄不应为普通或技能劳动力",
        "past the working age labour is not ordinary or skilled")

    /// Both rules.
    public static let all = [below, capped]

    /// What is wrong with somebody; nil when nothing is, or their birth date is not known.
    public static func broken(
        birthDate: CivilDate?, labourCapacity: String?, _ thresholds: LabourThresholds, on day: CivilDate
    ) -> HouseholdRule? {
        guard let birthDate, let labourCapacity else { return nil }
        let age = birthDate.age(on: day)
        if let bound = thresholds.noneBelow, age < bound, labourCapacity != LabourCapacityCode.none { return below }
        if let bound = thresholds.cappedFrom, age >= bound, LabourCapacityCode.full.contains(labourCapacity) {
            return capped
        }
        return nil
    }

    /// The findings of a household's members, in their order.
    public static func findings(
        _ household: HouseholdFacts, _ thresholds: LabourThresholds, on day: CivilDate
    ) -> [HouseholdFinding] {
        household.members.enumerated().compactMap { index, member in
            broken(
                birthDate: member.birthDate, labourCapacity: member.labourCapacity, thresholds, on: day
            ).map { HouseholdFinding(rule: $0, memberIndex: index, field: "labourCapacity") }
        }
    }
}
