// Needs that people voice, and what became of them (R035). They are recorded by whoever hears of one, separately or
// with the visit on which it was voiced, and answered by the town or the village within the number of days set by a
// parameter.

import Archive
import Domain
import SQL
import Service
import Web

package struct Need: RecordState {
    /// The value as in the column.
    package enum Stage: String, CaseIterable, Sendable {
        case received
        case inProgress = "in-progress"
        case answered
        case declined

        package var isEnd: Bool { self == .answered || self == .declined }
    }

    package var subject = RecordSubject()
    package var kind = ""
    package var text = ""
    package var channel = ""
    package var voicedOn = CivilDate.first
    package var stage = Stage.received
    /// The day by which it must be answered, by the parameter `need.answer.days` of its village on the day on which it
    /// was voiced.
    package var dueOn = CivilDate.first
    package var answer: String?
    package var answeredOn: CivilDate?
    /// The user who recorded the answer.
    package var answeredBy: Identifier?
    /// The visit on which it was voiced.
    package var visitId: Identifier?
    package var recordedBy: Identifier?

    package init() {}
}

extension Need {
    package static let textCharacters = 1...2_000
    /// The code of `need-channel` for what was voiced on a visit.
    static let visitChannel = "visit"

    package static let record = Record<Need>(
        .need, table: "need", path: "/v1/needs", writers: ProposalRoutes.writers,
        editors: .roles(.countyAdministrator, .townClerk, .villageWorker), history: .audited,
        fields: [
            .subject(\.subject),
            .factDay("voicedOn", \.voicedOn, "voiced_on"),
            .code("kind", \.kind, "kind", .needKind),
            .required("text", \.text, "text", .words(textCharacters, .lines)),
            .code("channel", \.channel, "channel", .needChannel).stated(.atCreation),
            .state("state", \.stage, "state", else: .received).stated(.byChange).ending { $0.stage.isEnd },
            .required("dueOn", \.dueOn, "due_on", .day).stated(.never),
            .optional("answer", \.answer, "answer", .words(textCharacters, .lines)).stated(.byChange),
            .optional("answeredOn", \.answeredOn, "answered_on", .day).stated(.byChange),
            .actor("answeredBy", \.answeredBy, "answered_by"),
            .reference("visitId", \.visitId, "visit_id", find: { id, _, _ in id }).stated(.never),
            .recordedBy(\.recordedBy),
            .computed("isLate", .boolean, isAlways: true) { view in
                ListColumn(
                    "isLate",
                    """
                    CASE WHEN coalesce(r.answered_on, (SELECT h.ended_on FROM household h
                        WHERE h.household_number = r.household_number), \(view.daySQL)) > r.due_on THEN 1 ELSE 0 END
                    """, .boolean)
            },
            overdue,
            .computed("daysOpen", .integer(0...100_000)) { view in
                ListColumn(
                    "daysOpen", "CASE WHEN \(EndedNeeds.isAwaited("r")) THEN r.voiced_on END", .daysPast(view.day))
            },
        ], settle: settle)

    /// Open and past its day.
    private static var overdue: RecordField<Need> {
        @Sendable func isOverdue(_ day: String) -> String { "(\(EndedNeeds.isAwaited("r")) AND r.due_on < \(day))" }
        return RecordField.computed("isOverdue", .boolean, isAlways: true) { view in
            ListColumn("isOverdue", isOverdue(view.daySQL), .boolean)
        }.filtered(
            RecordFilter(name: "isOverdue", schema: .boolean) { query, _, today in
                guard let asked = query.boolean("isOverdue") else { return nil }
                return { conditions in
                    conditions.add("\(asked ? "" : "NOT ")\(isOverdue(conditions.bind(today)))")
                }
            })
    }

    // MARK: Rules

    /// A new need gets the day by which it must be answered; a closed need has an answer and a day, and a reopened one
    /// has neither.
    @Sendable
    private static func settle(_ draft: inout RecordDraft<Need>, _ context: RecordContext) throws {
        guard let before = draft.before else {
            try EndedNeeds.check(draft.state, context.connection)
            let days = try answerDays(in: draft.state.subject.village, on: draft.state.voicedOn, context.connection)
            draft.state.dueOn = draft.state.voicedOn.adding(days: days)
            return
        }
        var need = draft.state
        var errors: [FieldError] = []
        if need.stage.isEnd {
            need.answeredOn = need.answeredOn ?? context.today
            if need.answer == nil {
                errors.report("/answer", .required, zh: "办结时要填写答复", en: "an answer is needed")
            }
            if let day = need.answeredOn, day < need.voicedOn || day > context.today {
                errors.report(
                    "/answeredOn", .impossibleDay, zh: "应在提出日期与今天之间",
                    en: "must be between the day on which it was voiced and today")
            }
            if need != before { need.answeredBy = context.userId }
        } else {
            if need.answer != nil && need.answer != before.answer { errors.report("/answer", .notAnswered) }
            if need.answeredOn != nil && need.answeredOn != before.answeredOn {
                errors.report("/answeredOn", .notAnswered)
            }
            (need.answer, need.answeredOn, need.answeredBy) = (nil, nil, nil)
        }
        if !errors.isEmpty { throw InvalidBody(errors: errors) }
        draft.state = need
    }

    /// The number of days within which a need of a village must be answered; without the parameter, it must be answered
    /// on the same day.
    private static func answerDays(
        in village: Identifier, on day: CivilDate, _ connection: Connection
    ) throws -> Int {
        let chain = try AreaChain.of(DivisionStore.find(village, connection), connection)
        let rows = try ParameterResolution.rows([ParameterKey.needAnswerDays], in: chain, on: day, connection)
        return rows[ParameterKey.needAnswerDays]?.first.flatMap { ParameterValue(stored: $0.value)?.number } ?? 0
    }
}

/// What somebody needs, as recorded with a visit.
struct VoicedNeed: Sendable {
    var id: Identifier
    /// A code of `need-kind`.
    let kind: String
    let text: String

    /// Errors are recorded in the reader.
    init(_ body: inout ObjectReader, id: Identifier, _ codes: CodeLists, on days: FactDays) {
        self.id = id
        kind = body.value("kind", placeholder: "") { text throws(FieldError) in
            try codes.check(text, in: .needKind, on: days)
        }
        text = body.string("text", characters: Need.textCharacters, .lines)
    }

    /// Writes it as a need.
    ///
    /// - Parameters:
    ///   - place: of the subject.
    ///   - contentHash: keyed hash of what made it.
    func create(
        of subject: RecordSubject, at place: Int64, on day: CivilDate, visit: Identifier, recordedBy: Identifier?,
        contentHash: [UInt8], _ transaction: Transaction
    ) throws {
        var need = Need()
        need.subject = subject
        need.kind = kind
        need.text = text
        need.channel = Need.visitChannel
        need.voicedOn = day
        need.visitId = visit
        need.recordedBy = recordedBy
        var draft = RecordDraft(id: id, before: nil, state: need, place: place)
        try Need.record.settle(&draft, RecordContext(.everything, transaction))
        try Need.record.create(draft, from: day, contentHash: contentHash, transaction)
    }
}
