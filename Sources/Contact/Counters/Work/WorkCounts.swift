// What one helper, or one unit, owed and did in some days.

import Domain

/// Duties of contact whose periods ended in the days, by how they stand today, and what was done in the days.
struct WorkCounts: Equatable {
    var duties = DutyCounts()
    /// Made by them, or come along to.
    var visits = 0
    var calls = 0
    /// Each once.
    var householdsVisited = 0
    /// Those that they answer for.
    var households = 0

    var isEmpty: Bool { self == WorkCounts() }

    static func += (left: inout WorkCounts, right: WorkCounts) {
        left.duties += right.duties
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
