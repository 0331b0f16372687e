// The list of visits, newest arrival first: of an area, a household, a helper, a batch, or those whose texts have a
// word.

import Domain
import SQL
import Web

enum VisitList {
    /// A visit and its household.
    static let source = """
        visit v LEFT JOIN household h ON h.household_number = v.household_number
        """
    /// The code of the village where it lies now.
    static let villageCode = """
        (SELECT d.code FROM division d WHERE d.level = 5 AND d.area_code = v.area_code AND d.successor_id IS NULL)
        """
    /// The record that corrects this one.
    static let correctedBy = "(SELECT k.id FROM visit k WHERE k.corrects = v.id)"

    private static func marks(_ list: CodeListKey) -> String {
        """
        (SELECT nullif(group_concat(m.code, ';'), '') FROM visit_mark m
            WHERE m.visit_number = v.visit_number AND m.list_key = '\(list.rawValue)')
        """
    }

    private static let columns = [
        ListColumn("id", "v.id", .identifier), ListColumn("version", "v.version", .integer),
        ListColumn("householdId", "h.id", .identifier), ListColumn("householderName", "h.householder_name"),
        ListColumn("villageId", "v.village_id", .identifier), ListColumn("villageCode", villageCode, .areaCode),
        ListColumn("kind", "v.kind"), ListColumn("authorId", "v.author_id", .identifier),
        ListColumn("authorName", "(SELECT a.name FROM cadre a WHERE a.id = v.author_id)"),
        ListColumn("occurredAt", "v.occurred_at", .instant), ListColumn("receivedAt", "v.received_at", .instant),
        ListColumn("countedOn", "v.counted_on"), ListColumn("isCounted", "v.is_counted", .boolean),
        ListColumn("flags", "v.flags", .texts), ListColumn("purpose", "v.purpose"),
        ListColumn("occasions", marks(.visitOccasion), .texts), ListColumn("sixHelps", marks(.sixHelps), .texts),
        ListColumn("sixOnes", marks(.sixOnes), .texts), ListColumn("did", "v.diary_did"),
        ListColumn("saw", "v.diary_saw"), ListColumn("thought", "v.diary_thought"),
        ListColumn("recordedBy", "v.recorded_by", .identifier), ListColumn("device", "v.device"),
        ListColumn("batchId", "v.batch_id", .identifier), ListColumn("corrects", "v.corrects", .identifier),
        ListColumn("correctedBy", correctedBy, .identifier),
        ListColumn("isRetraction", "v.is_retraction", .boolean),
    ]

    static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let villageCode = query.value("villageCode", FieldText.areaCode)
        let household = query.value("householdId", FieldText.identifier)
        let village = query.value("villageId", FieldText.identifier)
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
        if let village { filters.add("v.village_id = \(filters.bind(village))") }
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
    private let author: Identifier?
    /// What is asked for is found by an index of its own.
    private var isFew = false
    private var conditions = ListConditions()

    init(_ query: inout Query, _ codes: CodeLists) {
        author = query.value("authorId", FieldText.identifier)
        let batch = query.value("batchId", FieldText.identifier)
        let corrects = query.value("corrects", FieldText.identifier)
        isFew = author != nil || batch != nil || corrects != nil
        if let author { add("v.author_id = \(bind(author))") }
        if let batch { add("v.batch_id = \(bind(batch))") }
        if let corrects { add("v.corrects = \(bind(corrects))") }
        if let kind = query.code("kind", .visitKind, codes) { add("v.kind = \(bind(kind))") }
        if let from = query.value("from", FieldText.date) { add("v.counted_on >= \(bind(from))") }
        if let to = query.value("to", FieldText.date) { add("v.counted_on <= \(bind(to))") }
        if let from = query.value("receivedFrom", FieldText.instant) { add("v.received_at >= \(bind(from))") }
        if let flag: VisitFlag = query.value("flag", FieldText.word) {
            add("instr(';' || v.flags || ';', \(bind(";\(flag.rawValue);"))) > 0")
        }
        if let isCounted = query.boolean("isCounted") { add("v.is_counted = \(bind(isCounted))") }
        if let occasion = query.code("occasion", .visitOccasion, codes) {
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

    func plan(
        _ columns: [ListColumn], _ words: String?, _ paging: Paging, _ connection: Connection
    ) throws -> ListPlan {
        var conditions = conditions
        var source = VisitList.source
        var order = "v.visit_number"
        // The plus sign keeps SQLite from using the index of places, whose rows would have to be sorted.
        conditions.add(scope, on: "+v.area_code")
        if let words {
            if try VisitSearch.add(words, in: scope, of: author, to: &conditions, connection) {
                source = VisitSearch.source + source
                order = VisitSearch.place
            } else {
                conditions.add("0")
            }
        } else if !isFew {
            try addPlace(&conditions, connection)
        }
        return ListPlan(
            name: "visits", columns: columns, source: source, conditions: conditions, order: [order], descends: true,
            paging: paging)
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
