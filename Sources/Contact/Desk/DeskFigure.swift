// The figures of the desk, each defined once: what is counted is what its list shows. Whatever has a list of its own
// elsewhere (open proposals, held visits, needs past their day, archives with warnings) is counted as that list counts.

import Domain
import Pairing
import SQL
import Service

enum DeskFigure: String, CaseIterable {
    // Since a day.
    case newlyUncovered = "newly-uncovered"
    case registered, lifted, returned, born, died, moved
    // Today.
    case awaiting
    case handoversOverdue = "handovers-overdue"
    case dutiesOverdueOneWeek = "duties-overdue-one-week"
    case dutiesOverdueTwoWeeks = "duties-overdue-two-weeks"
    case dutiesOverdueFourWeeks = "duties-overdue-four-weeks"
    case dutiesOverdueLonger = "duties-overdue-longer"
    case openProposals = "open-proposals"
    case heldVisits = "held-visits"
    case needsOverdue = "needs-overdue"
    case warnedHouseholds = "warned-households"
    // The next days.
    case postsEnding = "posts-ending"
    case quotasFalling = "quotas-falling"
    case dutiesEnding = "duties-ending"
    case teamsEnding = "teams-ending"
    case handoverDeadlines = "handover-deadlines"
    case needDeadlines = "need-deadlines"

    static let since: [DeskFigure] = [.newlyUncovered, .registered, .lifted, .returned, .born, .died, .moved]
    static let today: [DeskFigure] = [
        .awaiting, .handoversOverdue, .dutiesOverdueOneWeek, .dutiesOverdueTwoWeeks, .dutiesOverdueFourWeeks,
        .dutiesOverdueLonger, .openProposals, .heldVisits, .needsOverdue, .warnedHouseholds,
    ]
    static let ahead: [DeskFigure] = [
        .postsEnding, .quotasFalling, .dutiesEnding, .teamsEnding, .handoverDeadlines, .needDeadlines,
    ]

    /// Its name in the answer: the code in camelCase.
    var member: String {
        let words = rawValue.split(separator: "-")
        return words.dropFirst().reduce(String(words[0])) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }

    /// The address of a list that shows it already, without the area; nil for those that the desk lists itself.
    var listElsewhere: String? {
        switch self {
        case .awaiting: "/v1/coverage/households?gaps=awaiting"
        case .openProposals: "/v1/change-proposals?state=open"
        case .heldVisits: "/v1/held-visits?state=open"
        case .needsOverdue: "/v1/needs?isOverdue=true"
        case .warnedHouseholds: "/v1/household-warnings?"
        default: nil
        }
    }

    /// Days back that are told week by week.
    static let weeksDays = 28

    /// The first and the last of the days since which a duty is overdue: that on which its period ended or, if it is
    /// later, that on which whoever answers now took the household over.
    func overdue(on today: CivilDate) -> (first: CivilDate, last: CivilDate)? {
        switch self {
        case .dutiesOverdueOneWeek: (today.adding(days: -7), today)
        case .dutiesOverdueTwoWeeks: (today.adding(days: -14), today.adding(days: -8))
        case .dutiesOverdueFourWeeks: (today.adding(days: -Self.weeksDays), today.adding(days: -15))
        case .dutiesOverdueLonger: (.first, today.adding(days: -Self.weeksDays - 1))
        default: nil
        }
    }
}

/// The days of which the desk tells.
struct DeskDays {
    /// The first day of what has happened.
    let first: CivilDate
    let today: CivilDate
    /// The last day of what is to come.
    let last: CivilDate

    static let daysAhead = 30

    init(since first: CivilDate, today: CivilDate) {
        self.first = first
        self.today = today
        last = today.adding(days: Self.daysAhead)
    }
}

/// Where the rows of a figure come from.
struct DeskSource {
    /// The text after FROM of what is counted.
    let counted: String
    /// What only its list needs besides.
    let around: String
    /// The place of a row.
    let place: String
    let columns: [ListColumn]
    /// Together unique; the place comes first.
    let order: [String]
    var conditions: ListConditions

    private init(
        _ counted: String, around: String = "", place: String, _ columns: [ListColumn], order: [String],
        _ conditions: ListConditions
    ) {
        self.counted = counted
        self.around = around
        self.place = place
        self.columns = columns
        self.order = order
        self.conditions = conditions
    }

    private static let household =
        [
            ListColumn("householdId", "h.id", .identifier), ListColumn("archiveNumber", "h.archive_number"),
            ListColumn("householderName", "h.householder_name"),
        ] + ListColumn.village("v", town: "t") + [ListColumn("state", "h.state")]
    private static let village = " JOIN division v ON v.id = h.village_id JOIN division t ON t.id = v.parent_id"
    private static let cadre =
        [
            ListColumn("cadreId", "c.id", .identifier), ListColumn("cadreName", "c.name"),
            ListColumn("organizationId", "o.id", .identifier), ListColumn("organizationName", "o.name"),
        ]
    private static let unit = " JOIN organization o ON o.id = c.organization_id"

    /// - Parameter known: of those who help, as far as the figure needs it.
    /// - Returns: nil for a figure whose list stands elsewhere.
    static func of(_ figure: DeskFigure, _ days: DeskDays, _ known: DeskHelp) -> DeskSource? {
        switch figure {
        case .newlyUncovered: help("k.awaiting_since", from: days.first, to: days.today)
        case .handoversOverdue: help("k.due_on", from: .first, to: days.today.adding(days: -1))
        case .handoverDeadlines: help("k.due_on", from: days.today, to: days.last, with: known.losses)
        case .registered, .lifted, .returned: state(figure.rawValue, days)
        case .born: member("joined_on", "join_reason = 'birth'", days)
        case .died: member("left_on", "left_reason = 'death'", days)
        case .moved: moved(days)
        case .dutiesOverdueOneWeek, .dutiesOverdueTwoWeeks, .dutiesOverdueFourWeeks, .dutiesOverdueLonger:
            figure.overdue(on: days.today).map { overdue($0.first, $0.last, days.today, known.takeovers) }
        case .postsEnding: posts(days)
        case .quotasFalling: quotas(days)
        case .dutiesEnding: duties(days)
        case .teamsEnding: teams(days)
        case .needDeadlines: needs(days)
        case .awaiting, .openProposals, .heldVisits, .needsOverdue, .warnedHouseholds: nil
        }
    }

    private static func between(_ column: String, _ first: CivilDate, _ last: CivilDate) -> ListConditions {
        var conditions = ListConditions()
        let parameters = (conditions.bind(first), conditions.bind(last))
        conditions.add("\(column) BETWEEN \(parameters.0) AND \(parameters.1)")
        return conditions
    }

    // MARK: Households and people

    /// Households awaiting a successor.
    ///
    /// - Parameter losses: those too that will be.
    private static func help(
        _ column: String, from first: CivilDate, to last: CivilDate, with losses: String? = nil
    ) -> DeskSource {
        var conditions = between(column, first, last)
        conditions.add("k.awaiting_since IS NOT NULL")
        var waiting = "household_help"
        if let losses {
            let columns = "household_number, awaiting_since, due_on"
            let coming = DeskHelp.table(["household_number", "awaiting_since", "due_on"], conditions.bind(losses))
            waiting = "(SELECT \(columns) FROM household_help UNION ALL SELECT \(columns) FROM \(coming))"
        }
        return DeskSource(
            "\(waiting) k CROSS JOIN household h ON h.household_number = k.household_number", around: village,
            place: "h.area_code",
            household + [
                ListColumn("on", column), ListColumn("awaitingSince", "k.awaiting_since"),
                ListColumn("dueOn", "k.due_on"),
            ], order: ["h.area_code", "h.archive_number"], conditions)
    }

    /// Households whose present state began in the days.
    private static func state(_ state: String, _ days: DeskDays) -> DeskSource {
        var conditions = between("h.state_since", days.first, days.today)
        conditions.add("h.state = '\(state)' AND h.ended_on IS NULL")
        return DeskSource(
            "household h INDEXED BY household_state_since", around: village, place: "h.area_code",
            household + [ListColumn("on", "h.state_since")], order: ["h.area_code", "h.archive_number"], conditions)
    }

    private static func member(_ column: String, _ condition: String, _ days: DeskDays) -> DeskSource {
        var conditions = between("m.\(column)", days.first, days.today)
        conditions.add("m.\(condition)")
        // Whoever has died has done so also where the household ended with them; a child of one that was entered twice
        // was born once.
        if column != "left_on" { conditions.add("h.ended_on IS NULL") }
        return DeskSource(
            "member m CROSS JOIN household h ON h.household_number = m.household_number", around: village,
            place: "h.area_code",
            household + [
                ListColumn("memberId", "m.id", .identifier), ListColumn("memberName", "m.name"),
                ListColumn("on", "m.\(column)"),
            ], order: ["h.area_code", "h.archive_number", "m.id"], conditions)
    }

    /// Households that lived in another village until a day among these; where they live now is told.
    private static func moved(_ days: DeskDays) -> DeskSource {
        var conditions = between("y.valid_to", days.first, days.today)
        conditions.add("h.ended_on IS NULL")
        conditions.add(
            """
            y.superseded_at IS NULL AND y.valid_to IS NOT NULL AND y.village_id <> coalesce(
                (SELECT z.village_id FROM household_history z WHERE z.household_number = y.household_number
                    AND z.superseded_at IS NULL AND z.valid_from = y.valid_to), h.village_id)
            """)
        // Nobody moves where a village becomes part of another one.
        conditions.add(
            """
            NOT EXISTS (SELECT 1 FROM division e WHERE e.id = y.village_id AND e.ended_on = y.valid_to
                AND e.successor_id IS NOT NULL)
            """)
        return DeskSource(
            "household_history y CROSS JOIN household h ON h.household_number = y.household_number", around: village,
            place: "h.area_code", household + [ListColumn("on", "y.valid_to")],
            order: ["h.area_code", "h.archive_number", "y.valid_to"], conditions)
    }

    private static func overdue(
        _ first: CivilDate, _ last: CivilDate, _ today: CivilDate, _ takeovers: String
    ) -> DeskSource {
        let since = "max(u.period_end, coalesce(k.since, ''))"
        var conditions = between(since, first, last)
        // What ended on the last of the days or before; the index begins there.
        conditions.add("u.period_end <= \(conditions.bind(min(last, today.adding(days: -1)))) AND u.done_on IS NULL")
        let taken = DeskHelp.table(["household_number", "since"], conditions.bind(takeovers))
        return DeskSource(
            """
            contact_duty u CROSS JOIN household h ON h.household_number = u.household_number
            LEFT JOIN \(taken) k ON k.household_number = u.household_number
            """, around: village, place: "h.area_code",
            household + [
                ListColumn("kind", "u.kind"), ListColumn("subject", "nullif(u.subject, '')"),
                ListColumn("on", "u.period_end"), ListColumn("answeringSince", "k.since"),
                ListColumn("overdueDays", since, .daysPast(today)),
            ],
            order: ["h.area_code", "h.archive_number", "u.period_end", "u.kind", "u.subject", "u.period_start"],
            conditions)
    }

    private static func needs(_ days: DeskDays) -> DeskSource {
        var conditions = between("n.due_on", days.today, days.last)
        conditions.add("n.answered_on IS NULL AND \(EndedNeeds.isAwaited("n"))")
        return DeskSource(
            "need n",
            around: """
                 LEFT JOIN household h ON h.household_number = n.household_number
                JOIN division v ON v.id = coalesce(h.village_id, n.village_id) JOIN division t ON t.id = v.parent_id
                """, place: "n.area_code",
            household + [
                ListColumn("needId", "n.id", .identifier), ListColumn("kind", "n.kind"), ListColumn("on", "n.due_on"),
            ], order: ["n.area_code", "n.id"], conditions)
    }

    // MARK: Helpers

    /// Cadres who leave their posts.
    private static func posts(_ days: DeskDays) -> DeskSource {
        var conditions = between("p.valid_from", days.today.adding(days: 1), days.last)
        conditions.add("p.superseded_at IS NULL AND p.post_state NOT IN ('in-post', 'seconded')")
        return DeskSource(
            "cadre_post p CROSS JOIN cadre c ON c.id = p.cadre_id", around: unit, place: "c.area_code",
            cadre + [ListColumn("postState", "p.post_state"), ListColumn("on", "p.valid_from")],
            order: ["c.area_code", "c.id", "p.valid_from"], conditions)
    }

    /// Cadres who may help fewer from a day on.
    private static func quotas(_ days: DeskDays) -> DeskSource {
        var conditions = between("a.valid_from", days.today.adding(days: 1), days.last)
        conditions.add("a.quota < b.quota")
        return DeskSource(
            """
            cadre_capacity a CROSS JOIN cadre_capacity b ON b.cadre_id = a.cadre_id AND b.valid_to = a.valid_from
            CROSS JOIN cadre c ON c.id = a.cadre_id
            """, around: unit, place: "c.area_code",
            cadre + [
                ListColumn("quota", "a.quota", .integer), ListColumn("quotaBefore", "b.quota", .integer),
                ListColumn("on", "a.valid_from"),
            ], order: ["c.area_code", "c.id", "a.valid_from"], conditions)
    }

    private static let area = [ListColumn("areaCode", "d.code", .areaCode), ListColumn("areaName", "d.name")]

    private static func duties(_ days: DeskDays) -> DeskSource {
        var conditions = between("f.valid_to", days.today.adding(days: 1), days.last)
        conditions.add("f.superseded_at IS NULL")
        return DeskSource(
            "duty_term f CROSS JOIN duty y ON y.id = f.duty_id",
            around: """
                 JOIN division d ON d.id = f.division_id LEFT JOIN cadre c ON c.id = f.cadre_id
                LEFT JOIN organization o ON o.id = f.organization_id
                """, place: "y.area_code",
            [
                ListColumn("dutyId", "y.id", .identifier), ListColumn("kind", "f.kind"),
                ListColumn("cadreId", "c.id", .identifier), ListColumn("cadreName", "c.name"),
                ListColumn("organizationId", "o.id", .identifier), ListColumn("organizationName", "o.name"),
                ListColumn("holderName", "f.holder_name"),
            ] + area + [ListColumn("on", "f.valid_to")], order: ["y.area_code", "y.id", "f.valid_to"], conditions)
    }

    private static func teams(_ days: DeskDays) -> DeskSource {
        var conditions = between("f.valid_to", days.today.adding(days: 1), days.last)
        conditions.add("f.superseded_at IS NULL")
        return DeskSource(
            "work_team_term f CROSS JOIN work_team y ON y.id = f.team_id",
            around: " JOIN division d ON d.id = f.division_id", place: "y.area_code",
            [ListColumn("teamId", "y.id", .identifier), ListColumn("teamName", "f.name")] + area + [
                ListColumn("on", "f.valid_to")
            ], order: ["y.area_code", "y.id", "f.valid_to"], conditions)
    }
}
