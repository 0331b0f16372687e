// On which days the five occasions (五必访, R063) oblige to a visit: festivals and busy seasons by the rules of the
// village where a household lives, and events by the days after them. It deliberately knows no visits: what was done
// about an occasion is counted by the ledger of duties.

/// The day of a festival in a year.
public struct Festival: Hashable, Sendable {
    /// A code of list `festival`.
    public let code: String
    /// Its day.
    public let day: CivilDate

    /// A festival on its day.
    public init(code: String, day: CivilDate) {
        self.code = code
        self.day = day
    }
}

/// What the parameters of an area say of occasions.
public struct OccasionRules: Hashable, Sendable {
    /// Codes of the festivals on which a visit is owed.
    public var festivals: Set<String> = []
    /// Days before a festival from which a visit is one for it.
    public var daysBefore = 0
    /// Days after a festival through which it still is.
    public var daysAfter = 0
    /// Days after an event within which a visit is owed; nil where none is.
    public var eventDays: Int?
    /// The busy seasons of each crop, by code.
    public var seasons: [String: [YearlySeason]] = [:]

    /// Rules by which nothing is owed.
    public init() {}
}

/// Rules that hold for a household on some days: those of one village while one set of parameters holds.
public struct OccasionStretch: Hashable, Sendable {
    /// The first day on which they hold.
    public let first: CivilDate
    /// The first day on which they no longer hold; nil for no end.
    public let end: CivilDate?
    /// What they say.
    public let rules: OccasionRules

    /// Rules with their days.
    public init(first: CivilDate, end: CivilDate?, rules: OccasionRules) {
        self.first = first
        self.end = end
        self.rules = rules
    }

    func contains(_ day: CivilDate) -> Bool { first <= day && (end.map { day < $0 } ?? true) }
}

/// Something that happened to a household.
public struct HouseholdEvent: Hashable, Sendable {
    /// What it was: a code of list `household-event`.
    public enum Kind: String, Sendable, CaseIterable {
        case birth, death, illness, dispute, difficulty
    }

    /// What it was.
    public let kind: Kind
    /// The day on which it happened.
    public let day: CivilDate

    /// An event on its day.
    public init(_ kind: Kind, on day: CivilDate) {
        self.kind = kind
        self.day = day
    }
}

/// The windows of occasions of one household.
public enum OccasionCalendar {
    /// The windows of festivals and busy seasons that have a day in common with the span.
    ///
    /// A window opens on the first day on which the rules then in force say so: where somebody moves in, or a rule
    /// begins, shortly before a festival, on that day. It closes as the rules of that first day say.
    ///
    /// - Parameter stretches: in the order of days, none overlapping.
    public static func windows(
        _ stretches: [OccasionStretch], festivals: some Sequence<Festival>, from first: CivilDate,
        through last: CivilDate
    ) -> [OccasionWindow] {
        var windows: [OccasionWindow] = []
        for festival in festivals where festival.day.adding(days: spanMax) >= first {
            guard festival.day.adding(days: -spanMax) <= last else { continue }
            for stretch in stretches where stretch.rules.festivals.contains(festival.code) {
                let opens = max(stretch.first, festival.day.adding(days: -stretch.rules.daysBefore))
                guard opens <= festival.day, stretch.contains(opens) else { continue }
                windows.append(
                    OccasionWindow(
                        kind: .festival, subject: festival.code, first: opens,
                        last: festival.day.adding(days: stretch.rules.daysAfter)))
                break
            }
        }
        windows += seasons(stretches, from: first, through: last)
        return windows.filter { $0.last >= first && $0.first <= last }
    }

    /// Days before and after a festival at most; the parameters are bounded by it.
    public static let spanMax = 60
    /// Days after an event at most.
    public static let eventDaysMax = 366

    /// Of windows of a crop that overlap, as where a season was stated anew in its midst, the first is the one.
    private static func seasons(
        _ stretches: [OccasionStretch], from first: CivilDate, through last: CivilDate
    ) -> [OccasionWindow] {
        var found: [OccasionWindow] = []
        let years = max(1, first.year - 2)...max(1, last.year)
        for stretch in stretches {
            for (crop, seasons) in stretch.rules.seasons {
                for days in seasons.flatMap({ season in years.compactMap(season.days) }) {
                    let opens = max(stretch.first, days.lowerBound)
                    guard days.contains(opens), stretch.contains(opens) else { continue }
                    found.append(
                        OccasionWindow(kind: .busySeason, subject: crop, first: opens, last: days.upperBound))
                }
            }
        }
        found.sort { ($0.subject, $0.first, $0.last) < ($1.subject, $1.first, $1.last) }
        var kept: [OccasionWindow] = []
        for window in found {
            if let before = kept.last, before.subject == window.subject, before.last >= window.first { continue }
            kept.append(window)
        }
        return kept
    }

    /// The windows of events that have a day in common with the span; one for events of a kind on one day, which the
    /// archive and a visit may both tell of.
    public static func windows(
        of events: some Sequence<HouseholdEvent>, _ stretches: [OccasionStretch], from first: CivilDate,
        through last: CivilDate
    ) -> [OccasionWindow] {
        Set(events).compactMap { event in
            guard let rules = stretches.first(where: { $0.contains(event.day) })?.rules, let days = rules.eventDays
            else { return nil }
            return OccasionWindow(
                kind: event.kind.occasion, subject: event.kind.rawValue, first: event.day,
                last: event.day.adding(days: days))
        }
        .filter { $0.last >= first && $0.first <= last }
    }
}

extension HouseholdEvent.Kind {
    /// Under which of the five occasions it falls.
    var occasion: ContactDutyKind {
        switch self {
        case .birth, .death, .illness: .lifeEvent
        case .dispute: .dispute
        case .difficulty: .difficulty
        }
    }
}
