// The one way in which tests make what others need: a household, a unit, a cadre, a pairing. What a test is about it
// makes itself, over the API.

@testable import Domain
@testable import Pairing
@testable import SQL
@testable import Web

extension Sample {
    static func organization(_ name: String, at area: String = Place.county) -> JSON {
        ["areaCode": .string(area), "name": .string(name), "kind": "state-organ", "level": "county"]
    }

    /// - Parameter organization: the number of its id.
    static func cadre(_ name: String, of organization: Int = 1) -> JSON {
        ["organizationId": .string(id(organization)), "name": .string(name), "sex": "male", "line": "economic"]
    }

    /// - Parameters:
    ///   - household: the number of its id.
    ///   - cadre: the number of theirs.
    static func pairing(
        _ household: Int, by cadre: Int, _ role: String = "first-responsible", from: String = "2020-01-01"
    ) -> JSON {
        [
            "householdId": .string(id(household)), "cadreId": .string(id(cadre)), "role": .string(role),
            "from": .string(from),
        ]
    }

    static func path(ofPairing number: Int) -> String { "/v1/pairings/\(id(number))" }
}

extension JSON {
    /// The body of a cadre with rank and link from a day on, who may carry what the defaults say.
    func ranked(_ rank: String, at area: String = Place.villageA1, since: String = "2020-01-01") -> JSON {
        with([
            "rank": .string(rank), "rankFrom": .string(since), "linkedAreaCode": .string(area),
            "linkedFrom": .string(since), "effectiveOn": .string(since),
        ])
    }
}

extension County {
    /// Puts what must be new as the county's administrator and gives its path.
    private func put(_ path: String, _ body: JSON) throws -> String {
        let answer = try self.as(.administrator).put(path, body)
        guard answer.status == 201 else { throw ClientError(action: "put \(answer.text)", code: CInt(answer.status)) }
        return path
    }

    // MARK: Households

    @discardableResult
    func make(_ number: Int, _ body: JSON) throws -> String { try put("/v1/households/\(Sample.id(number))", body) }

    /// A household in each of three villages: A1 (number 1), A2 (2) and B1 (3).
    func makeThree() throws {
        for (number, village) in [(1, Place.villageA1), (2, Place.villageA2), (3, Place.villageB1)] {
            try make(
                number,
                Sample.household(
                    "H\(number)", in: village, members: [Sample.member("陈示例", id: Sample.id(100 + number))]))
        }
    }

    /// Households with numbers and archive numbers from `first` on.
    func addHouseholds(_ numbers: ClosedRange<Int>, in village: String = Place.villageA1) throws {
        for number in numbers {
            try make(number, Sample.household("H\(number)", in: village, members: [Sample.member("陈示例")]))
        }
    }

    // MARK: Units and cadres

    @discardableResult
    func makeOrganization(_ number: Int = 1, _ body: JSON = Sample.organization("县农业局")) throws -> String {
        try put("/v1/organizations/\(Sample.id(number))", body)
    }

    @discardableResult
    func makeCadre(_ number: Int, _ body: JSON) throws -> String { try put("/v1/cadres/\(Sample.id(number))", body) }

    /// A cadre who may carry households, with their unit where it is not there yet.
    @discardableResult
    func makeCadre(
        _ number: Int, _ rank: String = "ordinary", at area: String = Place.villageA1, of organization: Int = 1,
        since: String = "2020-01-01", named name: String? = nil
    ) throws -> String {
        let unit = "/v1/organizations/\(Sample.id(organization))"
        if try self.as(.administrator).get(unit).status == 404 {
            try makeOrganization(organization, Sample.organization("单位\(organization)"))
        }
        return try makeCadre(
            number,
            Sample.cadre(name ?? "干部\(number)", of: organization).ranked(rank, at: area, since: since))
    }

    /// Unit 401, and cadres of it who are linked to a village: 411 and 412 for five households, 413 for one; 421 for
    /// one in another village, of unit 402.
    func addHelpers() throws {
        try makeOrganization(401)
        try makeOrganization(402, Sample.organization("县水利局"))
        try makeCadre(411, "section", of: 401, since: "2015-01-01", named: "张示例")
        try makeCadre(412, "section", of: 401, since: "2015-01-01", named: "李示例")
        try makeCadre(413, of: 401, since: "2015-01-01", named: "王示例")
        try makeCadre(421, at: Place.villageB1, of: 402, since: "2015-01-01", named: "赵示例")
    }

    // MARK: Pairings

    /// Puts a pairing as the county's administrator and gives its path.
    @discardableResult
    func pair(_ number: Int, _ body: JSON) throws -> String { try put(Sample.path(ofPairing: number), body) }

    /// A cadre helps a household, whatever the rules of the route say.
    ///
    /// - Parameter number: of the pairing's id; nil for any.
    /// - Returns: the pairing's id.
    @discardableResult
    func help(
        _ household: Int, by cadre: Int, as number: Int? = nil, isResponsible: Bool = true, from: String = "2026-01-01",
        to: String? = nil, isPinned: Bool = false
    ) throws -> Identifier {
        let householdId = try required(Identifier(Sample.id(household)))
        let cadreId = try required(Identifier(Sample.id(cadre)))
        let first = try required(CivilDate(from))
        let end = try to.map { try required(CivilDate($0)) }
        return try register.perform { transaction in
            let found = try transaction.connection.first(
                "SELECT household_number, area_code FROM household WHERE id = $1", householdId
            ) { ($0.int64(0), $0.int64(1)) }
            let (householdNumber, areaCode) = try required(found)
            let id = try number.map { try required(Identifier(Sample.id($0))) } ?? transaction.newId()
            try PairingStore.begin(
                NewPairing(
                    id: id, householdNumber: householdNumber, areaCode: areaCode, cadreId: cadreId,
                    isResponsible: isResponsible, first: first, end: end, reason: nil, isPinned: isPinned,
                    origin: .person, contentHash: nil), transaction)
            return id
        }
    }

    /// A county in which cadre 11, of organization 1, answers for the households 1 to `count` of village A1.
    static func helped(
        _ count: Int = 2, by rank: String = "section", at area: String = Place.villageA1
    ) throws -> County {
        let county = try County()
        try county.makeOrganization(1)
        for number in 1...count { try county.make(number, Sample.household("H\(number)")) }
        try county.makeCadre(11, rank, at: area)
        for number in 1...count { try county.help(number, by: 11) }
        return county
    }

    /// Ends a pairing without a route.
    func endPairing(_ id: Identifier, on day: String, reason: String = "replaced") throws {
        let day = try required(CivilDate(day))
        try register.perform { transaction in
            let stored = try required(PairingTable.find(id, transaction.connection))
            try PairingStore.end(stored, on: day, reason: reason, transaction)
        }
    }

    // MARK: What no door of the service does

    /// Changes what was set up in a way that no door of the service would.
    func alter(_ sql: String) throws { try register.perform { _ = try $0.connection.run(sql) } }
}
