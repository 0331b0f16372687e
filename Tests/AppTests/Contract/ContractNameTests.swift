// One thing has one name in the whole API: the contract is held to the rules of CONTRIBUTING.md.

import Testing

@Suite("Names in the contract")
struct ContractNameTests {
    @Test("fields, filters, codes, roles, places, people who did something and lists are named by the rules")
    func names() throws {
        let findings = try ContractNames(Contract.shared).findings
        for finding in findings where !Self.isPending(finding.subject) { Issue.record("\(finding)") }
        for subject in Self.pending where !findings.contains(where: { Self.stands($0.subject, for: subject) }) {
            Issue.record("\(subject) is named by the rules and need not be listed any more")
        }
    }

    /// Schemas and paths that are still to be named by the rules.
    private static let pending = ofPairing + ofContact + ofPeople

    /// Households, helpers, pairings, and what serves every domain.
    private static let ofPairing = [
        "/v1/campaigns", "/v1/contact-cards", "/v1/coverage/cadres", "/v1/coverage/households", "/v1/divisions",
        "/v1/helpers", "/v1/households", "/v1/pairings",
        "/v1/partners/{id}/ids",
        "ContactCard", "CoverageHousehold",

        "Household", "HouseholdChange",
        "HouseholdItem", "HouseholdStatistics", "NewHousehold",
        "OtherEntity",
        "PairingRun", "PairingRunPart", "ParameterUnit",
        "Role",
    ]
    /// Contact, duties, villages.
    private static let ofContact = [
        "ChangeProposal", "ChangeProposalItem", "ContactAlarm", "ContactBulletin", "ContactCounter", "ContactDuty",
        "CounterRecord", "HeldVisit", "HeldVisitItem", "LiaisonGap", "NewVisit", "PovertyHeadcount", "ProposedField",
        "Responsibilities", "ResponsibilityItem", "Secretary", "SecretaryChain", "Team", "TeamItem", "Vacancy",
        "VillageChange", "Visit", "VisitItem", "VisitRetry", "/v1/change-proposals", "/v1/contact-counters/records",
        "/v1/contact-duties", "/v1/contact-duties/summary", "/v1/households/{id}/visits", "/v1/villages",
        "/v1/visits", "/v1/work-teams",
    ]
    /// Needs, activities, partnerships, profiles.
    private static let ofPeople = [
        "Activity", "ActivityItem", "Candidate", "Need", "NeedItem", "Participant", "Partnership", "Profile",
        "/v1/activities", "/v1/needs",
    ]

    private static func isPending(_ subject: String) -> Bool { pending.contains { stands(subject, for: $0) } }

    /// An operation's subject stands for its path, too.
    private static func stands(_ subject: String, for pending: String) -> Bool {
        subject == pending || subject.hasSuffix(" \(pending)")
    }
}
