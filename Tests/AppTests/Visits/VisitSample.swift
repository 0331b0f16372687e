// Bodies of visits that are in order, and a county in which they can be recorded.

import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

extension Sample {
    /// A visit of a household of `County.makeThree` the day before the tests' day.
    static func visit(_ household: Int = 1, kind: String = "home-visit", at time: String = "2026-03-01T02:00:00.000Z")
        -> JSON
    {
        [
            "householdId": .string(id(household)), "kind": .string(kind), "occurredAt": .string(time),
        ]
    }

    static func path(ofVisit number: Int) -> String { "/v1/visits/\(id(number))" }
}

extension County {
    /// Three households, and two helpers: 21 of household 1, 22 of household 3.
    func makeVisited() throws {
        try makeThree()
        try makeOrganization()
        try makeCadre(21)
        try makeCadre(22, at: Place.villageB1)
        try help(1, by: 21)
        try help(3, by: 22)
    }

    /// Puts a visit that must be new.
    @discardableResult
    func visit(_ number: Int, _ body: JSON = Sample.visit(), as person: Person = .administrator) throws -> Answer {
        let answer = try self.as(person).put(Sample.path(ofVisit: number), body)
        guard answer.status == 201 else { throw ClientError(action: "visit \(answer.text)", code: CInt(answer.status)) }
        return answer
    }

    /// The number of `Sample.id` of each visit in a list.
    func visits(_ query: String, as person: Person = .administrator) throws -> [Int] {
        let answer = try self.as(person).get("/v1/visits?\(query)")
        guard answer.status == 200 else {
            throw ClientError(action: "visits \(answer.text)", code: CInt(answer.status))
        }
        return answer.items.map { $0["id"]?.string.flatMap { Int($0.suffix(12)) } ?? -1 }
    }

    /// Moves a household to another village from today on.
    func move(_ household: Int, to village: String, version: Int = 1) throws {
        let answer = try self.as(.administrator).patch(
            "/v1/households/\(Sample.id(household))", version: version, ["villageCode": .string(village)])
        guard answer.status == 200 else { throw ClientError(action: "move \(answer.text)", code: CInt(answer.status)) }
    }

    /// Moves a user to another division now.
    func move(_ person: Person, to division: String) throws {
        let users = try self.as(.administrator).get("/v1/users")
        let user = try required(users.items.first { $0["name"]?.string == person.rawValue })
        let answer = try self.as(.administrator).patch(
            "/v1/users/\(user["id"].string ?? "")", version: user["version"].integer,
            ["areaCode": .string(division)])
        guard answer.status == 200 else { throw ClientError(action: "move \(answer.text)", code: CInt(answer.status)) }
    }
}
