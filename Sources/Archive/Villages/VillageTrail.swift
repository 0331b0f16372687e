// What the audit trail says when everything that is believed about a village changes at once: an event for each stretch
// of days on which its facts differ, and one for each year whose profile differs, in the same form as from
// VillageStore.

import Domain
import SQL
import Service
import Web

/// Everything that is believed about a village.
struct VillageBelief {
    private let kinds: [(days: DayInterval, kind: String)]
    private let targets: [(days: DayInterval, year: Int)]
    private let tags: [(days: DayInterval, tag: String)]
    private let profiles: [Int: VillageProfile]

    /// Nothing is believed.
    static let none = VillageBelief(kinds: [], targets: [], tags: [], profiles: [:])

    private init(
        kinds: [(days: DayInterval, kind: String)], targets: [(days: DayInterval, year: Int)],
        tags: [(days: DayInterval, tag: String)], profiles: [Int: VillageProfile]
    ) {
        self.kinds = kinds
        self.targets = targets
        self.tags = tags
        self.profiles = profiles
    }

    init(of id: Identifier, _ connection: Connection) throws {
        func rows<Value>(
            _ table: String, _ column: String, _ read: (borrowing Row) throws -> Value
        ) throws -> [(DayInterval, Value)] {
            try connection.query(
                """
                SELECT \(column), valid_from, valid_to FROM \(table)
                WHERE village_id = $1 AND superseded_at IS NULL ORDER BY valid_from, \(column)
                """, id
            ) { (DayInterval(first: try $0.date(1), end: try $0.optionalDate(2)), try read($0)) }
        }
        kinds = try rows("village_kind", "kind") { $0.text(0) }
        targets = try rows("village_target", "target_exit_year") { $0.int(0) }
        tags = try rows("village_tag", "tag") { $0.text(0) }
        var profiles: [Int: VillageProfile] = [:]
        for year in try rows("village_profile", "substr(valid_from, 1, 4)", { Int($0.text(0)) ?? 0 }).map(\.1) {
            profiles[year] = try VillageTable.profile(of: id, year: year, connection)
        }
        self.profiles = profiles
    }

    private func facts(on day: CivilDate) -> [AuditField] {
        VillageStore.auditFields(
            kind: kinds.first { $0.days.contains(day) }?.kind, target: targets.first { $0.days.contains(day) }?.year,
            tags: tags.filter { $0.days.contains(day) }.map(\.tag))
    }

    private var bounds: [CivilDate] {
        (kinds.map(\.days) + targets.map(\.days) + tags.map(\.days)).flatMap { [$0.first, $0.end].compactMap(\.self) }
    }

    /// What differs, before and after; a side is nil if nothing is left of the archive.
    static func differences(
        _ old: VillageBelief, _ new: VillageBelief, isGone: Bool = false
    ) -> [(before: [UInt8]?, after: [UInt8]?)] {
        let bounds = Set(old.bounds + new.bounds).sorted()
        var stretches: [(days: DayInterval, old: [AuditField], new: [AuditField])] = []
        for (index, first) in bounds.enumerated() {
            let (before, after) = (old.facts(on: first), new.facts(on: first))
            guard !isSame(before, after) else { continue }
            let days = DayInterval(first: first, end: index + 1 < bounds.count ? bounds[index + 1] : nil)
            if let last = stretches.last, last.days.end == first, isSame(last.old, before), isSame(last.new, after) {
                stretches[stretches.count - 1].days = DayInterval(first: last.days.first, end: days.end)
            } else {
                stretches.append((days, before, after))
            }
        }
        var events = stretches.map { stretch -> (before: [UInt8]?, after: [UInt8]?) in
            let days = VillageStore.auditFields(stretch.days)
            return (
                RecordAudit.whole(days + stretch.old), isGone ? nil : RecordAudit.whole(days + stretch.new)
            )
        }
        for year in Set(old.profiles.keys).union(new.profiles.keys).sorted()
        where old.profiles[year] != new.profiles[year] {
            let (before, after) = VillageStore.difference(old.profiles[year], new.profiles[year], year: year)
            events.append((before, isGone ? nil : after))
        }
        return events.isEmpty ? [(RecordAudit.whole([]), isGone ? nil : RecordAudit.whole([]))] : events
    }

    private static func isSame(_ left: [AuditField], _ right: [AuditField]) -> Bool {
        left.map(\.value) == right.map(\.value)
    }
}
