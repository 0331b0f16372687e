// Past days and past knowledge in the queries of reads.

import Domain
import Web

/// The state in which a record is requested: on a day, as known at a time.
package struct ViewTime {
    package let day: CivilDate
    /// Milliseconds UTC; what was recorded later is left out.
    package let knownAt: Int64

    package init(day: CivilDate, knownAt: Int64) {
        self.day = day
        self.knownAt = knownAt
    }
}

/// The time for which a read asks.
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

    /// Nil if the present is asked for.
    package func time(_ call: Call) -> ViewTime? {
        guard day != nil || known != nil else { return nil }
        return ViewTime(day: day ?? call.now.shanghaiDate, knownAt: known?.milliseconds ?? .max)
    }
}
