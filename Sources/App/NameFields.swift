// Names and keys on their way in, in bodies and queries: each is read in the one form in which it is stored
// (`WrittenForm`), so that nobody is there twice. Files do the same by their columns (`CellForm`).

import Domain
import Web

/// Names and keys as bodies state them.
enum StatedText {
    /// A name in its form.
    ///
    /// - Throws: an error where too little or too much is left of it, or where it lost characters on its way: whoever
    ///   states it can write it again, other than somebody who brings a file.
    static func name(
        _ text: String, _ characters: ClosedRange<Int>, as use: DamagedText.Use = .name
    ) throws(FieldError) -> String {
        try checkWhole(text, as: use)
        return try checked(WrittenForm.name(text), characters)
    }

    /// - Throws: an error for a text that lost characters, or is a number of a person.
    private static func checkWhole(_ text: String, as use: DamagedText.Use) throws(FieldError) {
        if let error = identityNumberHere(text) { throw error }
        if !text.isEmpty, DamagedText.isDamaged(text, as: use) {
            throw FieldError(
                code: KnownText.damagedCode,
                detail: Message(
                    zh: "名称中有“?”、“□”、“*”等无法辨认的字符，或编码有误，或不是名称；请重新填写",
                    en: "marks stand in place of characters, the encoding is wrong, or this is no name: write the "
                        + "name again"))
        }
    }

    /// A title of a post, as it is written.
    ///
    /// - Throws: an error where it is empty, too long, damaged, or a number of a person.
    static func title(_ text: String, _ characters: ClosedRange<Int>) throws(FieldError) -> String {
        try checkWhole(text, as: .title)
        return try checked(text, characters)
    }

    /// What is wrong with a text that is an identity number: it would be stored and shown in clear.
    ///
    /// - Parameter isKey: a key of 15 digits may well be a village and a number in it that look like an identity number
    ///   of the old form, which no check character tells apart.
    static func identityNumberHere(_ text: String, isKey: Bool = false) -> FieldError? {
        guard text.unicodeScalars.count >= 15 else { return nil }
        let reading = IdentityNumber.parse(text)
        guard reading.number != nil, !(isKey && reading.repairs.contains(.upgradedFrom15)) else { return nil }
        return FieldError(
            code: "identity-number-here",
            detail: Message(
                zh: "这像是证件号码，不应填在此处；请填到证件号码一栏",
                en: "this looks like an identity number, which belongs in the field or column for it"))
    }

    /// A key in its form.
    ///
    /// - Throws: an error where too little or too much is left of it, or where it is a number of a person.
    static func key(_ text: String, _ characters: ClosedRange<Int>) throws(FieldError) -> String {
        if let error = identityNumberHere(text, isKey: true) { throw error }
        return try checked(WrittenForm.key(text), characters)
    }

    private static func checked(_ text: String, _ characters: ClosedRange<Int>) throws(FieldError) -> String {
        if let error = TextRule.line.error(in: text, characters: characters) { throw error }
        return text
    }
}

extension ObjectReader {
    /// A required name.
    mutating func name(
        _ key: StaticString, characters: ClosedRange<Int>, as use: DamagedText.Use = .name
    ) -> String {
        value(key, placeholder: "") { text throws(FieldError) in try StatedText.name(text, characters, as: use) }
    }

    /// A name that may be absent or null.
    mutating func optionalName(
        _ key: StaticString, characters: ClosedRange<Int>, as use: DamagedText.Use = .name
    ) -> String? {
        optionalValue(key) { text throws(FieldError) in try StatedText.name(text, characters, as: use) }
    }

    /// A change of a name.
    mutating func changeName(
        _ key: StaticString, characters: ClosedRange<Int>, as use: DamagedText.Use = .name, clearable: Bool = true
    ) -> Change<String> {
        change(key, clearable: clearable) { text throws(FieldError) in
            try StatedText.name(text, characters, as: use)
        }
    }

    /// A title of a post that may be absent or null.
    mutating func optionalTitle(_ key: StaticString, characters: ClosedRange<Int>) -> String? {
        optionalValue(key) { text throws(FieldError) in try StatedText.title(text, characters) }
    }

    /// A change of the title of a post.
    mutating func changeTitle(_ key: StaticString, characters: ClosedRange<Int>) -> Change<String> {
        change(key) { text throws(FieldError) in try StatedText.title(text, characters) }
    }

    /// A required key, such as an archive number.
    mutating func key(_ key: StaticString, characters: ClosedRange<Int>) -> String {
        value(key, placeholder: "") { text throws(FieldError) in try StatedText.key(text, characters) }
    }

    /// A key that may be absent or null.
    mutating func optionalKey(_ key: StaticString, characters: ClosedRange<Int>) -> String? {
        optionalValue(key) { text throws(FieldError) in try StatedText.key(text, characters) }
    }

    /// A change of a key.
    mutating func changeKey(
        _ key: StaticString, characters: ClosedRange<Int>, clearable: Bool = true
    ) -> Change<String> {
        change(key, clearable: clearable) { text throws(FieldError) in try StatedText.key(text, characters) }
    }
}

extension Query {
    /// A part of a name that is looked for, in the form of names; a text of which nothing would be left stays.
    mutating func name(_ name: String, characters: ClosedRange<Int>) -> String? {
        string(name, characters: characters).map { text in
            let form = WrittenForm.name(text)
            return form.isEmpty ? text : form
        }
    }
}
