// Households with their members as a file that the import reads: one row a person, also those who left. The order is
// that of official codes and archive numbers, so that it is the same in every database that holds the same register.

import Domain
import Service

enum HouseholdExport {
    /// - Parameter partner: whose ids for households and members stand in columns of their own.
    static func plan(_ scope: Scope, partner: Identifier? = nil) -> ExportPlan {
        var conditions = ListConditions()
        conditions.add(scope, on: "d.area_code")
        var columns = household + members + life
        var theirs = ""
        if let partner {
            let parameter = conditions.bind(partner)
            for (name, entity, id) in [("ph", PartnerEntity.household, "h.id"), ("pm", .member, "m.id")] {
                theirs += """
                     LEFT JOIN partner_id \(name) ON \(name).partner_id = \(parameter)
                    AND \(name).entity = '\(entity.rawValue)' AND \(name).entity_id = \(id)
                    """
            }
            columns += [column(.partnerId, "ph.their_id"), column(.partnerMemberId, "pm.their_id")]
        }
        return ExportPlan(
            columns: columns,
            source: """
                division d JOIN household h ON h.village_id = d.id JOIN division t ON t.id = d.parent_id
                LEFT JOIN village_group g ON g.id = h.group_id
                LEFT JOIN member m ON m.household_number = h.household_number\(theirs)
                """,
            conditions: conditions, order: ["d.code", "h.archive_number", "m.position", "m.id"])
    }

    private static let household = [
        column(.householdId, "h.id", .identifier), column(.villageCode, "d.code", .areaCode),
        column(.villageName, "d.name"), column(.townName, "t.name"), column(.groupName, "g.name"),
        column(.archiveNumber, "h.archive_number"), column(.state, "h.state"),
        column(.stateSince, "h.state_since"), column(.attribute, "h.attribute"),
        column(.identificationStandard, "h.identification_standard"), column(.mainCause, "h.main_cause"),
        column(.otherCauses, "h.other_cause_1 || coalesce(';' || h.other_cause_2, '')", .texts),
        column(.labour, "h.labour"), column(.selfCare, "h.self_care", .boolean),
        column(.willingness, "h.willingness"), column(.povertyDepth, "h.poverty_depth"),
        ExportColumn(
            HouseholdColumn.phone.rawValue, mask: "h.phone_mask", sealed: "h.phone_sealed", place: "household.phone",
            id: "h.id"),
    ]

    private static let members = [
        column(.memberId, "m.id", .identifier), column(.name, "m.name"), column(.relation, "m.relation"),
        column(.sex, "m.sex"), column(.birthDate, "m.birth_date"),
        ExportColumn(
            HouseholdColumn.identityNumber.rawValue, mask: "m.identity_mask", sealed: "m.identity_sealed",
            place: "member.identity", id: "m.id"),
        column(.ethnicity, "m.ethnicity"), column(.education, "m.education"),
        column(.schoolState, "m.school_state"), column(.schoolBlocked, "m.school_blocked", .boolean),
        column(.health, "m.health"), column(.labourCapacity, "m.labour_capacity"),
        column(.workPlace, "m.work_place"), column(.workMonths, "m.work_months", .integer),
        column(.joinedOn, "m.joined_on"), column(.joinReason, "m.join_reason"), column(.leftOn, "m.left_on"),
        column(.leftReason, "m.left_reason"),
    ]

    private static let life = [
        column(.to, "h.ended_on"), column(.endReason, "h.end_reason"), column(.endDocument, "h.end_document"),
        column(
            .successor,
            "(SELECT x.archive_number FROM household x WHERE x.household_number = h.successor_number)"),
        column(
            .splitFrom,
            "(SELECT x.archive_number FROM household x WHERE x.household_number = h.split_from_number)"),
    ]

    private static func column(
        _ column: HouseholdColumn, _ expression: String, _ value: ListValue = .text
    ) -> ExportColumn {
        ExportColumn(column.rawValue, expression, value)
    }
}
