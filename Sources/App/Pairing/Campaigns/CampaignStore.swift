// Campaigns in the database (R051). A campaign states its quota table as rows of parameters, so that there is one
// source of policy, and keeps what it stated: past campaigns stay answerable whatever was laid down since.

import Domain
import SQL
import Web

/// A campaign.
struct Campaign: Equatable, Sendable {
    let id: Identifier
    let version: Int
    var name: String
    let divisionId: Identifier
    let first: CivilDate
    /// The first day on which it is over.
    var end: CivilDate?
    let createdAt: Int64

    /// - Parameter area: its division, whose code stands in its body.
    func auditFields(in area: Division?) -> [AuditField] {
        [
            ("name", .text(name)), ("areaCode", .of(area?.code.description)), ("from", .text(first.description)),
            ("to", .of(end?.description)),
        ]
    }
}

/// What a campaign stated, and the row that it became.
struct CampaignParameter: Sendable {
    let key: String
    /// JSON.
    let value: String
    let parameterId: Identifier
}

enum CampaignStore {
    static func find(_ id: Identifier, _ connection: Connection) throws -> Campaign? {
        try connection.first(
            "SELECT id, version, name, division_id, first_on, end_on, created_at FROM campaign WHERE id = $1", id
        ) { row in
            Campaign(
                id: try row.identifier(0), version: row.int(1), name: row.text(2), divisionId: try row.identifier(3),
                first: try row.date(4), end: try row.optionalDate(5), createdAt: row.int64(6))
        }
    }

    static func contentHash(_ id: Identifier, _ connection: Connection) throws -> [UInt8]? {
        try connection.first("SELECT content_hash FROM campaign WHERE id = $1", id) { $0.blob(0) }
    }

    /// What a campaign stated, as it was stated.
    static func parameters(_ id: Identifier, _ connection: Connection) throws -> [CampaignParameter] {
        try connection.query(
            "SELECT key, value, parameter_id FROM campaign_parameter WHERE campaign_id = $1 ORDER BY key", id
        ) { CampaignParameter(key: $0.text(0), value: $0.text(1), parameterId: try $0.identifier(2)) }
    }

    /// Whether a range meets the campaign's area: what is laid down above holds below.
    static func isVisible(_ campaign: Campaign, _ scope: Scope, _ connection: Connection) throws -> Bool {
        guard let division = try DivisionStore.find(campaign.divisionId, connection) else { return false }
        return division.areaCode <= scope.last && division.areaLast >= scope.first
    }

    // MARK: Writing

    /// Writes a new campaign and states what it lays down.
    ///
    /// - Throws: 409 `parameter-overlaps` where other rows hold on some of its days and are not named.
    static func create(
        _ id: Identifier, _ draft: CampaignDraft, in division: Division, contentHash: [UInt8],
        _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        try connection.run(
            """
            INSERT INTO campaign (id, version, name, division_id, first_on, end_on, created_at, content_hash)
            VALUES ($1, 1, $2, $3, $4, $5, $6, $7)
            """, id, draft.name, division.id, draft.first, draft.end, transaction.now, contentHash)
        let replaced = try draft.replaces.enumerated().map { index, id in
            guard let row = try ParameterTable.find(id, connection),
                draft.parameters.contains(where: { $0.key.name == row.key })
            else {
                throw Problem.field(
                    "/replaces/\(index)", .notOverlapping, zh: "不是本活动所规定参数的行",
                    en: "is no row of a parameter that the campaign states")
            }
            return row
        }
        for (key, value) in draft.parameters {
            let replaces = replaced.filter { $0.key == key.name }.map(\.id)
            let row = ParameterDraft(
                key: key, value: value, area: draft.area, first: draft.first, end: draft.end,
                documentNumber: draft.name, replaces: replaces
            ).row(transaction.newId(), division, contentHash: nil, transaction)
            try ParameterStore.state(row, replaces: replaces, area: division.areaCode, transaction)
            try connection.run(
                "INSERT INTO campaign_parameter (campaign_id, key, value, parameter_id) VALUES ($1, $2, $3, $4)", id,
                key.name, row.value, row.id)
        }
        let fields = try find(id, connection)?.auditFields(in: division) ?? []
        let stated = try parameters(id, connection).map(\.parameterId.description)
        try transaction.audit(
            "create", .campaign, id, after: RecordAudit.whole(fields + [("parameterIds", .texts(stated))]))
        try transaction.change(.create, .campaign, id, version: 1, to: division.areaCode)
    }

    /// Gives a campaign another name or end. The rows that it stated end with it, except those that something else has
    /// shortened since.
    static func change(_ stored: Campaign, to campaign: Campaign, _ transaction: Transaction) throws {
        guard campaign != stored else { return }
        let connection = transaction.connection
        let division = try DivisionStore.find(stored.divisionId, connection)
        let area = division?.areaCode
        if campaign.end != stored.end {
            for stated in try parameters(stored.id, connection) {
                guard let row = try ParameterTable.find(stated.parameterId, connection), row.first == stored.first,
                    row.end == stored.end
                else { continue }
                var ended = row
                ended.end = campaign.end
                try ParameterStore.revise(row, to: ended, area, transaction)
            }
        }
        try connection.run(
            "UPDATE campaign SET version = version + 1, name = $2, end_on = $3 WHERE id = $1", stored.id,
            campaign.name, campaign.end)
        let (before, after) = RecordAudit.difference(
            stored.auditFields(in: division), campaign.auditFields(in: division))
        try transaction.audit("change", .campaign, stored.id, before: before, after: after)
        try transaction.change(
            .change, .campaign, stored.id, version: stored.version + 1, from: area, to: area)
    }
}
