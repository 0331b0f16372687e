// What the text of a field, a cell or a query parameter means: one reader for each kind of value, with an error that
// says what is expected. Names and keys are read in the one form in which they are stored (`WrittenForm`), so that
// nobody appears twice; files do the same for their columns (`CellForm`).

import Domain
import Web

/// Readers of single values.
package enum FieldText {
    /// Of a person or a place.
    package static let nameCharacters = 1...60

    /// A placeholder for a code that could not be read, until `finish()` throws.
    package static let anyArea = AreaCode.lowest

    package static func identifier(_ text: String) throws(FieldError) -> Identifier {
        guard let id = Identifier(text) else { throw FieldError(.notAnId) }
        return id
    }

    /// One of a few words.
    package static func word<Word: RawRepresentable<String> & CaseIterable>(_ text: String) throws(FieldError) -> Word {
        guard let word = Word(rawValue: text) else { throw .notOneOf(Word.allCases.map(\.rawValue)) }
        return word
    }

    /// A day in a query; days in bodies are held to narrower bounds (`CodeLists.days`).
    package static func date(_ text: String) throws(FieldError) -> CivilDate { try PlausibleDays.asked.day(text) }

    package static func instant(_ text: String) throws(FieldError) -> Instant {
        guard let instant = Instant(text) else { throw FieldError(.notATime) }
        return instant
    }

    package static func areaCode(_ text: String) throws(FieldError) -> AreaCode {
        if let damage = SpreadsheetDamage.found(in: text) { throw FieldError(damage) }
        guard let code = AreaCode(text) else { throw FieldError(.notAnAreaCode) }
        return code
    }

    /// A number in a change. A text that means “none” is refused there, because it would remove a stored number
    /// although somebody merely had nothing to enter.
    package static let placeholder = FieldError(
        .placeholder, zh: "这不是号码；请填写号码，要去掉已登记的号码请填 null",
        en: "this is not a number; enter the number, or null to remove the stored one")

    /// A phone number in a change.
    package static func changedPhone(_ text: String) throws(FieldError) -> String {
        guard let digits = try phone(text) else { throw placeholder }
        return digits
    }

    /// - Returns: nil for a text that means “none”.
    package static func phone(_ text: String) throws(FieldError) -> String? {
        if !text.isEmpty, PlaceholderText.isPlaceholder(number: text) { return nil }
        if let damage = SpreadsheetDamage.found(in: text) { throw FieldError(damage) }
        if NumberMask.isMask(text) {
            throw FieldError(
                .maskedNumber,
                detail: Message(
                    zh: "电话号码是掩码，部分数字已隐去；请填写完整号码，或不填以保留原号码",
                    en: "this is a masked phone number with hidden digits; enter the full number, or leave the "
                        + "field out to keep what is stored"))
        }
        let digits = text.filter { $0 != " " && $0 != "-" }
        guard (5...20).contains(digits.count),
            digits.utf8.enumerated().allSatisfy({ index, byte in
                (48...57).contains(byte) || (index == 0 && byte == UInt8(ascii: "+"))
            })
        else {
            throw FieldError(.notAPhoneNumber)
        }
        return mobile(digits) ?? digits
    }

    /// A mobile number of the country without the country's prefix, so that it is one number however it is written.
    private static func mobile(_ digits: String) -> String? {
        for prefix in ["+86", "0086", "86"] where digits.hasPrefix(prefix) {
            let rest = digits.dropFirst(prefix.count)
            if rest.count == 11, rest.hasPrefix("1") { return String(rest) }
        }
        return nil
    }

    // MARK: Names and keys

    /// A name in its stored form.
    ///
    /// - Throws: an error if too little or too much is left of it, or if characters were lost on the way: unlike the
    ///   sender of a file, somebody who fills in a form can enter it again.
    package static func name(
        _ text: String, _ characters: ClosedRange<Int>, as use: DamagedText.Use = .name
    ) throws(FieldError) -> String {
        try checkWhole(text, as: use)
        return try checked(WrittenForm.name(text), characters)
    }

    /// - Throws: an error for a text that lost characters, or is an identity number.
    private static func checkWhole(_ text: String, as use: DamagedText.Use) throws(FieldError) {
        if let error = identityNumberHere(text) { throw error }
        if !text.isEmpty, DamagedText.isDamaged(text, as: use) {
            throw FieldError(
                .damagedText,
                detail: Message(
                    zh: "名称中有“?”、“□”、“*”等无法辨认的字符，或编码有误，或不是名称；请重新填写",
                    en:
                        "characters were replaced by marks, the encoding is wrong, or this is not a name: enter the "
                        + "name again"))
        }
    }

    /// The title of a post, as written.
    ///
    /// - Throws: an error if it is empty, too long, damaged, or an identity number.
    package static func title(_ text: String, _ characters: ClosedRange<Int>) throws(FieldError) -> String {
        try checkWhole(text, as: .title)
        return try checked(text, characters)
    }

    /// The error for a text that is an identity number, which would be stored and shown in clear.
    ///
    /// - Parameter isKey: a key of 15 digits may well consist of a village's code and a number, and look like an
    ///   identity number of the old form, which has no check character to tell them apart.
    package static func identityNumberHere(_ text: String, isKey: Bool = false) -> FieldError? {
        guard text.unicodeScalars.count >= 15 else { return nil }
        let reading = IdentityNumber.parse(text)
        guard reading.number != nil, !(isKey && reading.repairs.contains(.upgradedFrom15)) else { return nil }
        return FieldError(.identityNumberHere)
    }

    /// A key in its stored form.
    ///
    /// - Throws: an error if too little or too much is left of it, or if it is an identity number.
    package static func key(_ text: String, _ characters: ClosedRange<Int>) throws(FieldError) -> String {
        if let error = identityNumberHere(text, isKey: true) { throw error }
        return try checked(WrittenForm.key(text), characters)
    }

    private static func checked(_ text: String, _ characters: ClosedRange<Int>) throws(FieldError) -> String {
        if let error = TextRule.line.error(in: text, characters: characters) { throw error }
        return text
    }
}
