// The bulletin of contact (R065): headline counters of a half year, a month or ten days beside those of the one before,
// its duties, helpers without a visit, and towns that are behind. Counted at the question from the records, so
// that a late record changes it; deliberately nothing of it is stored.

import Archive
import Domain
import SQL
import Service

/// What the bulletin says about one area.
struct BulletinArea {
    let division: Division
    var counts = ContactCounts()
    var before = ContactCounts()
    var duties = DutyCounts()
    /// Helpers who have visited nobody for so long that the alarm of their area applies.
    var alarmed = 0
    /// Fewer duties are done than the area requires.
    var isBehind = false
}

/// The bulletin of an area and period.
struct ContactBulletin {
    let period: BulletinPeriod
    /// The day on which its duties are judged: the first after the period, or today while that is still to come.
    let day: CivilDate
    /// The share of duties done, in thousandths, below which an area is behind; nil if no parameter sets it.
    let laggardBelow: Int?
    let area: BulletinArea
    /// The areas below, in the order of their places.
    let items: [BulletinArea]

    /// Those that are behind, worst first.
    var laggards: [BulletinArea] {
        items.filter(\.isBehind).sorted {
            let (left, right) = ($0.duties.donePermille ?? 0, $1.duties.donePermille ?? 0)
            return left == right ? $0.division.areaCode < $1.division.areaCode : left < right
        }
    }

    /// - Parameter scope: the range of one division; nil is answered for a range that is none.
    init?(in scope: Scope, _ period: BulletinPeriod, today: CivilDate, _ connection: Connection) throws {
        let now = try AreaCounts(in: scope, period.period, connection)
        guard let division = now.division else { return nil }
        self.period = period
        let day = min(today, period.period.last.adding(days: 1))
        self.day = day
        let before = try AreaCounts(in: scope, period.before.period, connection)
        let places = now.items.map(\.division.scope)
        let duties = try DutyCounts.read(in: scope, places, period.period, on: day, connection)
        let finder = PlaceFinder(places)
        let alarmed = try HelperAlarms.read(in: scope, on: day, today: today, connection)
        let alarmedIn = Dictionary(grouping: alarmed) { finder.index(of: $0.areaCode) }
        let rows = try ParameterResolution.rows(
            [ParameterKey.bulletinLaggard], in: AreaChain.of(division, connection), on: day, connection)
        let line = rows[ParameterKey.bulletinLaggard]?.first.flatMap { ParameterValue(stored: $0.value)?.number }
        laggardBelow = line
        area = BulletinArea(
            division: division, counts: now.total, before: before.total, duties: duties.total, alarmed: alarmed.count)
        items = now.items.enumerated().map { index, item in
            BulletinArea(
                division: item.division, counts: item.counts, before: before.items[index].counts,
                duties: duties.parts[index], alarmed: alarmedIn[index]?.count ?? 0,
                isBehind: (duties.parts[index].donePermille ?? 1_000) < (line ?? 0))
        }
    }
}
