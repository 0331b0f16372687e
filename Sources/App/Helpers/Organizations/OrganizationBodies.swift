// Bodies of organizations: a whole one, and merge patches.

import Domain
import SQL
import Web

/// An organization as stated in a body or a row.
struct OrganizationStatement: Sendable {
    var areaCode: AreaCode
    var name: String
    var kind: String
    var level: String
    var creditCode: String?
    var parentId: Identifier?
    var contactName: String?
    var phone: StatedNumber?
    var endedOn: CivilDate?

    static let nameCharacters = 1...100
    static let contactCharacters = 1...60

    /// The state, sealed for its row.
    func state(of id: Identifier, at division: Identifier, _ keys: KeyRing) throws -> OrganizationState {
        OrganizationState(
            divisionId: division, name: name, kind: kind, level: level, creditCode: creditCode, parentId: parentId,
            contactName: contactName,
            phone: try phone.map { try $0.sealed(for: OrganizationStatement.phonePlace(id), keys) }, endedOn: endedOn)
    }

    static func phonePlace(_ id: Identifier) -> SealedPlace { SealedPlace("organization.phone", id) }

    static func creditCode(_ text: String) throws(FieldError) -> String {
        do throws(CreditCodeProblem) {
            return try CreditCode(text).text
        } catch {
            throw FieldError(error)
        }
    }
}

/// A whole organization from a body.
struct OrganizationBody: Sendable {
    let id: Identifier
    let statement: OrganizationStatement
    let day: CivilDate
    let contentHash: [UInt8]

    init(_ call: Call) throws {
        let pathId = try call.id()
        let document = try call.document()
        var body = ObjectReader(document.root)
        let codes = call.register.codeLists
        body.checkId(pathId)
        let from = EffectiveDay.read(&body, call.register.days, today: call.now.shanghaiDate)
        let days = FactDays(since: from, today: call.now.shanghaiDate)
        statement = OrganizationStatement(
            areaCode: body.value(
                "areaCode", placeholder: FieldText.anyArea, FieldText.areaCode),
            name: body.name("name", characters: OrganizationStatement.nameCharacters),
            kind: body.value("kind", placeholder: "") { text throws(FieldError) in
                try codes.check(text, in: .organizationKind, on: days)
            },
            level: body.value("level", placeholder: "") { text throws(FieldError) in
                try codes.check(text, in: .organizationLevel, on: days)
            },
            creditCode: body.optionalValue("creditCode", OrganizationStatement.creditCode),
            parentId: body.optionalValue("parentId", FieldText.identifier),
            contactName: body.optionalName(
                "contactName", characters: OrganizationStatement.contactCharacters, as: .person),
            phone: body.optionalValue("phone", FieldText.phone)?.map {
                StatedNumber.phone($0, call.register.keys)
            }, endedOn: nil)
        try body.finish()
        id = pathId
        day = from
        contentHash = call.register.keys.hash(document.canonicalBytes(), purpose: "content")
    }
}

/// A merge patch of an organization.
struct OrganizationPatch: Sendable {
    /// From which day the new state holds; not in the future.
    let day: CivilDate
    private let areaCode: Change<AreaCode>
    private let name: Change<String>
    private let kind: Change<String>
    private let level: Change<String>
    private let creditCode: Change<String>
    private let parentId: Change<Identifier>
    private let contactName: Change<String>
    private let phone: Change<SealedNumber>
    private let endedOn: Change<CivilDate>

    init(_ call: Call) throws {
        var body = ObjectReader(try call.document().root)
        let today = call.now.shanghaiDate
        let codes = call.register.codeLists
        let from = EffectiveDay.read(&body, call.register.days, today: today)
        let days = FactDays(since: from, today: today)
        areaCode = body.change("areaCode", clearable: false, FieldText.areaCode)
        name = body.changeName("name", characters: OrganizationStatement.nameCharacters, clearable: false)
        kind = body.change("kind", clearable: false) { text throws(FieldError) in
            try codes.check(text, in: .organizationKind, on: days)
        }
        level = body.change("level", clearable: false) { text throws(FieldError) in
            try codes.check(text, in: .organizationLevel, on: days)
        }
        creditCode = body.change("creditCode", OrganizationStatement.creditCode)
        parentId = body.change("parentId", FieldText.identifier)
        contactName = body.changeName("contactName", characters: OrganizationStatement.contactCharacters, as: .person)
        let plainPhone = body.change("phone", FieldText.changedPhone)
        endedOn = body.changeEnd(call.register.days, today: today)
        try body.finish()
        let place = OrganizationStatement.phonePlace(try call.id())
        let keys = call.register.keys
        phone = try plainPhone.map { try StatedNumber.phone($0, keys).sealed(for: place, keys) }
        if case .set(let end) = endedOn { day = min(from, end) } else { day = from }
    }

    /// The new state and its place.
    func applied(
        to stored: StoredOrganization, _ scope: Scope, _ connection: Connection
    ) throws -> (OrganizationState, areaCode: Int64) {
        var state = stored.state
        var place = stored.areaCode
        if case .set(let code) = areaCode {
            let division = try DivisionPlacing.division(code, "/areaCode", scope, connection)
            state.divisionId = division.id
            place = division.areaCode
        }
        state.name = name.applied(to: state.name) ?? state.name
        state.kind = kind.applied(to: state.kind) ?? state.kind
        state.level = level.applied(to: state.level) ?? state.level
        state.creditCode = creditCode.applied(to: state.creditCode)
        state.contactName = contactName.applied(to: state.contactName)
        state.phone = phone.applied(to: state.phone)
        state.endedOn = endedOn.applied(to: state.endedOn)
        let parent = parentId.applied(to: state.parentId)
        if parent != state.parentId { try OrganizationStore.checkParent(parent, of: stored.id, scope, connection) }
        state.parentId = parent
        return (state, place)
    }
}
