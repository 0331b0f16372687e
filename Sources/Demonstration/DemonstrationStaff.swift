// Who helps in the demonstration county: its organizations, its cadres in the ranks of a county payroll, their duties
// around villages, and what the villages are. Made from a seed of its own, so that households stay as they were.

import Domain

/// An invented unit (R006, R015).
public struct DemonstrationOrganization: Hashable, Sendable {
    /// Version 7.
    public let id: Identifier
    /// Unique at its home.
    public let name: String
    /// Code of `organization-kind`.
    public let kind: String
    /// Code of `organization-level`.
    public let level: String
    /// The division where it is at home.
    public let homeCode: AreaCode
    /// Unified social credit code with its check character.
    public let creditCode: String
    /// The unit above it; nil for most.
    public let parentId: Identifier?
    /// Whom to ask.
    public let contactName: String
    /// A telephone number of a range that is not in use.
    public let phone: String
}

/// A rank, and the days on which it is held.
public struct DemonstrationRank: Hashable, Sendable {
    /// Code of `cadre-rank`.
    public let rank: String
    /// The first day.
    public let from: CivilDate
    /// The first day on which it is held no longer; nil for no end.
    public let to: CivilDate?
}

/// An invented cadre (R004, R005).
public struct DemonstrationCadre: Hashable, Sendable {
    /// Version 7.
    public let id: Identifier
    /// Their unit.
    public let organizationId: Identifier
    /// Surname and given name.
    public let name: String
    /// The sex.
    public let sex: Sex
    /// What they are in their unit.
    public let positionTitle: String
    /// 18 digits in a division that does not exist; a few are those of members of registered households.
    public let identityNumber: String
    /// Unique, of a range that is not in use.
    public let phone: String
    /// Code of `cadre-line`.
    public let line: String
    /// The village they come from; nil for most.
    public let homeVillageCode: AreaCode?
    /// Whether they lead the county (R008).
    public let isCountyLeader: Bool
    /// Oldest first; never empty.
    public let ranks: [DemonstrationRank]
    /// Code of `post-state`.
    public let postState: String
    /// The day since which they have it.
    public let postFrom: CivilDate
    /// The town, for the upper two ranks, or village where they help (R040); nil for those who are not in post.
    public let linkedCode: AreaCode?
    /// The day since which they help there.
    public let linkedFrom: CivilDate

    /// The rank on the day of the county.
    public var rank: DemonstrationRank { ranks[ranks.count - 1] }
}

/// The organizations and cadres of a demonstration county.
public struct DemonstrationStaff: Sendable {
    /// 300 for 26,000 households.
    public let organizations: [DemonstrationOrganization]
    /// 17,500 for 26,000 households, unit by unit.
    public let cadres: [DemonstrationCadre]

    /// The staff of a county, the same for the same county.
    public init(_ county: DemonstrationCounty) {
        var organizations = OrganizationMaker(county)
        var cadres = CadreMaker(county)
        for (place, share) in StaffPlace.all(county) {
            let units = organizations.units(of: place, count: share.organizations)
            cadres.add(share.cadres, in: place, units)
        }
        self.organizations = organizations.made
        self.cadres = cadres.made
    }
}

/// A county of the tree with its towns and villages, and the households in each village.
struct StaffPlace {
    let code: AreaCode
    let name: String
    let towns: [DemonstrationDivision]
    let villages: [AreaCode]
    let households: [Int]

    typealias Share = (organizations: Int, cadres: Int)

    /// The counties of the tree in order of codes, each with its share of 300 organizations and 17,500 cadres for
    /// 26,000 households.
    static func all(_ county: DemonstrationCounty) -> [(StaffPlace, Share)] {
        let byCode = Dictionary(county.divisions.map { ($0.code, $0) }) { first, _ in first }
        let townsByCounty = Dictionary(grouping: county.divisions.filter { $0.level == .town }) { $0.parent }
        var villages: [AreaCode?: [(AreaCode, Int)]] = [:]
        var before = 0
        for (code, end) in zip(county.villages, county.householdEnds) {
            let town = byCode[code]?.parent.flatMap { byCode[$0] }
            villages[town?.parent, default: []].append((code, end - before))
            before = end
        }
        return county.divisions.filter { $0.level == .county }.compactMap { division in
            guard let own = villages[division.code] else { return nil }
            let households = own.map(\.1).reduce(0, +)
            let place = StaffPlace(
                code: division.code, name: division.name,
                towns: (townsByCounty[division.code] ?? []).sorted { $0.code < $1.code }, villages: own.map(\.0),
                households: own.map(\.1))
            return (place, (max(households * 300 / 26_000, 4), max(households * 17_500 / 26_000, 8)))
        }
    }
}
