// What is kept of duties is what a plain model finds that goes from day to day, whatever was done and in whatever
// order: visits late, corrected and taken back, status told afterwards, rules of areas, pairings, moves, mergers,
// months.

import Testing

@testable import Contact
@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

/// A household as the model knows it: what was said of it, in the order of days, without days on which nothing changes.
private struct ModelHousehold {
    let number: Int
    let createdOn: CivilDate
    var firstOn: CivilDate
    var statuses: [(from: CivilDate, value: String)]
    var villages: [(from: CivilDate, value: String)]
    var pairedOn: [Int: CivilDate] = [:]
    var contacts: [(id: Identifier, day: CivilDate, isVisit: Bool)] = []

    func status(on day: CivilDate) -> String { statuses.last { $0.from <= day }?.value ?? statuses[0].value }
    func village(on day: CivilDate) -> String { villages.last { $0.from <= day }?.value ?? villages[0].value }
    var village: String { villages[villages.count - 1].value }

    /// What is said late holds until the next thing that is known.
    static func say(_ value: String, from day: CivilDate, in known: inout [(from: CivilDate, value: String)]) {
        let all = known.filter { $0.from < day } + [(day, value)] + known.filter { $0.from > day }
        known = all.enumerated().filter { $0 == 0 || all[$0 - 1].value != $1.value }.map(\.element)
    }
}

/// A duty while the model goes through the days.
private struct ModelDuty {
    let kind: String
    let first: CivilDate
    let last: CivilDate
    let required: Int
    var contacts = 0
    var doneOn: CivilDate?
}

private struct Model {
    var households: [ModelHousehold] = []
    /// Parameter, area (nil everywhere), value, days.
    var rules: [(key: String, area: String?, value: Int, first: CivilDate, end: CivilDate?)] = []

    /// The value and how near its area is; nil where nothing is said.
    private func rule(_ key: String, in village: String, on day: CivilDate) -> (value: Int, distance: Int)? {
        let town = Place.all.first { $0.code == village }?.parent
        let areas = [village, town, Place.county, Place.city, Place.province, nil]
        for (distance, area) in areas.enumerated() {
            if let row = rules.first(where: {
                $0.key == key && $0.area == area && $0.first <= day && ($0.end.map { day < $0 } ?? true)
            }) {
                return (row.value, distance)
            }
        }
        return nil
    }

    private func visitsAYear(_ household: ModelHousehold, on day: CivilDate) -> Int {
        let village = household.village(on: day)
        let name = household.status(on: day) == "lifted" ? "cadence.visit.lifted" : "cadence.visit.unlifted"
        guard let special = rule(name, in: village, on: day) else {
            return rule("cadence.visit", in: village, on: day)?.value ?? 0
        }
        guard let general = rule("cadence.visit", in: village, on: day), general.distance < special.distance else {
            return special.value
        }
        return general.value
    }

    func begin(of household: ModelHousehold) -> CivilDate {
        let created = household.createdOn
        let village = household.village(on: created)
        let back = rule("contact.duties.months-back", in: village, on: created)?.value ?? 12
        let paired = household.pairedOn.values.min() ?? created
        return max(household.firstOn, min(paired, created), created.adding(months: -back))
    }

    /// What is said of a household's duties, day after day from the one on which it came under duty.
    func duties(of household: ModelHousehold, through horizon: CivilDate) -> Set<String> {
        var duties: [ModelDuty] = []
        let begin = begin(of: household)
        var day = begin
        let lastContact = household.contacts.map(\.day).max() ?? horizon
        while day <= max(horizon, lastContact) {
            if day <= horizon { open(household, on: day, isFirst: day == begin, &duties) }
            for contact in household.contacts where contact.day == day { count(contact.isVisit, on: day, &duties) }
            day = day.adding(days: 1)
        }
        return Set(
            duties.map {
                "H\(household.number) \($0.kind) \($0.first) \($0.last) \($0.contacts)/\($0.required) "
                    + ($0.doneOn?.description ?? "open")
            })
    }

    private func count(_ isVisit: Bool, on day: CivilDate, _ duties: inout [ModelDuty]) {
        for index in duties.indices where (duties[index].kind == "visit") == isVisit {
            if day <= duties[index].last {
                duties[index].contacts += 1
                if duties[index].contacts == duties[index].required { duties[index].doneOn = day }
            } else if duties[index].doneOn == nil {
                duties[index].doneOn = day
            }
        }
    }

    private func open(_ household: ModelHousehold, on day: CivilDate, isFirst: Bool, _ duties: inout [ModelDuty]) {
        let calls = rule("cadence.phone.per-month", in: household.village(on: day), on: day)?.value ?? 0
        let visits = visitsAYear(household, on: day)
        // So many months that they divide the visits of the year evenly.
        let months = [1: 12, 2: 6, 3: 4, 6: 2, 12: 1].filter { visits % $0.value == 0 }.keys.min() ?? 12
        for (kind, months, required) in [("phone", 1, calls), ("visit", months, visits * months / 12)]
        where required > 0 {
            let isPeriodFirst = day.day == 1 && (day.month - 1) % months == 0
            guard isFirst || isPeriodFirst else { continue }
            var first = day
            while first.day != 1 || (first.month - 1) % months != 0 { first = first.adding(days: -1) }
            var last = day
            while last.adding(days: 1).day != 1 || last.month % months != 0 { last = last.adding(days: 1) }
            var duty = ModelDuty(kind: kind, first: first, last: last, required: required)
            // What was done earlier in the period in which the household came under duty counts too.
            let before = household.contacts.filter { ($0.isVisit ? "visit" : "phone") == kind && $0.day < day }
                .map(\.day).filter { $0 >= first }.sorted()
            duty.contacts = before.count
            if before.count >= required { duty.doneOn = before[required - 1] }
            duties.append(duty)
        }
    }
}

/// A county and its model, and what may happen to both.
private final class ModelCounty {
    static let villages = [Place.villageA1, Place.villageA2, Place.villageA3, Place.villageB1]
    let county: County
    var model = Model()
    var chance: SeededGenerator
    private var next = 7_000
    private var isMerged = false

    init(seed: Int) throws {
        county = try County()
        chance = SeededGenerator(seed: UInt64(seed))
        try county.addHelpers()
        try county.oweNoFestivals()
        let since = try required(CivilDate("2025-06-10"))
        for number in 1...6 {
            let village = Self.villages[number % 4]
            try county.make(number, Sample.household("H\(number)", in: village, since: since.description))
            model.households.append(
                ModelHousehold(
                    number: number, createdOn: county.clock.now.shanghaiDate, firstOn: since,
                    statuses: [(since, "registered")], villages: [(since, village)]))
        }
    }

    var today: CivilDate { county.clock.now.shanghaiDate }

    private func past(_ days: Int) -> CivilDate { today.adding(days: -Int.random(in: 0...days, using: &chance)) }

    /// Rules as the register has them: how they come to be what they are is not looked at here.
    private func readRules() throws {
        model.rules = try county.query(
            """
            SELECT p.key, d.code, p.value, p.first_on, p.end_on FROM parameter p
            LEFT JOIN division d ON d.id = p.division_id
            WHERE (p.key LIKE 'cadence.%' OR p.key = 'contact.duties.months-back')
                AND (p.end_on IS NULL OR p.end_on > p.first_on)
            """
        ) {
            (
                $0.text(0), $0.optionalInt64(1).map { String($0) }, Int($0.text(2)) ?? 0, try $0.date(3),
                try $0.optionalDate(4)
            )
        }
    }

    /// What is kept and should not be, and the other way round.
    func differences() throws -> [String] {
        try readRules()
        let horizon = ContactHorizon.due(on: today)
        let expected = model.households.reduce(into: Set<String>()) {
            $0.formUnion(model.duties(of: $1, through: horizon))
        }
        let kept = Set(
            try county.query(
                """
                SELECT h.archive_number || ' ' || d.kind || ' ' || d.period_start || ' ' || d.period_end || ' '
                    || d.contacts || '/' || d.required || ' ' || coalesce(d.done_on, 'open')
                FROM contact_duty d JOIN household h ON h.household_number = d.household_number
                WHERE d.kind IN ('phone', 'visit')
                """
            ) { $0.text(0) })
        return kept.subtracting(expected).sorted().prefix(4).map { "kept: \($0)" }
            + expected.subtracting(kept).sorted().prefix(4).map { "missing: \($0)" }
    }

    func step() throws {
        let index = Int.random(in: model.households.indices, using: &chance)
        switch Int.random(in: 0..<14, using: &chance) {
        case 0...4: try contact(index)
        case 5: try retract(index)
        case 6...7: try change(index, isMove: false)
        case 8: try change(index, isMove: true)
        case 9...10: try state()
        case 11: try pair(index)
        case 12: try merge()
        default:
            county.clock.advance(days: Int64.random(in: 1...45, using: &chance))
            county.application.housekeeping.look()
        }
    }

    private func contact(_ index: Int) throws {
        let kind = try required(
            ["home-visit", "survey", "condolence-visit", "phone-call", "phone-call", "meeting"].randomElement(
                using: &chance))
        let day = past(Bool.random(using: &chance) ? 20 : 200)
        let id = try county.contact(kind, model.households[index].number, on: day.description)
        if kind != "meeting" { model.households[index].contacts.append((id, day, kind != "phone-call")) }
    }

    private func retract(_ index: Int) throws {
        guard let place = model.households[index].contacts.indices.randomElement(using: &chance) else { return }
        try county.retract(model.households[index].contacts.remove(at: place).id)
    }

    private func change(_ index: Int, isMove: Bool) throws {
        let day = past(90)
        let path = "/v1/households/\(Sample.id(model.households[index].number))"
        let status = try required(["lifted", "registered", "returned"].randomElement(using: &chance))
        let village = try required(
            Self.villages.filter { !isMerged || $0 != Place.villageA3 }.randomElement(using: &chance))
        let session = try county.as(.administrator)
        let version = try required(session.get(path).json["version"].integer)
        let body: JSON = ["effectiveOn": .string(day.description)]
        let answer = try session.patch(
            path, version: version,
            isMove ? body.with(["villageCode": .string(village)]) : body.with(["state": .string(status)]))
        guard answer.status == 200 else {
            throw ClientError(action: "\(answer.text) \(county.log.all)", code: CInt(answer.status))
        }
        if isMove, village != model.households[index].village(on: day) {
            ModelHousehold.say(village, from: day, in: &model.households[index].villages)
            model.households[index].firstOn = min(model.households[index].firstOn, day)
        } else if !isMove, status != model.households[index].status(on: day) {
            ModelHousehold.say(status, from: day, in: &model.households[index].statuses)
            model.households[index].firstOn = min(model.households[index].firstOn, day)
        }
    }

    /// States a rule of an area from a day on; one that meets others is refused, and that is that.
    private func state() throws {
        next += 1
        let (key, unit, values) = try required(
            [
                ("cadence.visit", "times-per-year", [0, 2, 4, 6]),
                ("cadence.visit.lifted", "times-per-year", [0, 4, 2, 8]),
                ("cadence.visit.unlifted", "times-per-year", [12, 24, 6, 5]),
                ("cadence.phone.per-month", "times-per-month", [0, 1, 2]),
                ("contact.duties.months-back", "months", [0, 6, 18]),
            ].randomElement(using: &chance))
        let area = try required(
            [Place.county, Place.townA, Place.villageA1, Place.villageB1].randomElement(using: &chance))
        _ = try county.as(.administrator).put(
            "/v1/parameters/\(Sample.id(next))",
            [
                "key": .string(key), "value": .integer(try required(values.randomElement(using: &chance))),
                "unit": .string(unit), "areaCode": .string(area),
                "from": .string(past(300).adding(days: 40).description),
                "documentNumber": "文〔2026〕9号",
            ])
    }

    private func pair(_ index: Int) throws {
        let number = model.households[index].number
        next += 1
        let first = past(500)
        let answer = try county.as(.administrator).put(
            "/v1/pairings/\(Sample.id(next))", Sample.pairing(number, by: 411 + next % 3, from: first.description))
        if answer.status == 201 { model.households[index].pairedOn[next] = first }
    }

    private func merge() throws {
        guard !isMerged else { return }
        isMerged = true
        let day = past(20)
        let answer = try county.as(.province).put(
            "/v1/divisions/\(Place.villageA3)/successor",
            ["successorCode": .string(Place.villageA2), "effectiveOn": .string(day.description)])
        guard answer.status == 200 else {
            throw ClientError(action: "\(answer.text) \(county.log.all)", code: CInt(answer.status))
        }
        for index in model.households.indices where model.households[index].village == Place.villageA3 {
            let household = model.households[index]
            let first = max(day, household.villages[household.villages.count - 1].from)
            ModelHousehold.say(Place.villageA2, from: first, in: &model.households[index].villages)
            model.households[index].firstOn = min(household.firstOn, first)
        }
    }
}

@Suite("Duties of contact against a model")
struct ContactKeepingTests {
    @Test("kept duties are those of a plain model after anything that may happen", arguments: 1...3)
    func anyWork(seed: Int) throws {
        let world = try ModelCounty(seed: seed)
        for step in 0..<70 {
            try world.step()
            let differences = try world.differences()
            #expect(differences == [], "step \(step) of seed \(seed)")
            guard differences.isEmpty else { return }
        }
        #expect(try world.county.contactFaults() == [])
        try Self.compareAnswers(world.county, on: world.today)
    }

    /// However a question is answered (from indexes, kept rows or the ledger), an area's answer is that of its
    /// households.
    private static func compareAnswers(_ county: County, on today: CivilDate) throws {
        let session = try county.as(.administrator)
        for offset in [0, 20, -40, -200, 70, 400] {
            let day = today.adding(days: offset)
            for filter in ["", "&kind=visit", "&state=overdue", "&from=\(today.adding(days: -100))"] {
                let query = "on=\(day)\(filter)"
                var expected: [String] = []
                for number in 1...6 { expected += try county.duties("householdId=\(Sample.id(number))&\(query)") }
                #expect(try county.duties(query).sorted() == expected.sorted(), "\(query)")
                let paged = try session.walk("/v1/contact-duties?limit=3&\(query)").count
                let total = try session.get("/v1/contact-duties?limit=1&count=true&\(query)").json["total"].integer
                #expect(paged == expected.count, "\(query)")
                #expect(total == expected.count, "\(query)")
                let csv = try session.get("/v1/contact-duties?\(query)", ["Accept": "text/csv"])
                #expect(csv.text.split(separator: "\r\n").count == expected.count + 1, "\(query)")
            }
            let duties = try county.duties("on=\(day)")
            let whole = try session.get("/v1/contact-duties/summary?on=\(day)").json["sum"]
            let past = "on=\(day)&from=\(today.adding(days: -300))&to=\(today)"
            let ofDays = try county.duties(past)
            let wholeOfDays = try session.get("/v1/contact-duties/summary?\(past)").json["sum"]
            for (state, name) in [("due", "due"), ("in-time", "inTime"), ("late", "late"), ("overdue", "overdue")] {
                #expect(whole[name].integer == duties.filter { $0.contains(" \(state)") }.count, "\(state) on \(day)")
                #expect(
                    wholeOfDays[name].integer == ofDays.filter { $0.contains(" \(state)") }.count,
                    "\(state) of days, on \(day)")
            }
        }
    }
}
