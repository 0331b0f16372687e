// Who helps which household, and who answers for it; partners beside them, campaigns, contact cards (结对).

import Web

extension Entity {
    static let pairing = Entity("pairings")
    static let handover = Entity("handovers")
    static let run = Entity("pairing-runs")
    static let partnership = Entity("partnerships")
    static let campaign = Entity("campaigns")
    static let card = Entity("contact-cards")
}

extension ImportKind {
    /// Who helps which household.
    public static let pairings = ImportKind(rawValue: "pairings")
}

extension Module {
    static let pairings = Module(
        name: "pairings",
        routes: {
            PairingRoutes.all + CoverageRoutes.all + HandoverRoutes.all + AdviceRoutes.all
                + PairingRunRoutes.all($0.runner()) + PartnershipRoutes.all + CampaignRoutes.all + CardRoutes.all
        },
        problems: PairingProblems.kinds + PairingRunProblems.kinds + PartnershipProblems.kinds + CardProblems.kinds,
        fieldCodes: FieldCode.ofPairing,
        records: [
            RecordKind(
                entity: .pairing, table: "pairing", hangsOn: [.household],
                json: { try PairingRoutes.json($0, $1.scope, on: $1.today, $2) }, undo: PairingUndo.undoable),
            RecordKind(
                entity: .partnership, table: "partnership", hasLevel: true,
                hangsOn: [
                    .household, .organization("target_organization_id"),
                    .division(where: "target_division_id IS NOT NULL"),
                ],
                json: { try $1.contains("partnership", $0, $2) ? PartnershipList.json($0, on: nil, $2) : nil }),
            RecordKind(
                entity: .campaign, audience: .everybodyBelow,
                json: { id, reader, connection in
                    guard let campaign = try CampaignStore.find(id, connection),
                        try CampaignStore.isVisible(campaign, reader.scope, connection)
                    else { return nil }
                    return try CampaignRoutes.json(id, connection)
                }),
            RecordKind(
                entity: .card, table: "contact_card", hangsOn: [.household],
                json: { try $1.contains("contact_card", $0, $2) ? CardList.json($0, $2) : nil }),
            // Told where the cadre was seen; it never changes.
            RecordKind(
                entity: .handover, table: "handover", tellsMoves: false,
                json: { try HandoverRoutes.json($0, $1.scope, $2) }),
            RecordKind(entity: .run),
        ],
        files: [
            FileKind(
                .pairings, rows: PairingRows.self, exportPlan: { PairingExport.plan($0.scope, on: $0.day) })
        ], checks: Check.all(PartnershipCheck.queries) + [Check(HelpRecount.faults)], gatherers: [HelpChanges.self],
        subscriptions: HelpChanges.subscriptions, runners: [PairingRunner.self])
}
