// Texts that people put where a number should stand and there is none. They identify nobody: taken for numbers, all
// households with 无 in a cell would be one person.

/// Which texts stand for nothing.
public enum PlaceholderText {
    /// Words, in small letters and without white space.
    private static let words: Set<String> = [
        "无", "暂无", "没有", "未知", "不详", "不明", "不清楚", "未提供", "未填", "未填写", "未登记", "未录入", "未采集", "无证", "无证件",
        "无号", "无号码", "无证件号", "无证件号码", "无身份证", "无身份证号", "无身份证号码", "没有身份证", "暂无身份证", "未办", "未办理",
        "未办证", "未办身份证", "无户口", "未上户", "未上户口", "待补", "待补充", "待查", "待核实", "待定", "空", "空白", "缺", "缺失", "同上",
        "户口本", "户口簿", "户口薄", "出生证", "出生证明", "身份证", "无电话", "没有电话", "无手机", "#n/a", "n/a", "na", "n.a.", "null", "nil",
        "none", "nan", "no", "unknown", "undefined",
    ]
    /// Longest text that is looked at.
    private static let charactersMax = 64

    /// Whether a text stands for nothing where a key is expected: a word that says so, only punctuation, or only zeros.
    public static func isPlaceholder(_ text: String) -> Bool {
        // Nearly every key has a digit that is no zero, and nothing that stands for none has one.
        if text.utf8.contains(where: { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }) { return false }
        let plain = plain(text)
        guard !plain.isEmpty else { return true }
        if plain.unicodeScalars.allSatisfy({ $0 == "0" || $0 == "." }) { return true }
        if words.contains(plain) || plain.allSatisfy({ $0 == "x" }) { return true }
        // A mask stands for a number, only not in clear.
        return !plain.contains { $0.isLetter || $0.isNumber || $0 == "*" }
    }

    /// The same for a number of a person or a line, which is also nothing where one digit is repeated throughout.
    public static func isPlaceholder(number text: String) -> Bool {
        guard let first = text.utf8.first else { return true }
        let isRepeated = text.utf8.count >= 5 && (48...57).contains(first) && text.utf8.allSatisfy { $0 == first }
        return isRepeated || isPlaceholder(text)
    }

    /// The same for an identity number, which is also nothing where it has no digit (身份证丢失): registers keep what is
    /// wrong with a number, and this is none.
    public static func isPlaceholder(identityNumber text: String) -> Bool {
        if isPlaceholder(number: text) { return true }
        let hasDigit = text.unicodeScalars.contains { ("0"..."9").contains(WrittenForm.narrowed($0)) }
        return !hasDigit && !NumberMask.isMask(text) && SpreadsheetDamage.found(in: text) == nil
    }

    /// Without white space and marks that are seen as nothing, in narrow small letters.
    private static func plain(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(charactersMax) where !WrittenForm.isBlank(scalar) {
            plain.append(WrittenForm.narrowed(scalar))
        }
        return String(plain).lowercased()
    }
}
