// Sums over the kept help of households and cadres, for each division in which somebody is counted, and the differences
// that one transaction makes of them.

import Domain
import SQL

/// The sums of one division, or of several.
package struct HelpFigures: Equatable {
    /// Households for which somebody answers who can help.
    package var covered = 0
    /// Those that have lost them and must be helped.
    package var awaiting = 0
    var jointMet = 0
    /// Quotas of the linked.
    package var capacity = 0
    /// Pairings of all.
    var used = 0
    package var below = 0
    var above = 0
    package var zeroDuty = 0
    /// Households with a helper outside whose area they lie.
    package var outside = 0

    package static let columns =
        "covered, awaiting, joint_met, capacity, used, below_quota, above_quota, zero_duty, outside"

    package static func += (left: inout HelpFigures, right: HelpFigures) {
        left.covered += right.covered
        left.awaiting += right.awaiting
        left.jointMet += right.jointMet
        left.capacity += right.capacity
        left.used += right.used
        left.below += right.below
        left.above += right.above
        left.zeroDuty += right.zeroDuty
        left.outside += right.outside
    }

    package init() {}

    /// Reads the nine of `columns`; a division without a row has nothing.
    package init(_ row: borrowing Row, from first: Int) {
        guard !row.isNull(first) else { return }
        covered = row.int(first)
        awaiting = row.int(first + 1)
        jointMet = row.int(first + 2)
        capacity = row.int(first + 3)
        used = row.int(first + 4)
        below = row.int(first + 5)
        above = row.int(first + 6)
        zeroDuty = row.int(first + 7)
        outside = row.int(first + 8)
    }
}

/// What a transaction changes of the figures.
package struct HelpFigureChanges {
    private var byDivision: [Identifier: HelpFigures] = [:]

    package mutating func add(_ help: HouseholdHelp, _ sign: Int) {
        byDivision[help.villageId, default: HelpFigures()].covered += help.responsible != nil ? sign : 0
        byDivision[help.villageId, default: HelpFigures()].awaiting += help.awaitingSince != nil ? sign : 0
        byDivision[help.villageId, default: HelpFigures()].jointMet += help.isJointMet ? sign : 0
        byDivision[help.villageId, default: HelpFigures()].outside += help.isOutside ? sign : 0
    }

    package mutating func add(_ help: CadreHelp, _ sign: Int) {
        var figures = byDivision[help.divisionId] ?? HelpFigures()
        figures.capacity += help.isLinked ? help.quota * sign : 0
        figures.used += help.load * sign
        figures.below += help.isBelow ? sign : 0
        figures.above += help.isAbove ? sign : 0
        figures.zeroDuty += help.hasNothing ? sign : 0
        byDivision[help.divisionId] = figures
    }

    /// Writes a row for each division in which something differs.
    package func write(_ connection: Connection) throws {
        for (division, change) in byDivision.sorted(by: { $0.key < $1.key }) where change != HelpFigures() {
            try connection.run(
                """
                INSERT INTO help_figure (division_id, \(HelpFigures.columns))
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                ON CONFLICT (division_id) DO UPDATE SET covered = covered + excluded.covered,
                    awaiting = awaiting + excluded.awaiting, joint_met = joint_met + excluded.joint_met,
                    capacity = capacity + excluded.capacity, used = used + excluded.used,
                    below_quota = below_quota + excluded.below_quota,
                    above_quota = above_quota + excluded.above_quota, zero_duty = zero_duty + excluded.zero_duty,
                    outside = outside + excluded.outside
                """, division, change.covered, change.awaiting, change.jointMet, change.capacity, change.used,
                change.below, change.above, change.zeroDuty, change.outside)
            // Where nobody is counted any more nothing is left, so that a division can be taken back.
            try connection.run(
                """
                DELETE FROM help_figure WHERE division_id = $1 AND covered = 0 AND awaiting = 0 AND joint_met = 0
                    AND capacity = 0 AND used = 0 AND below_quota = 0 AND above_quota = 0 AND zero_duty = 0
                    AND outside = 0
                """, division)
        }
    }
}
