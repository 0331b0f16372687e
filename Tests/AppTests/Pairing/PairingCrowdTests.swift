// Many people at once: pairing, handing over, making runs and approving them. Whatever the order in which the writer
// takes them, no quota and no rule is broken.

import Testing

@testable import App
@testable import Domain
@testable import Web

@Suite("Pairings of many clients")
struct PairingCrowdTests {
    @Test("runs, approvals, handovers and pairings side by side never break a quota")
    func crowd() throws {
        let county = try County()
        for number in 1...24 {
            try county.make(
                number, Sample.household("H\(number)", in: number % 2 == 0 ? Place.villageA1 : Place.villageA2))
        }
        let ranks: [CadreRank] = [.ordinary, .middle, .deputySection, .division]
        for number in 31...42 {
            let rank = ranks[number % 4]
            try county.makeCadre(
                number, rank.rawValue,
                at: rank == .division ? Place.townA : number % 8 < 4 ? Place.villageA1 : Place.villageA2,
                of: 1 + number % 3)
        }
        let token = try county.administratorToken()
        let statuses = try Parallel.map(8) { client in
            let session = try county.with(token: token)
            let other = try county.otherAdministrator()
            var chance = SeededGenerator(seed: UInt64(client))
            return try (0..<24).map { step in
                let id = 1_000 * (client + 1) + step
                switch client {
                case 0, 1:
                    let run = try session.pairingRun(id, Place.townA)
                    guard run["state"].string == "draft" else { return 409 }
                    return try other.approve(id).status
                case 2:
                    return try session.put(
                        "/v1/handovers/\(Sample.id(id))",
                        ["cadreId": .string(Sample.id(31 + chance.below(12))), "reason": "over-quota"]
                    ).status
                default:
                    return try session.put(
                        Sample.path(ofPairing: id),
                        Sample.pairing(
                            1 + chance.below(24), by: 31 + chance.below(12),
                            chance.below(2) == 0 ? "first-responsible" : "joint", from: County.today
                        ).with(["reason": "就近"])
                    ).status
                }
            }
        }.flatMap(\.self)
        #expect(Set(statuses).isSubset(of: [200, 201, 409, 422]), "\(Set(statuses))")
        #expect(statuses.contains(200))
        #expect(statuses.contains(201))
        #expect(statuses.contains(409))
        #expect(try county.query("SELECT count(*) FROM pairing_overload") { $0.int(0) } == [0])
        #expect(try county.query("SELECT count(*) FROM pairing_outside") { $0.int(0) } == [0])
        #expect(try county.faults() == [])
    }
}
