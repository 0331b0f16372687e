// The ladder of ranks that decides how many households a cadre helps, and where (R005, R040). How many is a parameter
// and not here.

/// A step of the ladder, highest first. The raw values are codes of the list `cadre-rank`.
public enum CadreRank: String, CaseIterable, Sendable {
    /// 厅级.
    case department
    /// 处级.
    case division
    /// 正科级.
    case section
    /// 副科级.
    case deputySection = "deputy-section"
    /// 中层.
    case middle
    /// 一般.
    case ordinary

    /// Where the households of the quota lie: in the linked town for the upper two ranks, else in the linked village
    /// (R040).
    public var quotaLevel: DivisionLevel {
        switch self {
        case .department, .division: .town
        case .section, .deputySection, .middle, .ordinary: .village
        }
    }
}
