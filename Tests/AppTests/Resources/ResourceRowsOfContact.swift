// The rows of visits, and of what is said and done on them.

@testable import App
@testable import Domain
@testable import Web

extension ResourceRow {
    private static let proposal = Sample.proposal(["changes": ["willingness": "industry"]])
    private static let festivals: JSON = ["items": [["code": "spring-festival", "on": "2041-02-01"]]]

    static let contacts: [ResourceRow] = [
        ResourceRow(
            "/v1/visits/{id}", Sample.id(721), new: Sample.visit().with(["cadreId": id(411)]),
            broken: [Refusal(Sample.visit().with(["correctsVisitId": id(999)]), "/correctsVisitId unknown-visit")]
        )
        .outside(Sample.visit(9001), "/householdId unknown-household")
        .others(Sample.visit(kind: "meeting"), Sample.visit(2), Sample.visit(9001), Sample.visit(9999))
        .with { $0.keepsOthers = true }
        .showing("the village", Elsewhere.villageRecoded),
        ResourceRow("/v1/held-visits/{id}", find: { try [$0.heldVisit()] })
            .changed(["state": "refused", "reason": "重复"], broken: [Refusal(["state": "refused"], "/reason required")])
            .showing("the village", Elsewhere.villageRecoded),
        ResourceRow(
            "/v1/change-proposals/{id}", Sample.id(722), new: proposal,
            broken: [Refusal(proposal.with(["baseVersion": 9]), "/baseVersion unknown-version")]
        )
        .changed(
            ["decisions": [Sample.accept("willingness")]],
            broken: [Refusal(["decisions": [Sample.accept("labour")]], "/decisions/0/field unknown-field")]
        )
        .outside(
            Sample.proposal(of: 9001, ["changes": ["willingness": "industry"]]), "/householdId unknown-household"
        )
        .others(
            Sample.proposal(["changes": ["willingness": "employment"]]),
            Sample.proposal(of: 9001, ["changes": ["willingness": "industry"]])
        )
        .showing("the archive", Elsewhere.patch("/v1/households/\(Sample.id(1))", ["willingness": "employment"])),
        ResourceRow(
            "/v1/needs/{id}", Sample.id(723), new: Sample.need(),
            broken: [Refusal(Sample.need().with(["voicedOn": "2026-03-05"]), "/voicedOn in-future")]
        )
        .changed(
            ["state": "answered", "answer": "已列入计划"], broken: [Refusal(["state": "answered"], "/answer required")]
        )
        .outside(Sample.need(9001), "/householdId unknown-household")
        .others(Sample.need(1, "别的"), Sample.need(9001))
        .showing("the householder", Elsewhere.householderRenamed),
        ResourceRow(
            "/v1/activities/{id}", Sample.id(724), new: Sample.activity(),
            broken: [Refusal(Sample.activity().with(["to": "2026-02-01"]), "/to ends-before-it-begins")]
        )
        .changed(["place": "村委会会议室"], broken: [Refusal(["to": "2026-02-01"], "/to ends-before-it-begins")])
        .outside(Sample.activity(in: Place.neighbourVillage), "/areaCode unknown-division")
        .others(Sample.activity("meeting"), Sample.activity(in: Place.neighbourVillage))
        .showing("its area", Elsewhere.placeRenamed),
        ResourceRow(
            "/v1/festivals/{year}", "2041", new: festivals,
            broken: [
                Refusal(["items": [["code": "spring-festival", "on": "2042-02-01"]]], "/items/0/on other-year")
            ]
        )
        .everybodys().replacing().shown(at: "/v1/festivals?year=2041").listed(at: nil),
    ]
}

extension County {
    /// The id of what is kept for a person.
    fileprivate func heldVisit() throws -> String {
        try required(self.as(.administrator).get("/v1/held-visits").items.first?["id"]?.string)
    }
}
