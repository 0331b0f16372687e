// How an invented visit reached the service: by which clock it was dated, and how long a tablet was without network.

import Domain

enum VisitArrival {
    private static let minute: Int64 = 60_000
    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 86_400_000
    /// What a tablet's clock says that was set back by an empty battery: 2015-01-01.
    private static let forgotten: Int64 = 1_420_041_600_000

    /// Decides when a visit arrives, and what the device's clock said.
    static func arrive(_ visit: inout DemonstrationVisit, _ generator: inout SeededGenerator) {
        let happened = visit.occurredAt.milliseconds
        visit.receivedAt = Instant(milliseconds: happened + delay(&generator))
        switch generator.below(1000) {
        case ..<4:
            // The tablet knows that its clock is wrong.
            let offset = Int64(generator.number(in: 15...1_500)) * minute * (generator.perMille(500) ? 1 : -1)
            visit.clockOffset = Int(offset)
            visit.occurredAt = Instant(milliseconds: happened + offset)
        case ..<6:
            // It does not, and is ahead of the arrival.
            visit.occurredAt = Instant(
                milliseconds: visit.receivedAt.milliseconds + Int64(generator.number(in: 30...2_000)) * minute)
        case 6:
            if generator.perMille(300) {
                visit.occurredAt = Instant(milliseconds: forgotten + Int64(generator.below(86_400)) * 1_000)
            }
        case ..<300:
            visit.clockOffset = generator.number(in: -4_000...4_000)
        default: break
        }
    }

    private static func delay(_ generator: inout SeededGenerator) -> Int64 {
        switch generator.below(1000) {
        case ..<350: Int64(generator.number(in: 1...30)) * minute
        case ..<720: Int64(generator.number(in: 2...9)) * hour + Int64(generator.below(3_600_000))
        case ..<950: Int64(generator.number(in: 14...30)) * hour + Int64(generator.below(3_600_000))
        case ..<990: Int64(generator.number(in: 2...7)) * day + Int64(generator.below(86_400_000))
        default: Int64(generator.number(in: 10...60)) * day + Int64(generator.below(86_400_000))
        }
    }
}
