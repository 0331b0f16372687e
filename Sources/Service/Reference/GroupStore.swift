// Groups within a village (村民小组): rows of the village; no rights depend on them.

import Domain
import SQL
import Web

package enum GroupStore {
    package static func find(_ name: String, in village: Identifier, _ connection: Connection) throws -> Identifier? {
        try connection.first("SELECT id FROM village_group WHERE village_id = $1 AND name = $2", village, name) {
            try $0.identifier(0)
        }
    }

    @discardableResult
    package static func create(
        _ id: Identifier, _ name: String, in village: Division, _ transaction: Transaction
    ) throws -> Identifier {
        try transaction.connection.run(
            "INSERT INTO village_group (id, village_id, name, version) VALUES ($1, $2, $3, 1)", id, village.id, name)
        try transaction.audit("create", .group, id, after: audit(name, village))
        try transaction.change(.create, .group, id, version: 1, to: village.areaCode)
        return id
    }

    /// Converts a group's name to its written form.
    ///
    /// - Throws: `SQLError.unique` where another group of the village has it.
    package static func mend(_ id: Identifier, _ transaction: Transaction) throws {
        let connection = transaction.connection
        let stored = try connection.first(
            "SELECT name, version, village_id FROM village_group WHERE id = $1", id
        ) { (name: $0.text(0), version: $0.int(1), village: try $0.identifier(2)) }
        guard let stored, let village = try DivisionStore.find(stored.village, connection) else { return }
        let name = NameForms.name(stored.name)
        try connection.run(
            "UPDATE village_group SET name = $2, version = $3 WHERE id = $1", id, name, stored.version + 1)
        try transaction.audit(
            "change", .group, id, before: audit(stored.name, village), after: audit(name, village))
        try transaction.change(
            .change, .group, id, version: stored.version + 1, from: village.areaCode, to: village.areaCode)
    }

    /// Moves a village's groups to another village; if a name is taken there, the old village's name is put before it.
    package static func move(from old: Division, to new: Division, _ transaction: Transaction) throws {
        let groups = try transaction.connection.query(
            "SELECT id, name, version FROM village_group WHERE village_id = $1", old.id
        ) { (try $0.identifier(0), $0.text(1), $0.int(2)) }
        for (id, name, version) in groups {
            let target = try freeName(name, old, in: new, transaction.connection)
            try transaction.connection.run(
                "UPDATE village_group SET village_id = $2, name = $3, version = $4 WHERE id = $1", id, new.id, target,
                version + 1)
            try transaction.audit("move", .group, id, before: audit(name, old), after: audit(target, new))
            try transaction.change(.move, .group, id, version: version + 1, from: old.areaCode, to: new.areaCode)
        }
    }

    /// The name itself if it is free; otherwise with the old village's name before it, and a number if necessary.
    private static func freeName(
        _ name: String, _ old: Division, in new: Division, _ connection: Connection
    ) throws -> String {
        var candidate = name
        var number = 1
        while try find(candidate, in: new.id, connection) != nil {
            let suffix = number == 1 ? "" : "（\(number)）"
            candidate = WrittenForm.name(String((old.name + name).prefix(60 - suffix.count)) + suffix)
            number += 1
        }
        return candidate
    }

    private static func audit(_ name: String, _ village: Division) -> [UInt8] {
        var json = JSONWriter(reserve: 128)
        json.object { json in
            json.key("name")
            json.string(name)
            json.key("villageCode")
            json.areaCode(village.code.value)
        }
        return json.take()
    }
}
