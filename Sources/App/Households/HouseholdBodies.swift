// Bodies of households and members: reading what clients send, writing what they get.

import Domain
import SQL
import Web

/// Reads bodies of households.
struct HouseholdBodyReader {
    let codes: CodeLists
    let today: CivilDate
    let newId: () -> Identifier

    static let archiveNumberCharacters = 1...40
    static let nameCharacters = 1...60
    static let membersCount = 1...60

    /// A whole household. `id` is the one in the path, where there is one.
    func household(_ document: JSONDocument, id pathId: Identifier?) throws -> HouseholdDraft {
        var body = ObjectReader(document.root)
        let bodyId = body.optionalValue("id", Self.identifier)
        if let bodyId, let pathId, bodyId != pathId {
            body.report(
                "id", code: "differs-from-path", detail: Message(zh: "与路径中的编号不同", en: "differs from the id in the path")
            )
        }
        let statusSince = body.optionalValue("statusSince", codes.days.day) ?? today
        let days = FactDays(since: statusSince, today: today)
        let archiveNumber = body.key("archiveNumber", characters: Self.archiveNumberCharacters)
        if let error = Self.archiveNumberError(archiveNumber) {
            body.report("archiveNumber", code: error.code, detail: error.detail)
        }
        let draft = HouseholdDraft(
            id: pathId ?? bodyId ?? newId(),
            villageCode: body.value("villageCode", placeholder: Self.anyArea, Self.areaCode),
            groupName: body.optionalName("groupName", characters: Self.nameCharacters),
            archiveNumber: archiveNumber,
            status: optionalCode(&body, "status", .status, on: days) ?? "registered",
            statusSince: statusSince,
            attribute: code(&body, "attribute", .attribute, on: days),
            identificationStandard: optionalCode(&body, "identificationStandard", .identificationStandard, on: days),
            mainCause: code(&body, "mainCause", .cause, on: days),
            otherCauses: causes(&body, on: days),
            labour: optionalCode(&body, "labour", .householdLabour, on: days),
            selfCare: body.optionalBoolean("selfCare") ?? true,
            willingness: optionalCode(&body, "willingness", .willingness, on: days),
            povertyDepth: optionalCode(&body, "povertyDepth", .povertyDepth, on: days),
            phone: body.optionalValue("phone", Self.phone) ?? nil,
            members: body.array("members", count: Self.membersCount) { member(&$0, on: days) })
        try body.finish()
        return draft
    }

    /// One member, in an array or alone.
    func member(_ body: inout ObjectReader, id pathId: Identifier? = nil, on days: FactDays) -> MemberDraft {
        let bodyId = body.optionalValue("id", Self.identifier)
        if let bodyId, let pathId, bodyId != pathId {
            body.report(
                "id", code: "differs-from-path", detail: Message(zh: "与路径中的编号不同", en: "differs from the id in the path")
            )
        }
        return MemberDraft(
            id: pathId ?? bodyId ?? newId(),
            name: body.name("name", characters: Self.nameCharacters, as: .person),
            relation: code(&body, "relation", .relation, on: days),
            sex: code(&body, "sex", .sex, on: days),
            birthDate: body.optionalValue("birthDate", codes.days.birth),
            identityNumber: body.optionalString("identityNumber", characters: 1...40),
            ethnicity: optionalCode(&body, "ethnicity", .ethnicity, on: days),
            education: optionalCode(&body, "education", .education, on: days),
            schoolState: optionalCode(&body, "schoolState", .schoolState, on: days),
            schoolBlocked: body.optionalBoolean("schoolBlocked") ?? false,
            health: optionalCode(&body, "health", .health, on: days),
            labourCapacity: optionalCode(&body, "labourCapacity", .labourCapacity, on: days),
            workPlace: optionalCode(&body, "workPlace", .workPlace, on: days),
            workMonths: body.optionalInteger("workMonths", in: 0...12),
            joinedOn: body.optionalValue("joinedOn", codes.days.day),
            joinReason: optionalCode(&body, "joinReason", .joinReason, on: days))
    }

    private func causes(_ body: inout ObjectReader, on days: FactDays) -> [String] {
        let causes = body.optionalStrings("otherCauses", count: 0...HouseholdRules.otherCausesMax) ?? []
        for (index, cause) in causes.enumerated() {
            do throws(FieldError) {
                _ = try codes.check(cause, in: .cause, on: days)
            } catch {
                body.report("/otherCauses/\(index)", code: error.code, detail: error.detail)
            }
        }
        return causes
    }

    private func code(
        _ body: inout ObjectReader, _ key: StaticString, _ list: CodeListKey, on days: FactDays
    ) -> String {
        body.value(key, placeholder: "") { text throws(FieldError) in try codes.check(text, in: list, on: days) }
    }

    func optionalCode(
        _ body: inout ObjectReader, _ key: StaticString, _ list: CodeListKey, on days: FactDays
    ) -> String? {
        body.optionalValue(key) { text throws(FieldError) in try codes.check(text, in: list, on: days) }
    }
}

/// Parsers of single values, each with the error that tells what would be right.
extension HouseholdBodyReader {
    /// Stands for a code that could not be read, until `finish()` throws.
    static let anyArea = AreaCode.lowest

    static func identifier(_ text: String) throws(FieldError) -> Identifier {
        guard let id = Identifier(text) else {
            throw FieldError(code: "not-an-id", detail: Message(zh: "应为 UUID", en: "a UUID is expected"))
        }
        return id
    }

    /// A day that is asked for; days that are stated are held to narrower bounds (`CodeLists.days`).
    static func date(_ text: String) throws(FieldError) -> CivilDate { try PlausibleDays.asked.day(text) }

    static func instant(_ text: String) throws(FieldError) -> Instant {
        guard let instant = Instant(text) else {
            throw FieldError(
                code: "not-a-time",
                detail: Message(zh: "应为 RFC 3339 时间", en: "a time is expected, like 2026-01-31T08:00:00.000Z"))
        }
        return instant
    }

    static func areaCode(_ text: String) throws(FieldError) -> AreaCode {
        if let damage = SpreadsheetDamage.found(in: text) { throw damage.fieldError }
        guard let code = AreaCode(text) else {
            throw FieldError(
                code: "not-an-area-code", detail: Message(zh: "应为 12 位区划代码", en: "a code of 12 digits is expected"))
        }
        return code
    }

    /// What is wrong with an archive number that stands for none, or that a spreadsheet destroyed. One that could not
    /// be read at all is not judged again.
    static func archiveNumberError(_ text: String) -> FieldError? {
        if text.isEmpty { return nil }
        if let damage = SpreadsheetDamage.found(in: text) { return damage.fieldError }
        guard PlaceholderText.isPlaceholder(text) else { return nil }
        return FieldError(
            code: "required",
            detail: Message(zh: "“\(text)”不是户编号，此项必填", en: "“\(text)” is no archive number; it is required"))
    }

    /// A number in a change: what stands for none is refused there, because it would take a stored number away where
    /// somebody only had nothing to write.
    static let placeholder = FieldError(
        code: "placeholder",
        detail: Message(
            zh: "这不是号码；请填写号码，要去掉已登记的号码请填 null",
            en: "this is no number; write the number, or null to take the stored one away"))

    /// A phone number in a change.
    static func changedPhone(_ text: String) throws(FieldError) -> String {
        guard let digits = try phone(text) else { throw placeholder }
        return digits
    }

    /// - Returns: nil for a text that stands for no number.
    static func phone(_ text: String) throws(FieldError) -> String? {
        if !text.isEmpty, PlaceholderText.isPlaceholder(number: text) { return nil }
        if let damage = SpreadsheetDamage.found(in: text) { throw damage.fieldError }
        if NumberMask.isMask(text) {
            throw FieldError(
                code: IdentityProblem.masked.code,
                detail: Message(
                    zh: "电话号码是掩码，部分数字已隐去；请填写完整号码，或不填以保留原号码",
                    en: "the phone number is a mask, and its digits are hidden; write the whole number, or leave the "
                        + "field out to keep what is stored"))
        }
        let digits = text.filter { $0 != " " && $0 != "-" }
        guard (5...20).contains(digits.count),
            digits.utf8.enumerated().allSatisfy({ index, byte in
                (48...57).contains(byte) || (index == 0 && byte == UInt8(ascii: "+"))
            })
        else {
            throw FieldError(
                code: "not-a-phone-number",
                detail: Message(zh: "应为 5 至 20 位电话号码", en: "a phone number of 5 to 20 digits is expected"))
        }
        return digits
    }
}
