// Units, cadres and bodies of duties, to be changed by a test into what it is about.

@testable import App
@testable import Domain
@testable import SQL

extension Sample {
    static func duty(_ kind: String, _ division: String, from: String = "2016-03-01") -> JSON {
        ["kind": .string(kind), "areaCode": .string(division), "from": .string(from)]
    }

    static func path(ofDuty number: Int) -> String { "/v1/duties/\(id(number))" }
}

extension County {
    /// A unit at home in a division, of which duties long ago are told.
    func addUnit(_ number: Int, _ name: String, in place: String = Place.county) throws {
        try makeOrganization(number, Sample.organization(name, at: place).with(["effectiveOn": "2014-01-01"]))
    }

    /// A cadre of a unit, who carries no households.
    func addCadre(_ number: Int, _ name: String, unit: Int, leads: Bool = false) throws {
        try makeCadre(
            number,
            Sample.cadre(name, of: unit).with(["isCountyLeader": .boolean(leads), "effectiveOn": "2014-01-01"]))
    }

    /// Unit 501 with cadres 511 to 513, of whom 511 and 512 lead the county; unit 502 of town A with cadre 521.
    func addPeople() throws {
        try addUnit(501, "县委办")
        try addUnit(502, "甲镇政府", in: Place.townA)
        try addCadre(511, "周立新", unit: 501, leads: true)
        try addCadre(512, "孙建华", unit: 501, leads: true)
        try addCadre(513, "钱进", unit: 501)
        try addCadre(521, "吴镇", unit: 502)
    }

    /// Says what a village is from a day on.
    func makePoor(_ village: String, from: String = "2014-01-01", kind: String = "poor") throws {
        let session = try self.as(.administrator)
        let version = try required(session.get("/v1/villages/\(village)").json["version"].integer)
        let answer = try session.patch(
            "/v1/villages/\(village)", version: version, ["from": .string(from), "kind": .string(kind)])
        guard answer.status == 200 else { throw ClientError(action: answer.text, code: CInt(answer.status)) }
    }
}
