// What a run read, record by record, so that an approval can tell what has changed since among the things that
// mattered. A phone number that changed is not in it. Deliberately hashes: what a record said then stands in its
// history.

import Domain
import SQL
import Service
import Web

/// What of a run's input differs from what is so now.
struct RunDifference {
    enum What: String {
        case changed, new, gone

        var code: FieldCode {
            switch self {
            case .changed: .changed
            case .new: .new
            case .gone: .gone
            }
        }
    }

    let entity: RunEntity
    let id: Identifier
    let what: What
}

/// The kinds of records that a run reads.
enum RunEntity: String, CaseIterable {
    case household = "households"
    case cadre = "cadres"
    case village = "villages"
    case parameter = "parameters"
}

/// The records that a part of a run read, each with a hash over all that the engine reads of it.
struct RunInputs {
    typealias Entry = (id: Identifier, hash: UInt64)

    private(set) var entries: [RunEntity: [Entry]] = [:]

    /// What was read of a part. A cadre belongs to the part of the area that they are linked to; one who is linked
    /// nowhere, to that of their first household.
    init(_ input: PairingInput, in scope: Scope) {
        let problem = input.problem
        var households: [Entry] = []
        var cadreIsInside = input.cadres.map { $0.capacityPlace.map(scope.contains) }
        var next = 0
        for (index, household) in problem.households.enumerated() {
            let isInside = scope.contains(input.areaCode(ofHousehold: index))
            var hash = RecordHash()
            hash.add(problem.villages[Int(household.village)].id)
            hash.add(UInt64(household.depth) << 1 | (household.needsTwoUnits ? 1 : 0))
            hash.add(
                UInt64(household.need) << 2 | (household.isBound ? 2 : 0) | (household.takesNew ? 1 : 0))
            while next < problem.pairs.count, problem.pairs[next].household == index {
                let pair = problem.pairs[next]
                hash.add(input.pairings[next].id)
                hash.add(problem.cadres[Int(pair.cadre)].id)
                hash.add((pair.role == .firstResponsible ? 2 : 0) | (pair.isPinned ? 1 : 0))
                hash.add((pair.isLasting ? 4 : 0) | (pair.isJointLater ? 8 : 0))
                hash.add(UInt64(bitPattern: Int64(input.pairings[next].first.dayNumber)))
                if cadreIsInside[Int(pair.cadre)] == nil { cadreIsInside[Int(pair.cadre)] = isInside }
                next += 1
            }
            if isInside { households.append((household.id, hash.value)) }
        }
        var cadres: [Entry] = []
        for (index, cadre) in input.cadres.enumerated() where cadre.isReal && cadreIsInside[index] == true {
            cadres.append((problem.cadres[index].id, cadre.hash))
        }
        var villages: [Entry] = []
        for (index, village) in problem.villages.enumerated() where scope.contains(input.villages[index].areaCode) {
            var hash = RecordHash()
            hash.add(village.town)
            hash.add(UInt64(village.tags.rawValue))
            for holder in village.holders.map({ problem.units[Int($0)] }).sorted() { hash.add(holder) }
            villages.append((village.id, hash.value))
        }
        entries = [.household: households, .cadre: cadres, .village: villages, .parameter: Self.parameters(input)]
        for entity in RunEntity.allCases { entries[entity]?.sort { $0.id < $1.id } }
    }

    private static func parameters(_ input: PairingInput) -> [Entry] {
        var hash = RecordHash()
        let weights = input.problem.weights
        for weight in [weights.line, weights.unit, weights.depth, weights.distance, weights.load] {
            hash.add(UInt64(weight))
        }
        input.needs.add(to: &hash)
        return [(input.policyArea.id, hash.value)]
    }

    private init(entries: [RunEntity: [Entry]]) { self.entries = entries }

    // MARK: Stored

    private static let entryBytes = 24

    func write(run: Identifier, part: Identifier, _ connection: Connection) throws {
        for entity in RunEntity.allCases {
            var bytes: [UInt8] = []
            let entries = entries[entity] ?? []
            bytes.reserveCapacity(entries.count * Self.entryBytes)
            for entry in entries {
                entry.id.withBytes { bytes.append(contentsOf: $0) }
                withUnsafeBytes(of: entry.hash.bigEndian) { bytes.append(contentsOf: $0) }
            }
            try connection.run(
                "INSERT INTO pairing_run_input (run_id, division_id, entity, entries) VALUES ($1, $2, $3, $4)", run,
                part, entity.rawValue, bytes)
        }
    }

    static func read(run: Identifier, part: Identifier, _ connection: Connection) throws -> RunInputs {
        var all: [RunEntity: [Entry]] = [:]
        try connection.forEach(
            "SELECT entity, entries FROM pairing_run_input WHERE run_id = $1 AND division_id = $2", run, part
        ) { row in
            guard let entity = RunEntity(rawValue: row.text(0)) else { throw DamagedRow(column: 0) }
            all[entity] = row.withBlob(1) { bytes in
                func word(_ offset: Int) -> UInt64 {
                    UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                }
                return stride(from: 0, to: bytes.count, by: entryBytes).map { start in
                    (Identifier(high: word(start), low: word(start + 8)), word(start + 16))
                }
            }
        }
        return RunInputs(entries: all)
    }

    // MARK: Compared

    /// What is different now, by kind and id.
    func differences(to now: RunInputs) -> [RunDifference] {
        RunEntity.allCases.flatMap { entity in
            Self.differences(entity, entries[entity] ?? [], now.entries[entity] ?? [])
        }
    }

    private static func differences(_ entity: RunEntity, _ then: [Entry], _ now: [Entry]) -> [RunDifference] {
        var differences: [RunDifference] = []
        var (left, right) = (0, 0)
        while left < then.count || right < now.count {
            if right == now.count || (left < then.count && then[left].id < now[right].id) {
                differences.append(RunDifference(entity: entity, id: then[left].id, what: .gone))
                left += 1
            } else if left == then.count || now[right].id < then[left].id {
                differences.append(RunDifference(entity: entity, id: now[right].id, what: .new))
                right += 1
            } else {
                if then[left].hash != now[right].hash {
                    differences.append(RunDifference(entity: entity, id: then[left].id, what: .changed))
                }
                left += 1
                right += 1
            }
        }
        return differences
    }
}

/// FNV-1a over words of 64 bits, with a last mixing: the same on every machine, and nobody gains by two records that
/// have the same one.
struct RecordHash {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ word: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            state = (state ^ (word >> UInt64(shift) & 0xFF)) &* 0x0000_0100_0000_01B3
        }
    }

    mutating func add(_ id: Identifier) {
        add(id.high)
        add(id.low)
    }

    mutating func add(_ id: Identifier?) {
        add(id == nil ? 0 : 1)
        if let id { add(id) }
    }

    mutating func add(_ day: CivilDate?) {
        add(day.map { UInt64(bitPattern: Int64($0.dayNumber)) } ?? UInt64.max)
    }

    var value: UInt64 {
        var mixed = state
        mixed = (mixed ^ (mixed >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        return mixed ^ (mixed >> 33)
    }
}
