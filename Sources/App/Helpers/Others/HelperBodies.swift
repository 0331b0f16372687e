// Bodies of helpers who are not on the payroll: a whole one, and merge patches.

import Domain
import SQL
import Web

/// Reads the fields that bodies and patches share.
enum HelperFields {
    static let skillsCount = 0...20
    static let skillCharacters = 1...60
    static let serviceHours = 0...100_000

    /// A skill holds no semicolon: it stands between two of them in files and in the database.
    static func checkSkills(_ skills: [String], _ body: inout ObjectReader) {
        for (index, skill) in skills.enumerated() {
            if skill.contains(HelperTable.separator) {
                body.report("/skills/\(index)", .malformed, zh: "不能含有分号", en: "a semicolon is not allowed")
            } else if skills[..<index].contains(skill) {
                body.report("/skills/\(index)", .repeated)
            }
        }
    }

    /// - Throws: 422 for an organization that does not exist, has ended, or is not the caller's.
    static func organization(_ id: Identifier, _ scope: Scope, _ connection: Connection) throws -> Identifier {
        try CadrePlacing.organization(id, hasChanged: true, scope, connection).id
    }
}

/// A whole helper from a body.
struct HelperBody: Sendable {
    let id: Identifier
    let areaCode: AreaCode
    let organizationId: Identifier?
    let day: CivilDate
    let contentHash: [UInt8]
    private let kind: String
    private let name: String
    private let skills: [String]
    private let serviceHours: Int?
    private let phone: StatedNumber?

    init(_ call: Call) throws {
        id = try call.id()
        let document = try call.document()
        var body = ObjectReader(document.root)
        let codes = call.register.codeLists
        let keys = call.register.keys
        body.checkId(id)
        let from = EffectiveDay.read(&body, call.register.days, today: call.now.shanghaiDate)
        let days = FactDays(since: from, today: call.now.shanghaiDate)
        day = from
        areaCode = body.value("areaCode", placeholder: FieldText.anyArea, FieldText.areaCode)
        kind = body.value("kind", placeholder: "") { text throws(FieldError) in
            try codes.check(text, in: .helperKind, on: days)
        }
        name = body.name("name", characters: FieldText.nameCharacters, as: .person)
        organizationId = body.optionalValue("organizationId", FieldText.identifier)
        skills =
            body.optionalStrings("skills", count: HelperFields.skillsCount, characters: HelperFields.skillCharacters)
            ?? []
        HelperFields.checkSkills(skills, &body)
        serviceHours = body.optionalInteger("serviceHours", in: HelperFields.serviceHours)
        phone = body.optionalValue("phone", FieldText.phone)?.map { StatedNumber.phone($0, keys) }
        try body.finish()
        contentHash = keys.hash(document.canonicalBytes(), purpose: "content")
    }

    func state(at division: Identifier, _ organization: Identifier?, _ keys: KeyRing) throws -> HelperState {
        HelperState(
            divisionId: division, organizationId: organization, kind: kind, name: name, skills: skills,
            serviceHours: serviceHours,
            phone: try phone.map { try $0.sealed(for: HelperTable.phonePlace(id), keys) }, endedOn: nil)
    }
}

/// A merge patch of a helper.
struct HelperPatch: Sendable {
    /// From which day the new state holds; not in the future.
    let day: CivilDate
    private let areaCode: Change<AreaCode>
    private let organizationId: Change<Identifier>
    private let kind: Change<String>
    private let name: Change<String>
    private let skills: Change<[String]>
    private let serviceHours: Change<Int>
    private let phone: Change<SealedNumber>
    private let endedOn: Change<CivilDate>

    init(_ call: Call) throws {
        var body = ObjectReader(try call.document().root)
        let today = call.now.shanghaiDate
        let codes = call.register.codeLists
        let keys = call.register.keys
        let from = EffectiveDay.read(&body, call.register.days, today: today)
        let days = FactDays(since: from, today: today)
        areaCode = body.change("areaCode", clearable: false, FieldText.areaCode)
        kind = body.change("kind", clearable: false) { text throws(FieldError) in
            try codes.check(text, in: .helperKind, on: days)
        }
        name = body.changeName(
            "name", characters: FieldText.nameCharacters, as: .person, clearable: false)
        organizationId = body.change("organizationId", FieldText.identifier)
        skills = body.changeStrings(
            "skills", count: HelperFields.skillsCount, characters: HelperFields.skillCharacters)
        if case .set(let skills) = skills { HelperFields.checkSkills(skills, &body) }
        serviceHours = body.changeInteger("serviceHours", in: HelperFields.serviceHours)
        let plainPhone = body.change("phone", FieldText.changedPhone)
        endedOn = body.changeEnd(call.register.days, today: today)
        try body.finish()
        let place = HelperTable.phonePlace(try call.id())
        phone = try plainPhone.map { try StatedNumber.phone($0, keys).sealed(for: place, keys) }
        if case .set(let end) = endedOn { day = min(from, end) } else { day = from }
    }

    /// The new state and its place.
    func applied(
        to stored: HelperRecord, _ scope: Scope, _ connection: Connection
    ) throws -> (HelperState, areaCode: Int64) {
        var state = stored.state
        var place = stored.areaCode
        if case .set(let code) = areaCode {
            let division = try DivisionPlacing.division(code, "/areaCode", scope, connection)
            state.divisionId = division.id
            place = division.areaCode
        }
        let organization = organizationId.applied(to: state.organizationId)
        if organization != state.organizationId {
            state.organizationId = try organization.map { try HelperFields.organization($0, scope, connection) }
        }
        state.kind = kind.applied(to: state.kind) ?? state.kind
        state.name = name.applied(to: state.name) ?? state.name
        state.skills = skills.applied(to: state.skills) ?? []
        state.serviceHours = serviceHours.applied(to: state.serviceHours)
        state.phone = phone.applied(to: state.phone)
        state.endedOn = endedOn.applied(to: state.endedOn)
        return (state, place)
    }
}
