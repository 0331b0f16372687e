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
    static func name(_ text: String, _ characters: ClosedRange<Int>) throws(FieldError) -> String {
        if DamagedText.isDamaged(text) {
            throw FieldError(
                code: KnownText.damagedCode,
                detail: Message(
                    zh: "名称中有“?”、“□”等无法辨认的字符，或编码有误；请重新填写",
                    en: "marks stand in place of characters, or the encoding is wrong: write the name again"))
        }
        return try checked(WrittenForm.name(text), characters)
    }

    /// A key in its form.
    ///
    /// - Throws: an error where too little or too much is left of it.
    static func key(_ text: String, _ characters: ClosedRange<Int>) throws(FieldError) -> String {
        try checked(WrittenForm.key(text), characters)
    }

    private static func checked(_ text: String, _ characters: ClosedRange<Int>) throws(FieldError) -> String {
        if let error = TextRule.line.error(in: text, characters: characters) { throw error }
        return text
    }
}

extension ObjectReader {
    /// A required name.
    mutating func name(_ key: StaticString, characters: ClosedRange<Int>) -> String {
        value(key, placeholder: "") { text throws(FieldError) in try StatedText.name(text, characters) }
    }

    /// A name that may be absent or null.
    mutating func optionalName(_ key: StaticString, characters: ClosedRange<Int>) -> String? {
        optionalValue(key) { text throws(FieldError) in try StatedText.name(text, characters) }
    }

    /// A change of a name.
    mutating func changeName(
        _ key: StaticString, characters: ClosedRange<Int>, clearable: Bool = true
    ) -> Change<String> {
        change(key, clearable: clearable) { text throws(FieldError) in try StatedText.name(text, characters) }
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
