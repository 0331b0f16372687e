// Import and export of organizations. One is known again by our id, else by its credit code, else by its name at its
// home. Columns that the file does not have, masked numbers and empty ends leave what is stored.

import Domain
import SQL
import Web

/// What a row says of an organization.
struct OrganizationStatement: Sendable {
    var name: String
    var kind: String
    var level: String
    var creditCode: String?
    var parentOrganizationId: Identifier?
    var contactName: String?
    var phone: StatedNumber?
    var endedOn: CivilDate?

    /// The state of a new one, sealed for its row.
    func state(of id: Identifier, at division: Identifier, _ keys: KeyRing) throws -> OrganizationState {
        OrganizationState(
            divisionId: division, name: name, kind: kind, level: level, creditCode: creditCode,
            parentOrganizationId: parentOrganizationId,
            contactName: contactName,
            phone: try phone.map { try $0.sealed(for: SealedPlace(.organizationPhone, id), keys) },
            endedOn: endedOn)
    }
}

/// An organization of the file; places are still to be found.
struct OrganizationRow: Sendable {
    /// Our id, where the file has it.
    let id: Identifier?
    /// Nil where the file does not say: then where it is at home already, or the area of whoever imports.
    let areaCode: AreaCode?
    var statement: OrganizationStatement
    let hasMaskedPhone: Bool
    /// What the partner of the import calls it.
    let partnerId: String?
}

enum OrganizationImport: RowKind {
    static let required: [OrganizationColumn] = [.name, .kind, .level]
    static let texts: [OrganizationColumn] = [.name, .contactName]

    static func names(
        _ row: FileRow, _ header: FileHeader<OrganizationColumn>, _ register: Register, _ connection: Connection
    ) throws -> (stated: String, stored: String)? {
        guard let name = header.cell(.name, row) else { return nil }
        let byId = try header.cell(.id, row).flatMap { Identifier($0) }.flatMap {
            try Organizations.record.find($0, connection)
        }
        let known =
            try byId
            ?? header.cell(.creditCode, row).flatMap { try? CreditCode($0) }.flatMap {
                try Organizations.record.find(creditCode: $0.text, connection)
            }
        return known.map { (name, $0.state.name) }
    }

    static func read(
        _ row: FileRow, _ cells: inout CellReader<OrganizationColumn>, _ order: ImportOrder, _ register: Register,
        _ errors: inout RowErrors<OrganizationColumn>
    ) throws -> OrganizationRow? {
        let areaCode = cells.value(.areaCode, row, &errors, FieldText.areaCode)
        let phone =
            cells.unmasked(.phone, row) == nil
            ? nil : cells.value(.phone, row, &errors, FieldText.phone) ?? nil
        return OrganizationRow(
            id: cells.value(.id, row, &errors, FieldText.identifier), areaCode: areaCode,
            statement: OrganizationStatement(
                name: cells.required(.name, row, Organizations.nameCharacters, &errors),
                kind: cells.requiredCode(.kind, .organizationKind, row, &errors),
                level: cells.requiredCode(.level, .organizationLevel, row, &errors),
                creditCode: cells.value(.creditCode, row, &errors, Organizations.creditCode),
                parentOrganizationId: cells.value(.parentOrganizationId, row, &errors, FieldText.identifier),
                contactName: cells.text(.contactName, row, Organizations.contactCharacters, &errors),
                phone: phone.map { StatedNumber.phone($0, register.keys) },
                endedOn: cells.date(.to, row, &errors)),
            hasMaskedPhone: cells.isMasked(.phone, row), partnerId: cells.text(.partnerId, row, 1...100, &errors))
    }

    static func apply(
        _ record: OrganizationRow, _ context: RowContext<OrganizationColumn>, _ transaction: Transaction
    ) throws -> (result: RowResult, findings: [ReportRow]) {
        let connection = transaction.connection
        let stated = try record.areaCode.map {
            try DivisionPlacing.division($0, "/areaCode", context.scope, connection)
        }
        let partnerId = try PartnerRowId(record.partnerId, .organization, context.order, connection)
        let named = try partnerId?.ours(connection).flatMap { try Organizations.record.find($0, connection) }
        let stored = try named ?? find(record, at: stated, context.scope, connection)
        if let stored, !context.scope.contains(stored.areaCode) { throw Problem(.conflictingContent) }
        guard let stored else {
            guard let home = try stated ?? home(of: context.scope, connection) else {
                throw context.refusal(
                    .areaCode,
                    FieldError(.required))
            }
            if let error = KnownText.unreadable(record.statement.name, as: .name) {
                throw context.refusal(.name, error)
            }
            let id = record.id ?? transaction.newId()
            if let parent = record.statement.parentOrganizationId {
                try Organizations.checkParent(parent, of: id, context.scope, connection)
            }
            let draft = RecordDraft(
                id: id, before: nil,
                state: try record.statement.state(of: id, at: home.id, transaction.register.keys),
                place: home.areaCode)
            try Organizations.record.locating(draft.state, context.scope, connection) {
                try Organizations.record.create(
                    draft, from: min(context.order.on, transaction.today), contentHash: nil, transaction)
            }
            try partnerId?.note(id, connection)
            return (.created, record.hasMaskedPhone ? [withoutPhone(context)] : [])
        }
        let state = try merged(record.statement, into: stored, at: stated, context, transaction)
        let isChanged = try Organizations.record.locating(state, context.scope, connection) {
            try Organizations.record.change(
                stored, to: state, place: stated?.areaCode ?? stored.areaCode,
                from: min(context.order.on, transaction.today), transaction)
        }
        try partnerId?.note(stored.id, connection)
        return (isChanged ? .changed : .unchanged, [])
    }

    private static func withoutPhone(_ context: RowContext<OrganizationColumn>) -> ReportRow {
        ReportRow(
            line: context.line, column: context.header.name(.phone), .warning, .maskedNumber,
            zh: "电话号码是掩码，新单位没有登记电话；请填写完整号码",
            en: "the phone number is a mask, so the new organization is without one; write the whole number")
    }

    private static func find(
        _ record: OrganizationRow, at home: Division?, _ scope: Scope, _ connection: Connection
    ) throws -> Record<OrganizationState>.Stored? {
        if let id = record.id, let found = try Organizations.record.find(id, connection) { return found }
        if let code = record.statement.creditCode,
            let found = try Organizations.record.find(creditCode: code, connection)
        {
            return found
        }
        guard let home = try home ?? self.home(of: scope, connection) else { return nil }
        let name = record.statement.name
        var named = try Organizations.record.find(name: name, at: home.id, connection)
        if named == nil, DamagedText.isDamaged(name) {
            let meant = try Organizations.record.find("division_id = $1", [home.id], connection).filter {
                $0.state.endedOn == nil && DamagedText.mayMean(name, $0.state.name)
            }
            named = meant.count == 1 ? meant[0] : nil
        }
        // A different credit code means a different organization of the same name.
        if let named, let code = record.statement.creditCode, named.state.creditCode != nil,
            named.state.creditCode != code
        {
            return nil
        }
        return named
    }

    /// The division whose range whoever imports has.
    private static func home(of scope: Scope, _ connection: Connection) throws -> Division? {
        try connection.first(
            """
            SELECT \(DivisionStore.columns) FROM division
            WHERE area_code = $1 AND area_last = $2 AND successor_id IS NULL AND ended_on IS NULL
            """, scope.first, scope.last, row: DivisionStore.read)
    }

    private static func merged(
        _ stated: OrganizationStatement, into stored: Record<OrganizationState>.Stored, at home: Division?,
        _ context: RowContext<OrganizationColumn>, _ transaction: Transaction
    ) throws -> OrganizationState {
        let header = context.header
        var state = stored.state
        if let home { state.divisionId = home.id }
        if !KnownText.isWorse(stated.name, than: state.name, as: .name) { state.name = stated.name }
        state.kind = stated.kind
        state.level = stated.level
        if header.has(.creditCode) { state.creditCode = stated.creditCode }
        if header.has(.parentOrganizationId), stated.parentOrganizationId != state.parentOrganizationId {
            if let parent = stated.parentOrganizationId {
                try Organizations.checkParent(parent, of: stored.id, context.scope, transaction.connection)
            }
            state.parentOrganizationId = stated.parentOrganizationId
        }
        if header.has(.contactName), !KnownText.isWorse(stated.contactName, than: state.contactName) {
            state.contactName = stated.contactName
        }
        if let phone = stated.phone, phone.hash != state.phone?.hash {
            state.phone = try phone.sealed(
                for: SealedPlace(.organizationPhone, stored.id), transaction.register.keys)
        }
        state.endedOn = stated.endedOn ?? state.endedOn
        return state
    }
}

enum OrganizationExport {
    /// Every organization in an area, parents before those below them, so that an import finds them.
    static func plan(_ scope: Scope) -> ExportPlan {
        var conditions = ListConditions()
        conditions.add(scope, on: "o.area_code")
        let phone = ExportColumn(
            "phone", mask: "o.phone_mask", sealed: "o.phone_sealed", place: "organization.phone", id: "o.id")
        return ExportPlan(
            columns: [
                ExportColumn("id", "o.id", .identifier), ExportColumn("name", "o.name"), ExportColumn("kind", "o.kind"),
                ExportColumn("level", "o.level"), ExportColumn("creditCode", "o.credit_code"),
                ExportColumn("areaCode", "d.code", .areaCode),
                ExportColumn("parentOrganizationId", "p.id", .identifier),
                ExportColumn("contactName", "o.contact_name"), phone, ExportColumn("to", "o.ended_on"),
            ],
            // A parent elsewhere is not in the file, so it is not named either.
            source: """
                organization o JOIN division d ON d.id = o.division_id
                JOIN (WITH RECURSIVE below (id, depth) AS (
                    SELECT id, 0 FROM organization WHERE parent_id IS NULL
                    UNION ALL SELECT x.id, b.depth + 1 FROM organization x JOIN below b ON x.parent_id = b.id)
                    SELECT id, depth FROM below) b ON b.id = o.id
                LEFT JOIN organization p ON p.id = o.parent_id AND p.area_code BETWEEN $1 AND $2
                """,
            conditions: conditions, order: ["b.depth", "o.area_code", "o.id"])
    }
}

extension Record<OrganizationState> {
    /// The living organization of a credit code.
    func find(creditCode: String, _ connection: Connection) throws -> Stored? {
        try find("credit_code = $1 AND ended_on IS NULL", [creditCode], connection).first
    }

    /// The living organization of a name at a home.
    func find(name: String, at division: Identifier, _ connection: Connection) throws -> Stored? {
        try find("division_id = $1 AND name = $2 AND ended_on IS NULL", [division, name], connection).first
    }
}
