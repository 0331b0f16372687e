// The filter `areaCode=` of lists and figures. It is also a check of rights, because nobody is shown more than their
// own range.

import Domain
import SQL
import Web

/// The filter `areaCode=`: a division's code, restricted to what the caller may see.
package enum AreaFilter {
    /// - Parameter pointer: the name of the filter.
    /// - Throws: 404 for a code that is no division, or of one of which the caller may see nothing: in the same words.
    package static func scope(
        _ code: AreaCode?, _ scope: Scope, _ connection: Connection, at pointer: String = "?areaCode"
    ) throws -> Scope {
        guard let code else { return scope }
        guard let division = try DivisionStore.resolve(code: code, connection) else { throw unknown(at: pointer) }
        return try shared(scope, division.scope, at: pointer)
    }

    /// What a caller may see of a division.
    static func shared(_ scope: Scope, _ other: Scope, at pointer: String) throws -> Scope {
        let shared = scope.intersection(other)
        guard shared.first <= shared.last else { throw unknown(at: pointer) }
        return shared
    }

    /// The one answer for an area that is not there and for one that is not the caller's.
    package static func unknown(at pointer: String = "?areaCode") -> Problem {
        Problem(.notFound, errors: [FieldError(pointer: pointer, .unknownDivision)])
    }
}
