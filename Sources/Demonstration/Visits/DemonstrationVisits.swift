// The visits of a demonstration county in the order in which they would have arrived: month by month, so that memory
// does not grow with the years. It deliberately knows nothing of how visits are stored.

import Domain

/// A festival around which helpers bring gifts (R063, R066).
public struct DemonstrationFestival: Hashable, Sendable {
    /// The code of its list.
    public let code: String
    /// Its day.
    public let day: CivilDate

    /// A festival on a day.
    public init(code: String, day: CivilDate) {
        self.code = code
        self.day = day
    }
}

/// The visits of some months, the same for the same seed, households, helpers, festivals and days.
///
/// There are gaps as real registers have them: about 7 of 100 calls and 10 of 100 visits that were due are missing,
/// some helpers do nothing for months and a few never, some households are seen by nobody. Some records arrive weeks
/// late, some tablets have wrong clocks, and some records are corrected or taken back.
public struct DemonstrationVisits: Sequence, Sendable {
    private let maker: VisitMaker
    private let households: [VisitedHousehold]
    private let first: CivilDate
    private let until: Instant

    /// - Parameters:
    ///   - households: village by village, with those who help them.
    ///   - first: the first day; that of a month.
    ///   - day: the day before which everything has happened and arrived.
    public init(
        seed: UInt64, households: [VisitedHousehold], festivals: [DemonstrationFestival], from first: CivilDate,
        before day: CivilDate
    ) {
        maker = VisitMaker(seed: seed ^ 0x7669_7369_7473, festivals: festivals)
        self.households = households
        self.first = first
        until = Instant(startOf: day)
    }

    /// A new run through the same visits.
    public func makeIterator() -> Iterator { Iterator(self) }

    /// One run through the visits.
    public struct Iterator: IteratorProtocol, Sendable {
        private let visits: DemonstrationVisits
        private var month: CivilDate
        /// What has happened and not arrived, the last first.
        private var pending: [DemonstrationVisit] = []

        init(_ visits: DemonstrationVisits) {
            self.visits = visits
            month = visits.first
        }

        /// The next visit to arrive, or nil after the last.
        public mutating func next() -> DemonstrationVisit? {
            while true {
                let made = Swift.min(Instant(startOf: month), visits.until)
                if let next = pending.last, next.receivedAt < made { return pending.popLast() }
                guard made < visits.until else { return nil }
                make()
            }
        }

        private mutating func make() {
            for index in visits.households.indices {
                visits.maker.add(visits.households[index], number: index, in: month, to: &pending)
            }
            addMeetings()
            pending.removeAll { $0.receivedAt >= visits.until }
            pending.sort { ($1.receivedAt, $1.id) < ($0.receivedAt, $0.id) }
            month = month.adding(months: 1)
        }

        private mutating func addMeetings() {
            var before: AreaCode?
            for household in visits.households where household.villageCode != before {
                before = household.villageCode
                visits.maker.addMeeting(of: household, in: month, to: &pending)
            }
        }
    }
}
