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
        /// Its place in the order of the lines.
        let place: Int64
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
        let parts = try AreaParts(of: question.area, division, connection)
        let isWhole = parts.divisions.isEmpty && division.level == .village
        // Divisions that have merged have places of other ones now.
        var lines = (isWhole ? [division] : parts.divisions).map {
            Line(
                division: $0, place: question.area.former == nil ? $0.areaCode : $0.code.value, kind: question.kind)
        }
        func index(_ home: Home) -> Int? { isWhole ? 0 : parts.index(of: home.village, at: home.place) }
        for (home, sums) in try Self.sums(question, connection) {
            if let index = index(home) { lines[index].sums += sums }
        }
        for (home, households) in try Self.households(question, connection) {
            if let index = index(home) { lines[index].households += households }
        }
        self.lines = lines
    }

    /// Where households live: their village of the day, where it may be another one than now, and where that lies now.
    private struct Home: Hashable {
        var village: Identifier?
        let place: Int64
    }

    /// The households of the register on the day.
    private static func households(
        _ question: ContactDutyQuestion, _ connection: Connection
    ) throws -> [(home: Home, households: Int)] {
        guard question.day < question.today else {
            return try connection.query(
                """
                SELECT area_code, count(*) FROM household
                WHERE area_code BETWEEN $1 AND $2 AND (ended_on IS NULL OR ended_on > $3) GROUP BY area_code
                """, question.scope.first, question.scope.last, question.day
            ) { (Home(place: $0.int64(0)), households: $0.int(1)) }
        }
        return try HouseholdStays.households(of: question.area, on: question.day, connection).map {
            (Home(village: $0.village, place: $0.place), $0.households)
        }
    }

    private static func sums(
        _ question: ContactDutyQuestion, _ connection: Connection
    ) throws -> [(home: Home, sums: ContactSums)] {
        if try question.day >= question.today && ContactWork.areKept(through: question.horizon, connection) {
            let kept = try ContactSums.kept(
                in: question.scope, on: question.day, question.span, question.kind, connection
            ).map { (Home(place: $0.place), $0.sums) }
            guard question.standingDay < question.day else { return kept }
            // Of households that have ended since the days asked for nothing is kept.
            let ledger = LedgerContactDuties(question, counts: true)
            let ended = try ledger.households(ended: true, connection)
            return kept + sums(of: try ledger.items(of: ended, connection), of: ended)
        }
        let households = try LedgerContactDuties(question, counts: true).households(connection)
        return sums(of: try ContactDutyList.found(question, counts: true, connection), of: households)
    }

    private static func sums(
        of items: [ContactDutyItem], of households: [ContactHousehold]
    ) -> [(home: Home, sums: ContactSums)] {
        var homes: [Int64: Home] = [:]
        for household in households {
            homes[household.number] = Home(village: household.village, place: household.areaCode)
        }
        var sums: [Home: ContactSums] = [:]
        for item in items {
            guard let home = homes[item.place.household] else { continue }
            sums[home, default: ContactSums()].add(item.state)
        }
        return sums.map { (home: $0.key, sums: $0.value) }
    }

    func page(_ call: Call, _ connection: Connection) throws -> Response {
        let rest = lines.filter { line in after.map { line.place > $0 } ?? true }
        let page = rest.prefix(paging.limit)
        let place = rest.count > page.count ? page.last.map { [CursorPart.integer($0.place)] } : nil
        return try Self.writing.page(
            page.map(\.cells), place: place, total: paging.counts ? lines.count : nil, call
        ) { json in
            json.key("on")
            json.string(day.description)
            guard let division else { return }
            var whole = Line(division: division, place: 0, kind: kind)
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
