// A cadre's own quota in place of that of the rank, with its reason and its days (R040, R045). It is never refused
// because of what they already carry: whoever then has more than their quota is listed as such.

import Domain
import SQL
import Service
import Web

/// A personal quota as somebody states it.
struct PersonalQuotaBody: Sendable {
    /// Nil takes back what is believed of these days.
    let quota: Int?
    let days: DayInterval
    let reason: String

    static let quotas = 0...100
    static let reasonCharacters = 1...200

    init(_ document: JSONDocument, _ plausible: PlausibleDays) throws {
        var body = ObjectReader(document.root)
        let change = body.changeInteger("quota", in: Self.quotas)
        if change.isKeep && body.isSound("quota") { body.report("quota", .required) }
        let first = body.value("from", placeholder: CivilDate.first, plausible.day)
        let end = body.optionalValue("to", plausible.day)
        if let end, end <= first { body.report("to", .endsBeforeItBegins) }
        reason = body.string("reason", characters: Self.reasonCharacters)
        try body.finish()
        quota = change.applied(to: nil)
        days = DayInterval(first: first, end: end)
    }

    /// There is none from a day on.
    fileprivate init(endingOn day: CivilDate, reason: String) {
        quota = nil
        days = DayInterval(first: day, end: nil)
        self.reason = reason
    }
}

package enum PersonalQuota {
    static let table = IntervalTable(name: "cadre_quota", key: ["cadre_id"], values: ["quota", "reason"])

    /// Says what a cadre's own quota is on some days, or that they have none.
    ///
    /// - Parameter stored: read after the day was turned.
    /// - Returns: whether anything was different.
    @discardableResult
    static func state(
        _ body: PersonalQuotaBody, of stored: StoredCadre, _ transaction: Transaction
    ) throws -> Bool {
        let connection = transaction.connection
        let before = try believed(stored.id, connection)
        let recordedAt = try table.nextRecordedAt([stored.id], now: transaction.now, connection)
        if let quota = body.quota {
            let isOther = try table.state(
                [stored.id], [quota, body.reason], body.days, recordedAt: recordedAt, connection)
            guard isOther else { return false }
        } else {
            guard before.contains(where: { $0.days.overlaps(body.days) }) else { return false }
            try table.clear([stored.id], body.days, recordedAt: recordedAt, connection)
        }
        try connection.run("UPDATE cadre SET version = version + 1 WHERE id = $1", stored.id)
        try transaction.audit(
            "quota", .cadre, stored.id, before: audit(before, nil),
            after: audit(try believed(stored.id, connection), body.reason))
        try transaction.change(
            .change, .cadre, stored.id, version: stored.version + 1, from: stored.kept.areaCode,
            to: stored.kept.areaCode)
        try CadreCapacity.refresh(stored.id, transaction)
        return true
    }

    /// Takes back what a cadre may carry of their own from a day on.
    ///
    /// - Parameter stored: read after the day was turned; an older version of it afterwards.
    /// - Returns: whether there was anything.
    package static func end(
        of stored: StoredCadre, from day: CivilDate, reason: String, _ transaction: Transaction
    ) throws -> Bool {
        try state(
            PersonalQuotaBody(
                endingOn: day, reason: String(reason.prefix(PersonalQuotaBody.reasonCharacters.upperBound))),
            of: stored, transaction)
    }

    private struct Believed {
        let quota: Int
        let reason: String
        let days: DayInterval
    }

    private static func believed(_ cadre: Identifier, _ connection: Connection) throws -> [Believed] {
        try connection.query(
            """
            SELECT quota, reason, valid_from, valid_to FROM cadre_quota
            WHERE cadre_id = $1 AND superseded_at IS NULL ORDER BY valid_from
            """, cadre
        ) { row in
            Believed(
                quota: row.int(0), reason: row.text(1),
                days: DayInterval(first: try row.date(2), end: try row.optionalDate(3)))
        }
    }

    /// - Parameter reason: why it is so now; a quota that is taken back leaves its reason nowhere else.
    private static func audit(_ quotas: [Believed], _ reason: String?) -> [UInt8] {
        var json = JSONWriter(reserve: 256)
        json.object { json in
            json.key("personalQuotas")
            json.array { json in
                for quota in quotas {
                    json.object { json in
                        json.key("quota")
                        json.integer(quota.quota)
                        json.key("from")
                        json.string(quota.days.first.description)
                        if let end = quota.days.end {
                            json.key("to")
                            json.string(end.description)
                        }
                        json.key("reason")
                        json.string(quota.reason)
                    }
                }
            }
            if let reason {
                json.key("reason")
                json.string(reason)
            }
        }
        return json.take()
    }
}
