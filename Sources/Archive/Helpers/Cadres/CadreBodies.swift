// Bodies of cadres: a whole one, and merge patches. Dated facts have a simple form (`rank`, `rankFrom`) and a whole one
// (`ranks`), in both.

import Domain
import SQL
import Service
import Web

/// The dated facts as stated: the link still by its code.
struct CadreFactsStatement: Sendable {
    var rank: FactChange<String> = .keep
    var postState: FactChange<String> = .keep
    var link: FactChange<AreaCode> = .keep
}

/// Reads the dated facts of a body.
struct CadreFactReader {
    let codes: CodeLists
    let today: CivilDate
    /// The day from which a value holds that comes without one.
    let day: CivilDate

    private static let intervalsCount = 0...100

    func read(_ body: inout ObjectReader) -> CadreFactsStatement {
        CadreFactsStatement(
            rank: fact(&body, "rank", "rankFrom", "ranks", "rank", overlap: .twoRanksOnOneDay, code(.cadreRank)),
            postState: fact(
                &body, "postState", "postStateFrom", "postStates", "postState", overlap: .twoPostStatesOnOneDay,
                code(.postState)),
            link: fact(
                &body, "linkedAreaCode", "linkedFrom", "links", "areaCode", overlap: .twoLinksOnOneDay,
                FieldText.areaCode))
    }

    private func code(_ list: CodeListKey) -> (String) throws(FieldError) -> String {
        let days = FactDays(since: day, today: today)
        return { text throws(FieldError) in try codes.check(text, in: list, on: days) }
    }

    /// - Parameters:
    ///   - name: the field of the simple form; `from` its day.
    ///   - whole: the array of the whole form; `item` the field of its value.
    private func fact<Value: Bindable & Equatable & Sendable>(
        _ body: inout ObjectReader, _ name: StaticString, _ from: StaticString, _ whole: StaticString,
        _ item: StaticString, overlap: ProblemKind, _ parse: (String) throws(FieldError) -> Value
    ) -> FactChange<Value> {
        let value = body.change(name, parse)
        let since = body.optionalValue(from, codes.days.day)
        if since != nil && value.isKeep {
            body.report("\(from)", .standsAlone, zh: "只有日期没有内容", en: "a day without the value that holds from it")
        }
        let intervals = body.optionalArray(whole, count: Self.intervalsCount) { reader in
            interval(&reader, reader.optionalValue(item, parse), item)
        }
        guard let intervals else {
            return switch value {
            case .keep: .keep
            case .clear: .since(nil, since ?? day, isExplicit: since != nil)
            case .set(let value): .since(value, since ?? day, isExplicit: since != nil)
            }
        }
        if !value.isKeep {
            body.report("\(name)", .onlyOne, zh: "\(name) 与 \(whole) 不能同时给出", en: "give either \(name) or \(whole)")
        }
        let known = intervals.compactMap(\.self)
        for (index, interval) in known.enumerated()
        where known[..<index].contains(where: { $0.days.overlaps(interval.days) }) {
            body.report("/\(whole)/\(index)", FieldCode(overlap))
        }
        return .whole(known)
    }

    private func interval<Value>(
        _ reader: inout ObjectReader, _ value: Value?, _ item: StaticString
    ) -> DatedValue<Value>? {
        let first = reader.value("from", placeholder: day, codes.days.day)
        let end = reader.optionalValue("to", codes.days.day)
        if let end, end <= first, reader.isSound("from") {
            reader.report("to", .endsBeforeItBegins)
            return nil
        }
        guard let value else {
            if reader.isSound("\(item)") { reader.report("\(item)", .required) }
            return nil
        }
        return DatedValue(value: value, days: DayInterval(first: first, end: end))
    }
}

/// A cadre as stated in a body or a row; places are still to be found.
struct CadreStatement: Sendable {
    var name: String
    var sex: String?
    var positionTitle: String?
    var identity: StatedNumber?
    var phone: StatedNumber?
    var line: String?
    var homeVillageCode: AreaCode?
    var isCountyLeader: Bool
    var endedOn: CivilDate?
    var facts: CadreFactsStatement

    static let titleCharacters = 1...100

    /// The state, with its numbers sealed for its row.
    func state(of id: Identifier, in organization: Identifier, homeVillage: Identifier?, _ keys: KeyRing) throws
        -> CadreState
    {
        CadreState(
            organizationId: organization, name: name, sex: sex, positionTitle: positionTitle,
            identity: try identity.map { try $0.sealed(for: CadreTable.identityPlace(id), keys) },
            phone: try phone.map { try $0.sealed(for: CadreTable.phonePlace(id), keys) }, line: line,
            homeVillageId: homeVillage, isCountyLeader: isCountyLeader, endedOn: endedOn)
    }
}

/// A whole cadre from a body.
struct CadreBody: Sendable {
    let id: Identifier
    let organizationId: Identifier
    let statement: CadreStatement
    /// From which day the plain facts hold: that of the body, else the first of their dated facts.
    let day: CivilDate
    let contentHash: [UInt8]

    init(_ call: Call) throws {
        id = try call.id()
        let document = try call.document()
        var body = ObjectReader(document.root)
        let codes = call.register.codeLists
        let keys = call.register.keys
        let today = call.now.shanghaiDate
        body.checkId(id)
        let stated = body.optionalValue("effectiveOn", codes.days.day)
        if let stated, stated > today { body.report("effectiveOn", .inFuture) }
        let day = stated ?? today
        let days = FactDays(since: day, today: today)
        func code(_ key: StaticString, _ list: CodeListKey) -> String? {
            body.optionalValue(key) { text throws(FieldError) in try codes.check(text, in: list, on: days) }
        }
        organizationId = body.value(
            "organizationId", placeholder: call.register.environment.newId(at: call.now),
            FieldText.identifier)
        let name = body.name("name", characters: FieldText.nameCharacters, as: .person)
        let sex = code("sex", .sex)
        let title = body.optionalTitle("positionTitle", characters: CadreStatement.titleCharacters)
        let identity = body.optionalValue("identityNumber") { text throws(FieldError) -> StatedNumber? in
            let number = try StatedNumber.identity(text, on: today, keys)
            guard number?.agrees(with: sex) ?? true else { throw StatedNumber.sexDiffers }
            return number
        }
        let phone = body.optionalValue("phone", FieldText.phone)?.map { StatedNumber.phone($0, keys) }
        let line = code("line", .cadreLine)
        let homeVillageCode = body.optionalValue("homeVillageCode", FieldText.areaCode)
        let isCountyLeader = body.optionalBoolean("isCountyLeader") ?? false
        var facts = CadreFactReader(codes: codes, today: today, day: day).read(&body)
        do { try body.finish() } catch { throw HelperProblems.named(error) }
        if facts.postState.isKeep { facts.postState = .since(PostState.inPost, day, isExplicit: false) }
        statement = CadreStatement(
            name: name, sex: sex, positionTitle: title, identity: identity ?? nil, phone: phone, line: line,
            homeVillageCode: homeVillageCode, isCountyLeader: isCountyLeader, endedOn: nil, facts: facts)
        self.day = stated ?? min(day, facts.first ?? day)
        contentHash = keys.hash(document.canonicalBytes(), purpose: "content")
    }
}

extension CadreFactsStatement {
    /// The first day of which they speak.
    var first: CivilDate? { [rank.first, postState.first, link.first].compactMap(\.self).min() }
}

/// The values of `post-state` that the program knows.
enum PostState {
    static let inPost = "in-post"
}

/// A merge patch of a cadre.
struct CadrePatch: Sendable {
    /// From which day the plain facts hold; not in the future.
    let day: CivilDate
    let facts: CadreFactsStatement
    private let organizationId: Change<Identifier>
    private let name: Change<String>
    private let sex: Change<String>
    private let positionTitle: Change<String>
    private let identity: Change<StatedNumber>
    private let phone: Change<StatedNumber>
    private let line: Change<String>
    private let homeVillageCode: Change<AreaCode>
    private let isCountyLeader: Change<Bool>
    private let endedOn: Change<CivilDate>
    /// Whether what is known of later days is wiped.
    let replacesLater: Bool

    init(_ call: Call) throws {
        var body = ObjectReader(try call.document().root)
        let today = call.now.shanghaiDate
        let codes = call.register.codeLists
        let keys = call.register.keys
        let from = EffectiveDay.read(&body, call.register.days, today: today)
        let days = FactDays(since: from, today: today)
        organizationId = body.change("organizationId", clearable: false, FieldText.identifier)
        name = body.changeName(
            "name", characters: FieldText.nameCharacters, as: .person, clearable: false)
        sex = body.change("sex") { text throws(FieldError) in try codes.check(text, in: .sex, on: days) }
        positionTitle = body.changeTitle("positionTitle", characters: CadreStatement.titleCharacters)
        identity = body.change("identityNumber") { text throws(FieldError) in
            guard let number = try StatedNumber.identity(text, on: today, keys) else {
                throw FieldText.placeholder
            }
            return number
        }
        phone = body.change("phone", FieldText.changedPhone).map { StatedNumber.phone($0, keys) }
        line = body.change("line") { text throws(FieldError) in try codes.check(text, in: .cadreLine, on: days) }
        homeVillageCode = body.change("homeVillageCode", FieldText.areaCode)
        isCountyLeader = body.changeBoolean("isCountyLeader", clearable: false)
        endedOn = body.changeEnd(call.register.days, today: today)
        replacesLater = body.optionalBoolean("replacesLater") ?? false
        facts = CadreFactReader(codes: codes, today: today, day: from).read(&body)
        do { try body.finish() } catch { throw HelperProblems.named(error) }
        if case .set(let end) = endedOn { day = min(from, end) } else { day = from }
    }

    /// The names of the plain facts that it states.
    var stated: Set<String> {
        let all: [(String, Bool)] = [
            ("organizationId", organizationId.isKeep), ("name", name.isKeep), ("sex", sex.isKeep),
            ("positionTitle", positionTitle.isKeep), ("identityNumber", identity.isKeep), ("phone", phone.isKeep),
            ("line", line.isKeep), ("homeVillageCode", homeVillageCode.isKeep),
            ("isCountyLeader", isCountyLeader.isKeep), ("to", endedOn.isKeep),
        ]
        return Set(all.filter { !$0.1 }.map(\.0))
    }

    /// The new state and the organization that they then belong to.
    func applied(
        to stored: StoredCadre, _ scope: Scope, _ transaction: Transaction
    ) throws -> (CadreState, OrganizationHome) {
        let connection = transaction.connection
        let keys = transaction.register.keys
        var state = stored.state
        if case .set(let id) = organizationId { state.organizationId = id }
        var wrong = WrongFields()
        let organization = try wrong.gather {
            try CadrePlacing.organization(
                state.organizationId, hasChanged: state.organizationId != stored.state.organizationId, scope,
                connection)
        }
        state.name = name.applied(to: state.name) ?? state.name
        state.sex = sex.applied(to: state.sex)
        state.positionTitle = positionTitle.applied(to: state.positionTitle)
        state.identity = try identity.map { try $0.sealed(for: CadreTable.identityPlace(stored.id), keys) }
            .applied(to: state.identity)
        state.phone = try phone.map { try $0.sealed(for: CadreTable.phonePlace(stored.id), keys) }
            .applied(to: state.phone)
        state.line = line.applied(to: state.line)
        if let village = try wrong.gather({
            try homeVillageCode.map { try CadrePlacing.homeVillage($0, scope, connection) }
        }) {
            state.homeVillageId = village.applied(to: state.homeVillageId)
        }
        state.isCountyLeader = isCountyLeader.applied(to: state.isCountyLeader) ?? state.isCountyLeader
        state.endedOn = endedOn.applied(to: state.endedOn)
        _ = try wrong.gather { try checkSex(state, stored, transaction) }
        guard let organization, wrong.errors.isEmpty else { throw wrong.refusal }
        return (state, organization)
    }

    /// Number and sex are held against each other where either changes.
    private func checkSex(_ state: CadreState, _ stored: StoredCadre, _ transaction: Transaction) throws {
        var number: StatedNumber?
        if case .set(let stated) = identity {
            number = stated
        } else if state.sex != stored.state.sex, state.identity != nil {
            let sealed = try transaction.connection.first(
                "SELECT identity_sealed FROM cadre WHERE id = $1", stored.id
            ) { $0.blob(0) }
            let keys = transaction.register.keys
            number = try sealed.flatMap {
                try StatedNumber.identity(
                    keys.open($0, for: CadreTable.identityPlace(stored.id)), on: transaction.today, keys)
            }
        }
        guard number?.agrees(with: state.sex) ?? true else {
            throw InvalidBody(errors: [StatedNumber.sexDiffers.at(identity.isKeep ? "/sex" : "/identityNumber")])
        }
    }
}
