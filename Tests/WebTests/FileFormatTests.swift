// Files that are no CSV, known by their first octets.

import Testing

@testable import Web

@Suite("Formats of files")
struct FileFormatTests {
    private static func utf16(_ text: String, littleEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { unit in
            let bytes = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
            return littleEndian ? bytes : bytes.reversed()
        }
    }

    @Test("what is no table is named")
    func known() {
        let table = "户编号,姓名,证件号码\r\nH1,陈示例,990923198005061234\r\n"
        let cases: [([UInt8], FileFormat)] = [
            ([0xFF, 0xFE] + Self.utf16(table, littleEndian: true), .utf16),
            ([0xFE, 0xFF] + Self.utf16(table, littleEndian: false), .utf16),
            (Self.utf16(table, littleEndian: true), .utf16), (Self.utf16(table, littleEndian: false), .utf16),
            ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], .utf32),
            ([0x50, 0x4B, 3, 4] + Array("....[Content_Types].xml....xl/workbook.xml".utf8), .xlsx),
            ([0x50, 0x4B, 3, 4] + Array("[Content_Types].xml word/document.xml".utf8), .document),
            ([0x50, 0x4B, 3, 4] + Array("households.csv".utf8), .zip), ([0x50, 0x4B, 5, 6], .zip),
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], .xls), (Array("%PDF-1.7".utf8), .pdf),
            ([0x1F, 0x8B, 8], .gzip), (Array("\u{FEFF}  <TABLE><tr>".utf8), .html),
            (Array("<!DOCTYPE html>".utf8), .html),
            (Array("<?xml version=\"1.0\"?>\n<html xmlns=\"x\">".utf8), .html),
            (Array("<?xml version=\"1.0\"?><Workbook>".utf8), .xml), (Array("{\\rtf1".utf8), .rtf),
            ([0x37, 0x7A, 0xBC, 0xAF], .archive), ([1, 0, 0, 2, 0, 0, 0, 0, 5], .binary),
        ]
        for (bytes, format) in cases {
            #expect(FileFormat(head: bytes) == format, "\(bytes.prefix(12))")
            #expect(!format.message.zh.isEmpty)
            #expect(format.message.en.contains("CSV"))
        }
    }

    @Test("tables in UTF-8 and GB18030 are none of them, nor is one with a stray zero octet")
    func tables() {
        for text in ["", "a,b\n1,2\n", "\u{FEFF}户编号,姓名\n", "<5岁,x\n", "PK,1\n"] {
            #expect(FileFormat(head: Array(text.utf8)) == nil, "\(text)")
        }
        #expect(FileFormat(head: [0xBB, 0xA7, 0xB1, 0xE0, 0xBA, 0xC5, 0x2C, 0x61]) == nil)
        #expect(FileFormat(head: Array("archiveNumber,name\nH1,a\u{0}b\n".utf8)) == nil)
    }
}
