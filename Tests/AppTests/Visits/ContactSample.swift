// Contacts written as a visit is, and duties told as a person would say them.

@testable import Contact
@testable import Domain
@testable import SQL
@testable import Web

extension County {
    /// States that the county owes no visit on any festival, for tests that are about calls and visits of the calendar.
    func oweNoFestivals() throws {
        let answer = try self.as(.administrator).put(
            "/v1/parameters/\(Sample.id(6_999))",
            [
                "key": "occasion.festivals", "value": ["none"], "unit": "codes", "areaCode": .string(Place.county),
                "from": "2000-01-02",
            ])
        guard answer.status == 201 else { throw ClientError(action: answer.text, code: CInt(answer.status)) }
    }

    /// A contact of a household that counts on a day.
    ///
    /// - Parameters:
    ///   - household: the number of its id.
    ///   - author: the number of a cadre's id; nil for nobody.
    @discardableResult
    func contact(
        _ kind: String, _ household: Int, on day: String, by author: Int? = nil, naming occasions: [String] = []
    ) throws -> Identifier {
        let id = Sample.id(50_000 + (try count("visit")))
        let body: JSON = [
            "householdId": .string(Sample.id(household)), "kind": .string(kind),
            "occurredAt": .string("\(day)T04:00:00Z"), "cadreId": author.map { .string(Sample.id($0)) } ?? .omitted,
            "occasions": occasions.isEmpty ? .omitted : .array(occasions.map { .string($0) }),
        ]
        let answer = try self.as(.administrator).put("/v1/visits/\(id)", body)
        guard answer.status == 201 else { throw ClientError(action: answer.text, code: CInt(answer.status)) }
        return try required(Identifier(id))
    }

    /// What is kept of duties and is not so.
    func contactFaults() throws -> [String] {
        let reader = try register.database.makeReader()
        defer { reader.close() }
        return try ContactCheck.faults(reader, max: 20).flatMap(\.faults)
    }

    /// Takes a contact back, as a correction does.
    func retract(_ id: Identifier) throws {
        let session = try self.as(.administrator)
        let stored = try session.get("/v1/visits/\(id)").json
        let answer = try session.put(
            "/v1/visits/\(Sample.id(50_000 + (try count("visit"))))",
            [
                "householdId": .string(try required(stored["householdId"].string)),
                "kind": .string(try required(stored["kind"].string)),
                "occurredAt": .string(try required(stored["occurredAt"].string)),
                "correctsVisitId": .string(id.description), "isRetraction": true,
            ])
        guard answer.status == 201 else { throw ClientError(action: answer.text, code: CInt(answer.status)) }
    }

    /// `visit 2026-01-01/2026-03-31 overdue 12`: kind, period, state, days overdue or the day on which it was done.
    ///
    /// - Parameter query: without the question mark.
    func duties(_ query: String, as person: Person = .administrator) throws -> [String] {
        try self.as(person).walk("/v1/contact-duties?limit=500&\(query)").map { item in
            let days = item["overdueDays"]?.integer ?? 0
            return [
                item["kind"]?.string, item["subject"]?.string,
                "\(item["from"]?.string ?? "")/\(item["to"]?.string ?? "")", item["state"]?.string,
                days > 0 ? "\(days)" : nil, item["doneOn"]?.string,
            ].compactMap(\.self).joined(separator: " ")
        }
    }
}
