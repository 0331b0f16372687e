// The number of one parameter for many villages and days: what a list, a recount or a batch asks again and again is
// read once. A place has its own number, else that of the nearest area above it.

import Domain
import SQL
import Service

/// A parameter of whole numbers, with what was found so far. It lives as long as one snapshot or transaction.
package struct NearestNumber {
    /// A key of `ParameterKey`.
    package let key: String

    private struct Question: Hashable {
        let division: Identifier
        let day: CivilDate
    }

    private var found: [Question: Int?] = [:]

    package init(_ key: String) { self.key = key }

    /// The number that holds in a division on a day; nil where nobody has laid any down.
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

    /// The same for a chain of areas that is known already.
    package static func value(
        _ key: String, in chain: AreaChain, on day: CivilDate, _ connection: Connection
    ) throws -> Int? {
        try ParameterResolution.rows([key], in: chain, on: day, connection)[key]?.first
            .flatMap { ParameterValue(stored: $0.value)?.number }
    }
}
