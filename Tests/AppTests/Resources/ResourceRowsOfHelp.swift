// The rows of duties, pairings, and what follows from them.

@testable import App
@testable import Domain
@testable import Web

extension ResourceRow {
    private static let duty = Sample.duty("first-secretary", Place.villageA1).with(["cadreId": id(411)])
    private static let ended = Refusal(["to": "2015-01-01", "endReason": "term-expired"], "/to ends-before-it-begins")

    private static func team(_ village: String) -> JSON {
        [
            "villageCode": .string(village), "name": "驻村工作队", "from": "2016-03-01",
            "members": [["kind": "team-leader", "cadreId": id(411)]],
        ]
    }

    private static func strangersTeam(_ village: String) -> JSON {
        team(village).with(["members": [["kind": "team-member", "holderName": "孙秀芳"]]])
    }

    private static func campaign(_ area: String, _ name: String = "结亲帮扶活动") -> JSON {
        ["name": .string(name), "areaCode": .string(area), "from": "2016-03-10", "to": "2016-04-01"]
    }

    private static func partnership(_ organization: Int, _ village: String) -> JSON {
        Sample.partnership(
            "enterprise-village", ["helperOrganizationId": id(organization), "targetAreaCode": .string(village)])
    }

    static let helping: [ResourceRow] = [
        ResourceRow(
            "/v1/duties/{id}", Sample.id(706), new: duty,
            broken: [Refusal(duty.with(["to": "2015-01-01"]), "/to ends-before-it-begins")]
        )
        .changed(["title": "副科长"], broken: [ended])
        .outside(duty.with(["areaCode": .string(Place.neighbourVillage)]), "/areaCode unknown-division")
        .others(Sample.duty("first-secretary", Place.neighbourVillage).with(["cadreId": id(9003)]))
        .showing("whoever holds it", Elsewhere.cadreRenamed),
        ResourceRow(
            "/v1/work-teams/{id}", Sample.id(707), new: team(Place.villageA1),
            broken: [Refusal(team(Place.villageA1).with(["to": "2015-01-01"]), "/to ends-before-it-begins")]
        )
        .changed(["name": "驻东村工作队"], broken: [ended])
        .outside(strangersTeam(Place.neighbourVillage), "/villageCode unknown-village")
        .others(strangersTeam(Place.villageA2), strangersTeam(Place.neighbourVillage))
        .showing("who is in it", Elsewhere.cadreRenamed),
        ResourceRow(
            "/v1/pairings/{id}", Sample.id(714), new: Sample.pairing(1, by: 411),
            broken: [Refusal(Sample.pairing(4, by: 411), "/role first-responsible-taken", status: 409)]
        )
        .changed(
            ["isPinned": true],
            broken: [Refusal(["to": "2026-03-01", "endReason": "replaced"], "/to no-unhooking", status: 409)]
        )
        .outside(Sample.pairing(9001, by: 411), "/householdId unknown-household")
        .outside(Sample.pairing(1, by: 9003), "/cadreId unknown-cadre")
        .others(Sample.pairing(3, by: 411), Sample.pairing(9001, by: 9003))
        .showing("the helper", Elsewhere.cadreRenamed).showing("the village", Elsewhere.villageRecoded),
        ResourceRow(
            "/v1/pairing-runs/{id}", Sample.id(715), new: ["areaCode": .string(Place.townA)], status: 202
        )
        .outside(["areaCode": .string(Place.neighbourCounty)], "/areaCode unknown-division")
        .others(["areaCode": .string(Place.townB)], ["areaCode": .string(Place.neighbourCounty)]),
        ResourceRow(
            "/v1/handovers/{id}", Sample.id(716), new: ["cadreId": id(413), "reason": "retired"],
            broken: [
                Refusal(
                    ["cadreId": id(413), "reason": "retired", "successorCadreId": id(413)],
                    "/successorCadreId names-itself")
            ]
        )
        .outside(["cadreId": id(9003), "reason": "retired"], "/cadreId unknown-cadre")
        .others(["cadreId": id(412), "reason": "retired"], ["cadreId": id(9003), "reason": "retired"])
        .showing("who leaves", Elsewhere.patch("/v1/cadres/\(Sample.id(413))", ["name": "新名"])),
        ResourceRow(
            "/v1/partnerships/{id}", Sample.id(717), new: partnership(601, Place.villageA1),
            broken: [
                Refusal(partnership(601, Place.villageA1).with(["to": "2015-01-01"]), "/to ends-before-it-begins")
            ]
        )
        .changed(
            ["reason": "一村一企"],
            broken: [Refusal(["to": "2015-01-01", "endReason": "completed"], "/to ends-before-it-begins")]
        )
        .outside(partnership(9002, Place.villageA1), "/helperOrganizationId unknown-organization").outside(
            partnership(601, Place.neighbourVillage), "/targetAreaCode unknown-division"
        )
        .others(partnership(601, Place.villageA2), partnership(9002, Place.neighbourVillage))
        .showing("who helps", Elsewhere.partnerRenamed),
        ResourceRow(
            "/v1/campaigns/{id}", Sample.id(718), new: campaign(Place.county),
            broken: [Refusal(campaign(Place.county).with(["to": "2015-01-01"]), "/to ends-before-it-begins")]
        )
        .changed(["name": "结对帮扶活动"], broken: [Refusal(["to": "2015-01-01"], "/to ends-before-it-begins")])
        .outside(campaign(Place.neighbourCounty), "/areaCode unknown-division")
        .others(campaign(Place.county, "别的"), campaign(Place.neighbourCounty))
        .showing("its area", Elsewhere.placeRenamed),
        ResourceRow(
            "/v1/contact-cards/{id}", Sample.id(719), new: ["householdId": id(4)],
            broken: [Refusal(["householdId": id(1)], "no-responsible-helper", status: 409)]
        )
        .changed(["isSigned": true])
        .outside(["householdId": id(9001)], "/householdId unknown-household")
        .others(["householdId": id(1)], ["householdId": id(9001)])
        .showing("the helper", Elsewhere.patch("/v1/cadres/\(Sample.id(412))", ["name": "新名"])),
    ]
}
