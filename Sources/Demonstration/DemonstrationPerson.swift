// What follows from an age: school, education, health, labour and work, in the proportions of poor rural counties.

import Domain

/// School, education, health, labour and work of one person.
struct DemonstrationPerson {
    var education: String?
    let schoolState: String
    let schoolBlocked: Bool
    let health: String
    let labourCapacity: String
    let workPlace: String?
    let workMonths: Int?

    init(age: Int, _ generator: inout SeededGenerator) {
        schoolState = Self.schoolState(age: age, &generator)
        let isPupil = schoolState != SchoolStateCode.notInSchool
        schoolBlocked = !isPupil && (6...17).contains(age) && generator.perMille(250)
        education = isPupil ? nil : Self.education(age: age, &generator)
        health = Self.health(age: age, &generator)
        labourCapacity = Self.labourCapacity(age: age, isPupil: isPupil, health: health, &generator)
        let worksPerMille =
            LabourCapacityCode.full.contains(labourCapacity) ? 480 : labourCapacity == LabourCapacityCode.weak ? 80 : 0
        guard age >= 16, age < 65, generator.perMille(worksPerMille) else {
            workPlace = nil
            workMonths = nil
            return
        }
        workPlace = Self.workPlaces.pick(&generator)
        workMonths = Self.workMonthCounts.pick(&generator)
    }

    private static func schoolState(age: Int, _ generator: inout SeededGenerator) -> String {
        switch age {
        case 3...5: generator.perMille(720) ? "preschool" : SchoolStateCode.notInSchool
        case 6...11: generator.perMille(994) ? SchoolStateCode.primary : SchoolStateCode.notInSchool
        case 12...14: generator.perMille(985) ? "junior-\(age - 5)" : SchoolStateCode.notInSchool
        case 15...17: youths[age - 15].pick(&generator)
        case 18...20: students[age - 18].pick(&generator)
        case 21...22: generator.perMille(180) ? "college" : SchoolStateCode.notInSchool
        default: SchoolStateCode.notInSchool
        }
    }

    private static let youths: [Weighted<String>] = (1...3).map {
        Weighted([("senior-\($0)", 55), ("vocational-secondary-\($0)", 27), (SchoolStateCode.notInSchool, 18)])
    }
    private static let students: [Weighted<String>] = (1...3).map {
        Weighted([("vocational-college-\($0)", 20), ("college", 22), (SchoolStateCode.notInSchool, 58)])
    }

    /// The completed education of somebody who is not in school.
    private static func education(age: Int, _ generator: inout SeededGenerator) -> String {
        switch age {
        case ..<6: "preschool"
        case 6...14: "primary"
        case 15...24: youngEducations.pick(&generator)
        case 25...44: adultEducations.pick(&generator)
        case 45...64: middleEducations.pick(&generator)
        default: oldEducations.pick(&generator)
        }
    }

    private static let youngEducations = Weighted([("primary", 6), ("junior", 62), ("senior", 22), ("college", 10)])
    private static let adultEducations = Weighted([
        ("illiterate", 2), ("primary", 24), ("junior", 57), ("senior", 10), ("college", 7),
    ])
    private static let middleEducations = Weighted([("illiterate", 7), ("primary", 46), ("junior", 40), ("senior", 7)])
    private static let oldEducations = Weighted([("illiterate", 34), ("primary", 51), ("junior", 13), ("senior", 2)])

    private static func health(age: Int, _ generator: inout SeededGenerator) -> String {
        switch age {
        case ..<16: youngHealth.pick(&generator)
        case 16..<60: adultHealth.pick(&generator)
        default: oldHealth.pick(&generator)
        }
    }

    private static let youngHealth = Weighted([
        (HealthCode.healthy, 970), ("chronic-illness", 10), ("serious-illness", 6), ("disabled", 14),
    ])
    private static let adultHealth = Weighted([
        (HealthCode.healthy, 838), ("chronic-illness", 82), ("serious-illness", 28), ("disabled", 43),
        ("serious-illness-disabled", 3), ("chronic-illness-disabled", 6),
    ])
    private static let oldHealth = Weighted([
        (HealthCode.healthy, 560), ("chronic-illness", 300), ("serious-illness", 52), ("disabled", 66),
        ("serious-illness-disabled", 6), ("chronic-illness-disabled", 16),
    ])

    private static func labourCapacity(
        age: Int, isPupil: Bool, health: String, _ generator: inout SeededGenerator
    ) -> String {
        if age < 16 || isPupil { return LabourCapacityCode.none }
        if age >= 60 { return oldLabour.pick(&generator) }
        if HealthCode.disabled.contains(health) { return disabledLabour.pick(&generator) }
        if HealthCode.ill.contains(health) { return illLabour.pick(&generator) }
        return healthyLabour.pick(&generator)
    }

    private static let healthyLabour = Weighted([(LabourCapacityCode.ordinary, 91), (LabourCapacityCode.skilled, 9)])
    private static let illLabour = Weighted([
        (LabourCapacityCode.ordinary, 35), (LabourCapacityCode.weak, 50), (LabourCapacityCode.lost, 15),
    ])
    private static let disabledLabour = Weighted([
        (LabourCapacityCode.ordinary, 12), (LabourCapacityCode.weak, 44), (LabourCapacityCode.lost, 44),
    ])
    private static let oldLabour = Weighted([
        (LabourCapacityCode.weak, 52), (LabourCapacityCode.lost, 8), (LabourCapacityCode.none, 40),
    ])

    private static let workPlaces = Weighted([
        ("within-town", 20), ("within-county", 22), ("within-province", 16), ("outside-province", 41), ("other", 1),
    ])
    private static let workMonthCounts = Weighted(
        zip(1...12, [1, 2, 4, 4, 5, 14, 8, 14, 12, 20, 11, 5]).map { ($0, $1) })
}
