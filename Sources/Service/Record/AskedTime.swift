// Past days and past knowledge, as reads ask for them.

import Domain
import Web

/// What a record is asked for as: a day as it was known at a time.
package struct ViewTime {
    package let day: CivilDate
    /// Milliseconds UTC; what was recorded later is not known.
    package let knownAt: Int64

    package init(day: CivilDate, knownAt: Int64) {
        self.day = day
        self.knownAt = knownAt
    }
}

/// The time that a read asks for.
package struct AskedTime {
    package let day: CivilDate?
    package let known: Instant?

    /// Reads `on` and `knownAt`, and finishes the query.
    package init(_ call: Call) throws {
        var query = Query(call.request.head.query)
        day = query.value("on", FieldText.date)
        known = query.value("knownAt", FieldText.instant)
        try query.finish()
    }

    /// Nil where the present is asked for.
    package func time(_ call: Call) -> ViewTime? {
        guard day != nil || known != nil else { return nil }
        return ViewTime(day: day ?? call.now.shanghaiDate, knownAt: known?.milliseconds ?? .max)
    }
}
