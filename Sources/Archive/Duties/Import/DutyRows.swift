// Files of duties: one row is one duty, members of work teams among them; a row of a team that does not exist yet
// creates the team. Rows must satisfy the same rules as bodies.

import Domain
import SQL
import Service
import Web

/// A row as it was read. Where the file has no column, the stored value is kept.
package struct DutyRow: Sendable {
    package var dutyId: Identifier?
    package var kind: DutyKind
    package var areaCode: AreaCode?
    package var path: [String]
    package var organizationId: Identifier?
    package var organizationName: String?
    package var cadreId: Identifier?
    package var cadreName: String?
    package var holderName: Change<String>
    package var title: Change<String>
    package var sendingOrganizationId: Change<Identifier>
    package var team: TeamRow
    package var from: CivilDate
    package var end: Change<CivilDate>
    package var endReason: Change<String>
}

/// What a member's row says about their team.
package struct TeamRow: Sendable {
    package var id: Identifier?
    package var name: String?
    package var from: CivilDate?
    package var end: Change<CivilDate>
    package var endReason: Change<String>
}

package enum DutyRows: RowKind {
    package static let required: [DutyColumn] = [.kind, .from]
    package static let oneOf: [[DutyColumn]] = [[.areaCode, .villageName, .teamId]]
    package static let texts: [DutyColumn] = [.holderName, .title, .teamName]

    package static func read(
        _ row: FileRow, _ cells: inout CellReader<DutyColumn>, _ order: ImportOrder, _ register: Register,
        _ errors: inout RowErrors<DutyColumn>
    ) throws -> DutyRow? {
        let kind = DutyKind(rawValue: cells.requiredCode(.kind, .dutyKind, row, &errors))
        let from = cells.date(.from, row, &errors)
        if from == nil, cells.header.cell(.from, row) == nil { cells.missing(.from, row, &errors) }
        let code = cells.value(.areaCode, row, &errors, FieldText.areaCode)
        let path = DutyColumn.path.map { cells.header.cell($0, row) ?? "" }
        func id(_ column: DutyColumn) -> Identifier? {
            cells.value(column, row, &errors, FieldText.identifier)
        }
        let dutyId = id(.dutyId)
        let organizationId = id(.organizationId)
        let cadreId = id(.cadreId)
        let sending = id(.sendingOrganizationId)
        let teamId = id(.teamId)
        let names = FieldText.nameCharacters
        let longNames = DutyBodyReader.titleCharacters
        let team = TeamRow(
            id: teamId, name: cells.text(.teamName, row, longNames, &errors),
            from: cells.date(.teamFrom, row, &errors),
            end: change(.teamTo, cells.date(.teamTo, row, &errors), cells),
            endReason: change(.teamEndReason, cells.code(.teamEndReason, .dutyEndReason, row, &errors), cells))
        let record = DutyRow(
            dutyId: dutyId, kind: kind ?? .teamMember, areaCode: code, path: path, organizationId: organizationId,
            organizationName: cells.text(.organizationName, row, longNames, &errors), cadreId: cadreId,
            cadreName: cells.text(.cadreName, row, names, &errors),
            holderName: change(.holderName, cells.text(.holderName, row, names, &errors), cells),
            title: change(.title, cells.text(.title, row, longNames, &errors), cells),
            sendingOrganizationId: change(.sendingOrganizationId, sending, cells), team: team,
            from: from ?? order.on, end: change(.to, cells.date(.to, row, &errors), cells),
            endReason: change(.endReason, cells.code(.endReason, .dutyEndReason, row, &errors), cells))
        if code == nil, path.contains(""), !(kind?.isOfTeam == true && teamId != nil) {
            cells.missing(.areaCode, row, &errors)
        }
        return record
    }

    /// An empty cell clears the stored value; a missing column keeps it.
    private static func change<Value>(
        _ column: DutyColumn, _ value: Value?, _ cells: CellReader<DutyColumn>
    ) -> Change<Value> {
        guard cells.header.has(column) else { return .keep }
        return value.map(Change.set) ?? .clear
    }

    package static func apply(
        _ row: DutyRow, _ context: RowContext<DutyColumn>, _ transaction: Transaction
    ) throws -> (result: RowResult, findings: [ReportRow]) {
        let connection = transaction.connection
        let stored = try known(row.dutyId, context.scope, connection)
        var finder = DutyRowFinder(row, context.scope, connection)
        let division = try finder.division(stored?.state)
        if row.kind.holder == .unit { try finder.findOrganization(stored?.state) }
        if row.kind.holder != .unit { try finder.findCadre(stored?.state) }
        guard let division else { throw InvalidBody(errors: finder.errors) }
        var isTeamDifferent = false
        if row.kind.isOfTeam {
            isTeamDifferent = try TeamRows.apply(row, in: division, &finder, context, transaction)
        }
        if !finder.errors.isEmpty { throw InvalidBody(errors: finder.errors) }

        var state = finder.state(in: division, over: stored?.state)
        var duty = stored
        if duty == nil, row.dutyId == nil { duty = try DutyTable.find(like: state, connection) }
        if let old = duty?.state {
            if stored == nil { state = finder.state(in: division, over: old) }
            guard old.kind == state.kind else { throw Problem.field("/kind", .kindDiffers) }
        }
        guard duty?.state != state else { return (isTeamDifferent ? .changed : .unchanged, []) }
        var placing = DutyPlacing(context.scope, connection, takesUnknownKinds: true)
        try placing.check(state, over: duty?.state)
        try placing.finish()
        let findings = placing.warnings.map {
            ReportRow(
                line: context.line, column: context.header.name(.areaCode), .warning, $0)
        }
        guard let duty else {
            if let error = state.holderName.flatMap({ KnownText.unreadable($0) }) {
                throw context.refusal(.holderName, error)
            }
            try DutyStore.create(
                row.dutyId ?? transaction.newId(), state, contentHash: nil, context.scope, transaction)
            return (.created, findings)
        }
        try DutyStore.change(duty, to: state, context.scope, transaction)
        return (.changed, findings)
    }

    /// - Throws: 409 for an id that is already used outside the caller's area.
    private static func known(_ id: Identifier?, _ scope: Scope, _ connection: Connection) throws -> StoredDuty? {
        guard let id, let duty = try DutyTable.find(id, connection) else { return nil }
        guard scope.contains(duty.areaCode) else {
            throw Problem(
                .conflictingContent,
                errors: [
                    FieldError(pointer: "/dutyId", FieldCode(ProblemKind.conflictingContent))
                ])
        }
        return duty
    }
}

/// The team of a member's row.
enum TeamRows {
    /// Finds or creates the team, and gives it the state that the row states.
    ///
    /// - Returns: whether an existing team was changed.
    static func apply(
        _ row: DutyRow, in village: Division, _ finder: inout DutyRowFinder, _ context: RowContext<DutyColumn>,
        _ transaction: Transaction
    ) throws -> Bool {
        let connection = transaction.connection
        var team = try row.team.id.flatMap { try TeamTable.find($0, connection) }
        if let team, !context.scope.contains(team.areaCode) {
            finder.report(FieldError(pointer: "/teamId", .unknownTeam))
            return false
        }
        if team == nil, row.team.id == nil, let name = row.team.name {
            team = try TeamTable.find(name, in: village.id, on: row.from, connection)
        }
        finder.teamId = team?.id
        let old = team?.state
        guard let name = row.team.name ?? old?.name else {
            finder.report(FieldError(pointer: "/teamName", .required, zh: "新的工作队须填写名称", en: "a new team needs a name"))
            return false
        }
        if old == nil, let error = KnownText.unreadable(name, as: .name) {
            finder.report(error.below("/teamName"))
            return false
        }
        let state = TeamState(
            divisionId: old?.divisionId ?? village.id, name: KnownText.better(name, old?.name, as: .name) ?? name,
            term: DayInterval(
                first: row.team.from ?? old?.term.first ?? row.from, end: row.team.end.applied(to: old?.term.end)),
            endReason: row.team.endReason.applied(to: old?.endReason))
        let errors = DutyShape.termErrors(state.term, state.endReason)
        guard errors.isEmpty else {
            for error in errors {
                let pointer = ["/to": "/teamTo", "/endReason": "/teamEndReason"][error.pointer] ?? error.pointer
                finder.report(FieldError(pointer: pointer, error.code, detail: error.detail))
            }
            return false
        }
        guard finder.errors.isEmpty else { return false }
        if let team {
            return try TeamStore.change(team, to: state, context.scope, transaction)
        }
        let id = row.team.id ?? transaction.newId()
        try TeamStore.create(id, state, areaCode: village.areaCode, contentHash: nil, transaction)
        finder.teamId = id
        return false
    }
}
