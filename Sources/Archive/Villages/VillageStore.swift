// What may be written about a village: its kind, target year and tags on some days, and its profile of a year. Every
// write makes a new version of the village's record.

import Domain
import SQL
import Service
import Web

/// What a patch states about a village on some days.
package struct VillageStatement {
    package let days: DayInterval
    package let kind: Change<String>
    let targetExitYear: Change<Int>
    package let tags: Change<[String]>
    /// Tags that hold in addition to the known ones.
    var addedTags: [String] = []
    /// Whether what is known of later days is wiped, where no last day is said.
    var replacesLater = false
}

enum VillageStore {
    /// States facts on their days; nothing is written if all of them are already believed.
    ///
    /// What is said without a last day holds until the next thing that is known.
    /// - Returns: whether anything was different, and what was told late.
    static func state(
        _ said: VillageStatement, of village: Village, _ transaction: Transaction
    ) throws -> (isDifferent: Bool, retold: [RetoldSpan]) {
        let before = try facts(of: village.division.id, on: said.days.first, transaction.connection)
        try begin(village, transaction)
        let id = village.division.id
        let recordedAt = try VillageTable.nextRecordedAt(id, now: transaction.now, transaction.connection)
        let moment = Moment(
            days: said.days, replacesLater: said.replacesLater, today: transaction.today, recordedAt: recordedAt,
            connection: transaction.connection)
        var isDifferent = false
        var retold: [RetoldSpan] = []
        func tell<Value: Bindable>(
            _ change: Change<Value>, _ table: IntervalTable, _ field: String,
            _ read: (borrowing Row) throws -> String
        ) throws {
            let former = try table.believed(id, transaction.connection, read: read)
            isDifferent = try apply(change, table, id, moment) || isDifferent
            guard former.contains(where: { $0.days.first > said.days.first && $0.days.first <= transaction.today })
            else { return }
            retold += DatedTexts(former).difference(
                to: DatedTexts(try table.believed(id, transaction.connection, read: read)), field)
        }
        try tell(said.kind, VillageTable.kinds, "kind") { $0.text(0) }
        try tell(said.targetExitYear, VillageTable.targets, "targetExitYear") { String($0.int(0)) }
        let formerTags = try VillageTable.sets(of: id, transaction.connection)
        switch said.tags {
        case .keep: break
        case .clear: isDifferent = try setTags([], of: id, moment) || isDifferent
        case .set(let tags): isDifferent = try setTags(Set(tags), of: id, moment) || isDifferent
        }
        for tag in said.addedTags {
            isDifferent = try add(tag, to: id, moment) || isDifferent
        }
        if formerTags.contains(where: { $0.days.first > said.days.first && $0.days.first <= transaction.today }) {
            retold += DatedTexts(formerTags).difference(
                to: DatedTexts(try VillageTable.sets(of: id, transaction.connection)), "tags")
        }
        guard isDifferent else {
            try forget(village, transaction)
            return (false, [])
        }
        let days = auditFields(said.days)
        let after = try facts(of: id, on: said.days.first, transaction.connection)
        try record(
            village, RecordAudit.whole(days + before), RecordAudit.whole(days + after), recordedAt: recordedAt,
            transaction)
        return (true, retold)
    }

    /// States the profile of a year.
    static func state(
        _ profile: VillageProfile, year: Int, over old: VillageProfile?, of village: Village, _ transaction: Transaction
    ) throws {
        let days = try Self.days(of: year)
        try begin(village, transaction)
        let id = village.division.id
        let recordedAt = try VillageTable.nextRecordedAt(id, now: transaction.now, transaction.connection)
        try VillageTable.profiles.state([id], profile.bindings, days, recordedAt: recordedAt, transaction.connection)
        let (before, after) = difference(old, profile, year: year)
        try record(village, before, after, recordedAt: recordedAt, transaction)
    }

    /// - Throws: 404 for a year that the calendar does not have.
    static func days(of year: Int) throws -> DayInterval {
        guard let first = CivilDate(year: year, month: 1, day: 1), let end = CivilDate(year: year + 1, month: 1, day: 1)
        else { throw Problem(.notFound) }
        return DayInterval(first: first, end: end)
    }

    // MARK: The head row

    /// Makes the head row that the dated rows refer to.
    private static func begin(_ village: Village, _ transaction: Transaction) throws {
        guard village.recordedAt == nil else { return }
        try transaction.connection.run(
            "INSERT INTO village (id, version, area_code, recorded_at, created_at) VALUES ($1, $2, $3, $4, $4)",
            village.division.id, village.version, village.areaCode, transaction.now)
    }

    /// Removes a head row to which nothing turned out to belong.
    private static func forget(_ village: Village, _ transaction: Transaction) throws {
        guard village.recordedAt == nil else { return }
        try transaction.connection.run("DELETE FROM village WHERE id = $1", village.division.id)
    }

    private static func record(
        _ village: Village, _ before: [UInt8], _ after: [UInt8], recordedAt: Int64, _ transaction: Transaction
    ) throws {
        let id = village.division.id
        let isNew = village.recordedAt == nil
        try transaction.connection.run(
            "UPDATE village SET version = $2, recorded_at = $3 WHERE id = $1", id, village.version + 1, transaction.now)
        try transaction.audit(isNew ? "create" : "change", .village, id, before: isNew ? nil : before, after: after)
        try transaction.change(
            isNew ? .create : .change, .village, id, version: village.version + 1,
            from: isNew ? nil : village.areaCode, to: village.areaCode, recordedAt: recordedAt)
    }

    // MARK: Facts

    /// The days concerned, and when it is recorded.
    private struct Moment {
        let days: DayInterval
        let replacesLater: Bool
        let today: CivilDate
        let recordedAt: Int64
        let connection: Connection

        /// The days of a statement about all tags of a village: without a last day until they are known to have become
        /// others.
        func daysOfTags(_ village: Identifier) throws -> DayInterval {
            guard days.end == nil, !replacesLater else { return days }
            return DayInterval(
                first: days.first,
                end: try VillageTable.nextTagsDay(of: village, after: days.first, today: today, connection))
        }

        /// The days of a statement about a key: without a last day until the next thing that is known of it.
        func days(_ table: IntervalTable, _ key: [any Bindable]) throws -> DayInterval {
            guard days.end == nil, !replacesLater else { return days }
            return DayInterval(first: days.first, end: try table.nextDay(key, after: days.first, connection))
        }
    }

    private static func apply(
        _ change: Change<some Bindable>, _ table: IntervalTable, _ id: Identifier, _ moment: Moment
    ) throws -> Bool {
        switch change {
        case .keep: return false
        case .set(let value):
            let days = try moment.days(table, [id])
            // Told again it began when it did.
            if try table.holds([id], [value], days, moment.connection) { return false }
            return try table.state(
                [id], [value], days, recordedAt: moment.recordedAt, moment.connection)
        case .clear:
            try table.clear([id], moment.days(table, [id]), recordedAt: moment.recordedAt, moment.connection)
            return try moment.connection.first(
                "SELECT 1 FROM \(table.name) WHERE village_id = $1 AND superseded_at = $2", id, moment.recordedAt
            ) { _ in true } ?? false
        }
    }

    /// Sets the tags of some days to exactly these.
    private static func setTags(_ tags: Set<String>, of id: Identifier, _ moment: Moment) throws -> Bool {
        var isDifferent = false
        let days = try moment.daysOfTags(id)
        let former = try VillageTable.tags(of: id, in: days, moment.connection)
        for tag in former.subtracting(tags).sorted() {
            try VillageTable.tags.clear([id, tag], days, recordedAt: moment.recordedAt, moment.connection)
            isDifferent = true
        }
        for tag in tags.sorted() {
            isDifferent =
                try VillageTable.tags.state([id, tag], [], days, recordedAt: moment.recordedAt, moment.connection)
                || isDifferent
        }
        return isDifferent
    }

    private static func add(_ tag: String, to id: Identifier, _ moment: Moment) throws -> Bool {
        try VillageTable.tags.state(
            [id, tag], [], moment.days(VillageTable.tags, [id, tag]), recordedAt: moment.recordedAt, moment.connection)
    }

    private static func facts(
        of id: Identifier, on day: CivilDate, _ connection: Connection
    ) throws -> [AuditField] {
        let kind = try connection.first(
            VillageTable.kinds.asOf("village_id = $1", day: "$2"), id, day
        ) { $0.text(1) }
        let target = try connection.first(
            VillageTable.targets.asOf("village_id = $1", day: "$2"), id, day
        ) { $0.int(1) }
        let tags = try connection.query(
            VillageTable.tags.asOf("village_id = $1", day: "$2") + " ORDER BY tag", id, day
        ) { $0.text(1) }
        return auditFields(kind: kind, target: target, tags: tags)
    }

    // MARK: The audit trail

    static func auditFields(_ days: DayInterval) -> [AuditField] {
        [("from", .text(days.first.description)), ("to", .of(days.end?.description))]
    }

    static func auditFields(kind: String?, target: Int?, tags: [String]) -> [AuditField] {
        [("kind", .of(kind)), ("targetExitYear", target.map(AuditValue.integer) ?? .null), ("tags", .texts(tags))]
    }

    /// The year of a profile with what differs.
    static func difference(
        _ old: VillageProfile?, _ new: VillageProfile?, year: Int
    ) -> (before: [UInt8], after: [UInt8]) {
        let blank = VillageProfile(values: [:])
        let pairs = zip((old ?? blank).auditFields, (new ?? blank).auditFields).filter { $0.value != $1.value }
        let year: AuditField = ("year", .integer(year))
        return (RecordAudit.whole([year] + pairs.map(\.0)), RecordAudit.whole([year] + pairs.map(\.1)))
    }
}
