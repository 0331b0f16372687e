// The list of duties of contact: who is to be called or visited, how it stands on a day, and on whom it lies.

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
            "cadreName", "kind", "subject", "from", "to", "required", "contacts", "state", "overdueDays", "doneOn",
            "isLate",
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
        var faces = ContactFaces(on: question.day)
        return try Self.writing.page(
            page.map { try cells($0, &faces, connection) },
            place: items.count > limit ? page.last?.place.parts(on: question.day) : nil, total: total, call)
    }

    func whole(_ call: Call, _ connection: Connection) throws -> Response {
        var faces = ContactFaces(on: question.day)
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
    static func found(_ question: ContactDutyQuestion, _ connection: Connection) throws -> [ContactDutyItem] {
        if let kept = try ContactHorizon.kept(connection), try ContactWork.areKept(through: kept, connection) {
            return try KeptContactDuties(question).items(through: kept, connection)
        }
        return try LedgerContactDuties(question).items(connection)
    }

    private func cells(
        _ item: ContactDutyItem, _ faces: inout ContactFaces, _ connection: Connection
    ) throws -> [ListCell] {
        let duty =
            question.day < question.today
            ? try KeptContactDuties.known(item.duty, of: item.place.household, until: question.day, connection)
            : item.duty
        let doneOn = item.state == .done ? duty.doneOn : nil
        let overdueDays = item.state == .overdue ? question.day.days(since: duty.name.last) : 0
        let name = duty.name
        let own: [ListCell] = [
            .text(name.kind.rawValue), name.subject.isEmpty ? ListCell.none : .text(name.subject),
            .text(name.first.description), .text(name.last.adding(days: 1).description),
            .integer(Int64(duty.required)), .integer(Int64(duty.contacts)), .text(item.state.rawValue),
            .integer(Int64(overdueDays)),
            doneOn.map { ListCell.text($0.description) } ?? ListCell.none,
            .boolean(item.state == .done && duty.isLate),
        ]
        return try faces.cells(of: item.place.household, connection) + own
    }
}

/// What a list says of a household and of whoever answers for it on the day, asked once for each household.
struct ContactFaces {
    private let day: CivilDate
    private var found: (number: Int64, cells: [ListCell])?

    init(on day: CivilDate) { self.day = day }

    mutating func cells(of number: Int64, _ connection: Connection) throws -> [ListCell] {
        if let found, found.number == number { return found.cells }
        let cells = try connection.first(
            """
            SELECT h.id, h.archive_number, h.householder_name, d.code, d.name, t.name, c.id, c.name
            FROM household h JOIN division d ON d.id = h.village_id JOIN division t ON t.id = d.parent_id
            LEFT JOIN cadre c ON c.id = \(Helping.responsible("h.household_number", on: "$2"))
            WHERE h.household_number = $1
            """, number, day
        ) { row in
            [
                .text(try row.identifier(0).description), .text(row.text(1)), .text(row.text(2)),
                .areaCode(row.int64(3)), .text(row.text(4)), .text(row.text(5)),
                row.optionalIdentifier(6).map { .text($0.description) } ?? .none,
                row.optionalText(7).map { .text($0) } ?? .none,
            ] as [ListCell]
        }
        guard let cells else { throw DamagedRow(column: 0) }
        found = (number, cells)
        return cells
    }
}
