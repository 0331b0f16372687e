// Whether a text tells more of a number than its mask may.

@testable import App
@testable import SQL

enum MaskSearch {
    /// Every eight characters in a row of a number: none of them may be told.
    static func windows(_ number: String) -> [String] {
        let characters = Array(number)
        guard characters.count >= 8 else { return [] }
        return (0...characters.count - 8).map { String(characters[$0..<$0 + 8]) }
    }

    /// The masks of a text that show anything before the last character of an identity number, or before the last four
    /// of a phone.
    static func wideMasks(_ text: String) -> [String] {
        text.split(whereSeparator: { !($0.isNumber || $0 == "*" || $0 == "X") }).map(String.init).filter { run in
            guard run.contains("****"), run.contains(where: { $0 != "*" }) else { return false }
            let shown = run.drop { $0 == "*" }.prefix { $0 != "*" }
            let isIdentity = run.count >= 15
            return run.first != "*" || shown.count > (isIdentity ? 1 : 4)
                || run.drop(while: { $0 == "*" }).dropFirst(shown.count).contains { $0 != "*" }
        }
    }
}

extension County {
    /// The text of every table, bytes as if they were text.
    func everyCell() throws -> String {
        let tables = try query(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        ) { $0.text(0) }
        return try tables.flatMap { table in
            try query("SELECT * FROM \"\(table)\"") { row in
                (0..<row.columnCount).map { column in
                    if case .blob(let bytes) = row.value(column) { return String(decoding: bytes, as: UTF8.self) }
                    return "\(row.value(column))"
                }.joined(separator: "|")
            }
        }.joined(separator: "\n")
    }
}
