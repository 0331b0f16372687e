// Shortages as an officer of the county would tell them, in Chinese and English.
// Deliberately without records: names of villages, units and cadres are the caller's to give.

/// A text in both languages.
public struct PairingText: Hashable, Sendable {
    /// In Chinese.
    public var chinese: String
    /// In English.
    public var english: String

    /// A text in both languages.
    public init(_ chinese: String, _ english: String) {
        self.chinese = chinese
        self.english = english
    }
}

/// The names that sentences need, each by position in the problem.
public struct PairingNames: Sendable {
    /// The name of a village.
    public var village: @Sendable (Int32) -> String
    /// The name of a cadre.
    public var cadre: @Sendable (Int32) -> String
    /// The name of a unit.
    public var unit: @Sendable (Int32) -> String

    /// Names from these sources.
    public init(
        village: @escaping @Sendable (Int32) -> String, cadre: @escaping @Sendable (Int32) -> String,
        unit: @escaping @Sendable (Int32) -> String
    ) {
        self.village = village
        self.cadre = cadre
        self.unit = unit
    }

    /// At most this many names are told; of more the number.
    static let namesMax = 8

    func list(_ names: [String]) -> PairingText {
        let told = names.prefix(Self.namesMax)
        guard names.count > told.count else {
            return PairingText(told.joined(separator: "、"), told.joined(separator: ", "))
        }
        return PairingText(
            told.joined(separator: "、") + "等\(names.count)个",
            told.joined(separator: ", ") + " and \(names.count - told.count) more")
    }
}

extension PairingRank {
    /// The rank's name.
    public var text: PairingText {
        switch self {
        case .department: PairingText("厅级", "department level")
        case .division: PairingText("处级", "division level")
        case .section: PairingText("正科级", "section head")
        case .deputySection: PairingText("副科级", "deputy section head")
        case .middle: PairingText("中层", "middle level")
        case .ordinary: PairingText("一般干部", "ordinary rank")
        }
    }
}

/// A number with its word in English, in the plural where it is not one.
private func counted(_ count: Int, _ word: String) -> String { count == 1 ? "1 \(word)" : "\(count) \(word)s" }

extension PairingShortage {
    /// What is missing, why, and what would cure it: one sentence each, the shortage itself first.
    public func sentences(_ problem: PairingProblem, _ names: PairingNames) -> [PairingText] {
        let places = names.list(villages.map(names.village))
        var sentences = [
            PairingText(
                "\(places.chinese)：共\(households)户；能到这里帮扶的\(cadres.count)名干部最多承担\(carried)户；"
                    + "\(uncovered)户没有帮扶人。",
                "\(places.english): \(counted(households, "household")); \(counted(cadres.count, "cadre")) who may "
                    + "serve them: room for \(carried); uncovered: \(uncovered).")
        ]
        if !pins.isEmpty {
            let held = names.list(pins.map { names.cadre(problem.pairs[Int($0)].cadre) })
            sentences.append(
                PairingText(
                    "其中\(pins.count)个固定结对占用了名额而没有解决这里的缺口：\(held.chinese)。",
                    "\(counted(pins.count, "pinned pair")) without effect on these households: \(held.english)."))
        }
        for relink in cure.relinks { sentences.append(sentence(relink, names)) }
        if cure.left > 0, !cure.missing.isEmpty {
            let chinese = cure.missing.map { "\($0.rank.text.chinese)\($0.count)名" }.joined(separator: "，或")
            let english = cure.missing.map { "\($0.count) of \($0.rank.text.english)" }.joined(separator: ", or ")
            sentences.append(
                PairingText(
                    "\(cure.relinks.isEmpty ? "" : "此外")还差\(cure.left)户的名额，需增加\(chinese)。",
                    "\(counted(cure.left, "household")) left\(cure.relinks.isEmpty ? "" : " then"), for which "
                        + "are missing: \(english)."))
        }
        return sentences
    }

    private func sentence(_ relink: ShortageCure.Relink, _ names: PairingNames) -> PairingText {
        let cadre = names.cadre(relink.cadre)
        let to = names.village(relink.to)
        guard let from = relink.from.map(names.village) else {
            return PairingText(
                "\(cadre)没有联系村，可以联系\(to)，承担\(relink.room)户。",
                "\(cadre) is linked nowhere and could be linked to \(to) for \(counted(relink.room, "household")).")
        }
        return PairingText(
            "\(cadre)在\(from)没有帮扶对象，可以改为联系\(to)，承担\(relink.room)户。",
            "\(cadre) has nobody to help in \(from) and could be linked to \(to) for "
                + "\(counted(relink.room, "household")).")
    }
}

extension JointShortage {
    /// What is missing and why, in one sentence.
    public func sentence(_ problem: PairingProblem, _ names: PairingNames) -> PairingText {
        let place = names.village(village)
        let first = PairingText(
            "\(place)：\(needs)户需要两个单位的帮扶人，\(unmet)户没有；",
            "\(place): \(counted(needs, "household")) in need of two units, \(unmet) without; ")
        let cause: PairingText
        switch self.cause {
        case .nobody:
            cause = PairingText("没有可以到该村帮扶的干部。", "nobody may serve the village.")
        case .oneUnit:
            let list = names.list(units.map(names.unit))
            cause =
                units.count == 1
                ? PairingText(
                    "能到该村帮扶的\(cadres.count)名干部都属于\(list.chinese)，须由另一单位派人。",
                    "\(counted(cadres.count, "cadre")) may serve it, all of \(list.english); another unit must send "
                        + "somebody."
                )
                : PairingText(
                    "还有名额的干部与现有帮扶人同属一个单位，须由另一单位派人。",
                    "the cadres with room are of the same unit as the present helpers; another unit must send somebody."
                )
        case .noRoom:
            cause = PairingText(
                "能到该村帮扶的\(cadres.count)名干部名额已满。",
                "\(counted(cadres.count, "cadre")) may serve it, with no room left.")
        }
        let held = names.list(pins.map { names.cadre(problem.pairs[Int($0)].cadre) })
        let pinned =
            pins.isEmpty
            ? PairingText("", "")
            : PairingText("其中有的户只有固定的帮扶人：\(held.chinese)。", " Some have pinned helpers only: \(held.english).")
        return PairingText(
            first.chinese + cause.chinese + pinned.chinese, first.english + cause.english + pinned.english)
    }
}
