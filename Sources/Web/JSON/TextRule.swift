// The rule that every text from outside passes, in bodies and in queries alike.

/// Which control characters a text may hold. U+0000...U+001F and U+007F are refused everywhere else: they have no
/// meaning in a name or a code, and break logs, CSV files and terminals.
public enum TextRule: Sendable {
    /// No control character at all: names, codes, addresses.
    case line
    /// LF and HTAB are allowed: notes. CR is not, so that there is one kind of line end.
    case lines

    /// What is wrong with `text`, if anything. Characters are Unicode scalars, which is what `maxLength` of a JSON
    /// schema counts.
    public func error(in text: String, characters: ClosedRange<Int>) -> FieldError? {
        var count = 0
        for scalar in text.unicodeScalars {
            count += 1
            if scalar.value < 0x20 || scalar.value == 0x7F, !allows(scalar) { return FieldError(.controlCharacter) }
            if count > characters.upperBound { return FieldError.tooLong(characters.upperBound) }
        }
        return count < characters.lowerBound ? FieldError.tooShort(characters.lowerBound) : nil
    }

    private func allows(_ control: Unicode.Scalar) -> Bool {
        switch self {
        case .line: false
        case .lines: control == "\n" || control == "\t"
        }
    }
}
