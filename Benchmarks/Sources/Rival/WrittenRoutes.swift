// Answers written by hand: one read of the pool for token and record, cached statements, rows straight into the buffer.

import Crypto
import Foundation
import GRDB
import Hummingbird

struct WrittenRoutes {
    let pool: DatabasePool
    let cursors: CursorSealer

    func add(to group: RouterGroup<RivalContext>) {
        group.get("households/{id}") { request, context in
            let token = try Caller.token(request)
            guard let id = UUID(uuidString: try context.parameters.require("id")) else { throw HTTPError(.notFound) }
            let (body, version) = try await pool.read { db in try household(id, token, db) }
            return Self.response(body, [.eTag: "\"v\(version)-\(Self.digest(body))\""])
        }
        group.get("households") { request, _ in
            let token = try Caller.token(request)
            let attribute = try request.uri.queryParameters.require("attribute")
            let limit = try request.uri.queryParameters.require("limit", as: Int.self)
            let (body, next) = try await pool.read { db in try page(String(attribute), limit, token, db) }
            let link = next.map {
                "<\(request.uri.path)?attribute=\(attribute)&limit=\(limit)&after=\($0)>; rel=\"next\""
            }
            return Self.response(body, link.map { [.linkField: $0] } ?? [:])
        }
    }

    /// The service's digest of all that an answer shows.
    private static func digest(_ body: ByteBuffer) -> String {
        body.withUnsafeReadableBytes { bytes in
            SHA256.hash(data: bytes).prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    private static func response(_ body: ByteBuffer, _ fields: HTTPFields) -> Response {
        var headers = fields
        headers[.contentType] = "application/json"
        headers[.cacheControl] = "no-store"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    private func caller(_ token: Substring, _ db: Database) throws -> Caller {
        guard let caller = try Caller.find(token, db) else { throw HTTPError(.unauthorized) }
        return caller
    }

    private func household(_ id: UUID, _ token: Substring, _ db: Database) throws -> (ByteBuffer, Int64) {
        let caller = try caller(token, db)
        let bytes = withUnsafeBytes(of: id.uuid) { Data($0) }
        guard
            let head = try Row.fetchOne(
                try db.cachedStatement(sql: Questions.head), arguments: [bytes, caller.first, caller.last])
        else { throw HTTPError(.notFound) }
        let number: Int64 = head[0]
        var json = JSONText()
        let households = try Row.fetchCursor(try db.cachedStatement(sql: Questions.household), arguments: [number])
        while let row = try households.next() { facts(row, &json) }
        json.raw(",\"members\":[")
        let members = try Row.fetchCursor(try db.cachedStatement(sql: Questions.members), arguments: [number])
        var isFirst = true
        while let row = try members.next() {
            json.raw(isFirst ? "{" : ",{")
            isFirst = false
            member(row, &json)
        }
        json.raw("]}")
        return (json.buffer, head[1])
    }

    private func facts(_ row: Row, _ json: inout JSONText) {
        json.raw("{\"id\":")
        json.identifier(row[0])
        json.raw(",\"version\":")
        json.integer(row[1])
        json.text(",\"archiveNumber\":", row[5])
        json.code(",\"villageCode\":", row[3])
        json.text(",\"villageName\":", row[21])
        json.text(",\"townName\":", row[22])
        json.text(",\"groupName\":", row[4])
        json.text(",\"state\":", row[6])
        json.text(",\"stateSince\":", row[7])
        json.text(",\"attribute\":", row[8])
        json.text(",\"identificationStandard\":", row[9])
        json.text(",\"mainCause\":", row[10])
        json.causes(row[11], row[12])
        json.text(",\"labour\":", row[13])
        json.raw(row[14] == 1 ? ",\"selfCare\":true" : ",\"selfCare\":false")
        json.text(",\"willingness\":", row[15])
        json.text(",\"povertyDepth\":", row[16])
        json.text(",\"phone\":", row[17])
        json.raw(row[20] == 1 ? ",\"needsTwoUnits\":true" : ",\"needsTwoUnits\":false")
        json.text(",\"householderName\":", row[18])
        json.raw(",\"memberCount\":")
        json.integer(row[19])
        json.raw(",\"createdAt\":")
        json.instant(row[2])
    }

    private func member(_ row: Row, _ json: inout JSONText) {
        json.raw("\"id\":")
        json.identifier(row[0])
        json.text(",\"name\":", row[1])
        json.text(",\"relation\":", row[2])
        json.text(",\"sex\":", row[3])
        json.text(",\"birthDate\":", row[4])
        json.text(",\"identityNumber\":", row[5])
        json.text(",\"identityState\":", row[6])
        json.text(",\"identityProblem\":", row[7])
        json.text(",\"ethnicity\":", row[8])
        json.text(",\"education\":", row[9])
        json.text(",\"schoolState\":", row[10])
        json.raw(row[11] == 1 ? ",\"schoolBlocked\":true" : ",\"schoolBlocked\":false")
        json.text(",\"health\":", row[12])
        json.text(",\"labourCapacity\":", row[13])
        json.text(",\"workPlace\":", row[14])
        if let months: Int64 = row[15] {
            json.raw(",\"workMonths\":")
            json.integer(months)
        }
        json.text(",\"joinedOn\":", row[16])
        json.text(",\"joinReason\":", row[17])
        json.raw("}")
    }

    private func page(
        _ attribute: String, _ limit: Int, _ token: Substring, _ db: Database
    ) throws -> (ByteBuffer, String?) {
        let caller = try caller(token, db)
        let rows = try Row.fetchCursor(
            try db.cachedStatement(sql: Questions.page), arguments: [caller.first, caller.last, attribute, limit + 1])
        var json = JSONText()
        json.raw("{\"items\":[")
        var count = 0
        var last: (Int64, String)?
        var next: String?
        while let row = try rows.next() {
            count += 1
            if count > limit {
                next = last.map { cursors.seal($0.0, $0.1, caller: caller, attribute: attribute) }
                break
            }
            json.raw(count == 1 ? "{" : ",{")
            item(row, &json)
            if count == limit { last = (row[15], row[2]) }
        }
        json.raw("]")
        json.text(",\"next\":", next)
        json.raw("}")
        return (json.buffer, next)
    }

    private func item(_ row: Row, _ json: inout JSONText) {
        json.raw("\"id\":")
        json.identifier(row[0])
        json.raw(",\"version\":")
        json.integer(row[1])
        json.text(",\"archiveNumber\":", row[2])
        json.code(",\"villageCode\":", row[3])
        json.text(",\"villageName\":", row[17])
        json.text(",\"townName\":", row[18])
        json.text(",\"groupName\":", row[4])
        json.text(",\"state\":", row[5])
        json.text(",\"stateSince\":", row[6])
        json.text(",\"attribute\":", row[7])
        json.text(",\"mainCause\":", row[8])
        json.causes(row[9], row[10])
        json.text(",\"labour\":", row[11])
        json.raw(row[16] == 1 ? ",\"needsTwoUnits\":true" : ",\"needsTwoUnits\":false")
        json.text(",\"householderName\":", row[12])
        json.raw(",\"memberCount\":")
        json.integer(row[13])
        json.text(",\"phone\":", row[14])
        json.raw("}")
    }
}

/// JSON put together piece by piece.
struct JSONText {
    private(set) var buffer = ByteBuffer()

    init() { buffer.reserveCapacity(4_096) }

    mutating func raw(_ text: StaticString) { buffer.writeStaticString(text) }

    mutating func integer(_ value: Int64) { buffer.writeString(String(value)) }

    /// A member whose text is left out where it is nil.
    mutating func text(_ key: StaticString, _ text: String?) {
        guard let text else { return }
        raw(key)
        quoted(text)
    }

    mutating func code(_ key: StaticString, _ code: Int64) {
        raw(key)
        raw("\"")
        integer(code)
        raw("\"")
    }

    mutating func causes(_ first: String?, _ second: String?) {
        raw(",\"otherCauses\":[")
        if let first { quoted(first) }
        if let second {
            raw(",")
            quoted(second)
        }
        raw("]")
    }

    mutating func identifier(_ bytes: Data) {
        let uuid = bytes.withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) }
        quoted(UUID(uuid: uuid).uuidString.lowercased())
    }

    mutating func instant(_ milliseconds: Int64) {
        var seconds = time_t(milliseconds / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: count - text.count) + text
        }
        let day = [Int(parts.tm_mon) + 1, Int(parts.tm_mday)].map { digits($0, 2) }
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { digits(Int($0), 2) }
        buffer.writeString("\"" + ([digits(Int(parts.tm_year) + 1_900, 4)] + day).joined(separator: "-"))
        buffer.writeString("T" + time.joined(separator: ":"))
        buffer.writeString("." + digits(Int(milliseconds % 1_000), 3) + "Z\"")
    }

    private mutating func quoted(_ text: String) {
        raw("\"")
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) {
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"": raw("\\\"")
                case "\\": raw("\\\\")
                case "\n": raw("\\n")
                case "\r": raw("\\r")
                case "\t": raw("\\t")
                case _ where scalar.value < 0x20:
                    buffer.writeString("\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16))
                default: buffer.writeString(String(scalar))
                }
            }
        } else {
            buffer.writeString(text)
        }
        raw("\"")
    }
}
