// What becomes of helpers when their division gets a successor: organizations at home in it, cadres linked to it or
// from it, and helpers who serve it go over. Links keep the division that they were made with: it means its
// successor.

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
            try Organization.record.change(organization, to: state, place: new.areaCode, from: day, transaction)
        }
        for cadre in try CadreTable.find("linked_division_id = $1", [old.id], connection) {
            var kept = cadre.kept
            kept.linkedDivisionId = new.id
            kept.areaCode = new.areaCode
            try CadreStore.keep(cadre, kept, "follow", transaction)
        }
        for cadre in try CadreTable.find("home_village_id = $1", [old.id], connection) {
            var state = cadre.state
            state.homeVillageId = new.id
            try CadreStore.change(
                cadre, to: state, CadreFacts(), home: cadre.kept.areaCode, from: day, replacesLater: true, .everything,
                transaction)
        }
        for helper in try Helper.record.find("division_id = $1", [old.id], connection) {
            var state = helper.state
            state.divisionId = new.id
            try Helper.record.change(helper, to: state, place: new.areaCode, from: day, transaction)
        }
        transaction.capacity.touch(area: new.id)
    }
}
