// The fields of a record that itself says on which days it holds: the first day, and the first day on which it no
// longer holds.

import Domain
import SQL
import Web

extension RecordField {
    /// The day from which the record holds. The codes of a new record must hold on it, so it is read before them.
    ///
    /// - Parameter standard: as for any required value.
    package static func from(
        _ path: Path<CivilDate>, else standard: (@Sendable (RecordReading) -> CivilDate)? = nil
    ) -> RecordField {
        var field = required("from", path, "first_on", .day, else: standard)
        let said = field.read
        field.read = { body, reading in
            guard reading.isWhole else { return said(&body, &reading) }
            guard let day = RecordShape.day.whole(&body, "from", reading) ?? standard?(reading) else {
                if body.isSound("from") { body.report("from", .required) }
                return nil
            }
            reading.first = day
            reading.days = FactDays(since: day, today: reading.today)
            return { draft, _ in draft.state[keyPath: path] = day }
        }
        return field
    }

    /// The first day on which the record no longer holds, which is after its first. It must be declared after `from`.
    package static func until(_ path: Path<CivilDate?>, from first: Path<CivilDate>) -> RecordField {
        var field = optional("to", path, "end_on", .day)
        field.read = { body, reading in
            let change =
                reading.isWhole
                ? RecordShape.day.whole(&body, "to", reading).map { .set($0) } ?? .keep
                : RecordShape.day.change(&body, "to", true, reading)
            if case .set(let end) = change, let day = reading.first, end <= day {
                body.report("to", .endsBeforeItBegins)
            }
            return { draft, _ in
                draft.state[keyPath: path] = change.applied(to: draft.state[keyPath: path])
                let (day, end, before) = (draft.state[keyPath: first], draft.state[keyPath: path], draft.before)
                guard let end, end <= day, end != before?[keyPath: path] || day != before?[keyPath: first] else {
                    return
                }
                throw Problem.field("/to", .endsBeforeItBegins)
            }
        }
        return field
    }
}
