// A family splits (分户): some of its people leave one archive and stand in another on the same day, in one act. Both
// archives name each other; who remains without a householder is told in the same body.

import Domain
import HTTP1
import SQL
import Service
import Web

/// Somebody who goes into the new archive.
struct SplittingMember: Sendable {
    /// Who it is in the archive that they leave.
    let id: Identifier
    /// Who it is in the new one.
    let newId: Identifier
    let relation: String
}

/// The body of a split. What it does not say of the new archive is as in the one that its people leave.
package struct HouseholdSplitBody: Sendable {
    let id: Identifier
    let day: CivilDate
    let members: [SplittingMember]
    /// Who goes, by their ids in the archive that they leave.
    package var going: [Identifier] { members.map(\.id) }
    /// What changes of those who remain.
    package let remaining: [NamedMemberPatch]
    let archiveNumber: String
    let villageCode: AreaCode?
    let groupName: String?
    let phone: Change<String>
    let labour: String?
    /// Nil for one that a proposal makes.
    private(set) var contentHash: [UInt8]?

    init(_ call: Call) throws {
        let register = call.register
        let today = call.now.shanghaiDate
        let document = try call.document()
        var body = ObjectReader(document.root)
        let day = EffectiveDay.read(&body, register.days, today: today)
        self.init(&body, id: try call.id(1), from: day, register.codeLists, today: today) {
            register.environment.newId(at: call.now)
        }
        try body.finish()
        contentHash = register.keys.hash(document.canonicalBytes(), purpose: "content")
    }

    /// Reads the fields of an object. What is wrong is recorded in the reader.
    package init(
        _ body: inout ObjectReader, id: Identifier, from day: CivilDate, _ codes: CodeLists, today: CivilDate,
        newId: () -> Identifier
    ) {
        let days = FactDays(since: day, today: today)
        self.id = id
        self.day = day
        archiveNumber = body.key("archiveNumber", characters: HouseholdBodyReader.archiveNumberCharacters)
        if let error = HouseholdBodyReader.archiveNumberError(archiveNumber) { body.report("archiveNumber", error) }
        villageCode = body.optionalValue("villageCode", FieldText.areaCode)
        groupName = body.optionalName("groupName", characters: FieldText.nameCharacters)
        phone = body.change("phone", FieldText.changedPhone)
        labour = body.optionalValue("labour") { text throws(FieldError) in
            try codes.check(text, in: .householdLabour, on: days)
        }
        members = body.array("members", count: HouseholdBodyReader.membersCount) { reader in
            SplittingMember(
                id: reader.value("id", placeholder: Identifier(high: 0, low: 0), FieldText.identifier),
                newId: reader.optionalValue("newId", FieldText.identifier) ?? newId(),
                relation: reader.value("relation", placeholder: "") { text throws(FieldError) in
                    try codes.check(text, in: .relation, on: days)
                })
        }
        remaining = NamedMemberPatch.list(&body, codes, from: day, today: today, at: "remaining")
    }

    /// - Parameter proposal: the change proposal that is carried out with it.
    /// - Returns: the findings of the new archive that do not stand in the way.
    @discardableResult
    package func carryOut(
        from origin: StoredHousehold, _ scope: Scope, by proposal: Identifier? = nil, _ transaction: Transaction
    ) throws -> [HouseholdFinding] {
        let connection = transaction.connection
        var wrong = WrongFields()
        var state = origin.state
        state.archiveNumber = archiveNumber
        var areaCode = origin.areaCode
        var village = try DivisionStore.find(state.villageId, connection)
        if let villageCode, villageCode != village?.code {
            village = try wrong.gather { try DivisionPlacing.village(villageCode, scope, connection) }
            if let village { (state.villageId, state.groupId, areaCode) = (village.id, nil, village.areaCode) }
        }
        if let village, groupName != nil {
            state.groupId = try HouseholdPlacing.group(groupName, in: village, transaction)
        }
        state.phone = try phone.map { try SealedPhone.seal($0, of: id, transaction.register.keys) }.applied(to: nil)
        let going = try wrong.gather { try people(of: origin) } ?? []
        try wrong.finish()
        let split = HouseholdSplit(origin, into: id, state, areaCode: areaCode, on: day)
        return try split.carryOut(
            going, remaining, labour: labour, contentHash: contentHash, scope, by: proposal, transaction)
    }

    /// - Throws: 422 for somebody who does not live in the household, or is named twice.
    private func people(of origin: StoredHousehold) throws -> [HouseholdSplit.Person] {
        var wrong = WrongFields()
        var named: Set<Identifier> = []
        let people = members.enumerated().compactMap { index, member -> HouseholdSplit.Person? in
            let known = origin.members.map(\.state).first { $0.id == member.id }
            guard let known, known.isPresent else {
                wrong.add(FieldError(pointer: "/members/\(index)/id", .unknownMember))
                return nil
            }
            guard named.insert(member.id).inserted else {
                wrong.add(FieldError(pointer: "/members/\(index)/id", .repeated))
                return nil
            }
            var moved = known
            moved.id = member.newId
            moved.relation = member.relation
            return HouseholdSplit.Person(former: known, new: moved)
        }
        try wrong.finish()
        return people
    }
}

/// A split as it is carried out, whoever told it.
struct HouseholdSplit {
    /// Somebody who leaves, and who they are in the new archive.
    struct Person {
        let former: MemberState
        var new: MemberState
    }

    static let joinReason = "household-split"
    static let leaveReason = "household-split"

    private let origin: StoredHousehold
    private let id: Identifier
    private let state: HouseholdState
    private let areaCode: Int64
    private let day: CivilDate

    init(
        _ origin: StoredHousehold, into id: Identifier, _ state: HouseholdState, areaCode: Int64, on day: CivilDate
    ) {
        self.origin = origin
        self.id = id
        self.state = state
        self.areaCode = areaCode
        self.day = day
    }

    /// Lets the people leave and makes their new archive.
    ///
    /// - Parameters:
    ///   - labour: of the new household; nil for what its members add up to.
    ///   - beside: others of the new household, who come from elsewhere.
    /// - Returns: the findings of the new archive that do not stand in the way.
    /// - Throws: 422 for what the rules refuse in either archive; 409 for an origin that has ended.
    func carryOut(
        _ people: [Person], _ remaining: [NamedMemberPatch], labour: String?, contentHash: [UInt8]?, _ scope: Scope,
        by proposal: Identifier? = nil, _ transaction: Transaction
    ) throws -> [HouseholdFinding] {
        let changed = try NamedMemberPatch.applied(
            remaining, to: origin, on: day, field: "remaining", transaction)
        try leave(people, changed, scope, by: proposal, transaction)
        var new = try people.enumerated().map { position, person in
            try moved(person, position: position, transaction)
        }
        new.sort { $0.position < $1.position }
        var state = state
        state.labour = labour ?? HouseholdRules.labour(ofCapacities: new.map(\.labourCapacity))
        let findings = HouseholdRules.findings(state.facts(new), on: transaction.today)
        try findings.throwBlocking()
        let household = NewHousehold(
            id: id, state: state, members: new, contentHash: contentHash, validFrom: day, splitFrom: origin.number)
        try household.throwBlocking()
        let found = try HouseholdPlacing.locating(
            new, archiveNumber: state.archiveNumber, areaCode: areaCode, scope, transaction.connection
        ) { try HouseholdStore.create(household, areaCode: areaCode, transaction) }
        return findings + found.map { $0.finding(among: new) }
    }

    /// Lets people leave the archive they come from, while others of it change.
    func leave(
        _ people: [Person], _ others: [ToldMember], _ scope: Scope, by proposal: Identifier? = nil,
        _ transaction: Transaction
    ) throws {
        guard origin.state.end == nil else { throw Problem(.householdEnded) }
        let leaving = try people.enumerated().map { index, person in
            guard person.former.joinedOn <= day else {
                throw Problem.field(
                    "/members/\(index)/id", .impossibleDay, zh: "\(person.former.name) \(person.former.joinedOn) 才加入原户",
                    en: "\(person.former.name) joined the household on \(person.former.joinedOn) only")
            }
            var left = person.former
            (left.leftOn, left.leftReason) = (day, Self.leaveReason)
            return ToldMember(left)
        }
        guard !leaving.isEmpty || !others.isEmpty else { return }
        let telling = try HouseholdTelling(
            origin, to: origin.state, leaving + others, from: day, transaction.connection)
        let act = HouseholdAct(telling: telling)
        try act.throwBlocking(act.findings(on: transaction.today), naming: .remaining)
        try HouseholdStore.write(telling, areaCode: origin.areaCode, by: proposal, transaction)
    }

    /// Somebody as they stand in the new archive, the number sealed for it.
    private func moved(_ person: Person, position: Int, _ transaction: Transaction) throws -> MemberState {
        var member = person.new
        member.position = position
        (member.joinedOn, member.joinReason) = (day, Self.joinReason)
        (member.leftOn, member.leftReason) = (nil, nil)
        let identity = member.identity
        guard
            let sealed = try MemberTable.sealedIdentity(person.former.id, origin.number, transaction.connection)
        else { return member }
        member.identity = try MemberIdentity(
            state: identity.state, problem: identity.problem, mask: identity.mask, hash: identity.hash, sealed: sealed
        ).moved(from: person.former.id, to: member.id, transaction.register.keys)
        return member
    }
}
