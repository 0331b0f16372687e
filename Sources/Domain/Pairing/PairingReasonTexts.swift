// The names of reasons: stable codes for programs and short words for people.
// Deliberately in one table, so that a reason without a name cannot be overlooked.

extension PairingReasons {
    /// A reason with its names.
    public struct Name: Sendable {
        /// The single reason.
        public let reason: PairingReasons
        /// The code, never reused.
        public let code: String
        /// What to say.
        public let text: PairingText
    }

    /// All reasons, in the order in which they are told.
    public static let names: [Name] = [
        Name(reason: .pinned, code: "pinned", text: PairingText("已固定", "pinned")),
        Name(reason: .existing, code: "existing", text: PairingText("保持原有结对", "exists already")),
        Name(reason: .roleChanged, code: "role-changed", text: PairingText("责任变动", "the role changes")),
        Name(reason: .covers, code: "covers", text: PairingText("该户没有帮扶人", "the household has nobody")),
        Name(
            reason: .secondUnit, code: "second-unit",
            text: PairingText("该户需要第二个单位", "the household needs a second unit")),
        Name(
            reason: .onlyDuty, code: "only-duty",
            text: PairingText("该干部没有其他帮扶对象", "the cadre has no other household")),
        Name(reason: .unit, code: "unit", text: PairingText("所在单位包该村", "the unit holds the village")),
        Name(reason: .line, code: "line", text: PairingText("条线与村的类型相符", "the line fits the village")),
        Name(
            reason: .highRank, code: "high-rank", text: PairingText("较贫困户由较高职级帮扶", "high rank for a poorer household")),
        Name(reason: .homeVillage, code: "home-village", text: PairingText("本村人", "comes from the village")),
        Name(reason: .homeTown, code: "home-town", text: PairingText("本乡镇人", "comes from the town")),
        Name(
            reason: .outsideArea, code: "outside-area",
            text: PairingText("不在该干部联系的地方", "outside of the cadre's linked area")),
        Name(reason: .noQuota, code: "no-quota", text: PairingText("该干部已没有名额", "the cadre has no quota")),
        Name(reason: .overQuota, code: "over-quota", text: PairingText("超出名额", "beyond the quota")),
        Name(
            reason: .madeRoom, code: "made-room",
            text: PairingText("名额用于没有帮扶人的户", "the place covers another household")),
        Name(
            reason: .noUnhooking, code: "no-unhooking",
            text: PairingText("未脱贫不脱钩", "no unhooking before exit")),
    ]

    /// The codes of these reasons, in the order in which they are told.
    public var codes: [String] { Self.names.filter { contains($0.reason) }.map(\.code) }

    /// These reasons in words; empty if there are none.
    public var text: PairingText {
        let texts = Self.names.filter { contains($0.reason) }.map(\.text)
        return PairingText(
            texts.map(\.chinese).joined(separator: "，"), texts.map(\.english).joined(separator: ", "))
    }
}
