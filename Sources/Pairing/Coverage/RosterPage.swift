// The roster as a page to be printed (R030): the lines of the list, village by village. It deliberately has no question
// of its own: what the list says of a day, the page says.

import Archive
import Domain
import HTTP1
import SQL
import Service
import Web

enum RosterPage {
    private static let style = """
        @page{size:A4 landscape;margin:10mm}body{max-width:277mm}
        td:first-child{white-space:nowrap}
        """

    static func show(_ call: Call, _ connection: Connection) throws -> Response {
        // What pages of a list are asked for has no meaning here.
        var query = Query(call.request.head.query)
        _ = query.value("areaCode", FieldText.areaCode)
        let asked = query.value("on", FieldText.date)
        try query.finish()
        let plan = try Roster.plan(call, connection)
        let day = try asked ?? CadreDay.kept(connection) ?? call.now.shanghaiDate
        let codes = call.register.codeLists
        var page = PrintedPage(title: "结对帮扶名册", style: style)
        var village = ""
        var lines: [[String]] = []
        func close() {
            guard !lines.isEmpty else { return }
            page.add("<section>")
            page.add("h1", "\(village)结对帮扶名册")
            page.add("p", "\(day)，共 \(Set(lines.map { $0[0] }).count) 户、\(lines.count) 条结对")
            page.table(["户编号", "户主", "帮扶人", "责任", "单位", "职务", "职级", "联系电话", "结对日期"], lines)
            page.add("</section>")
            lines = []
        }
        let names = Dictionary(
            plan.columns.enumerated().map { ("\($0.element.name)", $0.offset) }, uniquingKeysWith: { first, _ in first }
        )
        func text(_ name: String, _ row: borrowing Row) -> String {
            guard let column = names[name] else { return "" }
            return row.optionalText(column) ?? ""
        }
        let rows = plan.rows(after: nil, limit: nil)
        try connection.forEach(rows.sql, values: rows.values) { row in
            try plan.villages?.enter(row, plan.columns)
            let place = (plan.villages?.text(.town) ?? "") + (plan.villages?.text(.name) ?? "")
            if place != village { close() }
            village = place
            let cells = [
                text("archiveNumber", row), text("householderName", row), text("cadreName", row),
                text("role", row) == "joint" ? "协同" : "第一责任人", text("organizationName", row),
                text("positionTitle", row), codes.chinese(text("rank", row), .cadreRank), text("cadrePhone", row),
                text("from", row),
            ]
            lines.append(cells)
        }
        close()
        if village.isEmpty { page.add("p", "没有结对") }
        return .page(page.bytes())
    }
}
