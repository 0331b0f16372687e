// The filter `areaCode=` of lists and figures. It is also a check of rights, because nobody is shown more than their
// own range.

import Domain
import SQL
import Web

/// The filter `areaCode=`: a division's code, restricted to what the caller may see.
package enum AreaFilter {
    /// - Throws: 400 for a code that is not a division; an area outside the caller's range is an empty list, not an
    ///   error.
    package static func scope(_ code: AreaCode?, _ scope: Scope, _ connection: Connection) throws -> Scope {
        guard let code else { return scope }
        guard let division = try DivisionStore.resolve(code: code, connection) else {
            throw InvalidQuery(errors: [FieldError(pointer: "?areaCode", .unknownDivision)])
        }
        return scope.intersection(division.scope)
    }
}
