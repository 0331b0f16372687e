// Villages: kind, tags, profiles, secretaries, headcount rate (村).

import Domain
import SQL
import Service

extension Entity {
    package static let village = Entity("villages")
}

extension ImportKind {
    /// Archives of villages.
    public static let villages = ImportKind(rawValue: "villages")
}

extension Module {
    package static let villages = Module(
        name: "villages", routes: { _ in VillageRoutes.all },
        records: [
            RecordKind(
                entity: .village, table: "village", hangsOn: [.village()], json: json, undo: VillageUndo.undoable)
        ], files: [FileKind(.villages, rows: VillageRows.self, exportPlan: { VillageExport.plan($0.scope) })])

    /// A village is addressed by its code, and what it shows depends on the day.
    @Sendable
    private static func json(_ id: Identifier, _ reader: ChangeRecords, _ connection: Connection) throws -> [UInt8]? {
        guard let division = try DivisionStore.find(id, connection), reader.scope.contains(division.scope),
            division.level == .village, division.isLive
        else { return nil }
        let village = try VillageTable.visible(division.code.description, on: reader.today, reader.scope, connection)
        return try VillageRoutes.json(village, on: reader.today, knownAt: nil, reader.register, connection)
    }
}
