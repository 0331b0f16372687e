// Somebody without right to an import sends its id: the answer tells that the id is taken and nothing else. The ids of
// records are in ResourceSuite, those of visits on all their ways in VisitStrangerTests.

import Testing

@testable import App
@testable import Web

@Suite("Ids of other areas")
struct StrangerTests {
    @Test("the file of another county's import under its id, or another file: the same refusal")
    func imports() throws {
        let county = try County()
        let path = "/v1/imports/\(Sample.id(731))?kind=organizations"
        let file = "id,area_code,name,kind,level\n,\(Place.county),县文旅局,state-organ,county\n"
        _ = try county.as(.administrator).importFile(731, "kind=organizations", file)
        let before = try county.digest()
        let answers = try [file, file + "x", "name\n"].map {
            try county.as(.neighbour).send("PUT", path, [:], body: Array($0.utf8))
        }
        for answer in answers {
            #expect(answer.status == 409)
            #expect(answer.problem == "id-reused")
            #expect(ResourceSuite.said(answer) == ResourceSuite.said(answers[0]))
        }
        #expect(try county.digest() == before)
    }
}
