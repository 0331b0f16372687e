// The one form in which names and keys are stored, compared and searched, whatever keyboard, spreadsheet or web page
// they came from. It deliberately leaves alone what gives a name its meaning: Han characters are never folded into
// others (no NFKC), scripts keep their spaces, and brackets keep their width.

// The canonical composition (NFC) that Foundation uses too: the standard library has it, and this module imports
// nothing else.
@_spi(_Unicode) import Swift

/// How names and keys are written down.
public enum WrittenForm {
    /// The middle dot between the parts of Uyghur, Tibetan and other names.
    private static let middleDot: Unicode.Scalar = "\u{B7}"

    /// A name of a person, an organization or a place.
    ///
    /// Marks that nobody sees are gone, spaces of every kind are one space and stand only between words of other
    /// scripts than Han, all middle dots are `·`, full-width letters and digits are narrow, characters are composed
    /// (NFC). Control characters stay, to be refused. Empty where nothing is left.
    public static func name(_ text: String) -> String {
        if text.unicodeScalars.allSatisfy(isPlain) { return text }
        return composed(withDots(withSpaces(visible(text))))
    }

    /// What of a name can be searched for: punctuation and space between its parts are written in many ways.
    public static func letters(_ name: String) -> String {
        // Nearly every name is of common ideographs alone; asking for the kind of each is slow.
        if name.unicodeScalars.allSatisfy({ ("\u{4E00}"..."\u{9FFF}").contains($0) }) { return name }
        return name.filter { $0.isLetter || $0.isNumber }
    }

    /// A key such as an archive number: without spaces, unseen marks and the marks of text of spreadsheets, all
    /// full-width forms narrow, composed.
    public static func key(_ text: String) -> String {
        let first = text.unicodeScalars.first
        if first != "=", first != "'", first != "`", text.unicodeScalars.allSatisfy({ isPlain($0) || $0 == "." }) {
            return text
        }
        return composed(
            unquoted(text.unicodeScalars.compactMap { isInvisible($0) || isSpace($0) ? nil : narrowed($0) }))
    }

    /// Without the apostrophe or `="…"` by which spreadsheets keep text.
    static func unquoted(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var bare = scalars[...]
        while let first = bare.first {
            if apostrophes.contains(first) {
                bare = bare.dropFirst()
            } else if bare.count >= 3, bare.starts(with: ["=", "\""]), bare.last == "\"" {
                bare = bare.dropFirst(2).dropLast()
            } else {
                break
            }
        }
        return Array(bare)
    }

    private static let apostrophes: Set<Unicode.Scalar> = ["'", "‘", "’", "＇", "`"]

    /// A format mark that nobody sees: zero-width, direction, joiner, soft hyphen, byte order mark.
    public static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x61C, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF: true
        default: false
        }
    }

    /// A space of any width, blank letters among them; no control character.
    public static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20, 0x85, 0xA0, 0x115F, 0x1160, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x2800, 0x3000,
            0x3164, 0xFFA0:
            true
        default: false
        }
    }

    /// What nobody sees: a space of any width, a tab or an end of a line, or a format mark.
    public static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        // Nearly all that files hold, and files ask of every cell.
        if (0x21...0x7E).contains(scalar.value) || (0x4E00...0x9FFF).contains(scalar.value) { return false }
        return (0x09...0x0D).contains(scalar.value) || isSpace(scalar) || isInvisible(scalar)
    }

    /// The ASCII character of a full-width one, others as they are.
    public static func narrowed(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard (0xFF01...0xFF5E).contains(scalar.value) else { return scalar }
        return Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
    }

    /// Most names: ideographs, letters and digits that are in their form already.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x21...0x2D, 0x2F...0x7E, 0xB7: true
        default: false
        }
    }

    private static func isHan(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0xF900...0xFAFF, 0x2_0000...0x3_FFFF, 0x2E80...0x2FDF, 0x3005, 0x3007:
            true
        default: false
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }

    /// What stands without spaces beside it: Han characters, the punctuation among them, and middle dots.
    private static func isTight(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xB7, 0x3001...0x3003, 0x3008...0x301F, 0xFF01...0xFF0F, 0xFF1A...0xFF20: true
        default: isHan(scalar)
        }
    }

    /// Without unseen marks, each space as one of ASCII, dots and letters in their form where it needs no neighbour.
    private static func visible(_ text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.compactMap { scalar in
            if isInvisible(scalar) { return nil }
            if isSpace(scalar) { return " " }
            switch scalar.value {
            case 0x387, 0x2022, 0x2027, 0x2219, 0x22C5, 0x30FB, 0xFF65: return middleDot
            case 0xFF10...0xFF19, 0xFF21...0xFF3A, 0xFF41...0xFF5A: return narrowed(scalar)
            default: return scalar
            }
        }
    }

    /// One space where words of other scripts than Han meet, none elsewhere.
    private static func withSpaces(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var kept: [Unicode.Scalar] = []
        var isPending = false
        for scalar in scalars {
            if scalar == " " {
                isPending = true
                continue
            }
            if isPending, let last = kept.last, !isTight(last), !isTight(scalar) { kept.append(" ") }
            isPending = false
            kept.append(scalar)
        }
        return kept
    }

    /// Other dots that stand for the middle dot by where they stand: a full stop or a bullet between Han characters, a
    /// full-width stop unless it is in a number. Several are one.
    private static func withDots(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var kept: [Unicode.Scalar] = []
        for (index, scalar) in scalars.enumerated() {
            let last = index > 0 ? scalars[index - 1] : " "
            let next = index + 1 < scalars.count ? scalars[index + 1] : " "
            var dot = scalar
            switch scalar.value {
            case 0x2E, 0x25CF: if isHan(last), isHan(next) { dot = middleDot }
            case 0xFF0E: dot = isDigit(last) && isDigit(next) ? "." : middleDot
            default: break
            }
            if dot != middleDot || kept.last != middleDot { kept.append(dot) }
        }
        return kept
    }

    private static func composed(_ scalars: [Unicode.Scalar]) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        if scalars.allSatisfy(isPlain) { return String(text) }
        var form = String.UnicodeScalarView()
        form.append(contentsOf: String(text)._nfc)
        return String(form)
    }
}
