// What a household is owed in a period, and what was done for it (R060 to R063). Whose duty it is, is not said here: it
// lies on whoever helps the household on the day that is asked for.

/// What for somebody is to be called or visited.
public enum ContactDutyKind: String, CaseIterable, Sendable, Comparable {
    case phone
    case visit
    case festival
    case busySeason = "busy-season"
    case lifeEvent = "life-event"
    case dispute
    case difficulty

    /// Whether it follows from an occasion (五必访) and not from the calendar alone.
    public var isOccasion: Bool { self != .phone && self != .visit }

    /// In the order of their names, as lists have them.
    public static func < (left: ContactDutyKind, right: ContactDutyKind) -> Bool { left.rawValue < right.rawValue }
}

/// A contact that counts.
public struct HouseholdContact: Hashable, Sendable {
    /// The day for which it counts.
    public let day: CivilDate
    /// Whether somebody was there; else a call.
    public let isVisit: Bool
    /// The occasions that it names; those of calls count for nothing.
    public let occasions: Set<ContactDutyKind>

    /// A contact on a day.
    public init(day: CivilDate, isVisit: Bool, occasions: Set<ContactDutyKind> = []) {
        self.day = day
        self.isVisit = isVisit
        self.occasions = occasions
    }

    /// The kinds of duties for which it counts.
    public var kinds: Set<ContactDutyKind> { Set(ContactDutyKind.allCases.filter(counts)) }

    /// Whether it counts for duties of a kind.
    public func counts(for kind: ContactDutyKind) -> Bool {
        switch kind {
        case .phone: !isVisit
        case .visit: isVisit
        default: isVisit && occasions.contains(kind)
        }
    }
}

/// Days within which an occasion is to be met by a visit that names it.
public struct OccasionWindow: Hashable, Sendable {
    /// Any kind but phone and visit.
    public let kind: ContactDutyKind
    /// The festival, crop or event; unique among those of the kind in one window of one household.
    public let subject: String
    /// Its first day.
    public let first: CivilDate
    /// Its last day.
    public let last: CivilDate

    /// A window from its first to its last day.
    public init(kind: ContactDutyKind, subject: String, first: CivilDate, last: CivilDate) {
        self.kind = kind
        self.subject = subject
        self.first = first
        self.last = last
    }
}

/// What names a duty of a household.
public struct ContactDutyName: Hashable, Sendable, Comparable {
    /// What it is for.
    public let kind: ContactDutyKind
    /// The festival, crop or event; empty for phone and visit.
    public let subject: String
    /// The first day of its period.
    public let first: CivilDate
    /// The last day of its period.
    public let last: CivilDate

    /// The name of a duty.
    public init(kind: ContactDutyKind, subject: String = "", first: CivilDate, last: CivilDate) {
        self.kind = kind
        self.subject = subject
        self.first = first
        self.last = last
    }

    /// By the end of the period, then by what it is for.
    public static func < (left: ContactDutyName, right: ContactDutyName) -> Bool {
        if left.last != right.last { return left.last < right.last }
        if left.kind != right.kind { return left.kind < right.kind }
        if left.subject != right.subject { return left.subject < right.subject }
        return left.first < right.first
    }
}

/// How a duty stands on a day.
public enum ContactDutyState: String, CaseIterable, Sendable {
    case due
    /// Done within its period.
    case inTime = "in-time"
    /// Made up for after its period.
    case late
    case overdue

    /// The only place where it is decided what is in time, what is late and what is still open.
    ///
    /// - Parameters:
    ///   - periodEnd: the last day of its period.
    ///   - doneOn: the day on which it was done, in time or not.
    ///   - last: the last day of which contacts are known.
    public init(periodEnd: CivilDate, doneOn: CivilDate?, on day: CivilDate, knowingUntil last: CivilDate) {
        if let doneOn, doneOn <= last {
            self = doneOn > periodEnd ? .late : .inTime
        } else {
            self = day <= periodEnd ? .due : .overdue
        }
    }
}

/// A duty of a household for a period, with what was done for it.
public struct ContactDuty: Hashable, Sendable {
    /// What it is for, and when.
    public let name: ContactDutyName
    /// Contacts owed within the period.
    public let required: Int
    /// Contacts within the period that count for it.
    public var contacts: Int
    /// The day of the last required contact of the period; else that of the first contact after it, which makes up for
    /// what was missed; nil while it is not done.
    public var doneOn: CivilDate?

    /// A duty for which nothing is done yet, unless it is said.
    public init(name: ContactDutyName, required: Int, contacts: Int = 0, doneOn: CivilDate? = nil) {
        self.name = name
        self.required = required
        self.contacts = contacts
        self.doneOn = doneOn
    }

    /// Whether it was done after its period.
    public var isLate: Bool { doneOn.map { $0 > name.last } ?? false }

    /// How it stands on a day, by the contacts until then.
    public func state(on day: CivilDate) -> ContactDutyState {
        state(on: day, knowingUntil: day)
    }

    /// How it stands on a day, by the contacts until another one.
    public func state(on day: CivilDate, knowingUntil last: CivilDate) -> ContactDutyState {
        ContactDutyState(periodEnd: name.last, doneOn: doneOn, on: day, knowingUntil: last)
    }

    /// Days since it should have been done; 0 unless it is overdue.
    ///
    /// - Parameter takeover: the day on which whoever answers for the household began to: what was overdue before
    ///   is not theirs.
    public func overdueDays(on day: CivilDate, since takeover: CivilDate? = nil) -> Int {
        guard state(on: day) == .overdue else { return 0 }
        return max(0, day.days(since: max(name.last, takeover ?? .first)))
    }

    /// The same duty with what was done for it by some contacts.
    ///
    /// - Parameter days: of the contacts that count for its kind, ascending, from the first day of the period on.
    public func counted(_ days: some RandomAccessCollection<CivilDate>) -> ContactDuty {
        var duty = self
        let within = days.drop { $0 < name.first }.prefix { $0 <= name.last }
        duty.contacts = within.count
        duty.doneOn =
            within.count >= required ? within.dropFirst(required - 1).first : days.first { $0 > name.last }
        return duty
    }
}
