// The bulletin as a page to be printed and posted: no script, nothing loaded from elsewhere. Every value
// that comes from people is escaped.

import Domain
import Pairing

enum BulletinPage {
    private static let style = """
        @page{size:A4 landscape;margin:12mm}body{margin:8mm auto;max-width:270mm}
        body{font:14px/1.6 "Noto Sans CJK SC","Microsoft YaHei",SimSun,sans-serif}
        h1{font-size:22px;text-align:center;color:#b00;letter-spacing:2px}h2{font-size:16px}
        table{width:100%;border-collapse:collapse}th,td{padding:1mm 2mm;border:1px solid #999;text-align:right}
        th:first-child,td:first-child{text-align:left}thead th{text-align:center;font-weight:normal;background:#f4f4f4}
        small{color:#666}.behind td{color:#b00}
        """

    /// A column of the table: a headline, its figure, and by how much it differs from before, if that is said.
    private typealias Column = (
        title: String, figure: @Sendable (BulletinArea) -> String, before: (@Sendable (BulletinArea) -> Int)?
    )

    private static let columns: [Column] = [
        (
            "走访户数", { "\($0.counts.householdsVisited)" },
            { $0.counts.householdsVisited - $0.before.householdsVisited }
        ),
        ("走访次数", { "\($0.counts.visits)" }, { $0.counts.visits - $0.before.visits }),
        ("电话联系", { "\($0.counts.calls)" }, { $0.counts.calls - $0.before.calls }),
        ("走访干部", { "\($0.counts.visitingCadres)" }, { $0.counts.visitingCadres - $0.before.visitingCadres }),
        ("发放联系卡", { "\($0.counts.cardsIssued)" }, { $0.counts.cardsIssued - $0.before.cardsIssued }),
        ("解决诉求", { "\($0.counts.needsAnswered)" }, { $0.counts.needsAnswered - $0.before.needsAnswered }),
        ("慰问品折价（元）", { yuan($0.counts.giftValueFen) }, nil),
        ("实事", { "\($0.counts.deeds)" }, { $0.counts.deeds - $0.before.deeds }),
        ("应完成任务", { "\($0.duties.duties)" }, nil), ("已完成", { "\($0.duties.done)" }, nil),
        ("逾期", { "\($0.duties.overdue)" }, nil), ("完成率", { percent($0.duties.donePermille) }, nil),
        ("长期未走访干部", { "\($0.alarmed)" }, nil),
    ]

    static func html(_ bulletin: ContactBulletin) -> [UInt8] {
        let name = CardPage.escaped(bulletin.area.division.name)
        let title = "\(name)\(bulletin.period.chinese)走访联系通报"
        var text = """
            <!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">\
            <meta name="viewport" content="width=device-width"><title>\(title)</title>\
            <style>\(style)</style></head><body><h1>\(title)</h1>\
            <p>\(summary(bulletin))</p><table><thead><tr><th>地区</th>
            """
        for column in columns { text += "<th>\(column.title)</th>" }
        text += "</tr></thead><tbody>"
        for area in bulletin.items { text += line(area, CardPage.escaped(area.division.name)) }
        text += line(bulletin.area, "合计") + "</tbody></table>"
        text += behind(bulletin)
        return Array((text + "</body></html>\n").utf8)
    }

    private static func summary(_ bulletin: ContactBulletin) -> String {
        let (counts, duties) = (bulletin.area.counts, bulletin.area.duties)
        return """
            \(bulletin.period.chinese)，共走访 \(counts.householdsVisited) 户、\(counts.visits) 次，电话联系 \(counts.calls) 次，\
            办实事 \(counts.deeds) 件，解决诉求 \(counts.needsAnswered) 项，慰问品折价 \(yuan(counts.giftValueFen)) 元；\
            应完成联系走访任务 \(duties.duties) 项，\
            已完成 \(duties.done) 项（其中逾期补办 \(duties.late) 项），逾期未完成 \(duties.overdue) 项，\
            完成率 \(percent(duties.donePermille))。任务情况截至 \(bulletin.day)；括号内为与\(bulletin.period.chineseBefore)相比的增减。
            """
    }

    private static func line(_ area: BulletinArea, _ name: String) -> String {
        let cells = columns.map { column in
            let change = column.before.map { " <small>(\(signed($0(area))))</small>" } ?? ""
            return "<td>\(column.figure(area))\(change)</td>"
        }
        return "<tr\(area.isBehind ? " class=\"behind\"" : "")><td>\(name)</td>\(cells.joined())</tr>"
    }

    private static func behind(_ bulletin: ContactBulletin) -> String {
        guard let line = bulletin.laggardBelow else { return "" }
        let names = bulletin.laggards.map {
            "\(CardPage.escaped($0.division.name))（\(percent($0.duties.donePermille))）"
        }
        let list = names.isEmpty ? "无" : names.joined(separator: "、")
        return "<h2>任务完成率低于 \(percent(line)) 的地区</h2><p>\(list)</p>"
    }

    private static func signed(_ number: Int) -> String { number > 0 ? "+\(number)" : "\(number)" }

    /// Hundredths of a yuan with two decimals.
    static func yuan(_ fen: Int) -> String {
        let rest = fen % 100
        return "\(fen / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// Thousandths as percent with one decimal.
    static func percent(_ permille: Int?) -> String {
        permille.map { "\($0 / 10).\($0 % 10)%" } ?? "—"
    }
}
