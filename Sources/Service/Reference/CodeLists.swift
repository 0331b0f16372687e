// The code lists of the field (requirements §2.2), held in memory: own stable keys, labels in both languages, validity.

import Domain
import SQL
import Web

/// The lists that the program asks by name, by their keys in table code_list.
package enum CodeListKey: String, CaseIterable {
    case attribute = "household-attribute"
    case householdState = "household-state"
    case cause = "poverty-cause"
    case relation
    case sex
    case ethnicity
    case education
    case schoolState = "school-state"
    case health
    case labourCapacity = "labour-capacity"
    case householdLabour = "household-labour"
    case workPlace = "work-place"
    case identificationStandard = "identification-standard"
    case willingness
    case povertyDepth = "poverty-depth"
    case joinReason = "member-join-reason"
    case leaveReason = "member-leave-reason"
    case householdEndReason = "household-end-reason"
    case organizationKind = "organization-kind"
    case organizationLevel = "organization-level"
    case cadreRank = "cadre-rank"
    case postState = "post-state"
    case cadreLine = "cadre-line"
    case helperKind = "helper-kind"
    case dutyKind = "duty-kind"
    case dutyEndReason = "duty-end-reason"
    case villageKind = "village-kind"
    case villageTag = "village-tag"
    case pairingEndReason = "pairing-end-reason"
    case partnershipKind = "partnership-kind"
    case partnershipEndReason = "partnership-end-reason"
    case handoverReason = "handover-reason"
    case visitKind = "visit-kind"
    case visitPurpose = "visit-purpose"
    case visitOccasion = "visit-occasion"
    case sixHelps = "six-helps"
    case sixOnes = "six-ones"
    case giftKind = "gift-kind"
    case giftDonor = "gift-donor"
    case deedKind = "deed-kind"
    case householdEvent = "household-event"
    case needKind = "need-kind"
    case needChannel = "need-channel"
    case activityKind = "activity-kind"
    case festival
    case crop
}

/// What had become of a code by a day.
package enum CodeMeaning: Equatable {
    case same
    /// It had ended; this is the code that replaced it.
    case mapped(String)
    /// It had ended, and nothing replaces it.
    case ended(String)
}

/// All lists as one value.
package struct CodeLists {
    package private(set) var lists: [CodeList] = []
    private var byKey: [CodeListKey: Int] = [:]
    /// The codes that replace ended ones, by list and code.
    private var successors: [String: [String: String]] = [:]
    /// The days that may be stated.
    package var days = PlausibleDays.asked

    package static func load(_ connection: Connection) throws -> CodeLists {
        var result = CodeLists()
        let heads = try connection.query("SELECT key, zh, en FROM code_list ORDER BY key") {
            ($0.text(0), $0.text(1), $0.text(2))
        }
        for (key, zh, en) in heads {
            let values = try connection.query(
                "SELECT code, zh, en, valid_from, valid_to FROM code_value WHERE list_key = $1 ORDER BY position, code",
                key
            ) { row in
                CodeValue(
                    code: row.text(0), chinese: row.text(1), english: row.text(2), validFrom: try row.optionalDate(3),
                    validTo: try row.optionalDate(4))
            }
            let aliases = try connection.query("SELECT label, code FROM code_alias WHERE list_key = $1", key) {
                (label: $0.text(0), code: $0.text(1))
            }
            if let known = CodeListKey(rawValue: key) { result.byKey[known] = result.lists.count }
            result.lists.append(CodeList(key: key, chinese: zh, english: en, values: values, aliases: aliases))
        }
        try connection.forEach("SELECT list_key, code, successor_code FROM code_successor") {
            result.successors[$0.text(0), default: [:]][$0.text(1)] = $0.text(2)
        }
        return result
    }

    package subscript(_ key: CodeListKey) -> CodeList? { byKey[key].map { lists[$0] } }

    /// Checks a code for a fact.
    ///
    /// - Throws: `unknown-code` with the existing codes, or `code-ended` for one that is not allowed on any of the
    ///   days.
    package func check(_ code: String, in key: CodeListKey, on days: FactDays) throws(FieldError) -> String {
        guard let list = self[key], let value = list.value(code) else { throw unknown(key) }
        guard value.isValid(in: days) else { throw Self.ended(value, days.first) }
        return code
    }

    /// Checks that a list has a code, whatever its days.
    package func known(_ code: String, in key: CodeListKey) throws(FieldError) -> String {
        guard self[key]?.value(code) != nil else { throw unknown(key) }
        return code
    }

    /// What a code of a list means on a day, for records that are accepted whatever became of their codes: an ended
    /// code becomes the one that replaced it.
    package func meaning(of code: String, in key: CodeListKey, on day: CivilDate) -> CodeMeaning {
        let successors = successors[key.rawValue] ?? [:]
        var current = code
        var seen: Set<String> = []
        while let value = self[key]?.value(current), let end = value.validTo, day >= end {
            guard let next = successors[current], seen.insert(current).inserted else { return .ended(current) }
            current = next
        }
        return current == code ? .same : .mapped(current)
    }

    /// The value of a cell in a file, which may be our own code, a Chinese label, or a spelling that files are known to
    /// use.
    package func value(ofCell cell: String, in key: CodeListKey, on days: FactDays) throws(FieldError) -> CodeValue {
        guard let list = self[key], let value = list.value(forLabel: cell) else { throw unknown(key) }
        guard value.isValid(in: days) else { throw Self.ended(value, days.first) }
        return value
    }

    private func unknown(_ key: CodeListKey) -> FieldError {
        let codes = self[key]?.values.prefix(20).map { "\($0.code) (\($0.chinese))" }.joined(separator: ", ") ?? ""
        return FieldError(
            .unknownCode, zh: "代码表 \(key.rawValue) 中没有这个值，可用：\(codes)",
            en: "code list \(key.rawValue) has no such value; it has: \(codes)")
    }

    private static func ended(_ value: CodeValue, _ day: CivilDate) -> FieldError {
        let from = value.validFrom?.description ?? "…"
        let to = value.validTo?.description ?? "…"
        return FieldError(
            .codeEnded, zh: "\(value.chinese) 只适用于 \(from) 至 \(to) 之前，不适用于 \(day)",
            en: "\(value.code) holds from \(from) to before \(to), not on \(day)")
    }
}
