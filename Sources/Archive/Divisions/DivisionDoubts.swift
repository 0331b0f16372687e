// Which divisions a complete file does not end although it lacks their code: those whose name appears in it, under the
// same parent or in a refused row, and everything below them. A file that gives most divisions other codes is an
// edition with new codes, and ends the old ones.

import Domain
import SQL
import Service
import Web

struct DivisionDoubts {
    private struct NamedPlace: Hashable {
        let level: DivisionLevel
        let name: String
        /// Nil for a refused row, whose parent may be what is wrong with it.
        let parent: AreaCode?
    }

    /// If at least this many rows, and most rows of a level, are known divisions with other codes, then codes were
    /// changed.
    private static let recodedMin = 2

    private let refusedCodes: Set<AreaCode>
    /// The rows with the names of divisions whose code the file lacks.
    private var named: [Identifier: DivisionRow] = [:]
    private var spared: Set<Identifier> = []

    /// - Parameter live: the divisions that may end, from the top down.
    init(_ rows: [DivisionRow], refused: Set<Int>, _ live: [Division], _ connection: Connection) throws {
        let codes = Set(rows.map(\.code))
        refusedCodes = Set(rows.filter { refused.contains($0.line) }.map(\.code))
        let places = Dictionary(
            rows.map { row in
                let parent = refused.contains(row.line) ? nil : row.parent
                return (NamedPlace(level: row.level, name: row.name, parent: parent), row)
            }
        ) { first, _ in first }
        for division in live where !codes.contains(division.code) {
            let parent = try division.parentId.flatMap { try DivisionStore.find($0, connection) }?.code
            for parent in [parent, nil] where named[division.id] == nil {
                named[division.id] =
                    places[
                        NamedPlace(level: division.level, name: division.name, parent: parent)]
            }
        }
        for level in DivisionLevel.allCases {
            let recoded = named.filter { $0.value.level == level }.keys
            guard recoded.count >= Self.recodedMin, recoded.count * 2 > rows.count(where: { $0.level == level }) else {
                continue
            }
            for id in recoded { named[id] = nil }
        }
    }

    /// Whether a division is below one that the file may contain after all.
    func isSpared(_ division: Division) -> Bool { spared.contains(division.id) }

    /// What is reported about a division that appears in the file under another code; nil if it does not. Divisions
    /// must be asked for from the top down.
    mutating func doubt(of division: Division) -> ReportRow? {
        if division.parentId.map(spared.contains) ?? false || refusedCodes.contains(division.code) {
            spared.insert(division.id)
        }
        guard let row = named[division.id] else { return nil }
        spared.insert(division.id)
        return ReportRow(
            line: row.line, column: "code", .warning, .standsUnderAnotherCode,
            zh: "\(division.code) \(division.name) 在文件中以代码 \(row.code) 出现，未撤销；如确已改码，请指定接替区划",
            en: "\(division.code) \(division.name) appears in the file with the code \(row.code) and was not ended; "
                + "if its code has really changed, name that division as its successor")
    }
}
