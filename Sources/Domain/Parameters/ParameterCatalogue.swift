// The catalogue of parameters, in the order in which people read them (Appendix A, §2.5). Combined rows of the appendix
// are single keys here; the ranks are those of code list `cadre-rank`.

extension ParameterKey {
    /// Every parameter.
    public static let all: [ParameterKey] =
        quotas + pairings + contacts + occasions + records + notices + lines + money + ages + villages + days

    /// Policy that is kept and told, and that nothing in the service acts on: programmes, snapshots, notices, lines,
    /// money, posts, stationing and the exit of villages belong to domains that are not built. A test holds this list
    /// to the truth.
    private static let onlyKept: Set<String> = [
        "village-programme.years", "snapshot.period", "cause.main", "cause.other.max", "notice.identification",
        "notice.fund", "notice.fund.working-days", "notice.project", "notice.project.working-days", "notice.redact",
        "monitoring.deadline", "measures.start.after", "risk-elimination.min", "line.national", "line.exit-check",
        "line.provincial", "line.county", "line.monitoring", "loan.micro.maximum", "loan.micro.months",
        "loan.micro.age-min", "loan.micro.age-max", "schooling-grant.per-term", "schooling-grant.per-year",
        "project.gate", "project.management-fee.max", "public-post.age-from", "public-post.age-below",
        "station.days-per-month", "exit.village-rate.max", "exit.village-rate.west.max", "house.min-area",
    ]

    private static func number(
        _ name: String, _ chinese: String, _ english: String, _ range: ClosedRange<Int>, _ unit: ParameterUnit,
        _ source: String = "Appendix A"
    ) -> ParameterKey {
        ParameterKey(
            name: name, chinese: chinese, english: english, type: .number(range), unit: unit,
            isActedOn: !onlyKept.contains(name), source: source)
    }

    private static func words(
        _ name: String, _ chinese: String, _ english: String, _ type: ParameterType, _ source: String = "Appendix A"
    ) -> ParameterKey {
        ParameterKey(
            name: name, chinese: chinese, english: english, type: type, unit: .codes,
            isActedOn: !onlyKept.contains(name), source: source)
    }

    private static let quotas: [ParameterKey] =
        [
            ("department", "厅级", "a department-level cadre"), ("division", "处级", "a division-level cadre"),
            ("section", "正科级", "a section chief"), ("deputy-section", "副科级", "a deputy section chief"),
            ("middle", "中层干部", "a middle-level cadre"), ("ordinary", "一般干部", "an ordinary cadre"),
        ].flatMap { (rank: String, chinese: String, english: String) in
            [
                number("quota.\(rank)", "\(chinese)帮扶户数", "Households that \(english) helps", 0...100, .households),
                words(
                    "quota.\(rank).scope", "\(chinese)帮扶户所在范围", "Where the households of \(english) lie",
                    .choice(["town", "village"])),
            ]
        } + [
            number(countyLeaderTowns, "县领导挂点乡镇数", "Towns of a county leader", 0...10, .towns),
            number(countyLeaderVillages, "县领导帮扶村数", "Villages of a county leader", 0...10, .villages),
            number(
                secondHelperMax, "第二帮扶人最多户数", "Households of a second helper at most", 1...100,
                .households),
        ]

    private static let pairings: [ParameterKey] =
        [
            number(
                pairingWeightLine, "结对权重：条线与村类型", "Weight of a cadre's line that does not fit the village", 0...1_000,
                .weight,
                "R045"),
            number(
                pairingWeightUnit, "结对权重：单位包村", "Weight of a cadre whose unit does not hold the village", 0...1_000,
                .weight, "R044"),
            number(
                pairingWeightDepth, "结对权重：贫困程度与职级", "Weight of each step between poverty and rank", 0...1_000, .weight,
                "R040"),
            number(
                pairingWeightDistance, "结对权重：远近", "Weight of each step away from the cadre's home", 0...1_000, .weight,
                "R045"
            ),
            number(pairingWeightLoad, "结对权重：负担均衡", "Weight of an even load", 0...1_000, .weight, "R040"),
            number(
                handoverDeadline, "待接续户期限", "Days within which a household without a helper has another", 1...3_660,
                .days,
                "R041; R046"),
            number(
                pairingConsolidation, "脱贫后巩固期", "Months after lifting in which help goes on", 0...120, .months, "R046"),
            words(
                pairingNeedOrder, "结对先后所看的情况（有先后）",
                "What decides whose need is more pressing, the first before all others",
                .set(NeedLevels.Criterion.allCases.map(\.rawValue)), "R041; R046"),
        ] + NeedLevels.Criterion.allCases.flatMap { criterion in criterion.values.map { needPlace(criterion, $0) } }

    private static func needPlace(_ criterion: NeedLevels.Criterion, _ value: String) -> ParameterKey {
        let (chinese, english): (String, String) =
            switch (criterion, value) {
            case (.state, "registered"): ("在册户", "registered households")
            case (.state, "returned"): ("返贫户", "households that returned to poverty")
            case (.state, "monitored"): ("监测户", "monitored households")
            case (.state, "preparing"): ("预脱贫户", "households preparing to be lifted")
            case (.state, "consolidation"): ("巩固期内的脱贫户", "lifted households in the time of consolidation")
            case (.state, _): ("巩固期满的脱贫户", "households lifted longer ago")
            case (.depth, "deep"): ("深度贫困", "deep poverty")
            case (.depth, "moderate"): ("中度贫困", "moderate poverty")
            case (.depth, "slight"): ("轻度贫困", "slight poverty")
            case (.depth, _): ("贫困程度不详", "unknown depth of poverty")
            case (.labour, "none"): ("无劳动力或不能自理", "no labour or no care for oneself")
            case (.labour, _): ("有劳动力且能自理", "labour, and care for oneself")
            }
        return number(
            pairingNeed(criterion, value), "结对先后：\(chinese)", "Place in the order of need of \(english)",
            1...NeedLevels.placeMax, .place, "R041; R046")
    }

    private static let contacts: [ParameterKey] = [
        number(cadencePhone, "每月电话联系次数", "Phone calls a month", 0...31, .timesPerMonth),
        number(cadenceVisit, "每年走访次数", "Visits a year", 0...366, .timesPerYear),
        number(
            cadenceVisitUnlifted, "未脱贫户每年走访次数", "Visits a year to households not yet lifted", 0...366,
            .timesPerYear),
        number(
            cadenceVisitLifted, "脱贫户每年走访次数", "Visits a year to lifted households", 0...366, .timesPerYear),
        number(
            visitClockTolerance, "走访终端时钟允许误差", "Minutes by which a device's clock may be wrong", 0...1_440, .minutes,
            "Appendix B"),
        number(
            visitLateBound, "走访记录补录期限", "Days after which a visit that arrives late no longer counts", 1...36_500,
            .days,
            "Appendix B"),
        number(
            contactDutiesMonthsBack, "联系任务补计月数",
            "Months before its record was made for which a household's contacts are owed",
            0...120, .months, "R060; R061"),
        number(alarmNoVisit, "未走访预警天数", "Days without a visit until an alarm", 1...3_660, .days),
        number(needAnswerDays, "诉求答复期限", "Days within which a need is answered", 0...3_660, .days, "R035"),
    ]

    private static let occasions: [ParameterKey] =
        [
            words(
                occasionFestivals, "必访传统佳节", "Festivals on which a visit is owed",
                .set(OccasionCode.festivals + [OccasionCode.noFestival]), "R063"),
            number(
                occasionDaysBefore, "佳节前走访天数", "Days before a festival from which a visit is one for it",
                0...OccasionCalendar.spanMax, .days, "R063"),
            number(
                occasionDaysAfter, "佳节后走访天数", "Days after a festival through which a visit is one for it",
                0...OccasionCalendar.spanMax, .days, "R063"),
            number(
                occasionEventDays, "家庭事件走访期限", "Days after an event within which a visit is owed",
                1...OccasionCalendar.eventDaysMax, .days, "R063"),
        ]
        + OccasionCode.crops.map { crop, chinese, english in
            ParameterKey(
                name: busySeason(crop), chinese: "\(chinese)生产忙季", english: "Busy seasons of \(english)",
                type: .seasons(crop: crop), unit: .seasons, isActedOn: true, source: "R063")
        } + [
            number(
                bulletinLaggard, "通报落后乡镇任务完成率", "Share of contact duties done below which a town is behind",
                0...1_000, .permille, "R065")
        ]

    private static let records: [ParameterKey] = [
        number(ParameterKey.liabilityYears, "帮扶责任追溯年限", "Years of a helper's liability", 0...50, .years),
        number("village-programme.years", "村级规划年限", "Years of a village's programme", 1...20, .years),
        words(
            "snapshot.period", "报表期", "Periods for which figures are frozen",
            .set(["ten-days", "month", "quarter", "year"])),
        number("cause.main", "主要致贫原因数", "Main causes of a household", 1...1, .causes),
        number("cause.other.max", "其他致贫原因最多数", "Other causes of a household at most", 0...2, .causes),
    ]

    private static let notices: [ParameterKey] = [
        number(
            "notice.identification", "识别公示天数", "Days of public notice of an identification", 0...365, .days),
        number("notice.fund", "资金公示天数", "Days of public notice of funds", 0...365, .days),
        number(
            "notice.fund.working-days", "资金公示工作日数", "The same in working days, where they are counted", 0...260,
            .workingDays),
        number("notice.project", "项目公示天数", "Days of public notice of a project", 0...365, .days),
        number(
            "notice.project.working-days", "项目公示工作日数", "The same in working days, where they are counted", 0...260,
            .workingDays),
        words(
            "notice.redact", "公示隐去内容", "What a public notice leaves out",
            .set(["identity-number", "phone", "bank-account", "health", "birth-date"])),
        number("monitoring.deadline", "监测识别期限", "Days to decide on monitoring", 1...365, .days),
        number(
            "measures.start.after", "措施最迟开始", "Months after inclusion within which measures begin", 0...60, .months),
        number(
            "risk-elimination.min", "风险消除最早月份", "Calendar months after the month of inclusion, at least", 0...60,
            .months),
    ]

    private static let lines: [ParameterKey] = [
        number(
            "line.national", "国家扶贫标准", "National poverty line, a person and year", 1...10_000_000, .fen,
            "Appendix A; §2.5"),
        number(
            "line.exit-check", "脱贫核查标准", "Line that exits are checked against, a person and year", 1...10_000_000,
            .fen, "Appendix A; §2.5"),
        number(
            "line.provincial", "省定扶贫标准", "Provincial poverty line, a person and year", 1...10_000_000, .fen, "§2.5"),
        number("line.county", "县定扶贫标准", "County's poverty line, a person and year", 1...10_000_000, .fen, "§2.5"),
        number(
            "line.monitoring", "监测收入标准", "Monitoring line, a person and year", 1...10_000_000, .fen,
            "Appendix A; §2.5"),
    ]

    private static let money: [ParameterKey] = [
        number("loan.micro.maximum", "小额信贷最高额", "Microcredit at most", 0...100_000_000, .fen),
        number("loan.micro.months", "小额信贷最长期限", "Months of a microcredit at most", 1...600, .months),
        number("loan.micro.age-min", "小额信贷最低年龄", "Age of the borrower, from", 0...120, .age),
        number("loan.micro.age-max", "小额信贷最高年龄", "Age of the borrower, to", 0...120, .age),
        number("schooling-grant.per-term", "雨露计划每学期补助", "Vocational schooling grant a term", 0...10_000_000, .fen),
        number("schooling-grant.per-year", "雨露计划每学年补助", "Vocational schooling grant a year", 0...10_000_000, .fen),
        words(
            "project.gate", "项目入库必填项", "What a project must state to enter the bank",
            .set([
                "name", "kind", "construction-nature", "place", "schedule", "responsible-unit", "tasks",
                "amount-and-sources", "beneficiaries", "performance-goal", "participation",
            ])),
        number("project.management-fee.max", "项目管理费上限", "Management fee of a project at most", 0...1_000, .permille),
    ]

    private static let ages: [ParameterKey] = [
        number("public-post.age-from", "公益性岗位最低年龄", "Age for a public-welfare post, from", 0...120, .age),
        number("public-post.age-below", "公益性岗位年龄上限（不含）", "Age for a public-welfare post, below", 1...121, .age),
        number("labour.none.below", "无劳动力年龄（不满）", "Below this age there is no labour", 0...30, .age),
        number(
            "labour.capped.from", "不计普通劳动力年龄（满）", "From this age labour is not ordinary or skilled", 40...121, .age),
    ]

    private static let villages: [ParameterKey] = [
        number("station.days-per-month", "驻村每月天数", "Days a month in the village", 0...31, .daysPerMonth),
        number(
            "exit.village-rate.max", "贫困村退出发生率上限", "Poverty rate at which a village leaves, at most", 0...1_000,
            .permille, "Appendix A; §2.3"),
        number(
            "exit.village-rate.west.max", "西部贫困村退出发生率上限", "The same in western provinces", 0...1_000,
            .permille, "Appendix A; §2.3"),
        number(
            "house.min-area", "人均住房面积下限", "Living area a person at least", 0...200, .squareMetres,
            "Appendix A; §2.3"),
    ]
}

extension ParameterKey {
    /// Bounds of days that are stated; only rows for everywhere are asked.
    private static let days: [ParameterKey] = [
        number(
            dayBirthYear, "出生日期最早年份", "Year from which births are plausible", PlausibleDays.birthYearMin...1949,
            .years, "R020"),
        number(
            dayFirstYear, "其他日期最早年份", "Year from which other days are plausible", PlausibleDays.birthYearMin...2000,
            .years, "R022"),
        number(
            dayYearsAhead, "日期最多晚于今年的年数", "Years after this one in which days are plausible", 1...75, .years, "R022"),
    ]

    /// The year from which births are plausible.
    public static let dayBirthYear = "day.birth.first-year"
    /// The year from which other days are plausible.
    public static let dayFirstYear = "day.first-year"
    /// Years after this one in which days are plausible.
    public static let dayYearsAhead = "day.years-ahead"
    /// Below this age there is no labour.
    public static let labourNoneBelow = "labour.none.below"
    /// How long whoever helped answers for a household after they have gone (R047).
    public static let liabilityYears = "liability.years"
    /// From this age labour is not ordinary or skilled.
    public static let labourCappedFrom = "labour.capped.from"
    /// What a line that does not fit the village costs a pairing run.
    public static let pairingWeightLine = "pairing.weight.line"
    /// What it costs that the unit does not hold the village.
    public static let pairingWeightUnit = "pairing.weight.unit"
    /// What each step of poverty costs for each step of rank.
    public static let pairingWeightDepth = "pairing.weight.depth"
    /// What each step away from home costs.
    public static let pairingWeightDistance = "pairing.weight.distance"
    /// What an uneven load costs.
    public static let pairingWeightLoad = "pairing.weight.load"
    /// Months after lifting in which a household keeps its helper (R046).
    public static let pairingConsolidation = "pairing.consolidation.months"
    /// What need is told by, the first before all others.
    public static let pairingNeedOrder = "pairing.need.order"
    /// The place of a value among those of its criterion of need.
    public static func pairingNeed(_ criterion: NeedLevels.Criterion, _ value: String) -> String {
        "pairing.need.\(criterion.rawValue).\(value)"
    }
    /// Households of whom a cadre is a second helper, at most (R034).
    public static let secondHelperMax = "second-helper.max-households"
    /// Towns that a county leader has (R008).
    public static let countyLeaderTowns = "quota.county-leader.town"
    /// Villages that a county leader has (R008).
    public static let countyLeaderVillages = "quota.county-leader.village"
    /// Days within which a household without a helper has another.
    public static let handoverDeadline = "handover.deadline"
    /// Minutes by which the clock of a device may differ from the server's before its visits are judged otherwise.
    public static let visitClockTolerance = "visit.clock.tolerance"
    /// Days after which a visit that arrives late no longer counts.
    public static let visitLateBound = "visit.late.bound"
    /// Phone calls that each household is owed a month.
    public static let cadencePhone = "cadence.phone.per-month"
    /// Visits that each household is owed a year, where nothing nearer says more.
    public static let cadenceVisit = "cadence.visit"
    /// Visits a year that a household is owed while it is not lifted.
    public static let cadenceVisitUnlifted = "cadence.visit.unlifted"
    /// Visits a year that a lifted household is owed.
    public static let cadenceVisitLifted = "cadence.visit.lifted"
    /// Months before the archive of a household was made, since which contacts are owed at the earliest.
    public static let contactDutiesMonthsBack = "contact.duties.months-back"
    /// Days within which a need is to be answered (R035).
    public static let needAnswerDays = "need.answer.days"
    /// Days without a visit after which a helper is alarmed.
    public static let alarmNoVisit = "alarm.no-visit"

    /// Festivals on which each household is owed a visit.
    public static let occasionFestivals = "occasion.festivals"
    /// Days before a festival from which a visit is one for it.
    public static let occasionDaysBefore = "occasion.festival.days-before"
    /// Days after a festival through which it still is.
    public static let occasionDaysAfter = "occasion.festival.days-after"
    /// Days after an event of a household within which it is owed a visit.
    public static let occasionEventDays = "occasion.event.days"
    /// Share of duties done below which the half-yearly bulletin names a town.
    public static let bulletinLaggard = "bulletin.laggard"

    /// The busy seasons of a crop: no row, no duty.
    public static func busySeason(_ crop: String) -> String { "occasion.busy-season.\(crop)" }

    /// How many households a rank helps.
    public static func quota(_ rank: CadreRank) -> String { "quota.\(rank.rawValue)" }
    /// Whether they lie in a town or in a village.
    public static func quotaScope(_ rank: CadreRank) -> String { "quota.\(rank.rawValue).scope" }
}
