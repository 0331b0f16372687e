// Records as the change feed embeds them: the same JSON as their own address gives, masks and range included. Users,
// tokens, jobs, groups and partners are named only.

import Domain
import SQL
import Web

struct ChangeRecords: Sendable {
    let register: Register
    let scope: Scope
    let today: CivilDate

    /// A record as it stands in the connection's snapshot; nil for one that is not in the range now, or has no address
    /// of its own.
    func json(_ entity: Entity, _ id: Identifier, _ connection: Connection) throws -> [UInt8]? {
        do {
            return try view(entity, id, connection)
        } catch let problem as Problem where problem.kind == .notFound {
            // Some views refuse what they do not show.
            return nil
        }
    }

    private func view(_ entity: Entity, _ id: Identifier, _ connection: Connection) throws -> [UInt8]? {
        switch entity {
        case .household:
            guard let head = try HouseholdView.head(id, scope, connection) else { return nil }
            return try HouseholdView.json(head.number, connection)
        case .division: return try DivisionRoutes.json(id, scope, connection)
        case .organization:
            return try isInside("organization", id, connection) ? OrganizationRoutes.json(id, connection) : nil
        case .cadre: return try isInside("cadre", id, connection) ? CadreView.json(id, connection) : nil
        case .helper: return try isInside("helper", id, connection) ? HelperRoutes.json(id, connection) : nil
        case .duty: return try DutyRoutes.json(id, scope, connection)
        case .team: return try TeamRoutes.json(id, scope, connection)
        case .village: return try village(id, connection)
        case .parameter:
            guard let row = try ParameterTable.find(id, connection),
                try ParameterRoutes.isVisible(row, scope, connection)
            else { return nil }
            return try ParameterView.json(row, connection)
        case .pairing: return try PairingRoutes.json(id, scope, on: today, connection)
        case .partnership:
            return try isInside("partnership", id, connection) ? PartnershipList.json(id, on: nil, connection) : nil
        case .campaign:
            guard let campaign = try CampaignStore.find(id, connection),
                try CampaignStore.isVisible(campaign, scope, connection)
            else { return nil }
            return try CampaignRoutes.json(id, connection)
        case .card: return try isInside("contact_card", id, connection) ? CardList.json(id, connection) : nil
        case .group, .user, .token, .partner, .job: return nil
        case .handover: return try HandoverRoutes.json(id, scope, connection)
        case .run: return nil
        case .visit: return try VisitView.json(id, scope, connection)?.body
        case .heldVisit: return nil
        case .proposal:
            return try isInside("change_proposal", id, connection) ? ProposalView.json(id, connection) : nil
        case .need: return try isInside("need", id, connection) ? NeedView.json(id, connection) : nil
        case .activity:
            return try isInside("activity", id, connection) ? ActivityView.json(id, connection) : nil
        case .festival, .clock: return nil
        }
    }

    private func isInside(_ table: String, _ id: Identifier, _ connection: Connection) throws -> Bool {
        try connection.first("SELECT area_code FROM \(table) WHERE id = $1", id) { scope.contains($0.int64(0)) }
            ?? false
    }

    /// A village is addressed by its code, and what it says of itself hangs on the day.
    private func village(_ id: Identifier, _ connection: Connection) throws -> [UInt8]? {
        guard let division = try DivisionStore.find(id, connection), scope.contains(division.scope),
            division.level == .village, division.isLive
        else { return nil }
        let village = try VillageTable.visible(division.code.description, on: today, scope, connection)
        return try VillageRoutes.json(village, on: today, knownAt: nil, register, connection)
    }
}
