// Masks of numbers of people: how much of one may be told, how a mask is known again, and what of a text that quotes
// something unforeseen may be told. Deliberately without keys: a mask is made from what it hides, or from another mask.

/// What may be shown of a number of a person.
///
/// An identity number is nearly told by a birth date that stands beside it: the rest is a county, an order and a check
/// digit. So its mask has at most the last character; one of a phone or an account has the last four.
public enum NumberMask {
    /// Hides an identity number, verified or not, but for the last character of the person's number. A text shorter
    /// than 15 characters is hidden whole, and of a disability card what follows the person's number, which says what
    /// is wrong with the person.
    public static func identity(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count >= 15 else { return hidden(scalars.count) }
        let personCount = min(scalars.count, 18)
        return hidden(personCount - 1) + String(scalars[personCount - 1]) + hidden(scalars.count - personCount)
    }

    /// Hides a phone number but for its last four digits; one shorter than nine characters is hidden whole.
    public static func phone(_ text: String) -> String {
        let count = text.unicodeScalars.count
        return count < 9 ? hidden(count) : hidden(count - 4) + String(text.unicodeScalars.suffix(4))
    }

    private static func hidden(_ count: Int) -> String { String(repeating: "*", count: count) }

    /// Whether a text stands for a number of which characters are hidden, as forms and files write it.
    ///
    /// One star is enough: no number holds one. Other signs, and the letter X, which ends an identity number, hide
    /// something where two of them stand together.
    public static func isMask(_ text: some StringProtocol) -> Bool {
        // Nearly every number is digits, and imports ask of hundreds of thousands.
        if text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) { return false }
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if stars.contains(scalar) { return true }
            if fillers.contains(scalar), let previous, fillers.contains(previous) { return true }
            previous = scalar
        }
        return false
    }

    private static let stars: Set<Unicode.Scalar> = ["*", "＊", "﹡", "∗", "✱", "⁎", "※"]
    private static let fillers: Set<Unicode.Scalar> = [
        "x", "X", "×", "ｘ", "Ｘ", "●", "○", "•", "·", "∙", "■", "□", "█", "▇", "◆", "…",
    ]

    // MARK: In texts

    /// A text in which what looks like an identity number or a mobile number, or like a mask of one, is masked, and
    /// every other number stands as it is. For messages, which tell ids, codes and counts, and at times quote what
    /// somebody wrote in a wrong place.
    public static func message(_ text: String) -> String {
        replacingRuns(of: text, joinedBy: [], hasMasks: true) { run in
            if run.contains("*") {
                return run.count < 7 ? nil : run.count < 15 ? phone(String(run)) : identity(String(run))
            }
            if isLikeIdentity(run) { return identity(String(run)) }
            return run.count == 11 && run.first == "1" && "3456789".contains(run[1]) ? phone(String(run)) : nil
        }
    }

    /// A text in which every run of seven digits and more is masked: of fifteen and more as an identity number, of
    /// fewer as a phone number. Spaces and hyphens between digits do not end a run.
    public static func runs(in text: String) -> String {
        replacingRuns(of: text, joinedBy: [" ", "-"]) { run in
            run.count < 7 ? nil : run.count < 15 ? phone(String(run)) : identity(String(run))
        }
    }

    /// Fifteen, or eighteen with or without what follows on a disability card, around a day on which somebody can have
    /// been born.
    private static func isLikeIdentity(_ run: [Character]) -> Bool {
        let digits = run.map { $0.wholeNumberValue ?? 0 }
        func isDay(_ from: Int) -> Bool {
            let month = digits[from] * 10 + digits[from + 1]
            let day = digits[from + 2] * 10 + digits[from + 3]
            return (1...12).contains(month) && (1...31).contains(day)
        }
        switch run.count {
        case 15: return isDay(8)
        case 18, 20, 22: return (18...20).contains(digits[6] * 10 + digits[7]) && isDay(10)
        default: return false
        }
    }

    /// - Parameter mask: what stands for a run of digits, character by character; nil where it stays.
    private static func replacingRuns(
        of text: String, joinedBy joints: Set<Character>, hasMasks: Bool = false, with mask: ([Character]) -> String?
    ) -> String {
        guard text.contains(where: \.isWholeNumber) else { return text }
        var result: [Character] = []
        var run: [Int] = []
        func close() {
            if let masked = mask(run.map { result[$0] }) {
                for (index, character) in zip(run, masked) { result[index] = character }
            }
            run = []
        }
        for character in text {
            let endsNumber = (character == "X" || character == "x") && run.count == 17
            // The count of reissue on a disability card.
            let isReissue = (character == "B" || character == "b") && run.count == 20
            let isHidden = hasMasks && character == "*"
            if character.wholeNumberValue.map({ $0 < 10 }) == true || isHidden || endsNumber || isReissue {
                run.append(result.count)
            } else if !(joints.contains(character) && !run.isEmpty) {
                close()
            }
            result.append(character)
        }
        close()
        return String(result)
    }
}
