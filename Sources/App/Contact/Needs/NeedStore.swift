// What may be written of needs: recording one, alone or with its visit, saying what became of it, and what happens when
// its household or village goes elsewhere.

import Domain
import SQL
import Web

enum NeedStore {
    /// Writes a new need.
    ///
    /// - Parameters:
    ///   - channel: a code of `need-channel`.
    ///   - visit: the visit on which it was voiced.
    ///   - contentHash: keyed hash of what made it.
    static func create(
        _ draft: NeedDraft, of subject: NeedSubject, channel: String, voicedOn: CivilDate, visit: Identifier? = nil,
        recordedBy: Identifier?, contentHash: [UInt8], _ transaction: Transaction
    ) throws {
        let days = try answerDays(in: subject.village, on: voicedOn, transaction.connection)
        let state = NeedState(
            kind: draft.kind, text: draft.text, stage: .received, voicedOn: voicedOn,
            dueOn: voicedOn.adding(days: days))
        try NeedTable.insert(
            draft.id, state, of: subject, channel: channel, visit: visit, recordedBy: recordedBy,
            contentHash: contentHash,
            transaction)
        try transaction.audit(
            "create", .need, draft.id,
            after: RecordAudit.whole(state.auditFields + [("channel", .text(channel))]))
        try transaction.change(.create, .need, draft.id, version: 1, to: subject.areaCode)
    }

    /// Days within which a need of a village is to be answered; a register without the parameter asks for the same day.
    private static func answerDays(
        in village: Identifier, on day: CivilDate, _ connection: Connection
    ) throws -> Int {
        let chain = try AreaChain.of(DivisionStore.find(village, connection), connection)
        let rows = try ParameterResolution.rows([ParameterKey.needAnswerDays], in: chain, on: day, connection)
        return rows[ParameterKey.needAnswerDays]?.first.flatMap { ParameterValue(stored: $0.value)?.number } ?? 0
    }

    /// Changes what is said of a need.
    static func change(_ stored: StoredNeed, to state: NeedState, _ transaction: Transaction) throws {
        guard state != stored.state else { return }
        try NeedTable.update(stored.id, to: state, transaction)
        let (before, after) = RecordAudit.difference(stored.state.auditFields, state.auditFields)
        let isEnding = state.stage.isEnd && !stored.state.stage.isEnd
        try transaction.audit(
            isEnding ? state.stage.rawValue : "change", .need, stored.id, before: before, after: after)
        try transaction.change(
            isEnding ? .end : .change, .need, stored.id, version: stored.version + 1, from: stored.areaCode,
            to: stored.areaCode)
    }
}
