// From how many units a household needs its helpers (R034). Whether it has them is a question of its pairings.

/// The units whose helpers a household needs. The raw values are the codes under which households are counted.
public enum HelpNeed: String, Sendable {
    /// One is enough: 一对一.
    case one
    /// At least two: 多对一.
    case two

    /// What a household needs.
    ///
    /// - Parameters:
    ///   - labour: code of `household-labour`.
    ///   - selfCare: whether its people can look after themselves.
    ///   - isSchoolBlocked: whether the schooling of somebody who lives in it is blocked.
    public init(labour: String, selfCare: Bool, isSchoolBlocked: Bool) {
        self = labour == HouseholdLabourCode.none || !selfCare || isSchoolBlocked ? .two : .one
    }
}
