// How a visit is taken, from a request, a batch or a clerk's decision (Appendix B): what becomes of it has five names,
// and nothing that was written in the field is dropped. One visit costs few statements, because a batch brings
// hundreds.

import Domain
import SQL
import Service
import Web

/// What became of a visit.
package enum VisitOutcome: Equatable {
    /// It is there now.
    case created(version: Int)
    /// It was there already.
    case replayed(version: Int)
    /// Other content has its id, or another record corrects what it corrects: it is kept for a person.
    case conflict(code: String)
    /// The right was lost before it was written: it is kept for a person.
    case parked(code: String)
    /// Its id is that of a visit that the sender has nothing to do with, whatever its content. Nothing is kept.
    case taken
    /// It cannot be taken as it is.
    case rejected([FieldError])
}

/// Takes the visits of one request.
package struct VisitIntake {
    private let userId: Identifier?
    private let scope: Scope
    private let batchId: Identifier?

    /// - Parameter caller: who sends.
    package init(caller: Caller, batchId: Identifier? = nil) {
        self.init(userId: caller.userId, scope: caller.scope, batchId: batchId)
    }

    /// - Parameters:
    ///   - userId: who recorded it; nil for commands on the machine itself.
    ///   - scope: what may be written of.
    package init(userId: Identifier?, scope: Scope, batchId: Identifier?) {
        self.userId = userId
        self.scope = scope
        self.batchId = batchId
    }

    /// Takes one visit.
    ///
    /// - Parameters:
    ///   - draft: without errors.
    ///   - content: `VisitContent.bytes` of its body, kept where a person has to decide.
    ///   - contentHash: `VisitContent.hash`.
    /// - Throws: what storage throws; never for what is wrong with the visit.
    package func take(
        _ draft: VisitDraft, content: [UInt8], contentHash: [UInt8], _ transaction: Transaction
    ) throws -> VisitOutcome {
        let connection = transaction.connection
        let known = try Known.find(draft.id, contentHash, connection)
        if let stored = known.stored, stored.hasContent, isSenders(stored) { return .replayed(version: stored.version) }
        // Who it belongs to is checked before what it says: an answer must not tell a stranger what is stored.
        if known.stored != nil || known.isHeld, let outcome = try unentitled(draft, known, transaction) {
            return outcome
        }
        if known.isHeld, let outcome = try decided(draft.id, contentHash, connection) { return outcome }
        let item: HeldItem
        if let stored = known.stored {
            guard let placed = try place(draft, transaction) else { return .taken }
            switch placed.right {
            case .lost where !isSenders(stored): item = HeldItem(.rightLost, placed.subject)
            case _ where stored.hasContent: return .replayed(version: stored.version)
            // Where the household lies that the new content is about: nobody else may read it.
            default: item = HeldItem(.conflictingContent, placed.subject)
            }
        } else {
            switch try store(draft, contentHash: contentHash, transaction) {
            case .stored:
                if known.isHeld { try settle(draft.id, contentHash, transaction) }
                return .created(version: 1)
            case .refused(let errors): return .rejected(errors)
            case .held(let found): item = found
            }
        }
        if !known.isHeld { try hold(draft, content, contentHash, item, transaction) }
        return item.outcome
    }

    /// Keeps a visit of a batch that could not be taken for its own id; not where the visit is known, or is none of
    /// the sender's business.
    func keep(
        _ draft: VisitDraft, content: [UInt8], contentHash: [UInt8], code: String, _ transaction: Transaction
    ) throws {
        let known = try Known.find(draft.id, contentHash, transaction.connection)
        guard !known.isHeld, known.stored?.hasContent != true, let placed = try place(draft, transaction),
            placed.right != .never, try unentitled(draft, known, transaction) == nil
        else { return }
        try HeldVisitTable.hold(
            HeldBody(visitId: draft.id, receivedAt: draft.receivedAt, bytes: content, hash: contentHash), .conflict,
            code, household: placed.subject.householdNumber, areaCode: placed.subject.areaCode, batchId: batchId,
            userId: userId, transaction)
    }

    // MARK: Who it belongs to

    /// A visit's household or village, the time that is believed of it, and the sender's right to it.
    private struct Placed {
        let subject: VisitSubject
        let judged: JudgedTime
        let right: VisitRight
    }

    /// Nil where there is no such household or village.
    private func place(_ draft: VisitDraft, _ transaction: Transaction) throws -> Placed? {
        let connection = transaction.connection
        guard let subject = try VisitSubject.find(draft.subject, connection) else { return nil }
        let clock = try transaction.memory(VisitClocks.self).find(
            subject.areaCode, on: draft.receivedAt.shanghaiDate, connection)
        let judged = clock.judge(
            draft.occurredAt, offset: draft.clockOffsetMilliseconds, receivedAt: draft.receivedAt)
        return Placed(
            subject: subject, judged: judged,
            right: try VisitRight.of(userId, scope, to: subject, at: judged.time, connection))
    }

    /// Whether the sender recorded a visit, or has it in the area.
    private func isSenders(_ stored: Known.Stored) -> Bool {
        scope.contains(stored.areaCode) || (userId != nil && stored.recordedBy == userId)
    }

    /// What somebody without a right to the visit that has the id, or to the one that was sent, is told: the same
    /// whatever its content. Nil for whoever has both rights.
    private func unentitled(
        _ draft: VisitDraft, _ known: Known, _ transaction: Transaction
    ) throws -> VisitOutcome? {
        let placed = try place(draft, transaction)
        let isNever = placed.map { $0.right == .never } ?? true
        guard let stored = known.stored else {
            // Kept content takes no id, so it is as if it were not there.
            let isOwn = userId != nil && known.heldBy == userId
            guard isNever && !isOwn else { return nil }
            return .rejected([try VisitProblems.unknownSubject(draft.subject, scope, transaction.connection)])
        }
        guard !isNever, let subject = placed?.subject else { return .taken }
        let isOfSame = subject.householdNumber == stored.householdNumber && subject.villageId == stored.villageId
        return isSenders(stored) || isOfSame ? nil : .taken
    }

    /// What a person has decided of a content that was kept; nil where nobody has.
    private func decided(
        _ id: Identifier, _ contentHash: [UInt8], _ connection: Connection
    ) throws -> VisitOutcome? {
        guard let held = try HeldVisitTable.find(visit: id, contentHash: contentHash, connection) else { return nil }
        switch held.state {
        case .open: return nil
        case .refused: return .rejected([VisitProblems.refusedByClerk])
        case .accepted, .settled:
            let version = try connection.first("SELECT version FROM visit WHERE id = $1", held.resultId) { $0.int(0) }
            return version.map { .replayed(version: $0) }
        }
    }

    // MARK: A new one

    /// What became of a visit whose id is free.
    enum Result {
        case stored
        case held(HeldItem)
        case refused([FieldError])
    }

    /// Checks a visit against the register and writes it.
    func store(_ draft: VisitDraft, contentHash: [UInt8], _ transaction: Transaction) throws -> Result {
        let connection = transaction.connection
        guard let placed = try place(draft, transaction), placed.right != .never else {
            return .refused([try VisitProblems.unknownSubject(draft.subject, scope, connection)])
        }
        let (subject, judged) = (placed.subject, placed.judged)
        if placed.right == .lost { return .held(HeldItem(.rightLost, subject)) }
        var errors: [FieldError] = []
        if let household = subject.householdNumber,
            let error = try EndedVisits.error(draft, of: household, on: judged.day, connection)
        {
            errors.append(error)
        }
        let people = try VisitPeople(draft, of: subject, on: judged.day, scope, &errors, connection)
        var corrected: CorrectedVisit?
        if let id = draft.corrects {
            corrected = try VisitTable.corrected(id, connection)
            if !isVisible(corrected, beside: subject) { errors.append(VisitProblems.unknownVisit) }
        }
        let brought = try PlacedBrought(
            draft, of: subject, on: judged.day, recordedBy: userId, &errors, transaction)
        guard errors.isEmpty else { return .refused(errors) }
        if corrected?.isCorrected == true {
            return .held(HeldItem(.alreadyCorrected, subject))
        }
        var mapped = draft
        var flags = judged.flags
        if subject.householdNumber != nil, let author = draft.author, !people.isHelper(author) {
            flags.append(.cadreNotHelper)
        }
        flags += mapped.map(transaction.register.codeLists, on: judged.day)
        let visit = NewVisit(
            draft: mapped, subject: subject, recordedBy: userId, batchId: batchId, judged: judged, flags: flags,
            names: names(draft, subject, people), contentHash: contentHash)
        try write(visit, over: corrected, transaction)
        try brought.write(visit: draft.id, on: judged.day, recordedBy: userId, transaction)
        return .stored
    }

    /// A record may be corrected by whoever sees it, recorded it, or may write of the same household.
    private func isVisible(_ visit: CorrectedVisit?, beside subject: VisitSubject) -> Bool {
        guard let visit else { return false }
        return scope.contains(visit.areaCode) || (userId != nil && visit.recordedBy == userId)
            || (subject.householdNumber != nil && visit.householdNumber == subject.householdNumber)
    }

    private func names(_ draft: VisitDraft, _ subject: VisitSubject, _ people: VisitPeople) -> [String] {
        let companions = draft.companions.compactMap { $0.name ?? people.name($0.cadre) }
        return [subject.householderName, people.name(draft.author)].compactMap(\.self) + companions
    }

    private func write(_ visit: NewVisit, over corrected: CorrectedVisit?, _ transaction: Transaction) throws {
        let draft = visit.draft
        try VisitTable.insert(visit, transaction.connection)
        try transaction.audit("create", .visit, draft.id, after: VisitAudit.fields(visit))
        try transaction.change(.create, .visit, draft.id, version: 1, to: visit.subject.areaCode)
        if let corrected {
            try VisitTable.discount(corrected, transaction.connection)
            try transaction.audit(
                "correct", .visit, corrected.id, after: VisitAudit.correction(by: draft.id, draft.isRetraction))
            try transaction.change(
                .change, .visit, corrected.id, version: corrected.version + 1, from: corrected.areaCode,
                to: corrected.areaCode)
            try touch(corrected, transaction)
        }
        if let number = visit.subject.householdNumber {
            transaction.contacts.touch(
                contactOf: number, on: visit.contact?.day, for: visit.contact?.kinds ?? [],
                telling: draft.events.map(\.happenedOn).min())
        }
        guard let contact = visit.contact, contact.isVisit else { return }
        for cadre in [draft.author] + draft.companions.map(\.cadre) {
            if let cadre { transaction.contacts.touch(cadre: cadre, visitingOn: contact.day) }
        }
    }

    private func touch(_ corrected: CorrectedVisit, _ transaction: Transaction) throws {
        let connection = transaction.connection
        if let number = corrected.householdNumber {
            transaction.contacts.touch(
                contactOf: number, on: corrected.countedOn, for: Set(ContactDutyKind.allCases),
                telling: try VisitTable.firstEvent(of: corrected.number, connection))
        }
        if let author = corrected.author { transaction.contacts.touch(cadre: author) }
        for cadre in try VisitTable.companions(of: corrected.number, connection) {
            transaction.contacts.touch(cadre: cadre)
        }
    }

    // MARK: Kept for a person

    /// Why a person has to decide.
    enum Reason: String {
        case conflictingContent = "conflicting-content"
        case alreadyCorrected = "already-corrected"
        case rightLost = "right-lost"
    }

    /// Something to be kept, and whom it is about.
    struct HeldItem {
        let reason: Reason
        let householdNumber: Int64?
        let areaCode: Int64

        init(_ reason: Reason, _ subject: VisitSubject) {
            self.reason = reason
            householdNumber = subject.householdNumber
            areaCode = subject.areaCode
        }

        var cause: HeldCause { reason == .rightLost ? .parked : .conflict }

        var outcome: VisitOutcome {
            switch cause {
            case .conflict: .conflict(code: reason.rawValue)
            case .parked: .parked(code: reason.rawValue)
            }
        }
    }

    private func hold(
        _ draft: VisitDraft, _ content: [UInt8], _ contentHash: [UInt8], _ item: HeldItem, _ transaction: Transaction
    ) throws {
        try HeldVisitTable.hold(
            HeldBody(visitId: draft.id, receivedAt: draft.receivedAt, bytes: content, hash: contentHash),
            item.cause, item.reason.rawValue, household: item.householdNumber, areaCode: item.areaCode,
            batchId: batchId, userId: userId, transaction)
    }

    /// What was kept has come another way.
    private func settle(_ id: Identifier, _ contentHash: [UInt8], _ transaction: Transaction) throws {
        guard let held = try HeldVisitTable.find(visit: id, contentHash: contentHash, transaction.connection),
            held.state == .open
        else { return }
        try HeldVisitTable.decide(held, .settled, by: nil, reason: nil, result: id, transaction)
    }
}

/// What is known of an id before its visit is looked at.
private struct Known {
    struct Stored {
        let version: Int
        let householdNumber: Int64?
        let villageId: Identifier?
        let areaCode: Int64
        let recordedBy: Identifier?
        /// It has the content that came.
        let hasContent: Bool
    }

    var stored: Stored?
    /// The content is kept for a person, or was.
    var isHeld = false
    /// Who sent what is kept.
    var heldBy: Identifier?

    static func find(_ id: Identifier, _ contentHash: [UInt8], _ connection: Connection) throws -> Known {
        var known = Known()
        try connection.forEach(
            """
            SELECT version, household_number, village_id, area_code, recorded_by, content_hash = $2 FROM visit
            WHERE id = $1
            UNION ALL SELECT NULL, NULL, NULL, NULL, user_id, NULL FROM held_visit
            WHERE visit_id = $1 AND content_hash = $2
            """, id, contentHash
        ) { row in
            if row.isNull(0) {
                known.isHeld = true
                known.heldBy = row.optionalIdentifier(4)
            } else {
                known.stored = Stored(
                    version: row.int(0), householdNumber: row.optionalInt64(1), villageId: row.optionalIdentifier(2),
                    areaCode: row.int64(3), recordedBy: row.optionalIdentifier(4), hasContent: row.bool(5))
            }
        }
        return known
    }
}
