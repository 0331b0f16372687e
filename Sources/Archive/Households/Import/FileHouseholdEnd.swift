// What a file says of the ends of its households (销号), in its own columns: a day ends one, an empty cell takes an end
// back, a file without the columns leaves what is known.

import Domain
import SQL
import Service
import Web

/// The end of a household as the first of its rows states it.
struct FileHouseholdEnd: Sendable {
    let day: CivilDate
    let reason: String
    let document: String?
    /// The archive number of the household that it became part of, or of the right one of two.
    let successor: String?

    /// The household end that a row states; nil for none.
    static func read(
        _ row: FileRow, _ cells: inout CellReader<HouseholdColumn>, today: CivilDate,
        _ errors: inout RowErrors<HouseholdColumn>
    ) -> FileHouseholdEnd? {
        let day = cells.date(.to, row, &errors)
        let reason = cells.code(.endReason, .householdEndReason, row, &errors)
        let document = cells.text(.endDocument, row, HouseholdEndPatch.documentCharacters, &errors)
        let successor = cells.text(.successor, row, HouseholdBodyReader.archiveNumberCharacters, &errors)
        if let day, day > today { errors.add(row.line, .to, .inFuture) }
        guard (day == nil) == (reason == nil) else {
            errors.add(row.line, day == nil ? .to : .endReason, .required)
            return nil
        }
        guard let day, let reason else {
            if document != nil || successor != nil { errors.add(row.line, .to, .required) }
            return nil
        }
        let takesSuccessor = HouseholdEndCode.withSuccessor.contains(reason)
        if reason == HouseholdEndCode.merged, successor == nil { errors.add(row.line, .successor, .required) }
        if successor != nil, !takesSuccessor { errors.add(row.line, .successor, .notForKind) }
        return FileHouseholdEnd(day: day, reason: reason, document: document, successor: successor)
    }

    /// The number of the household that follows; nil where none is named.
    ///
    /// - Throws: 422 for one that is not there, does not follow, or is not the caller's.
    func successor(
        of household: StoredHousehold, _ scope: Scope, _ connection: Connection
    ) throws -> Int64? {
        try successor.map { archiveNumber in
            let found = try HouseholdTable.find(
                archiveNumber: archiveNumber, inCountyOf: household.areaCode, connection)
            let visible = found.flatMap { scope.contains($0.areaCode) ? $0 : nil }
            let error = household.error(ofSuccessor: visible, on: day)
            guard let visible, error == nil else {
                throw Problem(.invalidBody, errors: [(error ?? FieldError(.unknownHousehold)).at("/successor")])
            }
            return visible.number
        }
    }

    /// The end, without the household that follows.
    var alone: HouseholdEnd { HouseholdEnd(day: day, reason: reason, document: document) }
}

extension HouseholdImporter {
    /// Lets a household end as the file says, after its rows have been applied.
    ///
    /// - Throws: 422 for a successor that is neither there nor made by the file.
    static func end(
        _ id: Identifier, _ record: HouseholdRecord, _ scope: Scope, _ transaction: Transaction
    ) throws {
        guard let stated = record.end, let household = try HouseholdTable.find(id, transaction.connection) else {
            return
        }
        try HouseholdEnding.end(
            household, whole(stated, of: household, record, scope, transaction), scope, transaction)
    }

    /// The end with the household that follows; without it where the file is still to make that one.
    private static func whole(
        _ stated: FileHouseholdEnd, of household: StoredHousehold, _ record: HouseholdRecord, _ scope: Scope,
        _ transaction: Transaction
    ) throws -> HouseholdEnd {
        var end = stated.alone
        let isThere = try stated.successor.map {
            try HouseholdTable.find(archiveNumber: $0, inCountyOf: household.areaCode, transaction.connection) != nil
        }
        if isThere == true || !record.makesSuccessor {
            end.successor = try stated.successor(of: household, scope, transaction.connection)
        }
        return end
    }

    /// Names the household that one that has ended became part of, and that the file has made since. Where it could not
    /// be made, the household did not become part of anything: its end is taken back, too.
    static func link(
        _ stored: StoredHousehold?, _ record: HouseholdRecord, _ scope: Scope, _ transaction: Transaction
    ) throws -> ImportOutcome {
        guard let stored, let stated = record.end, var end = stored.state.end, end.day == stated.day,
            end.successor == nil
        else { return ImportOutcome() }
        do {
            end.successor = try stated.successor(of: stored, scope, transaction.connection)
            try HouseholdEnding.restate(stored, end, scope, transaction)
            return ImportOutcome()
        } catch let problem as Problem {
            _ = try HouseholdEnding.takeBack(stored, scope, transaction)
            var outcome = ImportOutcome()
            outcome.add(refused(record, problem.errors).rows)
            return outcome
        }
    }

    /// What a file says of a household that has ended.
    ///
    /// - Returns: the household, where its end is taken back and the rest of its rows is to be applied; nil where the
    ///   end stands, and nothing else is told of it.
    /// - Throws: 409 where the file does not know of the end.
    static func reopened(
        _ stored: StoredHousehold, _ record: HouseholdRecord, _ scope: Scope, _ transaction: Transaction
    ) throws -> StoredHousehold? {
        guard let former = stored.state.end else { return stored }
        guard record.header.has(.to) else { throw Problem(.householdEnded) }
        guard let stated = record.end else { return try HouseholdEnding.takeBack(stored, scope, transaction) }
        var end = try whole(stated, of: stored, record, scope, transaction)
        if end.successor == nil, stated.successor != nil, former.reason == end.reason {
            end.successor = former.successor
        }
        try HouseholdEnding.restate(stored, end, scope, transaction)
        return nil
    }
}
