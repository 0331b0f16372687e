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
            let found = try HouseholdTable.find(id, connection).flatMap { scope.contains($0.areaCode) ? $0 : nil }
            if let error = household.error(ofSuccessor: found, on: day) {
                wrong.add(error.at("/successorId"))
            } else {
                end.successor = found?.number
            }
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
    /// What is wrong with a household that this one is said to have become part of on a day, if anything.
    ///
    /// - Parameter other: nil for none that somebody sees.
    func error(ofSuccessor other: StoredHousehold?, on day: CivilDate) -> FieldError? {
        guard let other else { return FieldError(.unknownHousehold) }
        guard number != other.number else {
            return FieldError(
                .unknownHousehold, zh: "这是该户自己：请填写其并入的户",
                en: "this is the household itself: name the one that it "
                    + "became part of")
        }
        guard let end = other.state.end, end.day <= day else { return nil }
        let name = other.state.archiveNumber
        return FieldError(
            FieldCode(.householdEnded), zh: "户 \(name) 已于 \(end.day) 销号，\(day) 不能并入该户：请填写当时还在的户，或先更正其销号",
            en: "household \(name) ended on \(end.day), and nothing can become part of it on \(day): name one that "
                + "was there then, or correct its end first")
    }
}

extension Change {
    fileprivate var isSet: Bool { if case .set = self { true } else { false } }
}
