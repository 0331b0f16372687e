// A page to be printed that is complete in itself: no script, nothing loaded from elsewhere. Every value comes from
// people and is escaped where it is put in.

import Domain
import SQL
import Service

package struct PrintedPage {
    private var text: String

    /// - Parameter style: rules beside those that every page has.
    package init(title: String, style: String) {
        text = """
            <!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">\
            <meta name="viewport" content="width=device-width"><title>\(CardPage.escaped(title))</title>\
            <style>\(Self.style)\(style)</style></head><body>
            """
    }

    private static let style = """
        body{margin:6mm auto;font:13px/1.5 "Noto Sans CJK SC","Microsoft YaHei",SimSun,sans-serif}
        h1{margin:0 0 2mm;font-size:20px;text-align:center;letter-spacing:3px}h2{margin:3mm 0 1mm;font-size:14px}
        table{width:100%;border-collapse:collapse}th,td{padding:.8mm 1.5mm;border:1px solid #888;text-align:left}
        th{font-weight:normal;background:#f4f4f4}p{margin:1mm 0}
        @media print{body{margin:0}section{break-after:page}section:last-child{break-after:auto}tr{break-inside:avoid}}
        """

    /// Adds what is HTML already.
    package mutating func add(_ html: String) { text += html }

    /// Adds an element that holds a text.
    package mutating func add(_ element: String, _ content: String) {
        text += "<\(element)>\(CardPage.escaped(content))</\(element)>"
    }

    /// A table with a heading over each column.
    package mutating func table(_ headings: [String], _ rows: [[String]]) {
        text += "<table><thead><tr>"
        for heading in headings { add("th", heading) }
        text += "</tr></thead><tbody>"
        for row in rows {
            text += "<tr>"
            for cell in row { add("td", cell) }
            text += "</tr>"
        }
        text += "</tbody></table>"
    }

    /// A table of names and values, so many of them beside each other.
    package mutating func facts(_ facts: [(name: String, value: String)], columns: Int) {
        text += "<table><tbody>"
        for start in stride(from: 0, to: facts.count, by: columns) {
            text += "<tr>"
            for fact in facts[start..<min(start + columns, facts.count)] {
                add("th", fact.name)
                add("td", fact.value)
            }
            text += "</tr>"
        }
        text += "</tbody></table>"
    }

    package consuming func bytes() -> [UInt8] { Array((text + "</body></html>\n").utf8) }
}

extension CodeLists {
    /// The Chinese name of a code; the code itself where the list does not have it, nothing for none.
    package func chinese(_ code: String?, _ key: CodeListKey) -> String {
        guard let code else { return "" }
        return self[key]?.value(code)?.chinese ?? code
    }
}
