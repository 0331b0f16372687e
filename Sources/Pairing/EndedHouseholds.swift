// A household that has ended holds nobody's quota: its pairings and its other partnerships end with it, and begin again
// where the end is taken back and their cadres have room. The card that it holds stays where it is, and counts nowhere.

import Archive
import Domain
import SQL
import Service

enum EndedHouseholds {
    static let subscriptions = [Subscription(to: HouseholdWritten.self, hear)]

    /// The code of `pairing-end-reason` and of `partnership-end-reason`.
    static let reason = "household-ended"

    static let check = Check(
        "nobody helps a household that has ended",
        sql: """
            SELECT 'household ' || h.archive_number || ' has ended, and somebody helps it' FROM household h
            WHERE h.ended_on IS NOT NULL AND EXISTS (SELECT 1 FROM pairing p
                WHERE p.household_number = h.household_number AND (p.end_on IS NULL OR p.end_on > p.first_on)
                AND coalesce(p.end_on, '9999-99-99') > h.ended_on)
            UNION ALL
            SELECT 'household ' || h.archive_number || ' has ended, and is somebody''s partner' FROM household h
            WHERE h.ended_on IS NOT NULL AND EXISTS (SELECT 1 FROM partnership p
                WHERE p.household_number = h.household_number AND (p.end_on IS NULL OR p.end_on > p.first_on)
                AND coalesce(p.end_on, '9999-99-99') > h.ended_on)
            """)

    @Sendable
    private static func hear(_ event: HouseholdWritten, _ transaction: Transaction) throws {
        guard case .changed = event.occurrence, let before = event.before?.state.end?.day ?? event.state.end?.day,
            event.before?.state.end?.day != event.state.end?.day
        else { return }
        if let end = event.state.end {
            try self.end(event.number, on: end.day, transaction)
        } else {
            try reopen(event.number, endedOn: before, transaction)
            try reopenPartnerships(event.number, endedOn: before, transaction)
        }
    }

    private static func end(_ household: Int64, on day: CivilDate, _ transaction: Transaction) throws {
        let connection = transaction.connection
        let responsible = Set(try PairingTable.responsibilities(of: household, connection).map(\.pairingId))
        let open = try PairingTable.find(
            "p.household_number = $1 AND (p.end_on IS NULL OR (p.end_on > $2 AND p.end_on > p.first_on))",
            [household, day], connection)
        // Whoever answers goes last, so that nobody answers in between for a household that is none.
        for pairing in open.filter({ !responsible.contains($0.id) }) + open.filter({ responsible.contains($0.id) }) {
            guard let stored = try PairingTable.find(pairing.id, connection) else { continue }
            try PairingStore.end(stored, on: day, reason: reason, transaction)
            transaction.endedWith.add(.pairing, stored.id)
        }
        let partnerships = try Partnership.record.find(
            "household_number = $1 AND (end_on IS NULL OR (end_on > $2 AND end_on > first_on))", [household, day],
            connection)
        for stored in partnerships {
            var state = stored.state
            state.end = max(day, state.first)
            state.endReason = reason
            try Partnership.record.change(stored, to: state, place: stored.areaCode, from: day, transaction)
            transaction.endedWith.add(.partnership, stored.id)
        }
        let card = try connection.first(
            "SELECT id FROM contact_card WHERE household_number = $1 AND state = 'issued'", household
        ) { try $0.identifier(0) }
        if let card { transaction.endedWith.add(.card, card) }
    }

    /// Partners who were so until the household ended, or would have become so since, are partners again, as long as
    /// was agreed.
    private static func reopenPartnerships(
        _ household: Int64, endedOn day: CivilDate, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        let ended = try Partnership.record.find(
            "household_number = $1 AND end_reason = '\(reason)' AND end_on >= $2", [household, day], connection)
        for stored in ended {
            var state = stored.state
            (state.end, state.endReason) = try formerEnd(of: stored.id, "partnership_history", connection)
            do {
                _ = try transaction.savepoint {
                    try Partnership.record.change(
                        stored, to: state, place: stored.areaCode, from: max(day, state.first), takesBack: true,
                        transaction)
                }
            } catch SQLError.trigger {
                // The two have become partners anew meanwhile.
                continue
            }
        }
    }

    /// How a pairing or a partnership was to end before its household did.
    private static func formerEnd(
        of id: Identifier, _ history: String, _ connection: Connection
    ) throws -> (end: CivilDate?, reason: String?) {
        try connection.first(
            """
            SELECT end_on, end_reason FROM \(history)
            WHERE id = $1 AND valid_to IS NULL AND coalesce(end_reason, '') <> '\(reason)'
            ORDER BY version DESC LIMIT 1
            """, id
        ) { (try $0.optionalDate(0), $0.optionalText(1)) } ?? (nil, nil)
    }

    private static func reopen(_ household: Int64, endedOn day: CivilDate, _ transaction: Transaction) throws {
        let connection = transaction.connection
        let ended = try PairingTable.find(
            "p.household_number = $1 AND p.end_reason = '\(reason)' AND p.end_on >= $2", [household, day], connection)
        var gone: [StoredPairing] = []
        let last = try lastToAnswer(for: household, among: ended.map(\.id), connection)
        // Others first: they answer again until whoever took over from them.
        for stored in ended.filter({ $0.id != last }) + ended.filter({ $0.id == last }) {
            var state = stored.state
            (state.end, state.endReason) = try formerEnd(of: stored.id, "pairing_history", connection)
            do {
                try transaction.savepoint {
                    try PairingStore.change(stored, to: state, transaction)
                    if stored.id == last { try answerAgain(stored.id, for: household, transaction) }
                    try SecondHelperLimit.settle(of: stored.state.cadreId, transaction)
                }
            } catch SQLError.trigger {
                // The cadre has taken on others meanwhile, or has gone: the household awaits somebody else.
                gone.append(stored)
                continue
            }
        }
        try tell(gone, of: household, transaction)
    }

    /// Says in the answer that whoever helped a household cannot do so again, where it awaits a successor by that: as
    /// long as it had ended it awaited nobody.
    private static func tell(_ gone: [StoredPairing], of household: Int64, _ transaction: Transaction) throws {
        let connection = transaction.connection
        var terms = ConsolidationTerms()
        guard !gone.isEmpty, transaction.tellsConsequences,
            let left = try LeftHousehold.find(household, connection),
            let since = try left.awaiting(
                HelpCourse(of: household, connection), before: .ofNobody, today: transaction.today, &terms, connection)
        else { return }
        for stored in gone {
            guard let cadre = try CadreTable.find(stored.state.cadreId, connection) else { continue }
            transaction.consequences.add(
                .init(
                    .leftBehind, household: left.id, archiveNumber: left.archiveNumber, areaCode: left.areaCode,
                    cadreName: cadre.state.name, since: since))
        }
    }

    /// The one of some pairings that was to answer for the household last.
    private static func lastToAnswer(
        for household: Int64, among pairings: [Identifier], _ connection: Connection
    ) throws -> Identifier? {
        try connection.query(
            """
            SELECT pairing_id FROM responsibility WHERE household_number = $1 AND superseded_at IS NOT NULL
            ORDER BY superseded_at DESC, valid_from DESC
            """, household
        ) { try $0.identifier(0) }.first(where: pairings.contains)
    }

    /// Whoever began to answer for a household only after its end lost that with all days of the pairing: they answer
    /// again, where nobody else does.
    private static func answerAgain(
        _ pairing: Identifier, for household: Int64, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        guard let stored = try PairingTable.find(pairing, connection), !stored.state.days.isEmpty,
            try PairingTable.responsibilities(of: household, connection)
                .allSatisfy({ !$0.days.contains(stored.state.first) })
        else { return }
        try PairingStore.makeResponsible(stored, from: stored.state.first, transaction)
    }
}
