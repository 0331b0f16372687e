// What the helpers of one household did in one month: calls and visits by its state, festivals, things that happened,
// and gaps. What a single visit says is in VisitContent, how it reached the service in VisitArrival.

import Domain

struct VisitMaker: Sendable {
    let seed: UInt64
    let festivals: [DemonstrationFestival]

    /// Adds what happened to a household in the month that begins on a day.
    func add(
        _ household: VisitedHousehold, number: Int, in month: CivilDate, to visits: inout [DemonstrationVisit]
    ) {
        let own = seed ^ (UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15)
        var always = SeededGenerator(seed: own)
        let isUnseen = always.perMille(12)
        let isNeverCalled = isUnseen && always.perMille(500)
        let quarterMonth = always.below(3)
        let helper = household.responsible(on: month.adding(days: 27))
        var content = VisitContent(
            household: household, generator: SeededGenerator(seed: own ^ UInt64(UInt32(bitPattern: month.dayNumber))),
            diligence: helper.map { diligence($0.cadre, in: month) } ?? 1_000)
        if helper != nil, !isNeverCalled {
            for _ in 0..<calls(&content.generator) where content.works() {
                content.addCall(on: day(of: month, &content.generator), to: &visits)
            }
        }
        guard !isUnseen else { return }
        guard helper != nil else {
            // Somebody of the village looks after those who have no helper, now and then.
            if content.generator.perMille(250) {
                content.addVisit(.home, on: day(of: month, &content.generator), to: &visits)
            }
            return
        }
        let isLifted = household.state(on: month) == HouseholdStateCode.lifted
        for _ in 0..<homeVisits(isLifted, month, quarterMonth, &content.generator) where content.works() {
            content.addVisit(.home, on: day(of: month, &content.generator), to: &visits)
        }
        addOccasions(household, isLifted, month, &content, to: &visits)
    }

    private func addOccasions(
        _ household: VisitedHousehold, _ isLifted: Bool, _ month: CivilDate, _ content: inout VisitContent,
        to visits: inout [DemonstrationVisit]
    ) {
        let end = month.adding(months: 1)
        for festival in festivals where month <= festival.day && festival.day < end {
            let chance = household.isSupported ? 650 : isLifted ? 90 : 260
            guard content.generator.perMille(chance), content.works() else { continue }
            content.addVisit(.condolence, on: festival.day.adding(days: -content.generator.below(6)), to: &visits)
        }
        if content.generator.perMille(4), content.works() {
            content.addEvent(on: day(of: month, &content.generator), to: &visits)
        }
        if month.month == 6 || month.month == 11, content.generator.perMille(30), content.works() {
            content.addVisit(.survey, on: day(of: month, &content.generator), to: &visits)
        }
    }

    /// Adds the meeting of a village, about two in three quarters.
    func addMeeting(of household: VisitedHousehold, in month: CivilDate, to visits: inout [DemonstrationVisit]) {
        let village = UInt64(bitPattern: household.villageCode.value)
        let quarter = UInt64(month.year * 4 + (month.month - 1) / 3)
        var generator = SeededGenerator(seed: seed ^ (village &* 0x2545_F491_4F6C_DD1D) ^ quarter)
        let chosen = generator.below(3)
        guard generator.perMille(660), (month.month - 1) % 3 == chosen else { return }
        var content = VisitContent(household: household, generator: generator, diligence: 1_000)
        content.addMeeting(on: day(of: month, &generator), to: &visits)
    }

    private func calls(_ generator: inout SeededGenerator) -> Int {
        let ticket = generator.below(1000)
        return ticket < 70 ? 0 : ticket < 910 ? 1 : 2
    }

    /// Every month, or in one month of a quarter where the household is lifted.
    private func homeVisits(
        _ isLifted: Bool, _ month: CivilDate, _ quarterMonth: Int, _ generator: inout SeededGenerator
    ) -> Int {
        let ticket = generator.below(1000)
        guard isLifted else { return ticket < 100 ? 0 : ticket < 930 ? 1 : 2 }
        return (month.month - 1) % 3 == quarterMonth ? (ticket < 100 ? 0 : 1) : (ticket < 60 ? 1 : 0)
    }

    /// How many of a thousand things a helper does that month: one helper in a hundred never does anything, four in a
    /// hundred do nearly nothing for some months of every two years.
    private func diligence(_ cadre: Identifier, in month: CivilDate) -> Int {
        var generator = SeededGenerator(seed: seed ^ cadre.high ^ cadre.low)
        let ticket = generator.below(1000)
        guard ticket < 50 else { return 1_000 }
        guard ticket >= 10 else { return 0 }
        let start = generator.below(24)
        let length = generator.number(in: 4...10)
        return (month.year * 12 + month.month - start) % 24 < length ? 60 : 1_000
    }

    /// Toward the end of a month there is more to catch up with.
    private func day(of month: CivilDate, _ generator: inout SeededGenerator) -> CivilDate {
        let days = month.adding(months: 1).days(since: month)
        return month.adding(days: generator.perMille(300) ? days - 1 - generator.below(8) : generator.below(days))
    }
}

extension VisitedHousehold {
    func responsible(on day: CivilDate) -> Help? { helpers.first { $0.isResponsible && $0.contains(day) } }

    func joint(on day: CivilDate) -> Help? { helpers.first { !$0.isResponsible && $0.contains(day) } }
}
