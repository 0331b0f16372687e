// Who helps whom, told in short forms for tests.

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

extension County {
    /// The name of whoever answered for a household on a day; nil for nobody.
    func responsible(_ household: Int, on day: String, knownAt: Instant? = nil) throws -> String? {
        let known = knownAt.map { "&knownAt=\($0)" } ?? ""
        return try self.as(.administrator).get(
            "/v1/households/\(Sample.id(household))/pairings?on=\(day)\(known)"
        ).json["responsible"]["cadreName"].string
    }

    /// `household helper role` of a day, as numbers of `Sample.id`, in order.
    func pairs(on day: String = County.today) throws -> [String] {
        func number(_ id: Identifier?) -> Int { id.flatMap { Int($0.description.suffix(12)) } ?? -1 }
        return try query(
            """
            SELECT h.id, p.cadre_id, EXISTS (SELECT 1 FROM responsibility r WHERE r.pairing_id = p.id
                AND r.superseded_at IS NULL AND r.valid_from <= '\(day)'
                AND (r.valid_to IS NULL OR r.valid_to > '\(day)'))
            FROM pairing p JOIN household h ON h.household_number = p.household_number
            WHERE p.first_on <= '\(day)' AND (p.end_on IS NULL OR p.end_on > '\(day)')
            """
        ) { (number($0.optionalIdentifier(0)), number($0.optionalIdentifier(1)), $0.bool(2)) }
        .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        .map { "\($0.0) \($0.1) \($0.2 ? "first" : "joint")" }
    }
}

extension JSONValue? {
    /// The numbers of `Sample.id` in a list of ids.
    var numbers: [Int] { list.map { $0.string.flatMap { Int($0.suffix(12)) } ?? -1 } }

    /// The same of a list of records that name households.
    var households: [Int] { list.map { $0["householdId"]?.string.flatMap { Int($0.suffix(12)) } ?? -1 } }
}
