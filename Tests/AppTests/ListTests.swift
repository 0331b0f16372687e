// Lists: filters, search, pages that meet every row once, and the same list as a file.

import Crypto
import HTTP1
import Testing

@testable import Service
@testable import Web

@Suite("Lists")
struct ListTests {
    /// Forty households over the six villages, with differing facts.
    private func county() throws -> County {
        let county = try County()
        let villages = Place.all.filter { $0.level == .village && $0.code != Place.neighbourVillage }.map(\.code)
        let names = ["王大山", "王小山", "李山", "欧阳大山", "陈示例", "陈王", "Anna Li", "𠮷田"]
        for number in 0..<40 {
            let body = Sample.household(
                "H\(String(1000 + number * 7 % 40).dropFirst())", in: villages[number % 6],
                members: [
                    Sample.member(names[number % 8]),
                    Sample.member("子\(number)", relation: "son", born: "2010-01-01").with([
                        "labourCapacity": "none", "education": .omitted,
                    ]),
                ]
            ).with([
                "attribute": number % 3 == 0 ? "low-income" : "general",
                "mainCause": number % 4 == 0 ? "illness" : "lack-of-funds",
                "state": number % 5 == 0 ? "lifted" : "registered", "labour": number % 2 == 0 ? "present" : "weak",
                "otherCauses": number % 10 == 0 ? ["disaster", "schooling"] : [],
            ])
            try county.make(number, body)
        }
        return county
    }

    @Test("pages of any size meet every household once, in the order of place and archive number")
    func walks() throws {
        let county = try county()
        let session = try county.as(.administrator)
        let whole = try session.get("/v1/households?limit=1000").items
        #expect(whole.count == 40)
        let order = whole.map { ($0["villageCode"]?.string ?? "") + ($0["archiveNumber"]?.string ?? "") }
        #expect(order == order.sorted())
        for limit in [1, 3, 7, 39, 40, 41] {
            let walked = try session.walk("/v1/households?limit=\(limit)").compactMap { $0["id"]?.string }
            #expect(walked == whole.compactMap { $0["id"]?.string }, "limit \(limit)")
        }
        let first = try session.get("/v1/households?state=registered&limit=5&count=true")
        let next = try required(first.json["next"].string)
        #expect(first.json["total"].integer == 32)
        #expect(first["link"] == "</v1/households?state=registered&limit=5&count=true&after=\(next)>; rel=\"next\"")
        #expect(try session.walk("/v1/households?state=registered&limit=5").count == 32)
    }

    @Test("every filter gives the rows that have it, and filters are taken together")
    func filters() throws {
        let county = try county()
        let session = try county.as(.administrator)
        for (query, count) in [
            ("attribute=low-income", 14), ("mainCause=illness", 10), ("state=lifted", 8), ("labour=weak", 20),
            ("areaCode=\(Place.townA)", 21), ("areaCode=\(Place.villageA1)", 7), ("areaCode=\(Place.county)", 40),
            ("attribute=low-income&mainCause=illness", 4), ("state=lifted&labour=weak&areaCode=\(Place.townB)", 3),
            ("identityState=missing", 40), ("identityState=verified", 0), ("", 40),
        ] {
            let answer = try session.get("/v1/households?limit=1000&count=true&\(query)")
            #expect(answer.items.count == count, "\(query): \(answer.items.count)")
            #expect(answer.json["total"].integer == count, "\(query): \(answer.items.count)")
            #expect(try session.walk("/v1/households?limit=4&\(query)").count == count)
        }
    }

    @Test("the fields of an item are these and no others, and what is sealed is masked")
    func itemFields() throws {
        let county = try County()
        try county.make(
            1,
            Sample.household("H1").with([
                "phone": "13800001234", "groupName": "一组", "otherCauses": ["illness", "disaster"],
            ]))
        let item = try county.as(.auditor).get("/v1/households").items[0]
        #expect(
            item.members.map(\.name) == [
                "id", "version", "archiveNumber", "villageCode", "villageName", "townName", "groupName", "state",
                "stateSince", "attribute", "mainCause", "otherCauses", "labour", "needsTwoUnits", "householderName",
                "memberCount", "phone",
            ])
        #expect(item["phone"]?.string == "*******1234")
        #expect(item["otherCauses"].list.compactMap(\.string) == ["illness", "disaster"])
    }

    @Test("names are found by one character, two, a part, a householder's or any member's, and in every script")
    func search() throws {
        let county = try county()
        let session = try county.as(.administrator)
        for (text, count) in [
            ("王", 15), ("大山", 10), ("王大", 5), ("山王", 0), ("例子", 0), ("子1", 11), ("欧阳", 5), ("anna", 5), ("A", 5),
            ("𠮷", 5), ("王 大", 5),
            ("\"", 0), ("*", 0), ("子17\" OR \"王", 0), ("无此人", 0),
        ] {
            let query = text.utf8.map { "%" + (String($0, radix: 16, uppercase: true)) }.joined()
            let answer = try session.get("/v1/households?count=true&limit=1000&q=\(query)")
            #expect(
                answer.status == 200,
                "\(text): \(answer.items.count) \(answer.text.prefix(200))")
            #expect(
                answer.items.count == count,
                "\(text): \(answer.items.count) \(answer.text.prefix(200))")
        }
        #expect(try session.get("/v1/households?q=" + String(repeating: "a", count: 31)).status == 400)
    }

    @Test("the commonest surname is found without sorting all who bear it, by the same spellings as a rare one")
    func commonSurname() throws {
        let county = try County()
        var lines = ["villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate"]
        for number in 0..<2_100 {
            lines.append(
                "\(Place.villageA1),C\(10_000 + number),general,illness,王\(number % 2 == 0 ? "甲" : "乙"),"
                    + "householder,male,1970-01-01"
            )
        }
        let session = try county.as(.administrator)
        let job = try session.importFile(1, "kind=households", lines.joined(separator: "\n"))
        #expect(job.counts == [2_100, 0, 0, 0, 0], "\(job.counts)")
        #expect(try session.walk("/v1/households?limit=500&q=%E7%8E%8B").count == 2_100)
        // 王 with a space after it, and 王甲 with one between: punctuation is not part of a name.
        #expect(try session.get("/v1/households?count=true&limit=1&q=%E7%8E%8B%20").json["total"].integer == 2_100)
        #expect(
            try session.get("/v1/households?count=true&limit=1&q=%E7%8E%8B%20%E7%94%B2").json["total"].integer == 1_050)
        #expect(try county.as(.clerkB).get("/v1/households?count=true&q=%E7%8E%8B").json["total"].integer == 0)
    }

    @Test("a cursor that was changed, cut, or belongs to another filter or list is 400")
    func cursors() throws {
        let county = try county()
        let session = try county.as(.administrator)
        let next = try required(session.get("/v1/households?limit=2&state=registered").json["next"].string)
        #expect(try session.get("/v1/households?limit=9&state=registered&after=\(next)").status == 200)
        var bytes = Array(next.utf8)
        bytes[bytes.count / 2] = bytes[bytes.count / 2] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        for cursor in [String(decoding: bytes, as: UTF8.self), String(next.dropLast()), next + "A", "AAAA", "%00", "x"]
        {
            let answer = try session.get("/v1/households?limit=2&state=registered&after=\(cursor)")
            #expect(answer.status == 400, "\(cursor): \(answer.status)")
        }
        for target in [
            "/v1/households?limit=2", "/v1/households?state=lifted", "/v1/divisions?limit=2", "/v1/imports?limit=2",
        ] {
            let answer = try session.get(target + (target.contains("?") ? "&" : "?") + "after=\(next)")
            #expect(answer.status == 400, "\(target): \(answer.status)")
            #expect(answer.problem == "invalid-cursor", "\(target): \(answer.status)")
        }
    }

    @Test("query parameters that are unknown, repeated or out of range are 400, all at once")
    func brokenQueries() throws {
        let county = try County()
        let session = try county.as(.administrator)
        for (query, errors) in [
            ("limit=0", ["?limit out-of-range"]), ("limit=1001", ["?limit out-of-range"]),
            ("limit=x", ["?limit not-an-integer"]),
            ("limit=99999999999999999999", ["?limit out-of-range"]), ("state=rich", ["?state unknown-code"]),
            ("areaCode=12", ["?areaCode not-an-area-code"]),
            ("count=maybe", ["?count wrong-type"]), ("page=2", ["?page unknown-parameter"]),
            ("identityState=x", ["?identityState unknown-code"]),
            ("q=%ff", ["?q malformed"]), ("q=a&q=b", ["?q duplicate-name"]),
        ] {
            let answer = try session.get("/v1/households?\(query)")
            #expect(answer.status == 400, "\(query): \(answer.status)")
            #expect(answer.problem == "invalid-query", "\(query): \(answer.status)")
            #expect(answer.errors == errors, "\(query): \(answer.text)")
        }
        #expect(try session.get("/v1/households?limit=0&state=rich&page=1").errors.count == 3)
    }

    @Test("the list as CSV is whole, marked where asked, and no cell of it is a formula")
    func csv() throws {
        let county = try county()
        try county.make(90, Sample.household("=1+1", members: [Sample.member("@SUM(A1)")]))
        try county.make(91, Sample.household("-9", members: [Sample.member("带,逗号\"引号")]))
        let session = try county.as(.administrator)
        let answer = try session.get("/v1/households?attribute=general", ["Accept": "text/csv"])
        #expect(answer.status == 200)
        #expect(answer["content-type"]?.hasPrefix("text/csv") == true)
        #expect(answer["content-disposition"] == "attachment; filename=\"households.csv\"")
        let lines = answer.text.split(separator: "\r\n")
        #expect(lines.count == 29)
        #expect(lines[0].hasPrefix("id,version,archiveNumber,villageCode,"))
        #expect(answer.text.contains(",'=1+1,"))
        #expect(answer.text.contains(",'@SUM(A1),"))
        #expect(answer.text.contains(",'-9,"))
        #expect(answer.text.contains("\"带,逗号\"\"引号\""))
        #expect(answer.body.prefix(3) != [0xEF, 0xBB, 0xBF])
        let marked = try session.get("/v1/households?bom=true", ["Accept": "text/csv"])
        #expect(marked.body.prefix(3) == [0xEF, 0xBB, 0xBF])
        #expect(
            try session.get("/v1/households", ["Accept": "text/csv;q=0.5, application/json"])["content-type"]
                == "application/json")
        #expect(try session.get("/v1/households", ["Accept": "image/png"]).status == 406)
    }

    @Test("the list as NDJSON ends with a count and the hash of what stands before it")
    func ndjson() throws {
        let county = try county()
        let answer = try county.as(.administrator).get(
            "/v1/households?areaCode=\(Place.townA)", ["Accept": "application/x-ndjson"])
        let lines = answer.body.split(separator: UInt8(ascii: "\n"))
        let last = try required(lines.last)
        let trailer = try JSONDocument(Array(last)).root
        let content = answer.body.dropLast(last.count + 1)
        #expect(trailer["_end"]?.boolean == true)
        #expect(trailer["count"]?.integer == 21)
        #expect(lines.count == 22)
        #expect(trailer["sha256"]?.string == Hex.text(Array(SHA256.hash(data: Array(content)))))
        let first = try JSONDocument(Array(lines[0])).root
        #expect(first["householderName"]?.string != nil)
        let none = try county.as(.neighbour).get("/v1/households", ["Accept": "application/x-ndjson"])
        #expect(try JSONDocument(Array(none.body.dropLast())).root["count"]?.integer == 0)
    }

    @Test("a long answer is sent as gzip to who accepts it")
    func gzip() throws {
        let county = try county()
        let plain = try county.as(.administrator).get("/v1/households")
        let zipped = try county.as(.administrator).get("/v1/households", ["Accept-Encoding": "gzip"])
        #expect(zipped["content-encoding"] == "gzip")
        #expect(zipped.body.count < plain.body.count / 2)
        #expect(try ContentCoding.inflateGzip(zipped.body, bytesMax: 1 << 20, ratioMax: 100) == plain.body)
    }

    @Test("every list of the service takes limit, after, count and CSV")
    func everyList() throws {
        let county = try county()
        _ = try county.as(.province).put("/v1/partners/\(Sample.id(1))", ["key": "platform", "name": "省平台"])
        let lists = ["/v1/divisions", "/v1/groups", "/v1/partners", "/v1/tokens", "/v1/imports", "/v1/households"]
        for path in lists {
            let session = try county.as(.administrator)
            let answer = try session.get(path + "?limit=2&count=true")
            #expect(answer.status == 200, "\(path) \(answer.text)")
            #expect(answer.items.count <= 2, "\(path) \(answer.text)")
            #expect(try session.walk(path + "?limit=2").count == answer.json["total"].integer, "\(path)")
            #expect(try session.get(path, ["Accept": "text/csv"]).status == 200)
            #expect(try session.get(path + "?x=1").status == 400)
        }
    }

    @Test("every list says how many rows it has")
    func countsOfEveryList() throws {
        let county = try county()
        var counted = 0
        for route in county.application.router.routes where route.parameterNames.isEmpty {
            switch route.endpoint.work {
            case .list, .pages: break
            default: continue
            }
            // Of the trail a county is told nothing without a question, because it is the trail of all counties.
            let session = try county.as(route.pattern == "/v1/audit-events" ? .province : .administrator)
            let page = try session.get(route.pattern + "?count=true&limit=1000")
            #expect(page.status == 200, "\(route.pattern)")
            #expect(page.json["total"].integer == page.items.count, "\(route.pattern)")
            counted += 1
        }
        #expect(counted > 15)
    }
}
