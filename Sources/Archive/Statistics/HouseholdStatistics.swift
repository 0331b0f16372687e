// The figures of an area on a day: a sum of the kept figures of its villages, or a recount of what held then.

import Domain
import SQL
import Service

/// Whole years of age that are counted together.
struct AgeBand {
    let first: Int
    /// Nil for no end.
    let last: Int?

    /// Before school, compulsory schooling (to 15), 16 and 17, working age, and old age in the steps in which
    /// allowances begin.
    static let all = [
        AgeBand(first: 0, last: 6), AgeBand(first: 7, last: 15), AgeBand(first: 16, last: 17),
        AgeBand(first: 18, last: 59), AgeBand(first: 60, last: 64), AgeBand(first: 65, last: 79),
        AgeBand(first: 80, last: nil),
    ]
}

/// The figures of an area on a day.
struct HouseholdStatistics {
    private var byDimension: [String: [String: FigureCounts]] = [:]
    /// People in each of `AgeBand.all`.
    private(set) var ages = [Int](repeating: 0, count: AgeBand.all.count)
    /// People whose birth date is not known.
    private(set) var ageless = 0

    var total: FigureCounts { byDimension[FigureDimension.all.rawValue]?[""] ?? FigureCounts() }

    /// In the order of the codes.
    func counts(_ dimension: FigureDimension) -> [(code: String, counts: FigureCounts)] {
        (byDimension[dimension.rawValue] ?? [:]).map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }

    private mutating func add(_ dimension: String, _ code: String, _ counts: FigureCounts) {
        byDimension[dimension, default: [:]][code, default: FigureCounts()] += counts
    }

    /// People born on a day, or whose birth date is not known.
    private mutating func add(born code: UnsafeBufferPointer<UInt8>, _ people: Int, _ limits: [Int]) {
        guard !code.isEmpty else {
            ageless += people
            return
        }
        // Converts digits to a number that sorts like the days, without a string in between.
        let day = code.reduce(0) { $1 == UInt8(ascii: "-") ? $0 : $0 * 10 + Int($1) - 48 }
        var band = 0
        while band + 1 < limits.count, day <= limits[band + 1] { band += 1 }
        ages[band] += people
    }

    /// The last birth dates, as eight digits, of those who have reached the first age of each band on a day.
    private static func limits(on day: CivilDate) -> [Int] {
        let (year, month, dayOfMonth) = day.components
        return AgeBand.all.map { (year - $0.first) * 10_000 + month * 100 + dayOfMonth }
    }

    // MARK: Another day

    static func counted(in scope: Scope, on day: CivilDate, _ connection: Connection) throws -> HouseholdStatistics {
        var statistics = HouseholdStatistics()
        let limits = limits(on: day)
        for figure in try FigureRecount.past(day, in: scope, connection) {
            guard figure.dimension != FigureDimension.birthDate.rawValue else {
                var code = figure.code
                code.withUTF8 { statistics.add(born: $0, figure.people, limits) }
                continue
            }
            statistics.add(
                figure.dimension, figure.code, FigureCounts(households: figure.households, people: figure.people))
        }
        return statistics
    }

    // MARK: Today

    static func kept(in scope: Scope, on day: CivilDate, _ connection: Connection) throws -> HouseholdStatistics {
        var statistics = HouseholdStatistics()
        let limits = limits(on: day)
        var sums: [FigureDimension: [String: FigureCounts]] = [:]
        // One pass over the villages, because their rows are adjacent and finding them is most of the work.
        try connection.forEach(
            """
            SELECT f.dimension, f.counts FROM division d JOIN household_figure f ON f.village_id = d.id
            WHERE d.level = 5 AND d.successor_id IS NULL AND d.area_code BETWEEN $1 AND $2
            """, scope.first, scope.last
        ) { row in
            guard let dimension = FigureDimension(rawValue: row.text(0)) else { return }
            if dimension == .birthDate {
                FigureText.forEach(row.utf8(1)) { statistics.add(born: $0, $1.people, limits) }
            } else {
                FigureText.forEach(row.utf8(1)) {
                    sums[dimension, default: [:]][String(decoding: $0, as: UTF8.self), default: FigureCounts()] += $1
                }
            }
        }
        for (dimension, counts) in sums { statistics.byDimension[dimension.rawValue] = counts }
        return statistics
    }
}
