// The same answers with records and JSONEncoder, as the manuals of both libraries show it.

import Foundation
import GRDB
import Hummingbird

struct RecordRoutes {
    let pool: DatabasePool
    let cursors: CursorSealer

    func add(to group: RouterGroup<RivalContext>) {
        group.get("households/{id}") { _, context -> EditedResponse<HouseholdRecord> in
            guard let caller = context.caller else { throw HTTPError(.unauthorized) }
            guard let id = UUID(uuidString: try context.parameters.require("id")) else { throw HTTPError(.notFound) }
            let bytes = withUnsafeBytes(of: id.uuid) { Data($0) }
            let found = try await pool.read { db -> HouseholdRecord? in
                guard
                    let number = try Int64.fetchOne(
                        db,
                        SQLRequest<Int64>(
                            sql: Questions.head, arguments: [bytes, caller.first, caller.last], cached: true)),
                    var household = try HouseholdRecord.fetchOne(
                        db, SQLRequest<HouseholdRecord>(sql: Questions.household, arguments: [number], cached: true))
                else { return nil }
                household.members = try MemberRecord.fetchAll(
                    db, SQLRequest<MemberRecord>(sql: Questions.members, arguments: [number], cached: true))
                return household
            }
            guard let found else { throw HTTPError(.notFound) }
            return EditedResponse(
                headers: [.eTag: "\"v\(found.version)\"", .cacheControl: "no-store"], response: found)
        }
        group.get("households") { request, context -> EditedResponse<PageRecord> in
            guard let caller = context.caller else { throw HTTPError(.unauthorized) }
            let attribute = String(try request.uri.queryParameters.require("attribute"))
            let limit = try request.uri.queryParameters.require("limit", as: Int.self)
            var items = try await pool.read { db in
                try ItemRecord.fetchAll(
                    db,
                    SQLRequest<ItemRecord>(
                        sql: Questions.page, arguments: [caller.first, caller.last, attribute, limit + 1], cached: true)
                )
            }
            var page = PageRecord(items: [], next: nil)
            var headers: HTTPFields = [.cacheControl: "no-store"]
            if items.count > limit {
                items.removeLast()
                page.next = items.last.map {
                    cursors.seal($0.areaCode, $0.archiveNumber, caller: caller, attribute: attribute)
                }
                headers[.linkField] = page.next.map {
                    "<\(request.uri.path)?attribute=\(attribute)&limit=\(limit)&after=\($0)>; rel=\"next\""
                }
            }
            page.items = items
            return EditedResponse(headers: headers, response: page)
        }
    }
}

struct HouseholdRecord: FetchableRecord, ResponseEncodable, Sendable {
    let id: String
    let version: Int64
    let archiveNumber: String
    let villageCode: String
    let villageName: String
    let townName: String
    let groupName: String?
    let state: String
    let stateSince: String
    let attribute: String
    let identificationStandard: String?
    let mainCause: String
    let otherCauses: [String]
    let labour: String
    let selfCare: Bool
    let willingness: String?
    let povertyDepth: String?
    let phone: String?
    let needsTwoUnits: Bool
    let householderName: String
    let memberCount: Int
    let createdAt: String
    var members: [MemberRecord] = []

    private static let instants = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    /// The style cuts fractions off, and no Double is exactly a thousandth.
    private static let halfMillisecond = 0.000_5

    init(row: Row) {
        id = (row["id"] as UUID).uuidString.lowercased()
        version = row["version"]
        archiveNumber = row["archive_number"]
        villageCode = String(row["code"] as Int64)
        villageName = row["village_name"]
        townName = row["town_name"]
        groupName = row["name"]
        state = row["state"]
        stateSince = row["state_since"]
        attribute = row["attribute"]
        identificationStandard = row["identification_standard"]
        mainCause = row["main_cause"]
        otherCauses = [row["other_cause_1"] as String?, row["other_cause_2"] as String?].compactMap { $0 }
        labour = row["labour"]
        selfCare = row["self_care"]
        willingness = row["willingness"]
        povertyDepth = row["poverty_depth"]
        phone = row["phone_mask"]
        needsTwoUnits = row["needs_two_units"]
        householderName = row["householder_name"]
        memberCount = row["member_count"]
        createdAt = Date(timeIntervalSince1970: Double(row["created_at"] as Int64) / 1_000 + Self.halfMillisecond)
            .formatted(
                Self.instants)
    }
}

struct MemberRecord: FetchableRecord, Encodable, Sendable {
    let id: String
    let name: String
    let relation: String
    let sex: String
    let birthDate: String?
    let identityNumber: String?
    let identityState: String
    let identityProblem: String?
    let ethnicity: String?
    let education: String?
    let schoolState: String?
    let schoolBlocked: Bool
    let health: String?
    let labourCapacity: String?
    let workPlace: String?
    let workMonths: Int?
    let joinedOn: String
    let joinReason: String?

    init(row: Row) {
        id = (row["id"] as UUID).uuidString.lowercased()
        name = row["name"]
        relation = row["relation"]
        sex = row["sex"]
        birthDate = row["birth_date"]
        identityNumber = row["identity_mask"]
        identityState = row["identity_state"]
        identityProblem = row["identity_problem"]
        ethnicity = row["ethnicity"]
        education = row["education"]
        schoolState = row["school_state"]
        schoolBlocked = row["school_blocked"]
        health = row["health"]
        labourCapacity = row["labour_capacity"]
        workPlace = row["work_place"]
        workMonths = row["work_months"]
        joinedOn = row["joined_on"]
        joinReason = row["join_reason"]
    }
}

struct PageRecord: ResponseEncodable, Sendable {
    var items: [ItemRecord]
    var next: String?
}

struct ItemRecord: FetchableRecord, Encodable, Sendable {
    let id: String
    let version: Int64
    let archiveNumber: String
    let villageCode: String
    let villageName: String
    let townName: String
    let groupName: String?
    let state: String
    let stateSince: String
    let attribute: String
    let mainCause: String
    let otherCauses: [String]
    let labour: String
    let needsTwoUnits: Bool
    let householderName: String
    let memberCount: Int
    let phone: String?
    /// Part of the cursor, not of the answer.
    let areaCode: Int64

    private enum CodingKeys: String, CodingKey {
        case id, version, archiveNumber, villageCode, villageName, townName, groupName, state, stateSince, attribute
        case mainCause, otherCauses, labour, needsTwoUnits, householderName, memberCount, phone
    }

    init(row: Row) {
        id = (row["id"] as UUID).uuidString.lowercased()
        version = row["version"]
        archiveNumber = row["archive_number"]
        villageCode = String(row["code"] as Int64)
        villageName = row["village_name"]
        townName = row["town_name"]
        groupName = row["name"]
        state = row["state"]
        stateSince = row["state_since"]
        attribute = row["attribute"]
        mainCause = row["main_cause"]
        otherCauses = [row["other_cause_1"] as String?, row["other_cause_2"] as String?].compactMap { $0 }
        labour = row["labour"]
        needsTwoUnits = row["needs_two_units"]
        householderName = row["householder_name"]
        memberCount = row["member_count"]
        phone = row["phone_mask"]
        areaCode = row["area_code"]
    }
}
