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
    /// A unit at home in a division.
    @discardableResult
    func addUnit(_ number: Int, _ name: String, in place: String = Place.county) throws -> String {
        let id = try required(Identifier(Sample.id(number)))
        let code = try required(AreaCode(place))
        try register.perform { transaction in
            _ = try transaction.connection.run(
                """
                INSERT INTO organization (id, version, division_id, area_code, name, kind, level, valid_from,
                    recorded_at, created_at)
                SELECT $1, 1, id, area_code, $3, 'state-organ', 'county', '2014-01-01', 1, 1 FROM division
                WHERE code = $2
                """, id, code, name)
        }
        return Sample.id(number)
    }

    /// A cadre of a unit, seen where the unit is at home.
    @discardableResult
    func addCadre(_ number: Int, _ name: String, unit: Int, leads: Bool = false) throws -> String {
        let id = try required(Identifier(Sample.id(number)))
        let unit = try required(Identifier(Sample.id(unit)))
        try register.perform { transaction in
            try transaction.connection.run(
                """
                INSERT INTO cadre (id, version, organization_id, area_code, name, is_county_leader, valid_from,
                    recorded_at, created_at)
                SELECT $1, 1, id, area_code, $3, $4, '2014-01-01', 1, 1 FROM organization WHERE id = $2
                """, id, unit, name, leads)
            transaction.help.touch(cadre: id)
        }
        return Sample.id(number)
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
