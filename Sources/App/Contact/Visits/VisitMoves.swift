// Visits go where their household or village goes, with the proposals and needs that they brought: whoever is in charge
// there sees them. What they say stays as it was.

import Domain
import SQL

enum VisitMoves {
    private static let tables: [(rows: RecordRows, entity: Entity)] = [
        (RecordRows(table: "visit"), .visit), (RecordRows(table: "held_visit"), .heldVisit),
    ]

    /// Visits, proposals and needs of a household, and what is held of it.
    static func follow(household number: Int64, to place: Int64, _ transaction: Transaction) throws {
        try VisitSearch.move("v.household_number = $1", number, to: place, transaction.connection)
        for (rows, entity) in tables {
            try rows.move(entity, "household_number = $3", number, to: place, transaction)
        }
        try ProposalStore.follow(household: number, to: place, transaction)
        try NeedStore.follow(household: number, to: place, transaction)
    }

    /// Visits of a village as such go to the place of its successor; which village they name stays as it was.
    static func follow(from old: Division, to new: Division, _ transaction: Transaction) throws {
        guard old.level == .village else { return }
        try VisitSearch.move(
            "v.area_code = $1 AND v.household_number IS NULL", old.areaCode, to: new.areaCode, transaction.connection)
        for (rows, entity) in tables {
            try rows.move(
                entity, "area_code = $3 AND household_number IS NULL", old.areaCode, to: new.areaCode, transaction)
        }
        try NeedStore.follow(from: old, to: new, transaction)
    }
}
