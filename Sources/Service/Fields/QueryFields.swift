// Query parameters that are read in many places.

import Domain
import Web

extension Query {
    /// Reports every parameter, for a route that takes none.
    package func finished() throws {
        var copy = self
        try copy.finish()
    }

    /// A part of a name to search for, in the form of names; a text of which nothing would remain stays as it is.
    package mutating func name(_ name: String, characters: ClosedRange<Int>) -> String? {
        string(name, characters: characters).map { text in
            let form = WrittenForm.name(text)
            return form.isEmpty ? text : form
        }
    }

    /// A value of a code list.
    package mutating func code(_ parameter: String, _ list: CodeListKey, _ codes: CodeLists) -> String? {
        value(parameter) { text throws(FieldError) in
            guard codes[list]?.value(text) != nil else {
                throw FieldError(
                    .unknownCode, zh: "代码表 \(list.rawValue) 中没有这个代码", en: "code list \(list.rawValue) has no such code")
            }
            return text
        }
    }
}
