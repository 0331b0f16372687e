// Questions that wait for a change: woken by what they may see, by nothing else, and never left behind.

import Dispatch
import Glibc
import HTTP1
import Testing

@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("ParkableQuestion for a change", .timeLimit(.minutes(2)))
struct ParkingTests {
    private func end(_ county: County, _ person: Person) throws -> String {
        try required(county.as(person).get("/v1/changes?after=now").json["next"].string)
    }

    /// Blocks until so many questions are parked.
    private func wait(for count: Int, in county: County) {
        while county.application.parking.count != count { usleep(500) }
    }

    private func seconds(_ work: () throws -> Void) rethrows -> Double {
        let began = DispatchTime.now().uptimeNanoseconds
        try work()
        return Double(DispatchTime.now().uptimeNanoseconds - began) / 1e9
    }

    @Test("a change that the caller may see is answered at once, one that the caller may not see is not")
    func woken() throws {
        let county = try County()
        let places = try [Person.clerkA, .clerkB].map { try end(county, $0) }
        let answers = try Parallel.map(3) { index -> Answer in
            guard index < 2 else {
                wait(for: 2, in: county)
                try county.make(1, Sample.household("H1"))
                return try county.as(.administrator).get("/v1/changes?after=now")
            }
            let person = [Person.clerkA, .clerkB][index]
            return try county.as(person).get("/v1/changes?after=\(places[index])&wait=\(index == 0 ? 60 : 2)")
        }
        #expect(answers[0].items.map { $0["id"]?.string } == [Sample.id(1)])
        #expect(answers[1].status == 200)
        #expect(answers[1].items.isEmpty)
        // The other town's change was passed for them, so that this reader never looks at it again.
        let last = try required(
            county.query("SELECT max(sequence), max(at) FROM change") { row in
                ChangePlace(sequence: row.int64(0), at: row.int64(1))
            }.first)
        let clerk = try required(caller(county, .clerkB))
        let next = try required(answers[1].json["next"].string)
        #expect(try ChangeCursor.open(next, clerk, county.register.cursors) == last)
        #expect(county.application.parking.count == 0)
    }

    private func caller(_ county: County, _ person: Person) throws -> Caller? {
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        let token = try required(county.as(person).token)
        return try Caller.authenticate(token.utf8, at: county.clock.now, reader)
    }

    @Test("when the time is up there is nothing, and the place goes on from there")
    func timeOut() throws {
        let county = try County()
        let place = try end(county, .clerkA)
        var answer: Answer?
        let elapsed = try seconds { answer = try county.as(.clerkA).get("/v1/changes?after=\(place)&wait=1") }
        #expect(elapsed >= 1)
        #expect(elapsed < 10)
        #expect(answer?.status == 200)
        #expect(answer?.items.isEmpty == true)
        #expect(answer?.json["more"].boolean == false)
        try county.make(1, Sample.household("H1"))
        let next = try required(answer?.json["next"].string)
        let found = try county.as(.clerkA).get("/v1/changes?after=\(next)&wait=60")
        #expect(found.items.count == 1)
    }

    @Test("the end of the service answers everybody who waits, and parks nobody any more")
    func drained() throws {
        let county = try County()
        let tokens = try [Person.clerkA, .clerkB, .tabletA1].map { try county.as($0).token }
        let elapsed = try seconds {
            let answers = try Parallel.map(4) { index -> Answer in
                guard index < 3 else {
                    wait(for: 3, in: county)
                    county.application.beginDraining()
                    return try county.as(.administrator).get("/v1/changes?after=now&wait=60")
                }
                return try county.with(token: tokens[index]).get("/v1/changes?after=now&wait=60")
            }
            #expect(answers.allSatisfy { $0.status == 200 && $0.items.isEmpty && $0.json["next"].string != nil })
            #expect(answers[3]["retry-after"] != nil)
        }
        #expect(elapsed < 30)
    }

    @Test("whoever hangs up leaves no place behind")
    func peerGone() throws {
        let county = try County()
        let token = try required(county.as(.clerkA).token)
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(county.server.port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        #expect(connected == 0)
        let request = Array(
            "GET /v1/changes?after=now&wait=60 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n".utf8)
        #expect(send(descriptor, request, request.count, 0) == request.count)
        wait(for: 1, in: county)
        close(descriptor)
        wait(for: 0, in: county)
    }

    @Test("who lost their token or their range while waiting gets nothing of what came")
    func rightsLost() throws {
        let county = try County()
        let (lost, kept) = try (required(county.as(.clerkA).token), required(county.as(.clerkB).token))
        let answers = try Parallel.map(3) { index -> Answer in
            if index < 2 {
                return try county.with(token: [lost, kept][index]).get("/v1/changes?after=now&wait=60")
            }
            wait(for: 2, in: county)
            try county.register.perform { transaction in
                let token = try required(
                    transaction.connection.first("SELECT id FROM token WHERE hash = $1", Token.hash(lost.utf8)) {
                        try $0.identifier(0)
                    })
                try AccessStore.revoke(token, transaction)
            }
            try county.make(1, Sample.household("H1"))
            let merged = try county.as(.administrator).put(
                "/v1/divisions/\(Place.townB)/successor", ["successorCode": .string(Place.townA)])
            #expect(merged.status == 200)
            return try county.as(.administrator).get("/v1/changes?after=now")
        }
        #expect(answers[0].status == 401)
        #expect(answers[0].problem == "unauthenticated")
        #expect(answers[1].status == 410)
        #expect(answers[1].problem == "range-changed")
    }

    /// A question that nobody answers.
    private struct Silence: ParkableQuestion {
        let seconds = 60
        var reached: ChangePlace? { ChangePlace(sequence: 0, at: 0) }
        func look(_ caller: Caller, _ connection: Connection) throws -> Response? { nil }
        func nothing() -> Response { Response(status: 204) }
        func passes(_ news: ChangeNews) -> Bool { true }
    }

    @Test("places are bounded, and the engine waits longer for an answer than any question")
    func bounds() throws {
        let county = try County()
        let parking = county.application.parking
        let request = ParkedRequest(question: Silence(), look: { _ in false }, respond: { _ in })
        let counter = county.register.database.writer.changeCounter
        let numbers = (0..<Parking.requestsMax).map { _ in parking.park(request, since: counter) }
        #expect(numbers.allSatisfy { $0 != nil })
        #expect(parking.park(request, since: counter) == nil)
        let answer = try county.as(.administrator).get("/v1/changes?after=now&wait=60")
        #expect(answer.status == 200)
        #expect(answer["retry-after"] == "5")
        parking.leave(try required(numbers[0]))
        #expect(parking.count == Parking.requestsMax - 1)
        #expect(Limits().answerSeconds > 2 * Double(ChangeQuestion.waitMax))
    }
}
