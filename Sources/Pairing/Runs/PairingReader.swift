// Reads a problem of pairing from the database: the households of an area, everybody who may help or is helping there,
// and what holds on a day (docs/pairing.md). It deliberately decides nothing but what the engine is to know.

import Archive
import Domain
import SQL
import Service

/// The area cannot be read as it was asked for.
struct PairingReadFailure: Error, CustomStringConvertible {
    let description: String
}

struct PairingReader {
    private let connection: Connection
    private let day: CivilDate
    private let options: PairingOptions
    private let scope: Scope
    private var input: PairingInput
    private var needs = NeedPolicy()
    private var villageAt: [Int64: Int32] = [:]
    private var villageOf: [Identifier: Int32] = [:]
    /// Any village of a town.
    private var villageOfTown: [Identifier: Int32] = [:]
    private var unitOf: [Identifier: Int32] = [:]
    private var householdOf: [Int64: Int32] = [:]
    private var cadreOf: [Identifier: Int32] = [:]
    /// The ends of the pairs.
    private var pairEnds: [CivilDate?] = []
    /// For each cadre the days on which they can help.
    private var ableDays: [[DayInterval]] = []

    /// What holds in an area on a day; a village is answered with its town, because cadres of the town serve it.
    ///
    /// Facts of households and cadres are those that are known now, a household's state, capacity and pairings those of
    /// the day. Households that have been lifted have depth 0, others 1 more than their depth of poverty, 1 where it is
    /// not known. Places, archive numbers and names give the order by which ties are broken.
    ///
    /// - Parameter policy: the area whose weights count; nil for the area itself.
    static func read(
        _ area: Division, on day: CivilDate, options: PairingOptions = PairingOptions(), policy: Division? = nil,
        _ connection: Connection
    ) throws -> PairingInput {
        let town = area.level == .village ? try area.parentId.flatMap { try DivisionStore.find($0, connection) } : nil
        var reader = PairingReader(town ?? area, policy, day, options, connection)
        try reader.readParameters()
        try reader.readVillages()
        try reader.readHouseholds()
        try reader.readPairs()
        try reader.readCadres()
        LastingHelp.hold(in: &reader.input, ends: reader.pairEnds, able: reader.ableDays)
        try reader.readUnits()
        return reader.input
    }

    private init(
        _ area: Division, _ policy: Division?, _ day: CivilDate, _ options: PairingOptions, _ connection: Connection
    ) {
        self.connection = connection
        self.day = day
        self.options = options
        scope = area.scope
        input = PairingInput(
            area: area, policyArea: policy ?? area, day: day,
            problem: PairingProblem(units: [], villages: [], households: [], cadres: []))
    }

    // MARK: Places

    private static let weights: [(key: String, set: @Sendable (inout PairingWeights, Int32) -> Void)] = [
        (ParameterKey.pairingWeightLine, { $0.line = $1 }), (ParameterKey.pairingWeightUnit, { $0.unit = $1 }),
        (ParameterKey.pairingWeightDepth, { $0.depth = $1 }),
        (ParameterKey.pairingWeightDistance, { $0.distance = $1 }),
        (ParameterKey.pairingWeightLoad, { $0.load = $1 }),
    ]

    private mutating func readParameters() throws {
        let chain = try AreaChain.of(input.policyArea, connection)
        let quotas = CadreRank.allCases.map { (rank: $0, key: ParameterKey.quota($0)) }
        let rows = try ParameterResolution.rows(
            Self.weights.map(\.key) + quotas.map(\.key) + NeedPolicy.keys, in: chain, on: day, connection)
        needs = NeedPolicy(rows)
        input.needs = needs
        input.problem.goals = options.putsPairsFirst ? .pairsFirst : .needFirst
        func number(_ key: String) -> Int32? {
            rows[key]?.first.flatMap { ParameterValue(stored: $0.value)?.number }.map { Int32(clamping: $0) }
        }
        for weight in Self.weights {
            if let value = number(weight.key) { weight.set(&input.problem.weights, value) }
        }
        for quota in quotas {
            if let value = number(quota.key) { input.problem.rankQuotas[PairingRank(quota.rank)] = value }
        }
        for quota in options.quotas where quota.area == nil {
            input.problem.rankQuotas[PairingRank(quota.rank)] = Int32(quota.quota)
        }
    }

    private mutating func readVillages() throws {
        try connection.forEach(
            """
            SELECT \(DivisionStore.columns) FROM division
            WHERE level IN (4, 5) AND successor_id IS NULL AND area_code BETWEEN $1 AND $2 ORDER BY code
            """, scope.first, scope.last
        ) { row in
            let division = try DivisionStore.read(row)
            guard division.level == .village, let town = division.parentId else {
                input.towns[division.id] = division
                return
            }
            let position = Int32(input.villages.count)
            villageAt[division.areaCode] = position
            villageOf[division.id] = position
            villageOfTown[town] = position
            input.problem.villages.append(PairingVillage(id: division.id, town: town, order: position))
            input.villages.append(
                PairingInput.Village(areaCode: division.areaCode, code: division.code, name: division.name))
        }
        try readTags()
        try readHolders()
    }

    private static let tags: [String: PairingTags] = [
        "weak": .weak, "disorderly": .disordered, "poor": .poor, "industry": .industry,
    ]

    private mutating func readTags() throws {
        try connection.forEach(
            """
            SELECT v.area_code, t.tag FROM village v JOIN village_tag t ON t.village_id = v.id
            WHERE v.area_code BETWEEN $1 AND $2 AND t.superseded_at IS NULL AND t.valid_from <= $3
                AND (t.valid_to IS NULL OR t.valid_to > $3)
            """, scope.first, scope.last, day
        ) { row in
            guard let village = villageAt[row.int64(0)], let tag = Self.tags[row.text(1)] else { return }
            input.problem.villages[Int(village)].tags.insert(tag)
        }
    }

    /// Units that guarantee a village, have people in it or are paired with it (R006, R044).
    private mutating func readHolders() throws {
        try connection.forEach(
            """
            SELECT DISTINCT y.area_code, t.organization_id FROM duty y JOIN duty_term t ON t.duty_id = y.id
            WHERE y.area_code BETWEEN $1 AND $2 AND y.level = 5 AND t.superseded_at IS NULL
                AND t.kind IN (\(PairingPlacing.holdingKinds)) AND t.valid_from <= $3
                AND (t.valid_to IS NULL OR t.valid_to > $3)
            ORDER BY y.area_code, t.organization_id
            """, scope.first, scope.last, day
        ) { row in
            guard let village = villageAt[row.int64(0)] else { return }
            input.problem.villages[Int(village)].holders.append(unit(try row.identifier(1)))
        }
    }

    private mutating func unit(_ id: Identifier) -> Int32 {
        if let known = unitOf[id] { return known }
        let position = Int32(input.problem.units.count)
        unitOf[id] = position
        input.problem.units.append(id)
        input.unitNames.append("新单位")
        return position
    }

    /// Their names, and their order: credit codes are given, ids are made.
    private mutating func readUnits() throws {
        var order = [Int32](repeating: .max, count: input.problem.units.count)
        var next: Int32 = 0
        try connection.forEach(
            """
            SELECT o.id, o.name FROM organization o JOIN division d ON d.id = o.division_id
            ORDER BY coalesce(o.credit_code, ''), d.code, o.name, o.kind, o.level, o.id
            """
        ) { row in
            guard let unit = unitOf[try row.identifier(0)] else { return }
            input.unitNames[Int(unit)] = row.text(1)
            order[Int(unit)] = next
            next += 1
        }
        input.problem.unitOrder = order
    }

    // MARK: Households and pairs

    private static let depths: [String: UInt8] = ["slight": 2, "moderate": 3, "deep": 4]

    /// Whoever lived in another village on the day or on one after it takes nobody new: on these days the new helper
    /// would be outside of their area.
    private mutating func readHouseholds() throws {
        let lifted = options.includesLifted ? "" : " AND h.state <> 'lifted'"
        try connection.forEach(
            """
            SELECT h.household_number, h.id, h.village_id, h.needs_two_units, h.poverty_depth,
                h.labour = 'none' OR h.self_care = 0,
                coalesce(\(Self.stateThen("state")), h.state),
                coalesce(\(Self.stateThen("state_since")), h.state_since),
                h.valid_from > $3 AND EXISTS (SELECT 1 FROM household_history f
                    WHERE f.household_number = h.household_number AND f.superseded_at IS NULL AND f.valid_to > $3
                    AND f.village_id <> h.village_id)
            FROM household h JOIN division d ON d.id = h.village_id
            WHERE h.area_code BETWEEN $1 AND $2 AND h.ended_on IS NULL\(lifted)
                AND (h.valid_from <= $3 OR EXISTS (SELECT 1 FROM household_history f WHERE f.valid_from <= $3
                    AND f.household_number = h.household_number AND f.superseded_at IS NULL))
            ORDER BY d.code, h.archive_number
            """, scope.first, scope.last, day
        ) { row in
            guard let village = villageOf[try row.identifier(2)] else { throw DamagedRow(column: 2) }
            let depth = row.optionalText(4)
            let state = needs.state(row.text(6), since: try row.date(7), on: day)
            let position = Int32(input.householdNumbers.count)
            householdOf[row.int64(0)] = position
            input.householdNumbers.append(row.int64(0))
            input.problem.households.append(
                PairingHousehold(
                    id: try row.identifier(1), village: village,
                    depth: state.isLifted ? 0 : depth.flatMap { Self.depths[$0] } ?? 1, needsTwoUnits: row.bool(3),
                    need: needs.levels.number(state: state.value, depth: depth, isHelpless: row.bool(5)),
                    isBound: state.isBound, takesNew: !row.bool(8), order: position))
        }
    }

    /// What was believed of a household on the day, where it has changed since.
    private static func stateThen(_ column: String) -> String {
        """
        CASE WHEN h.valid_from > $3 THEN (SELECT f.\(column) FROM household_history f
            WHERE f.household_number = h.household_number AND f.superseded_at IS NULL AND f.valid_from <= $3
            AND f.valid_to > $3) END
        """
    }

    /// Household by household, so that years of ended pairings cost nothing.
    private mutating func readPairs() throws {
        var found: [(pair: ExistingPair, id: Identifier, first: CivilDate, end: CivilDate?)] = []
        try connection.forEach(
            """
            SELECT p.household_number, p.id, p.cadre_id, p.first_on, p.is_pinned,
                EXISTS (SELECT 1 FROM responsibility r WHERE r.household_number = p.household_number
                    AND r.superseded_at IS NULL AND r.valid_from <= $3 AND (r.valid_to IS NULL OR r.valid_to > $3)
                    AND r.pairing_id = p.id),
                p.end_on, EXISTS (SELECT 1 FROM responsibility l WHERE l.household_number = p.household_number
                    AND l.superseded_at IS NULL AND l.pairing_id <> p.id AND l.valid_from > $3
                    AND (p.end_on IS NULL OR l.valid_from < p.end_on))
            FROM household h CROSS JOIN pairing p ON p.household_number = h.household_number
            WHERE h.area_code BETWEEN $1 AND $2 AND p.first_on <= $3 AND (p.end_on IS NULL OR p.end_on > $3)
            """, scope.first, scope.last, day
        ) { row in
            guard let household = householdOf[row.int64(0)] else { return }
            let cadre = try row.identifier(2)
            let position = cadreOf[cadre] ?? Int32(cadreOf.count)
            cadreOf[cadre] = position
            let pair = ExistingPair(
                household: household, cadre: position, role: row.bool(5) ? .firstResponsible : .joint,
                isPinned: row.bool(4), isJointLater: row.bool(7))
            found.append((pair, try row.identifier(1), try row.date(3), try row.optionalDate(6)))
        }
        // Household by household; which of its pairs comes first decides nothing.
        found.sort { ($0.pair.household, $0.id) < ($1.pair.household, $1.id) }
        input.problem.pairs = found.map(\.pair)
        input.pairings = found.map { ($0.id, $0.first) }
        pairEnds = found.map(\.end)
    }

    // MARK: Cadres

    /// Those linked in the area on the day, and those who help there.
    private static let members = """
        SELECT k.cadre_id FROM division d JOIN cadre_capacity k ON k.division_id = d.id
        WHERE d.level IN (4, 5) AND d.successor_id IS NULL AND d.area_code BETWEEN $1 AND $2
            AND k.valid_from <= $3 AND (k.valid_to IS NULL OR k.valid_to > $3)
        UNION
        SELECT p.cadre_id FROM household h CROSS JOIN pairing p ON p.household_number = h.household_number
        WHERE h.area_code BETWEEN $1 AND $2 AND p.first_on <= $3 AND (p.end_on IS NULL OR p.end_on > $3)
        """

    private mutating func readCadres() throws {
        var rows = try InputCadres(options, in: scope, on: day, connection)
        try rows.read(Self.members, extra: options.links.map(\.cadre)) { town, village in
            if let village {
                villageOf[village].map { .village($0) } ?? .nowhere
            } else {
                town.flatMap { villageOfTown[$0] }.map { .townOf($0) } ?? .nowhere
            }
        }
        // Positions that the pairs were given stand; the others follow them.
        var orders: [Identifier: Int32] = [:]
        for (order, id) in rows.order.enumerated() {
            orders[id] = Int32(order)
            if cadreOf[id] == nil { cadreOf[id] = Int32(cadreOf.count) }
        }
        try readLoads(&rows)
        var secondHelpers = try SecondHelperLimits(from: day, connection)
        var byPosition = [InputCadre?](repeating: nil, count: cadreOf.count)
        for (id, position) in cadreOf { byPosition[Int(position)] = rows.byId[id] }
        for row in byPosition {
            guard let row else { throw DamagedRow(column: 0) }
            let limits = try secondHelpers.limits(of: row.ahead, connection)
            append(row, limits, order: orders[row.id] ?? .max)
        }
        try addPeople()
    }

    /// A member of a registered household helps nobody from now on: whom they help already is for somebody else as soon
    /// as there is anybody.
    private mutating func append(_ row: InputCadre, _ limits: [SecondHelperLimits.Limit], order: Int32) {
        let division = row.ahead.segments.first.flatMap { $0.days.first <= day ? $0.division : nil }
        let room = row.isPoor ? (all: 0, new: 0) : row.ahead.room(from: day)
        let jointMax = row.ahead.secondHelperRoom(limits, from: day)
        let area = row.ahead.area(input.problem)
        ableDays.append(row.ahead.segments.filter { $0.quota > 0 }.map(\.days))
        var cadre =
            PairingCadre(
                id: row.id, rank: row.rank, quota: Int32(room.all), area: area, unit: unit(row.organization),
                line: row.line, isInPost: row.isInPost, home: row.home.flatMap { villageOf[$0] },
                newMax: Int32(room.new), jointMax: jointMax.map { Int32(clamping: $0) } ?? PairingCadre.quotaMax,
                isAble: row.ahead.quota(on: day) > 0,
                presentArea: row.ahead.presentArea == area ? nil : row.ahead.presentArea, order: order)
        cadre.dayQuota = row.isPoor ? 0 : Int32(clamping: row.ahead.quota(on: day))
        cadre.otherLoad = Int32(clamping: row.ahead.others.count { $0.contains(day) })
        input.problem.cadres.append(cadre)
        var hash = row.hash
        for limit in limits {
            hash.add(limit.first)
            hash.add(UInt64(limit.most))
        }
        input.cadres.append(
            PairingInput.Cadre(
                name: row.name, areaCode: row.areaCode, isReal: true, capacityPlace: division?.place, hash: hash.value))
    }

    /// Pairings that the problem does not hold, and the end of those that it holds.
    private func readLoads(_ rows: inout InputCadres) throws {
        try connection.forEach(
            """
            SELECT p.cadre_id, p.household_number, p.first_on, p.end_on,
                h.needs_two_units OR NOT EXISTS (SELECT 1 FROM responsibility r WHERE r.pairing_id = p.id
                    AND r.superseded_at IS NULL AND r.valid_from <= max(p.first_on, $3)
                    AND (r.valid_to IS NULL OR r.valid_to >= p.end_on))
            FROM pairing p JOIN household h ON h.household_number = p.household_number
            WHERE p.cadre_id IN (\(Self.members)) AND (p.end_on IS NULL OR (p.end_on > $3 AND p.end_on > p.first_on))
            """, scope.first, scope.last, day
        ) { row in
            let id = try row.identifier(0)
            let days = DayInterval(first: try row.date(2), end: try row.optionalDate(3))
            if row.bool(4) { rows.byId[id]?.ahead.seconds.append(days) }
            if days.first <= day, householdOf[row.int64(1)] != nil {
                rows.byId[id]?.ahead.present.append(days)
            } else {
                rows.byId[id]?.ahead.others.append(days)
                if row.bool(4) { rows.byId[id]?.ahead.otherSeconds.append(days) }
            }
        }
    }

    /// People who would come.
    private mutating func addPeople() throws {
        var number: UInt64 = 0
        for (index, added) in options.added.enumerated() {
            guard let division = try DivisionStore.resolve(code: added.area, connection),
                let area = area(of: division)
            else { throw PairingReadFailure(description: "\(added.area) 不在方案范围内 / is not in the run's area") }
            let rank = PairingRank(added.rank)
            for count in 1...added.count {
                number += 1
                let id = Identifier(high: 0xFFFF_FFFF_FFFF_7FFF, low: 0x8000_0000_0000_0000 | number)
                input.problem.cadres.append(
                    PairingCadre(
                        id: id, rank: rank, quota: input.problem.rankQuotas[rank] ?? 0, area: area, unit: unit(id),
                        order: Int32(clamping: cadreOf.count + input.cadres.count)))
                input.cadres.append(
                    PairingInput.Cadre(
                        name: "新增\(rank.text.chinese)\(index + 1)-\(count)", areaCode: division.areaCode, isReal: false)
                )
            }
        }
    }

    private func area(of division: Division) -> PairingArea? {
        switch division.level {
        case .village: villageOf[division.id].map { .village($0) }
        case .town: villageOfTown[division.id].map { .townOf($0) }
        default: nil
        }
    }
}
