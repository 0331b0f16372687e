// What spreadsheets do to codes and numbers that they take for amounts. The digits that are lost cannot be restored, so
// a key that shows such a trace is refused, not kept.

/// How a spreadsheet destroyed a key. The raw values are stable codes of reports and answers.
public enum SpreadsheetDamage: String, CaseIterable, CodedRule, Sendable {
    /// `4.50923E+11`
    case scientificNotation = "scientific-notation"
    /// Zeros in place of the digits after the 15th.
    case precisionLost = "precision-lost"
    /// `#REF!`, `#N/A`: the result of a formula that failed.
    case formulaError = "formula-error"
    /// `########`: a column that was too narrow to show its content.
    case hidden = "hidden-by-width"
    /// `450923100201.0`
    case decimal = "decimal-number"
    /// `10,000,100,006`
    case thousands = "thousands-separator"

    /// The damage that a key shows; nil for none.
    public static func found(in text: String) -> SpreadsheetDamage? {
        guard let first = text.utf8.first else { return nil }
        if first == UInt8(ascii: "#") { return ofHash(Array(text.utf8)) }
        // Nearly every key is of less than 16 digits, or begins with a letter.
        guard IdentityNumber.isDigit(first) else { return nil }
        if text.utf8.count < 16 && text.utf8.allSatisfy(IdentityNumber.isDigit) { return nil }
        let bytes = Array(text.utf8)
        if isScientific(bytes) { return .scientificNotation }
        if isDecimal(bytes) { return .decimal }
        if isSeparated(bytes) { return .thousands }
        return isRounded(bytes) ? .precisionLost : nil
    }

    /// The damage in Chinese.
    public var chinese: String {
        switch self {
        case .scientificNotation: "被表格软件改成了科学计数法，后面的数字已丢失；请把该列设为文本后重新填写"
        case .precisionLost: "第 15 位以后被表格软件改成了 0，原数字已丢失；请把该列设为文本后重新填写"
        case .formulaError: "是表格公式的出错结果，不是编号；请改正公式或重新填写"
        case .hidden: "列宽不够，保存成了 ####；请加宽该列后重新保存"
        case .decimal: "被表格软件改成了小数（以 .0 结尾）；请把该列设为文本后重新填写"
        case .thousands: "被表格软件按金额加了千位分隔符，原来的零可能已丢失；请把该列设为文本后重新填写"
        }
    }

    /// The damage in English.
    public var english: String {
        switch self {
        case .scientificNotation:
            "a spreadsheet turned this into scientific notation and its last digits are lost; "
                + "make the column text and enter it again"
        case .precisionLost:
            "a spreadsheet replaced the digits after the 15th by zeros and they are lost; "
                + "make the column text and enter it again"
        case .formulaError: "this is what a failed formula shows, not a key; mend the formula or enter it again"
        case .hidden: "the column was too narrow and was saved as ####; widen it and save again"
        case .decimal:
            "a spreadsheet turned this into a decimal number (with .0 at its end); "
                + "make the column text and enter it again"
        case .thousands:
            "a spreadsheet took this for an amount and put commas between thousands, and zeros may be lost; "
                + "make the column text and enter it again"
        }
    }

    static func ofHash(_ bytes: [UInt8]) -> SpreadsheetDamage? {
        guard bytes.first == UInt8(ascii: "#") else { return nil }
        if bytes.count > 1, bytes.allSatisfy({ $0 == UInt8(ascii: "#") }) { return .hidden }
        let errors = ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#DIV/0!", "#CALC!", "#SPILL!"]
        return errors.contains(String(decoding: bytes, as: UTF8.self).uppercased()) ? .formulaError : nil
    }

    /// `4.50923E+17`, `4.50923e17`, `450923E+12`.
    static func isScientific(_ bytes: [UInt8]) -> Bool {
        guard let mark = bytes.firstIndex(where: { $0 == UInt8(ascii: "E") || $0 == UInt8(ascii: "e") }) else {
            return false
        }
        let mantissa = bytes[..<mark]
        let exponent = bytes[(mark + 1)...].drop { $0 == UInt8(ascii: "+") }
        return mantissa.first.map(IdentityNumber.isDigit) == true
            && mantissa.allSatisfy { IdentityNumber.isDigit($0) || $0 == UInt8(ascii: ".") }
            && (1...3).contains(exponent.count) && exponent.allSatisfy(IdentityNumber.isDigit)
    }

    /// `4509231002.0`
    static func isDecimal(_ bytes: [UInt8]) -> Bool {
        guard let point = bytes.firstIndex(of: UInt8(ascii: ".")), point > 0, point + 1 < bytes.count else {
            return false
        }
        return bytes[..<point].allSatisfy(IdentityNumber.isDigit)
            && bytes[(point + 1)...].allSatisfy { $0 == UInt8(ascii: "0") }
    }

    /// `10,000,100,006`, with or without decimals: groups of three digits behind the first comma.
    static func isSeparated(_ bytes: [UInt8]) -> Bool {
        let whole = bytes.prefix { $0 != UInt8(ascii: ".") }
        let decimals = bytes[whole.endIndex...].dropFirst()
        let groups = whole.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        return groups.count > 1 && (1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy { $0.count == 3 }
            && groups.joined().allSatisfy(IdentityNumber.isDigit) && decimals.allSatisfy(IdentityNumber.isDigit)
    }

    /// 16 digits and more that end in three zeros and have nothing else after the 15th.
    private static func isRounded(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 16 && bytes.allSatisfy(IdentityNumber.isDigit)
            && bytes.dropFirst(15).allSatisfy { $0 == UInt8(ascii: "0") }
            && bytes.suffix(3).allSatisfy { $0 == UInt8(ascii: "0") }
    }
}
