// Partners and bodies of partnerships and cards, to be changed by a test into what it is about.

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
}
