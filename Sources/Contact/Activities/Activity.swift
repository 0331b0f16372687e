// Meetings, study trips and training days, with their participants and decisions (R069, R071, R099).

import Archive
import Domain
import SQL
import Service
import Web

package struct Activity: RecordState {
    /// The division whose activity it is, and its level.
    package var divisionId = Identifier(high: 0, low: 0)
    package var level = DivisionLevel.village
    /// A code of `activity-kind`.
    package var kind = ""
    package var subject = ""
    /// Where it was held, as text, because a study trip may go to places outside the register.
    package var place: String?
    package var first = CivilDate.first
    /// The first day on which it was over; nil for the day after the first.
    package var end: CivilDate?
    package var organizer: String?
    /// What was taught.
    package var skill: String?
    package var note: String?
    /// It was entered in error, and does not count.
    package var isWithdrawn = false
    package var decisions: [String] = []
    var participants: [Participant] = []
    package var recordedBy: Identifier?

    package init() {}
}

extension Activity {
    package static let record = Record<Activity>(
        .activity, table: "activity", path: "/v1/activities",
        writers: .roles(.countyAdministrator, .townClerk, .villageWorker), history: .audited,
        fields: [
            .area(\.divisionId, level: \Activity.level),
            .code("kind", \.kind, "kind", .activityKind),
            .required("subject", \.subject, "subject", .words(1...200, .line)),
            .optional("place", \.place, "place", .words(1...200, .line)),
            .required("from", \.first, "first_on", .pastDay).filtered(after),
            .optional("to", \.end, "end_on", .day).filtered(before),
            .optional("organizer", \.organizer, "organizer", .name(1...100, as: .name)),
            .optional("skill", \.skill, "skill", .words(Helper.skillCharacters, .line)),
            .optional("note", \.note, "note", .words(1...2_000, .lines)),
            .withdrawal(\.isWithdrawn, "state", valid: "held"),
            .lines(
                "decisions", \.decisions, table: "activity_decision", key: "activity_id", count: 0...50,
                characters: 1...500),
            Participant.field,
            .recordedBy(\.recordedBy),
        ], settle: settle)

    /// Those that were not over by a day.
    private static let after = RecordFilter(name: "from", schema: .date) { query, _, _ in
        guard let day = query.value("from", FieldText.date) else { return nil }
        return { conditions in conditions.add("r.end_on > \(conditions.bind(day))") }
    }

    /// Those that began before a day.
    private static let before = RecordFilter(name: "to", schema: .date) { query, _, _ in
        guard let day = query.value("to", FieldText.date) else { return nil }
        return { conditions in conditions.add("r.first_on < \(conditions.bind(day))") }
    }

    /// By default it takes one day.
    @Sendable
    private static func settle(_ draft: inout RecordDraft<Activity>, _ context: RecordContext) throws {
        let end = draft.state.end ?? draft.state.first.adding(days: 1)
        guard end > draft.state.first else { throw Problem.field("/to", .endsBeforeItBegins) }
        draft.state.end = end
        try Participant.checkEnds(draft.state, over: draft.before, context.connection)
    }
}

package enum ActivityRoutes {
    package static let all: [RouteEntry] =
        [
            (.get, "/v1/activities/training-coverage", Endpoint(access: .signedIn, work: .read(TrainingCoverage.show)))
        ] + Activity.record.routes + [
            (.get, "/v1/activities/{id}/participants", Endpoint(access: .signedIn, work: .list(Participant.plan))),
            (.get, "/v1/households/{id}/activities", Endpoint(access: .signedIn, work: .list(planOfHousehold))),
        ]

    /// Activities in which a household or one of its members took part, newest first, including those of other areas.
    private static func planOfHousehold(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let paging = Paging(&query)
        try query.finish()
        guard let household = try HouseholdView.head(call.id(), call.caller.scope, connection) else {
            throw Problem(.notFound)
        }
        var conditions = ListConditions()
        conditions.add("r.state = 'held'")
        conditions.add(
            """
            r.id IN (SELECT t.activity_id FROM activity_participant t
                WHERE t.household_number = \(conditions.bind(household.number)))
            """)
        let record = Activity.record
        let view = RecordView(facts: "r", day: call.now.shanghaiDate)
        return ListPlan(
            name: "household-activities", columns: record.columns(view), source: "activity r \(record.joins(view))",
            conditions: conditions, order: ["r.first_on", "r.id"],
            descends: true, paging: paging)
    }
}
