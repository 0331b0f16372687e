// What the audit trail calls a field of a record is the same at its creation and at every change.

import Testing

@testable import Domain
@testable import Pairing
@testable import SQL
@testable import Service
@testable import Web

@Suite("Names of fields in the audit trail")
struct AuditNameTests {
    /// A record that is made and then changed.
    private struct Life {
        let pattern: String
        let path: String
        let body: JSON
        let patch: JSON
        /// The version before the change.
        var version = 1
    }

    private static func id(_ number: Int) -> JSON { .string(Sample.id(number)) }

    private static var households: [Life] {
        let path = "/v1/households/\(Sample.id(31))"
        return [
            Life(
                pattern: "/v1/households/{id}", path: path,
                body: Sample.household("H31", members: [Sample.member("陈示例", id: Sample.id(131))])
                    .with(["phone": "13800001111", "groupName": "一组"]),
                patch: ["mainCause": "illness", "phone": "13900002222", "groupName": "二组"]),
            Life(
                pattern: "/v1/households/{id}/members/{memberId}", path: path + "/members/\(Sample.id(132))",
                body: Sample.member("陈小示", relation: "son", born: "2001-01-01"), patch: ["name": "陈示小"], version: 3),
        ]
    }

    private static var helpers: [Life] {
        [
            Life(
                pattern: "/v1/organizations/{id}", path: "/v1/organizations/\(Sample.id(301))",
                body: Sample.organization("县林业局").with(["phone": "13800001111", "contactName": "李联系"]),
                patch: ["name": "县林草局", "phone": "13900002222", "contactName": "张联系"]),
            Life(
                pattern: "/v1/cadres/{id}", path: "/v1/cadres/\(Sample.id(331))",
                body: Sample.cadre("周示例", of: 401).with([
                    "phone": "13800003333", "positionTitle": "科员", "rank": "ordinary", "rankFrom": "2020-01-01",
                ]),
                patch: [
                    "phone": "13900003333", "positionTitle": "主任", "rank": "section", "rankFrom": "2024-01-01",
                ]),
            Life(
                pattern: "/v1/helpers/{id}", path: "/v1/helpers/\(Sample.id(341))",
                body: [
                    "areaCode": .string(Place.villageA1), "kind": "volunteer", "name": "李示例", "phone": "13800004444",
                ],
                patch: ["name": "李示范", "phone": "13900004444"]),
            Life(
                pattern: "/v1/duties/{id}", path: Sample.path(ofDuty: 351),
                body: Sample.duty("first-secretary", Place.villageA1).with([
                    "cadreId": id(411), "title": "科员", "to": "2019-01-01", "endReason": "term-expired",
                ]),
                patch: ["title": "主任", "to": "2020-01-01", "endReason": "other"]),
            Life(
                pattern: "/v1/work-teams/{id}", path: "/v1/work-teams/\(Sample.id(361))",
                body: [
                    "villageCode": .string(Place.villageA1), "name": "工作队", "from": "2016-03-01", "to": "2020-01-01",
                    "endReason": "other",
                    "members": [
                        ["kind": "team-member", "holderName": "孙秀芳", "to": "2017-01-01", "endReason": "other"]
                    ],
                ],
                patch: ["name": "驻村工作队", "to": "2021-01-01"], version: 2),
            Life(
                pattern: "/v1/villages/{code}/profiles/{year}", path: "/v1/villages/\(Place.villageA2)/profiles/2016",
                body: ["totalPopulation": 1_600, "mainIndustry": "茶叶"],
                patch: ["totalPopulation": 1_655, "mainIndustry": "果业"], version: 2),
        ]
    }

    private static var help: [Life] {
        [
            Life(
                pattern: "/v1/pairings/{id}", path: Sample.path(ofPairing: 371),
                body: Sample.pairing(1, by: 411).with(["reason": "就近"]), patch: ["reason": "同乡", "isPinned": true]),
            Life(
                pattern: "/v1/partnerships/{id}", path: Sample.path(ofPartnership: 381),
                body: Sample.partnership(
                    "enterprise-household",
                    [
                        "helperOrganizationId": id(601), "targetHouseholdId": id(1), "reason": "协议", "to": "2019-01-01",
                        "endReason": "term-expired",
                    ]),
                patch: ["from": "2016-04-01", "to": "2020-01-01", "reason": "续签"]),
            Life(
                pattern: "/v1/campaigns/{id}", path: "/v1/campaigns/\(Sample.id(391))",
                body: [
                    "name": "结亲帮扶活动", "areaCode": .string(Place.county), "from": "2016-03-10", "to": "2021-01-01",
                    "quotas": ["section": 7],
                ],
                patch: ["name": "结亲活动", "to": "2022-01-01"]),
            Life(
                pattern: "/v1/contact-cards/{id}", path: "/v1/contact-cards/\(Sample.id(801))",
                body: ["householdId": id(1), "number": "00017"], patch: ["number": "00018", "isPrinted": true]),
        ]
    }

    private static var contact: [Life] {
        [
            Life(
                pattern: "/v1/needs/{id}", path: Sample.path(ofNeed: 901), body: Sample.need(),
                patch: ["state": "in-progress"]),
            Life(
                pattern: "/v1/activities/{id}", path: Sample.path(ofActivity: 911),
                body: Sample.activity("meeting").with(["participants": [["name": "村民代表"]], "note": "甲"]),
                patch: ["note": "乙", "participants": [["name": "甲"]]]),
            Life(
                pattern: "/v1/change-proposals/{id}", path: Sample.path(ofProposal: 921),
                body: Sample.proposal(["changes": ["mainCause": "illness"]]), patch: ["withdrawn": true]),
        ]
    }

    /// Names that stand for ids in the trail, because a code may belong to another division one day; and names
    /// that answers leave out while there is nothing to say.
    private static let ids: Set<String> = [
        "villageId", "groupId", "divisionId", "linkedDivisionId", "homeVillageId", "identityState", "postState",
        "skills", "withdrawn",
    ]

    @Test("every record that can be changed tells its fields by the same names when it is made and when it is changed")
    func names() throws {
        let county = try County()
        try county.makeThree()
        try county.addHelpers()
        try county.addPartner(601, "甲茶业公司")
        let session = try county.as(.administrator)
        let lives = Self.households + Self.helpers + Self.help + Self.contact
        let routes = county.application.router.routes
        let both = Set(routes.filter { $0.method == .put }.map(\.pattern))
            .intersection(routes.filter { $0.method == .patch }.map(\.pattern))
        #expect(Set(lives.map(\.pattern)) == both)
        for life in lives {
            let first = try last(county)
            let made = try session.put(life.path, life.body)
            #expect(made.status == 201, "\(life.path): \(made.text)")
            let second = try last(county)
            let changed = try session.patch(life.path, version: life.version, life.patch)
            #expect(changed.status == 200, "\(life.path): \(changed.text)")
            let creation = try names(after: first, through: second, life.pattern, county)
            let change = try names(after: second, through: .max, life.pattern, county)
            #expect(!creation.isEmpty, "\(life.pattern)")
            #expect(!change.isEmpty, "\(life.pattern)")
            #expect(change.subtracting(creation).isEmpty, "\(life.pattern): \(change.subtracting(creation))")
            let shown = Self.names(of: made.json)
            let told = creation.union(change).map { $0.split(separator: ".").last.map(String.init) ?? $0 }
            let strange = Set(told).subtracting(Self.ids).filter { name in !shown.contains(name) }
            let sent = Set(Self.names(of: try JSONDocument(Array(life.body.text.utf8)).root))
            #expect(strange.subtracting(sent).isEmpty, "\(life.pattern): \(strange.subtracting(sent))")
        }
    }

    private func last(_ county: County) throws -> Int64 {
        try county.query("SELECT coalesce(max(sequence), 0) FROM audit_event") { $0.int64(0) }.first ?? 0
    }

    /// The names in the events of the kind of record that the route is about; a member's stand in their household's.
    private func names(
        after first: Int64, through last: Int64, _ pattern: String, _ county: County
    ) throws -> Set<String> {
        let entity: Entity =
            switch pattern.split(separator: "/").dropFirst().first {
            case "households": .household
            case "organizations": .organization
            case "cadres": .cadre
            case "helpers": .helper
            case "duties": .duty
            case "work-teams": .team
            case "villages": .village
            case "pairings": .pairing
            case "partnerships": .partnership
            case "campaigns": .campaign
            case "contact-cards": .card
            case "needs": .need
            case "activities": .activity
            default: .proposal
            }
        let events = try county.query(
            """
            SELECT coalesce(before, '{}'), coalesce(after, '{}') FROM audit_event
            WHERE sequence > \(first) AND sequence <= \(last) AND entity = '\(entity.rawValue)'
            """
        ) { [$0.text(0), $0.text(1)] }
        return Set(try events.joined().flatMap { Self.names(of: try JSONDocument(Array($0.utf8)).root) })
    }

    /// The names of all members, at every depth, without where they stand.
    private static func names(of value: JSONValue?) -> Set<String> {
        guard let value else { return [] }
        var names: Set<String> = []
        for member in value.members {
            names.insert(member.name)
            names.formUnion(Self.names(of: member.value))
        }
        for element in value.elements { names.formUnion(Self.names(of: element)) }
        return names
    }
}
