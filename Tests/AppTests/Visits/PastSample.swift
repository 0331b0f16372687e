// A county whose villages and towns are going to merge, for tests that look back.

@testable import Domain

extension County {
    /// Households 1 and 2 in A1, 3 in A2, each with a helper since January 2026: 11 of A1, 13 of all of town A, 12 of
    /// A2. On 2 March, the day on which it begins, all are visited. Nothing is owed at festivals.
    static func inTownA() throws -> County {
        let county = try County()
        try county.oweNoFestivals()
        for (number, village) in [(1, Place.villageA1), (2, Place.villageA1), (3, Place.villageA2)] {
            try county.make(number, Sample.household("H\(number)", in: village))
        }
        try county.makeCadre(11, "ordinary", at: Place.villageA1)
        try county.makeCadre(12, "middle", at: Place.villageA2)
        try county.makeCadre(13, "division", at: Place.townA)
        for (number, cadre) in [(1, 11), (2, 13), (3, 12)] { try county.help(number, by: cadre, from: "2026-01-10") }
        for number in 1...3 { try county.contact("home-visit", number, on: County.today, by: 10 + number) }
        return county
    }
}
