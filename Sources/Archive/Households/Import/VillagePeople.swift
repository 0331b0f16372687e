// Who lives where in the villages that a file speaks of, so that nobody ends up in two households unnoticed. It goes by
// name and birth date, because the database itself holds whoever has a verified number to one household. Reads what is
// committed when a village is first spoken of, and adds what the file says.

import Domain
import SQL

/// Used by one thread.
final class VillagePeople {
    private struct Person: Hashable {
        let name: String
        let birthDate: CivilDate
    }

    private struct Home {
        let archiveNumber: String
        /// Keyed hash of the number, where it is verified.
        let number: [UInt8]?
    }

    /// Villages in memory at a time: files are nearly always sorted by them.
    private static let villagesMax = 64

    private let connection: Connection
    private var homes: [Identifier: [Person: [Home]]] = [:]

    init(_ connection: Connection) { self.connection = connection }

    /// Takes members of a household of the file, and says who of them lives in another one of the village.
    ///
    /// - Returns: for each member the archive number of the other household; nil where there is none, no birth date to
    ///   tell by, or a verified number that says that they are two.
    func add(_ members: [MemberState], of archiveNumber: String, in village: Identifier) throws -> [String?] {
        var people = try homes[village] ?? read(village)
        defer {
            if homes.count >= Self.villagesMax { homes.removeAll() }
            homes[village] = people
        }
        return members.map { member in
            guard member.isPresent, let birthDate = member.birthDate else { return nil }
            let person = Person(name: member.name, birthDate: birthDate)
            let known = people[person] ?? []
            if known.contains(where: { $0.archiveNumber == archiveNumber }) { return nil }
            let number = member.identity.state == .verified ? member.identity.hash : nil
            people[person] = known + [Home(archiveNumber: archiveNumber, number: number)]
            return known.first { $0.number == nil || number == nil || $0.number == number }?.archiveNumber
        }
    }

    private func read(_ village: Identifier) throws -> [Person: [Home]] {
        var people: [Person: [Home]] = [:]
        try connection.forEach(
            """
            SELECT m.name, m.birth_date, h.archive_number, m.identity_hash, m.identity_state = 'verified'
            FROM household h JOIN member m ON m.household_number = h.household_number
            WHERE h.village_id = $1 AND m.left_on IS NULL AND m.birth_date IS NOT NULL
            """, village
        ) { row in
            guard let birthDate = try row.optionalDate(1) else { return }
            people[Person(name: row.text(0), birthDate: birthDate), default: []].append(
                Home(archiveNumber: row.text(2), number: row.bool(4) ? row.blob(3) : nil))
        }
        return people
    }
}
