// What one helper, or one unit, owed and did in some days.

import Domain

/// Duties of contact whose periods ended in the days, by how they stand today, and what was done in the days.
struct WorkCounts: Equatable {
    var inTime = 0
    /// Done after their periods.
    var late = 0
    var open = 0
    /// Made by them, or come along to.
    var visits = 0
    var calls = 0
    /// Each once.
    var householdsVisited = 0
    /// Those that they answer for.
    var households = 0

    /// In thousandths, rounded down; nil where nothing was owed.
    var inTimePermille: Int? {
        let duties = inTime + late + open
        return duties == 0 ? nil : inTime * 1_000 / duties
    }

    var isEmpty: Bool { self == WorkCounts() }

    mutating func add(doneOn: CivilDate?, periodEnd: CivilDate) {
        guard let doneOn else {
            open += 1
            return
        }
        if doneOn > periodEnd { late += 1 } else { inTime += 1 }
    }

    static func += (left: inout WorkCounts, right: WorkCounts) {
        left.inTime += right.inTime
        left.late += right.late
        left.open += right.open
        left.visits += right.visits
        left.calls += right.calls
        left.householdsVisited += right.householdsVisited
        left.households += right.households
    }
}

/// How a helper's load stands to their quota today, or those of a unit together.
struct WorkLoad: Equatable {
    var quota = 0
    var load = 0
    /// Households that are lacking to the quotas of those in post, and those above quotas.
    var lacking = 0
    var excess = 0
    /// Cadres of whom that is so.
    var below = 0
    var above = 0

    init() {}

    init(quota: Int, load: Int, isHeldToIt: Bool) {
        self.quota = quota
        self.load = load
        lacking = isHeldToIt ? max(0, quota - load) : 0
        excess = max(0, load - quota)
        below = lacking > 0 ? 1 : 0
        above = excess > 0 ? 1 : 0
    }

    static func += (left: inout WorkLoad, right: WorkLoad) {
        left.quota += right.quota
        left.load += right.load
        left.lacking += right.lacking
        left.excess += right.excess
        left.below += right.below
        left.above += right.above
    }
}

/// Somebody whose work is counted.
struct Worker {
    let id: Identifier
    let organizationId: Identifier
    var counts = WorkCounts()
    /// Nil for a cadre who is counted in an area that the caller does not see.
    var load: WorkLoad?
    /// Where the cadre is counted today.
    var division: Identifier?
}
