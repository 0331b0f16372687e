// Texts that lost characters, and files that would rename everybody.

import Testing

@testable import App
@testable import Domain
@testable import Web

@Suite("Damaged texts in files")
struct ImportTextTests {
    private static let header =
        "villageCode,archiveNumber,groupName,attribute,mainCause,name,relation,sex,birthDate,identityNumber\n"

    private static func row(_ number: Int, _ name: String, group: String = "一组", id: Bool = true) -> String {
        "\(Place.villageA1),H\(100 + number),\(group),general,lack-of-funds,\(name),householder,male,1980-05-06,"
            + "\(id ? Sample.identityNumber(number) : "")\n"
    }

    private static func names(_ county: County) throws -> [String] {
        try county.query(
            """
            SELECT name FROM member JOIN household USING (household_number) WHERE left_on IS NULL
            ORDER BY archive_number
            """
        ) { $0.text(0) }
    }

    private static let known = ["陈小示", "李小示", "王小示", "赵小示", "孙小示", "周小示"]

    private static func stored() throws -> (County, Session) {
        let county = try County()
        let session = try county.as(.administrator)
        let rows = known.enumerated().map { row($0.offset, $0.element, id: $0.offset != 5) }
        #expect(try session.importFile(1, "kind=households", header + rows.joined()).counts[0] == 6)
        return (county, session)
    }

    @Test("a name with marks in place of characters leaves the known one, by number or by name and birth date")
    func names() throws {
        let (county, session) = try Self.stored()
        let damaged = ["陈?示", "李\u{FFFD}示", "王□示", "赵\u{E863}示", "孙??", "周?示"]
        let rows = damaged.enumerated().map { Self.row($0.offset, $0.element, group: "?组", id: $0.offset != 5) }
        let job = try session.importFile(2, "kind=households&complete=true", Self.header + rows.joined())
        #expect(job.counts == [0, 0, 6, 0, 0], "\(job.counts)")
        #expect(try Self.names(county) == Self.known)
        let report = try session.report(2)
        #expect(report.filter { $0.hasSuffix("name damaged-text warning") }.count == 6, "\(report)")
        #expect(report.filter { $0.hasSuffix("groupName damaged-text warning") }.count == 6)
        #expect(try county.count("village_group") == 1)
        #expect(try county.faults() == [])
    }

    @Test(
        "somebody new with such a name is taken with a warning while a character can be read, else refused with words")
    func newPeople() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let rows = ["陈?示", "???", "\u{FFFD}\u{FFFD}", "å¼ ä¸‰"].enumerated().map { Self.row($0.offset, $0.element) }
        let job = try session.importFile(1, "kind=households", Self.header + rows.joined())
        #expect(job.counts == [1, 0, 0, 0, 3], "\(job.counts)")
        #expect(try session.refusals(1) == [3, 4, 5].map { "\($0) name unreadable-name refused" })
        #expect(try session.report(1).contains("2 name damaged-text warning"))
        // The whole name takes the place of the damaged one.
        #expect(
            try session.importFile(2, "kind=households", Self.header + Self.row(0, "陈小示")).counts == [0, 1, 0, 0, 0])
        #expect(try Self.names(county) == ["陈小示"])
    }

    @Test("a file that gives most known people other names is stopped before anything is written, unless that is asked")
    func mojibake() throws {
        let (county, session) = try Self.stored()
        let before = try county.digest()
        let shuffled = Self.known.indices.map { Self.row($0, Self.known[($0 + 1) % 6], id: $0 != 5) }
        let misread = Self.known.indices.map { Self.row($0, "å¼ ä¸‰", id: $0 != 5) }
        for (number, rows) in [shuffled, misread].enumerated() {
            for (place, mode) in ["", "&mode=atomic", "&dryRun=true", "&complete=true"].enumerated() {
                let id = 10 + number * 10 + place
                let job = try session.importFile(id, "kind=households" + mode, Self.header + rows.joined())
                #expect(job["state"]?.string == "failed", "\(job.counts)")
                #expect(job.counts == [0, 0, 0, 0, 0], "\(job.counts)")
                #expect(job["failure"]?.string?.contains("renames=true") == true)
            }
        }
        let after = try county.digest()
        for table in ["member", "household", "village_group"] { #expect(after[table] == before[table]) }
        let job = try session.importFile(3, "kind=households&renames=true", Self.header + shuffled.joined())
        #expect(job["state"]?.string == "done", "\(job.counts)")
        #expect((job["changed"]?.integer ?? 0) >= 5, "\(job.counts)")
        #expect(try session.report(3).filter { $0.hasSuffix("name name-changed warning") }.count >= 5)
        #expect(try county.faults() == [])
    }

    @Test(
        "damaged names of organizations, cadres and divisions leave the known ones, and unreadable new ones are refused"
    )
    func otherKinds() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let organizations = "name,kind,level,contactName\n示例局,state-organ,county,张小三\n"
        #expect(try session.importFile(1, "kind=organizations", organizations).counts[0] == 1)
        let cadres = "name,organizationName,positionTitle\n王小五,示例局,副科长\n"
        #expect(try session.importFile(2, "kind=cadres", cadres).counts[0] == 1)
        let damaged = organizations.replacing("示例局", with: "示?局").replacing("小", with: "□")
        #expect(try session.importFile(3, "kind=organizations", damaged).counts == [0, 0, 1, 0, 0])
        #expect(try session.report(3).filter { $0.hasSuffix("damaged-text warning") }.count == 2)
        let half = cadres.replacing("小", with: "?").replacing("科", with: "\u{FFFD}")
        #expect(try session.importFile(4, "kind=cadres", half).counts == [0, 0, 1, 0, 0])
        #expect(try county.query("SELECT name || position_title FROM cadre") { $0.text(0) } == ["王小五副科长"])
        #expect(try county.query("SELECT name || contact_name FROM organization") { $0.text(0) } == ["示例局张小三"])
        let new = try session.importFile(5, "kind=cadres", "name,organizationName\n???,示例局\n")
        #expect(new.counts == [0, 0, 0, 0, 1])
        let division = "code,name,level,parentCode\n\(Place.villageA1),东?,village,\(Place.townA)\n"
        #expect(try session.importFile(6, "kind=divisions", division).counts == [0, 0, 1, 0, 0])
        #expect(try session.report(6).contains("2 name damaged-text warning"))
    }
}
