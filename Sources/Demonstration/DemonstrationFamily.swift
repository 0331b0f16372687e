// Who lives together: relations, sexes and ages that fit each other, and the surnames that go with them.
// Deliberately no health, school or work; those follow from the age in DemonstrationPerson.

import Domain

/// A place in a family, before it becomes a person.
struct FamilyRole {
    let relation: String
    let sex: Sex
    let age: Int
    let surname: String
}

/// Puts together a family of a given size around its householder.
struct DemonstrationFamily {
    private(set) var roles: [FamilyRole] = []
    private let size: Int
    private let familySurname: String

    /// Sizes of 26 households that hold 125 people together: the proportion of a county of 26,000 and 125,000. Dealt
    /// out in an order of chance, they keep every county to that mean.
    static let sizeDeck = [1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 7, 7, 8, 9]

    static func roles(size: Int, _ generator: inout SeededGenerator) -> [FamilyRole] {
        var family = DemonstrationFamily(size: size, &generator)
        if size == 1 {
            family.addSingle(&generator)
        } else if generator.perMille(size >= 6 ? 600 : 380) {
            family.addElders(&generator)
        } else {
            family.addParents(&generator)
        }
        return family.roles
    }

    private init(size: Int, _ generator: inout SeededGenerator) {
        self.size = size
        familySurname = DemonstrationNames.surname(&generator)
    }

    private var isFull: Bool { roles.count >= size }

    private mutating func add(_ relation: String, _ sex: Sex, age: Int, surname: String? = nil) {
        guard !isFull else { return }
        roles.append(
            FamilyRole(relation: relation, sex: sex, age: min(max(age, 0), 99), surname: surname ?? familySurname))
    }

    /// Somebody who lives alone, most often an old man.
    private mutating func addSingle(_ generator: inout SeededGenerator) {
        let sex: Sex = generator.perMille(780) ? .male : .female
        add(
            RelationCode.householder, sex,
            age: generator.perMille(750) ? generator.number(in: 60...89) : generator.number(in: 30...59))
    }

    /// A couple with children, and often with parents of the householder.
    private mutating func addParents(_ generator: inout SeededGenerator) {
        let age = generator.number(in: 28...54)
        let couple = addCouple(age: age, marriedPerMille: 860, &generator)
        let childAges = max(0, couple.motherAge - 38)...max(0, couple.motherAge - 20)
        // A wife who heads the household lives with her husband's parents, as is the custom.
        let joinedHusband = couple.isMarried && roles[0].sex == .female
        if generator.perMille(930) { addChild(ages: childAges, &generator) }
        if generator.perMille(720) { addChild(ages: childAges, &generator) }
        if generator.perMille(480) {
            let surname = DemonstrationNames.surname(&generator)
            let relation = joinedHusband ? "husbands-mother" : "mother"
            add(relation, .female, age: age + generator.number(in: 20...30), surname: surname)
        }
        if generator.perMille(380) {
            add(joinedHusband ? "husbands-father" : "father", .male, age: age + generator.number(in: 22...33))
        }
        if generator.perMille(300) { addChild(ages: childAges, &generator) }
        if generator.perMille(90) {
            add("sibling", generator.perMille(650) ? .male : .female, age: age + generator.number(in: -8...8))
        }
        if age < 40, generator.perMille(70) {
            let surname = DemonstrationNames.surname(&generator)
            add("grandmother", .female, age: age + generator.number(in: 42...50), surname: surname)
        }
        while !isFull {
            if roles.count(where: { $0.relation == "son" || $0.relation == "daughter" }) < 5 {
                addChild(ages: childAges, &generator)
            } else {
                let isNephew = generator.perMille(500)
                add(isNephew ? "nephew" : "niece", isNephew ? .male : .female, age: generator.number(in: 3...20))
            }
        }
    }

    /// An older couple with a grown-up child, the child's family, and grandchildren.
    private mutating func addElders(_ generator: inout SeededGenerator) {
        let couple = addCouple(age: generator.number(in: 50...76), marriedPerMille: 760, &generator)
        let childAge = max(couple.motherAge - generator.number(in: 20...28), 20)
        let isSon = generator.perMille(860)
        add(isSon ? "son" : "daughter", isSon ? .male : .female, age: childAge)
        let grandchildSurname = isSon ? familySurname : DemonstrationNames.surname(&generator)
        if generator.perMille(620) {
            if isSon {
                let surname = DemonstrationNames.surname(&generator)
                add("daughter-in-law", .female, age: max(childAge + generator.number(in: -4...2), 20), surname: surname)
            } else {
                let age = max(childAge + generator.number(in: -2...5), 20)
                add("son-in-law", .male, age: age, surname: grandchildSurname)
            }
        }
        if generator.perMille(160) {
            let surname = DemonstrationNames.surname(&generator)
            add("mother", .female, age: roles[0].age + generator.number(in: 19...26), surname: surname)
        }
        let laterAges = max(childAge - 10, 10)...max(childAge - 2, 10)
        if generator.perMille(300) { addChild(ages: laterAges, &generator) }
        var grandchildren = 0
        while !isFull {
            if childAge >= 25 && grandchildren < 4 {
                grandchildren += 1
                addGrandchild(
                    ages: max(0, childAge - 36)...(childAge - 24), ofSon: isSon, grandchildSurname, &generator)
            } else {
                addChild(ages: laterAges, &generator)
            }
        }
    }

    private mutating func addGrandchild(
        ages: ClosedRange<Int>, ofSon: Bool, _ surname: String, _ generator: inout SeededGenerator
    ) {
        let isBoy = generator.perMille(530)
        let relation: String
        if ofSon {
            relation = isBoy ? "grandson" : "granddaughter"
        } else {
            relation = isBoy ? "daughters-son" : "daughters-daughter"
        }
        add(relation, isBoy ? .male : .female, age: age(in: ages, &generator), surname: surname)
    }

    /// An age of the range, two years from those of the others in it where there is room: they have one mother.
    private func age(in ages: ClosedRange<Int>, _ generator: inout SeededGenerator) -> Int {
        var age = generator.number(in: ages)
        for _ in 0..<8 where roles.contains(where: { ages.contains($0.age) && abs($0.age - age) < 2 }) {
            age = generator.number(in: ages)
        }
        return age
    }

    private mutating func addCouple(
        age: Int, marriedPerMille: Int, _ generator: inout SeededGenerator
    ) -> (motherAge: Int, isMarried: Bool) {
        let isMale = generator.perMille(870)
        let isMarried = size > 1 && generator.perMille(marriedPerMille)
        // Children carry the father's name, so a woman who heads a household has a name of her own if he lives there.
        let ownSurname = isMale || !isMarried ? familySurname : DemonstrationNames.surname(&generator)
        add(RelationCode.householder, isMale ? .male : .female, age: age, surname: ownSurname)
        guard isMarried else { return (isMale ? age - 2 : age, false) }
        let spouseAge = max(age + (isMale ? generator.number(in: -6...2) : generator.number(in: -2...6)), 22)
        let spouseSurname = isMale ? DemonstrationNames.surname(&generator) : familySurname
        add(RelationCode.spouse, isMale ? .female : .male, age: spouseAge, surname: spouseSurname)
        return (isMale ? spouseAge : age, true)
    }

    private mutating func addChild(ages: ClosedRange<Int>, _ generator: inout SeededGenerator) {
        let isSon = generator.perMille(540)
        add(isSon ? "son" : "daughter", isSon ? .male : .female, age: age(in: ages, &generator))
    }
}
