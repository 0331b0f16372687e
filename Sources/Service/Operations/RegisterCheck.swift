// `jiedui check`: what the database itself can prove, the audit chain, and the kept figures against a recount. It only
// reads, in one snapshot, and is safe while the service runs.

import Domain
import SQL

/// The result of one check, for a person.
public struct CheckFinding: Sendable, CustomStringConvertible {
    /// What was looked at.
    public let subject: String
    /// What is wrong with it; empty when nothing is.
    public let faults: [String]
    /// What a person should know about it, although it is not wrong.
    public var notes: [String] = []

    /// Whether nothing is wrong.
    public var isSound: Bool { faults.isEmpty }

    /// A line for a report, followed line by line by what is wrong and what should be known.
    public var description: String {
        ([(isSound ? "ok      " : "WRONG   ") + subject] + (faults + notes).map { "        " + $0 })
            .joined(separator: "\n")
    }
}

/// The checks of a register.
public enum RegisterCheck {
    /// A damaged file could produce millions of lines.
    static let faultsShownMax = 20

    /// Runs every check in one snapshot.
    ///
    /// - Parameters:
    ///   - directory: where the key is that opens sealed parts of the notes; without it they say less.
    ///   - composition: the modules, with the checks of their records.
    /// - Throws: `SQLError` when the file cannot be read at all.
    public static func run(
        _ connection: Connection, keyOf directory: DataDirectory? = nil, _ composition: Composition
    ) throws -> [CheckFinding] {
        let keys = directory.flatMap { try? KeyRing.load(path: $0.key, create: false) }
        let integrity = try connection.integrityReport()
        var findings = [
            CheckFinding(subject: "structure of the database file", faults: integrity.faults),
            CheckFinding(
                subject: "references",
                faults: integrity.danglingReferences.map {
                    "\($0.table) row \($0.row.map(String.init) ?? "?") "
                        + "refers to a row of \($0.parent) that is not there"
                }),
        ]
        guard integrity.faults.isEmpty else { return findings }
        try connection.transaction(.deferred) {
            findings.append(try AuditCheck.chain(connection, keys))
            findings.append(try AuditCheck.remains(connection))
            for check in composition.modules.flatMap(\.checks) + [NameForms.check(composition.records)] {
                findings += try check.run(connection, faultsShownMax)
            }
        }
        return findings
    }
}
