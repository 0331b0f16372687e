// Files of pairings: one row is one pairing with its days. Rows are held against the same rules as bodies, and refused
// one by one with the same codes; only the reason of a pairing outside the villages of a unit (R044) is asked for and
// not insisted on, because old rolls have none.

import Archive
import Domain
import SQL
import Service
import Web

/// A row as it was read. What a file has no column for is kept as it is stored.
package struct PairingRow: Sendable {
    var pairingId: Identifier?
    package var household: HouseholdNaming
    package var helper: HelperNaming
    package var role: PairingRole?
    /// Exactly the days on which the helper answers for the household; nil where the role alone says it.
    var responsibleDays: [DayInterval]?
    package var from: CivilDate?
    package var end: Change<CivilDate>
    package var reason: Change<String>
    package var endReason: Change<String>
    var isPinned: Bool?
    package var replaces: Identifier?
}

package enum PairingRows: RowKind {
    package static let required: [PairingColumn] = []
    package static let oneOf: [[PairingColumn]] = [
        [.pairingId, .householdId, .archiveNumber],
        [.pairingId, .cadreId, .cadreName, .cadreIdentityNumber, .cadrePhone],
    ]

    // MARK: Reading

    package static func read(
        _ row: FileRow, _ cells: inout CellReader<PairingColumn>, _ order: ImportOrder, _ register: Register,
        _ errors: inout RowErrors<PairingColumn>
    ) throws -> PairingRow? {
        func id(_ column: PairingColumn) -> Identifier? {
            cells.value(column, row, &errors, FieldText.identifier)
        }
        let pairingId = id(.pairingId)
        let householdId = id(.householdId)
        let cadreId = id(.cadreId)
        let replaces = id(.replaces)
        let household = HouseholdNaming(
            id: householdId,
            archiveNumber: cells.text(.archiveNumber, row, HouseholdBodyReader.archiveNumberCharacters, &errors),
            countyCode: cells.value(.countyCode, row, &errors, FieldText.areaCode))
        let helper = try helper(cadreId, row, cells, register, &errors)
        let record = PairingRow(
            pairingId: pairingId, household: household, helper: helper,
            role: cells.value(.role, row, &errors, role),
            responsibleDays: cells.value(.responsibleDays, row, &errors) { text throws(FieldError) in
                try days(text, register.days)
            },
            from: cells.date(.from, row, &errors), end: change(.to, cells.date(.to, row, &errors), cells),
            reason: change(.reason, cells.text(.reason, row, PairingDraft.reasonCharacters, &errors), cells),
            endReason: change(.endReason, cells.code(.endReason, .pairingEndReason, row, &errors), cells),
            isPinned: cells.flag(.isPinned, row, &errors), replaces: replaces)
        if pairingId == nil, household.isEmpty { cells.missing(.householdId, row, &errors) }
        if pairingId == nil, helper.isEmpty { cells.missing(.cadreId, row, &errors) }
        return record
    }

    private static func helper(
        _ id: Identifier?, _ row: FileRow, _ cells: CellReader<PairingColumn>, _ register: Register,
        _ errors: inout RowErrors<PairingColumn>
    ) throws -> HelperNaming {
        let keys = register.keys
        let today = register.clock.now.shanghaiDate
        var helper = HelperNaming(
            id: id, name: cells.text(.cadreName, row, FieldText.nameCharacters, &errors),
            organizationName: cells.text(.organizationName, row, Organization.nameCharacters, &errors))
        if cells.unmasked(.cadreIdentityNumber, row) != nil {
            helper.identityHash =
                cells.value(.cadreIdentityNumber, row, &errors) { text throws(FieldError) in
                    try StatedNumber.identity(text, on: today, keys)?.hash
                } ?? nil
        }
        if cells.unmasked(.cadrePhone, row) != nil {
            helper.phoneHash = cells.value(.cadrePhone, row, &errors, FieldText.phone)?.map {
                StatedNumber.phone($0, keys).hash
            }
        }
        return helper
    }

    private static func role(_ text: String) throws(FieldError) -> PairingRole {
        switch text {
        case "第一责任人", "帮扶责任人": .firstResponsible
        case "协同帮扶人", "协同": .joint
        default: try PairingRole.parse(text)
        }
    }

    /// `2016-03-01/2018-01-01;2020-01-01/`: from a day to before another, without the other for good.
    private static func days(_ text: String, _ plausible: PlausibleDays) throws(FieldError) -> [DayInterval] {
        var days: [DayInterval] = []
        for part in text.split(separator: ";") {
            let bounds = part.split(separator: "/", omittingEmptySubsequences: false)
            guard bounds.count == 2, let first = CivilDate(String(bounds[0])),
                let end = bounds[1].isEmpty ? .some(nil) : CivilDate(String(bounds[1])).map(Optional.some),
                end.map({ first < $0 }) ?? true, days.last.map({ $0.end.map { $0 <= first } ?? false }) ?? true
            else {
                throw FieldError(
                    .malformed, zh: "应为依次的起止日期，如 2016-03-01/2018-01-01;2020-01-01/",
                    en: "days in order are expected, like 2016-03-01/2018-01-01;2020-01-01/")
            }
            try plausible.check(first)
            if let end { try plausible.check(end) }
            days.append(DayInterval(first: first, end: end))
        }
        return days
    }

    /// An empty cell clears; a column that the file does not have keeps.
    private static func change<Value>(
        _ column: PairingColumn, _ value: Value?, _ cells: CellReader<PairingColumn>
    ) -> Change<Value> {
        guard cells.header.has(column) else { return .keep }
        return value.map(Change.set) ?? .clear
    }

    // MARK: Applying

    package static func apply(
        _ row: PairingRow, _ context: RowContext<PairingColumn>, _ transaction: Transaction
    ) throws -> (result: RowResult, findings: [ReportRow]) {
        let connection = transaction.connection
        var finder = PairingRowFinder(context.scope, connection)
        let known = try known(row.pairingId, context.scope, connection)
        let household = known == nil || !row.household.isEmpty ? try finder.household(row.household) : nil
        let helper = known == nil || !row.helper.isEmpty ? try finder.helper(row.helper) : nil
        try finder.finish()
        if let known {
            guard household.map({ $0.number == known.state.householdNumber }) ?? true,
                helper.map({ $0 == known.state.cadreId }) ?? true
            else {
                throw Problem.field("/pairingId", .pairingDiffers)
            }
            return try change(known, row, context, transaction)
        }
        guard let household, let helper else { return (.unchanged, []) }
        if row.pairingId == nil,
            let stored = try finder.pairing(household.number, helper, from: row.from, or: context.order.on)
        {
            return try change(stored, row, context, transaction)
        }
        return try create(row, household.id, helper, context, transaction)
    }

    /// - Throws: 409 for an id that is used where the caller does not see it.
    private static func known(_ id: Identifier?, _ scope: Scope, _ connection: Connection) throws -> StoredPairing? {
        guard let id, let pairing = try PairingTable.find(id, connection) else { return nil }
        guard scope.contains(pairing.areaCode) else { throw Problem(.conflictingContent) }
        return pairing
    }

    private static func create(
        _ row: PairingRow, _ household: Identifier, _ helper: Identifier, _ context: RowContext<PairingColumn>,
        _ transaction: Transaction
    ) throws -> (result: RowResult, findings: [ReportRow]) {
        let id = row.pairingId ?? transaction.newId()
        let days = DayInterval(first: row.from ?? context.order.on, end: row.end.applied(to: nil))
        guard row.role != nil || row.replaces != nil || row.responsibleDays != nil else {
            throw Problem.field("/role", .required, zh: "新的结对须有帮扶角色", en: "a new pairing needs a role")
        }
        // Days of their own are stated one by one below; the role of the row is then only that of one day.
        let stated = row.responsibleDays.flatMap { $0 == [days] ? nil : $0 }
        let role: PairingRole? =
            row.responsibleDays.map { _ in stated == nil ? .firstResponsible : .joint } ?? row.role
        let beginning = PairingBeginning(
            id: id,
            draft: PairingDraft(
                householdId: household, cadreId: helper, role: role, days: days,
                reason: row.reason.applied(to: nil), isPinned: row.isPinned ?? false, replaces: row.replaces),
            contentHash: nil, scope: context.scope, origin: transaction.jobId.map(PairingOrigin.import) ?? .person,
            endReason: days.end == nil ? nil : row.endReason.applied(to: nil), takesWithoutReason: true,
            statesDaysLater: stated != nil)
        let warnings = try beginning.begin(transaction)
        if let stated, let stored = try PairingTable.find(id, transaction.connection) {
            try answer(stored, on: stated, transaction)
        }
        return (.created, warnings.map { finding($0, .reason, context) })
    }

    private static func finding(
        _ error: FieldError, _ column: PairingColumn, _ context: RowContext<PairingColumn>
    ) -> ReportRow {
        ReportRow(
            line: context.line, column: context.header.name(column), .warning, error)
    }

    private static func change(
        _ stored: StoredPairing, _ row: PairingRow, _ context: RowContext<PairingColumn>, _ transaction: Transaction
    ) throws -> (result: RowResult, findings: [ReportRow]) {
        let connection = transaction.connection
        var change = PairingChange(stored)
        change.state.first = row.from ?? stored.state.first
        change.say(end: row.end, endReason: row.endReason)
        change.state.reason = row.reason.applied(to: stored.state.reason)
        change.state.isPinned = row.isPinned ?? stored.state.isPinned
        if let given = change.state.endReason, given != stored.state.endReason,
            PairingEndReason.ofActs.contains(given)
        {
            throw Problem(
                .invalidBody, errors: [PairingEndReason.notAllowed.at("/endReason")])
        }
        var findings: [ReportRow] = []
        if row.responsibleDays == nil, let role = row.role,
            try role != PairingView(day: context.order.on, knownAt: nil).role(of: stored.id, connection)
        {
            try change.take(role, on: context.order.on, pointer: "/role", connection)
            let moved = FieldError(
                .firstResponsibleMoved, zh: "自 \(context.order.on) 起成为第一责任人",
                en: "answers for the household from \(context.order.on) on")
            findings.append(finding(moved, .role, context))
        }
        var isChanged = try change.write(transaction)
        if let days = row.responsibleDays, let current = try PairingTable.find(stored.id, connection) {
            try answer(current, on: days, transaction)
            isChanged = try PairingTable.find(stored.id, connection)?.version != stored.version
        }
        return (isChanged ? .changed : .unchanged, findings)
    }

    /// - Throws: 409 where somebody else answers on one of the days, 422 for days on which the pairing does not hold.
    private static func answer(
        _ stored: StoredPairing, on days: [DayInterval], _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        for stretch in days {
            guard stretch.intersection(stored.state.days) == stretch else {
                throw Problem.field("/responsibleDays", .outsidePairing)
            }
            let attempt = PairingAttempt(
                id: stored.id, householdNumber: stored.state.householdNumber, cadreId: stored.state.cadreId,
                days: stretch)
            try PairingProblems.requireFree(attempt, besides: nil, connection)
        }
        try PairingStore.answer(stored, on: days, transaction)
        let attempt = PairingAttempt(
            id: stored.id, householdNumber: stored.state.householdNumber, cadreId: stored.state.cadreId,
            days: stored.state.days)
        try PairingProblems.locating(attempt, connection) {
            try SecondHelperLimit.settle(transaction)
        }
    }
}
