// Cadres with a quota, and pairings, made the short way for tests that are about what follows from them.

import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

extension County {
    /// A cadre with rank and link since 2020, who may carry what the defaults say.
    @discardableResult
    func makeHelper(
        _ number: Int, _ rank: String = "ordinary", at area: String = Place.villageA1, of organization: Int = 1,
        since: String = "2020-01-01"
    ) throws -> String {
        try makeCadre(
            number,
            Sample.cadre("干部\(number)", of: organization).with([
                "rank": .string(rank), "rankFrom": .string(since), "linkedAreaCode": .string(area),
                "linkedFrom": .string(since), "effectiveOn": .string(since),
            ]))
    }

    /// Pairs a household with a cadre, without a route.
    ///
    /// - Returns: the pairing's id.
    @discardableResult
    func help(
        _ household: Int, by cadre: Int, isResponsible: Bool = true, from: String = "2026-01-01", to: String? = nil,
        isPinned: Bool = false
    ) throws -> Identifier {
        let householdId = try required(Identifier(Sample.id(household)))
        let cadreId = try required(Identifier(Sample.id(cadre)))
        let first = try required(CivilDate(from))
        let end = try to.map { try required(CivilDate($0)) }
        return try register.perform { transaction in
            let found = try transaction.connection.first(
                "SELECT household_number, area_code FROM household WHERE id = $1", householdId
            ) { ($0.int64(0), $0.int64(1)) }
            let (number, areaCode) = try required(found)
            let id = transaction.newId()
            try PairingStore.begin(
                NewPairing(
                    id: id, householdNumber: number, areaCode: areaCode, cadreId: cadreId,
                    isResponsible: isResponsible, first: first, end: end, reason: nil, isPinned: isPinned,
                    origin: .person, contentHash: nil), transaction)
            return id
        }
    }

    /// Ends a pairing without a route.
    func endPairing(_ id: Identifier, on day: String, reason: String = "replaced") throws {
        let day = try required(CivilDate(day))
        try register.perform { transaction in
            let stored = try required(PairingTable.find(id, transaction.connection))
            try PairingStore.end(stored, on: day, reason: reason, transaction)
        }
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
}
