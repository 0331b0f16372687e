// How the duties of contact of an area stand, for each area below it: from the sums of its villages where they are
// kept, else counted from the duties themselves.

import Archive
import Domain
import HTTP1
import SQL
import Service
import Web

struct ContactSummary: ListPages {
    static let writing = ListWriting(
        name: "contact-duty-summary",
        members: ["areaCode", "areaName", "kind", "households", "due", "inTime", "late", "overdue"])

    private struct Line {
        let division: Division
        /// That was asked for.
        let kind: ContactDutyKind?
        var households = 0
        var sums = ContactSums()

        var cells: [ListCell] {
            [
                .areaCode(division.code.value), .text(division.name), kind.map { .text($0.rawValue) } ?? .none,
                .integer(Int64(households)), .integer(Int64(sums.due)), .integer(Int64(sums.inTime)),
                .integer(Int64(sums.late)), .integer(Int64(sums.overdue)),
            ]
        }
    }

    private let day: CivilDate
    private let kind: ContactDutyKind?
    private let paging: Paging
    private let after: Int64?
    /// Nil where the caller may see nothing of what was asked for.
    private let division: Division?
    private let lines: [Line]

    init(_ call: Call, _ connection: Connection) throws {
        let question = try ContactDutyQuestion(summary: call, connection)
        day = question.day
        kind = question.kind
        paging = question.paging
        after = try Self.writing.place(question.paging, call).flatMap {
            if case .integer(let place) = $0.first { place } else { nil }
        }
        guard let division = try question.area.division(connection) else {
            self.division = nil
            lines = []
            return
        }
        self.division = division
        // What a former division was is one line: its villages have places of other divisions now.
        let children =
            division.level == .village || question.area.former != nil
            ? [division] : try DivisionStore.children(of: division.id, connection)
        var lines = children.sorted { $0.areaCode < $1.areaCode }.map { Line(division: $0, kind: question.kind) }
        func index(of place: Int64) -> Int? {
            question.area.former == nil ? lines.firstIndex { $0.division.scope.contains(place) } : 0
        }
        for (place, sums) in try Self.sums(question, connection) {
            if let index = index(of: place) { lines[index].sums += sums }
        }
        for (place, households) in try Self.households(question, connection) {
            if let index = index(of: place) { lines[index].households += households }
        }
        self.lines = lines
    }

    /// The households of the register on the day, by their places.
    private static func households(
        _ question: ContactDutyQuestion, _ connection: Connection
    ) throws -> [(place: Int64, households: Int)] {
        guard question.day < question.today else {
            return try connection.query(
                """
                SELECT area_code, count(*) FROM household
                WHERE area_code BETWEEN $1 AND $2 AND (ended_on IS NULL OR ended_on > $3) GROUP BY area_code
                """, question.scope.first, question.scope.last, question.day
            ) { (place: $0.int64(0), households: $0.int(1)) }
        }
        return try HouseholdStays.households(of: question.area, on: question.day, connection)
    }

    private static func sums(
        _ question: ContactDutyQuestion, _ connection: Connection
    ) throws -> [(place: Int64, sums: ContactSums)] {
        if try question.day >= question.today && ContactWork.areKept(through: question.horizon, connection) {
            return try ContactSums.kept(
                in: question.scope, on: question.day, question.span, question.kind, connection)
        }
        var places: [Int64: Int64] = [:]
        for household in try LedgerContactDuties(question, counts: true).households(connection) {
            places[household.number] = household.areaCode
        }
        var sums: [Int64: ContactSums] = [:]
        for item in try ContactDutyList.found(question, counts: true, connection) {
            guard let place = places[item.place.household] else { continue }
            sums[place, default: ContactSums()].add(item.state)
        }
        return sums.map { (place: $0.key, sums: $0.value) }
    }

    func page(_ call: Call, _ connection: Connection) throws -> Response {
        let rest = lines.filter { line in after.map { line.division.areaCode > $0 } ?? true }
        let page = rest.prefix(paging.limit)
        let place = rest.count > page.count ? page.last.map { [CursorPart.integer($0.division.areaCode)] } : nil
        return try Self.writing.page(
            page.map(\.cells), place: place, total: paging.counts ? lines.count : nil, call
        ) { json in
            json.key("on")
            json.string(day.description)
            guard let division else { return }
            var whole = Line(division: division, kind: kind)
            for line in lines {
                whole.households += line.households
                whole.sums += line.sums
            }
            json.key("sum")
            Self.writing.write(whole.cells, &json)
        }
    }

    func whole(_ call: Call, _ connection: Connection) throws -> Response {
        try Self.writing.whole(paging, call) { write in for line in lines { try write(line.cells) } }
    }
}
