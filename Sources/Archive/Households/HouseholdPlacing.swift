// Finding the group that a household names, and households themselves, within the caller's range.

import Domain
import SQL
import Service
import Web

package enum HouseholdPlacing {
    /// The group of a name in a village; one that the village does not have yet is added.
    ///
    /// - Parameter new: the id of one that is added, where it was given one beforehand.
    package static func group(
        _ name: String?, in village: Division, new: Identifier? = nil, _ transaction: Transaction
    ) throws -> Identifier? {
        guard let name else { return nil }
        if let found = try GroupStore.find(name, in: village.id, transaction.connection) { return found }
        return try GroupStore.create(new ?? transaction.newId(), name, in: village, transaction)
    }

    /// - Throws: 404 for a household that is not there or not the caller's.
    package static func visible(_ id: Identifier, _ scope: Scope, _ connection: Connection) throws -> StoredHousehold {
        guard let household = try HouseholdTable.find(id, connection), scope.contains(household.areaCode) else {
            throw Problem(.notFound)
        }
        return household
    }

    /// Runs a write, and turns a constraint it meets into a problem that points to the other record where the caller
    /// may see it.
    @discardableResult
    package static func locating<Result>(
        _ members: [MemberState], archiveNumber: String, areaCode: Int64, _ scope: Scope, _ connection: Connection,
        _ write: () throws -> Result
    ) throws -> Result {
        do {
            return try write()
        } catch let error as SQLError {
            guard
                let problem = try HouseholdProblems.located(
                    error, members, archiveNumber: archiveNumber, areaCode: areaCode, scope, connection)
            else { throw error }
            throw problem
        }
    }
}
