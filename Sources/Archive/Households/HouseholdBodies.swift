// Bodies of households and members: reading what clients send, writing what they get.

import Domain
import SQL
import Service
import Web

/// Reads bodies of households.
package struct HouseholdBodyReader {
    package let codes: CodeLists
    package let today: CivilDate
    package let newId: () -> Identifier

    package init(codes: CodeLists, today: CivilDate, newId: @escaping () -> Identifier) {
        self.codes = codes
        self.today = today
        self.newId = newId
    }

    package static let archiveNumberCharacters = 1...40
    static let membersCount = 1...60

    /// A whole household. `id` is the one in the path, where there is one.
    ///
    /// - Returns: with everything that is wrong with its fields, so that the rules can say what else is wrong.
    package func household(
        _ document: JSONDocument, id pathId: Identifier?
    ) -> (draft: HouseholdDraft, faults: [FieldError]) {
        var body = ObjectReader(document.root)
        let bodyId = body.optionalValue("id", FieldText.identifier)
        if let bodyId, let pathId, bodyId != pathId { body.report("id", .differsFromPath) }
        let stateSince = body.optionalValue("stateSince", codes.days.day) ?? today
        let days = FactDays(since: stateSince, today: today)
        let archiveNumber = body.key("archiveNumber", characters: Self.archiveNumberCharacters)
        if let error = Self.archiveNumberError(archiveNumber) { body.report("archiveNumber", error) }
        let draft = HouseholdDraft(
            id: pathId ?? bodyId ?? newId(),
            villageCode: body.value("villageCode", placeholder: FieldText.anyArea, FieldText.areaCode),
            groupName: body.optionalName("groupName", characters: FieldText.nameCharacters),
            archiveNumber: archiveNumber,
            state: optionalCode(&body, "state", .householdState, on: days) ?? "registered",
            stateSince: stateSince,
            attribute: code(&body, "attribute", .attribute, on: days),
            identificationStandard: optionalCode(&body, "identificationStandard", .identificationStandard, on: days),
            mainCause: code(&body, "mainCause", .cause, on: days),
            otherCauses: causes(&body, on: days),
            labour: optionalCode(&body, "labour", .householdLabour, on: days),
            selfCare: body.optionalBoolean("selfCare") ?? true,
            willingness: optionalCode(&body, "willingness", .willingness, on: days),
            povertyDepth: optionalCode(&body, "povertyDepth", .povertyDepth, on: days),
            phone: body.optionalValue("phone", FieldText.phone) ?? nil,
            members: body.array("members", count: Self.membersCount) { member(&$0, on: days) })
        return (draft, body.faults())
    }

    /// One member, in an array or alone.
    package func member(_ body: inout ObjectReader, id pathId: Identifier? = nil, on days: FactDays) -> MemberDraft {
        let bodyId = body.optionalValue("id", FieldText.identifier)
        if let bodyId, let pathId, bodyId != pathId { body.report("id", .differsFromPath) }
        return MemberDraft(
            id: pathId ?? bodyId ?? newId(),
            name: body.name("name", characters: FieldText.nameCharacters, as: .person),
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
                body.report("/otherCauses/\(index)", error)
            }
        }
        return causes
    }

    private func code(
        _ body: inout ObjectReader, _ key: StaticString, _ list: CodeListKey, on days: FactDays
    ) -> String {
        body.value(key, placeholder: "") { text throws(FieldError) in try codes.check(text, in: list, on: days) }
    }

    package func optionalCode(
        _ body: inout ObjectReader, _ key: StaticString, _ list: CodeListKey, on days: FactDays
    ) -> String? {
        body.optionalValue(key) { text throws(FieldError) in try codes.check(text, in: list, on: days) }
    }

    /// What is wrong with an archive number that stands for none, or that a spreadsheet destroyed. One that could not
    /// be read at all is not judged again.
    static func archiveNumberError(_ text: String) -> FieldError? {
        if text.isEmpty { return nil }
        if let damage = SpreadsheetDamage.found(in: text) { return FieldError(damage) }
        guard PlaceholderText.isPlaceholder(text) else { return nil }
        return FieldError(.required, zh: "“\(text)”不是户编号，此项必填", en: "“\(text)” is no archive number; it is required")
    }
}
