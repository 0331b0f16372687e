// The index of what visits say: diaries, results of deeds, notes of events, and the names of those who met. Tokens are
// those of the index of names; see there why.

import SQL

enum VisitSearch {
    /// Adds the condition that a visit's texts have words next to each other.
    static func add(_ words: String, to conditions: inout ListConditions) {
        guard let pairs = HouseholdSearch.pairsOf(words) else { return conditions.add("0") }
        let question = conditions.bind(pairs.map { "\"\($0)\"" }.joined(separator: " AND "))
        conditions.add("v.visit_number IN (SELECT rowid FROM visit_text WHERE visit_text MATCH \(question))")
    }

    static func add(_ visit: NewVisit, _ connection: Connection) throws {
        let texts = texts(visit)
        try connection.run(
            "INSERT INTO visit_text (rowid, text) VALUES ($1, $2)", visit.number,
            HouseholdSearch.tokens(texts.joined(separator: "\n")))
    }

    private static func texts(_ visit: NewVisit) -> [String] {
        let draft = visit.draft
        return visit.names + [draft.diary.did, draft.diary.saw, draft.diary.thought].compactMap(\.self)
            + draft.deeds.compactMap(\.result) + draft.events.compactMap(\.note)
    }

    /// What a visit's deeds and events say.
    static func partTexts(of number: Int64, _ connection: Connection) throws -> [String] {
        try connection.query(
            """
            SELECT result FROM visit_deed WHERE visit_number = $1 AND result IS NOT NULL
            UNION ALL SELECT note FROM visit_event WHERE visit_number = $1 AND note IS NOT NULL
            """, number
        ) { $0.text(0) }
    }

    /// The different tokens of texts.
    static func words(_ texts: [String]) -> [String] {
        let tokens = HouseholdSearch.tokens(texts.joined(separator: "\n")).split(separator: " ").map(String.init)
        return tokens.unique.filter { $0 != HouseholdSearch.separator }
    }
}
