// Who helps which household, and who answers for it; partners beside them, campaigns, contact cards (结对).

import Service
import Web

extension Entity {
    package static let pairing = Entity("pairings")
    package static let handover = Entity("handovers")
    package static let run = Entity("pairing-runs")
    package static let partnership = Entity("partnerships")
    package static let campaign = Entity("campaigns")
    package static let card = Entity("contact-cards")
}

extension ImportKind {
    /// Who helps which household.
    public static let pairings = ImportKind(rawValue: "pairings")
}

extension Module {
    package static let pairings = Module(
        name: "pairings",
        routes: {
            PairingRoutes.all + CoverageRoutes.all + HandoverRoutes.all + AdviceRoutes.all
                + PairingRunRoutes.all($0.runner()) + PartnershipRoutes.all + CampaignRoutes.all + CardRoutes.all
        },
        problems: PairingProblems.kinds + PairingRunProblems.kinds + [.partnershipExists, .noResponsibleHelper],
        fieldCodes: FieldCode.ofPairing, constraint: PairingProblems.constraint,
        records: [
            RecordKind(
                entity: .pairing, table: "pairing", hangsOn: [.household],
                json: { try PairingRoutes.json($0, $1.scope, on: $1.today, $2) }, undo: PairingUndo.undoable),
            Partnership.record.kind(
                hangsOn: [
                    .household, .organization("target_organization_id"),
                    .division(where: "target_division_id IS NOT NULL"),
                ], hasLevel: true, isImported: true),
            Campaign.record.kind(hangsOn: [.division()], hasLevel: true, audience: .everybodyBelow),
            ContactCard.record.kind(hangsOn: [.household]),
            // Told where the cadre was seen; it never changes.
            RecordKind(
                entity: .handover, table: "handover", tellsMoves: false,
                json: { try HandoverRoutes.json($0, $1.scope, $2) }),
            RecordKind(entity: .run),
        ],
        files: [
            FileKind(
                .pairings, rows: PairingRows.self, exportPlan: { PairingExport.plan($0.scope, on: $0.day) })
        ], checks: Check.all(PartnershipCheck.queries) + [Check(HelpRecount.faults), EndedHouseholds.check],
        gatherers: [MovedHelped.self, SecondHelperLimit.self, HelpChanges.self],
        subscriptions: HelpChanges.subscriptions + HelpEffects.subscriptions + EndedHouseholds.subscriptions,
        opening: HelpChanges.fill, runners: [PairingRunner.self])
}
