// Recounting the duties of many households: because a new month has come near, or because a rule has changed for more
// of them than one transaction should count. It is done in short pieces; while a changed rule has not reached
// everybody, questions are answered from the ledger, so that nobody sees the difference.

import Domain
import SQL
import Service

/// What is still to be counted: households with numbers above `next`, from a day on.
package struct ContactWork: Equatable {
    /// The setting exists while something is to be done.
    static let setting = "contact-duties-due"
    /// Households that a transaction counts at once; more are left to pieces.
    static let householdsAtOnce = 400
    /// Households of one piece: some tens of milliseconds.
    private static let pieceSize = 200

    /// The first day on which something may be different.
    package var from: CivilDate
    /// Through which day duties are kept when it is done.
    var through: CivilDate
    /// The number of the last household that is done.
    package var next: Int64
    /// Whether what is kept is wrong until then, rather than only too short.
    var isStale: Bool

    private var text: String { "\(from) \(through) \(next) \(isStale ? 1 : 0)" }

    private init(from: CivilDate, through: CivilDate, isStale: Bool) {
        self.from = from
        self.through = through
        next = 0
        self.isStale = isStale
    }

    private init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 4, let from = CivilDate(String(words[0])), let through = CivilDate(String(words[1])),
            let next = Int64(words[2])
        else { return nil }
        self.from = from
        self.through = through
        self.next = next
        isStale = words[3] == "1"
    }

    package static func read(_ connection: Connection) throws -> ContactWork? {
        try connection.first("SELECT value FROM setting WHERE key = $1", setting) { ContactWork($0.text(0)) } ?? nil
    }

    private func write(_ connection: Connection) throws {
        try Self.set(Self.setting, text, connection)
    }

    private static func set(_ key: String, _ value: String, _ connection: Connection) throws {
        try connection.run(
            "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key, value)
    }

    /// The rules of many households change from a day on.
    package static func schedule(from day: CivilDate, _ transaction: Transaction) throws {
        let connection = transaction.connection
        var work = ContactWork(
            from: day, through: try ContactHorizon.written(on: transaction.today, connection), isStale: true)
        if let other = try read(connection) {
            work.from = min(work.from, other.from)
            work.through = max(work.through, other.through)
        }
        try work.write(connection)
    }

    /// Does one piece of what is due on the day; true when there is more.
    package static func piece(_ transaction: Transaction) throws -> Bool {
        let connection = transaction.connection
        guard var work = try due(on: transaction.today, connection) else { return false }
        let numbers = try connection.query(
            "SELECT household_number FROM household WHERE household_number > $1 ORDER BY household_number LIMIT $2",
            work.next, pieceSize
        ) { $0.int64(0) }
        for number in numbers { transaction.contacts.touch(household: number, from: work.from) }
        guard let last = numbers.last, numbers.count == pieceSize else {
            try connection.run("DELETE FROM setting WHERE key = $1", setting)
            // Where the machine's clock went back meanwhile, less was written than planned.
            let through = min(work.through, try ContactHorizon.written(on: transaction.today, connection))
            try set(ContactHorizon.setting, through.description, connection)
            return false
        }
        work.next = last
        try work.write(connection)
        return true
    }

    /// What remains to be done, or the month that is approaching.
    private static func due(on day: CivilDate, _ connection: Connection) throws -> ContactWork? {
        if let work = try read(connection) { return work }
        let through = ContactHorizon.due(on: day)
        guard let kept = try ContactHorizon.kept(connection) else {
            return ContactWork(from: .first, through: through, isStale: true)
        }
        guard kept < through else { return nil }
        return ContactWork(from: kept.adding(days: 1), through: through, isStale: false)
    }

    /// Whether duties that begin on a day or earlier are kept of everybody, as they are.
    static func areKept(through day: CivilDate, _ connection: Connection) throws -> Bool {
        guard let kept = try ContactHorizon.kept(connection), day <= kept else { return false }
        return try read(connection)?.isStale != true
    }

    /// A register without households has nothing to count.
    package static func begin(_ register: Register) throws {
        try register.perform(inDoubt: true) { transaction in
            let connection = transaction.connection
            let isEmpty = try connection.first("SELECT 1 FROM household LIMIT 1") { _ in true } == nil
            guard isEmpty, try ContactHorizon.kept(connection) == nil else { return }
            try set(ContactHorizon.setting, ContactHorizon.due(on: transaction.today).description, connection)
        }
    }
}
