// The state machine with a manual clock: what each deadline does, and what keeps a connection open.

import Testing

@testable import HTTP1

private let times = TimeLimits(Limits())
private let second: Int64 = 1_000

@Suite("A connection's state")
struct ConnectionStateTests {
    @Test("a new connection that says nothing is closed silently after the head time")
    func silentNewcomer() {
        let state = ConnectionState(now: 0)
        #expect(state.wantsBytes)
        #expect(state.expire(now: 10 * second - 1, times) == .none)
        #expect(state.expire(now: 10 * second, times) == .close)
    }

    @Test("a head that is not finished in time is 408, however often bytes come")
    func slowHead() {
        var state = ConnectionState(now: 0)
        for tick in 5..<14 { state.headBytesArrived(now: Int64(tick) * second) }
        #expect(state.expire(now: 15 * second - 1, times) == .none)
        #expect(state.expire(now: 15 * second, times) == .refuse(status: 408))
    }

    @Test("an idle connection is closed silently after the keep-alive time")
    func idle() {
        var state = ConnectionState(now: 0)
        state.headCompleted(clientPersists: true, now: 0)
        state.requestCompleted(now: 0)
        #expect(!state.wantsBytes)
        #expect(state.persists(now: 0, times))
        state.answered(persists: true, bodyIsUnread: false, now: second)
        #expect(state.phase == .waiting)
        #expect(state.expire(now: 76 * second - 1, times) == .none)
        #expect(state.expire(now: 76 * second, times) == .close)
    }

    @Test("a body must keep its rate after the grace", arguments: [(0, 10), (499, 10), (5_000, 20), (50_000, 110)])
    func bodyRate(_ bytes: Int, _ deadlineSeconds: Int) {
        var state = ConnectionState(now: 0)
        state.headCompleted(clientPersists: true, now: 0)
        state.bodyBegan(hasTotal: true, now: 0)
        state.bodyBytesArrived(bytes)
        #expect(state.deadline(times) / second == Int64(deadlineSeconds))
        #expect(state.expire(now: state.deadline(times) - 1, times) == .none)
        #expect(state.expire(now: state.deadline(times), times) == .refuse(status: 408))
    }

    @Test("a collected body has a total time, a spooled one only its rate")
    func bodyTotal() {
        for hasTotal in [true, false] {
            var state = ConnectionState(now: 0)
            state.headCompleted(clientPersists: true, now: 0)
            state.bodyBegan(hasTotal: hasTotal, now: 0)
            state.bodyBytesArrived(10_000_000)
            #expect((state.expire(now: 120 * second, times) == .refuse(status: 408)) == hasTotal)
        }
    }

    @Test("an answer that never comes closes the connection")
    func unanswered() {
        var state = ConnectionState(now: 0)
        state.headCompleted(clientPersists: true, now: 0)
        state.requestCompleted(now: 0)
        #expect(state.expire(now: 900 * second - 1, times) == .none)
        #expect(state.expire(now: 900 * second, times) == .close)
    }

    @Test("a client that does not read is closed when nothing moved for the write time, and is not read meanwhile")
    func writeStall() {
        var state = ConnectionState(now: 0)
        state.headCompleted(clientPersists: true, now: 0)
        state.requestCompleted(now: 0)
        state.answered(persists: true, bodyIsUnread: false, now: 0)
        state.outputBlocked(now: 0)
        #expect(!state.wantsBytes)
        state.outputProgressed(now: 20 * second)
        state.outputBlocked(now: 25 * second)
        #expect(state.expire(now: 50 * second - 1, times) == .none)
        #expect(state.expire(now: 50 * second, times) == .close)
        state.outputFlushed(now: 45 * second)
        #expect(state.wantsBytes)
        #expect(state.deadline(times) == 120 * second)
    }

    @Test("persistence ends with the client's wish, the count, the age, and draining")
    func persistence() {
        var state = ConnectionState(now: 0)
        state.headCompleted(clientPersists: false, now: 0)
        #expect(!state.persists(now: 0, times))
        state.headCompleted(clientPersists: true, now: 0)
        #expect(state.persists(now: 3_600 * second - 1, times))
        #expect(!state.persists(now: 3_600 * second, times))
        for _ in 2..<9_999 { state.headCompleted(clientPersists: true, now: 0) }
        #expect(state.persists(now: 0, times))
        state.headCompleted(clientPersists: true, now: 0)
        #expect(!state.persists(now: 0, times))
    }

    @Test("a last answer leads over finishing to lingering, which ends by time and by size")
    func lingering() {
        var state = ConnectionState(now: 0)
        state.headCompleted(clientPersists: false, now: 0)
        state.answered(persists: false, bodyIsUnread: true, now: 0)
        #expect(state.phase == .finishing)
        #expect(!state.wantsBytes)
        state.lingerBegan(now: 0)
        #expect(state.wantsBytes)
        #expect(state.expire(now: 5 * second, times) == .close)
        let isTooMuch = state.lingerBytesArrived(times.lingerBytesMax, times)
        #expect(!isTooMuch)
        let isTooMuchNow = state.lingerBytesArrived(1, times)
        #expect(isTooMuchNow)
    }

    @Test("the body of a refused request is thrown away, then the next request is waited for")
    func discarding() {
        var state = ConnectionState(now: 0)
        state.headCompleted(clientPersists: true, now: 0)
        state.answered(persists: true, bodyIsUnread: true, now: 0)
        #expect(state.phase == .discarding)
        #expect(state.expire(now: 10 * second, times) == .close)
        state.discardCompleted(now: second)
        #expect(state.phase == .waiting)
    }

    @Test("draining ends idle connections at once, and gives newcomers and clients at work a second")
    func draining() {
        var newcomer = ConnectionState(now: 0)
        let endsNewcomer = newcomer.drain(now: 0)
        #expect(!endsNewcomer)
        #expect(newcomer.deadline(times) == second)
        var idle = ConnectionState(now: 0)
        idle.headCompleted(clientPersists: true, now: 0)
        idle.answered(persists: true, bodyIsUnread: false, now: 0)
        var atWork = idle
        let endsAtWork = atWork.drain(now: second - 1)
        #expect(!endsAtWork)
        #expect(atWork.deadline(times) == 2 * second - 1)
        let endsIdle = idle.drain(now: second)
        #expect(endsIdle)
        var busy = ConnectionState(now: 0)
        busy.headCompleted(clientPersists: true, now: 0)
        busy.requestCompleted(now: 0)
        let endsBusy = busy.drain(now: 0)
        #expect(!endsBusy)
        #expect(!busy.persists(now: 0, times))
    }

    @Test("the wheel hands every entry out once, not before its time and at most a tick late")
    func wheel() {
        var wheel = DeadlineWheel(now: 1_000)
        let deadlines: [Int64] = [1_001, 1_250, 1_251, 9_999, 120_000, 128_700, 500_000]
        var waiting: [CInt: Int64] = [:]
        for (index, deadline) in deadlines.enumerated() {
            wheel.add(CInt(index), 1, at: wheel.tick(for: deadline))
            waiting[CInt(index)] = deadline
        }
        var now: Int64 = 1_000
        while !waiting.isEmpty, now < 1_000_000 {
            now += 100
            for entry in wheel.advance(to: now) {
                guard let deadline = waiting[entry.descriptor] else { Issue.record("handed out twice"); continue }
                if now < deadline {
                    // Beyond the ring: looked at early, and put in again.
                    #expect(deadline > 128_000)
                    wheel.add(entry.descriptor, 1, at: wheel.tick(for: deadline))
                } else {
                    #expect(now - deadline <= DeadlineWheel.tickMilliseconds + 100)
                    waiting[entry.descriptor] = nil
                }
            }
        }
        #expect(waiting.isEmpty)
        #expect(wheel.count == 0)
    }

    @Test("a loop that slept longer than the ring still finds every entry")
    func wheelAfterALongSleep() {
        var wheel = DeadlineWheel(now: 0)
        for index in 0..<500 { wheel.add(CInt(index), 1, at: wheel.tick(for: Int64(index) * 250)) }
        let found = wheel.advance(to: 10_000_000)
        #expect(found.count == 500)
    }
}
