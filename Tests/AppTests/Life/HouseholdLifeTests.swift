// Random lives of a small household: births, deaths, departures, exchanges and corrections of them, told in any order
// of days, some refused. After each step every day of the household has one householder while it has people, and a file
// that says the same tells the same days. JIEDUI_FAMILIES says how many; a thousand take some minutes.

import Foundation
import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("Random lives of a household")
struct HouseholdLifeTests {
    private static let count =
        ProcessInfo.processInfo.environment["JIEDUI_FAMILIES"].flatMap { Int($0) } ?? 16
    private static let parts = 4

    @Test("every day has one householder, whatever is told in whatever order", arguments: 0..<parts)
    func lives(_ part: Int) throws {
        let county = try County()
        for seed in stride(from: part, to: Self.count, by: Self.parts) {
            var family = try RandomFamily(county, number: seed + 1)
            for step in 0..<20 {
                try family.live()
                let wrong = try family.wrongDays()
                #expect(wrong == [], "family \(seed), step \(step):\n\(family.story.joined(separator: "\n"))")
                guard wrong.isEmpty else { return }
            }
            #expect(family.told > 4, "family \(seed):\n\(family.story.joined(separator: "\n"))")
        }
        let faults = try county.faults()
        #expect(faults == [])
    }

    /// A file says what everybody is now, so that it cannot tell of somebody who was householder between others: where
    /// it is refused it has changed nothing, and the story ends.
    @Test("the same story by files tells the same days", arguments: 0..<parts)
    func filesTellTheSame(_ part: Int) throws {
        let (county, other) = (try County(), try County())
        var (told, refused) = (0, 0)
        for seed in stride(from: part, to: Self.count / 2, by: Self.parts) {
            var family = try RandomFamily(county, number: seed + 1)
            var twin = try RandomFamily(other, number: seed + 1)
            for step in 0..<10 {
                guard let act = try family.live() else { continue }
                let before = try twin.days()
                let isTold = try twin.tellByFile(act, relations: try family.relations())
                let (days, same) = (try family.days(), try twin.days())
                if !isTold { #expect(same == before, "family \(seed), step \(step):\n\(twin.story)") }
                guard isTold || days == same else {
                    refused += 1
                    break
                }
                told += 1
                #expect(
                    days == same,
                    "family \(seed), step \(step):\n\(family.story.joined(separator: "\n"))\n\(twin.story)")
                guard days == same else { return }
            }
        }
        #expect(refused * 20 <= told, "\(refused) of \(told)")
        let faults = try other.faults()
        #expect(faults == [])
    }
}

/// What is told at once: of one of the people, and what others become by it.
private struct FamilyAct {
    var member: Int
    var relation: String?
    /// Leaving: a day, or nil where it is taken back.
    var leftOn: CivilDate??
    var effectiveOn: CivilDate?
    var joinedOn: CivilDate?
    var others: [(Int, String)] = []
}

private struct RandomFamily {
    let county: County
    let number: Int
    private let session: Session
    private var generator: SeededGenerator
    private(set) var story: [String] = []
    private(set) var told = 0
    private var people: [Int] = [1, 2, 3]
    private var job = 0

    private static let first = CivilDate("2024-01-01") ?? .first
    private static let relations = ["spouse", "son", "mother", "father", "other"]

    init(_ county: County, number: Int) throws {
        self.county = county
        self.number = number
        session = try county.as(.administrator)
        generator = SeededGenerator(seed: UInt64(number) &+ 77)
        let relations = ["householder", "spouse", "son"]
        try county.make(
            number,
            Sample.household(
                "H\(number)", since: "2024-01-01",
                members: (1...3).map { person in
                    Sample.member(
                        Self.name(person), relation: relations[person - 1], born: "1980-01-0\(person)",
                        id: id(person))
                }))
    }

    private func id(_ person: Int) -> String { Sample.id(number * 1_000 + person) }
    private var path: String { "/v1/households/\(Sample.id(number))" }
    private static func name(_ person: Int) -> String { "示例" + ["甲", "乙", "丙", "丁", "戊", "己", "庚"][person % 7] }
    private mutating func below(_ count: Int) -> Int { generator.below(count) }
    private mutating func someDay() -> CivilDate { Self.first.adding(days: below(12) * 60 + 5) }
    private mutating func someone() -> Int { people[below(people.count)] }

    // MARK: Telling

    /// One random act by the API; nil where it was refused.
    @discardableResult
    mutating func live() throws -> FamilyAct? {
        let household = try session.get(path + "?includeLeft=true").json
        let now = household["members"].list
        func find(_ person: Int) -> JSONValue? { now.first { $0["id"]?.string == id(person) } }
        func isLeft(_ person: Int) -> Bool { find(person)["leftOn"].string != nil }
        let head = people.first { find($0)["relation"].string == "householder" && !isLeft($0) } ?? 1
        let person = someone()
        var act = FamilyAct(member: person)
        switch below(8) {
        case 0 where people.count < 7:
            act = FamilyAct(member: people.count + 1)
            act.relation = "son"
            act.joinedOn = someDay()
        case 1, 2:
            act.leftOn = .some(someDay())
            act.others = [(someone(), "householder")].filter { $0.0 != person }
        case 3:
            act.member = head
            act.leftOn = .some(someDay())
            act.others = [(someone(), "householder")].filter { $0.0 != head }
        case 4:
            // The day of a leaving that is known was another one.
            let left = people.filter(isLeft)
            guard let someone = left.first else { return nil }
            act.member = someone
            act.leftOn = .some(someDay())
        case 5:
            guard let someone = people.filter(isLeft).last else { return nil }
            act.member = someone
            act.leftOn = .some(nil)
        case 6:
            act.member = person
            act.relation = "householder"
            act.effectiveOn = someDay()
            act.others = [(head, Self.relations[below(5)])].filter { $0.0 != person }
        default:
            act.relation = Self.relations[below(5)]
            act.effectiveOn = below(2) == 0 ? nil : someDay()
        }
        county.clock.advance(milliseconds: 1_000)
        let answer = try send(act, household["version"].integer ?? 0)
        let words =
            answer.status < 300 ? "" : answer.errors.joined() + " " + (answer.json["errors"][0]["detail"].string ?? "")
        story.append("\(act) -> \(answer.status) \(words)")
        guard answer.status < 300 else {
            #expect(answer.status == 422, "\(act): \(answer.text)")
            if answer.errors.contains(where: { $0.hasPrefix("/members ") }) {
                #expect(answer.text.contains("20") || answer.text.contains("endReason"), "\(answer.text)")
            }
            return nil
        }
        if act.joinedOn != nil { people.append(act.member) }
        told += 1
        return act
    }

    private func send(_ act: FamilyAct, _ version: Int) throws -> Answer {
        let member = path + "/members/\(id(act.member))"
        if let joinedOn = act.joinedOn {
            return try session.put(
                member,
                Sample.member(Self.name(act.member), relation: act.relation ?? "son", born: "2020-01-0\(act.member)")
                    .with(["joinedOn": .string(joinedOn.description)]))
        }
        var body: JSON = [:]
        if let relation = act.relation { body = body.with(["relation": .string(relation)]) }
        if let leftOn = act.leftOn {
            body = body.with([
                "leftOn": leftOn.map { .string($0.description) } ?? .null,
                "leftReason": leftOn == nil ? .null : "death",
            ])
        }
        if let day = act.effectiveOn { body = body.with(["effectiveOn": .string(day.description)]) }
        if !act.others.isEmpty {
            body = body.with([
                "members": .array(
                    act.others.map { ["id": .string(id($0.0)), "relation": .string($0.1)] })
            ])
        }
        return try session.patch(member, version: version, body)
    }

    /// Tells an act by a file with the ids of all people, as an export that somebody has edited.
    ///
    /// - Parameter relations: what everybody is by now; of a leaving taken back, its rows say it.
    /// - Returns: whether it was taken.
    mutating func tellByFile(_ act: FamilyAct, relations: [String: String]) throws -> Bool {
        county.clock.advance(milliseconds: 1_000)
        let day = act.effectiveOn.map(\.description)
        let now = try session.get(path + "?includeLeft=true").json["members"].list
        let then = try day.map { try session.get(path + "?on=\($0)").json["members"].list } ?? now
        var rows: [String] = []
        for person in people + (act.joinedOn == nil ? [] : [act.member]) {
            let known = now.first { $0["id"]?.string == id(person) }
            let onDay = then.first { $0["id"]?.string == id(person) } ?? known
            let named = person == act.member ? act.relation : act.others.first { $0.0 == person }?.1
            let isBack = act.leftOn == .some(nil)
            let relation = (isBack ? relations[id(person)] : named) ?? onDay["relation"].string ?? "son"
            var left = (known["leftOn"].string ?? "", known["leftReason"].string ?? "")
            if person == act.member, let leftOn = act.leftOn {
                left = leftOn.map { ($0.description, "death") } ?? ("", "")
            }
            let joined = known["joinedOn"].string ?? act.joinedOn?.description ?? ""
            let born = known["birthDate"].string ?? "2020-01-0\(person)"
            rows.append(
                "\(Place.villageA1),H\(number),general,illness,\(id(person)),\(Self.name(person)),male,\(born),"
                    + "\(relation),\(joined),\(left.0),\(left.1)")
        }
        let head =
            "villageCode,archiveNumber,attribute,mainCause,memberId,name,sex,birthDate,relation,joinedOn,leftOn,"
            + "leftReason"
        job += 1
        let file = number * 1_000 + 500 + job
        let done = try session.importFile(
            file, "kind=households" + (day.map { "&on=\($0)" } ?? ""),
            ([head] + rows).joined(separator: "\n") + "\n")
        story.append("\(rows) -> \(done.counts) \(try session.report(file))")
        guard done.counts[4] == 0 else { return false }
        if act.joinedOn != nil { people.append(act.member) }
        return true
    }

    /// What everybody is to the householder today.
    func relations() throws -> [String: String] {
        let members = try session.get(path + "?includeLeft=true").json["members"].list
        return Dictionary(uniqueKeysWithValues: members.map { ($0["id"]?.string ?? "", $0["relation"]?.string ?? "") })
    }

    // MARK: Days

    /// Who lives in the household, and who is its householder, on the days on which something may change.
    func days() throws -> [String] {
        var days = (0..<13).map { Self.first.adding(days: $0 * 60 + 5) }
        days.insert(Self.first, at: 0)
        let today = county.clock.now.shanghaiDate
        return try (days.filter { $0 < today } + [today]).map { day in
            let members = try session.get(path + "?on=\(day)").json["members"].list
            return "\(day) "
                + members.map { "\($0["name"]?.string ?? "")\($0["relation"]?.string == "householder" ? "*" : "")" }
                .sorted().joined(separator: " ")
        }
    }

    func wrongDays() throws -> [String] {
        try days().filter { day in
            let people = day.split(separator: " ").dropFirst()
            return !people.isEmpty && people.count { $0.hasSuffix("*") } != 1
        }
    }
}
