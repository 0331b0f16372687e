// The trouble that real registers have (§2.6), put into a small share of invented households. Nothing here is refused:
// numbers that cannot be verified are kept as such, the rest is what rules warn about.

import Domain

enum DemonstrationDefects {
    static func spoil(
        _ members: inout [DemonstrationMember], _ causes: inout [String], asOf: CivilDate,
        _ generator: inout SeededGenerator
    ) {
        for index in members.indices {
            let age = members[index].birthDate.age(on: asOf)
            members[index].identityNumber = number(members[index].identityNumber, age: age, &generator)
            if age >= 60, generator.perMille(6) { members[index].labourCapacity = LabourCapacityCode.ordinary }
            if age < 16, generator.perMille(2) { members[index].labourCapacity = LabourCapacityCode.weak }
            if members[index].schoolState == SchoolStateCode.primary, generator.perMille(4) {
                members[index].education = "primary"
            }
            if members[index].workPlace != nil, generator.perMille(4) { members[index].workPlace = nil }
            if generator.perMille(1) { members[index].ethnicity = nil }
            if members[index].relation == "daughter", generator.perMille(1) { members[index].relation = "son" }
        }
        if generator.perMille(6) { causes = [Self.unfounded.pick(&generator)] }
    }

    /// Missing, with a wrong check digit, or of 15 digits: a few of a thousand each, and missing for many infants.
    private static func number(_ number: String?, age: Int, _ generator: inout SeededGenerator) -> String? {
        guard let number else { return nil }
        if generator.perMille(age == 0 ? 150 : 4) { return nil }
        if generator.perMille(3), number.count == 18 {
            // Never 0: after two zeros that would look like digits lost by a spreadsheet, which are refused.
            let last = number.last?.wholeNumberValue ?? 0
            return String(number.dropLast()) + String(last % 9 + 1)
        }
        if age >= 30, generator.perMille(4), number.count == 18, number.dropFirst(6).hasPrefix("19") {
            return String(number.prefix(6) + number.dropFirst(8).dropLast())
        }
        return number
    }

    /// Causes that are given without looking whether a member bears them out.
    private static let unfounded = Weighted([
        (CauseCode.illness, 5), (CauseCode.disability, 3), (CauseCode.schooling, 4),
    ])
}
