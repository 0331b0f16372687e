// Which rows of a file are of one household: those that stand together with one archive number and, where more than one
// of them says it, one place. The survey of the file and its import divide it in the same way.

import Domain
import Service
import Web

struct HouseholdGrouping {
    let header: HouseholdHeader
    private let cells: KeyCells<HouseholdColumn>
    /// Names say a place only all together: a village's name beside its code, as exports write it, is none.
    private let hasPath: Bool

    init(_ header: HouseholdHeader) {
        self.header = header
        cells = KeyCells(header)
        hasPath = HouseholdColumn.path.allSatisfy(header.has)
    }

    func read(_ row: FileRow) -> KeyedRow<HouseholdColumn> { cells.read(row) }

    /// The archive number; nil where there is none, or a spreadsheet destroyed it.
    func archiveNumber(_ row: KeyedRow<HouseholdColumn>) -> String? {
        row.damages.contains { $0.column == .archiveNumber } ? nil : header.cell(.archiveNumber, row.row)
    }

    /// The place as a row says it; nil where it does not, or a spreadsheet destroyed it.
    func place(_ row: KeyedRow<HouseholdColumn>) -> String? {
        if !row.damages.contains(where: { $0.column == .villageCode }),
            let code = header.cell(.villageCode, row.row)
        {
            return code
        }
        guard hasPath else { return nil }
        let names = HouseholdColumn.path.map { header.cell($0, row.row) ?? "" }
        return names.contains { !$0.isEmpty } ? names.joined(separator: "\u{1F}") : nil
    }

    /// Whether a row goes on with the household of the rows before it.
    func goesOn(_ row: KeyedRow<HouseholdColumn>, with last: KeyedRow<HouseholdColumn>) -> Bool {
        guard let archiveNumber = archiveNumber(row), archiveNumber == self.archiveNumber(last) else { return false }
        guard let place = place(row), let before = self.place(last) else { return true }
        return place == before
    }
}
