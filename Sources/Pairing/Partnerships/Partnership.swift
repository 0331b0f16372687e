// Partnerships (R042, R043, R049, R053, R170): a helper and whom they help. Pairings of a cadre with a household are
// not partnerships: they have quotas, areas and runs. The two partners never change, and triggers ensure that they have
// only one partnership on any day.

import Domain
import SQL
import Service
import Web

package struct Partnership: RecordState {
    /// A code of `partnership-kind`.
    package var kind = ""
    /// Of a new one: who the two are is read where it is shown.
    var parties: PartnershipParties?
    package var first = CivilDate.first
    /// The first day on which it no longer holds; equal to the first day if it was withdrawn.
    package var end: CivilDate?
    package var reason: String?
    /// A code of `partnership-end-reason`.
    package var endReason: String?

    package init() {}
}

extension ProblemKind {
    package static let partnershipExists = ProblemKind(
        "partnership-exists", status: 409, zh: "双方当日已结对", en: "The two are already partners on one of these days")
}

extension Partnership {
    package static let record = Record<Partnership>(
        .partnership, table: "partnership", path: "/v1/partnerships",
        writers: .roles(.countyAdministrator, .townClerk), history: .corrected,
        fields: [
            .from(\.first, else: { $0.today }),
            .until(\.end, from: \.first),
            .code("kind", \.kind, "kind", .partnershipKind).stated(.atCreation),
            PartnershipParties.field,
            .optional("reason", \.reason, "reason", .words(1...200, .line)),
            endReason,
            .takingBack(where: { $0.end == $0.first }) { partnership in
                partnership.end = partnership.first
                partnership.endReason = "entered-in-error"
            }.ending { $0.end != nil },
            .computed("form", .named("PairingForm")) { view in
                // It depends on other partnerships, and how these were recorded at another time is not looked up.
                ListColumn("form", view.facts == "r" ? form(on: view.daySQL) : "NULL")
            },
        ],
        problem: { error, _, _, _ in
            switch error {
            case SQLError.trigger(ProblemKind.partnershipExists.slug): Problem(.partnershipExists, at: "/from")
            case SQLError.trigger(ProblemKind.householdEnded.slug): Problem(.householdEnded, at: "/to")
            default: nil
            }
        })

    /// Stated together with the end, which needs it unless it is stated at once.
    private static var endReason: RecordField<Partnership> {
        var field = RecordField<Partnership>.optional(
            "endReason", \.endReason, "end_reason", .code(.partnershipEndReason))
        let said = field.read
        field.read = { body, reading in
            let edit = said(&body, &reading)
            let alone = FieldError(pointer: "/endReason", .standsAlone, zh: "没有填写结束日期", en: "there is no end date")
            if reading.isWhole, edit != nil, body.member("to")?.isNull ?? true { body.report("", alone) }
            return { draft, context in
                let end = draft.state.end
                if end == nil { draft.state.endReason = nil }
                try edit?(&draft, context)
                if end == nil && draft.state.endReason != nil { throw InvalidBody(errors: [alone]) }
                guard let before = draft.before, end != nil, end != before.end, draft.state.endReason == nil else {
                    return
                }
                throw Problem.field("/endReason", .required)
            }
        }
        return field
    }

    /// One to one, one to many, many to one, many to many (R042): judged by the partnerships of the kind on the day.
    /// NULL if this one does not hold then.
    private static func form(on day: String) -> String {
        func isShared(_ key: String) -> String {
            """
            EXISTS (SELECT 1 FROM partnership q WHERE q.\(key) = r.\(key) AND q.kind = r.kind AND q.id <> r.id
                AND \(DayInterval.holds("q", on: day)))
            """
        }
        return """
            CASE WHEN \(DayInterval.holds("r", on: day)) THEN
                CASE WHEN \(isShared("target_key")) THEN 'many' ELSE 'one' END || '-to-'
                || CASE WHEN \(isShared("helper_key")) THEN 'many' ELSE 'one' END END
            """
    }

    /// SQL for the key of a household as a target.
    static func targetKey(householdNumber: String) -> String { "CAST(CAST(\(householdNumber) AS TEXT) AS BLOB)" }
}
