// The cadres that a visit names: who made it and who came along. Living people of the register whom the caller can see,
// or who help the household or did so; a helper who was replaced meanwhile is still the one who was there.

import Domain
import SQL
import Service
import Web

/// The cadres of a visit, as found in the register.
struct VisitPeople {
    private struct Found {
        let id: Identifier
        let name: String
        let isHelper: Bool
    }

    private var found: [Found] = []

    /// - Parameters:
    ///   - day: on which somebody must be the household's helper to be called so.
    ///   - errors: gets one for each cadre who is not there.
    init(
        _ draft: VisitDraft, of subject: VisitSubject, on day: CivilDate, _ scope: Scope, _ errors: inout [FieldError],
        _ connection: Connection
    ) throws {
        let named =
            (draft.author.map { [("/cadreId", $0)] } ?? [])
            + draft.companions.enumerated().compactMap { position, companion in
                companion.cadre.map { ("/companions/\(position)/cadreId", $0) }
            }
        guard !named.isEmpty else { return }
        var values: [any Bindable] = [subject.householdNumber, day, scope.first, scope.last]
        values += Set(named.map(\.1)).sorted() as [any Bindable]
        let list = (5...values.count).map { "$\($0)" }.joined(separator: ", ")
        try connection.forEach(
            """
            SELECT c.id, c.name, EXISTS (SELECT 1 FROM pairing p WHERE p.household_number = $1 AND p.cadre_id = c.id
                    AND p.first_on <= $2 AND (p.end_on IS NULL OR p.end_on > $2))
            FROM cadre c WHERE c.id IN (\(list)) AND (c.ended_on IS NULL OR c.ended_on > $2)
                AND (c.area_code BETWEEN $3 AND $4 OR EXISTS (SELECT 1 FROM pairing p WHERE p.household_number = $1
                    AND p.cadre_id = c.id AND (p.end_on IS NULL OR p.end_on > p.first_on)))
            """, values: values
        ) { row in
            found.append(Found(id: try row.identifier(0), name: row.text(1), isHelper: row.bool(2)))
        }
        for (pointer, id) in named where !found.contains(where: { $0.id == id }) {
            errors.append(FieldError(pointer: pointer, .unknownCadre))
        }
    }

    /// What a cadre was called when the visit was recorded.
    func name(_ id: Identifier?) -> String? { found.first { $0.id == id }?.name }

    /// Whether a cadre helps the household on the day.
    func isHelper(_ id: Identifier) -> Bool { found.contains { $0.id == id && $0.isHelper } }
}
