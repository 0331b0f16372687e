// CSV as RFC 4180 and as Python's csv module read it, whole and split at every byte.

import Testing

@testable import Web

/// Rows as `line: a|b|c`, errors as `code line:column`; chunks of `size` bytes.
private func rows(_ bytes: [UInt8], chunk size: Int) -> [String] {
    var reader = CSVReader()
    var found: [String] = []
    var offset = 0
    while true {
        do throws(CSVError) {
            switch try reader.next() {
            case .row:
                found.append(
                    "\(reader.line): " + (0..<reader.fieldCount).map { reader.text($0) }.joined(separator: "|"))
            case .end: return found
            case .needsBytes where offset == bytes.count: reader.finish()
            case .needsBytes:
                let end = min(offset + size, bytes.count)
                reader.feed(Array(bytes[offset..<end]))
                offset = end
            }
        } catch {
            found.append("\(error.code.rawValue) \(error.line):\(error.column)")
        }
    }
}

@Suite struct CSVTests {
    @Test(
        "files and their rows",
        arguments: [
            ("", []), ("\n\r\n\n", []), ("a,b\r\nc,d\r\n", ["1: a|b", "2: c|d"]), ("a,b\nc,d", ["1: a|b", "2: c|d"]),
            ("a", ["1: a"]), ("a,", ["1: a|"]), (",", ["1: |"]), (",\n,,", ["1: |", "2: ||"]), ("\"\"", ["1: "]),
            ("\"\"\n", ["1: "]),
            ("\"a,b\",c", ["1: a,b|c"]), ("\"a\"\"b\"", ["1: a\"b"]), ("\"\"\"\"", ["1: \""]),
            ("\"\"\"a\"\"\",\"\"", ["1: \"a\"|"]),
            ("\"a\nb\r\nc\",d\ne", ["1: a\nb\r\nc|d", "4: e"]), ("a\n\n\nb", ["1: a", "4: b"]),
            (" a , b ", ["1:  a | b "]),
            ("村,\"陈,家\"\n", ["1: 村|陈,家"]), ("a\r", ["1: a"]), ("a,\"b\"\r\n", ["1: a|b"]), ("'=1", ["1: '=1"]),
            ("a\"b,c\nd,e\n", ["stray-quote 1:1", "2: d|e"]), ("x,\"a\"b,c\nd\n", ["stray-quote 1:2", "2: d"]),
            ("x,\"a\" ,c\nd", ["stray-quote 1:2", "2: d"]), ("x\na, \"b\"\nc", ["1: x", "stray-quote 2:2", "3: c"]),
            ("a\rb\nc", ["bare-carriage-return 1:1", "2: c"]), ("a,\"b\nc", ["unterminated-quote 1:2"]),
            ("a\n\"b\nc\",\"d\n\n", ["1: a", "unterminated-quote 3:2"]), ("\"", ["unterminated-quote 1:1"]),
            ("a\"", ["stray-quote 1:1"]), ("\"a\nb\",x\"y\nz", ["stray-quote 2:2", "3: z"]),
        ] as [(String, [String])])
    func files(text: String, expected: [String]) {
        let bytes = Array(text.utf8)
        for size in 1...max(1, bytes.count) { #expect(rows(bytes, chunk: size) == expected, "chunks of \(size)") }
    }

    @Test("fields, rows and columns have limits, and past one nothing is read")
    func limits() {
        let field = [UInt8](repeating: 0x61, count: CSVReader.fieldBytesMax)
        let quote: [UInt8] = [0x22]
        #expect(rows(field, chunk: 1000).count == 1)
        #expect(rows(field + [0x61, 0x0A, 0x62], chunk: 1000) == ["field-too-long 1:1"])
        #expect(rows(quote + field + field, chunk: 65536) == ["field-too-long 1:1"])
        let row = Array(repeatElement(field + [0x2C], count: 16).joined())
        #expect(rows(row, chunk: 1 << 20).count == 1)
        #expect(rows(row + [0x61], chunk: 1 << 20) == ["row-too-long 1:17"])
        let commas = [UInt8](repeating: 0x2C, count: CSVReader.fieldCountMax - 1)
        #expect(rows(commas, chunk: 100).count == 1)
        #expect(rows(commas + [0x2C, 0x0A, 0x61], chunk: 100) == ["too-many-fields 1:1025"])
    }

    @Test("every error has words and a stable code")
    func words() {
        let codes: [CSVError.Code] = CSVError.Code.allCases
        for code in codes {
            let error = CSVError(code: code, line: 1, column: 1)
            #expect(!error.message.zh.isEmpty)
            #expect(!error.message.en.isEmpty)
        }
    }

    @Test(
        "cells that a spreadsheet would run are guarded, and reading undoes it",
        arguments: [
            ("=1+1", "'=1+1"), ("+8613", "'+8613"), ("-5", "'-5"), ("@x", "'@x"), ("\tx", "'\tx"), ("\rx", "\"'\rx\""),
            ("'=1", "''=1"), ("''+", "'''+"), ("'", "'"), ("'450923", "'450923"), ("a=1", "a=1"), ("", ""),
            ("=\"a\"", "\"'=\"\"a\"\"\""),
            ("a,b", "\"a,b\""), ("a\nb", "\"a\nb\""), ("a\"b", "\"a\"\"b\""),
            ("＝1+1", "'＝1+1"), ("＋8613", "'＋8613"), ("－5", "'－5"), ("＠x", "'＠x"), ("'＝1", "''＝1"),
            (" =1", "' =1"), ("\u{3000}=1", "'\u{3000}=1"), ("\u{A0}\u{2003}＝1", "'\u{A0}\u{2003}＝1"),
            ("\u{FEFF}+1", "'\u{FEFF}+1"), ("\u{200B}@x", "'\u{200B}@x"), (" ' =1", "' ' =1"), ("\nx", "\"'\nx\""),
            ("\u{1}=1", "'\u{1}=1"), (" 村", " 村"), ("\u{3000}村=1", "\u{3000}村=1"), (" ", " "), ("' ", "' "),
            ("（村）", "（村）"), ("１＋１", "１＋１"), ("é=1", "é=1"), ("😀=1", "😀=1"), ("。=1", "。=1"),
        ])
    func guarded(text: String, expected: String) {
        var writer = CSVWriter()
        writer.text(text)
        writer.text("")
        writer.endRow()
        #expect(String(decoding: writer.take(), as: UTF8.self) == expected + ",\r\n")
        var cell = CSVWriter()
        cell.text(text)
        cell.integer(-5)
        cell.empty()
        cell.endRow()
        let read = rows(cell.take(), chunk: 64)
        #expect(read.count == 1)
        let first = String(read[0].dropFirst(3).dropLast(4))
        #expect(CSVGuard.removed(first) == text)
    }

    @Test("what is written is read back", arguments: 0..<100)
    func roundTrip(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let pieces = ["村", "a", ",", "\"", "\n", "\r\n", "=", "'", "-", " ", "text", "\t", "＝", "－", "\u{3000}"]
        let table = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
            (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                (0..<Int.random(in: 0...5, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? ""
                }.joined()
            }
        }
        var writer = CSVWriter(byteOrderMark: false)
        for row in table {
            row.forEach { writer.text($0) }
            writer.endRow()
        }
        let bytes = writer.take()
        var reader = CSVReader()
        var read: [[String]] = []
        var rest = bytes[...]
        while let step = try? reader.next() {
            if case .end = step { break }
            if case .row = step { read.append((0..<reader.fieldCount).map { CSVGuard.removed(reader.text($0)) }) }
            if case .needsBytes = step {
                let part = rest.prefix(Int.random(in: 1...40, using: &generator))
                if part.isEmpty { reader.finish() } else { reader.feed(Array(part)) }
                rest = rest.dropFirst(part.count)
            }
        }
        #expect(read == table)
    }

    @Test("a byte order mark is written only when asked for")
    func byteOrderMark() {
        var writer = CSVWriter(byteOrderMark: true)
        writer.text("")
        writer.endRow()
        #expect(writer.take() == [0xEF, 0xBB, 0xBF] + Array("\"\"\r\n".utf8))
        writer.text("")
        writer.endRow()
        #expect(writer.take() == Array("\"\"\r\n".utf8))
    }
}
