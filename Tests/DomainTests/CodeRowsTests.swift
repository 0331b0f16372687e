// The code lists of the database hold every code that rules and the demonstration county use.

import Domain
import Foundation
import Testing

/// The migration's text, read as rows of literals: the rules and the database must speak of the same codes.
enum CodeRows {
    static func load() throws -> [String: Set<String>] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appendingPathComponent("Migrations/0002_code_lists.sql"), encoding: .utf8)
        var values: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") {
            // A row of code_value is `('list', 'code', position, 'label', …`; other tables hold no number.
            let parts = line.split(separator: "'", omittingEmptySubsequences: false)
            guard parts.count > 5, Int(parts[4].filter { $0 != "," && $0 != " " }) != nil else { continue }
            values[String(parts[1]), default: []].insert(String(parts[3]))
        }
        // Migration 0027 gives it another key.
        values["household-state"] = values.removeValue(forKey: "household-status")
        return values
    }
}

@Suite struct CodeRowsTests {
    @Test("every code that a rule names is a row of the database")
    func namedCodes() throws {
        let values = try CodeRows.load()
        let named: [(String, Set<String>)] = [
            (
                "relation",
                RelationCode.male.union(RelationCode.female).union([RelationCode.householder, RelationCode.spouse])
            ),
            ("poverty-cause", [CauseCode.illness, CauseCode.disability, CauseCode.schooling, CauseCode.lackOfLabour]),
            ("health", HealthCode.disabled.union(HealthCode.ill).union([HealthCode.healthy])),
            (
                "labour-capacity",
                LabourCapacityCode.full.union(LabourCapacityCode.absent).union([LabourCapacityCode.weak])
            ),
            ("household-labour", [HouseholdLabourCode.none, HouseholdLabourCode.weak, HouseholdLabourCode.present]),
            ("school-state", SchoolStateCode.senior.union([SchoolStateCode.notInSchool, SchoolStateCode.primary])),
            ("household-attribute", AttributeCode.supported), ("sex", Set(Sex.allCases.map(\.rawValue))),
            (
                "household-state",
                HouseholdStateCode.monitored.union([
                    HouseholdStateCode.registered, HouseholdStateCode.preparing, HouseholdStateCode.lifted,
                    HouseholdStateCode.returned,
                ])
            ),
        ]
        for (list, codes) in named {
            #expect(codes.isSubset(of: values[list] ?? []), "\(list)")
        }
        #expect(values["ethnicity"]?.count == 57)
    }
}
