// The table of DecodingTests: RFC 9112 sections 2 to 7, the strict side of everything that is left open.

private let host = "Host: a\r\n"

private func get(_ target: String, _ fields: String = host, version: String = "HTTP/1.1") -> String {
    "GET \(target) \(version)\r\n\(fields)\r\n"
}

private func chunked(_ body: String) -> String {
    "POST /c HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n\(body)"
}

let decodingCases: [DecodingCase] = requestLineCases + targetCases + fieldCases + framingCases + chunkCases

private let requestLineCases: [DecodingCase] = [
    DecodingCase("a plain GET", get("/"), "GET /|"),
    DecodingCase("every known method", "DELETE /x HTTP/1.1\r\n\(host)\r\n", "DELETE /x|"),
    DecodingCase("an unknown method is read to its end", "FOO /x HTTP/1.1\r\n\(host)\r\n", "unknown|"),
    DecodingCase("methods are case-sensitive", "get / HTTP/1.1\r\n\(host)\r\n", "unknown|"),
    DecodingCase("a method with a bad byte", "GE(T / HTTP/1.1\r\n\(host)\r\n", "400"),
    DecodingCase("CONNECT opens no tunnel", "CONNECT h:443 HTTP/1.1\r\n\(host)\r\n", "501"),
    DecodingCase("two spaces", "GET  / HTTP/1.1\r\n\(host)\r\n", "400"),
    DecodingCase("a tab for a space", "GET\t/ HTTP/1.1\r\n\(host)\r\n", "400"),
    DecodingCase("a space at the end", "GET / HTTP/1.1 \r\n\(host)\r\n", "400"),
    DecodingCase("a space at the start", " GET / HTTP/1.1\r\n\(host)\r\n", "400"),
    DecodingCase("no version", "GET /\r\n\r\n", "400"),
    DecodingCase("no target", "GET HTTP/1.1\r\n\(host)\r\n", "400"),
    DecodingCase("only a method", "GET\r\n\r\n", "400"),
    DecodingCase("HTTP/1.0", get("/", version: "HTTP/1.0"), "GET / close|"),
    DecodingCase("HTTP/1.0 without Host", get("/", "", version: "HTTP/1.0"), "GET / close|"),
    DecodingCase("HTTP/1.0 keep-alive", get("/", "Connection: keep-alive\r\n", version: "HTTP/1.0"), "GET /|"),
    DecodingCase("HTTP/1.2 is treated as 1.1", get("/", version: "HTTP/1.2"), "GET /|"),
    DecodingCase("HTTP/2.0", get("/", version: "HTTP/2.0"), "505"),
    DecodingCase("HTTP/0.9", get("/", version: "HTTP/0.9"), "505"),
    DecodingCase("HTTP/1", get("/", version: "HTTP/1"), "400"),
    DecodingCase("HTTP/1.10", get("/", version: "HTTP/1.10"), "400"),
    DecodingCase("http/1.1", get("/", version: "http/1.1"), "400"),
    DecodingCase("HTTP/01.1", get("/", version: "HTTP/01.1"), "400"),
    DecodingCase("the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"),
    DecodingCase("one empty line first", "\r\n" + get("/"), "GET /|"),
    DecodingCase("a bare LF after the request line", "GET / HTTP/1.1\n\(host)\r\n", "400"),
    DecodingCase("a bare LF first", "\n" + get("/"), "400"),
    DecodingCase("a CR inside the line", "GET /\r HTTP/1.1\r\n\(host)\r\n", "400"),
]

private let targetCases: [DecodingCase] = [
    DecodingCase("a query", get("/p?a=b&c"), "GET /p?a=b&c|"),
    DecodingCase("an empty query", get("/p?"), "GET /p?|"),
    DecodingCase("escapes", get("/%E5%8D%9A?q=%20"), "GET /%E5%8D%9A?q=%20|"),
    DecodingCase("a malformed escape", get("/%zz"), "400"),
    DecodingCase("an escape cut off", get("/%2"), "400"),
    DecodingCase("an escaped NUL", get("/a%00b"), "400"),
    DecodingCase("a fragment", get("/#f"), "400"),
    DecodingCase("a backslash", get("/..\\x"), "400"),
    DecodingCase("a relative path", get("../etc/passwd"), "400"),
    DecodingCase("absolute-form", get("http://h/p?q"), "GET /p?q|"),
    DecodingCase("absolute-form without a path", get("HTTP://h:80"), "GET /|"),
    DecodingCase("absolute-form with only a query", get("http://h?q"), "GET /?q|"),
    DecodingCase("absolute-form without a host", get("http:///p"), "400"),
    DecodingCase("absolute-form with only a port", get("http://:80"), "400"),
    DecodingCase("user information", get("http://u@h/"), "400"),
    DecodingCase("https on a plain port", get("https://h/p"), "421"),
    DecodingCase("another scheme", get("ftp://h/p"), "400"),
    DecodingCase("OPTIONS *", "OPTIONS * HTTP/1.1\r\n\(host)\r\n", "OPTIONS *|"),
    DecodingCase("GET *", get("*"), "400"),
    DecodingCase("OPTIONS **", "OPTIONS ** HTTP/1.1\r\n\(host)\r\n", "400"),
]

private let fieldCases: [DecodingCase] = [
    DecodingCase("no Host", get("/", ""), "400"),
    DecodingCase("two Hosts", get("/", host + host), "400"),
    DecodingCase("two Hosts beside an absolute target", get("http://h/", host + host), "400"),
    DecodingCase("an empty Host", get("/", "Host:\r\n"), "400"),
    DecodingCase("a Host with user information", get("/", "Host: u@h\r\n"), "400"),
    DecodingCase("a Host with a path", get("/", "Host: h/p\r\n"), "400"),
    DecodingCase("a Host with a port that is no number", get("/", "Host: h:1x\r\n"), "400"),
    DecodingCase("a Host with too high a port", get("/", "Host: h:65536\r\n"), "400"),
    DecodingCase("a Host with an empty port", get("/", "Host: h:\r\n"), "GET /|"),
    DecodingCase("a Host that ends in a dot", get("/", "Host: h.\r\n"), "GET /|"),
    DecodingCase("a Host with an empty label", get("/", "Host: a..b\r\n"), "400"),
    DecodingCase("an IPv6 Host", get("/", "Host: [::1]:80\r\n"), "GET /|"),
    DecodingCase("an IPvFuture Host", get("/", "Host: [v1.x]\r\n"), "GET /|"),
    DecodingCase("an IPv6 Host cut off", get("/", "Host: [::1\r\n"), "400"),
    DecodingCase("an IPv6 Host that is none", get("/", "Host: [:::]\r\n"), "400"),
    DecodingCase("white space before the colon", get("/", host + "Foo : x\r\n"), "400"),
    DecodingCase("no name", get("/", host + ": x\r\n"), "400"),
    DecodingCase("no colon", get("/", host + "Foo\r\n"), "400"),
    DecodingCase("a folded line", get("/", host + "Foo: x\r\n y\r\n"), "400"),
    DecodingCase("white space before the first field", get("/", " " + host), "400"),
    DecodingCase("an empty value", get("/", host + "Foo:\r\n"), "GET /|"),
    DecodingCase("white space around a value", get("/", host + "Connection: \t close \r\n"), "GET / close|"),
    DecodingCase("close among options", get("/", host + "Connection: foo, Close\r\n"), "GET / close|"),
    DecodingCase("close in a second line", get("/", host + "Connection: x\r\nConnection: close\r\n"), "GET / close|"),
    DecodingCase("Content-Type twice", get("/", host + "Content-Type: a/b\r\ncontent-type: a/b\r\n"), "400"),
    DecodingCase("Authorization twice", get("/", host + "Authorization: x\r\nAuthorization: x\r\n"), "400"),
    DecodingCase("a list field twice", get("/", host + "Accept: a\r\nAccept: b\r\n"), "GET /|"),
    DecodingCase("Expect", get("/", host + "Expect: 100-Continue\r\n"), "GET / expect|"),
]

private func post(_ fields: String, _ body: String = "", version: String = "HTTP/1.1") -> String {
    "POST /c \(version)\r\n\(host)\(fields)\r\n\(body)"
}

private let framingCases: [DecodingCase] = [
    DecodingCase("a body with a length", post("Content-Length: 5\r\n", "hello"), "POST /c|hello"),
    DecodingCase("an empty body", post("Content-Length: 0\r\n"), "POST /c|"),
    DecodingCase("no length is no body", post(""), "POST /c|"),
    DecodingCase("leading zeros in a length", post("Content-Length: 0005\r\n", "hello"), "POST /c|hello"),
    DecodingCase("a length with a sign", post("Content-Length: +5\r\n", "hello"), "400"),
    DecodingCase("a negative length", post("Content-Length: -1\r\n"), "400"),
    DecodingCase("a hex length", post("Content-Length: 0x5\r\n", "hello"), "400"),
    DecodingCase("an empty length", post("Content-Length:\r\n"), "400"),
    DecodingCase("a list of equal lengths", post("Content-Length: 5, 5\r\n", "hello"), "400"),
    DecodingCase("two equal lengths", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), "400"),
    DecodingCase("a length beyond 64 bits", post("Content-Length: 18446744073709551621\r\n"), "413"),
    DecodingCase("length and chunked", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), "400"),
    DecodingCase("chunked and length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), "400"),
    DecodingCase("an unknown transfer coding", post("Transfer-Encoding: gzip\r\n"), "501"),
    DecodingCase("a transfer coding before chunked", post("Transfer-Encoding: gzip, chunked\r\n"), "501"),
    DecodingCase("chunked that is not last", post("Transfer-Encoding: chunked, gzip\r\n"), "400"),
    DecodingCase("chunked between others", post("Transfer-Encoding: gzip, chunked, br\r\n"), "400"),
    DecodingCase("chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "400"),
    DecodingCase("chunked in quotes", post("Transfer-Encoding: \"chunked\"\r\n"), "400"),
    DecodingCase("chunked with a parameter", post("Transfer-Encoding: chunked;a=b\r\n"), "501"),
    DecodingCase("chunked with an empty member", post("Transfer-Encoding: chunked,\r\n"), "400"),
    DecodingCase("an empty transfer coding", post("Transfer-Encoding:\r\n"), "400"),
    DecodingCase(
        "chunked in HTTP/1.0", post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n", version: "HTTP/1.0"), "400"),
    DecodingCase("CHUNKED", post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n"), "POST /c|"),
]

private let chunkCases: [DecodingCase] = [
    DecodingCase("two chunks", chunked("5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"), "POST /c|hello!"),
    DecodingCase(
        "hex in both cases and leading zeros", chunked("00a\r\n0123456789\r\nB\r\n01234567890\r\n0\r\n\r\n"),
        "POST /c|012345678901234567890"),
    DecodingCase("extensions", chunked("1;a;b=c ; d = \"x;\\\"y\"\r\nx\r\n0;e\r\n\r\n"), "POST /c|x"),
    DecodingCase("an extension without a name", chunked("1;\r\nx\r\n0\r\n\r\n"), "400"),
    DecodingCase("a bad extension", chunked("1;bad[=\r\nx\r\n0\r\n\r\n"), "400"),
    DecodingCase("a bare LF in an extension", chunked("1;a\nx\r\n0\r\n\r\n"), "400"),
    DecodingCase("no size", chunked("\r\nx\r\n"), "400"),
    DecodingCase("a size with 0x", chunked("0x1\r\nx\r\n0\r\n\r\n"), "400"),
    DecodingCase("a negative size", chunked("-1\r\nx\r\n"), "400"),
    DecodingCase("a space before the size", chunked(" 1\r\nx\r\n0\r\n\r\n"), "400"),
    DecodingCase("a space after the size", chunked("1 \r\nx\r\n0\r\n\r\n"), "400"),
    DecodingCase("a size beyond 64 bits", chunked("11111111111111111\r\nx"), "413"),
    DecodingCase("a size beyond the limit", chunked("FFFFFF\r\nx"), "413"),
    DecodingCase(
        "chunks that are too much together", chunked("3e8\r\n" + String(repeating: "x", count: 1_000) + "\r\n1\r\n"),
        "413"),
    DecodingCase("data longer than its size", chunked("1\r\nxy\r\n0\r\n\r\n"), "400"),
    DecodingCase("a bare LF after data", chunked("1\r\nx\n0\r\n\r\n"), "400"),
    DecodingCase("a bare LF after the size", chunked("1\nx\r\n0\r\n\r\n"), "400"),
    DecodingCase("trailers are thrown away", chunked("0\r\nX: 1\r\nContent-Length: 9\r\nHost: z\r\n\r\n"), "POST /c|"),
    DecodingCase("a folded trailer", chunked("0\r\nX: 1\r\n y\r\n\r\n"), "400"),
    DecodingCase("a trailer without a colon", chunked("0\r\nX\r\n\r\n"), "400"),
    DecodingCase("a trailer that ends in LF", chunked("0\r\nX: 1\n\r\n"), "400"),
    DecodingCase("an unfinished body", chunked("5\r\nhel")),
]
