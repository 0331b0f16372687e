// The operations on villages: what one is on a day, what it becomes from a day on, and the five secretaries. A village
// is addressed by its division's code.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum VillageRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .townClerk)

    package static let all: [RouteEntry] = [
        (.get, "/v1/villages", Endpoint(access: .signedIn, work: .list(plan))),
        (.get, "/v1/villages/{code}", Endpoint(access: .signedIn, work: .read(show))),
        (.patch, "/v1/villages/{code}", Endpoint(access: writers, body: .mergePatch, work: .write(change))),
        (.get, "/v1/villages/{code}/secretaries", Endpoint(access: .signedIn, work: .read(SecretaryChain.show))),
        (.get, "/v1/village-profiles", Endpoint(access: .signedIn, work: .list(ProfileRoutes.plan))),
        (.get, "/v1/villages/{code}/profiles/{year}", Endpoint(access: .signedIn, work: .read(ProfileRoutes.show))),
        (
            .put, "/v1/villages/{code}/profiles/{year}",
            Endpoint(access: writers, body: .json, work: .write(ProfileRoutes.create))
        ),
        (
            .patch, "/v1/villages/{code}/profiles/{year}",
            Endpoint(access: writers, body: .mergePatch, work: .write(ProfileRoutes.change))
        ),
        (.get, "/v1/poverty-headcount", Endpoint(access: .signedIn, work: .read(HeadcountRoutes.show))),
    ]

    // MARK: Reading

    /// Which dated rows are looked at, as parameters.
    private struct Days {
        let day: String
        /// Nil for what is known now.
        let known: String?

        func holds(_ table: String) -> String {
            let open = "\(table).superseded_at IS NULL"
            let belief = known.map { "\(table).recorded_at <= \($0) AND (\(open) OR \(table).superseded_at > \($0))" }
            return "\(table).valid_from <= \(day) AND (\(table).valid_to IS NULL OR \(table).valid_to > \(day)) AND "
                + (belief ?? open)
        }
    }

    private static func columns(_ days: Days, _ codes: CodeLists) -> [ListColumn] {
        // Each tag separately, in the order of the list, because every database engine joins sets differently.
        let tags = (codes[.villageTag]?.values ?? []).map { tag in
            """
            CASE WHEN EXISTS (SELECT 1 FROM village_tag g WHERE g.village_id = d.id AND g.tag = '\(tag.code)'
                AND \(days.holds("g"))) THEN ';\(tag.code)' ELSE '' END
            """
        }.joined(separator: " || ")
        return [
            ListColumn("villageCode", "d.code", .areaCode), ListColumn("villageName", "d.name"),
            ListColumn("townCode", "p.code", .areaCode), ListColumn("townName", "p.name"),
            ListColumn("version", "coalesce(v.version, 1)", .integer), ListColumn("kind", "k.kind"),
            ListColumn("kindSince", "k.valid_from"), ListColumn("targetExitYear", "x.target_exit_year", .integer),
            ListColumn("tags", tags.isEmpty ? "''" : tags, .texts),
        ]
    }

    private static func source(_ days: Days) -> String {
        """
        division d LEFT JOIN division p ON p.id = d.parent_id LEFT JOIN village v ON v.id = d.id
        LEFT JOIN village_kind k ON k.village_id = d.id AND \(days.holds("k"))
        LEFT JOIN village_target x ON x.village_id = d.id AND \(days.holds("x"))
        """
    }

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let codes = call.register.codeLists
        let area = query.value("areaCode", FieldText.areaCode)
        let kind = query.value("kind") { text throws(FieldError) in try codes.known(text, in: .villageKind) }
        let tag = query.value("tags") { text throws(FieldError) in try codes.known(text, in: .villageTag) }
        let day = query.value("on", FieldText.date) ?? call.now.shanghaiDate
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        let days = Days(day: conditions.bind(day), known: nil)
        conditions.add("d.level = 5 AND d.successor_id IS NULL AND d.ended_on IS NULL")
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "d.area_code")
        if let kind { conditions.add("k.kind = \(conditions.bind(kind))") }
        if let tag {
            conditions.add(
                """
                EXISTS (SELECT 1 FROM village_tag g WHERE g.village_id = d.id AND g.tag = \(conditions.bind(tag))
                    AND \(days.holds("g")))
                """)
        }
        return ListPlan(
            name: "villages", columns: columns(days, codes), source: source(days), conditions: conditions,
            order: ["d.area_code", "d.id"], paging: paging)
    }

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let day = query.value("on", FieldText.date)
        let known = query.value("knownAt", FieldText.instant)
        try query.finish()
        let today = call.now.shanghaiDate
        let village = try VillageTable.visible(
            call.parameters[0], on: day ?? today, call.caller.scope, connection)
        guard day == nil && known == nil else {
            return .json(
                200, try json(village, on: day ?? today, knownAt: known?.milliseconds, call.register, connection))
        }
        let body = try json(village, on: today, knownAt: nil, call.register, connection)
        return try .record(body, version: village.version, call)
    }

    package static func json(
        _ village: Village, on day: CivilDate, knownAt: Int64?, _ register: Register, _ connection: Connection
    ) throws -> [UInt8] {
        let days = Days(day: "$2", known: knownAt.map { _ in "$3" })
        let columns = columns(days, register.codeLists)
        var json = JSONWriter(reserve: 512)
        let values: [any Bindable] = [village.division.id, day] + (knownAt.map { [$0] } ?? [])
        try connection.forEach(
            """
            SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source(days)) WHERE d.id = $1
            """, values: values
        ) { ListAnswer.write($0, columns, &json) }
        return json.take()
    }

    // MARK: Writing

    private static func change(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let said = try statement(call)
        let text = call.parameters[0]
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            let village = try VillageTable.visible(text, on: transaction.today, scope, connection)
            try VersionTag.require(village.version, call)
            let change = try VillageStore.state(said, of: village, transaction)
            let after = try VillageTable.visible(text, on: transaction.today, scope, connection)
            return .record(
                200,
                RetoldSpan.appending(
                    change.retold,
                    to: try json(after, on: transaction.today, knownAt: nil, transaction.register, connection)),
                version: after.version)
        }
    }

    private static func statement(_ call: Call) throws -> VillageStatement {
        var body = ObjectReader(try call.document().root)
        let today = call.now.shanghaiDate
        let codes = call.register.codeLists
        let from = body.optionalValue("from", codes.days.day) ?? today
        let end = body.optionalValue("to", codes.days.day)
        if let end, end <= from { body.report("to", .endsBeforeItBegins) }
        let factDays = FactDays(since: from, today: today)
        let kind = body.change("kind") { text throws(FieldError) in
            try codes.check(text, in: .villageKind, on: factDays)
        }
        let target = body.changeInteger("targetExitYear", in: 2000...2100)
        let tags = body.changeStrings("tags", count: 0...20)
        let replacesLater = body.optionalBoolean("replacesLater") ?? false
        if case .set(let tags) = tags {
            for (index, tag) in tags.enumerated() {
                do throws(FieldError) {
                    _ = try codes.check(tag, in: .villageTag, on: factDays)
                } catch {
                    body.report("/tags/\(index)", error)
                }
            }
        }
        try body.finish()
        return VillageStatement(
            days: DayInterval(first: from, end: end), kind: kind, targetExitYear: target, tags: tags,
            replacesLater: replacesLater)
    }
}
