// Finding somebody by a number that they name themselves (identity number, phone): exactly, by its keyed hash, for
// users with the right `find-by-number`. The number comes in a body, never in an address, which stands in the logs of
// others; the trail says who asked, by which mask, and who was found. It deliberately knows no part of a number.

import Domain
import HTTP1
import SQL
import Service
import Web

/// A number by which somebody is looked for.
package struct NumberSearch: Sendable {
    package enum Field: String, Sendable { case identityNumber, phone }

    /// Records of one answer: a number that more share is no way to find anybody.
    package static let itemsMax = 100

    package let field: Field
    package let hash: [UInt8]
    private let mask: String

    /// Reads the fields of a body of which one is a number. What is wrong is recorded in the reader.
    ///
    /// - Returns: every number that was given.
    package static func read(_ body: inout ObjectReader, on today: CivilDate, _ keys: KeyRing) -> [NumberSearch] {
        let identity = body.optionalValue("identityNumber") { text throws(FieldError) in
            try self.identity(text, on: today, keys)
        }
        let phone = body.optionalValue("phone") { text throws(FieldError) in try self.phone(text, keys) }
        return [identity, phone].compactMap(\.self)
    }

    private static func phone(_ text: String, _ keys: KeyRing) throws(FieldError) -> NumberSearch {
        guard let digits = try FieldText.phone(text) else { throw FieldError(.placeholder) }
        return NumberSearch(
            field: .phone, hash: keys.hash(digits.utf8, purpose: "phone"), mask: NumberMask.phone(digits))
    }

    /// A number that cannot be verified is kept as it was written, and is found so.
    private static func identity(
        _ text: String, on today: CivilDate, _ keys: KeyRing
    ) throws(FieldError) -> NumberSearch {
        let reading = IdentityNumber.parse(text, on: today)
        if reading.problem == .missing { throw FieldError(.placeholder) }
        if let problem = reading.problem, problem.isRefused { throw FieldError(problem) }
        return NumberSearch(
            field: .identityNumber,
            hash: keys.hash((reading.number?.person ?? reading.normalised).utf8, purpose: "identity"),
            mask: reading.mask)
    }

    /// - Throws: 403 for users without the right.
    package static func requireRight(_ user: Identifier, _ connection: Connection) throws {
        guard try AccessStore.holds(.findByNumber, user, connection) else {
            throw Problem(
                .rightNeeded,
                detail: Message(
                    zh: "按证件号码或电话查找需要权限 find-by-number",
                    en: "finding people by their numbers needs the right find-by-number"))
        }
    }

    /// Leaves an event of whoever asked, also where nobody was found.
    package func audit(_ found: [Identifier], of entity: Entity, by user: Identifier, _ transaction: Transaction) throws
    {
        var json = JSONWriter()
        json.object { json in
            json.key("entity")
            json.string(entity.rawValue)
            json.key("by")
            json.string(field.rawValue)
            json.key("mask")
            json.string(mask)
            json.key("found")
            json.array { json in for id in found { json.string(id.description) } }
        }
        try transaction.audit("find-by-number", .user, user, after: json.take())
    }

    /// The records of a plan as JSON, with how many there are, and their ids.
    package static func answer(
        _ plan: ListPlan, _ connection: Connection
    ) throws -> (response: Response, found: [Identifier]) {
        let rows = plan.rows(after: nil, limit: itemsMax)
        let village = plan.villageColumn
        var found: [Identifier] = []
        var json = JSONWriter(reserve: 1_024)
        json.beginObject()
        json.key("items")
        json.beginArray()
        try connection.forEach(rows.sql, values: rows.values) { row in
            if let village { try plan.villages?.enter(row, village) }
            found.append(try row.identifier(0))
            json.beginObject()
            ListAnswer.writeMembers(row, plan.columns, &json, plan.villages)
            json.endObject()
        }
        json.endArray()
        json.key("total")
        let total = plan.count
        json.integer(try connection.first(total.sql, values: total.values) { $0.int(0) } ?? 0)
        json.endObject()
        return (.json(200, json.take()), found)
    }
}
