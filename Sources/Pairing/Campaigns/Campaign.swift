// Campaigns (R051). Whoever may set policy may begin one. Its quota table becomes rows of parameters, so that there is
// only one source of policy, and the campaign keeps what it stated, so that past campaigns can be read whatever was set
// since.

import Archive
import Domain
import SQL
import Service
import Web

package struct Campaign: RecordState {
    package var divisionId = Identifier(high: 0, low: 0)
    package var level = DivisionLevel.county
    package var name = ""
    package var first = CivilDate.first
    /// The first day on which it is over.
    package var end: CivilDate?
    /// What it set, as originally stated.
    package var policy: [CampaignParameter] = []
    /// Rows of parameters that a new campaign corrects.
    package var replaces: [Identifier] = []

    package init() {}
}

package struct CampaignParameter: Equatable, Sendable {
    package let key: String
    /// JSON.
    package let value: String

    /// The rank of a quota; nil for any other parameter.
    package var rank: String? {
        let parts = key.split(separator: ".")
        return parts.count == 2 && parts[0] == "quota" ? String(parts[1]) : nil
    }
}

extension Campaign {
    package static let record = Record<Campaign>(
        .campaign, table: "campaign", path: "/v1/campaigns", writers: .roles(.countyAdministrator, .province),
        history: .audited, seen: concerns("campaign", "$2", "$3"),
        fields: [
            .name("name", \.name, "name", 1...100),
            .area(\.divisionId, level: \Campaign.level).stated(.atCreation),
            .from(\.first).stated(.atCreation),
            .until(\.end, from: \.first),
            policy,
        ], list: CampaignRoutes.plan, effects: .help)

    /// SQL for the campaigns that concern a range; what is set above holds below.
    package static func concerns(_ row: String, _ first: String, _ last: String) -> String {
        let spans = DivisionLevel.allCases.map { "WHEN \($0.rawValue) THEN \(AreaCode.span(of: $0))" }
        return """
            \(row).area_code <= \(last)
            AND \(row).area_code + CASE \(row).level \(spans.joined(separator: " ")) END > \(first)
            """
    }

    // MARK: Policy

    /// What it sets: quotas by rank, and anything else by the key of its parameter.
    private static var policy: RecordField<Campaign> {
        let said = [
            RecordMember(name: "quotas", schema: .named("CampaignQuotas")),
            RecordMember(name: "parameters", schema: .named("CampaignParameters")),
        ]
        var field = RecordField<Campaign>(name: "quotas").stated(.atCreation)
        field.statedSchemas = said + [RecordMember(name: "replaces", schema: .list("Id", 0...100))]
        field.shownSchemas =
            said.map { RecordMember(name: $0.name, schema: $0.schema, isAlways: true) }
            + [RecordMember(name: "parameterIds", schema: .list("Id", 0...ParameterKey.all.count), isAlways: true)]
        field.audits = { campaign in
            objects(campaign.policy).map { name, members -> AuditField in
                var json = JSONWriter()
                write(members, &json)
                return (name, members.isEmpty ? .null : .json(String(decoding: json.take(), as: UTF8.self)))
            }
        }
        field.read = { body, _ in
            let stated =
                stated(&body, "quotas", isQuota: true, name: { "quota.\($0)" })
                + stated(&body, "parameters", isQuota: false, name: { $0 })
            let texts = body.optionalStrings("replaces", count: 0...100) ?? []
            let replaces = texts.map { Identifier($0) }
            for (index, id) in replaces.enumerated() where id == nil { body.report("/replaces/\(index)", .notAnId) }
            return { draft, _ in
                // In the order of the catalogue.
                draft.state.policy = ParameterKey.all.compactMap { key in stated.first { $0.key == key.name } }
                draft.state.replaces = replaces.compactMap(\.self)
            }
        }
        field.part = RecordPart(
            load: { id, campaign, connection in campaign.policy = try rows(of: id, connection).map(\.stated) },
            write: { id, old, new, transaction in
                if let old {
                    try end(id, old, new, transaction)
                } else {
                    try state(id, new, transaction)
                }
            },
            show: { id, json, connection in
                let rows = try rows(of: id, connection)
                for (name, members) in objects(rows.map(\.stated)) {
                    json.key(name)
                    write(members, &json)
                }
                json.key("parameterIds")
                json.array { json in for row in rows { json.string(row.parameterId.description) } }
            })
        return field
    }

    /// What a campaign may set besides quotas: how households are helped, but no thresholds and no amounts of money.
    private static let prefixes = ["quota.", "cadence.", "alarm.", "second-helper."]

    /// The members of an object whose names are parameters: quotas of ranks, or anything else.
    private static func stated(
        _ body: inout ObjectReader, _ field: StaticString, isQuota: Bool, name: (String) -> String
    ) -> [CampaignParameter] {
        guard let object = body.member(field), !object.isNull else { return [] }
        guard object.kind == .object else {
            body.report("\(field)", .wrongType, zh: "应为对象", en: "an object is expected")
            return []
        }
        var stated: [CampaignParameter] = []
        for member in object.members {
            do throws(FieldError) {
                let key = try ParameterKey.known(name(member.name))
                let value = CampaignParameter(key: key.name, value: "")
                guard prefixes.contains(where: key.name.hasPrefix), isQuota == (value.rank != nil) else {
                    throw FieldError(.notForKind, zh: "活动不能规定此参数", en: "a campaign cannot set this parameter")
                }
                stated.append(
                    CampaignParameter(key: key.name, value: try key.checked(ParameterValue(member.value)).json))
            } catch {
                body.report("/\(field)/\(member.name)", error)
            }
        }
        return stated
    }

    private static func objects(
        _ policy: [CampaignParameter]
    ) -> [(name: StaticString, members: [(name: String, value: String)])] {
        [
            ("quotas", policy.compactMap { stated in stated.rank.map { ($0, stated.value) } }),
            ("parameters", policy.filter { $0.rank == nil }.map { ($0.key, $0.value) }),
        ]
    }

    private static func write(_ members: [(name: String, value: String)], _ json: inout JSONWriter) {
        json.object { json in
            for member in members {
                json.key(data: member.name)
                json.raw(member.value.utf8)
            }
        }
    }

    // MARK: Rows

    private static func rows(
        of id: Identifier, _ connection: Connection
    ) throws -> [(stated: CampaignParameter, parameterId: Identifier)] {
        try connection.query(
            "SELECT key, value, parameter_id FROM campaign_parameter WHERE campaign_id = $1 ORDER BY key", id
        ) { (CampaignParameter(key: $0.text(0), value: $0.text(1)), try $0.identifier(2)) }
    }

    /// Writes the parameters that a new campaign sets.
    ///
    /// - Throws: 409 `parameter-overlaps` if other rows hold on some of its days and are not named.
    private static func state(_ id: Identifier, _ campaign: Campaign, _ transaction: Transaction) throws {
        let connection = transaction.connection
        guard let division = try DivisionStore.find(campaign.divisionId, connection) else { throw Problem(.notFound) }
        let replaced = try campaign.replaces.enumerated().map { index, id in
            guard let row = try ParameterTable.find(id, connection),
                campaign.policy.contains(where: { $0.key == row.key })
            else {
                throw Problem.field(
                    "/replaces/\(index)", .notOverlapping, zh: "不是本活动所规定参数的行",
                    en: "this is not a row of a parameter that the campaign sets")
            }
            return row
        }
        for stated in campaign.policy {
            guard let key = ParameterKey.named(stated.key), let value = ParameterValue(stored: stated.value) else {
                continue
            }
            let replaces = replaced.filter { $0.key == key.name }.map(\.id)
            let row = ParameterDraft(
                key: key, value: value, area: division.code, first: campaign.first, end: campaign.end,
                documentNumber: campaign.name, replaces: replaces
            ).row(transaction.newId(), division, contentHash: nil, transaction)
            try ParameterStore.state(row, replaces: replaces, area: division.areaCode, transaction)
            try connection.run(
                "INSERT INTO campaign_parameter (campaign_id, key, value, parameter_id) VALUES ($1, $2, $3, $4)", id,
                key.name, row.value, row.id)
        }
    }

    /// Gives the rows that a campaign set its new end, except those that something else has shortened since.
    private static func end(_ id: Identifier, _ old: Campaign, _ new: Campaign, _ transaction: Transaction) throws {
        guard new.end != old.end else { return }
        let connection = transaction.connection
        let area = try DivisionStore.find(old.divisionId, connection)?.areaCode
        for stated in try rows(of: id, connection) {
            guard let row = try ParameterTable.find(stated.parameterId, connection), row.first == old.first,
                row.end == old.end
            else { continue }
            var ended = row
            ended.end = new.end
            try ParameterStore.revise(row, to: ended, area, transaction)
        }
    }
}
