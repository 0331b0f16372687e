// Households of a file that name each other: one that became part of another, one that split off from another. They are
// applied together after all others, whoever leaves before whoever takes them in, so that the order of rows decides
// nothing.

import Domain
import Service

struct RelatedHouseholds {
    /// Archive numbers of those that name another household of the file, or are named.
    private var numbers: Set<String> = []
    private var held: [PreparedItem<HouseholdRecord>] = []
    private var isSorted = false

    /// Reads the whole file for who names whom; nothing where it has no such columns.
    ///
    /// - Throws: what is wrong with the file itself.
    init(_ path: String, _ grouping: HouseholdGrouping) throws {
        let columns = [HouseholdColumn.successor, .splitFrom].filter(grouping.header.has)
        guard !columns.isEmpty else { return }
        let file = try ImportFile(path: path)
        while true {
            switch try file.next() {
            case .end: return
            case .refused: continue
            case .row(let row):
                let others = columns.compactMap { grouping.header.cell($0, row) }
                guard !others.isEmpty, let own = grouping.archiveNumber(grouping.read(row)) else { continue }
                numbers.formUnion(others + [own])
            }
        }
    }

    /// Keeps a household for later where it names another one, or is named.
    mutating func holds(_ item: PreparedItem<HouseholdRecord>) -> Bool {
        guard let number = item.record?.checked.state.archiveNumber, numbers.contains(number) else { return false }
        held.append(item)
        return true
    }

    /// The next of those that were kept: those that end, those that split off, then the others; last what could not be
    /// done before the others were there.
    ///
    /// - Parameter isKnown: whether the register has a household of an archive number in a county.
    mutating func next(
        _ isKnown: (_ archiveNumber: String, _ county: Int64) throws -> Bool
    ) rethrows -> PreparedItem<HouseholdRecord>? {
        if !isSorted {
            isSorted = true
            held = try sorted(held, isKnown)
        }
        return held.isEmpty ? nil : held.removeFirst()
    }

    private func sorted(
        _ held: [PreparedItem<HouseholdRecord>], _ isKnown: (String, Int64) throws -> Bool
    ) rethrows -> [PreparedItem<HouseholdRecord>] {
        let there = Set(held.compactMap { $0.record?.checked.state.archiveNumber })
        let ended = held.compactMap { item -> PreparedItem<HouseholdRecord>? in
            guard let successor = item.record?.end?.successor else { return nil }
            var item = item
            item.record?.makesSuccessor = there.contains(successor)
            return item
        }
        let others = held.filter { $0.record?.end?.successor == nil }
        let origins = Set(others.compactMap { $0.record?.splitFrom })
        let splits = others.filter { $0.record?.splitFrom != nil }.map { item in
            var item = item
            let number = item.record?.splitFrom
            item.record?.origin = held.compactMap(\.record).filter { $0.checked.state.archiveNumber == number }
            return item
        }
        let links = ended.filter { $0.record?.makesSuccessor == true }.map { item in
            var record = item.record
            record?.isLink = true
            return PreparedItem(record: record, rows: [])
        }
        // Whose origin is made by the file itself comes after it.
        let early = try splits.filter { item in
            guard let record = item.record, let number = record.splitFrom else { return false }
            return try isKnown(number, record.checked.villageCode.value / 1_000_000)
        }
        let names = Set(early.compactMap { $0.record?.checked.state.archiveNumber })
        let late = splits.filter { !names.contains($0.record?.checked.state.archiveNumber ?? "") }.map { item in
            var item = item
            item.record?.originIsNew = true
            return item
        }
        func isSplit(_ item: PreparedItem<HouseholdRecord>) -> Bool {
            item.record.map { origins.contains($0.checked.state.archiveNumber) } ?? false
        }
        let rest = others.filter { $0.record?.splitFrom == nil }.map { item in
            let names = isSplit(item)
            var item = item
            item.record?.isSplit = names
            return item
        }
        // Who goes into an archive of their own has gone before the rest of the household becomes part of another.
        return ended.filter { !isSplit($0) } + early + ended.filter(isSplit) + rest + late + links
    }
}
