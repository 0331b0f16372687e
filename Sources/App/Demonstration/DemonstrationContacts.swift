// Pairings and visits of the demonstration county. Visits are handled like those that a tablet sends, except that the
// time of their arrival is invented too. Kept figures of duties are counted only once, after all visits, instead of
// after each visit.

import Archive
import Contact
import Demonstration
import Domain
import SQL
import Service
import Web

struct DemonstrationContacts {
    private let county: DemonstrationCounty
    private let seed: UInt64
    /// The first day on which somebody helps: the first of a month, so that the first periods are complete.
    private let first: CivilDate
    private let months: Int

    /// How many months duties reach back by default.
    private static let monthsBackDefault = 12
    private static let cadresOfPiece = 2_000
    /// Festivals on which helpers bring gifts.
    private static let festivals = ["spring-festival", "dragon-boat", "mid-autumn"]

    /// - Parameters:
    ///   - seed: that of the county.
    ///   - months: whole months before the one of the county's day.
    init(_ county: DemonstrationCounty, seed: UInt64, months: Int) {
        self.county = county
        self.seed = seed
        self.months = months
        let day = county.asOf.components
        first = (CivilDate(year: day.year, month: day.month, day: 1) ?? county.asOf).adding(months: -months)
    }

    /// Writes them.
    ///
    /// - Parameter watch: how many visits are done, and about how many there are.
    func make(in register: Register, watch: (Int, Int) -> Void) throws {
        try DemonstrationPairings.make(county.divisions, from: first, asOf: county.asOf, in: register)
        if months > Self.monthsBackDefault { try stateMonthsBack(in: register) }
        let reader = try register.directory.reader()
        defer { reader.close() }
        let visits = try visits(reader)
        let days = first..<max(county.asOf, first)
        let source = PieceSource<DemonstrationVisitSource>(skipping: 0) {
            DemonstrationVisitSource(visits, days: days, register)
        }
        defer { source.abandon() }
        var done = 0
        while let piece = try source.next() {
            try Self.write(piece, register)
            done = piece.end
            watch(done, max(done + 1, Int(Double(done) / max(piece.share, 0.01))))
        }
        try count(register)
        watch(done, done)
    }

    /// A register requires duties for at most a year before its own beginning, but the helpers of this county began
    /// earlier.
    private func stateMonthsBack(in register: Register) throws {
        guard let key = ParameterKey.named(ParameterKey.contactDutiesMonthsBack) else { return }
        let codes = county.divisions.filter { $0.level == .county }.map(\.code)
        try register.perform { [first, months] transaction in
            for code in codes {
                guard let division = try DivisionStore.resolve(code: code, transaction.connection) else { continue }
                let row = ParameterRow(
                    id: transaction.newId(), version: 1, key: key.name, divisionId: division.id,
                    value: ParameterValue.number(months + 1).json, unit: key.unit.rawValue, first: first, end: nil,
                    documentNumber: nil, recordedBy: nil, statedOn: transaction.today,
                    recordedAt: transaction.now.milliseconds, createdAt: transaction.now.milliseconds,
                    contentHash: nil)
                try ParameterStore.state(row, replaces: [], area: division.areaCode, transaction)
            }
        }
    }

    private func visits(_ reader: Connection) throws -> DemonstrationVisits {
        let helpers = try DemonstrationPairings.helpers(reader)
        let households = county.map { household in
            var visited = VisitedHousehold(household)
            visited.helpers = helpers[household.id] ?? []
            return visited
        }
        let festivals = try reader.query("SELECT code, day FROM festival ORDER BY day, code") { row in
            DemonstrationFestival(code: row.text(0), day: try row.date(1))
        }
        return DemonstrationVisits(
            seed: seed, households: households, festivals: festivals.filter { Self.festivals.contains($0.code) },
            from: first, before: county.asOf)
    }

    /// Only visits and their trail are written here, without what a transaction otherwise does before it returns.
    private static func write(_ piece: Piece<PreparedVisit>, _ register: Register) throws {
        try register.database.writer.performAlone { connection in
            let transaction = Transaction(
                connection: connection, register: register, actor: .machine, now: register.environment.now())
            let intake = VisitIntake(userId: nil, scope: .everything, batchId: nil)
            for item in piece.items {
                if let visit = item.record { try DemonstrationVisitSource.take(visit, intake, transaction) }
            }
        }
    }

    /// Counts the kept figures of every household and of everybody who made visits.
    private func count(_ register: Register) throws {
        try register.perform { [first] transaction in try ContactWork.schedule(from: first, transaction) }
        while try register.perform({ try ContactWork.piece($0) }) {}
        let reader = try register.directory.reader()
        defer { reader.close() }
        let cadres = try reader.query(
            """
            SELECT author_id FROM visit WHERE author_id IS NOT NULL
            UNION SELECT cadre_id FROM visit_companion WHERE cadre_id IS NOT NULL ORDER BY 1
            """
        ) { try $0.identifier(0) }
        for piece in cadres.pieces(of: Self.cadresOfPiece) {
            try register.perform { transaction in
                for cadre in piece { transaction.contacts.touch(cadre: cadre) }
            }
        }
    }
}

extension Array {
    fileprivate func pieces(of count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}
