// The fields of a record that says itself on which days it holds: the first, the first on which it no longer does, and
// why it ended.

import Domain
import SQL
import Web

extension RecordField {
    /// The day from which the record holds, on which the codes of a new one must; it is read before them.
    ///
    /// - Parameter standard: as of any value that must be there.
    static func from(
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

    /// The first day on which the record no longer holds, which is after its first. It is stated after `from`.
    static func until(_ path: Path<CivilDate?>, from first: Path<CivilDate>) -> RecordField {
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

    /// Why the record ended: stated with its end, which needs it where it is not stated at once. It stands after
    /// `until`.
    static func endReason(_ path: Path<String?>, _ list: CodeListKey, end: Path<CivilDate?>) -> RecordField {
        var field = optional("endReason", path, "end_reason", .code(list))
        let said = field.read
        field.read = { body, reading in
            let edit = said(&body, &reading)
            let alone = FieldError(pointer: "/endReason", .standsAlone, zh: "没有结束日期", en: "there is no end")
            if reading.isWhole, edit != nil, body.member("to")?.isNull ?? true { body.report("", alone) }
            return { draft, context in
                let day = draft.state[keyPath: end]
                if day == nil { draft.state[keyPath: path] = nil }
                try edit?(&draft, context)
                if day == nil && draft.state[keyPath: path] != nil { throw InvalidBody(errors: [alone]) }
                if let before = draft.before, day != nil, day != before[keyPath: end], draft.state[keyPath: path] == nil
                {
                    throw Problem.field("/endReason", .required)
                }
            }
        }
        return field
    }
}
