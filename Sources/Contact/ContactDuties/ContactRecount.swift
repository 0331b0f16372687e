// Recounts what is kept of one household: of all that it is owed, or of its contacts only. A plain recount of
// everything is in ContactCheck.

import Domain
import SQL

enum ContactRecount {
    /// What a new household is owed: nothing is kept of it, and nobody has called or visited it.
    static func create(
        _ number: Int64, through horizon: CivilDate, _ policies: ContactPolicies,
        _ figures: inout ContactFigureChanges, _ connection: Connection
    ) throws {
        guard let facts = try ContactFacts.read(number, isNew: true, policies, connection) else { return }
        let duties = try facts.duties(through: horizon, connection)
        try ContactRows.write(duties, over: [], of: number, in: facts.villageId, &figures, connection)
    }

    /// Something that decides on duties may have changed from a day on. What ended before and is done before then
    /// stays as it is.
    ///
    /// - Parameter origin: the village in which its rows are counted, where that differs.
    static func rules(
        of number: Int64, from day: CivilDate, cameFrom origin: Identifier?, through horizon: CivilDate,
        _ policies: ContactPolicies, _ figures: inout ContactFigureChanges, _ connection: Connection
    ) throws {
        guard let facts = try ContactFacts.read(number, policies, connection) else { return }
        // What holds on the day on which the archive was made decides how far back duties reach.
        let day = day <= facts.createdOn ? CivilDate.first : day
        if let origin, origin != facts.villageId {
            for duty in try ContactRows.all(of: number, connection) {
                figures.add(duty, in: origin, -1)
                figures.add(duty, in: facts.villageId, 1)
            }
        }
        let kept = try ContactRows.changeable(number, from: day, connection)
        let older = kept.filter { $0.name.last < day }
        let owed = try facts.duties(endingFrom: day, through: horizon, connection) + older
        let counted = try HouseholdContacts.counting(for: owed, of: number, connection)
        try ContactRows.write(counted, over: kept, of: number, in: facts.villageId, &figures, connection)
    }

    /// Contacts of a day or later may be different. Only duties of their kinds are counted, because most visits name no
    /// occasion, and a household nearly always has one.
    static func contacts(
        of number: Int64, _ contacted: ContactedDays, _ figures: inout ContactFigureChanges, _ connection: Connection
    ) throws {
        let kept = try ContactRows.changeable(number, from: contacted.first, connection).filter {
            contacted.kinds.contains($0.name.kind)
        }
        let counted = try HouseholdContacts.counting(for: kept, of: number, connection)
        guard counted != kept else { return }
        let village = try connection.first(
            "SELECT village_id FROM household WHERE household_number = $1", number
        ) { try $0.identifier(0) }
        guard let village else { return }
        try ContactRows.write(counted, over: kept, of: number, in: village, &figures, connection)
    }
}
