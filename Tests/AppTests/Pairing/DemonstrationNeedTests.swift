// The demonstration county as a county would want it: whoever is left without help is not so because somebody else, who
// was lifted long ago, has kept the helper (R041, R046).

import App
import Demonstration
import Testing

@testable import Domain
@testable import SQL
@testable import Service

@Suite("Need in the demonstration county")
struct DemonstrationNeedTests {
    @Test(
        "nobody who is not lifted is uncovered while the helper of one lifted longer ago than consolidation could serve"
    )
    func poorestFirst() throws {
        let folder = try Folder()
        let clock = ManualClock(County.start)
        let register = try Register(
            DataDirectory(path: folder.path), migrations: County.migrations, create: true,
            environment: clock.environment, composition: .jiedui, onFatal: { _ in })
        defer { register.close() }
        let plan = try DemonstrationPlan(
            households: 700, seed: 1, divisionsFile: nil, asOf: clock.now.shanghaiDate, visitsMonths: 1)
        _ = try plan.make(in: register) { _, _, _ in }
        let reader = try register.directory.reader()
        defer { reader.close() }
        let today = clock.now.shanghaiDate
        let able = """
            pairing p JOIN cadre_capacity c ON c.cadre_id = p.cadre_id AND c.quota > 0 AND c.valid_from <= $1
                AND (c.valid_to IS NULL OR c.valid_to > $1)
            """
        let holds = "p.first_on <= $1 AND (p.end_on IS NULL OR p.end_on > $1)"
        let uncovered = """
            household h WHERE NOT EXISTS (
                SELECT 1 FROM \(able) WHERE p.household_number = h.household_number AND \(holds))
            """
        func count(_ condition: String) throws -> Int {
            try reader.first("SELECT count(*) FROM \(uncovered) \(condition)", today) { $0.int(0) } ?? -1
        }
        let since = today.adding(months: -12)
        let servedInstead = """
            AND h.state <> 'lifted' AND EXISTS (SELECT 1 FROM division d
                JOIN cadre_capacity k ON k.division_id = d.id AND k.quota > 0 AND k.valid_from <= $1
                    AND (k.valid_to IS NULL OR k.valid_to > $1)
                JOIN pairing p ON p.cadre_id = k.cadre_id AND \(holds) AND p.is_pinned = 0
                JOIN household x ON x.household_number = p.household_number
                WHERE h.area_code BETWEEN d.area_code AND d.area_last AND x.state = 'lifted'
                    AND x.state_since <= '\(since)')
            """
        #expect(try count("AND h.state = 'lifted'") > 0)
        #expect(try count(servedInstead) == 0)
    }
}
