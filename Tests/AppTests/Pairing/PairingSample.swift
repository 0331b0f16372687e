// Households, helpers and bodies of pairings, to be changed by a test into what it is about.

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

extension Sample {
    static func path(ofPairing number: Int) -> String { "/v1/pairings/\(id(number))" }

    /// - Parameters:
    ///   - household: the number of its id.
    ///   - helper: the number of their id.
    static func pairing(
        _ household: Int, by helper: Int, _ role: String = "first-responsible", from: String = "2020-01-01"
    ) -> JSON {
        [
            "householdId": .string(id(household)), "cadreId": .string(id(helper)), "role": .string(role),
            "from": .string(from),
        ]
    }
}

extension County {
    /// Unit 401, and cadres of it who are linked to a village: 411 and 412 for five households, 413 for one; 421 for
    /// one in another village, of unit 402.
    func addHelpers() throws {
        try makeOrganization(401)
        try makeOrganization(402, Sample.organization("县水利局"))
        try addHelper(411, "张示例", rank: "section")
        try addHelper(412, "李示例", rank: "section")
        try addHelper(413, "王示例", rank: "ordinary")
        try addHelper(421, "赵示例", of: 402, rank: "ordinary", in: Place.villageB1)
    }

    /// A cadre in post since 2015.
    func addHelper(
        _ number: Int, _ name: String, of unit: Int = 401, rank: String, in village: String = Place.villageA1,
        since: String = "2015-01-01"
    ) throws {
        try makeCadre(
            number,
            Sample.cadre(name, of: unit).with([
                "rank": .string(rank), "rankFrom": .string(since), "postState": "in-post",
                "postStateFrom": .string(since), "linkedAreaCode": .string(village), "linkedFrom": .string(since),
            ]))
    }

    /// Households with numbers and archive numbers from `first` on.
    func addHouseholds(_ numbers: ClosedRange<Int>, in village: String = Place.villageA1) throws {
        for number in numbers {
            try make(number, Sample.household("H\(number)", in: village, members: [Sample.member("陈示例")]))
        }
    }

    /// Puts a pairing as the county's administrator and gives its path.
    @discardableResult
    func pair(_ number: Int, _ body: JSON) throws -> String {
        let path = Sample.path(ofPairing: number)
        let answer = try self.as(.administrator).put(path, body)
        guard answer.status == 201 else { throw ClientError(action: "pair \(answer.text)", code: CInt(answer.status)) }
        return path
    }

    /// The name of whoever answered for a household on a day; nil for nobody.
    func responsible(_ household: Int, on day: String, knownAt: Instant? = nil) throws -> String? {
        let known = knownAt.map { "&knownAt=\($0)" } ?? ""
        return try self.as(.administrator).get(
            "/v1/households/\(Sample.id(household))/pairings?on=\(day)\(known)"
        ).json["responsible"]["cadreName"].string
    }
}
