// A problem of pairing with what the records behind its positions are. Deliberately plain values: whoever asks "what
// if" changes the problem and solves it again.

import Archive
import Domain
import Service
import Web

/// What is known of an area on a day, as the engine wants it.
struct PairingInput: Sendable {
    /// The area that was read: a town or above.
    let area: Division
    /// The area whose weights count.
    let policyArea: Division
    let day: CivilDate
    var problem: PairingProblem
    /// What need means here.
    var needs = NeedPolicy()

    /// Behind ``PairingProblem/households``.
    var householdNumbers: [Int64] = []
    /// Behind ``PairingProblem/pairs``: the pairings, and the days on which they began.
    var pairings: [(id: Identifier, first: CivilDate)] = []
    /// Behind ``PairingProblem/villages``.
    var villages: [Village] = []
    /// Behind ``PairingProblem/cadres``.
    var cadres: [Cadre] = []
    /// Behind ``PairingProblem/units``.
    var unitNames: [String] = []
    /// Towns by their ids.
    var towns: [Identifier: Division] = [:]

    struct Village: Sendable {
        /// Its place in the current tree.
        let areaCode: Int64
        let code: AreaCode
        let name: String
    }

    struct Cadre: Sendable {
        let name: String
        /// Where they are seen.
        let areaCode: Int64
        /// Whether they are there: a question of "what if" may add people.
        let isReal: Bool
        /// The place that they are linked to on the day; nil if they are linked nowhere.
        var capacityPlace: Int64?
        /// Over all that was read of them, whatever else was read with them.
        var hash: UInt64 = 0
    }

    /// Where the pairs of each household stand in ``PairingProblem/pairs``, which come household by household.
    func position(ofPair household: Int32, _ cadre: Int32) -> Int? {
        let pairs = problem.pairs
        var (low, high) = (0, pairs.count)
        while low < high {
            let middle = (low + high) / 2
            if pairs[middle].household < household { low = middle + 1 } else { high = middle }
        }
        while low < pairs.count, pairs[low].household == household {
            if pairs[low].cadre == cadre { return low }
            low += 1
        }
        return nil
    }

    /// The place of a household's village.
    func areaCode(ofHousehold household: Int) -> Int64 {
        villages[Int(problem.households[household].village)].areaCode
    }

    /// A village with its names.
    func named(_ village: Int32) -> NamedVillage {
        let place = villages[Int(village)]
        return NamedVillage(
            code: place.code, name: place.name, town: towns[problem.villages[Int(village)].town]?.name ?? "")
    }

    /// The names that sentences of shortages need; a village with its town, because village names come often.
    var names: PairingNames {
        let (cadres, units) = (cadres, unitNames)
        let villages = zip(villages, problem.villages).map { village, place in
            (towns[place.town]?.name ?? "") + village.name
        }
        return PairingNames(
            village: { villages[Int($0)] }, cadre: { cadres[Int($0)].name }, unit: { units[Int($0)] })
    }
}

/// A village as answers name it.
struct NamedVillage: Sendable {
    let code: AreaCode
    let name: String
    let town: String

    /// Writes its members into an object.
    func write(to json: inout JSONWriter) {
        json.key("villageCode")
        json.areaCode(code.value)
        json.key("villageName")
        json.string(name)
        json.key("townName")
        json.string(town)
    }

    /// Villages in the order of their codes, as an array of objects.
    static func write(_ villages: [NamedVillage], to json: inout JSONWriter) {
        json.array { json in
            for village in villages.sorted(by: { $0.code < $1.code }) { json.object { village.write(to: &$0) } }
        }
    }
}

/// What a cadre may carry on some days, and where.
struct CapacityStretch {
    let days: DayInterval
    var quota: Int
    var area: PairingArea
    /// The division of the area, and its place.
    let division: (id: Identifier, place: Int64)?
}

/// What a cadre may take on from a day on, when everything that is already dated comes true.
struct CapacityAhead {
    /// Segments from the day on, in order.
    var segments: [CapacityStretch] = []
    /// Pairings of the day that the problem holds.
    var present: [DayInterval] = []
    /// Other pairings of the day, and those that begin later.
    var others: [DayInterval] = []
    /// Of these, and of all, those of a second helper: with a household that needs two units, or for which they are not
    /// known to answer to the end.
    var otherSeconds: [DayInterval] = []
    var seconds: [DayInterval] = []

    /// The quota of the day; 0 where there is none yet.
    func quota(on day: CivilDate) -> Int {
        segments.first.map { $0.days.first <= day ? $0.quota : 0 } ?? 0
    }

    /// How many households they may have on the day, and how many of these may begin then, so that no later day has
    /// more than its quota: a quota that falls later is for that day's run, but whoever begins now must fit below it.
    ///
    /// Where all pairs that exist are within what each later day has room for, that is the bound of all; else those
    /// that exist have the quota of the day, and new ones what is left besides all of them.
    func room(from day: CivilDate) -> (all: Int, new: Int) {
        guard let first = segments.first, first.days.first <= day else { return (0, 0) }
        if segments.count == 1, others.isEmpty { return (first.quota, first.quota) }
        var (least, new) = (Int.max, Int.max)
        for segment in segments {
            let starts = others.map(\.first).filter { segment.days.contains($0) && $0 > day }
            for start in [max(day, segment.days.first)] + starts {
                let rest = segment.quota - others.count { $0.contains(start) }
                least = min(least, rest)
                new = min(new, rest - present.count { $0.contains(start) })
            }
        }
        if present.count <= max(0, least) { return (max(0, least), max(0, least)) }
        return (max(0, first.quota - others.count { $0.contains(day) }), max(0, new))
    }

    /// Where they may go on to help on the day.
    var presentArea: PairingArea { segments.first?.area ?? .nowhere }

    /// Where they may help on all of the days on which they may help at all.
    func area(_ problem: PairingProblem) -> PairingArea {
        var area: PairingArea?
        for segment in segments where segment.quota > 0 {
            area = area.map { Self.common($0, segment.area, problem) } ?? segment.area
        }
        return area ?? segments.first?.area ?? .nowhere
    }

    private static func common(_ left: PairingArea, _ right: PairingArea, _ problem: PairingProblem) -> PairingArea {
        func town(_ village: Int32) -> Identifier { problem.villages[Int(village)].town }
        switch (left, right) {
        case (.village(let one), .village(let other)): return one == other ? left : .nowhere
        case (.townOf(let one), .townOf(let other)): return town(one) == town(other) ? left : .nowhere
        case (.village(let village), .townOf(let other)): return town(village) == town(other) ? left : .nowhere
        case (.townOf(let other), .village(let village)): return town(village) == town(other) ? right : .nowhere
        default: return .nowhere
        }
    }
}
