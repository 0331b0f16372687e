// Naming a successor: everything that belonged to the old division (children, records, users) passes to the new one, in
// one transaction.

import Domain
import SQL

/// Why a change of the tree is refused.
package enum DivisionError: Error, Equatable {
    case unknown(AreaCode)
    case notLive(AreaCode)
    case differentLevels
    case sameDivision
    case hasOtherSuccessor(AreaCode)
    /// It has the successor already, from another day on.
    case succeeded(AreaCode, on: CivilDate)
    case wrongParentLevel
    case codeTaken(AreaCode)
    case noFreePlace
    case archiveNumbersCollide
    case organizationNamesCollide
}

package enum Successors {
    /// What naming a successor did.
    package enum Outcome { case named, unchanged }

    /// Names `new` the successor of `old` from a day on, which is the day on which `old` ends: of every day one of them
    /// has what belongs to it.
    ///
    /// - Parameter stated: nil where nobody says a day: that of the end, or today.
    /// - Throws: `DivisionError`; then nothing is changed, because the caller's savepoint is rolled back.
    @discardableResult
    package static func name(_ new: Division, after old: Division, on stated: CivilDate?, _ transaction: Transaction)
        throws -> Outcome
    {
        let day = max(stated ?? old.endedOn ?? transaction.today, old.openedOn)
        if let named = old.successorId {
            guard named == new.id else { throw DivisionError.hasOtherSuccessor(old.code) }
            if let ended = old.endedOn, stated != nil, day != ended {
                throw DivisionError.succeeded(old.code, on: ended)
            }
            return .unchanged
        }
        guard old.id != new.id else { throw DivisionError.sameDivision }
        guard old.level == new.level else { throw DivisionError.differentLevels }
        guard new.isLive else { throw DivisionError.notLive(new.code) }
        do {
            try moveContent(of: old, to: new, on: day, transaction)
        } catch let error as SQLError {
            let modules = transaction.register.composition.modules
            throw modules.lazy.compactMap { $0.collision(error) }.first ?? error
        }
        var succeeded = old
        succeeded.endedOn = day
        succeeded.successorId = new.id
        succeeded.version += 1
        try transaction.connection.run(
            "UPDATE division SET ended_on = $2, successor_id = $3, version = $4 WHERE id = $1",
            old.id, succeeded.endedOn, new.id, succeeded.version)
        try DivisionStore.record("succeed", old, succeeded, transaction, operation: .end)
        return .named
    }

    private static func moveContent(of old: Division, to new: Division, on day: CivilDate, _ transaction: Transaction)
        throws
    {
        for child in try DivisionStore.children(of: old.id, transaction.connection) {
            var adopted = child
            adopted.parentId = new.id
            adopted.version += 1
            adopted.areaCode = try Places.find(for: child, below: new, transaction.connection)
            adopted.areaLast = adopted.areaCode + AreaCode.span(of: child.level) - 1
            try Places.move(child, to: adopted.areaCode, transaction)
            try DivisionStore.adopt(adopted, on: day, transaction)
            try DivisionStore.record("adopt", child, adopted, transaction, operation: .move)
        }
        if old.level == .village { try GroupStore.move(from: old, to: new, transaction) }
        try transaction.publish(DivisionSucceeded(old: old, new: new, day: day))
        try transaction.carry(hangingOn: .division, old.areaCode, level: old.level, to: new.areaCode)
        try moveUsers(of: old, to: new, transaction)
    }

    private static func moveUsers(of old: Division, to new: Division, _ transaction: Transaction) throws {
        let users = try transaction.connection.query("SELECT id FROM user_account WHERE division_id = $1", old.id) {
            try $0.identifier(0)
        }
        for user in users { try AccessStore.move(user, to: new, transaction) }
    }
}
