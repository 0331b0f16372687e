// Finding the division that a body or a row names, within the caller's range.

import Domain
import SQL
import Web

package enum DivisionPlacing {
    /// - Throws: 422 for a division that does not exist, has ended, or is not the caller's, with the same answer for
    ///   all, so that it reveals nothing about other areas. A code with a successor means the successor.
    package static func division(
        _ code: AreaCode, _ pointer: String, _ scope: Scope, _ connection: Connection
    ) throws -> Division {
        guard let division = try DivisionStore.resolve(code: code, connection), division.isLive,
            scope.contains(division.scope)
        else {
            throw Problem.field(pointer, .unknownDivision)
        }
        return division
    }

    /// - Throws: 422 at /villageCode for a village that does not exist, has ended, or is not the caller's, with the
    ///   same answer for all, so that it reveals nothing about other areas. Only for a town of the caller's own does it
    ///   say that it is a town.
    package static func village(_ code: AreaCode, _ scope: Scope, _ connection: Connection) throws -> Division {
        let found = try DivisionStore.find(code: code, connection)
        guard let village = found, village.level == .village, village.isLive, scope.contains(village.areaCode) else {
            throw Problem(.invalidBody, errors: [VillageCode.error(found, scope)])
        }
        return village
    }
}
