// What each cadre may carry on which days and where (R040), kept in rows of its own so that the database itself can
// hold pairings to it. A change of it is never refused and touches no pairing: whoever then has more than their quota
// is listed as such.

import Domain
import SQL
import Service

enum CadreCapacity {
    /// The setting exists while cadres of an older schema have no capacity yet.
    static let due = "capacity-due"

    /// Cadres that are read at once; their facts are in memory.
    private static let cadresAtOnce = 5_000

    /// Writes what a cadre may carry, where it is not what is kept.
    static func refresh(_ cadre: Identifier, _ transaction: Transaction) throws {
        for read in try CapacityReading.read(cadre...cadre, transaction.capacity.policies, transaction.connection) {
            try keep(read, transaction)
        }
        try transaction.publish(CapacitiesWritten())
    }

    /// The same for many.
    static func refresh(_ cadres: [Identifier], _ transaction: Transaction) throws {
        let cadres = cadres.sorted()
        for start in stride(from: 0, to: cadres.count, by: cadresAtOnce) {
            let part = cadres[start..<min(start + cadresAtOnce, cadres.count)]
            guard let first = part.first, let last = part.last else { continue }
            let isMeant = Set(part)
            let read = try CapacityReading.read(
                first...last, transaction.capacity.policies, transaction.connection)
            for cadre in read where isMeant.contains(cadre.id) { try keep(cadre, transaction) }
        }
        try transaction.publish(CapacitiesWritten())
    }

    /// Writes what a cadre who has just been made may carry: nothing is kept of them yet.
    static func create(_ cadre: NewCadre, _ transaction: Transaction) throws {
        let facts = try cadre.facts.capacity(
            of: cadre.state.organizationId, link: cadre.link.flatMap { $0.isLive ? $0 : nil },
            endedOn: cadre.state.endedOn, transaction.capacity.policies, transaction.connection)
        for segment in CadreCapacityRule.segments(facts) { try insert(segment, cadre.id, transaction.connection) }
        try transaction.publish(CadreWritten(occurrence: .changed, id: cadre.id))
    }

    private static func keep(_ cadre: ReadCapacity, _ transaction: Transaction) throws {
        let segments = CadreCapacityRule.segments(cadre.facts)
        guard segments != cadre.kept else { return }
        let connection = transaction.connection
        if !cadre.kept.isEmpty { try connection.run("DELETE FROM cadre_capacity WHERE cadre_id = $1", cadre.id) }
        for segment in segments { try insert(segment, cadre.id, connection) }
        try transaction.publish(CapacityChanged(cadre: cadre.id, before: cadre.kept, after: segments))
        try transaction.publish(CadreWritten(occurrence: .changed, id: cadre.id))
    }

    private static func insert(_ segment: CapacitySegment, _ cadre: Identifier, _ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO cadre_capacity (cadre_id, valid_from, valid_to, quota, division_id)
            VALUES ($1, $2, $3, $4, $5)
            """, cadre, segment.first, segment.end, segment.quota, segment.division)
    }

    // MARK: Areas

    /// The cadres whose capacity an area's policy or place decides on some day: those who are linked to a division that
    /// lies there now, and those whose organization is at home there.
    ///
    /// - Parameter area: nil for everywhere.
    static func concerned(by area: Scope?, _ connection: Connection) throws -> [Identifier] {
        guard let area else { return try connection.query("SELECT id FROM cadre ORDER BY id") { try $0.identifier(0) } }
        return try connection.query(
            """
            WITH RECURSIVE place (id) AS (
                SELECT id FROM division WHERE successor_id IS NULL AND area_code BETWEEN $1 AND $2
                UNION SELECT d.id FROM division d JOIN place p ON d.successor_id = p.id)
            SELECT l.cadre_id FROM place p JOIN cadre_link l ON l.division_id = p.id WHERE l.superseded_at IS NULL
            UNION
            SELECT c.id FROM organization o JOIN cadre c ON c.organization_id = o.id
            WHERE o.area_code BETWEEN $1 AND $2
            """, area.first, area.last
        ) { try $0.identifier(0) }
    }

    // MARK: A register of an older schema

    /// Gives every cadre a capacity where the register is older than capacities; otherwise one read.
    static func fill(_ register: Register) throws {
        let isDue = try register.database.writer.perform { connection in
            try connection.first("SELECT 1 FROM setting WHERE key = $1", due) { _ in true } ?? false
        }
        guard isDue else { return }
        try register.perform(inDoubt: true) { transaction in
            try CadreDay.turn(transaction)
            let everybody = try concerned(by: nil, transaction.connection)
            try refresh(everybody, transaction)
            for cadre in everybody { try transaction.publish(CadreWritten(occurrence: .changed, id: cadre)) }
            try transaction.connection.run("DELETE FROM setting WHERE key = $1", due)
        }
    }

    // MARK: Check

    /// A line for each cadre of whom something else is kept than the rule says.
    static func faults(_ connection: Connection, max: Int) throws -> [String] {
        let policies = QuotaPolicies()
        var faults: [String] = []
        let ids = try concerned(by: nil, connection)
        for start in stride(from: 0, to: ids.count, by: cadresAtOnce) where faults.count < max {
            let end = min(start + cadresAtOnce, ids.count) - 1
            for cadre in try CapacityReading.read(ids[start]...ids[end], policies, connection)
            where CadreCapacityRule.segments(cadre.facts) != cadre.kept && faults.count < max {
                faults.append("cadre \(cadre.id) keeps another quota or area than facts and parameters say")
            }
        }
        return faults
    }
}
