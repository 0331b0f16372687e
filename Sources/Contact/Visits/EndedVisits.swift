// Nobody is visited who is no household any more: a visit dated on the day of a household's end or later is refused.
// One that was recorded before the end was told stays as it is, and whoever tells the end is told of it.

import Archive
import Domain
import SQL
import Service
import Web

enum EndedVisits {
    /// What is wrong with a visit on a day, where its household had ended by then. One that only takes back another
    /// says nothing of the day.
    static func error(_ draft: VisitDraft, of household: Int64, on day: CivilDate, _ connection: Connection) throws
        -> FieldError?
    {
        guard !draft.isRetraction,
            let end = try connection.first(
                "SELECT ended_on FROM household WHERE household_number = $1 AND ended_on <= $2", household, day,
                row: { try $0.date(0) })
        else { return nil }
        return FieldError(
            pointer: "/occurredAt", FieldCode(ProblemKind.householdEnded),
            detail: Message(
                zh: "该户已于 \(end) 销号，\(day) 不能走访：请改正走访时间，或先更正、撤回该户的销号",
                en: "the household ended on \(end) and cannot be visited on \(day): correct the time of the visit, or "
                    + "first correct the end of the household or take it back"))
    }

    /// Tells whoever ends a household which visits lie after its end.
    static let subscription = Subscription(to: HouseholdWritten.self) { event, transaction in
        guard let end = event.state.end?.day, event.before?.state.end?.day != end else { return }
        let days = try transaction.connection.query(
            """
            SELECT v.counted_on FROM visit v
            WHERE v.household_number = $1 AND v.counted_on >= $2 AND v.is_counted = 1
                AND NOT EXISTS (SELECT 1 FROM visit c WHERE c.corrects = v.id)
            ORDER BY v.counted_on
            """, event.number, end
        ) { $0.text(0) }
        guard let last = days.last else { return }
        let archiveNumber = event.state.archiveNumber
        let warning = FieldError(
            pointer: "/to", .visitsAfterEnd,
            detail: Message(
                zh: "户 \(archiveNumber)：\(days.count) 次走访在销号之日（\(end)）或其后，最晚 \(last)：请核对销号日期，或更正这些走访",
                en: "household \(archiveNumber): \(days.count) visits lie on the day of its end (\(end)) or later, the "
                    + "last on \(last): check the day of the end, or correct the visits"))
        transaction.endedWith.warn(warning, transaction)
    }
}
