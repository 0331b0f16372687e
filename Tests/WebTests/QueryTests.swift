// Query strings: decoding, types, and everything that is refused.

import Testing

@testable import Web

private func errors(_ text: String, _ read: (inout Query) -> Void) -> [String] {
    var query = Query(Array(text.utf8)[...])
    read(&query)
    do throws(InvalidQuery) {
        try query.finish()
        return []
    } catch {
        return error.errors.map { "\($0.pointer) \($0.code)" }
    }
}

@Suite struct QueryTests {
    @Test("parameters are decoded and typed")
    func good() {
        let found = errors("q=%E9%99%88+x%2B&limit=100&count=true&flag=false&day=2024&empty=&bare&&n=-5") { query in
            #expect(query.string("q", characters: 1...20) == "陈 x+")
            #expect(query.integer("limit", in: 1...1000) == 100)
            #expect(query.integer("n", in: -9...9) == -5)
            #expect(query.boolean("count") == true)
            #expect(query.boolean("flag") == false)
            #expect(query.value("day") { (text: String) throws(FieldError) in Int(text) } == 2024)
            #expect(query.string("empty", characters: 1...9) == nil)
            #expect(query.string("bare", characters: 1...9) == nil)
            #expect(query.string("absent", characters: 1...9) == nil)
            #expect(query.integer("absent", in: 1...9) == nil)
            #expect(query.boolean("absent") == nil)
        }
        #expect(found.isEmpty)
        var absent = Query(nil)
        #expect(throws: Never.self) { try absent.finish() }
    }

    @Test("everything wrong is reported at once")
    func bad() {
        let long = String(repeating: "9", count: 40)
        let found = errors("a=1&a=2&b=%zz&c=%ff&d=x&e=\(long)&f=+1&g=yes&h=%00&i=toolong&j=1&k=x") { query in
            #expect(query.integer("a", in: 0...9) == 1)
            _ = query.integer("d", in: 0...9)
            _ = query.integer("e", in: 0...9)
            _ = query.integer("f", in: 0...9)
            _ = query.boolean("g")
            _ = query.string("h", characters: 0...9)
            _ = query.string("i", characters: 0...3)
            _ = query.value("k") { (_: String) throws(FieldError) -> Int in throw FieldError(.required) }
            query.report("m", .required)
        }
        #expect(
            found == [
                "?a duplicate-name", "?b malformed", "?c malformed", "?d not-an-integer", "?e out-of-range",
                "?f not-an-integer", "?g wrong-type", "?h control-character", "?i too-long", "?k required",
                "?m required",
                "?j unknown-parameter",
            ])
    }

    @Test("a query of thousands of parameters is one error more than the limit")
    func many() {
        let text = (0..<5000).map { "p\($0)=1" }.joined(separator: "&")
        let found = errors(text) { _ in }
        #expect(found.first == "? too-many")
        #expect(found.count == Query.parametersMax + 1)
    }
}
