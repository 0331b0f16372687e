// Why a successor cannot take a household over, in words.

import Archive
import Domain
import SQL
import Service

struct HandoverRefusal: Hashable, Comparable {
    /// The name of the trigger that refuses it.
    private let trigger: String
    /// The day from which the successor can help nobody, where that is what fills their quota.
    private let until: CivilDate?
    /// Whether they cannot help on the first day either.
    private let isGone: Bool

    /// - Parameter days: those on which the successor was to help.
    init(_ trigger: String, of cadre: Identifier, on days: DayInterval, _ connection: Connection) throws {
        self.trigger = trigger
        let capacity = trigger == "quota-full" ? try CapacityReading.kept(of: cadre, connection) : []
        let able = capacity.filter { $0.quota > 0 }.map { DayInterval(first: $0.first, end: $0.end) }
        let unable = DayInterval.subtracting(able, from: trigger == "quota-full" ? [days] : []).first?.first
        let quota = capacity.first { DayInterval(first: $0.first, end: $0.end).contains(days.first) }?.quota ?? 0
        // Who has no room on the first day is full, whatever becomes of them.
        let hasRoom = try PairingTable.active(cadre: cadre, on: days.first, connection).count < quota
        isGone = unable == days.first
        until = hasRoom ? unable : nil
    }

    static func < (some: HandoverRefusal, other: HandoverRefusal) -> Bool {
        (some.trigger, some.until ?? .last, some.isGone ? 0 : 1)
            < (other.trigger, other.until ?? .last, other.isGone ? 0 : 1)
    }

    func shortage(_ count: Int) -> HandoverOutcome.Shortage {
        HandoverOutcome.Shortage(counts: [("households", count)], sentences: [text(count)])
    }

    private func text(_ count: Int) -> PairingText {
        let households = count == 1 ? "1 household" : "\(count) households"
        return switch trigger {
        case "quota-full" where isGone:
            PairingText("\(count)户：接替人那时不能帮扶。", "\(households): the successor can help nobody then.")
        case "quota-full":
            if let until {
                PairingText(
                    "\(count)户：接替人自\(until)起不能再帮扶。",
                    "\(households): the successor can help only until \(until).")
            } else {
                PairingText("\(count)户：接替人的帮扶户数已满。", "\(households): the successor's quota is full.")
            }
        case "outside-linked-area":
            PairingText(
                "\(count)户：不在接替人挂钩的区域。", "\(households): not in the area that the successor is linked to.")
        case "helper-is-poor":
            PairingText(
                "\(count)户：接替人本人是建档立卡户成员。",
                "\(households): the successor is a member of a registered household.")
        case "second-helper-full":
            PairingText(
                "\(count)户：接替人作为第二帮扶人的户数已满。",
                "\(households): the successor may be the second helper of no other household.")
        case "pairing-exists":
            PairingText(
                "\(count)户：接替人之后已与该户结对。", "\(households): the successor is to help it at a later time already.")
        default: PairingText("\(count)户：不能由接替人帮扶。", "\(households): the successor may not help.")
        }
    }
}
