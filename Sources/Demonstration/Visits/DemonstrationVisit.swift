// A visit of the demonstration county as a value: what a tablet would have sent, and when it would have arrived.

import Domain

/// An invented visit, call or other contact.
public struct DemonstrationVisit: Hashable, Sendable {
    /// Version 7.
    public let id: Identifier
    /// The household; nil for a meeting of a village.
    public let householdId: Identifier?
    /// The village of the household, or that the meeting was for.
    public let villageCode: AreaCode
    /// Code of `visit-kind`.
    public internal(set) var kind: String
    /// When it happened by the device's clock.
    public internal(set) var occurredAt: Instant
    /// When it reached the service.
    public internal(set) var receivedAt: Instant
    /// The cadre who made it; nil where nobody of the register did.
    public let cadreId: Identifier?
    /// Who came along.
    public internal(set) var companions: [Companion] = []
    /// Code of `visit-purpose`.
    public internal(set) var purpose: String?
    /// Codes of `visit-occasion`.
    public internal(set) var occasions: [String] = []
    /// Codes of `six-helps`.
    public internal(set) var sixHelps: [String] = []
    /// Codes of `six-ones`.
    public internal(set) var sixOnes: [String] = []
    /// Where it was; nil where the device did not know.
    public internal(set) var location: Location?
    /// What was done, seen and thought (R064).
    public internal(set) var diary: Diary
    /// Concrete good deeds (R068).
    public internal(set) var deeds: [Deed] = []
    /// Gifts of condolence (R066).
    public internal(set) var gifts: [Gift] = []
    /// What has happened to the household (R063).
    public internal(set) var events: [Event] = []
    /// Needs that were voiced (R035).
    public internal(set) var needs: [Need] = []
    /// SHA-256 of photos that will follow.
    public internal(set) var photos: [[UInt8]] = []
    /// The name of the tablet or phone.
    public let device: String
    /// How far the device's clock was ahead, in milliseconds; nil where it was not said.
    public internal(set) var clockOffset: Int?
    /// The record that this one corrects.
    public internal(set) var corrects: Identifier?
    /// A correction that says it never took place.
    public internal(set) var isRetraction = false

    /// A cadre, or somebody known by name only.
    public enum Companion: Hashable, Sendable {
        case cadre(Identifier)
        case name(String)
    }

    /// A place in the open Pacific, so that no real house is meant. Millionths of a degree, and metres.
    public struct Location: Hashable, Sendable {
        /// North.
        public let latitude: Int
        /// East.
        public let longitude: Int
        /// How far off it may be.
        public let accuracyMetres: Int
    }

    /// A diary (民情日记) in its three parts.
    public struct Diary: Hashable, Sendable {
        /// 干了什么.
        public var did: String?
        /// 看到什么.
        public var saw: String?
        /// 想到什么.
        public var thought: String?

        /// Whether nothing is written in any part.
        public var isEmpty: Bool { did == nil && saw == nil && thought == nil }
    }

    /// A good deed: code of `deed-kind`, and what came of it.
    public struct Deed: Hashable, Sendable {
        /// Code of `deed-kind`.
        public let kind: String
        /// What came of it.
        public let result: String
    }

    /// A gift.
    public struct Gift: Hashable, Sendable {
        /// Code of `gift-kind`.
        public let kind: String
        /// How many of the unit.
        public let quantity: Int
        /// What the quantity counts; nil for money.
        public let unit: String?
        /// What it is worth.
        public let valueFen: Int
        /// Code of `gift-donor`.
        public let donor: String
    }

    /// Something that happened to the household.
    public struct Event: Hashable, Sendable {
        /// Code of `household-event`.
        public let kind: String
        /// The day of it.
        public let happenedOn: CivilDate
        /// In words.
        public let note: String
    }

    /// A need as it was voiced.
    public struct Need: Hashable, Sendable {
        /// Version 7.
        public let id: Identifier
        /// Code of `need-kind`.
        public let kind: String
        /// In words.
        public let text: String
    }
}

/// A household as those who visit it know it: what visits are invented from.
public struct VisitedHousehold: Sendable {
    /// The household's id.
    public let id: Identifier
    /// Its village.
    public let villageCode: AreaCode
    /// The householder's name.
    public let householder: String
    /// Every state it has had, oldest first.
    public let states: [DemonstrationState]
    /// Who helps it when, in no order.
    public var helpers: [Help] = []
    let hasPupil: Bool
    let hasIllness: Bool
    let hasMigrant: Bool
    let isSupported: Bool

    /// A cadre who helps the household on some days.
    public struct Help: Hashable, Sendable {
        /// The cadre.
        public let cadre: Identifier
        /// Whether they answer for the household.
        public let isResponsible: Bool
        /// The first day.
        public let first: CivilDate
        /// The first day on which they no longer do; nil for no end.
        public let end: CivilDate?

        /// Help of these days.
        public init(cadre: Identifier, isResponsible: Bool, first: CivilDate, end: CivilDate?) {
            self.cadre = cadre
            self.isResponsible = isResponsible
            self.first = first
            self.end = end
        }

        func contains(_ day: CivilDate) -> Bool { first <= day && (end.map { day < $0 } ?? true) }
    }

    /// What visits need of a household; who helps it is added by whoever knows.
    public init(_ household: DemonstrationHousehold) {
        id = household.id
        villageCode = household.villageCode
        householder = household.members.first?.name ?? ""
        states = household.stateHistory
        hasPupil = household.members.contains {
            $0.schoolState != SchoolStateCode.notInSchool && $0.schoolState != "preschool"
        }
        hasIllness = household.members.contains { $0.health != HealthCode.healthy }
        hasMigrant = household.members.contains { $0.workPlace != nil }
        isSupported = AttributeCode.supported.contains(household.attribute)
    }

    func state(on day: CivilDate) -> String {
        states.last { $0.since <= day }?.state ?? HouseholdStateCode.registered
    }
}
