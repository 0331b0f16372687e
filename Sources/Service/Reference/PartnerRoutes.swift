// Partners: systems with their own names for our records and codes (R023). Only the mapping is kept here; their ids are
// never our keys.

import Domain
import HTTP1
import SQL
import Web

package enum PartnerRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .province)

    package static let all: [RouteEntry] = [
        (.get, "/v1/partners", Endpoint(access: .signedIn, work: .list(plan))),
        (.get, "/v1/partners/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/partners/{id}", Endpoint(access: writers, body: .json, work: .write(put))),
        (.get, "/v1/partners/{id}/codes", Endpoint(access: .signedIn, work: .read(codes))),
        (.put, "/v1/partners/{id}/codes/{list}", Endpoint(access: writers, body: .json, work: .write(putCodes))),
    ]

    private static let columns = [
        ListColumn("id", "p.id", .identifier), ListColumn("version", "p.version", .integer), ListColumn("key", "p.key"),
        ListColumn("name", "p.name"),
    ]

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let paging = Paging(&query)
        try query.finish()
        return ListPlan(
            name: "partners", columns: columns, source: "partner p", conditions: ListConditions(), order: ["p.key"],
            paging: paging)
    }

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        let id = try call.id()
        let found = try connection.first("SELECT key, name FROM partner WHERE id = $1", id) { ($0.text(0), $0.text(1)) }
        guard let (key, name) = found else { throw Problem(.notFound) }
        return try .record(json(id, key, name), version: 1, call)
    }

    /// A partner's codes, for each list that it has codes for.
    private static func codes(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        let id = try call.id()
        try PartnerStore.require(id, connection)
        var json = JSONWriter()
        json.beginObject()
        json.key("lists")
        json.beginArray()
        var list: String?
        try connection.forEach(
            "SELECT list_key, code, partner_code FROM partner_code WHERE partner_id = $1 ORDER BY list_key, code", id
        ) { row in
            if list != row.text(0) {
                if list != nil {
                    json.endArray()
                    json.endObject()
                }
                list = row.text(0)
                json.beginObject()
                json.key("key")
                json.string(row.text(0))
                json.key("values")
                json.beginArray()
            }
            json.object { json in
                json.key("code")
                json.string(utf8: row.utf8(1))
                json.key("partnerCode")
                json.string(utf8: row.utf8(2))
            }
        }
        if list != nil {
            json.endArray()
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return try .content(json.take(), call)
    }

    private static func put(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        var body = ObjectReader(try call.document().root)
        let key = body.value("key", placeholder: "") { text throws(FieldError) in
            guard (1...40).contains(text.utf8.count), text.utf8.first.map({ (97...122).contains($0) }) == true,
                text.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 })
            else {
                throw FieldError(
                    .malformed, zh: "应为小写字母开头的字母、数字和连字符",
                    en: "lower-case letters, digits and hyphens are expected, beginning with a letter")
            }
            return text
        }
        let name = body.name("name", characters: 1...100)
        try body.finish()
        return { transaction in
            let connection = transaction.connection
            let existing = try connection.first("SELECT key, name FROM partner WHERE id = $1", id) {
                ($0.text(0), $0.text(1))
            }
            if let existing, existing != (key, name) { throw Problem(.conflictingContent) }
            let content = json(id, key, name)
            if existing == nil {
                if try PartnerStore.find(key: key, connection) != nil {
                    throw Problem(
                        .conflict,
                        errors: [FieldError(pointer: "/key", .keyTaken)])
                }
                try connection.run(
                    "INSERT INTO partner (id, key, name, version) VALUES ($1, $2, $3, 1)", id, key, name)
                try transaction.audit("create", .partner, id, after: content)
                try transaction.change(.create, .partner, id, version: 1, to: nil)
            }
            var response = Response.record(existing == nil ? 201 : 200, content, version: 1)
            if existing != nil { response.add("Idempotency-Replayed", "true") }
            return response
        }
    }

    private static func json(_ id: Identifier, _ key: String, _ name: String) -> [UInt8] {
        var json = JSONWriter(reserve: 128)
        json.object { json in
            json.key("id")
            json.string(id.description)
            json.key("version")
            json.integer(1)
            json.key("key")
            json.string(key)
            json.key("name")
            json.string(name)
        }
        return json.take()
    }

    /// Replaces a partner's codes for the values of one list: `{"values": [{"code": …, "partnerCode": …}]}`.
    private static func putCodes(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        guard let list = CodeListKey(rawValue: call.parameters[1]) else { throw Problem(.notFound) }
        let codes = call.register.codeLists
        var body = ObjectReader(try call.document().root)
        let values = body.array("values", count: 0...500) { item in
            (
                code: item.value("code", placeholder: "") { text throws(FieldError) in
                    try codes.known(text, in: list)
                },
                partnerCode: item.name("partnerCode", characters: 1...60, as: .prose)
            )
        }
        for (index, value) in values.enumerated() {
            let before = values[..<index]
            if before.contains(where: { $0.code == value.code || $0.partnerCode == value.partnerCode }) {
                body.report("/values/\(index)", .repeated)
            }
        }
        try body.finish()
        return { transaction in
            let connection = transaction.connection
            try PartnerStore.require(id, connection)
            try connection.run(
                "DELETE FROM partner_code WHERE partner_id = $1 AND list_key = $2", id, list.rawValue)
            var json = JSONWriter()
            try json.object { json in
                json.key("values")
                try json.array { json in
                    for value in values {
                        try connection.run(
                            "INSERT INTO partner_code (partner_id, list_key, partner_code, code) "
                                + "VALUES ($1, $2, $3, $4)",
                            id, list.rawValue, value.partnerCode, value.code)
                        json.object { json in
                            json.key("code")
                            json.string(value.code)
                            json.key("partnerCode")
                            json.string(value.partnerCode)
                        }
                    }
                }
            }
            let content = json.take()
            try transaction.audit("map-codes", .partner, id, after: content)
            return .json(200, content)
        }
    }
}
