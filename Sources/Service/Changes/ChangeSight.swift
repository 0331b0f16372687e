// Who sees which change, and how much of it. The one rule of the feed: pages and the look at parked readers both use
// it. It fails closed: anything that it does not know is not shown.

import Domain
import SQL

/// What one caller may see of the feed.
struct ChangeSight: Sendable {
    /// How much of a change is shown.
    enum Part {
        /// As it is.
        case whole
        /// It came from outside the range: without the place where it was.
        case entered
        /// It left the range: a tombstone, without the place where it is now.
        case left
    }

    let scope: Scope
    let role: Role
    /// Nil for all.
    let entities: Set<Entity>?
    let composition: Composition

    private static let overseers: Set<Role> = [.countyAdministrator, .auditor, .province]

    /// What is shown of a change; nil for nothing.
    ///
    /// - Parameters:
    ///   - before: the place where the record was; nil if it is new or has no place.
    ///   - after: the place where it is.
    ///   - entity: read only if the places do not already decide, because most rows are not shown to a narrow range.
    func part(before: Int64?, after: Int64?, entity: () -> Entity?) -> Part? {
        let wasInside = before.map(scope.contains) ?? false
        let isInside = after.map(scope.contains) ?? false
        let hasNoPlace = before == nil && after == nil
        let isAbove = !isInside && (after ?? before).map(isAbove) ?? false
        guard wasInside || isInside || hasNoPlace || isAbove, let entity = entity(), entities?.contains(entity) ?? true
        else {
            return nil
        }
        let audience = composition.record(entity)?.audience
        if hasNoPlace { return audience == .everybody || audience == .everybodyBelow ? .whole : nil }
        if audience == .overseers && !Self.overseers.contains(role) { return nil }
        if isAbove && !wasInside { return audience == .everybodyBelow ? .whole : nil }
        if isInside { return wasInside || before == nil ? .whole : .entered }
        return after == nil ? .whole : .left
    }
}

extension ChangeSight {
    /// True for the place of a division above the whole range.
    private func isAbove(_ place: Int64) -> Bool {
        // Places above a range end in the zeros of their level; most other places are recognised by this alone.
        guard place % 1_000 == 0 else { return false }
        return DivisionLevel.allCases.contains { level in
            let span = AreaCode.span(of: level)
            return place % span == 0 && scope.first - scope.first % span == place && scope.last < place + span
        }
    }
}

/// What was committed after a place, read once for all parked readers.
package struct ChangeNews {
    private struct Line {
        let before: Int64?
        let after: Int64?
        let entity: Entity?
    }

    /// Past this many changes each reader is looked at separately.
    private static let linesMax = 5_000

    /// The last change that was read.
    package private(set) var end: ChangePlace
    private var lines: [Line] = []
    private var isTooLong = false
    /// Rights depend on divisions and users: a parked reader may have gained or lost some.
    private var changesRights = false

    /// Reads what a snapshot contains after a place.
    package init(after place: ChangePlace, _ connection: Connection) throws {
        end = place
        try connection.forEach(
            """
            SELECT sequence, at, area_before, area_after, entity FROM change WHERE sequence > $1
            ORDER BY sequence LIMIT $2
            """, place.sequence, Self.linesMax
        ) { row in
            end = ChangePlace(sequence: row.int64(0), at: row.int64(1))
            let entity = Entity(rawValue: row.text(4))
            if entity == .division || entity == .user { changesRights = true }
            lines.append(Line(before: row.optionalInt64(2), after: row.optionalInt64(3), entity: entity))
        }
        isTooLong = lines.count == Self.linesMax
    }

    /// True if none of it is shown to anybody with this sight, and the sight itself is unchanged.
    func isInvisible(to sight: ChangeSight) -> Bool {
        if isTooLong || changesRights { return false }
        return !lines.contains { line in sight.part(before: line.before, after: line.after) { line.entity } != nil }
    }
}
