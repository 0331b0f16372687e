// What was answered is there after kill -9 (fault test D1), also while a backup is taken (D8), and a stop in order
// loses no request (N9).

import Foundation
import Synchronization
import Testing

@Suite(.serialized)
struct CrashTests {
    /// What the clients know: ids that were acknowledged, and ids whose answer never came.
    private final class Ledger: Sendable {
        struct State {
            var acknowledged: [String] = []
            var unknown: [String] = []
            var statuses: [Int: Int] = [:]
        }
        let state = Mutex(State())
    }

    /// Clients that create households until their connection ends, or until told to stop.
    private func load(
        _ served: ServedProcess, _ county: County, _ ledger: Ledger, clients: Int = 8,
        until stop: @escaping @Sendable () -> Bool
    ) -> DispatchGroup {
        let group = DispatchGroup()
        let port = served.port
        let token = county.token
        for _ in 0..<clients {
            let thread = Thread {
                defer { group.leave() }
                guard let client = try? Client(port: port, token: token) else { return }
                while !stop() {
                    let id = UUID().uuidString.lowercased()
                    do {
                        let answer = try client.send(
                            "PUT", "/v1/households/\(id)", body: County.household("c-" + id.prefix(30)))
                        ledger.state.withLock {
                            $0.statuses[answer.status, default: 0] += 1
                            if answer.status == 201 { $0.acknowledged.append(id) }
                        }
                        if answer.head.lowercased().contains("connection: close") { return }
                    } catch {
                        ledger.state.withLock { $0.unknown.append(id) }
                        return
                    }
                }
            }
            group.enter()
            thread.start()
        }
        return group
    }

    @Test("after kill -9 under load nothing acknowledged is missing and nothing is there twice, 20 rounds")
    func killed() throws {
        let county = try County()
        let ledger = Ledger()
        let rounds = ProcessInfo.processInfo.environment["JIEDUI_CRASH_ROUNDS"].flatMap { Int($0) } ?? 20
        for round in 0..<rounds {
            let served = try ServedProcess(data: county.data)
            #expect(served.startSeconds < 5, "round \(round) was ready after \(served.startSeconds) s")
            let group = load(served, county, ledger, until: { false })
            usleep(UInt32.random(in: 50_000...400_000))
            served.kill()
            group.wait()
        }
        let served = try ServedProcess(data: county.data)
        let client = try Client(port: served.port, token: county.token)
        let (acknowledged, unknown) = ledger.state.withLock { ($0.acknowledged, $0.unknown) }
        #expect(acknowledged.count > rounds, "the load reached the writer")
        for id in acknowledged {
            #expect(try client.send("GET", "/v1/households/\(id)").status == 200, "\(id) was acknowledged and is lost")
        }
        for id in unknown {
            let body = County.household("c-" + id.prefix(30))
            let first = try client.send("PUT", "/v1/households/\(id)", body: body).status
            #expect(first == 200 || first == 201)
            #expect(try client.send("PUT", "/v1/households/\(id)", body: body).status == 200)
        }
        let total = try client.send("GET", "/v1/households?limit=1&count=true").json?["total"] as? Int
        #expect(ledger.state.withLock { $0.statuses.keys.allSatisfy { $0 == 201 } })
        #expect(total == 20 + acknowledged.count + unknown.count)
        served.kill()
        let check = try Program.run(["check", "--data", county.data])
        #expect(check.status == 0, "\(check.output)")
    }

    @Test("a backup taken under load is whole and holds everything acknowledged before it began")
    func backedUp() throws {
        let county = try County(households: 200)
        let ledger = Ledger()
        let served = try ServedProcess(data: county.data)
        let isDone = Atomic<Bool>(false)
        try withExtendedLifetime(isDone) {
            let group = load(served, county, ledger, clients: 4, until: { isDone.load(ordering: .acquiring) })
            for number in 0..<5 {
                let before = ledger.state.withLock { $0.acknowledged }
                let file = county.directory.path + "/backup-\(number).sqlite"
                let backup = try Program.run(["backup", "--data", county.data, file])
                #expect(backup.status == 0, "\(backup.errors)")
                let sequence = backup.output.split(separator: " ").last.flatMap {
                    Int($0.trimmingCharacters(in: .newlines))
                }
                #expect(sequence != nil)
                let copy = county.directory.path + "/restored-\(number)"
                try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
                try FileManager.default.copyItem(atPath: county.data + "/key", toPath: copy + "/key")
                let restored = try Program.run(["restore", "--data", copy, file])
                #expect(restored.status == 0, "\(restored.errors)")
                #expect(restored.output.contains("change sequence \(sequence ?? -1)"))
                let other = try ServedProcess(data: copy)
                let client = try Client(port: other.port, token: county.token)
                for id in before {
                    #expect(try client.send("GET", "/v1/households/\(id)").status == 200)
                }
                other.kill()
            }
            isDone.store(true, ordering: .releasing)
            group.wait()
        }
        #expect(served.terminate() == 0)
    }

    @Test("SIGTERM under load answers what was sent, and ends with 0 within 10 seconds")
    func stopped() throws {
        let county = try County()
        let rounds = ProcessInfo.processInfo.environment["JIEDUI_STOP_ROUNDS"].flatMap { Int($0) } ?? 5
        for _ in 0..<rounds {
            let ledger = Ledger()
            let served = try ServedProcess(data: county.data)
            let group = load(served, county, ledger, until: { false })
            usleep(200_000)
            let begin = DispatchTime.now().uptimeNanoseconds
            #expect(served.terminate() == 0)
            #expect(Double(DispatchTime.now().uptimeNanoseconds - begin) / 1e9 < 10)
            group.wait()
            let state = ledger.state.withLock { $0 }
            #expect(state.statuses.keys.allSatisfy { $0 == 201 }, "\(state.statuses)")
            #expect(state.unknown.isEmpty, "\(state.unknown.count) requests that were sent whole had no answer")
        }
    }
}
