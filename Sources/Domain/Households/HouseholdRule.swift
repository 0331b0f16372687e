// What a household rule and a finding are. The rules themselves stand in HouseholdRules and MemberRules.

/// How much a broken rule weighs (§2.6).
public enum RuleSeverity: String, Sendable {
    /// The record is refused.
    case block
    /// The record is kept and the finding reported.
    case warn
}

/// A rule about a household or one of its members.
public struct HouseholdRule: Hashable, CodedRule, Sendable {
    /// The stable code, never reused, for example `no-householder`.
    public let code: String
    /// Whether a record that breaks it is refused.
    public let severity: RuleSeverity
    /// Where the rule comes from: an R-number, a section, or a parameter of Appendix A.
    public let source: String
    /// What is wrong, in Chinese.
    public let chinese: String
    /// What is wrong, in English.
    public let english: String

    /// Two rules are the same if their codes are.
    public static func == (left: HouseholdRule, right: HouseholdRule) -> Bool { left.code == right.code }

    /// Feeds the code, which is unique.
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }

    /// More than one householder, which the database refuses too.
    public static let severalHouseholders = HouseholdRule.block(
        "several-householders", "R020; §2.6 set 2", "户主多于一人", "there is more than one householder")

    static func block(_ code: String, _ source: String, _ chinese: String, _ english: String) -> HouseholdRule {
        HouseholdRule(code: code, severity: .block, source: source, chinese: chinese, english: english)
    }

    static func warn(_ code: String, _ source: String, _ chinese: String, _ english: String) -> HouseholdRule {
        HouseholdRule(code: code, severity: .warn, source: source, chinese: chinese, english: english)
    }
}

/// A rule that a household breaks, and where.
public struct HouseholdFinding: Hashable, Sendable {
    /// The broken rule.
    public let rule: HouseholdRule
    /// The position of the member in ``HouseholdFacts/members``; nil if the household as a whole breaks it.
    public let memberIndex: Int?
    /// The name of the field in request bodies, for example `birthDate`.
    public let field: String

    /// A finding of a rule that stands outside this module's own checks.
    public init(rule: HouseholdRule, memberIndex: Int?, field: String) {
        self.rule = rule
        self.memberIndex = memberIndex
        self.field = field
    }

    /// Where in the body of a household the finding lies (RFC 6901), for example `/members/0/birthDate`.
    public var pointer: String {
        memberIndex.map { "/members/\($0)/\(field)" } ?? "/\(field)"
    }
}
