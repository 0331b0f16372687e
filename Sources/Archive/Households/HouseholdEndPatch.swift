// What a body or a row says of the end of a household (销号): the day, why, by which document, and which household it
// became part of. Null for the day takes the end back.

import Domain
import SQL
import Service
import Web

/// The fields of an end, as somebody states them.
package struct HouseholdEndPatch: Sendable {
    var endedOn: Change<CivilDate> = .keep
    var reason: Change<String> = .keep
    var document: Change<String> = .keep
    var successor: Change<Identifier> = .keep

    static let documentCharacters = 1...100

    /// Whether nothing is said of an end.
    var isKeep: Bool { endedOn.isKeep && reason.isKeep && document.isKeep && successor.isKeep }

    init() {}

    /// Reads the fields of an object. What is wrong is recorded in the reader.
    init(_ body: inout ObjectReader, _ codes: CodeLists, today: CivilDate) {
        endedOn = body.change("to", codes.days.day)
        if case .set(let day) = endedOn, day > today { body.report("to", .inFuture) }
        let days = FactDays(since: today, today: today)
        reason = body.change("endReason") { text throws(FieldError) in
            try codes.check(text, in: .householdEndReason, on: days)
        }
        document = body.changeString("endDocument", characters: Self.documentCharacters)
        successor = body.change("successorId", FieldText.identifier)
    }

    /// What the end of a household is to be; nil where it has none.
    func applied(
        to household: StoredHousehold, _ wrong: inout WrongFields, _ scope: Scope, _ connection: Connection
    ) throws -> HouseholdEnd? {
        let old = household.state.end
        guard !isKeep else { return old }
        guard let day = endedOn.applied(to: old?.day) else {
            let said: [(String, Bool)] = [
                ("endReason", reason.isSet), ("endDocument", document.isSet), ("successorId", successor.isSet),
            ]
            if let field = said.first(where: \.1)?.0 {
                wrong.add(
                    endedOn.isKeep
                        ? FieldError(pointer: "/to", .required) : FieldError(pointer: "/" + field, .notForKind))
            }
            return nil
        }
        guard let code = reason.applied(to: old?.reason) else {
            wrong.add(FieldError(pointer: "/endReason", .required))
            return old
        }
        var end = HouseholdEnd(day: day, reason: code, document: document.applied(to: old?.document))
        // Another reason names its own successor.
        end.successor = code == old?.reason ? old?.successor : nil
        switch successor {
        case .keep: break
        case .clear: end.successor = nil
        case .set(let id):
            let found = try HouseholdTable.find(id, connection).flatMap {
                scope.contains($0.areaCode) && $0.follows(household, on: day) ? $0.number : nil
            }
            if found == nil { wrong.add(FieldError(pointer: "/successorId", .unknownHousehold)) }
            end.successor = found
        }
        if HouseholdEndCode.withSuccessor.contains(code) {
            if end.successor == nil, !successor.isSet, code == HouseholdEndCode.merged {
                wrong.add(FieldError(pointer: "/successorId", .required))
            }
        } else if successor.isSet {
            wrong.add(FieldError(pointer: "/successorId", .notForKind))
        }
        return end
    }
}

extension StoredHousehold {
    /// Whether another household may have become part of this one on a day: this one lived then.
    func follows(_ other: StoredHousehold, on day: CivilDate) -> Bool {
        number != other.number && (state.end.map { day < $0.day } ?? true)
    }
}

extension Change {
    fileprivate var isSet: Bool { if case .set = self { true } else { false } }
}
