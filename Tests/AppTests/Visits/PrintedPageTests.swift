// Pages to be printed: the roster, the file of a household, the empty situation card. Complete in themselves, escaped,
// and only of what their reader may see.

import Testing

@testable import App
@testable import Domain
@testable import Web

@Suite("Pages to be printed")
struct PrintedPageTests {
    private static let file = "/v1/households/\(Sample.id(1))/page"
    private static let card = "/v1/households/\(Sample.id(1))/situation-card/page"
    private static let cards = "/v1/villages/\(Place.villageA1)/situation-cards/page"
    private static let phone = "13800001234"

    /// H1 of A1 with everything that a file tells, H3 of B1 with a helper.
    private static func county() throws -> County {
        let county = try County()
        let wife = Sample.member("李<示例>", relation: "spouse", sex: "female")
        let husband = Sample.member("陈示例", identityNumber: Sample.identityNumber(), id: Sample.id(101))
        try county.make(
            1, Sample.household("H1", members: [husband, wife]).with(["phone": .string(phone), "groupName": "一组"]))
        try county.make(3, Sample.household("H3", in: Place.villageB1))
        try county.makeOrganization()
        try county.makeCadre(21, Sample.cadre("张&示例").ranked("section").with(["phone": "13900005678"]))
        try county.makeCadre(22, "section", at: Place.villageB1)
        try county.help(1, by: 21)
        try county.help(3, by: 22)
        let session = try county.as(.administrator)
        let visit: JSON = [
            "householdId": .string(Sample.id(1)), "kind": "home-visit", "occurredAt": "2026-02-20T02:00:00Z",
            "cadreId": .string(Sample.id(21)), "diary": ["did": "帮助收割\n水稻"],
            "gifts": [["kind": "money", "quantity": 1, "valueFen": 12345, "donor": "own"]],
        ]
        try county.visit(700, visit)
        let need: JSON = [
            "householdId": .string(Sample.id(1)), "kind": "water-electricity", "channel": "hotline",
            "text": "<b>自来水</b>未通", "voicedOn": "2026-02-20",
        ]
        let voiced = try session.put("/v1/needs/\(Sample.id(701))", need)
        guard voiced.status == 201 else { throw ClientError(action: voiced.text, code: CInt(voiced.status)) }
        return county
    }

    private func isComplete(_ answer: Answer) -> Bool {
        answer["content-type"] == "text/html; charset=utf-8"
            && answer["content-security-policy"]?.contains("default-src 'none'") == true
            && !answer.text.contains("<script") && answer.text.hasSuffix("</body></html>\n")
    }

    @Test("the file of a household tells the family on one sheet and the help on another, with masks and escaped")
    func householdFile() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        let lifted = try session.patch(
            "/v1/households/\(Sample.id(1))", version: 1, ["state": "lifted", "effectiveOn": "2026-02-01"])
        #expect(lifted.status == 200, "\(lifted.text)")
        let page = try session.get(Self.file)
        #expect(page.status == 200, "\(page.text)")
        #expect(isComplete(page))
        #expect(page.text.occurrences(of: "<section>") == 2)
        for text in [
            "建档立卡户家庭档案", "H1", "甲镇东村", "一组", "陈示例", "李&lt;示例&gt;", "*******1234", "脱贫（2026-02-01 起）", "2016-01-01",
            "帮扶情况", "张&amp;示例", "第一责任人", "县农业局", "*******5678", "联系卡：未发放", "走访 1 次", "2026-02-20", "帮助收割 水稻",
            "123.45", "饮水用电", "&lt;b&gt;自来水&lt;/b&gt;未通", "已收到",
        ] { #expect(page.text.contains(text), "\(text)") }
        for hidden in [Self.phone, Sample.identityNumber(), "李<示例>"] { #expect(!page.text.contains(hidden)) }
        for person in [Person.clerkB, .neighbour, .workerB1] {
            #expect(try county.as(person).get(Self.file).status == 404)
        }
        #expect(try county.as(.tabletA1).get(Self.file).status == 200)
        #expect(try county.with(token: nil).get(Self.file).status == 401)
        #expect(try session.get("/v1/households/\(Sample.id(9))/page").status == 404)
        #expect(try session.get("/v1/households/H1/page").status == 404)
        #expect(try session.get(Self.file + "?on=2026-01-01").status == 400)
    }

    @Test("lists that do not fit two sheets say how much more there is")
    func cut() throws {
        let county = try County()
        let members = (0..<20).map { Sample.member("子\($0)", relation: $0 == 0 ? "householder" : "son") }
        try county.make(1, Sample.household("H1", members: members))
        let page = try county.as(.administrator).get(Self.file)
        #expect(page.text.contains("另有 4 名成员"))
        #expect(page.text.contains("子15"))
        #expect(!page.text.contains("子16"))
    }

    @Test("a situation card is empty but for whom it is about, for one household, for a village, or for nobody")
    func situationCards() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        let page = try session.get(Self.card)
        #expect(page.status == 200, "\(page.text)")
        #expect(isComplete(page))
        for text in ["户情征集卡", "H1", "陈示例", "2 人", "张&amp;示例", "困难", "需求", "意愿", "□ 饮水用电", "□ 帮技术", "征集日期"] {
            #expect(page.text.contains(text), "\(text)")
        }
        #expect(!page.text.contains("自来水"))
        try county.addHouseholds(4...5)
        let all = try session.get(Self.cards)
        #expect(all.text.occurrences(of: "<section>") == 3)
        #expect(!all.text.contains("H3"))
        let empty = try session.get("/v1/villages/\(Place.villageA2)/situation-cards/page")
        #expect(empty.text.contains("该村没有建档立卡户"))
        let blank = try session.get("/v1/situation-cards/page")
        #expect(isComplete(blank))
        #expect(!blank.text.contains("H1"))
        for path in [Self.card, Self.cards] {
            #expect(try county.as(.clerkB).get(path).status == 404)
            #expect(try county.with(token: nil).get(path).status == 401)
            #expect(try session.get(path + "?x=1").status == 400)
        }
        #expect(try session.get("/v1/villages/\(Place.townA)/situation-cards/page").status == 404)
        #expect(try session.get("/v1/villages/990923100999/situation-cards/page").status == 404)
    }

    @Test("the roster is printed village by village, as its list says of the day")
    func roster() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        let page = try session.get("/v1/roster/page")
        #expect(page.status == 200, "\(page.text)")
        #expect(isComplete(page))
        #expect(page.text.occurrences(of: "<section>") == 2)
        for text in ["甲镇东村结对帮扶名册", "乙镇东村结对帮扶名册", "张&amp;示例", "*******5678", "正科级", "共 1 户、1 条结对"] {
            #expect(page.text.contains(text), "\(text)")
        }
        #expect(!page.text.contains("13900005678"))
        #expect(try session.get("/v1/roster/page?on=2025-01-01").text.contains("没有结对"))
        let town = try session.get("/v1/roster/page?areaCode=\(Place.townB)")
        #expect(!town.text.contains("甲镇"))
        #expect(try !county.as(.clerkB).get("/v1/roster/page").text.contains("甲镇"))
        #expect(try county.with(token: nil).get("/v1/roster/page").status == 401)
        for wrong in ["limit=3", "on=2026-02-30", "areaCode=12"] {
            #expect(try session.get("/v1/roster/page?\(wrong)").status == 400, "\(wrong)")
        }
    }
}

extension String {
    /// How often a text stands in it.
    func occurrences(of part: String) -> Int { ranges(of: part).count }
}
