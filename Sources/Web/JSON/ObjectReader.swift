// Reads the members of one JSON object and collects everything that is wrong with them.
//
// A reader never stops at the first error: a person who filled in forty members of a household must see all mistakes at
// once. Deliberately not Codable, and it knows no rule of the domain; those are added with `report`.

/// Reads an object field by field. A required field that is missing or wrong is recorded, and a placeholder is
/// returned;
/// `finish()` throws before anybody can use it. Fields never asked for are unknown, and reported by `finish()`.
///
/// Ask in the order in which clients write the fields and the lookup of each is one comparison.
public struct ObjectReader {
    /// How many errors one answer carries; further ones are left out.
    public static let errorsMax = 100

    let value: JSONValue
    /// The pointer to this object: the container's, and the position when it is an element of an array.
    private let container: String
    private let position: Int?
    private let isObject: Bool
    private(set) var errors: [FieldError]
    /// Tape index of the name to look at first.
    private var expected: Int
    /// Which names were asked for, by position among the members: 64 in a word, further ones in a set.
    private var seen: UInt64 = 0
    private var seenBeyond: Set<Int> = []

    /// Reads `value`, which must be an object. `pointer` is put before all pointers, for an item of a batch that is
    /// answered by itself.
    public init(_ value: JSONValue, at pointer: String = "") {
        self.init(
            value, container: pointer, position: nil,
            errors: value.document.fieldErrors(below: value.index, at: pointer))
    }

    init(_ value: JSONValue, container: String, position: Int?, errors: [FieldError]) {
        self.value = value
        self.container = container
        self.position = position
        self.errors = errors
        expected = value.index + 1
        isObject = value.kind == .object
        if !isObject { record(FieldError.objectExpected, at: pointer) }
    }

    /// The pointer to this object.
    public var pointer: String {
        if let position { "\(container)/\(position)" } else { container }
    }

    /// Whether nothing has been recorded yet: rules over several fields make sense only then.
    public var isValid: Bool { errors.isEmpty }

    /// Whether nothing is wrong with these fields, whatever else is wrong: a rule over them can be judged.
    ///
    /// - Parameter fields: names of this object, or relative pointers that begin with `/`.
    public func isSound(_ fields: String...) -> Bool { isSound(fields) }

    /// The same for fields in an array.
    public func isSound(_ fields: [String]) -> Bool {
        if errors.isEmpty { return true }
        guard isObject else { return false }
        return fields.allSatisfy { field in
            let place = pointer + (field.hasPrefix("/") ? field : "/" + JSONPointer.token(field))
            return !errors.contains { $0.pointer == place || $0.pointer.hasPrefix(place + "/") }
        }
    }

    /// Everything that is wrong so far, with the fields that were never asked for: for rules that go on with what was
    /// read soundly, and throw all of it together.
    public mutating func faults() -> [FieldError] {
        reportUnknown()
        return errors
    }

    // MARK: Errors of the caller's rules

    /// Records that `field` breaks a rule. `field` is a name of this object, or a relative pointer that begins with
    /// `/`; empty means the object itself.
    public mutating func report(_ field: String, _ code: FieldCode) { report(field, FieldError(code)) }

    /// The same in words of its own.
    public mutating func report(_ field: String, _ code: FieldCode, zh: String, en: String) {
        report(field, FieldError(code, zh: zh, en: en))
    }

    /// Records an error of a value that stands at `field`.
    public mutating func report(_ field: String, _ error: FieldError) {
        let place = field.isEmpty || field.hasPrefix("/") ? field : "/" + JSONPointer.token(field)
        record(error, at: pointer + place)
    }

    /// Reports the fields that were never asked for, and throws if anything at all was recorded.
    public mutating func finish() throws(InvalidBody) {
        reportUnknown()
        if !errors.isEmpty { throw InvalidBody(errors: errors) }
    }

    mutating func record(_ error: FieldError, at place: String) {
        if errors.count < Self.errorsMax { errors.append(error.below(place)) }
    }

    mutating func record(_ error: FieldError, _ key: StaticString) {
        if errors.count < Self.errorsMax { record(error, at: place(key)) }
    }

    func place(_ key: StaticString) -> String { "\(pointer)/\(JSONPointer.token("\(key)"))" }

    /// Gives up the errors to the reader of the parent, after adding the unknown fields.
    consuming func close() -> [FieldError] {
        reportUnknown()
        return errors
    }

    // MARK: Lookup

    /// The value of a member called `key`; nil if there is none. It counts as asked for. Which of two equal names is
    /// found does not matter, because such a body is refused.
    public mutating func member(_ key: StaticString) -> JSONValue? {
        guard isObject else { return nil }
        let document = value.document
        let first = value.index + 1
        let last = document.next(value.index)
        guard first < last else { return nil }
        if expected >= last { expected = first }
        let start = expected
        return key.withUTF8Buffer { name in
            var index = start
            repeat {
                let after = document.next(index + 1)
                if document.nameEquals(index, name) {
                    markSeen(index)
                    expected = after
                    return JSONValue(document: document, index: index + 1)
                }
                index = after < last ? after : first
            } while index != start
            return nil
        }
    }

    /// The value of a required member; a missing one or null is recorded.
    mutating func required(_ key: StaticString) -> JSONValue? {
        guard let member = member(key), !member.isNull else {
            // A value that is no object was recorded as such; its missing fields say nothing more.
            if isObject { record(FieldError(.required), key) }
            return nil
        }
        return member
    }

    /// The value of a member that may be absent or null.
    mutating func optional(_ key: StaticString) -> JSONValue? {
        guard let member = member(key), !member.isNull else { return nil }
        return member
    }

    private mutating func markSeen(_ name: Int) {
        let distance = name - value.index - 1
        if distance < 64 { seen |= 1 << UInt64(distance) } else { seenBeyond.insert(distance) }
    }

    private func wasSeen(_ name: Int) -> Bool {
        let distance = name - value.index - 1
        return distance < 64 ? seen & (1 << UInt64(distance)) != 0 : seenBeyond.contains(distance)
    }

    private mutating func reportUnknown() {
        guard isObject else { return }
        let document = value.document
        let last = document.next(value.index)
        // Of two equal names one was read; the other is reported as a duplicate and is not unknown.
        let repeated = document.flaws.isEmpty ? [] : document.flaws.map { document.textBytes($0.index) }
        var index = value.index + 1
        while index < last, errors.count < Self.errorsMax {
            if !wasSeen(index), repeated.isEmpty || !repeated.contains(document.textBytes(index)) {
                record(FieldError(.unknownField), at: pointer + "/" + JSONPointer.token(document.text(index)))
            }
            index = document.next(index + 1)
        }
    }

    /// Lets `read` read `value` as an object that belongs to this one; its errors become errors of this reader.
    mutating func nested<T>(
        _ value: JSONValue, in container: String, position: Int?, _ read: (inout ObjectReader) -> T
    ) -> T {
        var taken: [FieldError] = []
        swap(&taken, &errors)
        var reader = ObjectReader(value, container: container, position: position, errors: taken)
        let result = read(&reader)
        errors = reader.close()
        return result
    }
}
