// Identity numbers of people and of disability cards: reading, checking, upgrading, masking.
// Deliberately does not compare the first six digits with the division tree: people keep the number of the county
// that first registered them, which may have ended long ago.

/// A sex as the registers record it (GB/T 2261.1). The raw values are codes of the list `sex`.
public enum Sex: String, CaseIterable, Sendable {
    case male
    case female
    case unstated
}

/// A verified identity number in normal form: 18 digits (GB 11643-1999, last may be X), or a disability card whose
/// first 18 digits are the number of its holder (20: kind and grade follow; 22: and the count of reissue).
///
/// Only ``parse(_:on:)`` makes one, so a value of this type has a right check digit and a possible birth date.
public struct IdentityNumber: Hashable, Sendable {
    /// What the digits are the number of (§2.2, 身份号码 kinds).
    public enum Kind: String, Sendable {
        case resident
        case disabilityCard
    }

    /// 18, 20 or 22 characters, X and B in upper case.
    public let text: String
    /// The number of the person: the first 18 characters. Two cards of one person share it.
    public let person: String
    /// The birth date in digits 7 to 14.
    public let birthDate: CivilDate
    /// The sex in digit 17: odd is male.
    public let sex: Sex
    /// Whether a resident's number or a disability card was given.
    public let kind: Kind
    /// Kind of disability, 1 (sight) to 7 (multiple), of a disability card.
    public let disabilityKind: Int?
    /// Grade of disability, 1 (gravest) to 4, of a disability card.
    public let disabilityGrade: Int?

    /// The number with all but the last character of the person's number hidden: `*****************4`. For disability
    /// cards the digits after it, which say what is wrong with the person, are hidden too.
    public var mask: String { NumberMask.identity(text) }

    /// The check character of GB 11643-1999 for the first 17 digits; nil if they are not 17 digits.
    ///
    /// The weights 7 9 10 5 8 4 2 1 … of the standard are the powers of two modulo 11 (ISO 7064 MOD 11-2), so doubling
    /// the sum with each digit gives the same remainder.
    public static func checkCharacter(ofFirst17 digits: some Collection<UInt8>) -> UInt8? {
        guard digits.count == 17 else { return nil }
        var remainder = 0
        for digit in digits {
            guard isDigit(digit) else { return nil }
            remainder = (remainder + Int(digit - UInt8(ascii: "0"))) * 2 % 11
        }
        let check = (12 - remainder) % 11
        return check == 10 ? UInt8(ascii: "X") : UInt8(ascii: "0") + UInt8(check)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Checks what ``parse(_:on:)`` has cleaned: 18, 20 or 22 bytes.
    init(checking bytes: [UInt8], on today: CivilDate?) throws(IdentityProblem) {
        guard let check = Self.checkCharacter(ofFirst17: bytes.prefix(17)),
            bytes.dropFirst(18).dropFirst(2).first.map({ Self.isDigit($0) || $0 == UInt8(ascii: "B") }) ?? true,
            bytes.dropFirst(18).enumerated().allSatisfy({ $0.offset == 2 || Self.isDigit($0.element) }),
            Self.isDigit(bytes[17]) || bytes[17] == UInt8(ascii: "X")
        else { throw .wrongCharacter }
        var reader = DigitReader(bytes[6..<14])
        guard let year = reader.number(digits: 4), let month = reader.number(digits: 2),
            let day = reader.number(digits: 2), let birthDate = CivilDate(year: year, month: month, day: day),
            year >= PlausibleDays.birthYearMin
        else { throw .impossibleBirthDate }
        guard check == bytes[17] else { throw .wrongCheckDigit }
        if let today, birthDate > today { throw .futureBirthDate }
        if bytes.count > 18 {
            let kind = Int(bytes[18] - UInt8(ascii: "0"))
            let grade = Int(bytes[19] - UInt8(ascii: "0"))
            guard (1...7).contains(kind) else { throw .wrongDisabilityKind }
            guard (1...4).contains(grade) else { throw .wrongDisabilityGrade }
            disabilityKind = kind
            disabilityGrade = grade
            self.kind = .disabilityCard
        } else {
            disabilityKind = nil
            disabilityGrade = nil
            kind = .resident
        }
        text = String(decoding: bytes, as: UTF8.self)
        person = String(decoding: bytes.prefix(18), as: UTF8.self)
        self.birthDate = birthDate
        sex = (bytes[16] - UInt8(ascii: "0")) % 2 == 1 ? .male : .female
    }

    /// In what the number and the declared facts of its holder disagree (R020). A sex that is not stated and a fact
    /// that is not given agree with every number.
    public func disagreements(sex declaredSex: Sex?, birthDate declaredBirthDate: CivilDate?) -> [Disagreement] {
        var found: [Disagreement] = []
        if let declaredSex, declaredSex != .unstated, declaredSex != sex { found.append(.sex) }
        if let declaredBirthDate, declaredBirthDate != birthDate { found.append(.birthDate) }
        return found
    }

    /// A fact that an identity number and a register tell differently.
    public enum Disagreement: String, Sendable {
        case sex
        case birthDate
    }
}
