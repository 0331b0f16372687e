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
    /// Whether they are householder of the new one after the first, who has gone since.
    let follows: Bool
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
                }, follows: reader.optionalBoolean("follows") ?? false)
        }
        remaining = NamedMemberPatch.list(&body, codes, from: day, today: today, at: "remaining")
    }

    /// - Parameter proposal: the change proposal that is carried out with it.
    /// - Returns: the findings of the new archive that do not stand in the way, and what is told late of the one that
    ///   its people leave.
    @discardableResult
    package func carryOut(
        from origin: StoredHousehold, _ scope: Scope, by proposal: Identifier? = nil, _ transaction: Transaction
    ) throws -> HouseholdPatched {
        guard origin.state.end == nil else { throw Problem(.householdEnded) }
        let connection = transaction.connection
        var split = try HouseholdSplit(origin, into: id, on: day, connection)
        var wrong = WrongFields()
        var village = try DivisionStore.find(split.then.villageId, connection)
        if let villageCode, villageCode != village?.code {
            village = try wrong.gather { try DivisionPlacing.village(villageCode, scope, connection) }
        }
        if villageCode != nil, let village { split.place(in: village) }
        if let village, groupName != nil {
            split.group(try HouseholdPlacing.group(groupName, in: village, transaction), in: village)
        }
        let phone = try phone.map { try SealedPhone.seal($0, of: id, transaction.register.keys) }.applied(to: nil)
        let going = try wrong.gather { try people(of: split, connection) } ?? []
        try wrong.finish()
        split.tell { state in
            state.archiveNumber = archiveNumber
            state.phone = phone
            state.labour = labour ?? HouseholdRules.labour(ofCapacities: going.map(\.former.labourCapacity))
        }
        return try split.carryOut(
            going, remaining, contentHash: contentHash, scope, by: proposal, transaction)
    }

    /// - Throws: 422 for somebody who did not live in the household on the day, or is named twice.
    private func people(of split: HouseholdSplit, _ connection: Connection) throws -> [HouseholdSplit.Person] {
        var wrong = WrongFields()
        var named: Set<Identifier> = []
        let people = try members.enumerated().compactMap { index, member -> HouseholdSplit.Person? in
            guard let person = try split.person(member, connection) else {
                wrong.add(FieldError(pointer: "/members/\(index)/id", .unknownMember))
                return nil
            }
            guard named.insert(member.id).inserted else {
                wrong.add(FieldError(pointer: "/members/\(index)/id", .repeated))
                return nil
            }
            return person
        }
        try wrong.finish()
        return people
    }
}
