// Partners, pairings and bodies of partnerships and cards, to be changed by a test into what it is about.

@testable import App
@testable import Domain
@testable import SQL

extension Sample {
    static func partnership(_ kind: String, _ parties: KeyValuePairs<String, JSON>, from: String = "2016-03-01") -> JSON
    {
        JSON.object([("kind", .string(kind)), ("from", .string(from))]).with(parties)
    }

    static func path(ofPartnership number: Int) -> String { "/v1/partnerships/\(id(number))" }
}

extension County {
    /// A partner of another kind than a state organ.
    @discardableResult
    func addPartner(
        _ number: Int, _ name: String, kind: String = "private-enterprise", in place: String = Place.county
    ) throws -> String {
        try makeOrganization(number, Sample.organization(name, at: place).with(["kind": .string(kind)]))
        return Sample.id(number)
    }

    /// A cadre helps a household, which they may whatever their rank is.
    func pair(
        _ number: Int, household: Int, cadre: Int, village: String = Place.villageA1, from: String = "2016-01-01",
        to end: String? = nil, responsible: Bool = true
    ) throws {
        let ids = try [number, household, cadre].map { try required(Identifier(Sample.id($0))) }
        let code = try required(AreaCode(village))
        let first = try required(CivilDate(from))
        let last = end.flatMap { CivilDate($0) }
        try register.perform { transaction in
            let connection = transaction.connection
            try connection.run(
                """
                INSERT INTO cadre_capacity (cadre_id, valid_from, quota, division_id)
                SELECT $1, '2000-01-01', 8, id FROM division WHERE code = $2
                ON CONFLICT (cadre_id, valid_from) DO NOTHING
                """, ids[2], code)
            let found = try connection.first("SELECT household_number, area_code FROM household WHERE id = $1", ids[1])
            { ($0.int64(0), $0.int64(1)) }
            let (household, areaCode) = try required(found)
            try PairingStore.begin(
                NewPairing(
                    id: ids[0], householdNumber: household, areaCode: areaCode, cadreId: ids[2],
                    isResponsible: responsible, first: first, end: last, reason: nil, isPinned: false, origin: .person,
                    contentHash: nil), transaction)
        }
    }

    /// Ends a pairing.
    func unpair(_ number: Int, on day: String, reason: String = "replaced") throws {
        let id = try required(Identifier(Sample.id(number)))
        let day = try required(CivilDate(day))
        try register.perform { transaction in
            let stored = try required(PairingTable.find(id, transaction.connection))
            try PairingStore.end(stored, on: day, reason: reason, transaction)
        }
    }
}
