// The headline counters of contact (R065): what is counted for an area and period, and how it is shown. How the records
// are counted is in CounterReading, the list behind each counter in CounterRecords.

import Domain
import SQL
import Service
import Web

/// A headline counter, by its code; each has a list of the records behind it, with as many rows as it counts.
enum ContactCounter: String, CaseIterable {
    /// Households that were visited at least once.
    case householdsVisited = "households-visited"
    /// Visits of households and villages.
    case visits
    /// Calls.
    case calls
    /// Meetings and other records.
    case otherContacts = "other-contacts"
    /// Cadres who made a visit or came along to one.
    case visitingCadres = "visiting-cadres"
    /// Contact cards issued (R048).
    case cardsIssued = "cards-issued"
    /// Needs and complaints voiced (R035).
    case needsReceived = "needs-received"
    /// Needs and complaints answered (R035), whenever they were voiced.
    case needsAnswered = "needs-answered"
    /// Gifts brought (R066).
    case gifts
    /// Good deeds (R068).
    case deeds
    /// The six helps given (R085), each counted where a record names it.
    case sixHelps = "six-helps"
    /// The five occasions (R063), each counted where a record names it.
    case occasions
    /// Records that arrived after the period had ended and so changed what was reported before (Appendix B 6).
    case lateArrivals = "late-arrivals"

    /// The list of its codes, if it is counted by code.
    var codes: CodeListKey? {
        switch self {
        case .sixHelps: .sixHelps
        case .occasions: .visitOccasion
        default: nil
        }
    }
}

/// The counters of one area in one period.
struct ContactCounts: Equatable {
    var householdsVisited = 0
    var visits = 0
    var calls = 0
    var otherContacts = 0
    var visitingCadres = 0
    var cardsIssued = 0
    var needsReceived = 0
    var needsAnswered = 0
    var gifts = 0
    /// What the gifts are worth, in hundredths of a yuan.
    var giftValueFen = 0
    var deeds = 0
    /// By code.
    var sixHelps: [String: Int] = [:]
    /// By code.
    var occasions: [String: Int] = [:]
    var lateArrivals = 0

    /// The plain counters, with their names in answers.
    var plain: [(name: StaticString, value: Int)] {
        [
            ("householdsVisited", householdsVisited), ("visits", visits), ("calls", calls),
            ("otherContacts", otherContacts), ("visitingCadres", visitingCadres), ("cardsIssued", cardsIssued),
            ("needsReceived", needsReceived), ("needsAnswered", needsAnswered),
            ("gifts", gifts), ("giftValueFen", giftValueFen), ("deeds", deeds), ("lateArrivals", lateArrivals),
        ]
    }

    /// The counters that are shown by code.
    var coded: [(name: StaticString, list: CodeListKey, counts: [String: Int])] {
        [("sixHelps", .sixHelps, sixHelps), ("occasions", .visitOccasion, occasions)]
    }
}

/// A span of days that is counted.
struct CountedPeriod: Equatable {
    let first: CivilDate
    /// The last day, inclusive.
    let last: CivilDate

    /// The moment at which the period ends; what arrives from then on is late.
    var end: Instant { Instant(startOf: to) }

    /// The first day after it, as shown in answers.
    var to: CivilDate { last.adding(days: 1) }

    /// The area that is asked for, as it was on the last day of the period.
    func area(_ code: AreaCode?, _ call: Call, _ connection: Connection) throws -> PastArea {
        try PastArea.asked(code, on: last, today: call.now.shanghaiDate, call.caller.scope, connection)
    }

    /// `from` and `to` of a question; without them this calendar year through today.
    static func read(_ query: inout Query, today: CivilDate) -> CountedPeriod {
        let from = query.value("from", FieldText.date)
        let to = query.value("to", FieldText.date)
        let last = to?.adding(days: -1) ?? max(today, from ?? today)
        let first = from ?? CivilDate(year: last.year, month: 1, day: 1) ?? last
        if last < first { query.report("to", .endsBeforeItBegins) }
        return CountedPeriod(first: first, last: last)
    }
}

extension ContactCounts {
    /// Writes the members of an object; counters by code contain every code of their list, even with 0.
    func write(_ codes: CodeLists, _ json: inout JSONWriter) {
        for (name, value) in plain {
            json.key(name)
            json.integer(value)
        }
        for (name, list, counts) in coded {
            json.key(name)
            json.array { json in
                for code in Self.told(codes, list, counts) {
                    json.object { json in
                        json.key("code")
                        json.string(code)
                        json.key("count")
                        json.integer(counts[code] ?? 0)
                    }
                }
            }
        }
    }

    /// The names of the columns of a file, in the order of `writeCells`.
    static func columns(_ codes: CodeLists) -> [String] {
        let none = ContactCounts()
        return none.plain.map { "\($0.name)" }
            + none.coded.flatMap { name, list, counts in told(codes, list, counts).map { "\(name).\($0)" } }
    }

    func writeCells(_ codes: CodeLists, _ csv: inout CSVWriter) {
        for (_, value) in plain { csv.integer(value) }
        for (_, list, counts) in coded {
            for code in Self.told(codes, list, [:]) { csv.integer(counts[code] ?? 0) }
        }
    }

    private static func told(_ codes: CodeLists, _ list: CodeListKey, _ counts: [String: Int]) -> [String] {
        let known = codes[list]?.values.map(\.code) ?? []
        return known + counts.keys.filter { !known.contains($0) }.sorted()
    }
}
