// Records of a household or of a village as such: they have its place and move with it.

import Domain
import SQL
import Web

/// The household or village that a record is about.
package struct RecordSubject: Equatable, Sendable {
    /// Nil for the village as such.
    package var household: Int64?
    /// The household's id, if it was just named.
    package var id: Identifier?
    /// The village itself, or the household's.
    package var village = Identifier(high: 0, low: 0)

    package init(household: Int64? = nil, id: Identifier? = nil, village: Identifier = Identifier(high: 0, low: 0)) {
        self.household = household
        self.id = id
        self.village = village
    }

    /// - Returns: nil for a household that does not exist or is not in the range.
    package static func household(
        _ id: Identifier, _ scope: Scope, _ connection: Connection
    ) throws -> (subject: RecordSubject, place: Int64)? {
        try connection.first(
            """
            SELECT household_number, village_id, area_code FROM household
            WHERE id = $1 AND area_code BETWEEN $2 AND $3
            """, id, scope.first, scope.last
        ) { (RecordSubject(household: $0.int64(0), id: id, village: try $0.identifier(1)), $0.int64(2)) }
    }
}

extension RecordField {
    /// The household or village that the record is about: `householdId` or `villageCode`. It never changes.
    package static func subject(_ path: Path<RecordSubject>) -> RecordField {
        var field = RecordField(name: "householdId").stated(.atCreation)
        field.isRequired = true
        field.columns = ["household_number", "village_id"]
        field.selected = field.columns
        field.shown = { _ in
            [
                ListColumn("householdId", "h.id", .identifier), ListColumn("archiveNumber", "h.archive_number"),
                ListColumn("householderName", "h.householder_name"), ListColumn("villageCode", "v.code", .areaCode),
                ListColumn("villageName", "v.name"), ListColumn("townName", "vt.name"),
            ]
        }
        field.statedSchemas = [
            RecordMember(name: "householdId", schema: .id), RecordMember(name: "villageCode", schema: .areaCode),
        ]
        field.shownSchemas = [
            RecordMember(name: "householdId", schema: .id), RecordMember(name: "archiveNumber", schema: .text(1...40)),
            RecordMember(name: "householderName", schema: .text(1...60)),
            RecordMember(name: "villageCode", schema: .areaCode, isAlways: true),
            RecordMember(name: "villageName", schema: .text(1...60), isAlways: true),
            RecordMember(name: "townName", schema: .text(1...60), isAlways: true),
        ]
        field.join = { facts in
            """
            LEFT JOIN household h ON h.household_number = \(facts).household_number
            JOIN division v ON v.id = coalesce(\(facts).village_id, h.village_id)
            JOIN division vt ON vt.id = v.parent_id
            """
        }
        field.bind = { state in
            let subject = state[keyPath: path]
            return [subject.household, subject.household == nil ? subject.village : nil]
        }
        field.load = { row, index, state in
            state[keyPath: path].household = row.optionalInt64(index)
            if let village = row.optionalIdentifier(index + 1) { state[keyPath: path].village = village }
        }
        field.read = { body, _ in
            let household = body.optionalValue("householdId", FieldText.identifier)
            let village = body.optionalValue("villageCode", FieldText.areaCode)
            if household == nil && village == nil && body.isSound("householdId", "villageCode") {
                body.report(
                    "householdId", .required, zh: "householdId 和 villageCode 填写一项",
                    en: "householdId or villageCode is needed")
            }
            if household != nil && village != nil {
                body.report(
                    "villageCode", .onlyOne, zh: "householdId 和 villageCode 只填一项",
                    en: "either householdId or villageCode")
            }
            return { draft, context in
                (draft.state[keyPath: path], draft.place) = try find(household, village, context)
            }
        }
        return field.filtered(
            RecordFilter(name: "householdId", schema: .id) { query, _, _ in
                guard let id = query.value("householdId", FieldText.identifier) else { return nil }
                return { conditions in conditions.add("h.id = \(conditions.bind(id))") }
            })
    }

    private static func find(
        _ household: Identifier?, _ village: AreaCode?, _ context: RecordContext
    ) throws -> (RecordSubject, Int64) {
        guard let household else {
            let village = try DivisionPlacing.village(village ?? .lowest, context.scope, context.connection)
            return (RecordSubject(village: village.id), village.areaCode)
        }
        guard let found = try RecordSubject.household(household, context.scope, context.connection) else {
            throw Problem.field("/householdId", .unknownHousehold)
        }
        return found
    }
}
