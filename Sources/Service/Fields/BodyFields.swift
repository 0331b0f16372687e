// Fields that many bodies share, and how they are read: names, keys, ids, days.

import Domain
import Web

extension ObjectReader {
    /// A required name.
    package mutating func name(
        _ key: StaticString, characters: ClosedRange<Int>, as use: DamagedText.Use = .name
    ) -> String {
        value(key, placeholder: "") { text throws(FieldError) in try FieldText.name(text, characters, as: use) }
    }

    /// A name that may be absent or null.
    package mutating func optionalName(
        _ key: StaticString, characters: ClosedRange<Int>, as use: DamagedText.Use = .name
    ) -> String? {
        optionalValue(key) { text throws(FieldError) in try FieldText.name(text, characters, as: use) }
    }

    /// A change of a name.
    package mutating func changeName(
        _ key: StaticString, characters: ClosedRange<Int>, as use: DamagedText.Use = .name, clearable: Bool = true
    ) -> Change<String> {
        change(key, clearable: clearable) { text throws(FieldError) in
            try FieldText.name(text, characters, as: use)
        }
    }

    /// A title of a post that may be absent or null.
    package mutating func optionalTitle(_ key: StaticString, characters: ClosedRange<Int>) -> String? {
        optionalValue(key) { text throws(FieldError) in try FieldText.title(text, characters) }
    }

    /// A change of the title of a post.
    package mutating func changeTitle(_ key: StaticString, characters: ClosedRange<Int>) -> Change<String> {
        change(key) { text throws(FieldError) in try FieldText.title(text, characters) }
    }

    /// A required key, such as an archive number.
    package mutating func key(_ key: StaticString, characters: ClosedRange<Int>) -> String {
        value(key, placeholder: "") { text throws(FieldError) in try FieldText.key(text, characters) }
    }

    /// A key that may be absent or null.
    package mutating func optionalKey(_ key: StaticString, characters: ClosedRange<Int>) -> String? {
        optionalValue(key) { text throws(FieldError) in try FieldText.key(text, characters) }
    }

    /// A change of a key.
    package mutating func changeKey(
        _ key: StaticString, characters: ClosedRange<Int>, clearable: Bool = true
    ) -> Change<String> {
        change(key, clearable: clearable) { text throws(FieldError) in try FieldText.key(text, characters) }
    }
}

extension ObjectReader {
    /// The id may also be in the body; it must then equal the one in the path.
    package mutating func checkId(_ pathId: Identifier) {
        if let bodyId = optionalValue("id", FieldText.identifier), bodyId != pathId { report("id", .differsFromPath) }
    }

    /// `endedOn` of a patch: a day that is not in the future, or null, which reverses an end.
    package mutating func changeEnd(_ days: PlausibleDays, today: CivilDate) -> Change<CivilDate> {
        let change = change("to", days.day)
        if case .set(let day) = change, day > today { report("to", .inFuture) }
        return change
    }
}

/// `effectiveOn`: the day from which a change holds.
package enum EffectiveDay {
    package static func read(_ body: inout ObjectReader, _ days: PlausibleDays, today: CivilDate) -> CivilDate {
        stated(&body, days, today: today) ?? today
    }

    /// Nil where it is not stated.
    package static func stated(
        _ body: inout ObjectReader, _ days: PlausibleDays, today: CivilDate
    ) -> CivilDate? {
        let day = body.optionalValue("effectiveOn", days.day)
        if let day, day > today { body.report("effectiveOn", .inFuture) }
        return day
    }
}

extension Change {
    package func map<Other>(_ transform: (Value) throws -> Other) rethrows -> Change<Other> {
        switch self {
        case .keep: .keep
        case .clear: .clear
        case .set(let value): .set(try transform(value))
        }
    }
}
