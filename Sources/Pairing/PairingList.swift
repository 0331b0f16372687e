// The list of pairings: those that hold on a day, by default today; or those that ended before it, begin after it, or
// all.

import Archive
import Domain
import SQL
import Service
import Web

enum PairingList {
    /// Which pairings, as seen from the day: those in a state (`PairingView.state`), or all.
    private enum Asked: String, CaseIterable {
        case active, ended, future, all
    }

    static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let household = query.value("householdId", FieldText.identifier)
        let helper = query.value("cadreId", FieldText.identifier)
        let role = query.value("role", PairingRole.parse)
        let day = query.value("on", FieldText.date) ?? call.now.shanghaiDate
        let state: Asked = query.value("state", FieldText.word) ?? .active
        let endReason = query.code("endReason", .pairingEndReason, call.register.codeLists)
        let isPinned = query.boolean("isPinned")
        let paging = Paging(&query)
        try query.finish()

        var view = PairingView(day: day, knownAt: nil)
        let (scope, today) = (try call.caller.scope, call.now.shanghaiDate)
        let there = try PastArea.asked(area, on: day, today: today, scope, connection)
        view.isOfPast = day < today
        view.add(there, try HouseholdStays.until(day, today: today, around: there.scope, connection), seenIn: scope)
        switch state {
        case .active: view.hold()
        case .ended: view.add("(\(view.hasEnded))")
        case .future: view.add("NOT \(view.isActive("p")) AND NOT (\(view.hasEnded))")
        case .all: break
        }
        if let household {
            let parameter = view.bind(household)
            view.add("p.household_number = (SELECT household_number FROM household WHERE id = \(parameter))")
        }
        if let helper { view.add("p.cadre_id = \(view.bind(helper))") }
        if let role { view.add(role == .firstResponsible ? view.isResponsible : "NOT \(view.isResponsible)") }
        if let endReason { view.add("p.end_reason = \(view.bind(endReason))") }
        if let isPinned { view.add("p.is_pinned = \(view.bind(isPinned))") }
        return ListPlan(
            name: "pairings", columns: view.columns, source: view.source(), conditions: view.conditions,
            order: ["p.area_code", "p.id"], paging: paging)
    }
}
