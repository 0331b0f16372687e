// A tag covers all that its answer shows to its reader. What changes elsewhere is in ResourceSuite.

import Testing

@testable import App
@testable import Web

@Suite("Tags of what is shown")
struct ShownTagTests {
    @Test("two readers with different rights have different tags of what they see differently")
    func rights() throws {
        let county = try County()
        try county.makeThree()
        try county.visit(901)
        let path = Sample.path(ofVisit: 901)
        _ = try county.as(.administrator).put(path, Sample.visit(kind: "meeting"))
        let held = try required(county.as(.clerkA).get("/v1/held-visits").items.first?["id"]?.string)
        let clerk = try county.as(.clerkA).get("/v1/held-visits/\(held)")
        let auditor = try county.as(.auditor).get("/v1/held-visits/\(held)")
        #expect(clerk.text != auditor.text, "\(auditor.text)")
        #expect(clerk["etag"] != auditor["etag"], "\(auditor.text)")
    }
}
