// Bodies of pairings: reading what clients send.

import Domain
import Service
import Web

/// A new pairing as a body says it, before its household and helper are found.
struct PairingDraft {
    let householdId: Identifier
    let cadreId: Identifier
    /// Nil for one that takes over the role of the pairing that it replaces.
    let role: PairingRole?
    let days: DayInterval
    let reason: String?
    let isPinned: Bool
    /// The pairing that ends when this one begins.
    let replaces: Identifier?

    static let reasonCharacters = 1...200
}

extension PairingDraft {
    /// Reads a body.
    ///
    /// - Throws: `InvalidBody` with every error.
    init(_ document: JSONDocument, id: Identifier, _ days: PlausibleDays, today: CivilDate) throws {
        var body = ObjectReader(document.root)
        if let bodyId = body.optionalValue("id", FieldText.identifier), bodyId != id {
            body.report("id", .differsFromPath)
        }
        let household = body.value("householdId", placeholder: id, FieldText.identifier)
        let helper = body.value("cadreId", placeholder: id, FieldText.identifier)
        let role = body.optionalValue("role", PairingRole.parse)
        let first = body.optionalValue("from", days.day) ?? today
        let end = body.optionalValue("to", days.day)
        let reason = body.optionalString("reason", characters: Self.reasonCharacters)
        let isPinned = body.optionalBoolean("isPinned") ?? false
        let replaces = body.optionalValue("replaces", FieldText.identifier)
        if role == nil, replaces == nil, body.isSound("role", "replaces") { body.report("role", .required) }
        try body.finish()
        self.init(
            householdId: household, cadreId: helper, role: role, days: DayInterval(first: first, end: end),
            reason: reason, isPinned: isPinned, replaces: replaces)
    }
}
