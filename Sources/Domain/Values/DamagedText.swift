// Texts in which a wrong encoding or a poor font left marks in place of characters. What is readable of them may still
// say who is meant; it never replaces a text that is whole.

/// Tells names and other texts that lost characters on their way.
public enum DamagedText {
    /// What a text is for, which decides what can be right in it.
    public enum Use: Sendable {
        /// Of a person: at least one letter or ideograph.
        case person
        /// Of an organization, a place or a group, which may be a number.
        case name
        /// Of a post, which may say that there is none.
        case title
        /// Free text, in which a single question mark and stars are punctuation.
        case prose
    }

    /// How many marks stand in place of characters: question marks, U+FFFD, empty squares, private-use characters. A
    /// text of Latin letters as they come from Chinese read in a wrong encoding (`å¼ ä¸‰`) counts whole, and so does
    /// what is no name at all: what a spreadsheet shows for one, a word that says there is none, a masked number.
    /// Stars hide characters of a name.
    public static func marks(in text: String, as use: Use = .name) -> Int {
        // Nearly every text is of common ideographs and ASCII letters.
        var questions = 0
        var others = 0
        var latin = 0
        var ideographs = 0
        var stars = 0
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x3F, 0xFF1F: questions += 1
            case 0x4E00...0x9FFF: ideographs += 1
            case 0x2A, 0xFF0A: stars += 1
            case 0xFFFD, 0x25A1, 0x25A0, 0xE000...0xF8FF, 0xF0000...0x10FFFD: others += 1
            case 0x80...0xFF, 0x152...0x178, 0x192, 0x2C6, 0x2DC, 0x2013...0x203A, 0x20AC, 0x2122: latin += 1
            default: break
            }
        }
        if use == .prose {
            stars = 0
            if questions == 1 { questions = 0 }
        } else if isNoName(text, as: use) {
            return text.unicodeScalars.count
        }
        // Two octets and more for each character, and letters that begin one: no name of another script is so.
        if latin >= 2 && ideographs == 0 && isMisread(text) { return text.unicodeScalars.count }
        return questions + others + stars
    }

    /// Whether a text lost characters.
    public static func isDamaged(_ text: String, as use: Use = .name) -> Bool {
        marks(in: text, as: use) > 0
    }

    /// Short words that stand for nothing where a key is expected, and may be names in Latin letters.
    private static let latinNames: Set<String> = ["na", "nan", "nil", "no"]

    private static func isNoName(_ text: String, as use: Use) -> Bool {
        let hasLetter = text.unicodeScalars.contains { $0.properties.isAlphabetic }
        if use == .person && !hasLetter { return true }
        if SpreadsheetDamage.found(in: text) != nil { return true }
        if use != .title, PlaceholderText.isPlaceholder(text) {
            let letters = text.lowercased()
            return !latinNames.contains(letters) && !(hasLetter && letters.allSatisfy { $0 == "x" })
        }
        // A mask of a number has digits, and no letter but those that hide some.
        return text.utf8.contains { (0x30...0x39).contains($0) } && NumberMask.isMask(text)
            && !text.unicodeScalars.contains { $0.properties.isAlphabetic && !"xXｘＸ".unicodeScalars.contains($0) }
    }

    /// Whether a text has a letter or ideograph that can be read.
    public static func isReadable(_ text: String) -> Bool {
        marks(in: text) < text.unicodeScalars.count
            && text.unicodeScalars.contains { $0.properties.isAlphabetic && !isMark($0) }
    }

    /// Whether a whole text may be what a damaged one was: a run of marks stands for one character or more.
    public static func mayMean(_ damaged: String, _ whole: String) -> Bool {
        guard isDamaged(damaged), isReadable(damaged) else { return false }
        var parts: [[Unicode.Scalar]] = [[]]
        for scalar in damaged.unicodeScalars {
            if !isMark(scalar) {
                parts[parts.count - 1].append(scalar)
            } else if !(parts.count > 1 && parts[parts.count - 1].isEmpty) {
                parts.append([])
            }
        }
        return matches(parts[...], Array(whole.unicodeScalars)[...])
    }

    /// The first part begins the text, each other one follows after at least one character, the last one ends it.
    private static func matches(_ parts: ArraySlice<[Unicode.Scalar]>, _ text: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = parts.first, text.starts(with: first) else { return false }
        let rest = text.dropFirst(first.count)
        let others = parts.dropFirst()
        if others.isEmpty { return rest.isEmpty }
        guard !rest.isEmpty else { return false }
        return (1...rest.count).contains { matches(others, rest.dropFirst($0)) }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2A, 0xFF0A, 0x3F, 0xFF1F, 0xFFFD, 0x25A1, 0x25A0, 0xE000...0xF8FF, 0xF0000...0x10FFFD: true
        default: false
        }
    }

    /// Whether the characters are the octets of UTF-8 or GB18030 shown as Windows-1252: at least half are not ASCII,
    /// and more of them than a name of another script has.
    private static func isMisread(_ text: String) -> Bool {
        let wide = text.unicodeScalars.filter { $0.value >= 0x80 }
        return wide.count * 2 >= text.unicodeScalars.count
            && (wide.count >= 3 || wide.contains { !$0.properties.isAlphabetic })
    }
}
