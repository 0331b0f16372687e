// Reading an identity number as people and spreadsheets write it: what is repaired, what is refused, what is kept.
// Deliberately repairs only what is certain; a letter O for a zero is not.

/// What was found in a text that should hold an identity number.
public struct IdentityReading: Hashable, Sendable {
    /// The text after repairs: the verified number, or what to keep (sealed) as unverified.
    public let normalised: String
    /// The verified number; nil if there is a problem.
    public let number: IdentityNumber?
    /// Why the text is not a verified number; nil if it is.
    public let problem: IdentityProblem?
    /// What was put right on the way, in the order of work; empty for a number written as it should be.
    public let repairs: [IdentityRepair]

    /// True if digits are lost or hidden that nobody can restore, so that keeping the text would keep a wrong number.
    public var isRefused: Bool { problem?.isRefused ?? false }
    /// The birth date in the digits, also of a number whose check digit is wrong; nil where none can be read.
    public var birthDate: CivilDate? {
        if let number { return number.birthDate }
        if problem == .futureBirthDate { return nil }
        let digits = Array(normalised.utf8)
        guard digits.count >= 18 else { return nil }
        let text = digits[6..<10] + [0x2D] + digits[10..<12] + [0x2D] + digits[12..<14]
        let date = CivilDate(String(decoding: text, as: UTF8.self))
        return date.flatMap { $0.year < PlausibleDays.birthYearMin ? nil : $0 }
    }
    /// The mask of the text, safe to show.
    public var mask: String { NumberMask.identity(normalised) }
}

/// Something certain that was put right in an identity number.
public enum IdentityRepair: String, CaseIterable, Sendable {
    /// Spaces, tabs, no-break and zero-width spaces, or a byte order mark were taken out.
    case removedSpace = "removed-space"
    /// The apostrophe or `="…"` by which spreadsheets keep text was taken off.
    case removedQuoting = "removed-quoting"
    /// Full-width digits and letters became ASCII.
    case narrowed = "narrowed"
    /// A lower-case x, a multiplication sign or the Roman numeral ten became X.
    case raisedX = "raised-x"
    /// 15 digits became 18: the century 19 was put in and the check digit added. Such a number was never
    /// protected by a check digit.
    case upgradedFrom15 = "upgraded-from-15"
}

/// Why a text is not a verified identity number. The raw values are stable codes of reports and answers.
public enum IdentityProblem: String, Error, CaseIterable, CodedRule, Sendable {
    case missing = "missing"
    case masked = "masked-number"
    case formulaError = "formula-error"
    case decimalNumber = "decimal-number"
    case thousandsSeparator = "thousands-separator"
    case scientificNotation = "scientific-notation"
    case wrongCharacter = "wrong-character"
    case wrongLength = "wrong-length"
    case precisionLost = "precision-lost"
    case impossibleBirthDate = "impossible-birth-date"
    case wrongCheckDigit = "wrong-check-digit"
    case futureBirthDate = "future-birth-date"
    case wrongDisabilityKind = "wrong-disability-kind"
    case wrongDisabilityGrade = "wrong-disability-grade"

    /// True where a spreadsheet has destroyed digits, or somebody has hidden them: the number must be written again.
    /// All other numbers of real registers are kept as unverified and reported (§2.6 set 1 ②).
    public var isRefused: Bool {
        switch self {
        case .scientificNotation, .precisionLost, .formulaError, .decimalNumber, .thousandsSeparator, .masked: true
        default: false
        }
    }

    /// The problem in Chinese.
    public var chinese: String {
        switch self {
        case .missing: "没有证件号码"
        case .masked: "证件号码是掩码，部分数字已隐去；请填写完整号码，或不填以保留原号码"
        case .formulaError: "证件号码" + SpreadsheetDamage.formulaError.chinese
        case .decimalNumber: "证件号码" + SpreadsheetDamage.decimal.chinese
        case .thousandsSeparator: "证件号码" + SpreadsheetDamage.thousands.chinese
        case .scientificNotation: "证件号码被表格软件改成了科学计数法，后面的数字已丢失；请把该列设为文本后重新填写"
        case .wrongCharacter: "证件号码含有不允许的字符"
        case .wrongLength: "证件号码应为 15、18、20 或 22 位"
        case .precisionLost: "证件号码第 15 位以后被表格软件改成了 0，原数字已丢失；请把该列设为文本后重新填写"
        case .impossibleBirthDate: "证件号码中的出生日期不存在，或早于 1900 年"
        case .wrongCheckDigit: "证件号码的校验码不对"
        case .futureBirthDate: "证件号码中的出生日期晚于当日"
        case .wrongDisabilityKind: "残疾证号第 19 位（残疾类别）应为 1 至 7"
        case .wrongDisabilityGrade: "残疾证号第 20 位（残疾等级）应为 1 至 4"
        }
    }

    /// The problem in English.
    public var english: String {
        switch self {
        case .missing: "there is no identity number"
        case .masked:
            "the identity number is a mask, and its digits are hidden; write the whole number, or leave the field out "
                + "to keep what is stored"
        case .formulaError: "the identity number cannot be read: " + SpreadsheetDamage.formulaError.english
        case .decimalNumber: "the identity number cannot be read: " + SpreadsheetDamage.decimal.english
        case .thousandsSeparator: "the identity number cannot be read: " + SpreadsheetDamage.thousands.english
        case .scientificNotation:
            "a spreadsheet turned the identity number into scientific notation and its last digits are lost; "
                + "make the column text and enter it again"
        case .wrongCharacter: "the identity number holds a character that does not belong in one"
        case .wrongLength: "an identity number has 15, 18, 20 or 22 characters"
        case .precisionLost:
            "a spreadsheet replaced the digits after the 15th by zeros and they are lost; "
                + "make the column text and enter it again"
        case .impossibleBirthDate: "the birth date in the identity number does not exist, or is before 1900"
        case .wrongCheckDigit: "the check digit of the identity number is wrong"
        case .futureBirthDate: "the birth date in the identity number is in the future"
        case .wrongDisabilityKind: "digit 19 of a disability card (kind) must be 1 to 7"
        case .wrongDisabilityGrade: "digit 20 of a disability card (grade) must be 1 to 4"
        }
    }
}

extension IdentityNumber {
    /// Longest text that is looked at, in characters; anything longer is of the wrong length.
    private static let textCharactersMax = 64

    /// Reads an identity number as it stands in a form, a file or a request.
    ///
    /// Repairs what is certain, upgrades 15 digits to 18 (§2.6 set 1 ②), and checks characters, length, birth date,
    /// check digit and, for 20 and 22, kind and grade of disability (§2.2).
    /// - Parameter today: the day after which a birth date is in the future; nil leaves that unchecked.
    public static func parse(_ text: String, on today: CivilDate? = nil) -> IdentityReading {
        guard text.unicodeScalars.prefix(textCharactersMax + 1).count <= textCharactersMax else {
            return IdentityReading(normalised: text, number: nil, problem: .wrongLength, repairs: [])
        }
        if NumberMask.isMask(text) {
            return IdentityReading(normalised: text, number: nil, problem: .masked, repairs: [])
        }
        var repairs: [IdentityRepair] = []
        // Nearly every number is written as it should be, and imports read hundreds of thousands.
        let isClean = text.utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "X") }
        let cleaned = isClean ? text : cleaned(text, &repairs)
        do throws(IdentityProblem) {
            let number = try checked(cleaned, &repairs, on: today)
            return IdentityReading(normalised: number.text, number: number, problem: nil, repairs: repairs)
        } catch {
            return IdentityReading(normalised: cleaned, number: nil, problem: error, repairs: repairs)
        }
    }

    private static func checked(
        _ text: String, _ repairs: inout [IdentityRepair], on today: CivilDate?
    ) throws(IdentityProblem) -> IdentityNumber {
        var bytes = Array(text.utf8)
        guard !bytes.isEmpty, !PlaceholderText.isPlaceholder(identityNumber: text) else { throw .missing }
        if let problem = damage(bytes) { throw problem }
        // X closes a person's number and B begins a count of reissue; their places are checked with the length known.
        let letters: [UInt8] = [UInt8(ascii: "X"), UInt8(ascii: "B")]
        guard bytes.allSatisfy({ isDigit($0) || letters.contains($0) }) else { throw .wrongCharacter }
        if bytes.count == 15 {
            guard bytes.allSatisfy(isDigit) else { throw .wrongCharacter }
            bytes.insert(contentsOf: Array("19".utf8), at: 6)
            if let check = checkCharacter(ofFirst17: bytes) { bytes.append(check) }
            let number = try IdentityNumber(checking: bytes, on: today)
            repairs.append(.upgradedFrom15)
            return number
        }
        guard bytes.count == 18 || bytes.count == 20 || bytes.count == 22 else { throw .wrongLength }
        do throws(IdentityProblem) {
            return try IdentityNumber(checking: bytes, on: today)
        } catch {
            // Spreadsheets keep 15 significant digits. Zeros after them with a check digit that fails are no chance.
            if error == .wrongCheckDigit, bytes.dropFirst(15).allSatisfy({ $0 == UInt8(ascii: "0") }) {
                throw .precisionLost
            }
            throw error
        }
    }

    /// What a spreadsheet did, apart from lost digits, which only the check digit proves.
    private static func damage(_ bytes: [UInt8]) -> IdentityProblem? {
        if SpreadsheetDamage.ofHash(bytes) != nil { return .formulaError }
        if SpreadsheetDamage.isScientific(bytes) { return .scientificNotation }
        if SpreadsheetDamage.isDecimal(bytes) { return .decimalNumber }
        return SpreadsheetDamage.isSeparated(bytes) ? .thousandsSeparator : nil
    }

    private static func cleaned(_ text: String, _ repairs: inout [IdentityRepair]) -> String {
        var scalars = Array(text.unicodeScalars)
        func note(_ repair: IdentityRepair) {
            if !repairs.contains(repair) { repairs.append(repair) }
        }
        let visible = scalars.filter { !WrittenForm.isBlank($0) }
        if visible.count != scalars.count { note(.removedSpace) }
        scalars = visible
        let bare = WrittenForm.unquoted(scalars)
        if bare.count != scalars.count { note(.removedQuoting) }
        scalars = bare
        var result = String.UnicodeScalarView()
        for scalar in scalars {
            var plain = scalar
            if (0xFF01...0xFF5E).contains(scalar.value), let narrow = Unicode.Scalar(scalar.value - 0xFEE0) {
                plain = narrow
                note(.narrowed)
            }
            if plain == "x" || plain == "×" || plain == "Ⅹ" || plain == "ⅹ" {
                plain = "X"
                note(.raisedX)
            }
            result.append(plain == "b" ? "B" : plain)
        }
        return String(result)
    }
}
