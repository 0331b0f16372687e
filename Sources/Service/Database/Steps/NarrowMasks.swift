// The step of migration 0020: narrow masks in what is kept as text, and keyed hashes of files instead of plain ones.
// Texts are read and written row by row. It knows the schema of that migration, and deliberately no table's own code.

import Domain
import SQL
import Web

struct NarrowMasks: Sendable {
    /// As the migration names it.
    static let name = "narrow-masks"
    /// The migration's own name, for the trail.
    static let migration = "0020_narrow_masks"

    let keys: KeyRing
    let environment: Environment

    @Sendable
    func run(_ connection: Connection, _ atMilliseconds: Int64) throws {
        let now = Instant(milliseconds: atMilliseconds)
        try Reanchoring(migration: Self.migration, keys: keys).run(
            connection, at: now, eventId: environment.newId(at: now)
        ) { event in
            event.before = event.before.map(Self.narrowed)
            event.after = event.after.map(Self.narrowed)
        }
        try keptAnswers(connection)
        try newMembers(connection)
        try reports(connection)
        try batches(connection)
        try jobs(connection)
    }

    // MARK: Tables

    private func keptAnswers(_ connection: Connection) throws {
        try connection.forEach("SELECT user_id, route, key, body FROM idempotency_key") { row in
            let body = row.blob(3)
            guard let narrow = Self.narrowed(json: body), narrow != body else { return }
            try connection.run(
                "UPDATE idempotency_key SET body = $4 WHERE user_id = $1 AND route = $2 AND key = $3",
                row.blob(0), row.text(1), row.text(2), narrow)
        }
    }

    private func newMembers(_ connection: Connection) throws {
        try connection.forEach(
            "SELECT proposal_id, proposed_value FROM change_proposal_field WHERE field = 'newMember'"
        ) { row in
            guard let value = row.optionalText(1) else { return }
            try connection.run(
                "UPDATE change_proposal_field SET proposed_value = $2 WHERE proposal_id = $1 AND field = 'newMember'",
                row.blob(0), Self.narrowed(value))
        }
    }

    /// Reports quote what was in a file, even what was there instead of its header.
    private func reports(_ connection: Connection) throws {
        try connection.forEach("SELECT job_id, sequence, column, zh, en FROM job_row") { row in
            let column = row.optionalText(2)
            let words = Message(zh: row.text(3), en: row.text(4))
            let told = words.hidingNumbers
            let name = column.map(NumberMask.runs(in:))
            guard told != words || name != column else { return }
            try connection.run(
                "UPDATE job_row SET column = $3, zh = $4, en = $5 WHERE job_id = $1 AND sequence = $2", row.blob(0),
                row.int64(1), name, told.zh, told.en)
        }
    }

    private func batches(_ connection: Connection) throws {
        try connection.forEach("SELECT id, outcomes FROM visit_batch WHERE outcomes <> '[]'") { row in
            let outcomes = row.text(1)
            let narrow = NumberMask.message(outcomes)
            guard narrow != outcomes else { return }
            try connection.run("UPDATE visit_batch SET outcomes = $2 WHERE id = $1", row.blob(0), narrow)
        }
    }

    /// The hash of a file is hashed with the key, just as it will be when the same file is sent again. Jobs run by a
    /// command have none.
    private func jobs(_ connection: Connection) throws {
        let none = [UInt8](repeating: 0, count: 32)
        let jobs = try connection.query("SELECT id, content_hash, failure FROM job") { row in
            (id: row.blob(0), hash: row.blob(1), failure: row.optionalText(2))
        }
        for job in jobs {
            try connection.run(
                "UPDATE job SET content_hash = $2, failure = $3 WHERE id = $1", job.id,
                job.hash == none ? none : JobStore.contentHash(ofFile: job.hash, keys),
                job.failure.map(NumberMask.message))
        }
    }

    // MARK: Texts

    /// JSON with narrow masks; a text that is not JSON, which this program never wrote, is treated as a message.
    static func narrowed(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "*")) else { return text }
        return narrowed(json: Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) } ?? NumberMask.message(text)
    }

    /// Nil if it is not JSON.
    private static func narrowed(json bytes: [UInt8]) -> [UInt8]? {
        guard bytes.contains(UInt8(ascii: "*")) else { return bytes }
        guard let root = try? JSONDocument(bytes).root else { return nil }
        var json = JSONWriter(reserve: bytes.count)
        write(root, named: "", &json)
        return json.take()
    }

    /// A mask of a mask shows only what both masks show.
    private static func write(_ value: JSONValue, named name: String, _ json: inout JSONWriter) {
        switch value.kind {
        case .null, .boolean, .number: json.raw(value.rawBytes)
        case .string:
            switch (name, value.string) {
            case ("identityNumber", let mask?): json.string(NumberMask.identity(mask))
            case ("phone", let mask?) where mask.contains("*"): json.string(NumberMask.phone(mask))
            default: json.raw(value.rawBytes)
            }
        case .array: json.array { json in for element in value.elements { write(element, named: "", &json) } }
        case .object:
            json.object { json in
                for (name, value) in value.members {
                    json.key(data: name)
                    write(value, named: name, &json)
                }
            }
        }
    }
}
