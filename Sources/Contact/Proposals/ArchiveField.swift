// The fields of the archive that may be proposed: those that the PATCH of a household and of a member take. What each
// holds is one text, so that SQL and Swift compare the same; it knows nothing of who proposes and who decides.

import Domain
import SQL
import Web

/// A field of the archive, by the name that its PATCH gives it.
struct ArchiveField: Sendable {
    /// How its text is written as JSON.
    enum Kind: Sendable {
        case text
        case boolean
        case integer
        /// Joined by `;`.
        case texts
        /// JSON itself.
        case json
    }

    let name: String
    let kind: Kind
    /// SQL for its text now, over `source`.
    let expression: String
    /// SQL for the keyed hash of a number that is kept sealed.
    let hash: String?

    private init(_ name: String, _ expression: String, _ kind: Kind = .text, hash: String? = nil) {
        self.name = name
        self.kind = kind
        self.expression = expression
        self.hash = hash
    }

    /// The field that stands for a whole new member.
    static let newMember = "newMember"
    /// The field that stands for a family's split.
    static let split = "split"
    static let end = "to"
    static let phone = "phone"
    static let name = "name"
    static let groupName = "groupName"
    static let archiveNumber = "archiveNumber"
    static let identityNumber = "identityNumber"

    private static let household = [
        ArchiveField("villageCode", "CAST(v.code AS TEXT)"), ArchiveField(groupName, "g.name"),
        ArchiveField(archiveNumber, "h.archive_number"), ArchiveField("state", "h.state"),
        ArchiveField("attribute", "h.attribute"),
        ArchiveField("identificationStandard", "h.identification_standard"),
        ArchiveField("mainCause", "h.main_cause"),
        ArchiveField("otherCauses", "h.other_cause_1 || coalesce(';' || h.other_cause_2, '')", .texts),
        ArchiveField("labour", "h.labour"), ArchiveField("selfCare", truth("h.self_care"), .boolean),
        ArchiveField("willingness", "h.willingness"), ArchiveField("povertyDepth", "h.poverty_depth"),
        ArchiveField(phone, "h.phone_mask", hash: "h.phone_hash"),
        ArchiveField("to", "h.ended_on"), ArchiveField("endReason", "h.end_reason"),
        ArchiveField("endDocument", "h.end_document"),
        ArchiveField("successorId", "(\(successor))"),
    ]

    /// As ids are written: a proposal's text is compared with it.
    private static let successor = """
        SELECT lower(substr(x, 1, 8) || '-' || substr(x, 9, 4) || '-' || substr(x, 13, 4) || '-' || substr(x, 17, 4)
            || '-' || substr(x, 21)) FROM (SELECT hex(n.id) AS x FROM household n
            WHERE n.household_number = h.successor_number)
        """

    private static let member = [
        ArchiveField(name, "m.name"), ArchiveField("relation", "m.relation"), ArchiveField("sex", "m.sex"),
        ArchiveField("birthDate", "m.birth_date"),
        ArchiveField(identityNumber, "m.identity_mask", hash: "m.identity_hash"),
        ArchiveField("ethnicity", "m.ethnicity"), ArchiveField("education", "m.education"),
        ArchiveField("schoolState", "m.school_state"),
        ArchiveField("schoolBlocked", truth("m.school_blocked"), .boolean), ArchiveField("health", "m.health"),
        ArchiveField("labourCapacity", "m.labour_capacity"), ArchiveField("workPlace", "m.work_place"),
        ArchiveField("workMonths", "CAST(m.work_months AS TEXT)", .integer),
        ArchiveField("leftOn", "m.left_on"), ArchiveField("leftReason", "m.left_reason"),
    ]

    private static let byName = Dictionary(
        uniqueKeysWithValues: (household + member
            + [ArchiveField(newMember, "NULL", .json), ArchiveField(split, "NULL", .json)]).map { ($0.name, $0) })

    private static func truth(_ column: String) -> String {
        "CASE \(column) WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
    }

    static func named(_ name: String) -> ArchiveField? { byName[name] }

    // MARK: SQL

    /// What a household and a member say: `h`, its village `v`, its group `g` and the member `m`.
    ///
    /// - Parameters:
    ///   - household: SQL for its number.
    ///   - member: SQL for the member's id, or NULL.
    static func join(household: String, member: String) -> String {
        """
        JOIN household h ON h.household_number = \(household) JOIN division v ON v.id = h.village_id
        LEFT JOIN village_group g ON g.id = h.group_id
        LEFT JOIN member m ON m.household_number = h.household_number AND m.id = \(member)
        """
    }

    /// SQL for the text now of the field that a column names.
    static func current(_ column: String) -> String {
        choice(column, (household + member).map { ($0.name, $0.expression) })
    }

    /// SQL for the hash now of the field that a column names; NULL where it is not sealed.
    static func currentHash(_ column: String) -> String {
        choice(column, (household + member).compactMap { field in field.hash.map { (field.name, $0) } })
    }

    private static func choice(_ column: String, _ cases: [(String, String)]) -> String {
        "CASE \(column) " + cases.map { "WHEN '\($0)' THEN \($1)" }.joined(separator: " ") + " END"
    }

    // MARK: JSON

    /// The text of a JSON value that the field's PATCH takes; nil for none.
    static func text(of value: JSONValue) -> String? {
        switch value.kind {
        case .null: return nil
        case .boolean: return value.boolean == true ? "true" : "false"
        case .number: return value.integer.map(String.init) ?? value.numberText
        case .string: return value.string
        case .array:
            let texts = value.elements.compactMap(\.string)
            return texts.isEmpty ? nil : texts.joined(separator: ";")
        case .object: return String(decoding: value.rawBytes, as: UTF8.self)
        }
    }

    /// Writes a text as the field's JSON; null for none, and no causes as an empty array.
    func write(_ text: String?, _ json: inout JSONWriter) {
        guard let text else {
            if kind == .texts { return json.array { _ in } }
            return json.null()
        }
        switch kind {
        case .text: json.string(text)
        case .boolean: json.boolean(text == "true")
        case .integer: json.raw(text.utf8)
        case .json: json.raw(text.utf8)
        case .texts:
            json.array { json in
                for part in text.split(separator: ";") { json.string(String(part)) }
            }
        }
    }

    /// A text as shown to a person in a message.
    static func words(_ text: String?) -> String { text ?? "—" }
}
