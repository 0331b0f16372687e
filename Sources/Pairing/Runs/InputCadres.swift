// The cadres of a problem as they stand in the database: facts, and what each may carry on the days to come. A question
// of "what if" changes them here.

import Archive
import Domain
import SQL
import Service

/// A cadre of a problem.
struct InputCadre {
    let id: Identifier
    let name: String
    let areaCode: Int64
    let organization: Identifier
    let rank: PairingRank
    let line: PairingLine?
    let home: Identifier?
    let isInPost: Bool
    /// A member of a registered household helps nobody.
    let isPoor: Bool
    var ahead = CapacityAhead()
}

/// In which order cadres come where nothing else decides: by unit and name, as far as people differ in what is known of
/// them, so that two registers with the same people agree. Ids are made in the order in which they were entered.
enum CadreOrder {
    /// Beside a cadre `c`.
    static let joins = """
        LEFT JOIN organization o ON o.id = c.organization_id LEFT JOIN division u ON u.id = o.division_id
        LEFT JOIN division b ON b.id = c.home_village_id
        """
    static let columns = """
        coalesce(o.credit_code, ''), u.code, o.name, c.name, c.identity_mask, c.phone_mask, c.sex, c.position_title,
        c.line, b.code
        """
}

struct InputCadres {
    /// Where a division of a capacity lies in the problem.
    typealias Placing = (_ town: Identifier?, _ village: Identifier?) -> PairingArea

    /// As `CadreOrder` says.
    private(set) var order: [Identifier] = []
    var byId: [Identifier: InputCadre] = [:]
    private let scope: Scope
    private let day: CivilDate
    private let connection: Connection
    private var links: [Identifier: Division] = [:]
    private var quotas: [(rank: PairingRank, quota: Int, scope: Scope)] = []
    /// Cadres whose quota of the day is their own.
    private var personal: Set<Identifier> = []

    init(_ options: PairingOptions, in scope: Scope, on day: CivilDate, _ connection: Connection) throws {
        self.scope = scope
        self.day = day
        self.connection = connection
        for link in options.links {
            links[link.cadre] = try Self.division(link.area, connection)
        }
        for quota in options.quotas {
            let area = try quota.area.map { try Self.division($0, connection).scope } ?? .everything
            quotas.append((PairingRank(quota.rank), quota.quota, area))
        }
        guard !quotas.isEmpty else { return }
        personal = Set(
            try connection.query(
                """
                SELECT cadre_id FROM cadre_quota WHERE superseded_at IS NULL AND valid_from <= $1
                    AND (valid_to IS NULL OR valid_to > $1)
                """, day
            ) { try $0.identifier(0) })
    }

    private static func division(_ code: AreaCode, _ connection: Connection) throws -> Division {
        guard let division = try DivisionStore.resolve(code: code, connection) else {
            throw PairingReadFailure(description: "没有区划 \(code) / there is no division \(code)")
        }
        return division
    }

    private static let lines: [String: PairingLine] = [
        "party-government": .partyGovernment, "political-legal": .politicalLegal, "economic": .economic,
        "technical": .technical, "veteran": .veteran,
    ]
    private static let ranks = Dictionary(
        uniqueKeysWithValues: CadreRank.allCases.map { ($0.rawValue, PairingRank($0)) })
    /// Whoever is in one of these states does not count as left with nothing.
    private static let gone: Set<String> = ["retired", "moved", "left"]

    private static func sql(_ members: String, _ extra: String) -> String {
        """
        SELECT c.id, c.name, c.area_code, c.organization_id, c.line, c.home_village_id, c.ended_on,
            \(CadreView.isRegisteredPoor),
            (SELECT r.rank FROM cadre_rank r WHERE r.cadre_id = c.id AND r.superseded_at IS NULL
                AND r.valid_from <= $3 AND (r.valid_to IS NULL OR r.valid_to > $3)),
            (SELECT p.post_state FROM cadre_post p WHERE p.cadre_id = c.id AND p.superseded_at IS NULL
                AND p.valid_from <= $3 AND (p.valid_to IS NULL OR p.valid_to > $3)),
            k.valid_from, k.valid_to, k.quota, d.level, d.id, d.area_code
        FROM cadre c LEFT JOIN cadre_capacity k ON k.cadre_id = c.id AND (k.valid_to IS NULL OR k.valid_to > $3)
        LEFT JOIN division d ON d.id = k.division_id
        \(CadreOrder.joins)
        WHERE c.id IN (\(members))\(extra)
        ORDER BY \(CadreOrder.columns), c.id, k.valid_from
        """
    }

    /// - Parameters:
    ///   - members: SQL that gives ids, over the scope in `$1` and `$2` and the day in `$3`.
    ///   - extra: further cadres.
    mutating func read(_ members: String, extra: [Identifier], _ placing: Placing) throws {
        let parameters = extra.indices.map { "$\($0 + 4)" }.joined(separator: ", ")
        let values: [any Bindable] = [scope.first, scope.last, day] + extra
        try connection.forEach(
            Self.sql(members, extra.isEmpty ? "" : " OR c.id IN (\(parameters))"), values: values
        ) { row in
            let id = try row.identifier(0)
            var cadre = try byId[id] ?? Self.facts(id, row, on: day)
            if byId[id] == nil { order.append(id) }
            if !row.isNull(10) { cadre.ahead.segments.append(try segment(row, of: cadre, placing)) }
            byId[id] = cadre
        }
    }

    private static func facts(_ id: Identifier, _ row: borrowing Row, on day: CivilDate) throws -> InputCadre {
        let hasEnded = try row.optionalDate(6).map { $0 <= day } ?? false
        return InputCadre(
            id: id, name: row.text(1), areaCode: row.int64(2), organization: try row.identifier(3),
            rank: row.optionalText(8).flatMap { ranks[$0] } ?? .ordinary,
            line: row.optionalText(4).flatMap { lines[$0] }, home: row.optionalIdentifier(5),
            isInPost: !hasEnded && !(row.optionalText(9).map { gone.contains($0) } ?? false), isPoor: row.bool(7))
    }

    private func segment(
        _ row: borrowing Row, of cadre: InputCadre, _ placing: Placing
    ) throws -> CapacityStretch {
        let days = DayInterval(first: try row.date(10), end: try row.optionalDate(11))
        var division = row.optionalIdentifier(14).map { (id: $0, place: row.int64(15)) }
        var isVillage = row.optionalInt(13) == DivisionLevel.village.rawValue
        if let link = links[cadre.id] {
            division = (link.id, link.areaCode)
            isVillage = link.level == .village
        }
        var quota = row.int(12)
        if quota > 0, !personal.contains(cadre.id), let place = division?.place {
            quota = quotas.last { $0.rank == cadre.rank && $0.scope.contains(place) }?.quota ?? quota
        }
        return CapacityStretch(
            days: days, quota: quota, area: placing(isVillage ? nil : division?.id, isVillage ? division?.id : nil),
            division: division)
    }
}

extension InputCadre {
    /// Over all that was read of them, the same whatever area was read.
    var hash: RecordHash {
        var hash = RecordHash()
        hash.add(organization)
        hash.add(UInt64(rank.rawValue))
        hash.add(line.map { UInt64($0.rawValue) } ?? UInt64.max)
        hash.add(home)
        hash.add((isInPost ? 2 : 0) | (isPoor ? 1 : 0))
        for segment in ahead.segments {
            hash.add(segment.days.first)
            hash.add(segment.days.end)
            hash.add(UInt64(segment.quota))
            hash.add(segment.division?.id)
        }
        for pairings in [ahead.present + ahead.others, ahead.seconds] {
            hash.add(UInt64(pairings.count))
            for pairing in pairings.sorted(by: { ($0.first, $0.end ?? .last) < ($1.first, $1.end ?? .last) }) {
                hash.add(pairing.first)
                hash.add(pairing.end)
            }
        }
        return hash
    }
}
