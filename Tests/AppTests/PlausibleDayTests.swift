// Days that can be: no year 16 or 71 on any path, births from 1900, other days from 1949 and not far ahead, and stored
// ones that cannot be stay readable.

import Testing

@testable import Archive
@testable import Domain
@testable import SQL
@testable import Web

@Suite("Plausible days")
struct PlausibleDayTests {
    /// Years of two digits, other orders, dropped parts, and years that a slip of a key makes.
    private static let wrong = [
        "16.3.10", "71-03-04", "3/10/16", "10/3/2016", "1971--3-4", "1971-3", "016-03-10", "0016-03-10", "1071-03-04",
        "2916-03-10", "20160230", "160310", "1948-12-31",
    ]

    private static func file(born: String = "1980-05-06", since: String = "2016-01-01") -> String {
        """
        villageCode,archiveNumber,attribute,mainCause,stateSince,name,relation,sex,birthDate
        \(Place.villageA1),H1,general,illness,\(since),陈示例,householder,male,\(born)

        """
    }

    @Test("cells of files are refused with words that say the form and the bounds", arguments: wrong)
    func cells(_ day: String) throws {
        let county = try County()
        let session = try county.as(.administrator)
        #expect(try session.importFile(1, "kind=households", Self.file(since: day)).counts == [0, 0, 0, 0, 1])
        #expect(try session.report(1).first?.hasPrefix("2 stateSince ") == true)
        let words = try session.get("/v1/imports/\(Sample.id(1))/report", ["Accept-Language": "en"]).items.first
        let message = words?["message"]?.string ?? ""
        #expect(message.contains("four-digit year"), "\(message)")
        #expect(message.contains("1949-01-01"), "\(message)")
        if day != "1948-12-31" {
            #expect(try session.importFile(2, "kind=households", Self.file(born: day)).counts == [0, 0, 0, 0, 1])
            #expect(try session.report(2).first?.hasPrefix("2 birthDate ") == true)
        }
        _ = try session.importFile(3, "kind=organizations", "name,kind,level,to\n局,state-organ,county,\(day)\n")
        #expect(try session.report(3).contains { $0.hasPrefix("2 to ") })
        _ = try session.importFile(4, "kind=villages", "villageCode,from,kind\n\(Place.villageA1),\(day),ordinary\n")
        #expect(try session.report(4).contains { $0.hasPrefix("2 from ") })
        _ = try session.importFile(5, "kind=parameters", "key,value,from\ncadence.visit,4,\(day)\n")
        #expect(try session.report(5).contains { $0.hasPrefix("2 from ") })
        _ = try session.importFile(
            6, "kind=successors", "code,successorCode,effectiveOn\n\(Place.villageA1),\(Place.villageA2),\(day)\n")
        #expect(try session.report(6).contains { $0.hasPrefix("2 effectiveOn ") })
        #expect(try county.count("household") == 0)
        #expect(try county.count("organization") == 0)
    }

    @Test(
        "right days are read in all their forms",
        arguments: ["2016-03-10", "2016/3/10", "20160310", "2016.03.10", "２０１６－３－１０"])
    func right(_ day: String) throws {
        let county = try County()
        let session = try county.as(.administrator)
        #expect(try session.importFile(1, "kind=households", Self.file(since: day)).counts == [1, 0, 0, 0, 0])
        #expect(try county.query("SELECT state_since FROM household") { $0.text(0) } == ["2016-03-10"])
    }

    @Test("bodies refuse them too, and births from 1900 are taken")
    func bodies() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let path = "/v1/households/\(Sample.id(1))"
        let bodies: [(String, JSON)] = [
            ("/stateSince", Sample.household("H1", since: "0016-03-10")),
            ("/stateSince", Sample.household("H1", since: "1948-12-31")),
            ("/members/0/birthDate", Sample.household("H1", members: [Sample.member("甲", born: "1899-12-31")])),
            ("/members/0/birthDate", Sample.household("H1", members: [Sample.member("甲", born: "2916-03-10")])),
        ]
        for (pointer, body) in bodies {
            let answer = try session.put(path, body)
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.json["errors"][0]["pointer"].string == pointer, "\(answer.text)")
            #expect(answer.json["errors"][0]["code"].string == "implausible-day")
        }
        #expect(try county.count("household") == 0)
        try county.make(1, Sample.household("H1", members: [Sample.member("甲", born: "1900-01-01", id: Sample.id(11))]))
        let patches: [(String, JSON)] = [
            (path, ["mainCause": "illness", "effectiveOn": "0016-03-10"]),
            ("\(path)/members/\(Sample.id(11))", ["birthDate": "1071-03-04"]),
        ]
        for (target, body) in patches {
            let answer = try session.patch(target, version: 1, body)
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.text.contains("implausible-day"), "\(answer.text)")
        }
        let proposal = Sample.proposal([
            "member": ["memberId": .string(Sample.id(11)), "changes": ["birthDate": "0071-03-04"]]
        ])
        let proposed = try county.as(.tabletA1).put(Sample.path(ofProposal: 5), proposal)
        #expect(proposed.status == 422, "\(proposed.text)")
        #expect(proposed.text.contains("implausible-day"), "\(proposed.text)")
        let rows: [(String, JSON)] = [
            (
                "/v1/parameters/\(Sample.id(6))",
                ["key": "cadence.visit", "value": 4, "areaCode": .string(Place.county), "from": "0016-01-01"]
            ),
            (
                "/v1/parameters/\(Sample.id(6))",
                [
                    "key": "cadence.visit", "value": 4, "areaCode": .string(Place.county), "from": "2016-01-01",
                    "to": "2916-01-01",
                ]
            ),
        ]
        for (target, body) in rows {
            let answer = try session.put(target, body)
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.text.contains("implausible-day"), "\(answer.text)")
        }
        #expect(try county.faults() == [])
    }

    @Test("a day before 1949 may be asked for, one of year 16 is refused, in questions and as the day of an import")
    func questions() throws {
        let county = try County()
        let path = try county.make(1, Sample.household("H1"))
        let session = try county.as(.administrator)
        #expect([200, 404].contains(try session.get("\(path)?on=1948-01-01").status))
        for target in [
            "\(path)?on=0016-03-10", "/v1/visits?from=0071-01-01", "/v1/statistics/households?on=2916-01-01",
        ] {
            #expect(try session.get(target).status == 400, "\(target)")
        }
        let undated = try session.send(
            "PUT", "/v1/imports/\(Sample.id(1))?kind=households&on=1948-01-01", [:], body: [])
        #expect(undated.status == 400)
    }

    @Test("the bounds are parameters for everywhere")
    func parameters() throws {
        let county = try County()
        let session = try county.as(.administrator)
        #expect(try session.importFile(1, "kind=households", Self.file(since: "1948-12-31")).counts == [0, 0, 0, 0, 1])
        let day = try required(CivilDate("2026-01-01"))
        for (name, value) in [("day.first-year", 1940), ("day.birth.first-year", 1910), ("day.years-ahead", 5)] {
            let key = try required(ParameterKey.all.first { $0.name == name })
            try county.register.perform { transaction in
                let row = ParameterDraft(
                    key: key, value: .number(value), area: nil, first: day, end: nil, documentNumber: nil
                ).row(transaction.newId(), nil, contentHash: nil, transaction)
                try ParameterStore.state(row, replaces: [], area: nil, transaction)
            }
        }
        #expect(try session.importFile(2, "kind=households", Self.file(since: "1948-12-31")).counts == [1, 0, 0, 0, 0])
        #expect(try session.importFile(3, "kind=households", Self.file(born: "1909-12-31")).counts == [0, 0, 0, 0, 1])
        let far: JSON = ["key": "cadence.visit", "value": 4, "areaCode": .string(Place.county), "from": "2032-01-01"]
        #expect(try session.put("/v1/parameters/\(Sample.id(6))", far).status == 422)
    }

    @Test(
        "a stored day that cannot be is read, exported and read back here; elsewhere its household is refused in words")
    func stored() throws {
        let county = try County()
        try county.make(1, Sample.household("H1", members: [Sample.member("甲", id: Sample.id(11))]))
        try county.register.database.writer.perform { connection in
            try connection.run("UPDATE member SET birth_date = '0071-03-04'")
            try connection.run("UPDATE household SET state_since = '0016-03-10'")
        }
        let session = try county.as(.administrator)
        #expect(try session.get("/v1/households/\(Sample.id(1))").text.contains("0071-03-04"))
        let header =
            "householdId,villageCode,archiveNumber,attribute,mainCause,stateSince,memberId,name,relation,sex,"
            + "birthDate\n"
        let row =
            "\(Sample.id(1)),\(Place.villageA1),H1,general,lack-of-technology,0016-03-10,\(Sample.id(11)),甲,"
            + "householder,male,0071-03-04\n"
        let again = try session.importFile(1, "kind=households", header + row)
        let report = try session.report(1)
        #expect(again.counts == [0, 0, 1, 0, 0], "\(report)")
        let other = try session.importFile(
            2, "kind=households", header + row.replacing("0071-03-04", with: "0072-03-04"))
        #expect(other.counts == [0, 0, 0, 0, 1])
        let elsewhere = try County()
        let moved = try elsewhere.as(.administrator).importFile(1, "kind=households", header + row)
        #expect(moved.counts == [0, 0, 0, 0, 1])
        #expect(try elsewhere.as(.administrator).report(1).contains { $0.contains("implausible-day") })
        #expect(throws: SQLError.trigger("implausible-day")) {
            try county.register.database.writer.perform { connection in
                try connection.run(
                    "INSERT INTO member SELECT household_number, randomblob(16), position, name, 'son', sex, "
                        + "'1899-12-31', "
                        + "identity_sealed, identity_hash, identity_mask, identity_state, identity_problem, ethnicity, "
                        + "education, school_state, school_blocked, health, labour_capacity, work_place, work_months, "
                        + "joined_on, join_reason, left_on, left_reason, valid_from, recorded_at, content_hash, "
                        + "split_from_id "
                        + "FROM member"
                )
            }
        }
    }

    @Test("a number with an impossible birth is kept as unverified, and nobody is lost with it")
    func numbers() throws {
        let county = try County()
        let session = try county.as(.administrator)
        for (ordinal, born) in ["1871-03-04", "2071-03-04"].enumerated() {
            let number = Sample.identityNumber(born: born, ordinal + 1)
            let file =
                "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,identityNumber\n"
                + "\(Place.villageA1),H\(ordinal),general,illness,陈示例,householder,male,\(number)\n"
            #expect(try session.importFile(ordinal + 1, "kind=households", file).counts == [1, 0, 0, 0, 0])
        }
        #expect(
            try county.query(
                "SELECT identity_state || ' ' || identity_problem || ' ' || coalesce(birth_date, '-') FROM member "
                    + "ORDER BY 1"
            ) { $0.text(0) } == ["unverified future-birth-date -", "unverified impossible-birth-date -"])
        #expect(try county.faults() == [])
    }
}
