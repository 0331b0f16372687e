// Visits go where their household or village goes, with the proposals and needs that they brought: whoever is in charge
// there sees them. What they say stays as it was.

import Domain
import SQL

enum VisitMoves {
    /// Visits, proposals and needs of a household, and what is held of it.
    static func follow(household number: Int64, to place: Int64, _ transaction: Transaction) throws {
        try VisitSearch.move("v.household_number = $1", number, to: place, transaction.connection)
        try move("visit", .visit, "household_number = $3", number, to: place, transaction)
        try move("held_visit", .heldVisit, "household_number = $3", number, to: place, transaction)
        try ProposalStore.follow(household: number, to: place, transaction)
        try NeedStore.follow(household: number, to: place, transaction)
    }

    /// Visits of a village as such go to the place of its successor; which village they name stays as it was.
    static func follow(from old: Division, to new: Division, _ transaction: Transaction) throws {
        guard old.level == .village else { return }
        try VisitSearch.move(
            "v.area_code = $1 AND v.household_number IS NULL", old.areaCode, to: new.areaCode, transaction.connection)
        for (table, entity) in [("visit", Entity.visit), ("held_visit", .heldVisit)] {
            try move(
                table, entity, "area_code = $3 AND household_number IS NULL", old.areaCode, to: new.areaCode,
                transaction)
        }
        try NeedStore.follow(from: old, to: new, transaction)
    }

    /// - Parameter condition: over the table, with one value in `$3`.
    private static func move(
        _ table: String, _ entity: Entity, _ condition: String, _ value: any Bindable, to place: Int64,
        _ transaction: Transaction
    ) throws {
        // Not as a part of a job: what an import moved, its undo moves back with the household.
        try transaction.connection.run(
            """
            INSERT INTO change (at, entity, entity_id, version, operation, area_before, area_after)
            SELECT $1, '\(entity.rawValue)', id, version + 1, 'move', area_code, $2 FROM \(table)
            WHERE \(condition) AND area_code <> $2 ORDER BY id
            """, transaction.now, place, value)
        try transaction.connection.run(
            """
            UPDATE \(table) SET area_code = $2, version = version + 1
            WHERE \(condition) AND area_code <> $2 AND $1 IS NOT NULL
            """, transaction.now, place, value)
    }
}
