// The kinds of duties around villages (R006 to R010, R013): where each is held, and by whom. Which days a duty has and
// what stands in its way is for the register to know.

/// Who can hold a duty.
public enum DutyHolder: Sendable {
    /// An organization (帮扶单位).
    case unit
    /// A registered cadre.
    case cadre
    /// A registered cadre, or somebody who is named.
    case person
}

/// A kind of duty. The raw value is the code in list `duty-kind`.
public enum DutyKind: String, CaseIterable, Sendable {
    /// A county leader's town (挂点镇).
    case leaderTown = "leader-town"
    /// A county leader's poor village (帮扶贫困村).
    case leaderVillage = "leader-village"
    /// A unit holds a village (包村).
    case villageGuarantee = "village-guarantee"
    /// A unit has people stationed in a village (驻村帮扶).
    case villageStationing = "village-stationing"
    /// A unit is paired with a village (结对帮扶).
    case villagePairing = "village-pairing"
    /// First secretary of a village (第一书记).
    case firstSecretary = "first-secretary"
    /// Party secretary of a division of any level (五级书记).
    case partySecretary = "party-secretary"
    /// Leader of a work team (驻村工作队队长).
    case teamLeader = "team-leader"
    /// Member of a work team (队员).
    case teamMember = "team-member"

    /// Who holds it.
    public var holder: DutyHolder {
        switch self {
        case .villageGuarantee, .villageStationing, .villagePairing: .unit
        case .leaderTown, .leaderVillage, .firstSecretary: .cadre
        case .partySecretary, .teamLeader, .teamMember: .person
        }
    }

    /// The level of the division it is held for; nil for any.
    public var level: DivisionLevel? {
        switch self {
        case .leaderTown: .town
        case .partySecretary: nil
        case .leaderVillage, .villageGuarantee, .villageStationing, .villagePairing, .firstSecretary, .teamLeader,
            .teamMember:
            .village
        }
    }

    /// Only county leaders hold it (R008).
    public var isForCountyLeaders: Bool { self == .leaderTown || self == .leaderVillage }

    /// It is held in a work team.
    public var isOfTeam: Bool { self == .teamLeader || self == .teamMember }
}
