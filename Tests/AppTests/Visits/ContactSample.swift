// Contacts written as a visit is, and duties told as a person would say them.

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

extension County {
    /// States that the county owes no visit on any festival, for tests that are about calls and visits of the calendar.
    func oweNoFestivals() throws {
        let answer = try self.as(.administrator).put(
            "/v1/parameters/\(Sample.id(6_999))",
            [
                "key": "occasion.festivals", "value": ["none"], "unit": "codes", "area": .string(Place.county),
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
        let day = try required(CivilDate(day))
        let household = try required(Identifier(Sample.id(household)))
        let author = try author.map { try required(Identifier(Sample.id($0))) }
        return try register.perform { transaction in
            let connection = transaction.connection
            let place = try connection.first(
                "SELECT household_number, area_code FROM household WHERE id = $1", household
            ) { ($0.int64(0), $0.int64(1)) }
            let (number, area) = try required(place)
            let id = transaction.newId()
            let next = try required(
                connection.first("SELECT coalesce(max(visit_number), 0) + 1 FROM visit") { $0.int64(0) })
            try connection.run(
                """
                INSERT INTO visit (visit_number, id, version, household_number, area_code, kind, author_id, occurred_at,
                    received_at, counted_on, is_counted, flags, is_retraction, content_hash)
                VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $7, $8, 1, '', 0, $9)
                """, next, id, number, area, kind, author, transaction.now.milliseconds, day,
                [UInt8](repeating: 1, count: 32))
            for code in occasions {
                try connection.run(
                    "INSERT INTO visit_mark (visit_number, list_key, code) VALUES ($1, 'visit-occasion', $2)", next,
                    code)
            }
            transaction.contacts.touch(contactsOf: number, on: day)
            if let author { transaction.contacts.touch(cadre: author) }
            return id
        }
    }

    /// Takes a contact back, as a correction does.
    func retract(_ id: Identifier) throws {
        try register.perform { transaction in
            let found = try transaction.connection.first(
                "SELECT household_number, counted_on, author_id FROM visit WHERE id = $1", id
            ) { ($0.int64(0), try $0.date(1), $0.optionalIdentifier(2)) }
            let (number, day, author) = try required(found)
            try transaction.connection.run("UPDATE visit SET is_counted = 0, version = 2 WHERE id = $1", id)
            transaction.contacts.touch(contactsOf: number, on: day)
            if let author { transaction.contacts.touch(cadre: author) }
        }
    }

    /// `visit 2026-01-01/2026-03-31 overdue 12`: kind, period, state, days overdue or the day on which it was done.
    ///
    /// - Parameter query: without the question mark.
    func duties(_ query: String, as person: Person = .administrator) throws -> [String] {
        try self.as(person).walk("/v1/contact-duties?limit=500&\(query)").map { item in
            let days = item["overdueDays"]?.integer ?? 0
            return [
                item["kind"]?.string, item["subject"]?.string,
                "\(item["periodStart"]?.string ?? "")/\(item["periodEnd"]?.string ?? "")", item["state"]?.string,
                days > 0 ? "\(days)" : nil, item["doneOn"]?.string, item["isLate"]?.boolean == true ? "late" : nil,
            ].compactMap(\.self).joined(separator: " ")
        }
    }
}
