// The number of one parameter for many villages and days, so that what a list, a recount or a batch needs again and
// again is read only once. A place has its own number, or else that of the nearest area above it.

import Domain
import SQL
import Service

/// A parameter with a whole number, and the values found so far. It is valid for one snapshot or transaction.
package struct NearestNumber {
    /// A key of `ParameterKey`.
    package let key: String

    private struct Question: Hashable {
        let division: Identifier
        let day: CivilDate
    }

    private var found: [Question: Int?] = [:]

    package init(_ key: String) { self.key = key }

    /// The number that holds in a division on a day; nil if nobody has set one.
    package mutating func value(
        in division: Identifier, on day: CivilDate, _ connection: Connection
    ) throws -> Int? {
        let question = Question(division: division, day: day)
        if let known = found[question] { return known }
        let chain = try AreaChain.of(DivisionStore.find(division, connection), connection)
        let value = try Self.value(key, in: chain, on: day, connection)
        found[question] = .some(value)
        return value
    }

    /// The same for a chain of areas that is already known.
    package static func value(
        _ key: String, in chain: AreaChain, on day: CivilDate, _ connection: Connection
    ) throws -> Int? {
        try ParameterResolution.rows([key], in: chain, on: day, connection)[key]?.first
            .flatMap { ParameterValue(stored: $0.value)?.number }
    }
}
