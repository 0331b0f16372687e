// The list of visits, newest arrival first: of an area, a household, a cadre, a batch, or those whose texts have a
// word.

import Archive
import Domain
import SQL
import Service
import Web

enum VisitList {
    static let visits = "visit v"
    /// A visit, its household, and who made and who recorded it.
    static let source = """
        \(visits) LEFT JOIN household h ON h.household_number = v.household_number
        LEFT JOIN cadre a ON a.id = v.author_id LEFT JOIN user_account u ON u.id = v.recorded_by
        """
    /// The village where a visit lies now: its household's, or, for a visit to a village as such, the one that stands
    /// at its place.
    private static let village =
        "coalesce(h.village_id, (SELECT d.id FROM division d WHERE \(VisitSearch.isVillage(at: "v.area_code"))))"

    private static func marks(_ list: CodeListKey) -> String {
        """
        (SELECT nullif(group_concat(m.code, ';'), '') FROM visit_mark m
            WHERE m.visit_number = v.visit_number AND m.list_key = '\(list.rawValue)')
        """
    }

    /// What a list says of each visit, and one visit by itself too.
    static let shared =
        [
            ListColumn("id", "v.id", .identifier), ListColumn("version", "v.version", .integer),
            ListColumn("householdId", "h.id", .identifier), ListColumn("householderName", "h.householder_name"),
        ] + ListColumn.village(of: village) + [
            ListColumn("isOfVillage", "v.village_id IS NOT NULL", .boolean), ListColumn("kind", "v.kind"),
            ListColumn("cadreId", "v.author_id", .identifier), ListColumn("cadreName", "a.name"),
            ListColumn("occurredAt", "v.occurred_at", .instant), ListColumn("receivedAt", "v.received_at", .instant),
            ListColumn("countedOn", "v.counted_on"), ListColumn("isCounted", "v.is_counted", .boolean),
            ListColumn("flags", "v.flags", .texts), ListColumn("purpose", "v.purpose"),
            ListColumn("did", in: "diary", "v.diary_did"), ListColumn("saw", in: "diary", "v.diary_saw"),
            ListColumn("thought", in: "diary", "v.diary_thought"),
        ] + ListColumn.actor("recordedBy", id: "v.recorded_by", name: "u.name") + [
            ListColumn("device", "v.device"), ListColumn("batchId", "v.batch_id", .identifier),
            ListColumn("correctsVisitId", "v.corrects", .identifier),
            ListColumn("correctedByVisitId", "(SELECT k.id FROM visit k WHERE k.corrects = v.id)", .identifier),
            ListColumn("isRetraction", "v.is_retraction", .boolean),
        ]
    private static let columns =
        shared + [
            ListColumn("occasions", marks(.visitOccasion), .texts), ListColumn("sixHelps", marks(.sixHelps), .texts),
            ListColumn("sixOnes", marks(.sixOnes), .texts),
        ]

    static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let villageCode = query.value("villageCode", FieldText.areaCode)
        let household = query.value("householdId", FieldText.identifier)
        let isOfVillage = query.boolean("isOfVillage")
        var filters = VisitFilters(&query, call.register.codeLists)
        let words = query.string("q", characters: 1...30)
        let paging = Paging(&query)
        try query.finish()
        filters.scope = try AreaFilter.scope(area, call.caller.scope, connection)
        if let villageCode {
            let found = try DivisionStore.resolve(code: villageCode, connection)?.scope
            filters.scope = filters.scope.intersection(found ?? Scope(first: 1, last: 0))
        }
        if let household {
            let found = try connection.first(
                "SELECT household_number, area_code FROM household WHERE id = $1", household
            ) { (number: $0.int64(0), areaCode: $0.int64(1)) }
            filters.narrow(to: found?.number ?? 0, at: found?.areaCode ?? 0)
        }
        if let isOfVillage { filters.keep(isOfVillage: isOfVillage) }
        return try filters.plan(columns, words, paging, connection)
    }

    /// Those of one household, which is the caller's.
    static func ofHousehold(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        var filters = VisitFilters(&query, call.register.codeLists)
        let words = query.string("q", characters: 1...30)
        let paging = Paging(&query)
        try query.finish()
        guard let head = try HouseholdView.head(call.id(), call.caller.scope, connection) else {
            throw Problem(.notFound)
        }
        filters.scope = try call.caller.scope
        filters.narrow(to: head.number, at: head.areaCode)
        return try filters.plan(columns, words, paging, connection)
    }
}

/// What a list of visits may be asked for beside its place.
struct VisitFilters {
    /// Where they lie.
    var scope = Scope.everything
    private let cadre: Identifier?
    /// What is asked for is found by an index of its own.
    private var isFew = false
    private var conditions = ListConditions()

    init(_ query: inout Query, _ codes: CodeLists) {
        cadre = query.value("cadreId", FieldText.identifier)
        let batch = query.value("batchId", FieldText.identifier)
        let corrects = query.value("correctsVisitId", FieldText.identifier)
        isFew = cadre != nil || batch != nil || corrects != nil
        if let cadre { add("v.author_id = \(bind(cadre))") }
        if let batch { add("v.batch_id = \(bind(batch))") }
        if let corrects { add("v.corrects = \(bind(corrects))") }
        if let kind = query.code("kind", .visitKind, codes) { add("v.kind = \(bind(kind))") }
        if let from = query.value("from", FieldText.date) { add("v.counted_on >= \(bind(from))") }
        if let to = query.value("to", FieldText.date) { add("v.counted_on < \(bind(to))") }
        if let from = query.value("receivedFrom", FieldText.instant) { add("v.received_at >= \(bind(from))") }
        if let flag: VisitFlag = query.value("flags", FieldText.word) {
            add("instr(';' || v.flags || ';', \(bind(";\(flag.rawValue);"))) > 0")
        }
        if let isCounted = query.boolean("isCounted") { add("v.is_counted = \(bind(isCounted))") }
        if let occasion = query.code("occasions", .visitOccasion, codes) {
            add(
                """
                EXISTS (SELECT 1 FROM visit_mark m WHERE m.visit_number = v.visit_number
                    AND m.list_key = 'visit-occasion' AND m.code = \(bind(occasion)))
                """)
        }
    }

    mutating func bind(_ value: any Bindable) -> String { conditions.bind(value) }
    mutating func add(_ clause: String) { conditions.add(clause) }

    /// Keeps only the visits of one household, which all lie where it lies.
    mutating func narrow(to household: Int64, at place: Int64) {
        add("v.household_number = \(bind(household))")
        isFew = true
        scope = scope.intersection(Scope(first: place, last: place))
    }

    /// Keeps only the visits of villages as such, which are few and have an index, or only those of households.
    mutating func keep(isOfVillage: Bool) {
        guard isOfVillage else { return add("v.village_id IS NULL") }
        isFew = true
        add("v.visit_number IN (SELECT x.visit_number FROM visit x WHERE x.village_id IS NOT NULL)")
    }

    func plan(
        _ columns: [ListColumn], _ words: String?, _ paging: Paging, _ connection: Connection
    ) throws -> ListPlan {
        var conditions = conditions
        var (source, counted) = (VisitList.source, VisitList.visits)
        var order = "v.visit_number"
        // The plus sign keeps SQLite from using the index of places, whose rows would have to be sorted.
        conditions.add(scope, on: "+v.area_code")
        if let words {
            if try VisitSearch.add(words, in: scope, of: cadre, to: &conditions, connection) {
                source = VisitSearch.source + source
                counted = VisitSearch.source + counted
                order = VisitSearch.place
            } else {
                conditions.add("0")
            }
        } else if !isFew {
            try addPlace(&conditions, connection)
        }
        return ListPlan(
            name: "visits", columns: columns, source: source, countedSource: counted, conditions: conditions,
            order: [order], descends: true, paging: paging, villages: VillageNames(connection))
    }

    /// How the newest visits of an area are met soonest: those of a village lie in the order of an index; of a few
    /// villages the numbers are gathered and sorted; those of more are met soon among all.
    private func addPlace(_ conditions: inout ListConditions, _ connection: Connection) throws {
        if scope.first == scope.last {
            conditions.add("v.area_code = \(conditions.bind(scope.first))")
        } else if try VisitSearch.villages(in: scope, connection) != nil {
            let first = conditions.bind(scope.first)
            let last = conditions.bind(scope.last)
            conditions.add(
                "v.visit_number IN (SELECT x.visit_number FROM visit x WHERE x.area_code BETWEEN \(first) AND \(last))")
        }
    }
}
