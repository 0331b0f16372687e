// A code list as it was loaded: which values a day allows, and which value a label in a file means.
// Deliberately holds no values of its own: the rows of the database are the one source (§2.2).

import Domain

/// From which day a fact holds, and until when it is known to: usually today.
package struct FactDays: Hashable, Sendable {
    package let first: CivilDate
    package let last: CivilDate

    package init(since first: CivilDate, today: CivilDate) {
        self.first = first
        last = max(first, today)
    }
}

/// One value of a code list.
package struct CodeValue: Hashable, Sendable {
    /// The stable key, for example `low-income`.
    package let code: String
    /// The Chinese label, for example 低保户.
    package let chinese: String
    /// The English label.
    package let english: String
    /// The first day on which the value may be said; nil for always.
    package let validFrom: CivilDate?
    /// The first day on which it may no longer be said; nil for no end.
    package let validTo: CivilDate?

    /// A value of a code list.
    package init(code: String, chinese: String, english: String, validFrom: CivilDate? = nil, validTo: CivilDate? = nil)
    {
        self.code = code
        self.chinese = chinese
        self.english = english
        self.validFrom = validFrom
        self.validTo = validTo
    }

    /// Whether a fact that holds on these days may carry the value: it must be sayable on one of them. So a code past
    /// its end is good for days before it, and a new code for a fact that began before it and still holds.
    package func isValid(in days: FactDays) -> Bool {
        (validFrom.map { $0 <= days.last } ?? true) && (validTo.map { days.first < $0 } ?? true)
    }
}

/// A code list with its values in their order and the other spellings of their labels.
package struct CodeList: Sendable {
    /// The stable key of the list, for example `household-attribute`.
    package let key: String
    /// The Chinese name of the list.
    package let chinese: String
    /// The English name of the list.
    package let english: String
    /// The values in the order in which they are shown.
    package let values: [CodeValue]
    private let indexByCode: [String: Int]
    private let codeByLabel: [String: String]

    /// A list. Where two values share a label the first keeps it; an alias never hides a label.
    package init(
        key: String, chinese: String, english: String, values: [CodeValue], aliases: [(label: String, code: String)]
    ) {
        self.key = key
        self.chinese = chinese
        self.english = english
        self.values = values
        indexByCode = Dictionary(values.enumerated().map { ($0.element.code, $0.offset) }) { first, _ in first }
        let labels = values.map { (Self.normalised($0.chinese), $0.code) }
        let spellings = aliases.map { (Self.normalised($0.label), $0.code) }
        codeByLabel = Dictionary(labels + spellings) { first, _ in first }
    }

    /// The value with the code; nil if the list has none.
    package func value(_ code: String) -> CodeValue? {
        indexByCode[code].map { values[$0] }
    }

    /// The value that a label, another spelling of it, or the code itself means, whether or not a day allows it.
    package func value(forLabel label: String) -> CodeValue? {
        let label = Self.normalised(label)
        return value(codeByLabel[label] ?? label)
    }

    /// Labels are compared without white space and with ASCII brackets and commas, as both kinds stand in real files.
    private static func normalised(_ label: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in label.unicodeScalars where !scalar.properties.isWhitespace && scalar.value != 0xFEFF {
            switch scalar {
            case "（": result.append("(")
            case "）": result.append(")")
            case "，": result.append(",")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
