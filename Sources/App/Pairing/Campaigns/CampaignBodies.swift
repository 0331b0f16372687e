// Bodies of campaigns: a whole one with the policy that it states, and merge patches.

import Domain
import Web

/// A campaign on its way in; its area is still to be found.
struct CampaignDraft: Sendable {
    let name: String
    let area: AreaCode
    let first: CivilDate
    let end: CivilDate?
    /// What it states, in the order of the catalogue.
    let parameters: [(key: ParameterKey, value: ParameterValue)]
    /// Parameter rows that it corrects.
    let replaces: [Identifier]

    static let nameCharacters = 1...100
    /// What a campaign may lay down beside quotas: how households are helped, and nothing of lines or money.
    private static let prefixes = ["quota.", "cadence.", "alarm.", "secondHelper."]

    init(_ document: JSONDocument, id: Identifier, _ days: PlausibleDays) throws {
        var body = ObjectReader(document.root)
        body.checkId(id)
        name = body.name("name", characters: Self.nameCharacters)
        area = body.value("areaCode", placeholder: FieldText.anyArea, FieldText.areaCode)
        let first = body.value("from", placeholder: CivilDate.first, days.day)
        end = body.optionalValue("to", days.day)
        if let end, end <= first, body.isSound("from") { body.report("to", .endsBeforeItBegins) }
        let stated =
            Self.stated(&body, "quotas", isQuota: true, name: { "quota.\($0)" })
            + Self.stated(&body, "parameters", isQuota: false, name: { $0 })
        let replaces = body.optionalStrings("replaces", count: 0...100) ?? []
        for (index, text) in replaces.enumerated() where Identifier(text) == nil {
            body.report("/replaces/\(index)", .notAnId)
        }
        try body.finish()
        self.first = first
        self.replaces = replaces.compactMap { Identifier($0) }
        parameters = ParameterKey.all.compactMap { key in stated.first { $0.key == key } }
    }

    /// The rank of the key of a quota.
    static func quotaRank(_ key: String) -> String? {
        let parts = key.split(separator: ".")
        return parts.count == 2 && parts[0] == "quota" ? String(parts[1]) : nil
    }

    /// The members of an object whose names are parameters: quotas of ranks, or anything else.
    private static func stated(
        _ body: inout ObjectReader, _ field: StaticString, isQuota: Bool, name: (String) -> String
    ) -> [(key: ParameterKey, value: ParameterValue)] {
        guard let object = body.member(field), !object.isNull else { return [] }
        guard object.kind == .object else {
            body.report("\(field)", .wrongType, zh: "应为对象", en: "an object is expected")
            return []
        }
        var stated: [(ParameterKey, ParameterValue)] = []
        for member in object.members {
            do throws(FieldError) {
                let key = try ParameterKey.known(name(member.name))
                guard prefixes.contains(where: key.name.hasPrefix), isQuota == (quotaRank(key.name) != nil) else {
                    throw FieldError(.notForKind, zh: "活动不规定此参数", en: "a campaign does not lay this down")
                }
                stated.append((key, try key.checked(ParameterValue(member.value))))
            } catch {
                body.report("/\(field)/\(member.name)", error)
            }
        }
        return stated
    }
}

/// A merge patch of a campaign: its name and its end. Other policy is other rows of parameters.
struct CampaignPatch: Sendable {
    private let name: Change<String>
    private let end: Change<CivilDate>

    init(_ call: Call) throws {
        var body = ObjectReader(try call.document().root)
        name = body.changeName("name", characters: CampaignDraft.nameCharacters, clearable: false)
        end = body.change("to", call.register.days.day)
        try body.finish()
    }

    func applied(to stored: Campaign) throws -> Campaign {
        var campaign = stored
        campaign.name = name.applied(to: stored.name) ?? stored.name
        campaign.end = end.applied(to: stored.end)
        if let end = campaign.end, end <= stored.first { throw Problem.field("/to", .endsBeforeItBegins) }
        return campaign
    }
}
