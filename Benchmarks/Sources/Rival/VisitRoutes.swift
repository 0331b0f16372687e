// Visits written the way both manuals show it, and by hand where that is faster: one transaction a request, the same
// rows with the same indexes as the service writes, cached statements, the body by JSONDecoder.

import Crypto
import Foundation
import GRDB
import Hummingbird

struct VisitRoutes {
    let pool: DatabasePool

    func add(to group: RouterGroup<RivalContext>) {
        group.put("visits/{id}") { request, context in
            let token = try Caller.token(request)
            guard let id = UUID(uuidString: try context.parameters.require("id")) else { throw HTTPError(.notFound) }
            let buffer = try await request.body.collect(upTo: 1 << 16)
            let body = try Self.decoder.decode(VisitBody.self, from: buffer)
            let hash = Data(SHA256.hash(data: Data(buffer: buffer)))
            let answer = try await pool.write { db in try write(id, body, hash, token, db) }
            var json = JSONText()
            json.raw("{\"id\":")
            json.identifier(Self.data(id))
            json.raw(",\"version\":1}")
            return Response(
                status: answer ? .created : .ok,
                headers: [.contentType: "application/json", .cacheControl: "no-store", .eTag: "\"v1\""],
                body: ResponseBody(byteBuffer: json.buffer))
        }
    }

    private static let decoder = JSONDecoder()

    private static func data(_ id: UUID) -> Data { withUnsafeBytes(of: id.uuid) { Data($0) } }

    /// - Returns: false where it is there already.
    private func write(
        _ id: UUID, _ body: VisitBody, _ hash: Data, _ token: Substring, _ db: Database
    ) throws -> Bool {
        guard let caller = try Caller.find(token, db) else { throw HTTPError(.unauthorized) }
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let bytes = Self.data(id)
        if let known = try Data.fetchOne(try db.cachedStatement(sql: Self.known), arguments: [bytes]) {
            guard known == hash else { throw HTTPError(.conflict) }
            return false
        }
        guard
            let household = try Row.fetchOne(
                try db.cachedStatement(sql: Self.household),
                arguments: [Self.data(body.householdId), caller.first, caller.last])
        else { throw HTTPError(.unprocessableContent) }
        let number: Int64 = household[0]
        let area: Int64 = household[1]
        let householder: String = household[2]
        let author = try String.fetchOne(
            try db.cachedStatement(sql: "SELECT name FROM cadre WHERE id = ?"), arguments: [Self.data(body.cadreId)])
        guard let author, let occurred = Self.milliseconds(body.occurredAt) else {
            throw HTTPError(.unprocessableContent)
        }
        let day = Self.day(occurred)
        let names = "\(householder)\n\(author)"
        try db.cachedStatement(sql: Self.visit).execute(arguments: [
            bytes, number, area, body.kind, Self.data(body.cadreId), caller.userId, occurred, now, day, body.purpose,
            body.diary?.did, body.diary?.saw, body.diary?.thought, names, hash,
        ])
        let visit = db.lastInsertedRowID
        let texts = [names] + [body.diary?.did, body.diary?.saw, body.diary?.thought].compactMap { $0 }
        try db.cachedStatement(sql: "INSERT INTO visit_text (rowid, text) VALUES (?, ?)").execute(arguments: [
            visit, Self.tokens(texts.joined(separator: "\n")),
        ])
        try audit(bytes, body, caller, now, db)
        try db.cachedStatement(sql: Self.change).execute(arguments: [now, bytes, area])
        let kind = body.kind == "phone-call" ? "phone" : "visit"
        try db.cachedStatement(sql: Self.figure).execute(arguments: [number, kind, day])
        try db.cachedStatement(sql: Self.duty).execute(arguments: [number, kind, day])
        try db.cachedStatement(sql: Self.contact).execute(arguments: [Self.data(body.cadreId), day])
        return true
    }

    /// The trail is chained here too.
    private func audit(_ id: Data, _ body: VisitBody, _ caller: Caller, _ now: Int64, _ db: Database) throws {
        let last = try Row.fetchOne(
            try db.cachedStatement(sql: "SELECT sequence, hash FROM audit_event ORDER BY sequence DESC LIMIT 1"))
        let sequence = (last?[0] as Int64? ?? 0) + 1
        var bytes: Data = last?[1] ?? Data()
        let after = "{\"householdId\":\"\(body.householdId.uuidString.lowercased())\",\"kind\":\"\(body.kind)\"}"
        for field in [
            Self.data(sequence), Self.data(now), caller.userId, caller.tokenId, Data("create".utf8),
            Data("visits".utf8),
            id, Data(after.utf8),
        ] {
            bytes.append(1)
            bytes.append(withUnsafeBytes(of: UInt32(field.count).littleEndian) { Data($0) })
            bytes.append(field)
        }
        try db.cachedStatement(sql: Self.event).execute(arguments: [
            sequence, now, caller.userId, caller.tokenId, id, after, Data(SHA256.hash(data: bytes)),
        ])
    }

    private static func data(_ number: Int64) -> Data { withUnsafeBytes(of: number.littleEndian) { Data($0) } }

    private static let known = "SELECT content_hash FROM visit WHERE id = ?"
    private static let household = """
        SELECT household_number, area_code, householder_name FROM household WHERE id = ? AND area_code BETWEEN ? AND ?
        """
    private static let visit = """
        INSERT INTO visit (id, version, household_number, area_code, kind, author_id, recorded_by, occurred_at,
            received_at, counted_on, is_counted, purpose, diary_did, diary_saw, diary_thought, flags, is_retraction,
            names, content_hash)
        VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, '', 0, ?, ?)
        """
    private static let event = """
        INSERT INTO audit_event (sequence, at, user_id, token_id, action, entity, entity_id, after, hash)
        VALUES (?, ?, ?, ?, 'create', 'visits', ?, ?, ?)
        """
    private static let change = """
        INSERT INTO change (at, entity, entity_id, version, operation, area_after)
        VALUES (?, 'visits', ?, 1, 'create', ?)
        """
    private static let figure = """
        UPDATE contact_figure AS f SET done = done + 1
        FROM (SELECT h.village_id, d.period_end, d.subject, d.period_start
            FROM contact_duty d JOIN household h ON h.household_number = d.household_number
            WHERE d.household_number = ?1 AND d.kind = ?2 AND d.period_start <= ?3 AND d.period_end >= ?3
                AND d.done_on IS NULL) d
        WHERE f.village_id = d.village_id AND f.period_end = d.period_end AND f.kind = ?2 AND f.subject = d.subject
            AND f.period_start = d.period_start
        """
    private static let duty = """
        UPDATE contact_duty SET contacts = contacts + 1, done_on = coalesce(done_on, ?3)
        WHERE household_number = ?1 AND kind = ?2 AND period_start <= ?3 AND period_end >= ?3
        """
    private static let contact = """
        INSERT INTO cadre_contact (cadre_id, last_visit_on) VALUES (?, ?)
        ON CONFLICT (cadre_id) DO UPDATE SET last_visit_on = max(last_visit_on, excluded.last_visit_on)
        """

    private static func milliseconds(_ text: String) -> Int64? {
        (try? Date(text, strategy: .iso8601)).map { Int64($0.timeIntervalSince1970 * 1_000) }
    }

    private static func day(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1_000 + 8 * 3_600)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: count - text.count) + text
        }
        return "\(digits(Int(parts.tm_year) + 1_900, 4))-\(digits(Int(parts.tm_mon) + 1, 2))-"
            + digits(Int(parts.tm_mday), 2)
    }

    /// Each character and each pair of neighbours, as the service's index has them.
    private static func tokens(_ texts: String) -> String {
        var text = ""
        text.reserveCapacity(texts.utf8.count * 5)
        for line in texts.split(separator: "\n") {
            let characters = Array(line.filter { $0.isLetter || $0.isNumber })
            for character in characters {
                text.append(character)
                text += " "
            }
            for (first, second) in zip(characters, characters.dropFirst()) {
                text.append(first)
                text.append(second)
                text += " "
            }
            text += "\u{E000} "
        }
        return text
    }
}

struct VisitBody: Decodable, Sendable {
    struct Diary: Decodable, Sendable {
        let did: String?
        let saw: String?
        let thought: String?
    }

    let householdId: UUID
    let cadreId: UUID
    let kind: String
    let occurredAt: String
    let purpose: String?
    let diary: Diary?
}
