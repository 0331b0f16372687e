// Bodies of partnerships: a whole one, and merge patches, which give one other days or take it back.

import Domain
import Web

/// A partnership on its way in, before its parties are found.
struct PartnershipDraft: Sendable {
    enum Helper: Sendable {
        case organization(Identifier)
        case helper(Identifier)
        case cadre(Identifier)
        case division(AreaCode)
        case name(String)
    }

    enum Target: Sendable {
        case household(Identifier)
        case member(Identifier)
        case organization(Identifier)
        case division(AreaCode)
    }

    let kind: PartnershipKind
    let helper: Helper
    let target: Target
    let term: PartnershipTerm

    static let nameCharacters = 1...100
    static let reasonCharacters = 1...200

    init(_ document: JSONDocument, id: Identifier, _ codes: CodeLists, today: CivilDate) throws {
        var body = ObjectReader(document.root)
        body.checkId(id)
        let first = body.optionalValue("from", codes.days.day) ?? today
        let days = FactDays(since: first, today: today)
        let kind = body.value("kind", placeholder: PartnershipKind.other) { text throws(FieldError) in
            PartnershipKind(rawValue: try codes.check(text, in: .partnershipKind, on: days)) ?? .other
        }
        let helpers = Self.helpers(&body)
        let targets = Self.targets(&body)
        var term = PartnershipTerm(
            first: first, end: body.optionalValue("to", codes.days.day),
            reason: body.optionalString("reason", characters: Self.reasonCharacters))
        term.endReason = body.optionalValue("endReason") { text throws(FieldError) in
            try codes.check(text, in: .partnershipEndReason, on: days)
        }
        if body.isSound("kind") {
            let isRead = (body.isSound(Self.helperFields), body.isSound(Self.targetFields))
            Self.checkParty(helpers.map(\.field), kind.helperFields, "helperOrganizationId", isRead.0, &body)
            Self.checkParty(targets.map(\.field), kind.targetFields, "targetAreaCode", isRead.1, &body)
        }
        for error in PartnershipPatch.errors(term) where body.isSound(DutyShape.needed(for: error)) {
            body.report("", error)
        }
        try body.finish()
        guard let helper = helpers.first?.value, let target = targets.first?.value else {
            throw InvalidBody(errors: [DutyShape.required("/helperOrganizationId")])
        }
        self.kind = kind
        self.helper = helper
        self.target = target
        self.term = term
    }

    private static let helperFields = [
        "helperOrganizationId", "helperId", "helperCadreId", "helperAreaCode", "helperName",
    ]
    private static let targetFields = [
        "targetHouseholdId", "targetMemberId", "targetOrganizationId", "targetAreaCode",
    ]

    private static func helpers(_ body: inout ObjectReader) -> [(field: String, value: Helper)] {
        let organization = body.optionalValue("helperOrganizationId", FieldText.identifier)
        let helper = body.optionalValue("helperId", FieldText.identifier)
        let cadre = body.optionalValue("helperCadreId", FieldText.identifier)
        let division = body.optionalValue("helperAreaCode", FieldText.areaCode)
        let name = body.optionalName("helperName", characters: nameCharacters)
        return [
            organization.map { ("helperOrganizationId", .organization($0)) }, helper.map { ("helperId", .helper($0)) },
            cadre.map { ("helperCadreId", .cadre($0)) }, division.map { ("helperAreaCode", .division($0)) },
            name.map { ("helperName", .name($0)) },
        ].compactMap(\.self)
    }

    private static func targets(_ body: inout ObjectReader) -> [(field: String, value: Target)] {
        let household = body.optionalValue("targetHouseholdId", FieldText.identifier)
        let member = body.optionalValue("targetMemberId", FieldText.identifier)
        let organization = body.optionalValue("targetOrganizationId", FieldText.identifier)
        let division = body.optionalValue("targetAreaCode", FieldText.areaCode)
        return [
            household.map { ("targetHouseholdId", .household($0)) }, member.map { ("targetMemberId", .member($0)) },
            organization.map { ("targetOrganizationId", .organization($0)) },
            division.map { ("targetAreaCode", .division($0)) },
        ].compactMap(\.self)
    }

    /// A party is named once, and in a field that its kind takes.
    ///
    /// - Parameter isRead: whether every field could be read, so that a missing party is really missing.
    private static func checkParty(
        _ named: [String], _ taken: Set<String>, _ usual: String, _ isRead: Bool, _ body: inout ObjectReader
    ) {
        if named.isEmpty && isRead {
            let field = taken.contains(usual) ? usual : taken.sorted().first ?? usual
            body.report(field, .required)
        }
        for field in named.dropFirst() {
            body.report(field, .onlyOne)
        }
        if let field = named.first, !taken.contains(field) { body.report(field, .notForKind) }
    }
}

/// A merge patch of a partnership.
struct PartnershipPatch {
    /// It was entered in error.
    private let isWithdrawal: Bool
    private let from: Change<CivilDate>
    private let end: Change<CivilDate>
    private let reason: Change<String>
    private let endReason: Change<String>

    init(_ call: Call) throws {
        var body = ObjectReader(try call.document().root)
        let today = call.now.shanghaiDate
        let codes = call.register.codeLists
        isWithdrawal = body.optionalBoolean("withdrawn") ?? false
        from = body.change("from", clearable: false, codes.days.day)
        end = body.change("to", codes.days.day)
        reason = body.changeString("reason", characters: PartnershipDraft.reasonCharacters)
        endReason = body.change("endReason") { text throws(FieldError) in
            try codes.check(text, in: .partnershipEndReason, on: FactDays(since: today, today: today))
        }
        try body.finish()
    }

    func applied(to stored: PartnershipTerm) throws -> PartnershipTerm {
        var term = stored
        if isWithdrawal {
            term.end = term.first
            term.endReason = "entered-in-error"
            return term
        }
        term.first = from.applied(to: term.first) ?? term.first
        term.end = end.applied(to: term.end)
        term.reason = reason.applied(to: term.reason)
        term.endReason = term.end == nil && endReason.isKeep ? nil : endReason.applied(to: term.endReason)
        var errors = Self.errors(term)
        if term.end != nil && term.end != stored.end && term.endReason == nil {
            errors.append(DutyShape.required("/endReason"))
        }
        if !errors.isEmpty { throw InvalidBody(errors: errors) }
        return term
    }

    static func errors(_ term: PartnershipTerm) -> [FieldError] {
        DutyShape.termErrors(DayInterval(first: term.first, end: term.end), term.endReason)
    }
}
