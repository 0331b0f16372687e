// What a person decides about a proposal's fields. What is accepted goes into the archive through the PATCH of the
// household or the member, with all its rules, in one go: different fields merge, and a field that has changed
// meanwhile is only overwritten by naming the present value.

import Archive
import Domain
import SQL
import Service
import Web

/// The body of a decision.
struct ProposalDecisions: Sendable {
    struct Item: Sendable {
        let field: String
        let isAccepted: Bool
        let reason: String?
        /// What the archive says and is to be overwritten.
        let over: Over?
    }

    /// A value of the archive as a person has read it.
    struct Over: Sendable {
        let text: String?
    }

    /// Decisions about another proposal of the same household, carried out in the same act.
    struct Together: Sendable {
        let id: Identifier
        let decisions: ProposalDecisions
    }

    let isWithdrawal: Bool
    /// Why it is withdrawn.
    let reason: String?
    let items: [Item]
    let together: [Together]
    /// Whether what is known of days after that of the proposals is wiped.
    let replacesLater: Bool
    /// Where its decisions stand in the body.
    private let place: String

    private static let reasonCharacters = 1...500
    private static let togetherCount = 1...20

    init(_ call: Call) throws {
        var body = ObjectReader(try call.document().root)
        isWithdrawal = body.optionalBoolean("withdrawn") ?? false
        reason = body.optionalString("reason", characters: Self.reasonCharacters, .lines)
        items = Self.items(&body)
        var position = -1
        together =
            body.optionalArray("together", count: Self.togetherCount) { reader in
                position += 1
                let id = reader.value("proposalId", placeholder: Identifier(high: 0, low: 0), FieldText.identifier)
                let items = Self.items(&reader)
                if items.isEmpty && reader.isSound("decisions") { reader.report("decisions", .required) }
                return Together(id: id, decisions: ProposalDecisions(items, at: "/together/\(position)"))
            } ?? []
        if items.isEmpty != isWithdrawal && body.isSound("withdrawn", "decisions") {
            body.report("decisions", isWithdrawal ? .notForKind : .required)
        }
        if isWithdrawal && !together.isEmpty { body.report("together", .notForKind) }
        replacesLater = body.optionalBoolean("replacesLater") ?? false
        place = ""
        try body.finish()
    }

    private init(_ items: [Item], at place: String) {
        isWithdrawal = false
        reason = nil
        self.items = items
        together = []
        replacesLater = false
        self.place = place
    }

    private static func items(_ body: inout ObjectReader) -> [Item] {
        body.optionalArray("decisions", count: 1...60) { reader in
            let field = reader.string("field", characters: 1...60)
            let state = reader.value("state", placeholder: "") { text throws(FieldError) in
                guard ["accepted", "refused"].contains(text) else {
                    throw FieldError.notOneOf(["accepted", "refused"])
                }
                return text
            }
            return Item(
                field: field, isAccepted: state == "accepted",
                reason: reader.optionalString("reason", characters: Self.reasonCharacters, .lines),
                over: reader.member("over").map { Over(text: ArchiveField.text(of: $0)) })
        } ?? []
    }

    // MARK: Deciding

    /// Carries out what is accepted, of all proposals that are decided together in one act, and says of each field what
    /// was decided.
    ///
    /// - Returns: what it tells late of earlier days, and the proposals of which nothing is open any more.
    /// - Throws: 409 `field-changed` for fields whose archive value has changed by now; 422 with everything that
    ///   the archive's rules refuse.
    func carryOut(
        _ stored: StoredProposal, _ scope: Scope, _ transaction: Transaction
    ) throws -> (retold: [(member: Identifier?, span: RetoldSpan)], settled: Set<Identifier>) {
        var all = [try DecidedProposal(self, stored)]
        for (index, other) in together.enumerated() {
            let pointer = "/together/\(index)/proposalId"
            guard let found = try ProposalTable.find(other.id, transaction.connection),
                scope.contains(found.areaCode), found.householdId == stored.householdId
            else { throw Problem.field(pointer, .unknownProposal) }
            guard !all.contains(where: { $0.stored.id == found.id }) else { throw Problem.field(pointer, .repeated) }
            all.append(try DecidedProposal(other.decisions, found))
        }
        let changed = all.flatMap(\.changed)
        if !changed.isEmpty { throw Problem(.fieldChanged, errors: changed) }
        let retold: [(member: Identifier?, span: RetoldSpan)]
        do {
            retold = try ProposedAct(all, replacesLater: replacesLater).write(scope, transaction)
        } catch let error as InvalidBody {
            throw InvalidBody(errors: error.errors.map { Self.pointed($0, all) })
        } catch var problem as Problem {
            problem.errors = problem.errors.map { Self.pointed($0, all) }
            throw problem
        }
        for decided in all { try decided.settle(transaction) }
        return (retold, Set(all.filter(\.isWhole).map(\.stored.id)))
    }

    /// An error of the archive at the decision that it comes from, where one of them names its field.
    private static func pointed(_ error: FieldError, _ all: [DecidedProposal]) -> FieldError {
        for decided in all {
            if let place = decided.decisions.place(of: error) { return error.at(place) }
        }
        return error.at("/decisions")
    }

    private func place(of error: FieldError) -> String? {
        let parts = error.pointer.split(separator: "/").map(String.init)
        return items.firstIndex {
            $0.isAccepted
                && ([ArchiveField.newMember, ArchiveField.split].contains($0.field) || parts.contains($0.field))
        }.map { "\(place)/decisions/\($0)" }
    }

    /// The open fields that are decided, in the order of the decisions.
    fileprivate func chosen(of stored: StoredProposal) throws -> [StoredProposalField] {
        var errors: [FieldError] = []
        var fields: [StoredProposalField] = []
        for (index, item) in items.enumerated() {
            func add(_ code: FieldCode) { errors.report("\(place)/decisions/\(index)/field", code) }
            guard let field = stored.fields.first(where: { $0.name == item.field }) else {
                add(.unknownField)
                continue
            }
            if items[..<index].contains(where: { $0.field == item.field }) {
                add(.repeated)
            } else if field.state != .open {
                add(.alreadyDecided)
            }
            fields.append(field)
        }
        if !errors.isEmpty { throw InvalidBody(errors: errors) }
        return fields
    }

    /// Nil where a field may be written: it says what the proposer knew, or what the person has just read.
    fileprivate func error(_ index: Int, _ item: Item, _ field: StoredProposalField) -> FieldError? {
        guard item.isAccepted else { return nil }
        if let over = item.over {
            if over.text == field.current { return nil }
        } else if !field.hasChanged {
            return nil
        }
        let words = ArchiveField.words
        return FieldError(
            pointer: "\(place)/decisions/\(index)/over", FieldCode(ProblemKind.fieldChanged),
            detail: Message(
                zh: "档案现为 \(words(field.current))，提议依据为 \(words(field.base))，提议为 \(words(field.proposed))",
                en: "the archive says \(words(field.current)), the proposal was based on \(words(field.base)) "
                    + "and says \(words(field.proposed))"))
    }
}

/// A proposal with what is decided of it.
struct DecidedProposal {
    let decisions: ProposalDecisions
    let stored: StoredProposal
    private let fields: [StoredProposalField]

    init(_ decisions: ProposalDecisions, _ stored: StoredProposal) throws {
        self.decisions = decisions
        self.stored = stored
        fields = try decisions.chosen(of: stored)
    }

    /// Fields whose archive value has changed by now.
    var changed: [FieldError] {
        zip(decisions.items, fields).enumerated().compactMap { decisions.error($0, $1.0, $1.1) }
    }

    var accepted: [StoredProposalField] { zip(decisions.items, fields).filter(\.0.isAccepted).map(\.1) }

    /// Whether nothing of it stays open.
    var isWhole: Bool {
        stored.fields.allSatisfy { field in field.state != .open || decisions.items.contains { $0.field == field.name }
        }
    }

    /// Says of each field what was decided.
    func settle(_ transaction: Transaction) throws {
        let items = decisions.items
        for (item, field) in zip(items, fields) {
            try ProposalTable.decide(
                field, of: stored.id, as: item.isAccepted ? .accepted : .refused, reason: item.reason, transaction)
        }
        let settled = try ProposalTable.settle(stored.id, isWithdrawn: false, transaction)
        try transaction.audit(
            "decide", .proposal, stored.id,
            before: ProposalStore.audit(items.map { ($0.field, .open, nil) }),
            after: ProposalStore.audit(items.map { ($0.field, $0.isAccepted ? .accepted : .refused, $0.reason) }))
        try transaction.change(
            .change, .proposal, stored.id, version: settled.version, from: settled.areaCode, to: settled.areaCode)
    }
}
