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
    /// The area itself beside those below it: cadres who serve a town, and not one of its villages.
    var isOwn = false
    var counts = ContactCounts()
    var before = ContactCounts()
    var duties = DutyCounts()
    /// Helpers who have visited nobody for so long that the alarm of their area applies.
    var alarmed = 0
    /// Fewer duties are done in time than the area asks for.
    var isBehind = false
}

/// The bulletin of an area and period.
struct ContactBulletin {
    let period: BulletinPeriod
    /// The day on which its duties are judged: the first after the period, or today while that is still to come.
    let day: CivilDate
    /// Thousandths of duties done in time below which an area is behind; nil where no parameter says.
    let laggardBelow: Int?
    let area: BulletinArea
    /// The areas below, in the order of their places.
    let items: [BulletinArea]

    /// Those that are behind, worst first.
    var laggards: [BulletinArea] {
        items.filter(\.isBehind).sorted {
            let (left, right) = ($0.duties.inTimePermille ?? 0, $1.duties.inTimePermille ?? 0)
            return left == right ? $0.division.areaCode < $1.division.areaCode : left < right
        }
    }

    /// - Parameter asked: nil is answered for an area that is not the whole of one division.
    init?(of asked: PastArea, _ period: BulletinPeriod, today: CivilDate, _ connection: Connection) throws {
        let stays = try HouseholdStays(around: asked.scope, connection)
        let now = try AreaCounts(of: asked, stays, period.period, connection)
        guard let division = now.division else { return nil }
        self.period = period
        let day = min(today, period.period.last.adding(days: 1))
        self.day = day
        let before = try AreaCounts(of: asked, stays, period.before.period, connection)
        let parts = try AreaParts(of: asked, division, connection)
        let duties = try DutyCounts.read(of: asked, stays, parts, period.period, on: day, connection)
        let alarmed = try HelperAlarms.read(of: asked, on: day, today: today, connection)
        // A town may share its place with its first village.
        let own = alarmed.filter { $0.division == division.id }
        let alarmedIn = Dictionary(grouping: alarmed.filter { $0.division != division.id }) {
            parts.index(of: asked.former == nil ? nil : $0.division, at: $0.areaCode)
        }
        let rows = try ParameterResolution.rows(
            [ParameterKey.bulletinLaggard], in: AreaChain.of(division, connection), on: day, connection)
        let line = rows[ParameterKey.bulletinLaggard]?.first.flatMap { ParameterValue(stored: $0.value)?.number }
        laggardBelow = line
        area = BulletinArea(
            division: division, counts: now.total, before: before.total, duties: duties.total, alarmed: alarmed.count)
        let below = now.items.enumerated().map { index, item in
            BulletinArea(
                division: item.division, counts: item.counts, before: before.items[index].counts,
                duties: duties.parts[index], alarmed: alarmedIn[index]?.count ?? 0,
                isBehind: (duties.parts[index].inTimePermille ?? 1_000) < (line ?? 0))
        }
        items =
            own.isEmpty || below.isEmpty
            ? below : [BulletinArea(division: division, isOwn: true, alarmed: own.count)] + below
    }
}
