// What a visit brings for others to act on: change proposals (R031) and needs (R035). They are written with it or not
// at all; what is wrong with one of them is wrong with the visit.

import Archive
import Domain
import SQL
import Service
import Web

/// A proposal or a need inside a visit, with the bytes by which a repeated one is known.
struct BroughtItem<Draft: Sendable>: Sendable {
    var draft: Draft
    let content: [UInt8]
}

/// The drafts of a visit.
struct VisitBrought: Sendable {
    let proposals: [BroughtItem<ProposalDraft>]
    let needs: [BroughtItem<VoicedNeed>]

    /// Reads `observations` and `needs`. What is wrong is recorded in the reader.
    ///
    /// - Parameters:
    ///   - occurredOn: the day of the visit as its device tells it, with the offset of its clock taken off.
    ///   - receivedOn: the day on which it came.
    init(
        _ body: inout ObjectReader, isOfVillage: Bool, _ codes: CodeLists, occurredOn: CivilDate, receivedOn: CivilDate
    ) {
        let placeholder = Identifier(high: 0, low: 0)
        let day = min(occurredOn, receivedOn)
        let observed = Self.contents(&body, "observations")
        let proposals: [ProposalDraft] =
            body.optionalArray("observations", count: 0...30) { item in
                let id = item.value("id", placeholder: placeholder, FieldText.identifier)
                return ProposalDraft(&item, id: id, codes, seenOn: day, today: receivedOn)
            } ?? []
        if isOfVillage && !proposals.isEmpty {
            body.report("observations", .notForKind, zh: "村的走访没有档案变更", en: "a village as such has no archive to change")
        }
        let voiced = Self.contents(&body, "needs")
        let needs: [VoicedNeed] =
            body.optionalArray("needs", count: 0...20) { item in
                let id = item.value("id", placeholder: placeholder, FieldText.identifier)
                return VoicedNeed(&item, id: id, codes, on: FactDays(since: day, today: receivedOn))
            } ?? []
        self.proposals = zip(proposals, observed).map { BroughtItem(draft: $0.0, content: $0.1) }
        self.needs = zip(needs, voiced).map { BroughtItem(draft: $0.0, content: $0.1) }
    }

    private static func contents(_ body: inout ObjectReader, _ key: StaticString) -> [[UInt8]] {
        body.member(key).map { $0.elements.map { $0.canonicalBytes(without: "id") } } ?? []
    }
}

/// What a visit brings, held against the register.
struct PlacedBrought {
    private var proposals: [(new: NewProposal, contentHash: [UInt8])] = []
    private var needs: [(draft: VoicedNeed, contentHash: [UInt8])] = []
    private var needSubject: (subject: RecordSubject, place: Int64)?

    /// - Parameters:
    ///   - day: the day of the visit, as it is judged.
    ///   - errors: takes what is wrong, at its place in the visit.
    init(
        _ visit: VisitDraft, of subject: VisitSubject, on day: CivilDate, recordedBy: Identifier?,
        _ errors: inout [FieldError], _ transaction: Transaction
    ) throws {
        guard !(visit.brought.proposals.isEmpty && visit.brought.needs.isEmpty) else { return }
        let connection = transaction.connection
        let keys = transaction.register.keys
        var seen: Set<Identifier> = []
        var household: HouseholdView.Head?
        var village = subject.villageId
        if let number = subject.householdNumber {
            let found = try connection.first(
                "SELECT version, village_id FROM household WHERE household_number = $1", number
            ) { (version: $0.int(0), village: try $0.identifier(1)) }
            household = found.map {
                HouseholdView.Head(number: number, areaCode: subject.areaCode, version: $0.version)
            }
            village = found?.village
        }
        for (index, item) in visit.brought.proposals.enumerated() {
            let place = "/observations/\(index)"
            let hash = keys.hash(item.content, purpose: "content")
            guard
                let id = try Self.free(
                    item.draft.id, hash, "change_proposal", subject, isCorrection: visit.corrects != nil, &seen,
                    place, &errors, transaction),
                let household, case .household(let householdId) = visit.subject
            else { continue }
            var draft = item.draft
            draft.id = id
            do {
                let new = try ProposalStore.place(
                    draft, household, householdId, visit: visit.id, seenOn: day, recordedBy: recordedBy, at: place,
                    connection)
                proposals.append((new, hash))
            } catch let error as InvalidBody {
                errors += error.errors
            }
        }
        for (index, item) in visit.brought.needs.enumerated() {
            let hash = keys.hash(item.content, purpose: "content")
            guard
                let id = try Self.free(
                    item.draft.id, hash, "need", subject, isCorrection: visit.corrects != nil, &seen,
                    "/needs/\(index)", &errors, transaction)
            else { continue }
            var draft = item.draft
            draft.id = id
            needs.append((draft, hash))
        }
        needSubject = village.map {
            (RecordSubject(household: subject.householdNumber, village: $0), subject.areaCode)
        }
    }

    /// The id under which an item is written; nil where it is there already, or is wrong. A correction repeats what its
    /// record brought; where it says otherwise, that is another item beside the first.
    private static func free(
        _ id: Identifier, _ hash: [UInt8], _ table: String, _ subject: VisitSubject, isCorrection: Bool,
        _ seen: inout Set<Identifier>, _ place: String, _ errors: inout [FieldError], _ transaction: Transaction
    ) throws -> Identifier? {
        guard seen.insert(id).inserted else {
            errors.append(FieldError(pointer: place + "/id", .repeated))
            return nil
        }
        let known = try transaction.connection.first(
            """
            SELECT content_hash = $2 AND household_number IS NOT DISTINCT FROM $3 AND area_code = $4 FROM \(table)
            WHERE id = $1
            """, id, hash, subject.householdNumber, subject.areaCode
        ) { $0.bool(0) }
        guard let isSame = known else { return id }
        if isSame { return nil }
        if isCorrection { return transaction.newId() }
        errors.append(
            FieldError(pointer: place + "/id", FieldCode(ProblemKind.conflictingContent)))
        return nil
    }

    /// Writes all of it, after the visit itself.
    func write(visit: Identifier, on day: CivilDate, recordedBy: Identifier?, _ transaction: Transaction) throws {
        for (new, hash) in proposals { try ProposalStore.create(new, contentHash: hash, transaction) }
        guard let needSubject else { return }
        for (draft, hash) in needs {
            try draft.create(
                of: needSubject.subject, at: needSubject.place, on: day, visit: visit, recordedBy: recordedBy,
                contentHash: hash, transaction)
        }
    }
}
