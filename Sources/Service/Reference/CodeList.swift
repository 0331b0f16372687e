// A code list as it was loaded: which values a day allows, and which value a label in a file means. It deliberately has
// no values of its own: the rows of the database are the only source (§2.2).

import Domain

/// The day from which a fact holds, and the day until which it is known to hold, usually today.
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
    /// The first day on which the value may be used; nil for always.
    package let validFrom: CivilDate?
    /// The first day on which it may no longer be used; nil for no end.
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

    /// Whether a fact that holds on these days may have the value, which must be allowed on at least one of them. So a
    /// code that has ended may be used for earlier days, and a new code for a fact that began before the code and still
    /// holds.
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

    /// Makes a list. If two values have the same label, the first keeps it; an alias never hides a label.
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

    /// The value for a label, another spelling of it, or the code itself, whether or not it is allowed on any day.
    package func value(forLabel label: String) -> CodeValue? {
        let label = Self.normalised(label)
        return value(codeByLabel[label] ?? label)
    }

    /// Labels are compared without white space and with ASCII brackets and commas, because real files have both kinds.
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
