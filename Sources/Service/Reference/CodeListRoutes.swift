// The code lists, for forms and for partners who map their own codes to ours.

import Domain
import HTTP1
import SQL
import Web

package enum CodeListRoutes {
    package static let all: [RouteEntry] = [
        (.get, "/v1/code-lists", Endpoint(access: .signedIn, work: .read(list)))
    ]

    /// All lists with their values; with `partner=`, also that partner's code for each value.
    private static func list(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let partner = query.string("partner", characters: 1...40)
        try query.finish()
        var theirs: [String: String] = [:]
        if let partner {
            guard let id = try PartnerStore.find(key: partner, connection) else {
                throw PartnerStore.unknown
            }
            theirs = try PartnerStore.codes(id, connection)
        }
        return try .content(json(call.register.codeLists, theirs), call)
    }

    /// - Parameter partnerCodes: by `list/code`.
    private static func json(_ codes: CodeLists, _ partnerCodes: [String: String]) -> [UInt8] {
        var json = JSONWriter(reserve: 32 << 10)
        json.object { json in
            json.key("items")
            json.array { json in
                for list in codes.lists {
                    json.object { json in
                        json.key("key")
                        json.string(list.key)
                        json.key("zh")
                        json.string(list.chinese)
                        json.key("en")
                        json.string(list.english)
                        json.key("values")
                        json.array { json in
                            for value in list.values { write(value, partnerCodes["\(list.key)/\(value.code)"], &json) }
                        }
                    }
                }
            }
        }
        return json.take()
    }

    private static func write(_ value: CodeValue, _ partnerCode: String?, _ json: inout JSONWriter) {
        json.object { json in
            json.key("code")
            json.string(value.code)
            json.key("zh")
            json.string(value.chinese)
            json.key("en")
            json.string(value.english)
            json.key("from")
            if let day = value.validFrom { json.string(day.description) } else { json.null() }
            json.key("to")
            if let day = value.validTo { json.string(day.description) } else { json.null() }
            if let partnerCode {
                json.key("partnerCode")
                json.string(partnerCode)
            }
        }
    }
}
