// Which duties of contact a household has had and will have: from the cadence of each day, the day on which it came
// under duty, and the occasions; then what its contacts did for them. Pure: the same questions over kept rows are asked
// of the database.

/// From a day on, until the next one, a household is to be called and visited so often.
public struct ContactStretch: Hashable, Sendable {
    /// The first day.
    public let first: CivilDate
    /// Calls; nil for none.
    public let phone: ContactCadence?
    /// Visits; nil for none.
    public let visit: ContactCadence?

    /// A cadence of calls and one of visits from a day on.
    public init(first: CivilDate, phone: ContactCadence?, visit: ContactCadence?) {
        self.first = first
        self.phone = phone
        self.visit = visit
    }
}

/// What one household is owed.
public struct ContactLedger: Sendable {
    /// The day on which the household came under duty.
    public let begin: CivilDate
    /// Ascending, the first one on or before `begin`.
    public let stretches: [ContactStretch]
    /// Occasions, in any order.
    public let windows: [OccasionWindow]

    /// A household that came under duty on a day.
    public init(begin: CivilDate, stretches: [ContactStretch], windows: [OccasionWindow] = []) {
        self.begin = begin
        self.stretches = stretches
        self.windows = windows
    }

    /// What is owed in periods that end on `first` or later and begin on `horizon` or earlier, without contacts, in the
    /// order of names.
    ///
    /// A duty exists where the cadence of the period's first day has periods of its length; in the period in which the
    /// household came under duty, the day on which it did.
    public func duties(endingFrom first: CivilDate = .first, through horizon: CivilDate) -> [ContactDuty] {
        var duties: [ContactDuty] = []
        append(.phone, \.phone, from: max(first, begin), through: horizon, to: &duties)
        append(.visit, \.visit, from: max(first, begin), through: horizon, to: &duties)
        for window in Set(windows) where window.last >= max(first, begin) && window.first <= horizon {
            let name = ContactDutyName(
                kind: window.kind, subject: window.subject, first: window.first, last: window.last)
            duties.append(ContactDuty(name: name, required: 1))
        }
        return duties.sorted { $0.name < $1.name }
    }

    private func append(
        _ kind: ContactDutyKind, _ cadence: KeyPath<ContactStretch, ContactCadence?>, from first: CivilDate,
        through horizon: CivilDate, to duties: inout [ContactDuty]
    ) {
        for (index, stretch) in stretches.enumerated() {
            guard let own = stretch[keyPath: cadence] else { continue }
            let end = index + 1 < stretches.count ? stretches[index + 1].first : nil
            // Nothing that ends before the first day wanted is looked at, however long the stretch.
            var period = CalendarPeriod(containing: max(first, stretch.first), months: own.months)
            while period.first <= horizon {
                let judged = max(period.first, begin)
                if let end, judged >= end { break }
                if judged >= stretch.first {
                    let name = ContactDutyName(kind: kind, first: period.first, last: period.last)
                    duties.append(ContactDuty(name: name, required: own.times))
                }
                period = period.next(months: own.months)
            }
        }
    }

    /// Duties with what contacts did for them.
    ///
    /// - Parameters:
    ///   - duties: without contacts, or with some that are counted anew.
    ///   - contacts: all from the first day of the earliest duty on, in any order.
    public static func counting(_ contacts: [HouseholdContact], for duties: [ContactDuty]) -> [ContactDuty] {
        let contacts = contacts.sorted { $0.day < $1.day }
        var days: [ContactDutyKind: [CivilDate]] = [:]
        for kind in Set(duties.map(\.name.kind)) {
            days[kind] = contacts.filter { $0.counts(for: kind) }.map(\.day)
        }
        return duties.map { duty in
            let all = days[duty.name.kind] ?? []
            return duty.counted(all[all.firstIndex(reaching: duty.name.first)...])
        }
    }
}

extension Array where Element == CivilDate {
    /// The first place, in ascending days, with this day or a later one.
    fileprivate func firstIndex(reaching day: CivilDate) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < day { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
