// The index of what visits say (R064): diaries, results of deeds, notes of events, and the names of those who met
// (`VisitWords`). Beside their words each visit has one for its village and one for its author, so that a common word
// in a small area is two short walks through the index that meet, and not a walk through the county's hits.

import Domain
import SQL
import Service

package enum VisitSearch {
    /// An area of more villages than this is so much of a county that its newest hits are met soon without asking for
    /// each of them.
    private static let villagesMax = 64

    // MARK: Writing

    package static func add(_ visit: NewVisit, _ connection: Connection) {
        var words = visit.draft.words
        for name in visit.names { words.add(name) }
        words.add(village: visit.subject.indexedVillage, author: visit.draft.author)
        connection.beforeCommit { [words, number = visit.number] in try insert(words, number, connection) }
    }

    /// Writes visits that are about to go to another village under that one. The index keeps no text of its own, so it
    /// is told what it held.
    ///
    package static func move(_ rows: MovingRows, _ connection: Connection) throws {
        let moving = try connection.query(
            """
            SELECT v.visit_number, d.id FROM (SELECT visit_number, area_code FROM visit WHERE \(rows.condition)) v
            JOIN \(village("v.area_code")) ORDER BY v.visit_number
            """, values: rows.values
        ) { (number: $0.int64(0), village: try $0.identifier(1)) }
        guard !moving.isEmpty else { return }
        let new = try connection.first("SELECT d.id FROM (SELECT $1 AS place) x JOIN \(village("x.place"))", rows.place)
        {
            try $0.identifier(0)
        }
        guard let new else { throw DamagedRow(column: 1) }
        // In the order of numbers, the old one and the new one of each together: the index writes out what it has
        // gathered whenever a number is not after the last.
        for visit in moving {
            connection.beforeCommit {
                let (texts, author) = try texts(of: visit.number, connection)
                try connection.run(
                    "INSERT INTO visit_text (visit_text, rowid, text) VALUES ('delete', $1, $2)", visit.number,
                    words(texts, village: visit.village, author: author).text)
                try insert(words(texts, village: new, author: author), visit.number, connection)
            }
        }
    }

    private static func insert(_ words: VisitWords, _ number: Int64, _ connection: Connection) throws {
        try connection.run("INSERT INTO visit_text (rowid, text) VALUES ($1, $2)", number, words.text)
    }

    /// SQL that joins the division that lies at a village's place now.
    package static func village(_ place: String) -> String { "division d ON \(isVillage(at: place))" }

    /// SQL for whether division `d` is the village that lies at a place now.
    static func isVillage(at place: String) -> String {
        "d.level = 5 AND d.area_code = \(place) AND d.successor_id IS NULL"
    }

    private static func words(_ texts: [String], village: Identifier, author: Identifier?) -> VisitWords {
        var words = VisitWords(texts)
        words.add(village: village, author: author)
        return words
    }

    fileprivate static func word(village: Identifier) -> String { "v" + Hex.text(village.bytes) }
    fileprivate static func word(author: Identifier) -> String { "a" + Hex.text(author.bytes) }

    // MARK: Reading

    /// What a stored visit says, and who made it.
    private static func texts(
        of number: Int64, _ connection: Connection
    ) throws -> (texts: [String], author: Identifier?) {
        var texts: [String] = []
        var author: Identifier?
        try connection.forEach(
            "SELECT author_id, names, diary_did, diary_saw, diary_thought FROM visit WHERE visit_number = $1", number
        ) { row in
            author = row.optionalIdentifier(0)
            texts = (1...4).compactMap { row.optionalText($0) }
        }
        try connection.forEach(
            """
            SELECT result FROM visit_deed WHERE visit_number = $1 AND result IS NOT NULL
            UNION ALL SELECT note FROM visit_event WHERE visit_number = $1 AND note IS NOT NULL
            """, number
        ) { texts.append($0.text(0)) }
        return (texts, author)
    }

    /// Words by which `jiedui check` looks for a visit: each one that many visits have is a walk over all of those.
    private static let wordsChecked = 12

    /// The question that finds a stored visit by words from all over its texts, its village and its author; for
    /// `jiedui check`.
    package static func question(of number: Int64, in village: Identifier, _ connection: Connection) throws -> String {
        let (texts, author) = try texts(of: number, connection)
        let words = words(texts, village: village, author: author).unique
        let step = max(1, words.count / wordsChecked)
        // The village's and the author's words stand last.
        let asked = words.dropLast(2).enumerated().filter { $0.offset % step == 0 }.map(\.element) + words.suffix(2)
        return asked.map { "\"\($0)\"" }.joined(separator: " AND ")
    }

    /// What precedes the visits of a list that is searched: the index tells its hits newest first, so that a page
    /// is a short walk.
    package static let source = "visit_text t CROSS JOIN "
    package static let place = "t.rowid"

    /// Adds the condition that a visit's texts have words next to each other.
    ///
    /// - Parameters:
    ///   - scope: where they are looked for.
    ///   - author: whose they are, where that was asked.
    /// - Returns: whether anything can be found; then the list is read from `source`.
    package static func add(
        _ words: String, in scope: Scope, of author: Identifier?, to conditions: inout ListConditions,
        _ connection: Connection
    ) throws -> Bool {
        let asked = VisitWords.asked(words)
        guard !asked.isEmpty else { return false }
        var question = asked.map { "\"\($0)\"" }.joined(separator: " AND ")
        if let author { question += " AND \(word(author: author))" }
        if let villages = try villages(in: scope, connection) {
            guard !villages.isEmpty else { return false }
            question += " AND (" + villages.map { word(village: $0) }.joined(separator: " OR ") + ")"
        }
        conditions.add("v.visit_number = t.rowid")
        conditions.add("t.visit_text MATCH \(conditions.bind(question))")
        // All pairs of a longer piece can stand apart from each other.
        if asked.count > 1 {
            // Names are stored in their form, diaries as they were written.
            let form = WrittenForm.name(words)
            let both = form == words ? [words] : [words, form]
            conditions.add("(" + both.map { hasText($0, &conditions) }.joined(separator: " OR ") + ")")
        }
        return true
    }

    /// The villages of an area; nil where they are too many to ask for each.
    package static func villages(in scope: Scope, _ connection: Connection) throws -> [Identifier]? {
        let villages = try connection.query(
            """
            SELECT id FROM division WHERE level = 5 AND area_code BETWEEN $1 AND $2 AND successor_id IS NULL LIMIT $3
            """, scope.first, scope.last, villagesMax + 1
        ) { try $0.identifier(0) }
        return villages.count > villagesMax ? nil : villages
    }

    private static func hasText(_ words: String, _ conditions: inout ListConditions) -> String {
        let isLatin = words.utf8.contains { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }
        let parameter = conditions.bind(isLatin ? words.lowercased() : words)
        func has(_ column: String) -> String {
            "instr(\(isLatin ? "lower(\(column))" : column), \(parameter)) > 0"
        }
        let own = ["v.names", "v.diary_did", "v.diary_saw", "v.diary_thought"].map(has).joined(separator: " OR ")
        return """
            (\(own)
                OR EXISTS (SELECT 1 FROM visit_deed x WHERE x.visit_number = v.visit_number AND \(has("x.result")))
                OR EXISTS (SELECT 1 FROM visit_event x WHERE x.visit_number = v.visit_number AND \(has("x.note"))))
            """
    }
}

extension VisitWords {
    fileprivate mutating func add(village: Identifier, author: Identifier?) {
        add(word: VisitSearch.word(village: village))
        if let author { add(word: VisitSearch.word(author: author)) }
    }
}
