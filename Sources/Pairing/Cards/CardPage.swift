// Contact cards as a page to be printed: one A6 card per sheet, no script, nothing loaded from elsewhere. Every value
// comes from people and is escaped.

import Domain

/// What is printed on a card.
package struct PrintedCard: Sendable {
    package let id: Identifier
    let householder: String
    package let archiveNumber: String
    package let village: String
    package let town: String?
    package let cadreId: Identifier
    package let helper: String
    package let organization: String
    package let position: String?
    /// The mask, or the number in clear if the reader may see it.
    package var phone: String?
    let sealedPhone: [UInt8]?
    package let number: String?
    package let issuedOn: String
}

package enum CardPage {
    private static let style = """
        @page{size:148mm 105mm;margin:6mm}body{margin:0}
        body{font:14px/1.6 "Noto Sans CJK SC","Microsoft YaHei",SimSun,sans-serif}
        section{box-sizing:border-box;width:136mm;min-height:92mm;margin:4mm auto;padding:5mm 7mm;border:1px solid #b00}
        h1{margin:0 0 3mm;font-size:20px;text-align:center;color:#b00;letter-spacing:4px}
        table{width:100%;border-collapse:collapse}th,td{padding:1.2mm 2mm;border:1px solid #999;text-align:left}
        th{width:26mm;font-weight:normal;white-space:nowrap}p{display:flex;justify-content:space-between;margin:4mm 0 0}
        @media print{section{margin:0;break-after:page}section:last-child{break-after:auto}}
        """

    /// The page of some cards.
    package static func html(_ cards: [PrintedCard], title: String) -> [UInt8] {
        var text = """
            <!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">\
            <meta name="viewport" content="width=device-width"><title>\(escaped(title))</title>\
            <style>\(style)</style></head><body>
            """
        for card in cards { text += section(card) }
        if cards.isEmpty { text += "<p>没有可打印的联系卡</p>" }
        return Array((text + "</body></html>\n").utf8)
    }

    private static func section(_ card: PrintedCard) -> String {
        let place = (card.town ?? "") + card.village
        let rows: [(String, String?)] = [
            ("户主", card.householder), ("户编号", card.archiveNumber), ("住址", place), ("帮扶责任人", card.helper),
            ("工作单位", card.organization), ("职务", card.position), ("联系电话", card.phone),
        ]
        let table = rows.map { "<tr><th>\($0)</th><td>\(escaped($1 ?? ""))</td></tr>" }.joined()
        let number = card.number.map { "编号：\(escaped($0))" } ?? ""
        return """
            <section><h1>结亲帮扶联系卡</h1><table>\(table)</table>\
            <p><span>\(number)</span><span>发卡日期：\(escaped(card.issuedOn))</span></p>\
            <p><span>帮扶责任人签字：</span><span>户主签字：</span><span></span></p></section>
            """
    }

    /// Text escaped for use in an element or an attribute.
    package static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
