// The ids that a partner has for a household of a file and for its members (R023): they find records for which they
// have been noted before, and new ones are noted.

import Domain
import SQL
import Service
import Web

struct HouseholdPartnerIds: Sendable {
    private let partner: Identifier
    private let household: String?
    /// By the id that the member has in the file's record.
    private let members: [Identifier: String]

    init(_ rows: [FileRow], _ checked: CheckedHousehold, _ header: HouseholdHeader, _ partner: Identifier) {
        self.partner = partner
        household = rows.first.flatMap { header.cell(.partnerId, $0) }
        var members: [Identifier: String] = [:]
        for (row, member) in zip(rows, checked.members) { members[member.id] = header.cell(.partnerMemberId, row) }
        self.members = members
    }

    /// The household for which the partner's id was noted.
    func household(_ connection: Connection) throws -> StoredHousehold? {
        guard let household,
            let id = try PartnerStore.ours(of: household, .household, partner, connection)
        else { return nil }
        return try HouseholdTable.find(id, connection)
    }

    /// Our ids of the members for whom the partner's ids were noted, by the ids of the file's record.
    func members(_ connection: Connection) throws -> [Identifier: Identifier] {
        try members.compactMapValues { try PartnerStore.ours(of: $0, .member, partner, connection) }
    }

    /// Notes ids that are not noted yet.
    ///
    /// - Parameter members: our ids by those of the file's record.
    /// - Throws: `Problem` when an id was noted for another record.
    func note(_ id: Identifier, _ members: [Identifier: Identifier], _ connection: Connection) throws {
        if let household { try PartnerStore.note(household, .household, id, partner, at: "/partnerId", connection) }
        for (own, theirs) in self.members.sorted(by: { $0.key < $1.key }) {
            try PartnerStore.note(
                theirs, .member, members[own] ?? own, partner, at: "/partnerMemberId", connection)
        }
    }
}
