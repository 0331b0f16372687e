// The work of helpers and of units (R040, R060, R061) as lists: whoever stands worst by what is asked for comes first.

import Domain
import HTTP1
import SQL
import Service
import Web

/// By what a list of work is ordered, the worst first.
enum WorkOrder: String, CaseIterable {
    case open, late
    case inTime = "in-time"
    case visits, households, below, above

    /// Smaller is earlier.
    func key(_ counts: WorkCounts, _ load: WorkLoad?) -> Int64 {
        switch self {
        case .open: Int64(-counts.open)
        case .late: Int64(-counts.late)
        case .inTime: Int64(counts.inTimePermille ?? 1_001)
        case .visits: Int64(counts.visits)
        case .households: Int64(-counts.households)
        case .below: Int64(-(load?.lacking ?? 0))
        case .above: Int64(-(load?.excess ?? 0))
        }
    }
}

/// What is asked of the work of an area.
struct WorkQuestion {
    let period: CountedPeriod
    let order: WorkOrder
    let organizationId: Identifier?
    let scope: Scope
    let paging: Paging

    init(_ call: Call, byUnit: Bool, _ connection: Connection) throws {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        period = CountedPeriod.read(&query, today: call.now.shanghaiDate)
        order = query.value("sort") { text throws(FieldError) in try FieldText.word(text) } ?? .open
        organizationId = byUnit ? nil : query.value("organizationId", FieldText.identifier)
        paging = Paging(&query)
        try query.finish()
        scope = try AreaFilter.scope(area, call.caller.scope, connection)
    }
}

/// One line of a list of work.
private struct WorkLine {
    let key: Int64
    let name: String
    let id: Identifier
    let cells: [ListCell]

    var place: [CursorPart] { [.integer(key), .text(name), .bytes(id.bytes)] }

    /// Whether it stands behind a place.
    func follows(_ place: [CursorPart]) throws -> Bool {
        guard place.count == 3, case .integer(let key) = place[0], case .text(let name) = place[1],
            case .bytes(let id) = place[2]
        else { throw InvalidCursor() }
        if self.key != key { return self.key > key }
        if self.name != name { return self.name > name }
        return id.lexicographicallyPrecedes(self.id.bytes)
    }

    static func isEarlier(_ left: WorkLine, _ right: WorkLine) -> Bool {
        left.key != right.key
            ? left.key < right.key : left.name != right.name ? left.name < right.name : left.id < right.id
    }
}

extension WorkCounts {
    fileprivate static let members: [StaticString] = [
        "inTime", "late", "open", "inTimePermille", "visits", "calls", "householdsVisited", "households",
    ]

    fileprivate var cells: [ListCell] {
        func integer(_ value: Int) -> ListCell { .integer(Int64(value)) }
        return [integer(inTime), integer(late), integer(open), inTimePermille.map(integer) ?? ListCell.none]
            + [visits, calls, householdsVisited, households].map(integer)
    }
}

/// The work of each helper, or of each unit.
struct WorkList: ListPages {
    private let question: WorkQuestion
    private let writing: ListWriting
    private let lines: [WorkLine]
    private var sum = WorkCounts()
    private let unassigned: WorkCounts
    private let after: [CursorPart]?

    static func byCadre(_ call: Call, _ connection: Connection) throws -> WorkList {
        try WorkList(call, byUnit: false, connection)
    }

    static func byUnit(_ call: Call, _ connection: Connection) throws -> WorkList {
        try WorkList(call, byUnit: true, connection)
    }

    private init(_ call: Call, byUnit: Bool, _ connection: Connection) throws {
        question = try WorkQuestion(call, byUnit: byUnit, connection)
        writing = byUnit ? Self.unitWriting : Self.cadreWriting
        after = try writing.place(question.paging, call)
        let reading = try WorkReading(
            in: question.scope, question.period, today: call.now.shanghaiDate, connection)
        unassigned = reading.unassigned
        let unit = question.organizationId
        let workers = reading.workers.filter { worker in unit.map { worker.organizationId == $0 } ?? true }
        for worker in workers { sum += worker.counts }
        let lines =
            byUnit
            ? try Self.unitLines(workers, reading.householdsVisitedByUnit, question.order, connection)
            : try Self.cadreLines(workers, question.order, connection)
        self.lines = lines.sorted(by: WorkLine.isEarlier)
    }

    // MARK: Lines

    private static let cadreWriting = ListWriting(
        name: "work-by-cadre",
        members: ["cadreId", "cadreName", "organizationId", "organizationName", "areaCode", "areaName"]
            + WorkCounts.members + ["quota", "load", "lacking", "excess"])

    private static let unitWriting = ListWriting(
        name: "work-by-organization",
        members: ["organizationId", "organizationName", "cadres"] + WorkCounts.members
            + ["quota", "load", "belowQuota", "aboveQuota", "lacking", "excess"])

    private static func cadreLines(
        _ workers: [Worker], _ order: WorkOrder, _ connection: Connection
    ) throws -> [WorkLine] {
        try workers.compactMap { worker in
            try connection.first(
                """
                SELECT c.name, o.name, d.code, d.name FROM cadre c JOIN organization o ON o.id = c.organization_id
                LEFT JOIN division d ON d.id = $2 WHERE c.id = $1
                """, worker.id, worker.division
            ) { row in
                var load = [ListCell](repeating: .none, count: 4)
                if let own = worker.load {
                    load = [own.quota, own.load, own.lacking, own.excess].map { ListCell.integer(Int64($0)) }
                }
                let own: [ListCell] = [
                    .text(worker.id.description), .text(row.text(0)), .text(worker.organizationId.description),
                    .text(row.text(1)), row.isNull(2) ? .none : .areaCode(row.int64(2)),
                    row.optionalText(3).map { .text($0) } ?? .none,
                ]
                return WorkLine(
                    key: order.key(worker.counts, worker.load), name: row.text(0), id: worker.id,
                    cells: own + worker.counts.cells + load)
            }
        }
    }

    private static func unitLines(
        _ workers: [Worker], _ householdsVisited: [Identifier: Int], _ order: WorkOrder, _ connection: Connection
    ) throws -> [WorkLine] {
        try Dictionary(grouping: workers, by: \.organizationId).map { id, workers in
            var counts = WorkCounts()
            var load = WorkLoad()
            for worker in workers {
                counts += worker.counts
                load += worker.load ?? WorkLoad()
            }
            counts.householdsVisited = householdsVisited[id] ?? 0
            let name = try connection.first("SELECT name FROM organization WHERE id = $1", id) { $0.text(0) } ?? ""
            let loads = [load.quota, load.load, load.below, load.above, load.lacking, load.excess]
            return WorkLine(
                key: order.key(counts, load), name: name, id: id,
                cells: [.text(id.description), .text(name), .integer(Int64(workers.count))] + counts.cells
                    + loads.map { ListCell.integer(Int64($0)) })
        }
    }

    // MARK: Answers

    func page(_ call: Call, _ connection: Connection) throws -> Response {
        let rest = try after.map { after in try lines.filter { try $0.follows(after) } } ?? lines
        let page = rest.prefix(question.paging.limit)
        return try writing.page(
            page.map(\.cells), place: rest.count > page.count ? page.last?.place : nil,
            total: question.paging.counts ? lines.count : nil, call
        ) { json in
            json.key("sum")
            json.object { json in
                Self.write(sum, &json)
                json.key("unassigned")
                json.object { Self.write(unassigned, &$0) }
            }
        }
    }

    private static func write(_ counts: WorkCounts, _ json: inout JSONWriter) {
        json.key("inTime")
        json.integer(counts.inTime)
        json.key("late")
        json.integer(counts.late)
        json.key("open")
        json.integer(counts.open)
    }

    func whole(_ call: Call, _ connection: Connection) throws -> Response {
        try writing.whole(question.paging, call) { write in for line in lines { try write(line.cells) } }
    }
}
