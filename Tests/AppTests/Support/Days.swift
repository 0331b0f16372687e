// The days of a test's county: going on to another one, and what happens to its divisions on it.

@testable import App
@testable import Domain
@testable import Service

extension County {
    /// Lets days pass, and what is done on each new day be done.
    func go(to day: String) throws {
        clock.advance(days: Int64(try required(CivilDate(day)).days(since: clock.now.shanghaiDate)))
        application.housekeeping.look()
    }

    /// A division becomes part of another one.
    func merge(_ old: String, into new: String, on day: String? = nil) throws {
        let answer = try self.as(.administrator).put(
            "/v1/divisions/\(old)/successor",
            ["successorCode": .string(new), "effectiveOn": day.map { .string($0) } ?? .omitted])
        guard answer.status == 200 else { throw ClientError(action: answer.text, code: CInt(answer.status)) }
    }
}
