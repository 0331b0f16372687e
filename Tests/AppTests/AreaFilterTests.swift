// One answer, on every route, for an area that is not there and for one that is not the caller's.

import Testing

@testable import Domain
@testable import Web

@Suite("Areas that may not be asked for")
struct AreaFilterTests {
    private static let paths = [
        "/v1/households", "/v1/cadres", "/v1/divisions", "/v1/organizations", "/v1/pairings", "/v1/roster",
        "/v1/coverage", "/v1/coverage/households", "/v1/coverage/cadres", "/v1/contact-duties",
        "/v1/contact-duties/summary", "/v1/contact-counters", "/v1/contact-counters/by-area",
        "/v1/contact-counters/by-cadre", "/v1/contact-counters/records", "/v1/bulletins/contact", "/v1/desk",
        "/v1/desk/records", "/v1/statistics/households", "/v1/household-warnings", "/v1/parameters", "/v1/needs",
        "/v1/visits", "/v1/villages", "/v1/contact-cards", "/v1/handovers", "/v1/duties", "/v1/work-teams",
        "/v1/partnerships", "/v1/change-proposals", "/v1/held-visits",
    ]

    @Test("an area that is not there and one that is not the caller's are refused alike, today and on a past day")
    func alike() throws {
        let county = try County()
        let clerk = try county.as(.clerkB)
        let unknown = "990999000000"
        for path in Self.paths {
            func asked(_ area: String) throws -> (status: Int, text: String) {
                let answer = try clerk.get("\(path)?areaCode=\(area)", ["Accept-Language": "en"])
                return (answer.status, answer.text.replacing(area, with: ""))
            }
            let there = try asked(Place.townB)
            #expect(there.status == 200, "\(path) \(there.text)")
            let (foreign, missing) = (try asked(Place.townA), try asked(unknown))
            #expect(foreign.status == 404, "\(path) \(foreign.text)")
            #expect(missing.status == 404, "\(path) \(missing.text)")
            #expect(Self.words(foreign.text) == Self.words(missing.text), "\(path)")
            #expect(foreign.text.contains("unknown-division"), "\(path)")
        }
        for path in ["/v1/coverage", "/v1/roster", "/v1/contact-duties", "/v1/statistics/households"] {
            for area in [Place.townA, Place.villageA1, unknown] {
                let past = try clerk.get("\(path)?areaCode=\(area)&on=2026-01-15")
                #expect(past.errors == ["?areaCode unknown-division"], "\(path) \(area)")
            }
        }
        // A village of another area than the one that is asked for is no error: nothing is in both.
        let session = try county.as(.administrator)
        let both = try session.get("/v1/contact-duties?areaCode=\(Place.townA)&villageCode=\(Place.villageB1)")
        #expect(both.status == 200, "\(both.text)")
        #expect(both.items.isEmpty)
        let village = try clerk.get("/v1/contact-duties?villageCode=\(Place.villageA1)")
        #expect(village.errors == ["?villageCode unknown-division"], "\(village.text)")
    }

    /// Without what names the request.
    private static func words(_ text: String) -> String {
        text.split(separator: ",").filter { !$0.contains("instance") && !$0.contains("requestId") }.joined(
            separator: ",")
    }
}
