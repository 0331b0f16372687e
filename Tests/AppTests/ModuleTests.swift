// How the service is put together from its modules.

import SQL
import Synchronization
import Testing

@testable import App
@testable import Pairing
@testable import Service

@Suite struct ModuleTests {
    @Test("gatherers write after those whom they name")
    func gatherers() {
        let order = Composition.jiedui.gatherers
        for (position, gatherer) in order.enumerated() {
            for other in gatherer.after {
                #expect(order[..<position].contains { $0 == other }, "\(gatherer) writes before \(other)")
            }
        }
        #expect(order.count == Composition.jiedui.modules.flatMap(\.gatherers).count)
    }

    @Test("an entity is the last fixed part of the path of its record")
    func entities() throws {
        let routes = try County().application.router.routes
        for kind in Composition.jiedui.records {
            let name = kind.entity.rawValue
            #expect(
                routes.contains { $0.pattern.firstRange(of: "/\(name)/{") != nil || $0.pattern.hasSuffix("/\(name)") },
                "\(name)")
        }
        for name in PartnerEntity.allCases.map(\.rawValue) + RunEntity.allCases.map(\.rawValue) {
            #expect(routes.contains { $0.pattern.contains("/\(name)/{") }, "\(name)")
        }
    }

    @Test("a kind of record that lies somewhere has a table with its id and place, and columns for what it hangs on")
    func records() throws {
        let county = try County()
        for kind in Composition.jiedui.records {
            guard let table = kind.table else {
                #expect(kind.hangsOn.isEmpty, "\(kind.entity.rawValue) hangs on something, but lies nowhere")
                continue
            }
            let columns = ["id", "area_code"] + (kind.hasLevel ? ["level"] : []) + (kind.tellsMoves ? ["version"] : [])
            #expect(throws: Never.self) {
                try county.query("SELECT \(columns.joined(separator: ", ")) FROM \(table) LIMIT 1") { _ in true }
            }
            for hanging in kind.hangsOn {
                let condition = try required(hanging.condition(.village)).replacing("$1", with: "1")
                #expect(throws: Never.self) {
                    try county.query("SELECT id FROM \(table) WHERE \(condition) LIMIT 1") { _ in true }
                }
            }
        }
        // Whatever has a place in the schema is known to some kind, so that nothing stays behind when a village moves.
        let placed = try county.query(
            """
            SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c ON c.name = 'area_code'
            WHERE m.type = 'table' AND m.name NOT LIKE '%\\_history' ESCAPE '\\' ORDER BY m.name
            """
        ) { $0.text(0) }
        let known = Set(Composition.jiedui.records.compactMap(\.table))
        // Divisions move by themselves; jobs and runs keep the range for which they were ordered.
        #expect(
            placed.filter { !known.contains($0) } == [
                "division", "export_job", "job", "pairing_proposal", "pairing_run", "pairing_run_part",
                "pairing_shortage", "pairing_zero_duty",
            ])
    }

    private struct Heard { let number: Int }
    private struct Other {}

    @Test("an event is heard by those who subscribe to its type, in the order of modules")
    func events() throws {
        let heard = Mutex<[String]>([])
        func subscription(_ name: String) -> Subscription {
            Subscription(to: Heard.self) { event, _ in heard.withLock { $0.append("\(name) \(event.number)") } }
        }
        let deaf = Subscription(to: Other.self) { _, _ in heard.withLock { $0.append("other") } }
        let folder = try Folder()
        let register = try Register(
            DataDirectory(path: folder.path + "/data"), migrations: County.migrations, create: true,
            composition: Composition([
                Module(name: "first", subscriptions: [subscription("first"), deaf]),
                Module(name: "second", subscriptions: [subscription("second")]),
            ]), onFatal: { _ in })
        defer { register.close() }
        try register.perform { try $0.publish(Heard(number: 7)) }
        #expect(heard.withLock { $0 } == ["first 7", "second 7"])
    }
}
