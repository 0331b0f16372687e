// Files that are no table are refused in words, in every kind, over HTTP and on the machine, and never as an error of
// the service.

import Testing

@testable import App
@testable import Domain
@testable import Service
@testable import Web

@Suite("Files that are no tables")
struct FileFormatImportTests {
    private static let table = "户编号,姓名\r\nH1,陈示例\r\n"

    private static let files: [(words: String, bytes: [UInt8])] = [
        ("UTF-16", [0xFF, 0xFE] + table.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }),
        ("UTF-16", table.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }),
        (".xlsx", [0x50, 0x4B, 3, 4] + Array("[Content_Types].xml xl/workbook.xml".utf8)),
        (".xls", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 0, count: 600)),
        ("PDF", Array("%PDF-1.4\n".utf8)), ("ZIP", [0x50, 0x4B, 3, 4] + Array("households.csv".utf8)),
        ("HTML", Array("<html><table><tr><td>户编号".utf8)),
        ("GB18030", Array(table.utf8) + [0xFF, 0x20, 0x0A]),
    ]

    @Test("each is named, with what would be right", arguments: ImportKind.allCases)
    func kinds(_ kind: ImportKind) throws {
        let county = try County()
        let session = try county.as(.administrator)
        for (number, (words, bytes)) in Self.files.enumerated() {
            let job = try session.importFile(number + 1, "kind=\(kind.rawValue)", bytes, [:])
            let failure = job["failure"]?.string ?? ""
            #expect(job["state"]?.string == "failed", "\(words): \(failure)")
            #expect(failure.contains(words), "\(words): \(failure)")
            #expect(failure.contains("CSV"), "\(failure)")
            #expect(!failure.contains("internal error"))
            #expect(!failure.contains("malformed("))
            #expect(!failure.contains("offset:"))
        }
    }

    @Test("on the machine too")
    func command() throws {
        let county = try County()
        // A command has the data alone: nobody sweeps the spool meanwhile.
        county.application.stop()
        for (words, bytes) in Self.files {
            let file = try county.folder.write("file", bytes)
            let order = ImportOrder(kind: .households, on: try required(CivilDate(County.today)))
            let result = try ImportCommand.run(file, order, county.register)
            #expect(result.failure?.contains(words) == true, "\(result.failure ?? "")")
        }
    }
}
