// A body is read whole: every error at once, with its pointer.

import Testing

@testable import Web

private func reader(_ text: String) throws -> ObjectReader {
    ObjectReader(try JSONDocument(Array(text.utf8)).root)
}

private func errors(_ text: String, _ read: (inout ObjectReader) -> Void) throws -> [String] {
    var body = try reader(text)
    read(&body)
    do throws(InvalidBody) {
        try body.finish()
        return []
    } catch {
        return error.errors.map { "\($0.pointer) \($0.code)" }
    }
}

private let badDate = FieldError(FieldCode("no-date", zh: "不是日期", en: "not a date"))
private let ownRule = FieldCode("own-rule", zh: "不符合规则", en: "a rule is broken")

@Suite struct ObjectReaderTests {
    @Test("a right body is read and nothing is reported")
    func good() throws {
        var body = try reader(
            #"{"name":"陈家村","size":4,"poor":true,"note":null,"codes":["a","b"],"born":"1980","#
                + #""members":[{"name":"x"},{"name":"y"}],"place":{"code":7}}"#)
        #expect(body.string("name", characters: 1...60) == "陈家村")
        #expect(body.integer("size", in: 0...100) == 4)
        #expect(body.boolean("poor") == true)
        #expect(body.optionalString("note", characters: 0...2000) == nil)
        #expect(body.optionalInteger("absent", in: 0...1) == nil)
        #expect(body.optionalBoolean("absent") == nil)
        #expect(body.strings("codes", count: 0...2) == ["a", "b"])
        #expect(body.optionalStrings("absent", count: 0...2) == nil)
        #expect(body.value("born", placeholder: 0) { (text: String) throws(FieldError) in Int(text) ?? 0 } == 1980)
        #expect(body.optionalValue("absent") { (text: String) throws(FieldError) in text } == nil)
        let names = body.array("members", count: 1...40) { item in item.string("name", characters: 1...5) }
        #expect(names == ["x", "y"])
        let noItems = body.optionalArray("absent", count: 0...1) { item in item.pointer }
        #expect(noItems == nil)
        let code = body.object("place") { place in place.integer("code", in: 0...9) }
        #expect(code == 7)
        let absent = body.optionalObject("absent") { place in place.pointer }
        #expect(absent == nil)
        try body.finish()
    }

    @Test("all errors come at once, in the order of reading")
    func allAtOnce() throws {
        let text =
            #"{"name":7,"size":101,"half":1.5,"poor":"yes","codes":["a",1,"b\u0000"],"born":"x","#
            + #""members":[{"name":"ok","more":1},[],{}],"extra/~":1,"note":"a\u0007"}"#
        let found = try errors(text) { body in
            #expect(body.string("name", characters: 1...60).isEmpty)
            #expect(body.integer("size", in: 5...100) == 5)
            _ = body.integer("half", in: 0...9)
            _ = body.boolean("poor")
            _ = body.strings("codes", count: 0...5)
            _ = body.value("born", placeholder: 0) { (_: String) throws(FieldError) -> Int in throw badDate }
            _ = body.array("members", count: 1...40) { $0.string("name", characters: 1...60) }
            _ = body.optionalString("note", characters: 0...10)
            _ = body.string("missing", characters: 1...2)
            body.report("name", ownRule)
            body.report("/members/0/name", ownRule)
        }
        #expect(
            found == [
                "/name wrong-type", "/size out-of-range", "/half not-an-integer", "/poor wrong-type",
                "/codes/1 wrong-type", "/codes/2 control-character", "/born no-date", "/members/0/more unknown-field",
                "/members/1 wrong-type", "/members/2/name required", "/note control-character", "/missing required",
                "/name own-rule", "/members/0/name own-rule", "/extra~1~0 unknown-field",
            ])
    }

    @Test("a body that is no object is one error", arguments: ["[]", "1", "\"x\"", "null", "true"])
    func notAnObject(text: String) throws {
        let found = try errors(text) { body in
            _ = body.string("name", characters: 1...60)
            _ = body.array("members", count: 1...2) { $0.pointer }
        }
        #expect(found == [" wrong-type"])
    }

    @Test("lengths are counted in scalars, and lines only where they are allowed")
    func lengths() throws {
        let found = try errors(#"{"a":"村村村","b":"","c":"x\ny\tz","d":"x\ny","e":"x\ry","f":"\u007f"}"#) { body in
            _ = body.string("a", characters: 1...2)
            _ = body.string("b", characters: 1...2)
            #expect(body.string("c", characters: 5...5, .lines) == "x\ny\tz")
            _ = body.string("d", characters: 0...9)
            _ = body.string("e", characters: 0...9, .lines)
            _ = body.string("f", characters: 0...9)
        }
        #expect(
            found == [
                "/a too-long", "/b too-short", "/d control-character", "/e control-character", "/f control-character",
            ])
    }

    @Test("counts of items are checked, and an array that is too long is not read")
    func counts() throws {
        var readItems = 0
        let found = try errors(#"{"a":[],"b":["x","y"],"c":[{},{}],"d":{}}"#) { body in
            _ = body.strings("a", count: 1...2)
            _ = body.strings("b", count: 0...1)
            _ = body.array("c", count: 0...1) { _ in readItems += 1 }
            _ = body.array("d", count: 0...1) { _ in readItems += 1 }
        }
        #expect(found == ["/a too-few", "/b too-many", "/c too-many", "/d wrong-type"])
        #expect(readItems == 0)
    }

    @Test("fields are found in any order, and the second of two equal names is a duplicate only")
    func order() throws {
        let found = try errors(#"{"c":3,"b":2,"a":1,"b":4}"#) { body in
            #expect(body.integer("a", in: 0...9) == 1)
            _ = body.integer("b", in: 0...9)
            #expect(body.integer("c", in: 0...9) == 3)
            #expect(body.integer("\u{61}", in: 0...9) == 1)
        }
        #expect(found == ["/b duplicate-name"])
    }

    @Test("a lone surrogate anywhere refuses the body, also in a field nobody reads")
    func surrogate() throws {
        let read = try errors(#"{"a":"\ud800"}"#) { _ = $0.string("a", characters: 0...9) }
        #expect(read == ["/a lone-surrogate"])
        let unread = try errors(#"{"a":["\ud800"]}"#) { _ = $0.member("a") }
        #expect(unread == ["/a/0 lone-surrogate"])
    }

    @Test("an item of a batch has only its own errors, with its own pointer")
    func batchItem() throws {
        let document = try JSONDocument(Array(#"{"items":[{"a":"\ud800"},{"b":1,"b":2}]}"#.utf8))
        let items = try #require(document.root["items"]).elements.enumerated().map { position, item in
            ObjectReader(item, at: "/items/\(position)").errors.map { "\($0.pointer) \($0.code)" }
        }
        #expect(items == [["/items/0/a lone-surrogate"], ["/items/1/b duplicate-name"]])
    }

    @Test("at most a hundred errors are carried, however large the body")
    func bounded() throws {
        let names = (0..<5000).map { "\"n\($0)\":1" }.joined(separator: ",")
        #expect(try errors("{\(names)}") { _ in }.count == ObjectReader.errorsMax)
        let items = Array(repeating: "{}", count: 5000).joined(separator: ",")
        let found = try errors("{\"a\":[\(items)]}") { body in
            _ = body.array("a", count: 0...9999) { $0.string("x", characters: 0...1) }
        }
        #expect(found.count == ObjectReader.errorsMax)
        let long = try errors("{\"\(String(repeating: "a", count: 100_000))\":1}") { _ in }
        #expect(long[0].utf8.count < 1000)
    }

    @Test("more than 64 members are told apart")
    func manyMembers() throws {
        let names = (0..<100).map { "\"n\($0)\":\($0)" }.joined(separator: ",")
        let found = try errors("{\(names)}") { body in
            #expect(body.integer("n99", in: 0...99) == 99)
            #expect(body.integer("n3", in: 0...99) == 3)
            #expect(body.integer("n64", in: 0...99) == 64)
        }
        #expect(found.count == 97)
        #expect(!found.contains("/n64 unknown-field"))
        #expect(found.contains("/n65 unknown-field"))
    }

    @Test("a merge patch keeps, clears and sets")
    func changes() throws {
        var body = try reader(#"{"a":"x","b":null,"d":5,"e":false,"f":["q"],"g":"2020"}"#)
        #expect(body.changeString("a", characters: 1...9) == .set("x"))
        #expect(body.changeString("b", characters: 1...9) == .clear)
        #expect(body.changeString("c", characters: 1...9) == .keep)
        #expect(body.changeInteger("d", in: 0...9) == .set(5))
        #expect(body.changeBoolean("e") == .set(false))
        #expect(body.changeStrings("f", count: 0...1) == .set(["q"]))
        #expect(body.change("g") { (text: String) throws(FieldError) in Int(text) } == .set(2020))
        try body.finish()
        #expect(Change.set(1).applied(to: 2) == 1)
        #expect(Change<Int>.keep.applied(to: 2) == 2)
        #expect(Change<Int>.clear.applied(to: 2) == nil)
        let found = try errors(#"{"a":null,"b":"x"}"#) { body in
            #expect(body.changeString("a", characters: 1...9, clearable: false) == .clear)
            #expect(body.changeInteger("b", in: 0...9) == .keep)
        }
        #expect(found == ["/a required", "/b wrong-type"])
    }
}
