// Which kinds of villages are registered as poor (R002). The list itself, with labels and dates, is rows of the
// database.

/// Values of `village-kind` that rules ask for by name.
public enum VillageKind {
    /// 深度贫困村, 贫困村, 扶贫开发重点村: registered as poor, so that a leader, a first secretary and a team are due.
    public static let registeredPoor = ["deep-poor", "poor", "development-focus"]

    /// Whether a village of the kind is registered as poor.
    public static func isRegisteredPoor(_ kind: String) -> Bool { registeredPoor.contains(kind) }
}
