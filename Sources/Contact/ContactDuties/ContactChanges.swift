// Whose duties of contact a transaction has touched. A batch brings many visits of one household, and an import changes
// thousands of households, so they are gathered, and what is kept of each is counted once before the transaction's work
// returns.

import Archive
import Domain
import Pairing
import SQL
import Service

extension Transaction {
    /// Households whose kept duties of contact are recounted before the work returns.
    package var contacts: ContactChanges { memory() }
}

/// The households and cadres of one transaction. Used by the writer's thread only. What a savepoint took back may stay
/// in it: recounting what did not change writes nothing.
package final class ContactChanges: Gatherer {
    package static var after: [any Gatherer.Type] { [HelpChanges.self] }

    let policies = ContactPolicies()
    /// The earliest day on which something of a household may be different.
    package private(set) var households: [Int64: CivilDate] = [:]
    /// Households of which only contacts may be different, since when and for which kinds of duties: what they are owed
    /// need not be asked.
    private var contacted: [Int64: ContactedDays] = [:]
    /// Households that were not there before.
    private var created: Set<Int64> = []
    /// The villages in which households were counted when the transaction began, of those that moved.
    private var origins: [Int64: Identifier] = [:]
    /// Cadres whose last visit may be another one.
    private var cadres: Set<Identifier> = []
    /// Cadres who made a visit or came along to one, and the last day of it.
    private var visiting: [Identifier: CivilDate] = [:]
    /// Areas whose rules have changed, and since when; nil for everywhere.
    private var areas: [Identifier?: CivilDate] = [:]

    package init() {}

    /// A household of which a visit, its state, its village, an event or its first pairing may be different from a day
    /// on.
    package func touch(household: Int64, from day: CivilDate) {
        households[household] = min(households[household] ?? day, day)
    }

    /// A household of which a contact came, or counts no longer.
    ///
    /// - Parameters:
    ///   - day: for which it counts; nil for none.
    ///   - kinds: of duties for which it can count.
    ///   - event: the first day on which something happened of which it tells: that is a duty of its own.
    package func touch(
        contactOf household: Int64, on day: CivilDate?, for kinds: Set<ContactDutyKind>, telling event: CivilDate?
    ) {
        if let event {
            touch(household: household, from: min(event, day ?? event))
        } else if let day, !kinds.isEmpty {
            contacted[household, default: ContactedDays(first: day)].add(day, kinds)
        }
    }

    /// A household that was made in this transaction.
    package func create(household: Int64) { created.insert(household) }

    /// A household that goes to another village, with what is kept of it.
    ///
    /// - Parameters:
    ///   - village: the one that it leaves.
    ///   - day: the first day on which it is somewhere else.
    package func move(household: Int64, from village: Identifier, on day: CivilDate) {
        // The first one is where the transaction found it.
        if origins[household] == nil { origins[household] = village }
        touch(household: household, from: day)
    }

    /// A cadre of whom a visit counts no longer.
    package func touch(cadre: Identifier) { cadres.insert(cadre) }

    /// A cadre who made a visit that counts for a day, or came along to it.
    package func touch(cadre: Identifier, visitingOn day: CivilDate) {
        visiting[cadre] = max(visiting[cadre] ?? day, day)
    }

    /// The rules of an area, or its place in the tree, change from a day on; nil for everywhere.
    package func touch(area: Identifier?, from day: CivilDate) {
        policies.forget()
        areas[area] = min(areas[area] ?? day, day)
    }

    package func endPart(isTakenBack: Bool) {
        guard isTakenBack else { return }
        policies.forget()
        cadres.formUnion(visiting.keys)
        visiting = [:]
    }

    /// Recounts what is kept of everybody touched.
    package func write(_ transaction: Transaction) throws {
        let connection = transaction.connection
        try spread(transaction)
        if !households.isEmpty || !contacted.isEmpty || !created.isEmpty {
            let horizon = try ContactHorizon.written(on: transaction.today, connection)
            var figures = ContactFigureChanges()
            for number in created.union(households.keys).union(contacted.keys).sorted() {
                try keep(number, through: horizon, &figures, connection)
            }
            try figures.write(connection)
            households = [:]
            contacted = [:]
            created = []
            origins = [:]
        }
        for cadre in cadres.sorted() { try CadreContacts.keep(cadre, connection) }
        for (cadre, day) in visiting.sorted(by: { $0.key < $1.key }) where !cadres.contains(cadre) {
            try CadreContacts.keep(cadre, visitOn: day, connection)
        }
        cadres = []
        visiting = [:]
    }

    /// From areas to their households: to all of them at once where they are few.
    private func spread(_ transaction: Transaction) throws {
        guard let first = areas.values.min() else { return }
        let limit = ContactWork.householdsAtOnce
        var concerned: [Int64: CivilDate] = [:]
        for (area, day) in areas where concerned.count <= limit {
            for number in try Self.households(in: area, max: limit + 1, transaction.connection) {
                concerned[number] = min(concerned[number] ?? day, day)
            }
        }
        areas = [:]
        if concerned.count > limit {
            try ContactWork.schedule(from: first, transaction)
        } else {
            for (number, day) in concerned { touch(household: number, from: day) }
        }
    }

    /// Households that are or were in an area.
    ///
    /// - Parameter area: nil for everywhere.
    private static func households(in area: Identifier?, max: Int, _ connection: Connection) throws -> [Int64] {
        guard let area else {
            return try connection.query("SELECT household_number FROM household LIMIT $1", max) { $0.int64(0) }
        }
        return try connection.query(
            """
            WITH RECURSIVE place (id) AS (SELECT id FROM division WHERE id = $1
                UNION SELECT d.id FROM place p JOIN division d ON d.parent_id = p.id)
            SELECT h.household_number FROM place p JOIN household h ON h.village_id = p.id
            UNION SELECT b.household_number FROM place p JOIN household_history b ON b.village_id = p.id
            WHERE b.superseded_at IS NULL
            LIMIT $2
            """, area, max
        ) { $0.int64(0) }
    }

    private func keep(
        _ number: Int64, through horizon: CivilDate, _ figures: inout ContactFigureChanges, _ connection: Connection
    ) throws {
        let isCreated = created.contains(number)
        let changed = households[number] ?? (isCreated && contacted[number] != nil ? .first : nil)
        if isCreated, changed == nil {
            try ContactRecount.create(number, through: horizon, policies, &figures, connection)
        } else if let changed {
            let from = min(changed, contacted[number]?.first ?? changed)
            try ContactRecount.rules(
                of: number, from: from, cameFrom: origins[number], through: horizon, policies, &figures, connection)
        } else if let contacted = contacted[number] {
            try ContactRecount.contacts(of: number, contacted, &figures, connection)
        }
    }
}

// MARK: What touches duties

extension ContactChanges {
    package static let subscriptions: [Subscription] = [
        Subscription(to: HouseholdWritten.self, hear),
        Subscription(to: HouseholdHelpChanged.self) {
            $1.contacts.touch(household: $0.householdNumber, from: $0.from)
        },
        // Households that were helped before their archives came into the register came under duty then. They may be
        // thousands: their duties are counted behind what is served.
        Subscription(to: PairingRunApplied.self) { try ContactWork.schedule(from: $0.day, $1) },
        Subscription(to: DivisionAdopted.self) { $1.contacts.touch(area: $0.id, from: .first) },
        Subscription(to: ParameterStated.self) { event, transaction in
            guard ContactPolicies.concerns(event.key), let day = event.from else { return }
            transaction.contacts.touch(area: event.divisionId, from: day)
        },
    ]

    @Sendable
    private static func hear(_ event: HouseholdWritten, _ transaction: Transaction) throws {
        let contacts = transaction.contacts
        switch event.occurrence {
        case .created:
            contacts.create(household: event.number)
            if event.hasPast { contacts.touch(household: event.number, from: .first) }
        case .changed(let members, let day):
            guard let before = event.before else { return }
            contacts.touch(event, before, members, from: day)
        case .restored:
            contacts.touch(household: event.number, from: .first)
            if let village = event.before?.state.villageId, village != event.state.villageId {
                contacts.move(household: event.number, from: village, on: .first)
            }
        case .removed: try ContactRows.remove(event.number, in: event.state.villageId, transaction.connection)
        }
    }

    /// What duties of contact follow from: where a household lives, its state, what happened to its members (R063).
    private func touch(
        _ event: HouseholdWritten, _ before: StoredHousehold, _ members: [MemberState], from day: CivilDate
    ) {
        if event.state.villageId != before.state.villageId {
            move(household: event.number, from: before.state.villageId, on: day)
        }
        if event.state.state != before.state.state || day < before.validFrom {
            touch(household: event.number, from: day)
        }
        if event.state.end?.day != before.state.end?.day { touch(household: event.number, from: .first) }
        for member in members {
            let old = before.members.first { $0.state.id == member.id }?.state
            // Told late, and another thing since.
            if old == member { touch(household: event.number, from: day) }
            guard let first = HouseholdOccasions.firstDay(from: old, to: member, on: day) else { continue }
            touch(household: event.number, from: first)
        }
    }
}

/// From when on, and for which kinds of duties, the contacts of a household may be others.
struct ContactedDays {
    private(set) var first: CivilDate
    private(set) var kinds: Set<ContactDutyKind> = []

    init(first: CivilDate) { self.first = first }

    mutating func add(_ day: CivilDate, _ kinds: Set<ContactDutyKind>) {
        first = min(first, day)
        self.kinds.formUnion(kinds)
    }
}
