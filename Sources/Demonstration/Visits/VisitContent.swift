// What one visit, call or meeting says.

import Domain

/// The contacts of one household, from one stream of chance.
struct VisitContent {
    enum Sort { case home, condolence, survey }

    let household: VisitedHousehold
    var generator: SeededGenerator
    /// How many of a thousand things its helper does this month.
    let diligence: Int

    mutating func works() -> Bool { generator.perMille(diligence) }

    // MARK: Kinds

    mutating func addCall(on day: CivilDate, to visits: inout [DemonstrationVisit]) {
        let topic = topic()
        var visit = visit("phone-call", on: day, hours: 8...20)
        let texts = VisitTexts.of(topic)
        visit.diary.did = text([generator.element(of: VisitTexts.callOpenings), generator.element(of: texts.call)])
        visit.purpose = generator.perMille(700) ? "daily-contact" : Self.purpose(topic)
        finish(visit, to: &visits)
    }

    mutating func addVisit(_ sort: Sort, on day: CivilDate, to visits: inout [DemonstrationVisit]) {
        let topic = topic()
        var visit = visit(Self.kind(sort), on: day, hours: 8...17)
        visit.diary = diary(topic)
        visit.purpose =
            sort == .survey ? "cause-analysis" : sort == .condolence ? "condolence" : Self.purpose(topic)
        visit.location = location()
        if generator.perMille(250) { visit.companions = [companion(on: day)] }
        if generator.perMille(300), let helps = Self.helps[topic] {
            visit.sixHelps = [generator.element(of: helps)]
        }
        if generator.perMille(15) { visit.sixOnes = [generator.element(of: Self.ones)] }
        if generator.perMille(50) { visit.deeds = [deed(topic)] }
        if generator.perMille(10) { visit.needs = [need(topic, visit)] }
        if generator.perMille(200) { visit.photos = [photo()] }
        switch sort {
        case .condolence:
            visit.occasions = generator.perMille(930) ? ["festival"] : []
            visit.gifts = gifts()
        case .home where [4, 7, 10].contains(day.month) && topic == .production && generator.perMille(300):
            visit.occasions = ["busy-season"]
        default: break
        }
        finish(visit, to: &visits)
    }

    /// Something happens; mostly a visit follows that names the occasion, sometimes only a call tells it.
    mutating func addEvent(on day: CivilDate, to visits: inout [DemonstrationVisit]) {
        let (kind, occasion) = generator.element(of: Self.events)
        let note = text([VisitPhrase(generator.element(of: Self.eventNotes[kind] ?? ["有事。"]))])
        let isVisit = generator.perMille(800)
        let seen = day.adding(days: generator.below(13))
        var visit = visit(isVisit ? "home-visit" : "phone-call", on: seen, hours: 8...18)
        visit.diary.did = text([generator.element(of: VisitTexts.openings)]) + note
        visit.events = [DemonstrationVisit.Event(kind: kind, happenedOn: day, note: note)]
        if isVisit {
            visit.occasions = [occasion]
            visit.location = location()
            visit.purpose = kind == "dispute" ? "mediation" : "condolence"
        }
        finish(visit, to: &visits)
    }

    mutating func addMeeting(on day: CivilDate, to visits: inout [DemonstrationVisit]) {
        var visit = visit("meeting", on: day, hours: 9...16, isOfVillage: true)
        visit.diary.did = generator.element(of: Self.meetings)
        visit.purpose = "policy-publicity"
        visit.companions = [companion(on: day), .name(name())]
        visit.location = location()
        finish(visit, to: &visits)
    }

    // MARK: Parts

    private mutating func visit(
        _ kind: String, on day: CivilDate, hours: ClosedRange<Int>, isOfVillage: Bool = false
    ) -> DemonstrationVisit {
        let milliseconds =
            Instant(startOf: day).milliseconds + Int64(generator.number(in: hours)) * 3_600_000
            + Int64(generator.below(3_600_000))
        let at = Instant(milliseconds: milliseconds)
        // A joint helper goes in one of eight cases.
        let joint = generator.perMille(125) ? household.joint(on: day) : nil
        let author = joint ?? household.responsible(on: day)
        let device =
            "平板\(household.villageCode.townPart)-\(household.villageCode.villagePart)-\(generator.number(in: 1...4))"
        return DemonstrationVisit(
            id: .v7(milliseconds: milliseconds, random: (generator.next(), generator.next())),
            householdId: isOfVillage ? nil : household.id, villageCode: household.villageCode, kind: kind,
            occurredAt: at, receivedAt: at, cadreId: author?.cadre, diary: DemonstrationVisit.Diary(),
            device: device)
    }

    private mutating func finish(_ visit: DemonstrationVisit, to visits: inout [DemonstrationVisit]) {
        var visit = visit
        VisitArrival.arrive(&visit, &generator)
        visits.append(visit)
        guard generator.perMille(6) else { return }
        visits.append(correction(of: visit))
    }

    /// A day or a sentence was wrong; one correction in six says that nothing took place.
    private mutating func correction(of visit: DemonstrationVisit) -> DemonstrationVisit {
        let received = visit.receivedAt.milliseconds + Int64(generator.number(in: 1...20)) * 86_400_000
        var correction = DemonstrationVisit(
            id: .v7(milliseconds: received - 60_000, random: (generator.next(), generator.next())),
            householdId: visit.householdId, villageCode: visit.villageCode, kind: visit.kind,
            occurredAt: visit.occurredAt, receivedAt: Instant(milliseconds: received), cadreId: visit.cadreId,
            diary: visit.diary, device: visit.device, corrects: visit.id)
        correction.clockOffset = visit.clockOffset
        guard !generator.perMille(160) else {
            correction.isRetraction = true
            correction.diary = DemonstrationVisit.Diary()
            return correction
        }
        correction.companions = visit.companions
        correction.purpose = visit.purpose
        correction.occasions = visit.occasions
        correction.sixHelps = visit.sixHelps
        correction.sixOnes = visit.sixOnes
        correction.location = visit.location
        correction.deeds = visit.deeds
        correction.gifts = visit.gifts
        correction.events = visit.events
        correction.photos = visit.photos
        if generator.perMille(500) {
            correction.occurredAt = Instant(milliseconds: visit.occurredAt.milliseconds - 86_400_000)
        } else {
            correction.diary.did = (visit.diary.did ?? "") + text([generator.element(of: VisitTexts.closings)])
        }
        return correction
    }

    private mutating func diary(_ topic: VisitTopic) -> DemonstrationVisit.Diary {
        let texts = VisitTexts.of(topic)
        var did = [generator.element(of: VisitTexts.openings), generator.element(of: texts.did)]
        if generator.perMille(400) { did.append(generator.element(of: VisitTexts.of(self.topic()).did)) }
        var saw = [generator.element(of: texts.saw)]
        if generator.perMille(350) { saw.append(generator.element(of: VisitTexts.of(self.topic()).saw)) }
        var thought = [generator.element(of: texts.thought)]
        if generator.perMille(400) { thought.append(generator.element(of: VisitTexts.closings)) }
        return DemonstrationVisit.Diary(
            did: text(did), saw: generator.perMille(900) ? text(saw) : nil,
            thought: generator.perMille(750) ? text(thought) : nil)
    }

    private mutating func text(_ phrases: [VisitPhrase]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        for phrase in phrases { phrase.write(householder: household.householder, &generator, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func topic() -> VisitTopic {
        switch generator.below(100) {
        case ..<22: .production
        case ..<34: household.hasPupil ? .schooling : .living
        case ..<48: household.hasIllness ? .illness : .production
        case ..<58: .house
        case ..<70: household.hasMigrant ? .work : .policy
        case ..<82: .policy
        case ..<92: .living
        default: .mood
        }
    }

    private mutating func companion(on day: CivilDate) -> DemonstrationVisit.Companion {
        if generator.perMille(500), let joint = household.joint(on: day) { return .cadre(joint.cadre) }
        return .name(name())
    }

    private mutating func name() -> String {
        DemonstrationNames.surname(&generator) + DemonstrationNames.givenName(.male, &generator)
    }

    private mutating func location() -> DemonstrationVisit.Location? {
        guard generator.perMille(600) else { return nil }
        let code = household.villageCode
        return DemonstrationVisit.Location(
            latitude: 30_000_000 + code.townPart * 1_700 + code.villagePart * 90 + generator.below(9_000),
            longitude: 150_000_000 + code.townPart * 900 + code.villagePart * 210 + generator.below(9_000),
            accuracyMetres: generator.number(in: 3...80))
    }

    private mutating func gifts() -> [DemonstrationVisit.Gift] {
        let donor = Self.donors.pick(&generator)
        var gifts: [DemonstrationVisit.Gift] = []
        if generator.perMille(450) {
            let yuan = generator.number(in: 2...10) * 100
            gifts.append(.init(kind: "money", quantity: 1, unit: nil, valueFen: yuan * 100, donor: donor))
        }
        if generator.perMille(650) {
            let kilograms = generator.element(of: [5, 10, 25])
            gifts.append(
                .init(kind: "rice", quantity: kilograms, unit: "千克", valueFen: kilograms * 560, donor: donor))
        }
        if generator.perMille(550) {
            gifts.append(.init(kind: "oil", quantity: 5, unit: "升", valueFen: 7_500, donor: donor))
        }
        if generator.perMille(300) || gifts.isEmpty {
            gifts.append(.init(kind: "couplets", quantity: 1, unit: "副", valueFen: 1_000, donor: "own"))
        }
        return gifts
    }

    private mutating func deed(_ topic: VisitTopic) -> DemonstrationVisit.Deed {
        let (kind, result) = generator.element(of: Self.deeds[topic] ?? Self.otherDeeds)
        return DemonstrationVisit.Deed(kind: kind, result: result)
    }

    private mutating func need(_ topic: VisitTopic, _ visit: DemonstrationVisit) -> DemonstrationVisit.Need {
        let (kind, text) = generator.element(of: Self.needs[topic] ?? Self.otherNeeds)
        let id = Identifier.v7(
            milliseconds: visit.occurredAt.milliseconds, random: (generator.next(), generator.next()))
        return DemonstrationVisit.Need(id: id, kind: kind, text: text)
    }

    private mutating func photo() -> [UInt8] {
        (0..<4).flatMap { _ in withUnsafeBytes(of: generator.next().bigEndian) { Array($0) } }
    }
}
