// Past days and past knowledge, as reads ask for them.

import Domain
import Web

/// What a record is asked for as: a day as it was known at a time.
struct ViewTime {
    let day: CivilDate
    /// Milliseconds UTC; what was recorded later is not known.
    let knownAt: Int64
}

/// The time that a read asks for.
struct AskedTime {
    let day: CivilDate?
    let known: Instant?

    /// Reads `on` and `knownAt`, and finishes the query.
    init(_ call: Call) throws {
        var query = Query(call.request.head.query)
        day = query.value("on", FieldText.date)
        known = query.value("knownAt", FieldText.instant)
        try query.finish()
    }

    /// Nil where the present is asked for.
    func time(_ call: Call) -> ViewTime? {
        guard day != nil || known != nil else { return nil }
        return ViewTime(day: day ?? call.now.shanghaiDate, knownAt: known?.milliseconds ?? .max)
    }
}
