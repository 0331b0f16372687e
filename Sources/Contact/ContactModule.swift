// What was done for households: visits with what they bring, what helpers owe in calls and visits, how it is counted
// (走访联系).

import Domain
import Service
import Web

extension Entity {
    package static let visit = Entity("visits")
    package static let heldVisit = Entity("held-visits")
    package static let proposal = Entity("change-proposals")
    package static let need = Entity("needs")
    package static let activity = Entity("activities")
    package static let festival = Entity("festivals")
}

extension Module {
    package static let contact = Module(
        name: "contact",
        routes: { _ in
            VisitRoutes.all + VisitBatchRoutes.all + HeldVisitRoutes.all + ProposalRoutes.all + Need.record.routes
                + ActivityRoutes.all + ContactDutyRoutes.all + FestivalRoutes.all + CounterRoutes.all
                + BulletinRoutes.all + PageRoutes.all + DeskRoutes.all
        }, problems: VisitProblems.kinds + ProposalProblems.kinds, fieldCodes: FieldCode.ofContact,
        records: [
            RecordKind(
                entity: .visit, table: "visit",
                hangsOn: [.household, .village(where: "household_number IS NULL")], willMove: VisitSearch.move,
                json: { try VisitView.json($0, $1.scope, $2)?.body }),
            RecordKind(
                entity: .heldVisit, table: "held_visit",
                hangsOn: [.household, .village(where: "household_number IS NULL")]),
            RecordKind(
                entity: .proposal, table: "change_proposal", hangsOn: [.household],
                json: { try $1.contains("change_proposal", $0, $2) ? ProposalView.json($0, $2) : nil }),
            Need.record.kind(hangsOn: [.household, .village(where: "village_id IS NOT NULL")]),
            Activity.record.kind(hangsOn: [.division()], hasLevel: true),
            RecordKind(entity: .festival, audience: .everybody),
        ],
        checks: Check.all(VisitCheck.queries + ProposalCheck.queries + NeedCheck.queries) + [
            Check(ContactCheck.faults), Check("index of what visits say", VisitCheck.textIndex),
        ],
        chores: { register in
            [
                Chore(name: "duties of contact", isAskedOften: true) {
                    try register.perform { try ContactWork.piece($0) }
                }
            ]
        }, gatherers: [ContactChanges.self],
        subscriptions: ContactChanges.subscriptions
            + [EndedNeeds.subscription, EndedProposals.subscription, EndedVisits.subscription],
        opening: ContactWork.begin)
}
