// The list of duties of contact: who is to be called or visited, how it stands on a day, and on whom it lies.

import Archive
import Domain
import HTTP1
import Pairing
import SQL
import Service
import Web

struct ContactDutyList: ListPages {
    static let writing = ListWriting(
        name: "contact-duties",
        members: [
            "householdId", "archiveNumber", "householderName", "villageCode", "villageName", "townName", "cadreId",
            "cadreName", "answeringSince", "kind", "subject", "from", "to", "required", "contacts", "state",
            "overdueDays", "doneOn",
        ])

    let question: ContactDutyQuestion
    /// The place after which the page begins.
    let after: ContactDutyPlace?

    init(_ call: Call, _ connection: Connection) throws {
        let asked = try ContactDutyQuestion(call, connection)
        guard let parts = try Self.writing.place(asked.paging, call) else {
            question = asked
            after = nil
            return
        }
        guard let (day, place) = ContactDutyPlace.read(parts) else { throw InvalidCursor() }
        question = asked.on(day)
        after = place
    }

    func page(_ call: Call, _ connection: Connection) throws -> Response {
        let limit = question.paging.limit
        var items: [ContactDutyItem] = []
        var total: Int?
        if try isWalked(connection) {
            let walk = OpenContactDuties(question)
            try walk.forEach(after: after, limit: limit + 1, connection) { items.append($0) }
            if question.paging.counts { total = try walk.count(connection) }
        } else {
            let found = try Self.found(question, connection)
            items = Array((after.map { after in found.drop { !(after < $0.place) } } ?? found[...]).prefix(limit + 1))
            if question.paging.counts { total = found.count }
        }
        let page = items.prefix(limit)
        var faces = ContactFaces(on: question.day, today: question.today)
        return try Self.writing.page(
            page.map { try cells($0, &faces, connection) },
            place: items.count > limit ? page.last?.place.parts(on: question.day) : nil, total: total, call)
    }

    func whole(_ call: Call, _ connection: Connection) throws -> Response {
        var faces = ContactFaces(on: question.day, today: question.today)
        return try Self.writing.whole(question.paging, call) { write in
            if try isWalked(connection) {
                try OpenContactDuties(question).forEach(after: nil, limit: nil, connection) {
                    try write(cells($0, &faces, connection))
                }
            } else {
                for item in try Self.found(question, connection) { try write(cells(item, &faces, connection)) }
            }
        }
    }

    /// Whether the order of the list is that of indexes: an area's duties, today or on a later day through which they
    /// are kept.
    private func isWalked(_ connection: Connection) throws -> Bool {
        try !question.isOfFew && question.span == nil && question.day >= question.today
            && ContactWork.areKept(through: question.day, connection)
    }

    /// All duties asked for, where no index has their order: from the kept rows, while these are right.
    ///
    /// - Parameter counts: they are counted and not named.
    static func found(
        _ question: ContactDutyQuestion, counts: Bool = false, _ connection: Connection
    ) throws -> [ContactDutyItem] {
        if let kept = try ContactHorizon.kept(connection), try ContactWork.areKept(through: kept, connection) {
            return try KeptContactDuties(question, counts: counts).items(through: kept, connection)
        }
        return try LedgerContactDuties(question, counts: counts).items(connection)
    }

    private func cells(
        _ item: ContactDutyItem, _ faces: inout ContactFaces, _ connection: Connection
    ) throws -> [ListCell] {
        let duty =
            question.day < question.today
            ? try KeptContactDuties.known(item.duty, of: item.place.household, until: question.day, connection)
            : item.duty
        let face = try faces.face(of: item.place.household, connection)
        let isDone = item.state == .inTime || item.state == .late
        let overdueDays =
            item.state == .overdue ? duty.overdueDays(on: question.day, since: face.answeringSince) : 0
        let name = duty.name
        let own: [ListCell] = [
            .text(name.kind.rawValue), name.subject.isEmpty ? ListCell.none : .text(name.subject),
            .text(name.first.description), .text(name.last.adding(days: 1).description),
            .integer(Int64(duty.required)), .integer(Int64(duty.contacts)), .text(item.state.rawValue),
            .integer(Int64(overdueDays)),
            (isDone ? duty.doneOn : nil).map { ListCell.text($0.description) } ?? ListCell.none,
        ]
        return face.cells + own
    }
}

/// What a list says of a household and of whoever answers for it on the day, asked once for each household.
struct ContactFaces {
    typealias Face = (cells: [ListCell], answeringSince: CivilDate?)

    private let day: CivilDate
    /// SQL for the village in which the household `h` lived on the day.
    private let village: String
    private var found: (number: Int64, face: Face)?

    init(on day: CivilDate, today: CivilDate) {
        self.day = day
        village = day < today ? HouseholdStays.village(of: "h", on: "$2") : "h.village_id"
    }

    /// The day since which the cadre `c`, by a row of responsibility `r`, has answered for the household `h`. Rows of
    /// responsibility follow each other where the same cadre goes on under another pairing.
    static let answeringSince = """
        (WITH RECURSIVE own (day) AS (SELECT r.valid_from
            UNION SELECT b.valid_from FROM own o JOIN responsibility b ON b.household_number = h.household_number
                AND b.superseded_at IS NULL AND b.valid_to = o.day
            JOIN pairing q ON q.id = b.pairing_id AND q.cadre_id = c.id)
        SELECT min(day) FROM own)
        """

    mutating func face(of number: Int64, _ connection: Connection) throws -> Face {
        if let found, found.number == number { return found.face }
        let face = try connection.first(
            """
            SELECT h.id, h.archive_number, h.householder_name, d.code, d.name, t.name, c.id, c.name,
                \(Self.answeringSince)
            FROM household h JOIN division d ON d.id = \(village) JOIN division t ON t.id = d.parent_id
            LEFT JOIN cadre c ON c.id = \(Helping.responsible("h.household_number", on: "$2"))
            LEFT JOIN responsibility r ON c.id IS NOT NULL AND r.household_number = h.household_number
                AND r.superseded_at IS NULL AND r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to > $2)
            WHERE h.household_number = $1
            """, number, day
        ) { row in
            let since = try row.optionalDate(8)
            let cells: [ListCell] = [
                .text(try row.identifier(0).description), .text(row.text(1)), .text(row.text(2)),
                .areaCode(row.int64(3)), .text(row.text(4)), .text(row.text(5)),
                row.optionalIdentifier(6).map { .text($0.description) } ?? .none,
                row.optionalText(7).map { .text($0) } ?? .none, since.map { .text($0.description) } ?? .none,
            ]
            return (cells: cells, answeringSince: since)
        }
        guard let face else { throw DamagedRow(column: 0) }
        found = (number, face)
        return face
    }
}
