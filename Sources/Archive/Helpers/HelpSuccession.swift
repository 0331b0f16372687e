// What becomes of helpers when their division gets a successor: organizations at home in it, cadres linked to it or
// from it, and helpers who serve it go over. Links keep the division that they were made with: it means its
// successor. Whoever came to the division later than on the day of which it is told was somewhere else on it.

import Domain
import SQL
import Service

enum HelpSuccession {
    static func follow(_ event: DivisionSucceeded, _ transaction: Transaction) throws {
        let (old, new, day) = (event.old, event.new, event.day)
        let connection = transaction.connection
        try CadreDay.turn(transaction)
        for organization in try Organization.record.find("division_id = $1", [old.id], connection) {
            var state = organization.state
            state.divisionId = new.id
            let first = try beginning(Organization.record.dated, "division_id", organization.id, old.id, connection)
            try Organization.record.change(
                organization, to: state, place: new.areaCode, from: max(day, first ?? day), transaction)
        }
        for cadre in try CadreTable.find("home_village_id = $1", [old.id], connection) {
            var state = cadre.state
            state.homeVillageId = new.id
            let first = try beginning(CadreTable.dated, "home_village_id", cadre.id, old.id, connection)
            try CadreStore.change(
                cadre, to: state, CadreFacts(), home: cadre.kept.areaCode, from: max(day, first ?? day),
                replacesLater: true, .everything, transaction)
        }
        // Links last: any other change of a cadre reads theirs anew, and the old division has no successor yet.
        for cadre in try CadreTable.find("linked_division_id = $1", [old.id], connection) {
            var kept = cadre.kept
            kept.linkedDivisionId = new.id
            kept.areaCode = new.areaCode
            try CadreStore.keep(cadre, kept, "follow", transaction)
        }
        for helper in try Helper.record.find("division_id = $1", [old.id], connection) {
            var state = helper.state
            state.divisionId = new.id
            let first = try beginning(Helper.record.dated, "division_id", helper.id, old.id, connection)
            try Helper.record.change(
                helper, to: state, place: new.areaCode, from: max(day, first ?? day), transaction)
        }
        transaction.capacity.touch(area: new.id)
    }

    /// The day on which a record that is in a division now came to it; nil if it has been there as long as anything is
    /// known of it.
    private static func beginning(
        _ table: DatedTable, _ column: String, _ id: Identifier, _ division: Identifier, _ connection: Connection
    ) throws -> CivilDate? {
        try connection.first(
            """
            SELECT max(valid_to) FROM \(table.history)
            WHERE \(table.key) AND superseded_at IS NULL AND valid_to IS NOT NULL AND \(column) IS NOT $2
            """, id, division
        ) { try $0.optionalDate(0) } ?? nil
    }
}
