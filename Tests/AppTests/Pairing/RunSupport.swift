// A county with cadres who may carry households, and runs from asking to approval.

import Glibc
import Testing

@testable import Domain
@testable import Service
@testable import Web

extension County {
    /// `household helper role` of everybody who helps on a day, by number of the samples.
    func helpers(on day: String = County.today) throws -> [String] {
        let pairs = try query(
            """
            SELECT h.id, p.cadre_id, EXISTS (SELECT 1 FROM responsibility r WHERE r.pairing_id = p.id
                AND r.superseded_at IS NULL AND r.valid_from <= '\(day)'
                AND (r.valid_to IS NULL OR r.valid_to > '\(day)'))
            FROM pairing p JOIN household h ON h.household_number = p.household_number
            WHERE p.first_on <= '\(day)' AND (p.end_on IS NULL OR p.end_on > '\(day)') ORDER BY h.id, p.cadre_id
            """
        ) { (try $0.identifier(0), try $0.identifier(1), $0.bool(2)) }
        return pairs.map { "\(Sample.number($0.0)) \(Sample.number($0.1))\($0.2 ? " first" : "")" }
    }

    /// Another administrator of the county.
    func otherAdministrator() throws -> Session { try with(token: administratorToken()) }

    /// The token of a new administrator of the county.
    func administratorToken() throws -> String {
        try register.perform { transaction in
            let user = try AccessStore.addUser(
                name: "另一位", role: Role.countyAdministrator.rawValue, division: Place.county, transaction)
            return try AccessStore.createToken(user: user, device: "desk", days: 30, transaction).text
        }
    }
}

extension Sample {
    /// The number of a sample's id.
    static func number(_ id: Identifier) -> Int { Int(id.description.suffix(12)) ?? -1 }
}

extension Session {
    /// Asks for a run and waits until it has ended.
    @discardableResult
    func pairingRun(
        _ number: Int, _ area: String = Place.county, on day: String = County.today, _ options: JSON = .omitted
    ) throws -> JSONValue? {
        let path = "/v1/pairing-runs/\(Sample.id(number))"
        let answer = try put(path, ["areaCode": .string(area), "on": .string(day), "options": options])
        guard answer.status == 202 else {
            throw ClientError(action: "run \(answer.text)", code: CInt(answer.status))
        }
        for _ in 0..<60_000 {
            let run = try get(path).json
            if let state = run["state"].string, state != "queued", state != "running" { return run }
            usleep(1_000)
        }
        throw ClientError(action: "the run does not end", code: 0)
    }

    /// `household helper role action` of a run's proposals, and with their reasons.
    func proposals(_ number: Int, reasons: Bool = false) throws -> [String] {
        try walk("/v1/pairing-runs/\(Sample.id(number))/proposals?limit=1000").map { item in
            let ids = try ["householdId", "cadreId"].map {
                "\(Sample.number(try required(Identifier(required(item[$0]?.string)))))"
            }
            let texts = ids + ["role", "action"].compactMap { item[$0]?.string }
            let why = reasons ? item["reasons"].list.compactMap(\.string) : []
            return (texts + why).joined(separator: " ")
        }.sorted()
    }

    func approve(_ number: Int, _ body: JSON = [:]) throws -> Answer {
        try post("/v1/pairing-runs/\(Sample.id(number))/approval", body)
    }
}
