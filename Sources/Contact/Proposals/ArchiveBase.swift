// What the archive said at a version that somebody knew. Versions are not kept as such; the audit trail has an event
// for each, with what was before, so it is walked back from now.

import Archive
import Domain
import SQL
import Web

/// What a field says.
struct ArchiveValue: Equatable, Sendable {
    /// Nil for none; a mask where it is sealed.
    var text: String?
    /// Of a sealed number; `replacedHash` where it has been replaced since.
    var hash: [UInt8]?

    /// Stands for the hash of a number that is no longer the archive's: two numbers may have one mask, so a mask does
    /// not tell that it was replaced. No number has this hash.
    static let replacedHash = [UInt8](repeating: 0, count: 32)
}

enum ArchiveBase {
    /// What fields said at a version.
    ///
    /// - Parameters:
    ///   - version: not above the household's.
    ///   - member: the member whose fields they are; nil for the household's.
    static func values(
        of names: [String], _ household: HouseholdView.Head, _ id: Identifier, member: Identifier?, at version: Int,
        _ connection: Connection
    ) throws -> [String: ArchiveValue] {
        let fields = names.compactMap(ArchiveField.named)
        var found: [String: ArchiveValue] = [:]
        try connection.forEach(
            """
            SELECT \(fields.flatMap { [$0.expression, $0.hash ?? "NULL"] }.joined(separator: ", "))
            FROM (SELECT 1) one \(ArchiveField.join(household: "$1", member: "$2"))
            """, household.number, member
        ) { row in
            for (index, field) in fields.enumerated() {
                found[field.name] = ArchiveValue(
                    text: row.optionalText(2 * index), hash: row.optionalBlob(2 * index + 1))
            }
        }
        guard version < household.version else { return found }
        // Events of before migration 0026 are hashed with the former word for households.
        let events = try connection.query(
            """
            SELECT before FROM audit_event
            WHERE entity_id = $1 AND entity IN ('household', 'households') AND before IS NOT NULL
            ORDER BY sequence DESC LIMIT $2
            """, id, household.version - version
        ) { $0.text(0) }
        for event in events {
            for (name, text) in try changes(Array(event.utf8), member, connection) {
                guard found[name] != nil else { continue }
                let isNumber = text != nil && ArchiveField.named(name)?.hash != nil
                found[name] = ArchiveValue(text: text, hash: isNumber ? ArchiveValue.replacedHash : nil)
            }
        }
        return found
    }

    /// What an event says was before, under the names of the archive's fields.
    private static func changes(
        _ before: [UInt8], _ member: Identifier?, _ connection: Connection
    ) throws -> [(String, String?)] {
        let root = try JSONDocument(before).root
        if let member {
            let members = root["members"].map { Array($0.elements) } ?? []
            guard let own = members.first(where: { $0["id"]?.string == member.description }) else { return [] }
            return own.members.map { ($0.name, ArchiveField.text(of: $0.value)) }
        }
        return try root.members.map { name, old in
            let text = ArchiveField.text(of: old)
            switch name {
            case "villageId": return ("villageCode", try value(of: "CAST(code AS TEXT)", "division", text, connection))
            case "groupId": return ("groupName", try value(of: "name", "village_group", text, connection))
            default: return (name, text)
            }
        }
    }

    private static func value(
        of column: String, _ table: String, _ id: String?, _ connection: Connection
    ) throws -> String? {
        guard let id = id.flatMap({ Identifier($0) }) else { return nil }
        return try connection.first("SELECT \(column) FROM \(table) WHERE id = $1", id) { $0.text(0) }
    }
}
