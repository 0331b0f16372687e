// Finding households by a name in them. Chinese names have no word boundaries and two characters are a usual question,
// so the tokens are each character and each pair of neighbours: a question of one or two characters is one token, whose
// hits the index holds ready, and a longer one is a phrase of pairs. (A phrase of single characters would walk all hits
// of the commonest surname to find the few that go on as asked.) Written by the store in the household's transaction.

import Domain
import SQL

enum HouseholdSearch {
    /// Stands between two names, so that a phrase never begins in one and ends in the next. A private-use character: no
    /// name has it.
    static let separator = "\u{E000}"
    /// Past this many hits a query is so common that walking the list in its order meets a page of them sooner than
    /// sorting all would; fewer are found by the index and sorted.
    static let hitsSortedMax = 2_000

    static func add(_ names: String, _ number: Int64, _ connection: Connection) {
        add(tokens: tokens(names), number, connection)
    }

    /// Adds names whose tokens are made already.
    static func add(tokens: String, _ number: Int64, _ connection: Connection) {
        connection.beforeCommit {
            try connection.run("INSERT INTO household_name (rowid, names) VALUES ($1, $2)", number, tokens)
        }
    }

    /// The index keeps no text of its own, so it is told what it held.
    static func remove(_ names: String, _ number: Int64, _ connection: Connection) {
        let tokens = tokens(names)
        connection.beforeCommit {
            try connection.run(
                "INSERT INTO household_name (household_name, rowid, names) VALUES ('delete', $1, $2)", number, tokens)
        }
    }

    /// The phrase of a query; nil when it has no letter or digit.
    static func phrase(_ query: String) -> String? {
        let characters = WrittenForm.letters(query)
        guard !characters.isEmpty else { return nil }
        return "\"" + (characters.count == 1 ? [characters] : pairs(characters)).joined(separator: " ") + "\""
    }

    /// Whether a phrase has more hits than are worth sorting.
    static func isCommon(_ phrase: String, _ connection: Connection) throws -> Bool {
        let hits = try connection.first(
            "SELECT count(*) FROM (SELECT 1 FROM household_name WHERE household_name MATCH $1 LIMIT $2)", phrase,
            hitsSortedMax + 1
        ) { $0.int(0) }
        return (hits ?? 0) > hitsSortedMax
    }

    /// What the index is given for names: their characters and pairs, as many as all names together have.
    static func tokens(_ names: String) -> String {
        var text = ""
        text.reserveCapacity(names.utf8.count * 5)
        for name in names.split(separator: "\n") {
            let characters = Array(WrittenForm.letters(String(name)))
            for character in characters {
                text.append(character)
                text += " "
            }
            for (first, second) in zip(characters, characters.dropFirst()) {
                text.append(first)
                text.append(second)
                text += " "
            }
            text += separator
            text += " "
        }
        return text
    }

    /// Each two neighbours.
    private static func pairs(_ characters: String) -> [String] {
        zip(characters, characters.dropFirst()).map { String([$0, $1]) }
    }
}
