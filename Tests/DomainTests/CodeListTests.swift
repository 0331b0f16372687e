import Domain
import Foundation
import Testing

@Suite struct CodeListTests {
    private let list = CodeList(
        key: "household-attribute", chinese: "贫困户属性", english: "Household attribute",
        values: [
            CodeValue(code: "general", chinese: "一般贫困户", english: "General"),
            CodeValue(
                code: "five-guarantees", chinese: "五保户", english: "Five guarantees", validTo: CivilDate("2016-02-10")),
            CodeValue(
                code: "destitute-support", chinese: "特困供养户", english: "Destitute support",
                validFrom: CivilDate("2016-02-10")),
            CodeValue(code: "within-town", chinese: "乡(镇)内", english: "Within the town"),
        ],
        aliases: [("一般户", "general"), ("五保户", "general"), ("无此码", "nowhere")])

    @Test("a label is understood in other spellings, brackets and spaces")
    func labels() throws {
        let day = try #require(CivilDate("2015-01-01"))
        #expect(list.code(forLabel: "一般贫困户", on: day) == "general")
        #expect(list.code(forLabel: " 一般户\u{3000}", on: day) == "general")
        #expect(list.code(forLabel: "乡（镇）内", on: day) == "within-town")
        #expect(list.code(forLabel: "general", on: day) == "general")
        #expect(list.code(forLabel: "五保户", on: day) == "five-guarantees", "an alias never hides a label")
        for unknown in ["", "贫困", "无此码", "GENERAL"] {
            #expect(list.code(forLabel: unknown, on: day) == nil)
        }
    }

    @Test("a code past its end is good for the days before it, and a new one from its first day")
    func validity() throws {
        let last = try #require(CivilDate("2016-02-09"))
        let first = try #require(CivilDate("2016-02-10"))
        #expect(list.code(forLabel: "五保户", on: last) == "five-guarantees")
        #expect(list.code(forLabel: "五保户", on: first) == nil)
        #expect(list.code(forLabel: "特困供养户", on: last) == nil)
        #expect(list.code(forLabel: "特困供养户", on: first) == "destitute-support")
        #expect(list.value("five-guarantees")?.isValid(on: first) == false)
    }
}

/// The migration's text, read as rows of literals: the rules and the database must speak of the same codes.
enum CodeRows {
    static func load() throws -> [String: Set<String>] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appendingPathComponent("Migrations/0002_code_lists.sql"), encoding: .utf8)
        var values: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") {
            // A row of code_value is `('list', 'code', position, 'label', …`; in rows of the other tables no number stands.
            let parts = line.split(separator: "'", omittingEmptySubsequences: false)
            guard parts.count > 5, Int(parts[4].filter { $0 != "," && $0 != " " }) != nil else { continue }
            values[String(parts[1]), default: []].insert(String(parts[3]))
        }
        return values
    }
}

@Suite struct CodeRowsTests {
    @Test("every code that a rule names is a row of the database")
    func namedCodes() throws {
        let values = try CodeRows.load()
        #expect(Set(values.keys) == Set(HouseholdCodeList.allCases.map(\.rawValue)))
        let named: [(HouseholdCodeList, Set<String>)] = [
            (
                .relation,
                RelationCode.male.union(RelationCode.female).union([RelationCode.householder, RelationCode.spouse])
            ),
            (.cause, [CauseCode.illness, CauseCode.disability, CauseCode.schooling, CauseCode.lackOfLabour]),
            (.health, HealthCode.disabled.union(HealthCode.ill).union([HealthCode.healthy])),
            (
                .labourCapacity,
                LabourCapacityCode.full.union(LabourCapacityCode.absent).union([LabourCapacityCode.weak])
            ),
            (.householdLabour, [HouseholdLabourCode.none, HouseholdLabourCode.weak, HouseholdLabourCode.present]),
            (.schoolState, SchoolStateCode.senior.union([SchoolStateCode.notInSchool, SchoolStateCode.primary])),
            (.attribute, AttributeCode.supported), (.sex, Set(Sex.allCases.map(\.rawValue))),
            (
                .status,
                StatusCode.monitored.union([
                    StatusCode.registered, StatusCode.preparing, StatusCode.lifted, StatusCode.returned,
                ])
            ),
        ]
        for (list, codes) in named {
            #expect(codes.isSubset(of: values[list.rawValue] ?? []), "\(list.rawValue)")
        }
        #expect(values["ethnicity"]?.count == 57)
    }
}
