// Gathers what is wrong with several fields that are looked up in the register one by one, so that a form shows all
// errors at once.

import Web

package struct WrongFields {
    package private(set) var errors: [FieldError] = []

    package init(errors: [FieldError] = []) {
        self.errors = errors
    }

    package mutating func add(_ error: FieldError) { errors.append(error) }

    /// Runs one search. Nil when its fields are wrong; every other problem is thrown on.
    package mutating func gather<Found>(_ search: () throws -> Found) throws -> Found? {
        do {
            return try search()
        } catch let problem as Problem where problem.kind == .invalidBody {
            errors += problem.errors
        } catch let invalid as InvalidBody {
            errors += invalid.errors
        }
        return nil
    }

    package var refusal: InvalidBody { InvalidBody(errors: Array(errors.prefix(ObjectReader.errorsMax))) }

    /// - Throws: 422 with everything that was gathered.
    package func finish() throws { if !errors.isEmpty { throw refusal } }
}
