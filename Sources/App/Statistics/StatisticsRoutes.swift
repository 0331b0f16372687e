// How many households and people there are, by what is known of them, for any area and day. Today's answer is a sum of
// kept rows of the area's villages; another day is counted from the dated records, which takes as long as it takes.

import Domain
import HTTP1
import SQL
import Web

enum StatisticsRoutes {
    static let all: [RouteEntry] = [
        (.get, "/v1/statistics/households", Endpoint(access: .signedIn, work: .read(households)))
    ]

    private static func households(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let area = query.value("area", HouseholdBodyReader.areaCode)
        let asked = query.value("on", HouseholdBodyReader.date)
        let today = call.now.shanghaiDate
        let day = asked ?? today
        if day > today {
            query.report("on", code: "day-to-come", detail: Message(zh: "晚于今天", en: "lies in the future"))
        }
        try query.finish()
        let scope = try AreaFilter.scope(area, call.caller.scope, connection)
        let statistics =
            try day == today
            ? HouseholdStatistics.kept(in: scope, on: today, connection)
            : HouseholdStatistics.counted(in: scope, on: day, connection)
        return .json(200, json(statistics, area, day))
    }

    private static func json(_ statistics: HouseholdStatistics, _ area: AreaCode?, _ day: CivilDate) -> [UInt8] {
        var json = JSONWriter(reserve: 8 << 10)
        json.object { json in
            if let area {
                json.key("area")
                json.string(area.description)
            }
            json.key("on")
            json.string(day.description)
            json.key("households")
            json.integer(statistics.total.households)
            json.key("people")
            json.integer(statistics.total.people)
            write("status", .status, statistics, &json)
            write("attribute", .attribute, statistics, &json)
            write("mainCause", .cause, statistics, &json)
            write("labour", .labour, statistics, &json)
            write("sex", .sex, statistics, &json)
            write("education", .education, statistics, &json)
            write("health", .health, statistics, &json)
            write("labourCapacity", .labourCapacity, statistics, &json)
            json.key("age")
            json.array { json in
                for (band, people) in zip(AgeBand.all, statistics.ages) {
                    json.object { json in
                        json.key("from")
                        json.integer(band.first)
                        if let last = band.last {
                            json.key("to")
                            json.integer(last)
                        }
                        json.key("people")
                        json.integer(people)
                    }
                }
                if statistics.ageless > 0 {
                    json.object { json in
                        json.key("people")
                        json.integer(statistics.ageless)
                    }
                }
            }
        }
        return json.take()
    }

    /// One dimension; the item without a code counts those of whom nothing is known.
    private static func write(
        _ name: StaticString, _ dimension: FigureDimension, _ statistics: HouseholdStatistics, _ json: inout JSONWriter
    ) {
        json.key(name)
        json.array { json in
            for (code, counts) in statistics.counts(dimension) {
                json.object { json in
                    if !code.isEmpty {
                        json.key("code")
                        json.string(code)
                    }
                    json.key("households")
                    json.integer(counts.households)
                    json.key("people")
                    json.integer(counts.people)
                }
            }
        }
    }
}

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
    typealias Counts = (households: Int, people: Int)

    private var byDimension: [String: [String: Counts]] = [:]
    /// People in each of `AgeBand.all`.
    private(set) var ages = [Int](repeating: 0, count: AgeBand.all.count)
    /// People of whom no birth date is known.
    private(set) var ageless = 0

    var total: Counts { byDimension[FigureDimension.all.rawValue]?[""] ?? (0, 0) }

    /// In the order of the codes.
    func counts(_ dimension: FigureDimension) -> [(code: String, counts: Counts)] {
        (byDimension[dimension.rawValue] ?? [:]).map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }

    private mutating func add(_ dimension: String, _ code: String, _ households: Int, _ people: Int) {
        let before = byDimension[dimension]?[code] ?? (0, 0)
        byDimension[dimension, default: [:]][code] = (before.households + households, before.people + people)
    }

    // MARK: Another day

    static func counted(in scope: Scope, on day: CivilDate, _ connection: Connection) throws -> HouseholdStatistics {
        var statistics = HouseholdStatistics()
        for figure in try FigureRecount.past(day, in: scope, connection) {
            switch FigureDimension(rawValue: figure.dimension) {
            case .birthYear: if figure.code.isEmpty { statistics.ageless += figure.people }
            case .birthDate:
                guard let age = CivilDate(figure.code)?.age(on: day) else { continue }
                let band = AgeBand.all.lastIndex { $0.first <= max(age, 0) } ?? 0
                statistics.ages[band] += figure.people
            default: statistics.add(figure.dimension, figure.code, figure.households, figure.people)
            }
        }
        return statistics
    }

    // MARK: Today

    private static let villages = """
        FROM division d JOIN household_figure f ON f.village_id = d.id
        WHERE d.level = 5 AND d.successor_id IS NULL AND d.area_code BETWEEN $1 AND $2
        """

    static func kept(in scope: Scope, on day: CivilDate, _ connection: Connection) throws -> HouseholdStatistics {
        var statistics = HouseholdStatistics()
        // Birth dates are most of the rows, and only those of the years at the ends of bands are needed.
        for dimension in FigureDimension.allCases where dimension != .birthYear && dimension != .birthDate {
            try connection.forEach(
                """
                SELECT f.code, sum(f.households), sum(f.people) \(villages) AND f.dimension = $3 GROUP BY f.code
                """, scope.first, scope.last, dimension.rawValue
            ) { statistics.add(dimension.rawValue, $0.text(0), $0.int(1), $0.int(2)) }
        }
        var byYear: [Int: Int] = [:]
        try connection.forEach(
            "SELECT f.code, f.people \(villages) AND f.dimension = 'birth-year'", scope.first, scope.last
        ) { row in
            // Digits to a number without a text in between; none are year 0, of whom nothing is known.
            let year = row.utf8(0).reduce(0) { $0 * 10 + Int($1) - 48 }
            byYear[year, default: 0] += row.int(1)
        }
        statistics.ageless = byYear.removeValue(forKey: 0) ?? 0
        let today = day.components
        // People who have reached the first age of each band.
        let reached = try AgeBand.all.map { band in
            guard band.first > 0 else { return byYear.values.reduce(0, +) }
            let year = today.year - band.first
            let before = byYear.reduce(0) { $0 + ($1.key < year ? $1.value : 0) }
            let boundary = try connection.first(
                "SELECT sum(f.people) \(villages) AND f.dimension = 'birth-date' AND f.code BETWEEN $3 AND $4",
                scope.first, scope.last, yearText(year) + "-01-01",
                yearText(year) + String(day.description.dropFirst(4))
            ) { $0.optionalInt(0) }
            return before + ((boundary ?? nil) ?? 0)
        }
        for band in AgeBand.all.indices {
            statistics.ages[band] = reached[band] - (band + 1 < reached.count ? reached[band + 1] : 0)
        }
        return statistics
    }

    private static func yearText(_ year: Int) -> String {
        let digits = String(max(year, 1))
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
