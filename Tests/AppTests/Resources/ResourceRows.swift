// The rows of people, places, and what serves every domain. Those of help and contact are in their own files.

import HTTP1

@testable import App
@testable import Domain
@testable import Web

extension ResourceRow {
    static var all: [ResourceRow] { people + places + common + helping + contacts }

    static func id(_ number: Int) -> JSON { .string(Sample.id(number)) }

    /// What is changed elsewhere, and shown in a row's record.
    enum Elsewhere {
        static func patch(_ path: String, _ body: JSON) -> @Sendable (County) throws -> Void {
            { county in
                let session = try county.as(.administrator)
                let version = try session.get(path).json["version"].integer
                let answer = try session.patch(path, version: version, body)
                guard answer.status == 200 else { throw ClientError(action: answer.text, code: 0) }
            }
        }

        static let cadreRenamed = patch("/v1/cadres/\(Sample.id(411))", ["name": "新名"])
        static let unitRenamed = patch("/v1/organizations/\(Sample.id(401))", ["name": "县农业农村局"])
        static let partnerRenamed = patch("/v1/organizations/\(Sample.id(601))", ["name": "甲集团"])
        static let placeRenamed: @Sendable (County) throws -> Void = { county in
            try county.alter("UPDATE division SET name = name || '（新）'")
        }
        static let villageRecoded: @Sendable (County) throws -> Void = { county in
            try county.alter("UPDATE division SET code = '990923100299' WHERE code = '\(Place.villageA1)'")
        }
        static let householderRenamed: @Sendable (County) throws -> Void = { county in
            let session = try county.as(.administrator)
            let household = "/v1/households/\(Sample.id(1))"
            let version = try session.get(household).json["version"].integer
            let answer = try session.patch(
                household + "/members/\(Sample.id(101))", version: version, ["name": "陈改名"])
            guard answer.status == 200 else { throw ClientError(action: answer.text, code: 0) }
        }
        static let quotaLowered: @Sendable (County) throws -> Void = { county in
            let answer = try county.as(.administrator).put(
                "/v1/parameters/\(Sample.id(71))",
                [
                    "key": "quota.section", "areaCode": .string(Place.county), "value": 3, "unit": "households",
                    "from": .string(County.today), "documentNumber": "县发〔2026〕1号",
                ])
            guard answer.status == 201 else { throw ClientError(action: answer.text, code: 0) }
        }
    }

    // MARK: Households and who helps

    private static let member = Sample.member(
        "李示例", relation: "spouse", sex: "female", born: "1981-05-06",
        identityNumber: Sample.identityNumber(born: "1981-05-06", male: false, 7))
    private static let cadre = Sample.cadre("周示例", of: 401).with([
        "phone": "13900001111", "rank": "section", "rankFrom": "2015-01-01",
        "linkedAreaCode": .string(Place.villageA1), "linkedFrom": "2015-01-01",
    ])
    private static let helper: JSON = [
        "areaCode": .string(Place.villageA1), "kind": "volunteer", "name": "赵示例", "organizationId": id(401),
    ]

    private static let people: [ResourceRow] = [
        ResourceRow(
            "/v1/households/{id}", Sample.id(701), new: Sample.household("S1"),
            broken: [Refusal(Sample.household("H1"), "/archiveNumber archive-number-taken", status: 409)]
        )
        .changed(
            ["willingness": "employment"],
            broken: [
                Refusal(["archiveNumber": "H2"], "/archiveNumber archive-number-taken", status: 409),
                Refusal(["villageCode": .string(Place.neighbourVillage)], "/villageCode unknown-village"),
            ]
        )
        .outside(Sample.household("S1", in: Place.neighbourVillage), "/villageCode unknown-village")
        .others(Sample.household("S2"), Sample.household("S1", in: Place.neighbourVillage))
        .showing("its village", Elsewhere.villageRecoded),
        ResourceRow("/v1/households/{id}", find: { try [$0.newestHousehold()] })
            .posted(
                "/v1/households", Sample.household("S1"), status: 201,
                broken: [Refusal(Sample.household("H1"), "/archiveNumber archive-number-taken", status: 409)]
            )
            .outside(Sample.household("S1", in: Place.neighbourVillage), "/villageCode unknown-village")
            .with { $0.stranger = nil },
        ResourceRow(
            "/v1/households/{id}/members/{memberId}", Sample.id(1), Sample.id(702), new: member,
            broken: [Refusal(member.with(["relation": "householder"]), "/members several-householders")]
        )
        .changed(
            ["name": "李改名"],
            broken: [Refusal(["relation": "householder"], "/members several-householders")]
        )
        .others(Sample.member("王示例", relation: "daughter", sex: "female", born: "2001-05-06"))
        .stranger(409, "/members member-id-taken").shown(at: "/v1/households/{id}").listed(at: nil)
        .with { $0.strangersIds = [Sample.id(9001), Sample.id(702)] },
        ResourceRow(
            "/v1/organizations/{id}", Sample.id(703), new: Sample.organization("县林业局"),
            broken: [Refusal(Sample.organization("县农业局"), "/name organization-name-taken", status: 409)]
        )
        .changed(["name": "县林草局"], broken: [Refusal(["to": "2027-01-01"], "/to in-future")])
        .outside(Sample.organization("县林业局", at: Place.neighbourCounty), "/areaCode unknown-division")
        .others(Sample.organization("县水务局"), Sample.organization("县林业局", at: Place.neighbourCounty))
        .showing("its area", Elsewhere.placeRenamed),
        ResourceRow(
            "/v1/cadres/{id}", Sample.id(704), new: cadre,
            broken: [Refusal(cadre.with(["linkedAreaCode": .string(Place.townA)]), "/linkedAreaCode wrong-level")]
        )
        .changed(["name": "周改名"], broken: [Refusal(["to": "2027-01-01"], "/to in-future")])
        .outside(cadre.with(["organizationId": id(9002)]), "/organizationId unknown-organization")
        .others(Sample.cadre("吴示例", of: 401), Sample.cadre("周示例", of: 9002))
        .showing("the unit", Elsewhere.unitRenamed).showing("the quota", Elsewhere.quotaLowered)
        .showing("the load") { try $0.help(1, by: 704) },
        ResourceRow("/v1/cadres/{id}/quotas", Sample.id(411))
            .posted(
                "/v1/cadres/{id}/quotas", ["quota": 2, "from": "2026-03-01", "reason": "自愿"], status: 200,
                broken: [
                    Refusal(
                        ["quota": 2, "from": "2026-03-01", "to": "2026-02-01", "reason": "自愿"],
                        "/to ends-before-it-begins")
                ]
            )
            .stranger(404, "not-found"),
        ResourceRow(
            "/v1/helpers/{id}", Sample.id(705), new: helper,
            broken: [Refusal(helper.with(["effectiveOn": "2027-01-01"]), "/effectiveOn in-future")]
        )
        .changed(["serviceHours": 48], broken: [Refusal(["to": "2027-01-01"], "/to in-future")])
        .outside(helper.with(["areaCode": .string(Place.neighbourVillage)]), "/areaCode unknown-division")
        .others(
            helper.with(["name": "郑示例"]),
            ["areaCode": .string(Place.neighbourVillage), "kind": "volunteer", "name": "赵示例"]
        )
        .showing("the unit", Elsewhere.unitRenamed),
    ]

    // MARK: Places

    private static let group: JSON = ["villageCode": .string(Place.villageA1), "name": "一组"]
    private static let followed: JSON = ["successorCode": .string(Place.villageA3), "effectiveOn": "2026-03-01"]

    private static let places: [ResourceRow] = [
        ResourceRow(
            "/v1/groups/{id}", Sample.id(708), new: group,
            broken: [Refusal(group.with(["name": "旧组"]), "conflict", status: 409)]
        )
        .outside(group.with(["villageCode": .string(Place.neighbourVillage)]), "/villageCode unknown-village")
        .others(group.with(["name": "二组"]), group.with(["villageCode": .string(Place.neighbourVillage)]))
        .shown(at: nil),
        ResourceRow(
            "/v1/divisions/{code}/successor", Place.villageA2, new: followed, status: 200,
            broken: [
                Refusal(followed.with(["successorCode": .string(Place.villageA2)]), "names-itself"),
                Refusal(followed.with(["successorCode": .string(Place.townA)]), "different-levels"),
            ]
        )
        .outside(
            followed.with(["successorCode": .string(Place.neighbourVillage)]), "/successorCode unknown-division"
        )
        .others(followed.with(["successorCode": .string(Place.neighbourVillage)])).stranger(404, "not-found")
        .shown(at: nil),
        ResourceRow("/v1/divisions/{code}", Place.villageA1).listed(at: "/v1/divisions", by: "code")
            .showing("its parent", Elsewhere.placeRenamed),
        ResourceRow("/v1/villages/{code}", Place.villageA1).listed(at: "/v1/villages", by: "villageCode")
            .changed(
                ["kind": "poor", "from": "2014-01-01"],
                broken: [
                    Refusal(["kind": "poor", "from": "2014-01-01", "to": "2013-01-01"], "/to ends-before-it-begins")
                ]
            )
            .showing("its town", Elsewhere.placeRenamed),
        ResourceRow(
            "/v1/villages/{code}/profiles/{year}", Place.villageA1, "2016", new: ["totalPopulation": 1655],
            broken: [Refusal([:], "too-few")]
        )
        .changed(["totalPopulation": 1700], broken: [Refusal(["totalPopulation": -1], "/totalPopulation out-of-range")])
        .others(["totalPopulation": 1656]).stranger(404, "not-found")
        .listed(at: "/v1/village-profiles", by: "villageCode", "year")
        .showing("the village", Elsewhere.placeRenamed),
    ]

    // MARK: What serves every domain

    private static func policy(_ area: String, _ value: Int) -> JSON {
        [
            "key": "visit.late.bound", "areaCode": .string(area), "value": .integer(value), "unit": "days",
            "from": "2020-01-01", "documentNumber": "县发〔2026〕1号",
        ]
    }

    private static func named(_ household: Int, _ name: String) -> JSON {
        ["entity": "households", "ids": [["id": id(household), "partnerId": .string(name)]]]
    }

    private static let common: [ResourceRow] = [
        ResourceRow(
            "/v1/parameters/{id}", Sample.id(711), new: policy(Place.county, 30),
            broken: [Refusal(policy(Place.county, 30).with(["to": "2019-01-01"]), "/to ends-before-it-begins")]
        )
        .outside(policy(Place.neighbourCounty, 30), "/areaCode unknown-division")
        .others(policy(Place.county, 31), policy(Place.neighbourCounty, 30))
        .listed(at: "/v1/parameter-rows")
        .with { $0.dependent = ["value"] },
        ResourceRow(
            "/v1/exports/{id}", Sample.id(712), new: ["kind": "households", "format": "csv"], status: 202,
            broken: [Refusal(["kind": "households", "format": "csv", "sealed": "plain"], "/reason required")]
        )
        .outside(
            ["kind": "households", "format": "csv", "areaCode": .string(Place.neighbourCounty)],
            "/areaCode unknown-division"
        )
        .others(["kind": "cadres", "format": "csv"]),
        ResourceRow(
            "/v1/partners/{id}", Sample.id(713), new: ["key": "school", "name": "教育平台"],
            broken: [Refusal(["key": "platform", "name": "教育平台"], "/key key-taken", status: 409)]
        )
        .everybodys(),
        ResourceRow(
            "/v1/partners/{id}/codes/{list}", Sample.id(804), "sex",
            new: ["values": [["code": "male", "partnerCode": "1"]]], status: 200,
            broken: [
                Refusal(
                    ["values": [["code": "male", "partnerCode": "1"], ["code": "male", "partnerCode": "2"]]],
                    "/values/1 repeated")
            ]
        )
        .everybodys().replacing().shown(at: "/v1/partners/{id}/codes").listed(at: nil),
        ResourceRow(
            "/v1/partners/{id}/ids", Sample.id(804), new: named(1, "P1"), status: 200,
            broken: [Refusal(named(99, "P1"), "/ids/0/id unknown-record")]
        )
        .outside(named(9001, "P1"), "/ids/0/id unknown-record")
        .others(named(1, "P2")).stranger(422, "/ids/0/id unknown-record").replacing()
        .shown(at: nil),
        ResourceRow("/v1/users/{id}", find: { try [$0.user(.workerA1)] })
            .changed(
                ["areaCode": .string(Place.villageA2)],
                broken: [Refusal(["areaCode": .string(Place.neighbourVillage)], "/areaCode unknown-division")]),
        ResourceRow("/v1/tokens/{id}/revoke", find: { try [$0.tokenId(.workerA1)] })
            .posted("/v1/tokens/{id}/revoke", nil, status: 204).stranger(404, "not-found").shown(at: nil),
    ]
}

extension County {
    /// The id of the household that was made last.
    fileprivate func newestHousehold() throws -> String {
        let ids = try query("SELECT id FROM household ORDER BY household_number DESC LIMIT 1") { try $0.identifier(0) }
        return try required(ids.first).description
    }

    fileprivate func user(_ person: Person) throws -> String {
        let users = try self.as(.administrator).get("/v1/users").items
        return try required(users.first { $0["name"]?.string == person.rawValue }?["id"]?.string)
    }

    fileprivate func tokenId(_ person: Person) throws -> String {
        let tokens = try self.as(.administrator).get("/v1/tokens").items
        return try required(tokens.first { $0["device"]?.string == person.rawValue }?["id"]?.string)
    }
}
