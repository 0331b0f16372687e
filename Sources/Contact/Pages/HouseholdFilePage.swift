// The file of a household (家庭档案) as a page to be printed: all that is known of it today on two sheets, the first about
// the family, the second about the help. Lists are cut to what fits, and say how much more there is. Numbers of people
// are masked as in every answer.

import Archive
import Domain
import HTTP1
import Pairing
import SQL
import Service
import Web

struct HouseholdFilePage {
    private static let style = """
        @page{size:A4;margin:10mm}body{max-width:190mm;font-size:12px}h1{font-size:18px}
        td{overflow-wrap:anywhere}
        """
    /// What fits the two sheets.
    private static let membersMax = 16
    private static let statesMax = 8
    private static let helpersMax = 6
    private static let contactsMax = 8
    private static let needsMax = 5
    private static let activitiesMax = 4
    private static let excerptCharacters = 60

    private let number: Int64
    private let today: CivilDate
    /// The day on which the household ended.
    private let endedOn: CivilDate?
    private let codes: CodeLists
    private let connection: Connection
    private var page: PrintedPage

    static func show(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        guard let head = try HouseholdView.head(call.id(), call.caller.scope, connection) else {
            throw Problem(.notFound)
        }
        var file = try HouseholdFilePage(head.number, call, connection)
        try file.addFamily()
        try file.addHelp()
        return .page(file.page.bytes())
    }

    private init(_ number: Int64, _ call: Call, _ connection: Connection) throws {
        self.number = number
        endedOn =
            try connection.first("SELECT ended_on FROM household WHERE household_number = $1", number) {
                try $0.optionalDate(0)
            } ?? nil
        today = call.now.shanghaiDate
        codes = call.register.codeLists
        self.connection = connection
        page = PrintedPage(title: "家庭档案", style: Self.style)
    }

    private func code(_ row: borrowing Row, _ index: Int, _ list: CodeListKey) -> String {
        codes.chinese(row.optionalText(index), list)
    }

    // MARK: The family

    private mutating func addFamily() throws {
        page.add("<section>")
        page.add("h1", "建档立卡户家庭档案")
        let facts = try connection.first(
            """
            SELECT h.archive_number, t.name || v.name, g.name, h.householder_name,
                CASE WHEN h.ended_on IS NULL THEN h.member_count ELSE (SELECT count(*) FROM member m
                    WHERE m.household_number = h.household_number AND m.left_on = h.ended_on) END, h.phone_mask,
                h.attribute, h.state, h.state_since, h.identification_standard, h.main_cause, h.other_cause_1,
                h.other_cause_2, h.labour, h.self_care, h.willingness, h.poverty_depth, h.needs_two_units,
                h.ended_on, h.end_reason, h.end_document
            FROM household h JOIN division v ON v.id = h.village_id JOIN division t ON t.id = v.parent_id
            LEFT JOIN village_group g ON g.id = h.group_id WHERE h.household_number = $1
            """, number
        ) { row in
            let causes = [code(row, 11, .cause), code(row, 12, .cause)].filter { !$0.isEmpty }.joined(separator: "、")
            var facts: [(name: String, value: String)] = [
                ("户编号", row.text(0)), ("所在村", row.text(1)), ("村民小组", row.optionalText(2) ?? ""),
                ("户主", row.text(3)), ("家庭人口", "\(row.int(4)) 人" + (endedOn == nil ? "" : "（销号时）")),
                ("联系电话", row.optionalText(5) ?? ""),
                ("贫困户属性", code(row, 6, .attribute)),
                ("脱贫属性", code(row, 7, .householdState) + "（" + row.text(8) + " 起）"),
                ("识别标准", code(row, 9, .identificationStandard)), ("主要致贫原因", code(row, 10, .cause)), ("其他致贫原因", causes),
                ("劳动力状况", code(row, 13, .householdLabour)), ("生活自理", row.bool(14) ? "能" : "不能"),
                ("发展意愿", code(row, 15, .willingness)), ("贫困程度", code(row, 16, .povertyDepth)),
                ("需两个单位帮扶", row.bool(17) ? "是" : "否"),
            ]
            if let endedOn = row.optionalText(18) {
                facts += [
                    ("销号日期", endedOn), ("销号原因", code(row, 19, .householdEndReason)),
                    ("销号文件", row.optionalText(20) ?? ""),
                ]
            }
            return facts
        }
        page.facts(facts ?? [], columns: 3)
        try addMembers()
        try addStates()
        page.add("p", "打印日期：\(today)")
        page.add("</section>")
    }

    private mutating func addMembers() throws {
        var present: [[String]] = []
        var left: [String] = []
        try connection.forEach(
            """
            SELECT name, relation, sex, birth_date, identity_mask, identity_state, education, school_state, health,
                labour_capacity, work_place, work_months, joined_on, left_on, left_reason
            FROM member WHERE household_number = $1 ORDER BY position, id
            """, number
        ) { row in
            // Of a household that has ended, whoever lived there until then.
            if let leftOn = row.optionalText(13), leftOn != endedOn?.description {
                left.append("\(row.text(0))（\(code(row, 1, .relation))，\(leftOn) \(code(row, 14, .leaveReason))）")
                return
            }
            let state = row.text(5) == "verified" ? "" : row.text(5) == "missing" ? "无号码" : "（未通过核对）"
            let work = row.isNull(10) ? "" : code(row, 10, .workPlace) + (row.isNull(11) ? "" : " \(row.int(11)) 个月")
            present.append([
                row.text(0), code(row, 1, .relation), code(row, 2, .sex), row.optionalText(3) ?? "",
                (row.optionalText(4) ?? "") + state, code(row, 6, .education), code(row, 7, .schoolState),
                code(row, 8, .health),
                code(row, 9, .labourCapacity), work, row.text(12),
            ])
        }
        page.add("h2", "家庭成员")
        page.table(
            ["姓名", "与户主关系", "性别", "出生日期", "证件号码", "文化程度", "在校生状况", "健康状况", "劳动能力", "务工", "加入日期"],
            Array(present.prefix(Self.membersMax)))
        addRest(present.count - Self.membersMax, "名成员")
        if !left.isEmpty {
            page.add("p", "已减少的成员：" + left.suffix(Self.membersMax).joined(separator: "、"))
        }
    }

    /// Says how much more there is than fits.
    private mutating func addRest(_ count: Int, _ what: String) {
        if count > 0 { page.add("p", "另有 \(count) \(what)") }
    }

    /// The states that the household has had, as they are believed.
    private mutating func addStates() throws {
        var states: [[String]] = []
        try connection.forEach(
            """
            SELECT state, state_since FROM household_history WHERE household_number = $1 AND superseded_at IS NULL
            UNION SELECT state, state_since FROM household WHERE household_number = $1 ORDER BY 2
            """, number
        ) { row in states.append([row.text(1), codes.chinese(row.text(0), .householdState)]) }
        page.add("h2", "脱贫属性沿革")
        page.table(["自", "脱贫属性"], Array(states.suffix(Self.statesMax)))
    }

    // MARK: The help

    private mutating func addHelp() throws {
        page.add("<section>")
        page.add("h1", "帮扶情况")
        try addHelpers()
        try addPartners()
        try addContacts()
        try addNeeds()
        try addActivities()
        page.add("</section>")
    }

    private mutating func addHelpers() throws {
        let lines = try connection.query(
            """
            SELECT c.name, o.name, c.position_title, c.phone_mask, p.first_on, p.end_on, p.end_reason,
                EXISTS (SELECT 1 FROM responsibility r WHERE r.pairing_id = p.id AND r.superseded_at IS NULL
                    AND CASE WHEN p.end_on <= $2
                        THEN r.valid_from < p.end_on AND (r.valid_to IS NULL OR r.valid_to >= p.end_on)
                        ELSE r.valid_from <= max(p.first_on, $2)
                            AND (r.valid_to IS NULL OR r.valid_to > max(p.first_on, $2)) END)
            FROM pairing p JOIN cadre c ON c.id = p.cadre_id JOIN organization o ON o.id = c.organization_id
            WHERE p.household_number = $1 AND (p.end_on IS NULL OR p.end_on > p.first_on)
            ORDER BY (p.end_on IS NOT NULL AND p.end_on <= $2), p.first_on DESC
            """, number, today
        ) { row in
            [
                row.text(0), row.bool(7) ? "第一责任人" : "协同", row.text(1), row.optionalText(2) ?? "",
                row.optionalText(3) ?? "", row.text(4), row.optionalText(5) ?? "",
                codes.chinese(row.optionalText(6), .pairingEndReason),
            ]
        }
        page.add("h2", "帮扶责任人")
        page.table(
            ["姓名", "责任", "单位", "职务", "联系电话", "自", "至", "终止原因"], Array(lines.prefix(Self.helpersMax)))
        addRest(lines.count - Self.helpersMax, "条结对")
        let card = try connection.first(
            """
            SELECT k.number, k.issued_on, c.name, k.is_signed FROM contact_card k JOIN cadre c ON c.id = k.cadre_id
            WHERE k.household_number = $1 AND k.state = 'issued' ORDER BY k.issued_on DESC LIMIT 1
            """, number
        ) { row in
            "联系卡：\(row.optionalText(0) ?? "无编号")，\(row.text(1)) 发放，\(row.text(2))，\(row.bool(3) ? "已签收" : "未签收")"
        }
        page.add("p", card ?? "联系卡：未发放")
    }

    private mutating func addPartners() throws {
        let lines = try connection.query(
            """
            SELECT s.kind, coalesce(s.helper_name, o.name, x.name, c.name, d.name), s.first_on, s.end_on
            FROM partnership s LEFT JOIN organization o ON o.id = s.helper_organization_id
            LEFT JOIN helper x ON x.id = s.helper_id LEFT JOIN cadre c ON c.id = s.helper_cadre_id
            LEFT JOIN division d ON d.id = s.helper_division_id
            WHERE s.household_number = $1 AND (s.end_on IS NULL OR s.end_on > s.first_on)
            ORDER BY (s.end_on IS NOT NULL), s.first_on DESC LIMIT \(Self.activitiesMax)
            """, number
        ) { row in
            "\(codes.chinese(row.text(0), .partnershipKind)) \(row.optionalText(1) ?? "")"
                + "（\(row.text(2)) 起\(row.optionalText(3).map { "，至 \($0)" } ?? "")）"
        }
        if !lines.isEmpty { page.add("p", "社会结对：" + lines.joined(separator: "；")) }
    }

    private mutating func addContacts() throws {
        let sums = try connection.first(
            """
            SELECT count(*) FILTER (WHERE \(ContactSort.condition(.visit, "kind"))),
                count(*) FILTER (WHERE \(ContactSort.condition(.call, "kind"))), max(counted_on)
            FROM visit WHERE household_number = $1 AND is_counted = 1
            """, number
        ) { "走访 \($0.int(0)) 次，电话联系 \($0.int(1)) 次\($0.optionalText(2).map { "，最近一次 \($0)" } ?? "")" }
        // Of a household that has ended, as it was on its last day.
        let day = endedOn.map { $0.adding(days: -1) } ?? today
        let duties = try duties(on: day)
        let months = endedOn == nil ? "近十二个月" : "销号前十二个月"
        let owed = "\(months)联系走访任务：按时 \(duties.inTime) 项，逾期补办 \(duties.late) 项，未完成 \(duties.overdue) 项"
        page.add("h2", "联系走访")
        page.add("p", [sums, owed].compactMap(\.self).joined(separator: "；"))
        let lines = try connection.query(
            """
            SELECT v.counted_on, v.kind, c.name, v.diary_did, v.diary_saw, v.diary_thought,
                (SELECT coalesce(sum(g.value_fen), 0) FROM visit_gift g WHERE g.visit_number = v.visit_number)
            FROM visit v LEFT JOIN cadre c ON c.id = v.author_id
            WHERE v.household_number = $1 AND v.is_counted = 1
            ORDER BY v.counted_on DESC, v.visit_number DESC LIMIT \(Self.contactsMax)
            """, number
        ) { row in
            let diary = [row.optionalText(3), row.optionalText(4), row.optionalText(5)].compactMap(\.self)
            return [
                row.text(0), codes.chinese(row.text(1), .visitKind), row.optionalText(2) ?? "",
                Self.excerpt(diary.joined(separator: " ")), row.int(6) > 0 ? BulletinPage.yuan(row.int(6)) : "",
            ]
        }
        page.table(["日期", "方式", "联系人", "民情日记", "慰问品折价（元）"], lines)
    }

    /// How the duties stand that ended in the twelve months before a day.
    private func duties(on day: CivilDate) throws -> DutyCounts {
        var counts = DutyCounts()
        let (first, last) = (day.adding(months: -12), day.adding(days: -1))
        guard let facts = try ContactFacts.read(number, ContactPolicies(), connection) else { return counts }
        let owed = try facts.duties(endingFrom: first, through: last, wasLiving: true, connection)
            .filter { first <= $0.name.last && $0.name.last <= last }
        for duty in try HouseholdContacts.counting(for: owed, of: number, until: day, connection) {
            counts.add(doneOn: duty.doneOn, periodEnd: duty.name.last, on: day)
        }
        return counts
    }

    private mutating func addNeeds() throws {
        let lines = try connection.query(
            """
            SELECT voiced_on, kind, text, state, due_on, answer FROM need WHERE household_number = $1
            ORDER BY (state IN ('answered', 'declined')), voiced_on DESC LIMIT \(Self.needsMax)
            """, number
        ) { row in
            let states = ["received": "已收到", "in-progress": "办理中", "answered": "已办结", "declined": "不予办理"]
            return [
                row.text(0), codes.chinese(row.text(1), .needKind), Self.excerpt(row.text(2)),
                states[row.text(3)] ?? row.text(3), row.text(4), Self.excerpt(row.optionalText(5) ?? ""),
            ]
        }
        page.add("h2", "诉求")
        page.table(["提出日期", "类别", "内容", "状态", "应办日期", "答复"], lines)
    }

    private mutating func addActivities() throws {
        let lines = try connection.query(
            """
            SELECT a.first_on, a.kind, a.subject, m.name FROM activity_participant x
            JOIN activity a ON a.id = x.activity_id LEFT JOIN member m ON m.id = x.member_id
            WHERE x.household_number = $1 AND a.state = 'held' ORDER BY a.first_on DESC LIMIT \(Self.activitiesMax)
            """, number
        ) { row in
            [
                row.text(0), codes.chinese(row.text(1), .activityKind), Self.excerpt(row.text(2)),
                row.optionalText(3) ?? "",
            ]
        }
        if !lines.isEmpty {
            page.add("h2", "参加的活动")
            page.table(["日期", "类别", "主题", "参加人"], lines)
        }
        let open = try connection.first(
            "SELECT count(*) FROM change_proposal WHERE household_number = $1 AND state = 'open'", number
        ) { $0.int(0) }
        if let open, open > 0 { page.add("p", "待决定的档案变更提议：\(open) 份") }
    }

    private static func excerpt(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > excerptCharacters ? line.prefix(excerptCharacters - 1) + "…" : line
    }
}
