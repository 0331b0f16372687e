// Requests that wait for a change, without a thread for each: they are kept here as values, and looked at again on one
// queue after the writer has committed.
//
// A thousand parked readers must not use up a core while there are many writes. Commits are combined: a wake reads what
// is new once for everybody and compares places in memory, so that a reader whom none of it concerns costs about a
// microsecond and no statement. After a wake the next one waits nine times as long as this one took, at least 10 ms and
// at most a second, so that waking takes about a tenth of a core. Time-outs and the end of the service need no database
// at all.

import Dispatch
import HTTP1
import SQL
import Synchronization

/// A request that may have no answer yet.
package protocol ParkableQuestion: Sendable {
    /// Seconds that its client is willing to wait; 0 wants an answer at once.
    var seconds: Int { get }
    /// How far the feed has been read; nil before the first read.
    var reached: ChangePlace? { get }
    /// The answer according to the snapshot; nil if there is nothing new.
    func look(_ caller: Caller, _ connection: Connection) throws -> Response?
    /// The answer that there is nothing new up to the place reached. It needs no database.
    func nothing() -> Response
    /// Moves past changes that do not concern it; returns false, and stays where it was, if they may.
    func passes(_ news: ChangeNews) -> Bool
}

/// A waiting request and the means to answer it.
struct ParkedRequest: Sendable {
    let question: any ParkableQuestion
    /// Looks again, and answers if there is something new or something is wrong; true if it answered.
    let look: @Sendable (Connection) -> Bool
    /// Sends the answer.
    let respond: @Sendable (Response) -> Void
}

final class Parking: Sendable {
    /// The most parked requests; each takes a connection and about a kilobyte.
    static let requestsMax = 1_000
    private static let pauseNanosecondsMin: UInt64 = 10_000_000
    private static let pauseNanosecondsMax: UInt64 = 1_000_000_000

    private struct Place {
        let request: ParkedRequest
        /// Nanoseconds of the monotonic clock.
        let deadline: UInt64
    }

    private struct State {
        var places: [UInt64: Place] = [:]
        var lastNumber: UInt64 = 0
        var isDraining = false
        var isWakeScheduled = false
        var nextWakeAt: UInt64 = 0
        /// When the next look at deadlines is due; `UInt64.max` for none.
        var timerAt = UInt64.max
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "parking")
    private let connection: Connection
    private let writer: Writer

    /// Opens a reader of its own, and listens to the writer.
    ///
    /// - Throws: `SQLError`.
    init(_ database: Database) throws {
        connection = try database.makeReader()
        writer = database.writer
        writer.observeCommits { [weak self] in self?.scheduleWake() }
    }

    /// How many are parked now.
    var count: Int { state.withLock { $0.places.count } }

    /// Keeps a request until there is something new, its time is up, or the service ends.
    ///
    /// - Parameter counter: the writer's count of commits, read before the request was looked at.
    /// - Returns: the number by which it can be removed; nil if there is no place, so that it must be answered at once.
    func park(_ request: ParkedRequest, since counter: UInt64) -> UInt64? {
        let deadline = DispatchTime.now().uptimeNanoseconds + UInt64(request.question.seconds) * 1_000_000_000
        let (number, mustSetTimer): (UInt64?, Bool) = state.withLock { state in
            guard !state.isDraining, state.places.count < Self.requestsMax else { return (nil, false) }
            state.lastNumber += 1
            state.places[state.lastNumber] = Place(request: request, deadline: deadline)
            guard deadline < state.timerAt else { return (state.lastNumber, false) }
            state.timerAt = deadline
            return (state.lastNumber, true)
        }
        if mustSetTimer { setTimer(deadline) }
        // A commit between the query and this moment has woken nobody.
        if number != nil, writer.changeCounter != counter { scheduleWake() }
        return number
    }

    /// Ends the wait of a request whose client has left. It is still answered, because the client may only have closed
    /// its sending side.
    func leave(_ number: UInt64) {
        guard let place = remove(number) else { return }
        place.request.respond(place.request.question.nothing())
    }

    /// Answers everybody at once, and parks nobody from now on.
    func drain() {
        let places = state.withLock { state in
            state.isDraining = true
            defer { state.places = [:] }
            return state.places
        }
        for place in places.values { place.request.respond(place.request.question.nothing()) }
    }

    private func remove(_ number: UInt64) -> Place? { state.withLock { $0.places.removeValue(forKey: number) } }

    // MARK: Waking

    /// Called by the writer after each commit; many commits cause one wake.
    private func scheduleWake() {
        let at: UInt64? = state.withLock { state in
            guard !state.isWakeScheduled, !state.places.isEmpty else { return nil }
            state.isWakeScheduled = true
            return state.nextWakeAt
        }
        guard let at else { return }
        queue.asyncAfter(deadline: DispatchTime(uptimeNanoseconds: max(at, 1))) { [weak self] in self?.wake() }
    }

    private func wake() {
        let began = DispatchTime.now().uptimeNanoseconds
        let places = state.withLock { state in
            state.isWakeScheduled = false
            return state.places
        }
        // A failed read leaves everybody parked; the next commit or the time-out will come anyway.
        try? lookAgain(places)
        let now = DispatchTime.now().uptimeNanoseconds
        let pause = min(max((now - began) * 9, Self.pauseNanosecondsMin), Self.pauseNanosecondsMax)
        state.withLock { $0.nextWakeAt = now + pause }
    }

    /// Every look uses a snapshot of its own, because pages for many readers must not hold one for long.
    private func lookAgain(_ places: [UInt64: Place]) throws {
        let reached = places.values.compactMap(\.request.question.reached).min { $0.sequence < $1.sequence }
        guard let reached else { return }
        let news = try connection.transaction(.deferred) { try ChangeNews(after: reached, connection) }
        for (number, place) in places where !place.request.question.passes(news) {
            if try connection.transaction(.deferred, { place.request.look(connection) }) { _ = remove(number) }
        }
    }

    // MARK: Time-outs

    private func setTimer(_ deadline: UInt64) {
        queue.asyncAfter(deadline: DispatchTime(uptimeNanoseconds: deadline)) { [weak self] in self?.expire() }
    }

    private func expire() {
        let now = DispatchTime.now().uptimeNanoseconds
        let (expired, next): ([Place], UInt64?) = state.withLock { state in
            // A timer of an earlier deadline is set; nothing is due before it.
            guard state.timerAt <= now else { return ([], nil) }
            let expired = state.places.filter { $0.value.deadline <= now }
            for number in expired.keys { state.places[number] = nil }
            let next = state.places.values.map(\.deadline).min()
            state.timerAt = next ?? .max
            return (Array(expired.values), next)
        }
        if let next { setTimer(next) }
        for place in expired { place.request.respond(place.request.question.nothing()) }
    }
}
