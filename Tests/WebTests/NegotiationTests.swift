// What a client accepts and sends, and the names that it gives to a request.

import Foundation
import Testing

@testable import Web

@Suite struct NegotiationTests {
    @Test(
        "Accept on a list that is offered as JSON, CSV and NDJSON",
        arguments: [
            (nil, .json), ("", .json), ("*/*", .json), ("text/csv", .csv), ("TEXT/CSV", .csv), ("text/*", .csv),
            ("application/x-ndjson", .ndjson), ("application/*", .json), ("text/csv, application/json", .json),
            ("text/csv, application/json;q=0.9", .csv), ("application/json;q=0, */*", .csv),
            ("*/*;q=0.1, text/csv;q=0.2", .csv),
            ("text/html, application/xhtml+xml, */*;q=0.8", .json), ("text/csv;q=0.5, text/*;q=0.9, */*;q=0.1", .csv),
            ("text/html", nil),
            ("application/json;q=0", nil), ("*/*;q=0", nil), ("garbage", .json), ("text/csv;q=x", .json),
            ("*/csv", .json),
            ("text/csv;header=present", .csv), ("text/csv ;q=0.3 , application/x-ndjson ; q=0.4", .ndjson),
        ] as [(String?, MediaType?)])
    func accept(field: String?, expected: MediaType?) {
        #expect(MediaType.negotiated(field, [.json, .csv, .ndjson]) == expected)
    }

    @Test(
        "Content-Type of a body",
        arguments: [
            ("application/json", .json, true), ("Application/JSON", .json, true),
            ("application/json; charset=utf-8", .json, true),
            ("application/json;charset=\"UTF-8\"", .json, true), ("application/json ; CharSet=UTF-8", .json, true),
            ("application/json;", .json, true), ("application/json; v=1", .json, true),
            ("application/json; charset=gbk", .json, false),
            ("application/json; charset=utf-8; charset=utf-8", .json, false),
            ("application/json, application/json", .json, false),
            ("text/json", .json, false), ("application/merge-patch+json", .json, false),
            ("application/merge-patch+json", .mergePatch, true),
            ("text/csv; charset=GB18030; header=present", .csv, true), ("text/csv; charset=latin1", .csv, false),
            ("application/x-ndjson", .ndjson, true), ("json", .json, false), ("", .json, false),
            ("application/", .json, false),
            ("application/json; charset", .json, false), ("application/json; =x", .json, false),
            ("application/json x", .json, false),
        ] as [(String, MediaType, Bool)])
    func contentType(field: String, type: MediaType, expected: Bool) {
        #expect((ContentType(field)?.isAccepted(as: type) ?? false) == expected)
    }

    @Test(
        "Idempotency-Key, quoted or bare",
        arguments: [
            ("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ("8e03978e-40d5", "8e03978e-40d5"),
            (" \"a b\" ", "a b"), ("\"a\\\"b\\\\\"", "a\"b\\"), ("key:1/2=", "key:1/2="), ("", nil), ("\"\"", nil),
            ("\"a", nil),
            ("a b", nil), ("a,b", nil), ("\"a\";p=1", nil), ("\"a\\b\"", nil), ("村", nil), ("\"村\"", nil),
            ("\"a\"b", nil),
            (String(repeating: "k", count: 255), String(repeating: "k", count: 255)),
            (String(repeating: "k", count: 256), nil),
        ] as [(String, String?)])
    func idempotencyKey(field: String, expected: String?) {
        #expect(IdempotencyKey(field)?.text == expected)
    }

    @Test(
        "X-Request-ID is taken over only if it is harmless",
        arguments: [
            (nil, false), ("", false), ("a", true), ("A.b_c-9", true), (String(repeating: "a", count: 128), true),
            (String(repeating: "a", count: 129), false), ("a b", false), ("a\"", false), ("村", false), ("a/b", false),
            ("a@", false), ("[", false),
        ] as [(String?, Bool)])
    func requestID(field: String?, isAccepted: Bool) {
        #expect(RequestID.accepted(field) == (isAccepted ? field : nil))
    }

    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "b7ad6b7169203331"

    @Test(
        "traceparent",
        arguments: [
            (["00-\(trace)-\(parent)-01"], true), (["01-\(trace)-\(parent)-00-more"], true),
            (["cc-\(trace)-\(parent)-09"], true), ([], false),
            (["00-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-01"], false),
            (["00-\(trace)-\(parent)-01-more"], false),
            (["01-\(trace)-\(parent)-00.more"], false), (["ff-\(trace)-\(parent)-01"], false),
            (["00-\(trace.uppercased())-\(parent)-01"], false),
            (["00-\(String(repeating: "0", count: 32))-\(parent)-01"], false),
            (["00-\(trace)-0000000000000000-01"], false),
            (["00-\(trace)-\(parent)-1"], false), (["00-\(trace)-\(parent)-0x"], false),
            (["00_\(trace)-\(parent)-01"], false), ([""], false),
            (["+0-\(trace)-\(parent)-01"], false),
        ] as [([String], Bool)])
    func traceParent(fields: [String], isValid: Bool) {
        #expect(TraceParent(fields)?.traceID == (isValid ? Self.trace : nil))
    }

    @Test("the vectors of W3C Trace Context")
    func traceVectors() throws {
        guard let folder = ProcessInfo.processInfo.environment["JIEDUI_HTTP_CASES"] else { return }
        let lines = try String(contentsOfFile: folder + "/traceparent.jsonl", encoding: .utf8)
        var count = 0
        for line in lines.split(separator: "\n") {
            let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let headers = try #require(row["headers"] as? [[String]])
            let fields = headers.filter { $0[0].lowercased() == "traceparent" }.map {
                $0[1].trimmingCharacters(in: .whitespaces)
            }
            #expect((TraceParent(fields) != nil) == (row["keeps_trace_id"] as? Bool), "\(line)")
            count += 1
        }
        #expect(count == 40)
    }
}
