// Partnerships (R042, R043, R049, R053, R170): a helper and whom they help. Pairings of a cadre with a household are
// none: they have quotas, areas and a run. The two never change; triggers hold that they are partners once on any day.

import Domain
import SQL
import Web

struct Partnership: RecordState {
    /// A code of `partnership-kind`.
    var kind = ""
    /// Of a new one: who the two are is read where it is shown.
    var parties: PartnershipParties?
    var first = CivilDate.first
    /// The first day on which it no longer holds; the first day itself where it was taken back.
    var end: CivilDate?
    var reason: String?
    /// A code of `partnership-end-reason`.
    var endReason: String?
}

extension ProblemKind {
    static let partnershipExists = ProblemKind(
        "partnership-exists", status: 409, zh: "双方当日已结对", en: "The two are partners already on one of these days")
}

extension Partnership {
    static let record = Record<Partnership>(
        .partnership, table: "partnership", path: "/v1/partnerships",
        writers: .roles(.countyAdministrator, .townClerk), history: .corrected,
        fields: [
            .from(\.first, else: { $0.today }),
            .until(\.end, from: \.first),
            .code("kind", \.kind, "kind", .partnershipKind).stated(.atCreation),
            PartnershipParties.field,
            .optional("reason", \.reason, "reason", .words(1...200, .line)),
            .endReason(\.endReason, .partnershipEndReason, end: \.end),
            withdrawal,
            .computed("form", .named("PairingForm")) { view in
                // It hangs on others: how they were recorded at another time is not looked up.
                ListColumn("form", view.facts == "r" ? form(on: view.daySQL) : "NULL")
            },
        ],
        problem: { error, _, _, _ in
            guard case SQLError.trigger(ProblemKind.partnershipExists.slug) = error else { return nil }
            return Problem(.partnershipExists, at: "/from")
        })

    /// It was entered in error.
    private static var withdrawal: RecordField<Partnership> {
        var field = RecordField<Partnership>(name: "withdrawn").stated(.byChange)
        field.statedSchemas = [RecordMember(name: "withdrawn", schema: .boolean)]
        field.read = { body, _ in
            guard body.optionalBoolean("withdrawn") == true else { return nil }
            return { draft, _ in
                draft.state.end = draft.state.first
                draft.state.endReason = "entered-in-error"
            }
        }
        return field.ending { $0.end != nil }
    }

    /// One to one, one to many, many to one, many to many (R042): over the partnerships of the kind on the day. NULL
    /// where this one does not hold then.
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
