// The rows of a village's archive (R002, R021, R045): dated kind, target year and tags, and a profile for each year.
// The record is keyed by the village's division and begins with the first statement about it.

import Domain
import SQL
import Service
import Web

/// A village with the version of its archive; 1 if nothing has been stated about it yet.
package struct Village {
    package let division: Division
    /// The place where it is seen: its own, or that of the village that took over.
    package let areaCode: Int64
    package let version: Int
    /// Nil if nothing has been stated yet.
    package let recordedAt: Int64?

    package init(division: Division, areaCode: Int64, version: Int, recordedAt: Int64?) {
        self.division = division
        self.areaCode = areaCode
        self.version = version
        self.recordedAt = recordedAt
    }
}

package enum VillageTable {
    package static let kinds = IntervalTable(name: "village_kind", key: ["village_id"], values: ["kind"])
    package static let targets = IntervalTable(
        name: "village_target", key: ["village_id"], values: ["target_exit_year"])
    package static let tags = IntervalTable(name: "village_tag", key: ["village_id", "tag"], values: [])
    static let profiles = IntervalTable(
        name: "village_profile", key: ["village_id"], values: ProfileField.allCases.map(\.column))

    /// The village with a code: the one that existed on the day, otherwise the one that took over.
    ///
    /// - Throws: 404 if it does not exist or is not the caller's.
    package static func visible(_ text: String, on day: CivilDate, _ scope: Scope, _ connection: Connection) throws
        -> Village
    {
        guard let code = AreaCode(text), let division = try division(code, on: day, connection) else {
            throw Problem(.notFound)
        }
        guard division.level == .village else { throw VillageCode.notFound(division, asked: code, scope) }
        let place = try DivisionStore.followSuccessors(division, connection).areaCode
        guard scope.contains(place) else { throw Problem(.notFound) }
        return try village(division, at: place, connection)
    }

    /// The archive of a village.
    package static func village(_ division: Division, at place: Int64, _ connection: Connection) throws -> Village {
        let head = try connection.first("SELECT version, recorded_at FROM village WHERE id = $1", division.id) {
            ($0.int(0), $0.int64(1))
        }
        return Village(division: division, areaCode: place, version: head?.0 ?? 1, recordedAt: head?.1)
    }

    /// The profile that was first stated for a year, or the one that is believed now.
    static func profile(
        of village: Identifier, year: Int, isFirst: Bool = false, _ connection: Connection
    ) throws -> VillageProfile? {
        let columns = ProfileField.allCases.map(\.column).joined(separator: ", ")
        return try connection.first(
            """
            SELECT \(columns) FROM village_profile WHERE village_id = $1 AND valid_from = $2
                AND ($3 = 1 OR superseded_at IS NULL) ORDER BY recorded_at LIMIT 1
            """, village, try VillageStore.days(of: year).first, isFirst
        ) { row in
            var values: [ProfileField: SQLValue] = [:]
            for (index, field) in ProfileField.allCases.enumerated() where !row.isNull(index) {
                values[field] = row.value(index)
            }
            return VillageProfile(values: values)
        }
    }

    private static func division(_ code: AreaCode, on day: CivilDate, _ connection: Connection) throws -> Division? {
        try connection.first(
            """
            SELECT \(DivisionStore.columns) FROM division
            WHERE code = $1 AND level = 5 AND opened_on <= $2 AND (ended_on IS NULL OR ended_on > $2)
            ORDER BY opened_on DESC LIMIT 1
            """, code, day, row: DivisionStore.read) ?? DivisionStore.resolve(code: code, connection)
    }

    /// A time for the next change of a village, later than everything recorded about it.
    package static func nextRecordedAt(_ village: Identifier, now: Instant, _ connection: Connection) throws -> Int64 {
        // Keys of tags have two columns, so their table needs its own query.
        let latest = try connection.first(
            "SELECT max(coalesce(superseded_at, recorded_at)) FROM village_tag WHERE village_id = $1", village
        ) { $0.optionalInt64(0) }
        return try [kinds, targets, profiles].reduce(max(now.milliseconds, ((latest ?? nil) ?? 0) + 1)) {
            max($0, try $1.nextRecordedAt([village], now: now, connection))
        }
    }

    /// The first day after another on which the tags of a village became others, or will; nil for none. A tag that is
    /// only foreseen to end then is no statement about the others.
    static func nextTagsDay(
        of village: Identifier, after day: CivilDate, today: CivilDate, _ connection: Connection
    ) throws -> CivilDate? {
        try connection.first(
            """
            SELECT min(day) FROM (
                SELECT valid_from AS day FROM village_tag WHERE village_id = $1 AND superseded_at IS NULL
                UNION ALL SELECT valid_to FROM village_tag
                WHERE village_id = $1 AND superseded_at IS NULL AND valid_to <= $3) WHERE day > $2
            """, village, day, today
        ) { try $0.optionalDate(0) } ?? nil
    }

    /// The believed sets of tags, as texts, and their days.
    static func sets(of village: Identifier, _ connection: Connection) throws -> [DatedValue<String>] {
        let tags = try connection.query(
            """
            SELECT tag, valid_from, valid_to FROM village_tag WHERE village_id = $1 AND superseded_at IS NULL
            ORDER BY tag
            """, village
        ) { DatedValue(value: $0.text(0), days: DayInterval(first: try $0.date(1), end: try $0.optionalDate(2))) }
        let days = Set(tags.flatMap { [$0.days.first, $0.days.end].compactMap(\.self) }).sorted()
        return days.enumerated().compactMap { index, first in
            let there = tags.filter { $0.days.contains(first) }.map(\.value)
            let end = index + 1 < days.count ? days[index + 1] : nil
            return there.isEmpty
                ? nil : DatedValue(value: there.joined(separator: ";"), days: DayInterval(first: first, end: end))
        }
    }

    /// The believed tags that overlap some days.
    package static func tags(of village: Identifier, in days: DayInterval, _ connection: Connection) throws -> Set<
        String
    > {
        Set(
            try connection.query(
                """
                SELECT tag FROM village_tag WHERE village_id = $1 AND superseded_at IS NULL
                    AND (valid_to IS NULL OR valid_to > $2) AND ($3 IS NULL OR valid_from < $3)
                """, village, days.first, days.end
            ) { $0.text(0) })
    }
}

/// What a profile states about a village in a year (R021).
package enum ProfileField: CaseIterable {
    case householdCount, registeredRuralPopulation, totalPopulation, labourPopulation, collectiveIncomeFen,
        netIncomePerPersonFen, farmlandHundredthsMu, hardRoad, groupsWithHardRoad, safeWater, householdsWithoutWater,
        power, broadband, clinic, mainIndustry, cooperativeCount

    enum Shape { case count, fen, flag, text }

    package var key: StaticString {
        switch self {
        case .householdCount: "householdCount"
        case .registeredRuralPopulation: "registeredRuralPopulation"
        case .totalPopulation: "totalPopulation"
        case .labourPopulation: "labourPopulation"
        case .collectiveIncomeFen: "collectiveIncomeFen"
        case .netIncomePerPersonFen: "netIncomePerPersonFen"
        case .farmlandHundredthsMu: "farmlandHundredthsMu"
        case .hardRoad: "hardRoad"
        case .groupsWithHardRoad: "groupsWithHardRoad"
        case .safeWater: "safeWater"
        case .householdsWithoutWater: "householdsWithoutWater"
        case .power: "power"
        case .broadband: "broadband"
        case .clinic: "clinic"
        case .mainIndustry: "mainIndustry"
        case .cooperativeCount: "cooperativeCount"
        }
    }

    package var column: String {
        "\(key)".reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }

    var shape: Shape {
        switch self {
        case .collectiveIncomeFen, .netIncomePerPersonFen: .fen
        case .hardRoad, .safeWater, .power, .broadband, .clinic: .flag
        case .mainIndustry: .text
        case .householdCount, .registeredRuralPopulation, .totalPopulation, .labourPopulation, .farmlandHundredthsMu,
            .groupsWithHardRoad, .householdsWithoutWater, .cooperativeCount:
            .count
        }
    }

    var listColumn: ListColumn {
        ListColumn(
            key, "p.\(column)",
            shape == .flag ? .boolean : shape == .text ? .text : .integer)
    }

    package static let counts = 0...100_000_000
    /// Fen. A village's income is below a hundred billion yuan; it may be negative.
    static let amounts = -10_000_000_000_000...10_000_000_000_000
    package static let textCharacters = 1...100
}

/// The profile of a year as stored, field by field.
struct VillageProfile: Equatable {
    var values: [ProfileField: SQLValue]

    var bindings: [any Bindable] { ProfileField.allCases.map { values[$0] ?? .null } }

    var auditFields: [AuditField] {
        ProfileField.allCases.map { field in
            switch values[field] {
            case .integer(let value): (field.key, field.shape == .flag ? .boolean(value != 0) : .integer(Int(value)))
            case .text(let text): (field.key, .text(text))
            default: (field.key, .null)
            }
        }
    }
}
