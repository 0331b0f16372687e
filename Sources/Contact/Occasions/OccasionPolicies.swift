// What parameters say about occasions in each village and on each day, and the festivals, read once for all households
// of a transaction or a check. It deliberately knows no household.

import Archive
import Domain
import SQL
import Service

/// Rules of occasions and festivals, kept while they do not change. Used by one thread.
final class OccasionPolicies {
    /// A believed row of a parameter of occasions.
    private struct StatedRow {
        let division: Identifier?
        let key: String
        let value: ParameterValue
        let first: CivilDate
        let end: CivilDate?
    }

    private var rows: [StatedRow]?
    private var festivals: [Festival]?
    private var byVillage: [Identifier: [OccasionStretch]] = [:]
    /// By the areas above a village that have rows of their own, nearest first; mostly there are none.
    private var byAreas: [[Identifier]: [OccasionStretch]] = [:]

    /// Parameters, festivals or divisions have changed.
    func forget() {
        rows = nil
        festivals = nil
        byVillage = [:]
        byAreas = [:]
    }

    /// Whether windows of occasions depend on a parameter.
    static func concerns(_ key: String) -> Bool { key.hasPrefix(prefix) }

    private static let prefix = "occasion."

    func festivals(_ connection: Connection) throws -> [Festival] {
        if let festivals { return festivals }
        let found = try connection.query("SELECT code, day FROM festival ORDER BY day, code") {
            Festival(code: $0.text(0), day: try $0.date(1))
        }
        festivals = found
        return found
    }

    /// The rules of a village over all days, in the order of days.
    func stretches(of village: Identifier, _ connection: Connection) throws -> [OccasionStretch] {
        if let found = byVillage[village] { return found }
        let rows = try stated(connection)
        let own = Set(rows.compactMap(\.division))
        let chain = own.isEmpty ? [] : try AreaChain.of(DivisionStore.find(village, connection), connection).divisions
        let areas = chain.map(\.id).filter(own.contains)
        let found = byAreas[areas] ?? Self.stretches(rows, areas)
        byAreas[areas] = found
        byVillage[village] = found
        return found
    }

    private func stated(_ connection: Connection) throws -> [StatedRow] {
        if let rows { return rows }
        let read = try connection.query(
            """
            SELECT division_id, key, value, first_on, end_on FROM parameter
            WHERE key > 'occasion.' AND key < 'occasion/' AND (end_on IS NULL OR end_on > first_on)
            """
        ) { row -> StatedRow? in
            guard let value = ParameterValue(stored: row.text(2)) else { return nil }
            return StatedRow(
                division: row.optionalIdentifier(0), key: row.text(1), value: value, first: try row.date(3),
                end: try row.optionalDate(4))
        }
        let found = read.compactMap(\.self)
        rows = found
        return found
    }

    /// - Parameter areas: nearest first; “everywhere” is above them all.
    private static func stretches(_ rows: [StatedRow], _ areas: [Identifier]) -> [OccasionStretch] {
        let near = rows.compactMap { row in
            (row.division.map { areas.firstIndex(of: $0) } ?? areas.count).map { (row: row, distance: $0) }
        }
        let days = Set(near.map(\.row.first) + near.compactMap(\.row.end)).sorted()
        return days.enumerated().map { index, day in
            var nearest: [String: (row: StatedRow, distance: Int)] = [:]
            for item in near where item.row.first <= day && (item.row.end.map { day < $0 } ?? true) {
                if let known = nearest[item.row.key], known.distance <= item.distance { continue }
                nearest[item.row.key] = item
            }
            return OccasionStretch(
                first: day, end: index + 1 < days.count ? days[index + 1] : nil,
                rules: OccasionRules(nearest.mapValues(\.row.value)))
        }
    }
}

extension OccasionRules {
    /// What some values of parameters say, by key.
    package init(_ values: [String: ParameterValue]) {
        self.init()
        if case .set(let codes) = values[ParameterKey.occasionFestivals] { festivals = Set(codes) }
        daysBefore = values[ParameterKey.occasionDaysBefore]?.number ?? 0
        daysAfter = values[ParameterKey.occasionDaysAfter]?.number ?? 0
        eventDays = values[ParameterKey.occasionEventDays]?.number
        for (crop, _, _) in OccasionCode.crops {
            guard case .set(let texts) = values[ParameterKey.busySeason(crop)], !texts.isEmpty else { continue }
            seasons[crop] = texts.compactMap(YearlySeason.init)
        }
    }
}
