// Import of cadres. One is known again by our id, else by the identity number, else by phone and name, else by the name
// in the organization where that is certain. Columns that the file does not have, masked numbers, and empty cells of
// dated facts and ends leave what is stored.

import Domain
import SQL
import Service
import Web

/// A cadre of the file; their places are still to be found.
struct CadreRow: Sendable {
    /// Their id in the file, or a new one.
    let id: Identifier
    let hasId: Bool
    let organizationId: Identifier?
    let organizationCreditCode: String?
    let organizationName: String?
    let organizationAreaCode: AreaCode?
    let statement: CadreStatement
    /// Sealed for `id`.
    let identity: SealedNumber?
    let phone: SealedNumber?
    /// A column of a number of which characters are hidden, by which nobody is known again.
    let maskedColumn: CadreColumn?
    /// What the partner of the import calls them.
    let partnerId: String?
}

enum CadreImport: RowKind {
    static let required: [CadreColumn] = [.name]
    static let texts: [CadreColumn] = [.name, .positionTitle]

    static func names(
        _ row: FileRow, _ header: FileHeader<CadreColumn>, _ register: Register, _ connection: Connection
    ) throws -> (stated: String, stored: String)? {
        guard let name = header.cell(.name, row) else { return nil }
        let byId = try header.cell(.id, row).flatMap { Identifier($0) }.flatMap {
            try connection.first("SELECT name FROM cadre WHERE id = $1", $0) { $0.text(0) }
        }
        let number = header.cell(.identityNumber, row).flatMap { IdentityNumber.parse($0).number }
        let known =
            try byId
            ?? number.flatMap {
                try connection.first(
                    "SELECT name FROM cadre WHERE identity_hash = $1 AND ended_on IS NULL",
                    register.keys.hash($0.person.utf8, purpose: "identity")
                ) { $0.text(0) }
            }
        return known.map { (name, $0) }
    }

    // MARK: Reading

    static func read(
        _ row: FileRow, _ cells: inout CellReader<CadreColumn>, _ order: ImportOrder, _ register: Register,
        _ errors: inout RowErrors<CadreColumn>
    ) throws -> CadreRow? {
        let keys = register.keys
        let environment = register.environment
        let now = register.clock.now
        let fileId = cells.value(.id, row, &errors, FieldText.identifier)
        let id = fileId ?? environment.newId(at: now)
        let sex = cells.code(.sex, .sex, row, &errors)
        var identity: StatedNumber?
        if cells.unmasked(.identityNumber, row) != nil {
            identity =
                cells.value(.identityNumber, row, &errors) { text throws(FieldError) -> StatedNumber? in
                    let number = try StatedNumber.identity(text, on: now.shanghaiDate, keys)
                    guard number?.agrees(with: sex) ?? true else { throw StatedNumber.sexDiffers }
                    return number
                } ?? nil
        }
        var phone: StatedNumber?
        if cells.unmasked(.phone, row) != nil {
            phone = cells.value(.phone, row, &errors, FieldText.phone)?.map { StatedNumber.phone($0, keys) }
        }
        let statement = CadreStatement(
            name: cells.required(.name, row, FieldText.nameCharacters, &errors), sex: sex,
            positionTitle: cells.text(.positionTitle, row, CadreStatement.titleCharacters, &errors),
            identity: identity, phone: phone, line: cells.code(.line, .cadreLine, row, &errors),
            homeVillageCode: cells.value(.homeVillageCode, row, &errors, FieldText.areaCode),
            isCountyLeader: cells.flag(.isCountyLeader, row, &errors) ?? false,
            endedOn: cells.date(.to, row, &errors), facts: facts(row, &cells, order, &errors))
        return CadreRow(
            id: id, hasId: fileId != nil,
            organizationId: cells.value(.organizationId, row, &errors, FieldText.identifier),
            organizationCreditCode: cells.value(
                .organizationCreditCode, row, &errors, Organization.creditCode),
            organizationName: cells.text(
                .organizationName, row, Organization.nameCharacters, &errors),
            organizationAreaCode: cells.value(.organizationAreaCode, row, &errors, FieldText.areaCode),
            statement: statement,
            identity: try identity.map { try $0.sealed(for: CadreTable.identityPlace(id), keys) },
            phone: try phone.map { try $0.sealed(for: CadreTable.phonePlace(id), keys) },
            maskedColumn: [.identityNumber, .phone].first { cells.isMasked($0, row) },
            partnerId: cells.text(.partnerId, row, 1...100, &errors))
    }

    private static func facts(
        _ row: FileRow, _ cells: inout CellReader<CadreColumn>, _ order: ImportOrder,
        _ errors: inout RowErrors<CadreColumn>
    ) -> CadreFactsStatement {
        func change<Value>(_ value: Value?, _ from: CivilDate?) -> FactChange<Value> {
            value.map { .since($0, from ?? order.on, isExplicit: from != nil) } ?? .keep
        }
        return CadreFactsStatement(
            rank: change(cells.code(.rank, .cadreRank, row, &errors), cells.date(.rankFrom, row, &errors)),
            postState: change(
                cells.code(.postState, .postState, row, &errors), cells.date(.postStateFrom, row, &errors)),
            link: change(
                cells.value(.linkedAreaCode, row, &errors, FieldText.areaCode),
                cells.date(.linkedFrom, row, &errors)))
    }

    // MARK: Applying

    static func apply(
        _ record: CadreRow, _ context: RowContext<CadreColumn>, _ transaction: Transaction
    ) throws -> (result: RowResult, findings: [ReportRow]) {
        let connection = transaction.connection
        let answers = try answers(record, context, transaction)
        let stated = answers?.organization
        if answers?.isTurned != true { try CadreDay.turn(transaction) }
        let partnerId = try PartnerRowId(record.partnerId, .cadre, context.order, connection)
        let named = try partnerId?.ours(connection).flatMap { try CadreTable.find($0, connection) }
        guard let stored = try named ?? find(record, answers, connection) else {
            guard let stated, let answers else {
                throw context.refusal(
                    .organizationName,
                    FieldError(.required, zh: "没有单位", en: "the organization is missing"))
            }
            guard stated.isLive || record.statement.endedOn != nil else { throw CadrePlacing.unknownOrganization }
            if let error = KnownText.unreadable(record.statement.name) { throw context.refusal(.name, error) }
            if let column = record.maskedColumn {
                throw context.refusal(
                    column,
                    FieldError(
                        .maskedNumber,
                        detail: Message(
                            zh: "按编号、证件号码、电话和姓名都没有找到此人；新干部的号码不能是掩码，请填写完整号码",
                            en: "nobody was found by id, identity number, phone or name, and a new cadre cannot have "
                                + "a masked number; write the whole number")))
            }
            try create(record, answers, context, transaction)
            try partnerId?.note(record.id, connection)
            return (.created, [])
        }
        guard context.scope.contains(stored.kept.areaCode) else { throw Problem(.conflictingContent) }
        transaction.consequences.ask()
        let change = try change(stored, record, stated, context, transaction)
        try partnerId?.note(stored.id, connection)
        let findings = transaction.consequences.take(in: context.scope).errors(at: "").map {
            ReportRow(line: context.line, .warning, $0)
        }
        return (
            change.isDifferent ? .changed : .unchanged, findings + change.retold.map { context.toldLate($0) }
        )
    }

    /// What is known of what a row names; nil where it names no organization.
    private static func answers(
        _ record: CadreRow, _ context: RowContext<CadreColumn>, _ transaction: Transaction
    ) throws -> CadreRowAnswers? {
        func find(_ naming: CadreRowAnswers.Naming, _ values: any Bindable...) throws -> [CadreRowAnswers] {
            try CadreRowAnswers.find(record, naming, values, today: transaction.today, transaction.connection)
        }
        let found: [CadreRowAnswers]
        let column: CadreColumn
        if let id = record.organizationId {
            column = .organizationId
            found = try find(.id, id)
        } else if let code = record.organizationCreditCode {
            column = .organizationCreditCode
            found = try find(.creditCode, code)
        } else if let name = record.organizationName {
            column = .organizationName
            if let area = record.organizationAreaCode {
                let home = try DivisionPlacing.division(
                    area, "/organizationAreaCode", context.scope, transaction.connection)
                found = try find(.home, home.id, name)
            } else {
                found = try find(.name, name, context.scope.first, context.scope.last)
            }
        } else {
            return nil
        }
        guard found.count < 2 else {
            throw context.refusal(
                column,
                FieldError(
                    .ambiguousOrganization, zh: "有多个同名单位，请加区划代码或信用代码",
                    en: "several organizations have this name: add its area or credit code"))
        }
        guard let answers = found.first else {
            throw context.refusal(
                column,
                FieldError(.unknownOrganization))
        }
        return answers
    }

    private static func find(
        _ record: CadreRow, _ answers: CadreRowAnswers?, _ connection: Connection
    ) throws -> StoredCadre? {
        // An id that is not known is somebody new; only a row without one is known by its name.
        if record.hasId && answers?.isKnown == false { return nil }
        if record.hasId, let found = try CadreTable.find(record.id, connection) { return found }
        if let hash = record.identity?.hash, let found = try CadreTable.find(identity: hash, connection) {
            return found
        }
        let name = record.statement.name
        func fits(_ cadre: StoredCadre) -> Bool {
            guard let stored = cadre.state.identity, let stated = record.identity else { return true }
            return stored == stated
        }
        if let hash = record.phone?.hash, let found = try CadreTable.find(phone: hash, connection),
            found.state.name == name || DamagedText.mayMean(name, found.state.name), fits(found)
        {
            return found
        }
        guard !record.hasId, let organization = answers?.organization else { return nil }
        var named = try CadreTable.find(name: name, in: organization.id, connection)
        if named.isEmpty, DamagedText.isDamaged(name) {
            named = try CadreTable.find(
                "organization_id = $1 AND ended_on IS NULL", [organization.id], connection
            ).filter { DamagedText.mayMean(name, $0.state.name) }
        }
        return named.count == 1 && fits(named[0]) ? named[0] : nil
    }

    private static func create(
        _ record: CadreRow, _ answers: CadreRowAnswers, _ context: RowContext<CadreColumn>, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        let organization = answers.organization
        guard context.scope.contains(organization.areaCode) else { throw CadrePlacing.unknownOrganization }
        let statement = record.statement
        var stated = statement.facts
        let day = min(context.order.on, transaction.today)
        if stated.postState.isKeep { stated.postState = .since(PostState.inPost, day, isExplicit: false) }
        let facts = try CadrePlacing.facts(
            stated, of: nil, live: answers.link, organization, context.scope, connection)
        let state = CadreState(
            organizationId: organization.id, name: statement.name, sex: statement.sex,
            positionTitle: statement.positionTitle, identity: record.identity, phone: record.phone,
            line: statement.line,
            homeVillageId: try statement.homeVillageCode.map {
                try answers.homeVillageId ?? CadrePlacing.homeVillage($0, context.scope, connection)
            },
            isCountyLeader: statement.isCountyLeader, endedOn: statement.endedOn)
        try HelperProblems.locating(state, context.scope, connection) {
            try CadreStore.create(
                NewCadre(
                    id: record.id, state: state, facts: facts, home: organization.areaCode,
                    day: min(day, facts.first ?? day), contentHash: nil, link: answers.link), isTurned: true,
                transaction)
        }
    }

    private static func change(
        _ stored: StoredCadre, _ record: CadreRow, _ stated: OrganizationHome?, _ context: RowContext<CadreColumn>,
        _ transaction: Transaction
    ) throws -> (isDifferent: Bool, retold: [RetoldSpan]) {
        let connection = transaction.connection
        let organization = try CadrePlacing.organization(
            stated?.id ?? stored.state.organizationId,
            hasChanged: stated.map { $0.id != stored.state.organizationId } ?? false, context.scope, connection)
        var state = stored.state
        state.organizationId = organization.id
        try merge(record, into: &state, of: stored.id, context, transaction)
        let facts = try CadrePlacing.facts(
            record.statement.facts, of: stored.id, organization, context.scope, connection)
        return try HelperProblems.locating(state, context.scope, connection) {
            try CadreStore.change(
                stored, to: state, facts, home: organization.areaCode, from: min(context.order.on, transaction.today),
                stated: told(record, state, stated, context), replacesLater: context.order.replacesLater, context.scope,
                transaction)
        }
    }

    /// The names of the plain facts that a row tells.
    ///
    /// - Parameter state: what becomes of the cadre by it.
    private static func told(
        _ record: CadreRow, _ state: CadreState, _ organization: OrganizationHome?, _ context: RowContext<CadreColumn>
    ) -> Set<String> {
        let statement = record.statement
        let columns: [CadreColumn] = [.sex, .line, .homeVillageCode, .isCountyLeader]
        let others: [(CadreColumn, Bool)] = [
            (.organizationId, organization != nil), (.name, state.name == statement.name),
            (.positionTitle, context.header.has(.positionTitle) && state.positionTitle == statement.positionTitle),
            (.identityNumber, statement.identity != nil), (.phone, statement.phone != nil),
            (.to, statement.endedOn != nil),
        ]
        return Set(
            (columns.filter(context.header.has) + others.filter(\.1).map(\.0)).map(\.rawValue))
    }

    /// What the file states, over what is stored where the file has no such column.
    private static func merge(
        _ record: CadreRow, into state: inout CadreState, of id: Identifier, _ context: RowContext<CadreColumn>,
        _ transaction: Transaction
    ) throws {
        let header = context.header
        let statement = record.statement
        let keys = transaction.register.keys
        if !KnownText.isWorse(statement.name, than: state.name) { state.name = statement.name }
        if header.has(.sex) { state.sex = statement.sex }
        if header.has(.positionTitle),
            !KnownText.isWorse(statement.positionTitle, than: state.positionTitle, as: .title)
        {
            state.positionTitle = statement.positionTitle
        }
        if header.has(.line) { state.line = statement.line }
        if header.has(.homeVillageCode) {
            state.homeVillageId = try statement.homeVillageCode.map {
                try CadrePlacing.homeVillage($0, context.scope, transaction.connection)
            }
        }
        if header.has(.isCountyLeader) { state.isCountyLeader = statement.isCountyLeader }
        state.endedOn = statement.endedOn ?? state.endedOn
        // Somebody known by something else than the id in the file: the numbers are sealed for the id on record.
        if let identity = statement.identity, identity.hash != state.identity?.hash {
            state.identity =
                id == record.id ? record.identity : try identity.sealed(for: CadreTable.identityPlace(id), keys)
        }
        if let phone = statement.phone, phone.hash != state.phone?.hash {
            state.phone = id == record.id ? record.phone : try phone.sealed(for: CadreTable.phonePlace(id), keys)
        }
    }
}
