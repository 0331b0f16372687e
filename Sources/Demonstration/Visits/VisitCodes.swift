// Codes and short texts of invented visits.

import Domain

extension VisitContent {
    static func kind(_ sort: Sort) -> String {
        switch sort {
        case .home: "home-visit"
        case .condolence: "condolence-visit"
        case .survey: "survey"
        }
    }

    static func purpose(_ topic: VisitTopic) -> String {
        switch topic {
        case .production, .schooling, .house: "measure-follow-up"
        case .illness: "daily-contact"
        case .work: "planning"
        case .policy: "policy-publicity"
        case .living: "good-deed"
        case .mood: "encouragement"
        }
    }

    static let helps: [VisitTopic: [String]] = [
        .production: ["technology", "project", "sales"], .schooling: ["policy", "funds"],
        .illness: ["policy", "living"],
        .house: ["policy", "funds"], .work: ["project", "technology"], .policy: ["policy"], .living: ["living"],
    ]
    static let ones = [
        "road-to-wealth", "new-project", "small-fund", "new-technology", "good-variety", "sales-channel",
    ]
    static let donors = Weighted([("own", 38), ("unit", 50), ("enterprise", 8), ("society", 4)])

    static let events = [
        ("illness", "life-event"), ("illness", "life-event"), ("death", "life-event"), ("birth", "life-event"),
        ("dispute", "dispute"), ("dispute", "dispute"), ("difficulty", "difficulty"), ("difficulty", "difficulty"),
    ]
    static let eventNotes = [
        "illness": ["突发%i住院。", "摔伤了腿，在家休养。", "查出%i，准备到县医院治疗。", "老人夜里发病，送到镇卫生院。"],
        "death": ["家中老人去世。", "老人因病离世，正在办后事。"],
        "birth": ["添了一个男孩，母子平安。", "女儿出生，一家人很高兴。"],
        "dispute": ["和邻居因地界起了争执。", "为灌溉用水和邻组吵了起来。", "两兄弟为赡养老人有了矛盾。", "林地界线不清，双方争执。"],
        "difficulty": ["大风掀了屋顶。", "%c遭了水灾，绝收%n分地。", "%a染病死了大半。", "外出打工没有拿到工钱，生活困难。"],
    ]

    static let deeds: [VisitTopic: [(String, String)]] = [
        .production: [
            ("selling", "代销农产品，货款当天结清"), ("farm-work", "帮干了半天农活"), ("selling", "联系单位食堂订购"),
            ("farm-work", "帮助抢收"),
        ],
        .schooling: [("schooling", "助学金已发到卡上"), ("schooling", "孩子已返校"), ("schooling", "贷款申请已受理")],
        .illness: [("medical", "已陪同就医"), ("medical", "报销款已到账"), ("documents", "慢性病卡已办好")],
        .house: [("house-repair", "屋顶已修好"), ("water-electricity", "电线已更换"), ("water-electricity", "水管已接通")],
        .work: [("job", "已上岗"), ("job", "签了一年合同"), ("documents", "补贴材料已交齐")],
        .policy: [("documents", "证件已代办"), ("documents", "户口信息已更正")],
    ]
    static let otherDeeds = [("other", "帮着打扫了院子"), ("other", "修好了电视"), ("documents", "代交了医保")]

    static let needs: [VisitTopic: [(String, String)]] = [
        .production: [("funds", "想扩大种植，缺启动资金"), ("industry", "产品卖不出去，希望帮着找销路")],
        .schooling: [("schooling", "孩子上学费用高，希望得到资助")],
        .illness: [("medical", "长期吃药负担重，希望提高报销比例")],
        .house: [("housing", "房屋漏雨，希望列入改造"), ("water-electricity", "水压不足，希望检修水管")],
        .work: [("employment", "希望在附近找一份工作")],
        .policy: [("policy", "想了解补贴什么时候发放")],
    ]
    static let otherNeeds = [("road", "门口的路难走，希望硬化"), ("other", "希望多组织文化活动")]

    static let meetings = [
        "召开村民代表会，通报帮扶工作进展，听取意见。", "召开帮扶工作例会，逐户过了一遍台账。", "组织政策宣讲会，到会村民提了不少问题。", "开院坝会，讨论产业发展和分红办法。",
        "召开低保民主评议会，张榜公布结果。", "召开家长座谈会，谈防止辍学。",
    ]
}
