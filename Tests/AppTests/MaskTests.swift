// Numbers of people on every way in and out: masks that come in are taken for no number, and nothing beyond the mask
// goes out, wherever somebody wrote a number.

import Crypto
import Testing

@testable import App
@testable import Domain

@Suite struct MaskTests {
    private static let masks = ["9909**********1234", "*****************4", "9909xxxxxxxxxx1234", "9909＊＊＊＊1234"]
    private static let phoneMasks = ["138****1234", "*******1234", "138xxxx1234", "138●●●●1234"]

    @Test("a mask in a body is refused with words as a number, on every path, and changes nothing")
    func bodies() throws {
        let county = try County()
        let member = Sample.member("陈示例", identityNumber: Sample.identityNumber(), id: Sample.id(101))
        let path = try county.make(1, Sample.household("H1", members: [member]).with(["phone": "13800001234"]))
        try county.makeOrganization()
        let cadre = try county.makeCadre(31, Sample.cadre("张示例"))
        let session = try county.as(.administrator)
        let helper = "/v1/helpers/\(Sample.id(41))"
        let volunteer: JSON = ["areaCode": .string(Place.villageA1), "kind": "volunteer", "name": "李示例"]
        #expect(try session.put(helper, volunteer).status == 201)
        let before = try county.digest()
        for mask in Self.masks {
            let number: KeyValuePairs<String, JSON> = ["identityNumber": .string(mask)]
            let change = JSON.object([("identityNumber", .string(mask))])
            let stated = Sample.member("乙", identityNumber: mask)
            let answers = [
                try session.put("/v1/households/\(Sample.id(2))", Sample.household("H2", members: [stated])),
                try session.post(
                    "/v1/households", Sample.household("H2", members: [stated]), key: mask.utf8.count.description),
                try session.put(path + "/members/\(Sample.id(102))", stated.with(["relation": "son"])),
                try session.patch(path + "/members/\(Sample.id(101))", version: 1, change),
                try session.put("/v1/cadres/\(Sample.id(32))", Sample.cadre("王示例").with(number)),
                try session.patch(cadre, version: 1, change),
                try session.put(
                    Sample.path(ofProposal: 1), Sample.proposal(["newMember": stated.with(["relation": "son"])])),
                try session.put(
                    Sample.path(ofProposal: 2),
                    Sample.proposal(["member": ["memberId": .string(Sample.id(101)), "changes": change]])),
            ]
            for answer in answers {
                let codes = answer.errors.map { String($0.split(separator: " ").last ?? "") }
                #expect(answer.status == 422, "\(mask): \(answer.text)")
                #expect(codes == ["masked-number"], "\(mask): \(answer.text)")
            }
        }
        for mask in Self.phoneMasks {
            let phone: KeyValuePairs<String, JSON> = ["phone": .string(mask)]
            let change = JSON.object([("phone", .string(mask))])
            let answers = [
                try session.put("/v1/households/\(Sample.id(2))", Sample.household("H2").with(phone)),
                try session.patch(path, version: 1, change),
                try session.put("/v1/cadres/\(Sample.id(32))", Sample.cadre("王示例").with(phone)),
                try session.patch(cadre, version: 1, change),
                try session.put("/v1/organizations/\(Sample.id(2))", Sample.organization("林业局").with(phone)),
                try session.patch("/v1/organizations/\(Sample.id(1))", version: 1, change),
                try session.put("/v1/helpers/\(Sample.id(42))", volunteer.with(phone)),
                try session.patch(helper, version: 1, change),
                try session.put(Sample.path(ofProposal: 3), Sample.proposal(["changes": change])),
            ]
            for answer in answers {
                let codes = answer.errors.map { String($0.split(separator: " ").last ?? "") }
                #expect(answer.status == 422, "\(mask): \(answer.text)")
                #expect(codes == ["masked-number"], "\(mask): \(answer.text)")
            }
        }
        #expect(try county.digest() == before)
    }

    @Test("a mask in a file, of whatever form, leaves what is stored of whoever is known otherwise, and is no key")
    func files() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let header = "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,identityNumber,phone\n"
        // Two people whose narrow masks are the same.
        let one = Sample.identityNumber(1)
        let other = try required((2...99).map { Sample.identityNumber($0) }.first { $0.last == one.last })
        func rows(_ first: String, _ second: String, _ phone: String) -> String {
            header + "\(Place.villageA1),H1,general,illness,陈示例,householder,male,1980-05-06,\(first),\(phone)\n"
                + "\(Place.villageA1),H1,general,illness,李示例,son,male,1980-05-06,\(second),\(phone)\n"
        }
        #expect(
            try session.importFile(1, "kind=households", rows(one, other, "13800001234")).counts == [2, 0, 0, 0, 0])
        let stored = try county.query("SELECT identity_hash FROM member ORDER BY name") { $0.blob(0) }
        #expect(Set(stored).count == 2)
        for (index, mask) in Self.masks.enumerated() {
            let file = rows(mask, mask, Self.phoneMasks[index])
            let job = try session.importFile(10 + index, "kind=households", file)
            let report = try session.report(10 + index)
            #expect(job.counts == [0, 0, 2, 0, 0], "\(mask): \(job.counts) \(report)")
        }
        let narrow = NumberMask.identity(one)
        let turned = rows(narrow, narrow, "*******1234").replacing("陈示例", with: "X").replacing("李示例", with: "陈示例")
            .replacing("X,householder", with: "李示例,householder").replacing("son", with: "householder")
        _ = try session.importFile(20, "kind=households", turned)
        #expect(try county.query("SELECT identity_hash FROM member ORDER BY name") { $0.blob(0) } == stored)
        #expect(try county.query("SELECT phone_mask FROM household") { $0.text(0) } == ["*******1234"])
        #expect(try county.faults() == [])
    }

    @Test("a number in a wrong place of a file or a request is told nowhere, and no plain hash of a file is kept")
    func wrongPlaces() throws {
        let county = try County()
        try county.make(1, Sample.household("H1"))
        let session = try county.as(.administrator)
        let number = Sample.identityNumber(born: "1971-10-12", 77)
        let phone = "13912345678"
        var said = ""
        func note(_ answer: Answer) {
            said += answer.text + answer.fields.map { $0.name + ": " + $0.value + "\n" }.joined()
        }
        let header = "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,identityNumber\n"
        let files = [
            "\(number),\(phone)\n", "\(number),\(number)\n",
            header.replacing("\n", with: ",\(number)\n"),
            header + "\(number),H2,\(number),\(phone),甲,\(number),\(number),\(number),\(number)\n",
            header + "\(Place.villageA1),H2,general,illness,甲,householder,male,\(number),\(phone)\n",
        ]
        for (index, file) in files.enumerated() {
            let kinds = ["households", "cadres", "organizations", "pairings", "duties", "villages"]
            for (position, kind) in kinds.enumerated() {
                let id = 100 + index * 10 + position
                _ = try session.importFile(id, "kind=\(kind)", file)
                note(try session.get("/v1/imports/\(Sample.id(id))"))
                note(try session.get("/v1/imports/\(Sample.id(id))/report"))
            }
        }
        note(try session.get("/v1/changes?entities=\(number)"))
        note(try session.get("/v1/households?areaCode=\(number)"))
        note(try session.get("/v1/households?\(number)=1"))
        note(try session.put("/v1/households/\(number)", Sample.household("H9")))
        note(
            try session.put("/v1/households/\(Sample.id(9))", Sample.household("H9").with(["state": .string(number)])))
        note(
            try session.patch("/v1/households/\(Sample.id(1))", version: 1, .object([(number, .string(phone))])))
        note(
            try session.put(
                Sample.path(ofProposal: 1), Sample.proposal(["changes": .object([(number, .string(phone))])])))
        said += try county.requestLines() + county.log.all.joined(separator: "\n") + county.everyCell()
        for part in MaskSearch.windows(number) + MaskSearch.windows(phone) {
            #expect(
                !said.contains(part),
                "told near: \(said.range(of: part).map { said[..<$0.lowerBound].suffix(120) } ?? "")")
        }
        #expect(MaskSearch.wideMasks(said) == [])
        let order = "households each {\"dryRun\":false"
        let plain = Array(SHA256.hash(data: Array((order + files[0]).utf8)))
        let hashes = try county.query("SELECT content_hash FROM job") { $0.blob(0) }
        #expect(hashes.count == files.count * 6)
        #expect(!hashes.contains(plain))
    }

    @Test("a number that is replaced by another with the same mask is a change in the trail and for proposals")
    func sameMask() throws {
        let county = try County()
        let one = Sample.identityNumber(1)
        let other = try required((2...99).map { Sample.identityNumber($0) }.first { $0.last == one.last })
        let member = Sample.member("陈示例", identityNumber: one, id: Sample.id(101))
        let path = try county.make(1, Sample.household("H1", members: [member]).with(["phone": "13800001234"]))
        let session = try county.as(.administrator)
        let change: JSON = ["identityNumber": .string(other)]
        #expect(try session.patch(path + "/members/\(Sample.id(101))", version: 1, change).status == 200)
        #expect(try session.patch(path, version: 2, ["phone": "13911111234"]).status == 200)
        let trail = try county.query("SELECT after FROM audit_event WHERE entity = 'households' AND before IS NOT NULL")
        {
            $0.text(0)
        }
        #expect(trail.count == 2, "\(trail)")
        #expect(trail[0].contains("identityNumber"), "\(trail)")
        #expect(trail[1].contains("phone"), "\(trail)")
        // Whoever knew the number before knew another one.
        let third = Sample.identityNumber(50)
        let proposal = Sample.path(ofProposal: 1)
        #expect(
            try session.put(
                proposal,
                Sample.proposal(
                    base: 1,
                    ["member": ["memberId": .string(Sample.id(101)), "changes": ["identityNumber": .string(third)]]])
            ).status == 201)
        #expect(try session.get(proposal).json["isContested"].boolean == true)
        let answer = try session.patch(
            proposal, version: 1, ["decisions": .array([Sample.accept("identityNumber")])])
        #expect(answer.problem == "field-changed", "\(answer.text)")
    }
}
