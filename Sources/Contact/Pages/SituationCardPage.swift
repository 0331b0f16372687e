// The household situation card (户情征集卡, R029) as an empty form to be printed: whom it is about is filled in, where it
// is printed for somebody, and the rest is left to the pen of whoever visits.

import Archive
import Domain
import HTTP1
import Pairing
import SQL
import Service
import Web

enum SituationCardPage {
    /// Whom a card is printed for.
    private struct Subject {
        var village = ""
        var group = ""
        var archiveNumber = ""
        var householder = ""
        var members = ""
        var helper = ""
        var unit = ""
    }

    private static let style = """
        @page{size:A4;margin:12mm}body{max-width:186mm}section{margin-bottom:10mm}th{width:24mm}
        td.open{height:20mm;vertical-align:top}
        """

    // MARK: What may be asked for

    /// A card that nobody's name stands on.
    static func blank(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        return html([Subject()], call.register.codeLists)
    }

    static func ofHousehold(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        guard let head = try HouseholdView.head(call.id(), call.caller.scope, connection) else {
            throw Problem(.notFound)
        }
        return html(
            try subjects("h.household_number = $2", head.number, call.now.shanghaiDate, connection),
            call.register.codeLists)
    }

    /// A card for each household of a village.
    static func ofVillage(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        let today = call.now.shanghaiDate
        let found = try VillageTable.visible(call.parameters[0], on: today, call.caller.scope, connection)
        let village = try DivisionStore.followSuccessors(found.division, connection)
        return html(
            try subjects("h.village_id = $2 AND h.ended_on IS NULL", village.id, today, connection),
            call.register.codeLists)
    }

    /// - Parameter condition: over the household `h`, with a value in `$2`.
    private static func subjects(
        _ condition: String, _ value: any Bindable, _ today: CivilDate, _ connection: Connection
    ) throws -> [Subject] {
        try connection.query(
            """
            SELECT t.name || v.name, g.name, h.archive_number, h.householder_name, h.member_count, c.name, o.name
            FROM household h JOIN division v ON v.id = h.village_id JOIN division t ON t.id = v.parent_id
            LEFT JOIN village_group g ON g.id = h.group_id
            LEFT JOIN responsibility r ON r.household_number = h.household_number AND r.superseded_at IS NULL
                AND r.valid_from <= $1 AND (r.valid_to IS NULL OR r.valid_to > $1)
            LEFT JOIN pairing p ON p.id = r.pairing_id LEFT JOIN cadre c ON c.id = p.cadre_id
            LEFT JOIN organization o ON o.id = c.organization_id
            WHERE \(condition) ORDER BY h.area_code, h.archive_number
            """, today, value
        ) { row in
            Subject(
                village: row.text(0), group: row.optionalText(1) ?? "", archiveNumber: row.text(2),
                householder: row.text(3), members: "\(row.int(4)) 人", helper: row.optionalText(5) ?? "",
                unit: row.optionalText(6) ?? "")
        }
    }

    // MARK: The form

    private static func html(_ subjects: [Subject], _ codes: CodeLists) -> Response {
        var page = PrintedPage(title: "户情征集卡", style: style)
        for subject in subjects { add(subject, codes, &page) }
        if subjects.isEmpty { page.add("p", "该村没有建档立卡户") }
        return .page(page.bytes())
    }

    private static func add(_ subject: Subject, _ codes: CodeLists, _ page: inout PrintedPage) {
        page.add("<section>")
        page.add("h1", "户情征集卡")
        page.facts(
            [
                ("村", subject.village), ("组", subject.group), ("户编号", subject.archiveNumber),
                ("户主", subject.householder), ("家庭人口", subject.members), ("联系电话", ""),
                ("帮扶责任人", subject.helper), ("工作单位", subject.unit),
            ], columns: 2)
        page.add("<table><tbody>")
        for name in ["家庭成员变化", "生产经营与收入", "住房与饮水", "就学与就医", "困难", "需求", "意愿", "建议与其他"] {
            page.add("<tr>")
            page.add("th", name)
            page.add("<td class=\"open\"></td></tr>")
        }
        for (name, list) in [("诉求类别", .needKind), ("需要的帮扶", .sixHelps), ("走访时机", .visitOccasion)]
            as [(String, CodeListKey)]
        {
            let values = codes[list]?.values.filter { $0.validTo == nil } ?? []
            page.add("<tr>")
            page.add("th", name)
            page.add("td", values.map { "□ \($0.chinese)" }.joined(separator: "　"))
            page.add("</tr>")
        }
        page.add("</tbody></table>")
        page.facts([("征集人", ""), ("征集日期", "　　年　　月　　日"), ("户主签字", ""), ("录入人", "")], columns: 2)
        page.add("</section>")
    }
}
