// The words of what visits say, as the index of texts is given them and is asked for: each character and each pair of
// neighbours, letters and digits only. Chinese has no word boundaries, and two characters are a usual question. Made of
// scalars and bytes, because a diary has hundreds of them and a batch has hundreds of diaries.

/// Words, one after another.
package struct VisitWords: Sendable {
    /// UTF-8, a space behind each word.
    package private(set) var bytes: [UInt8] = []

    package init(_ texts: some Sequence<String> = []) {
        for text in texts { add(text) }
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Adds the characters and pairs of a text. Punctuation and spaces are written in many ways, so neighbours across
    /// them are a pair; those across lines are none.
    package mutating func add(_ text: String) {
        bytes.reserveCapacity(bytes.count + text.utf8.count * 4)
        var last: Range<Int>?
        for scalar in text.unicodeScalars {
            guard Self.isLetter(scalar) else {
                if scalar == "\n" { last = nil }
                continue
            }
            let first = bytes.count
            bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            let own = first..<bytes.count
            bytes.append(UInt8(ascii: " "))
            if let last {
                // Both neighbours are in these bytes already.
                for index in last { bytes.append(bytes[index]) }
                for index in own { bytes.append(bytes[index]) }
                bytes.append(UInt8(ascii: " "))
            }
            last = own
        }
    }

    /// Adds a word that is longer than any that texts have, so that nobody can ask for it.
    package mutating func add(word: String) {
        bytes.append(contentsOf: word.utf8)
        bytes.append(UInt8(ascii: " "))
    }

    /// Each word once.
    var unique: [String] {
        bytes.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }.unique
    }

    /// The words that a text has wherever it has what is asked for; empty where that has no letter or digit.
    package static func asked(_ question: String) -> [String] {
        let letters = question.unicodeScalars.filter(isLetter).map(Character.init)
        guard letters.count > 1 else { return letters.map { String($0) } }
        return zip(letters, letters.dropFirst()).map { "\($0)\($1)" }.unique
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Nearly all characters of a diary are these; asking for the category of each would be slow.
        case 0x4E00...0x9FFF, 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return true
        case 0...0x7F, 0x3000...0x3003, 0xFF0C, 0xFF1A, 0xFF1B: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }
}
