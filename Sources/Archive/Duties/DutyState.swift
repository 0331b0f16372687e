// What is known about a duty around a village (R006 to R010, R013) and about a work team, as values that are the same
// for a body, a file row and a stored row.

import Domain
import Service
import Web

/// Everything that is stated about a duty.
package struct DutyState: Equatable {
    package var kind: DutyKind
    package var divisionId: Identifier
    package var organizationId: Identifier?
    package var cadreId: Identifier?
    /// A holder who is not a registered cadre.
    package var holderName: String?
    package var title: String?
    package var sendingOrganizationId: Identifier?
    package var teamId: Identifier?
    var term: DayInterval
    package var endReason: String?
}

/// A duty as stored.
struct StoredDuty {
    let id: Identifier
    let version: Int
    let level: DivisionLevel
    let areaCode: Int64
    let contentHash: [UInt8]?
    /// Nil if it was withdrawn.
    let state: DutyState?
}

/// Everything that is stated about a work team except its members.
struct TeamState: Equatable {
    var divisionId: Identifier
    var name: String
    var term: DayInterval
    var endReason: String?
}

/// A work team as stored.
struct StoredTeam {
    let id: Identifier
    let version: Int
    let areaCode: Int64
    let contentHash: [UInt8]?
    /// Nil if it was withdrawn.
    let state: TeamState?
}

extension DayInterval {
    package func contains(_ other: DayInterval) -> Bool {
        first <= other.first && (end.map { end in other.end.map { $0 <= end } ?? false } ?? true)
    }
}

extension DutyState {
    package var auditFields: [AuditField] {
        [
            ("kind", .text(kind.rawValue)), ("divisionId", .text(divisionId.description)),
            ("organizationId", .of(organizationId?.description)), ("cadreId", .of(cadreId?.description)),
            ("holderName", .of(holderName)), ("title", .of(title)),
            ("sendingOrganizationId", .of(sendingOrganizationId?.description)), ("teamId", .of(teamId?.description)),
            ("from", .text(term.first.description)), ("to", .of(term.end?.description)), ("endReason", .of(endReason)),
        ]
    }
}

extension TeamState {
    var auditFields: [AuditField] {
        [
            ("divisionId", .text(divisionId.description)), ("name", .text(name)),
            ("from", .text(term.first.description)), ("to", .of(term.end?.description)), ("endReason", .of(endReason)),
        ]
    }
}
