// Texts that lost characters, and what stands for nothing.

import Domain
import Testing

@Suite struct DamagedTextTests {
    @Test(
        "marks in place of characters are seen, and names of other scripts are not taken for them",
        arguments: [
            ("陈小示", false), ("陈?示", true), ("陈？示", true), ("\u{FFFD}", true), ("王□", true), ("\u{E863}", true),
            ("å¼ ä¸‰", true), ("çŽ‹äº”", true), ("ÕÅÈý", true), ("José", false), ("阿依古丽·买买提", false), ("Müller", false),
            ("𬱖小示", false), ("", false),
        ])
    func marks(text: String, isDamaged: Bool) {
        #expect(DamagedText.isDamaged(text) == isDamaged)
    }

    @Test(
        "what is no name counts as damaged whole, by what the text is for",
        arguments: [
            ("无", true, true, false), ("暂无", true, true, false), ("0", true, true, false), ("/", true, true, false),
            ("-", true, true, false), ("同上", true, true, false), ("#REF!", true, true, true),
            ("#N/A", true, true, true), ("########", true, true, true), ("4.50923E+11", true, true, true),
            ("138****", true, true, true), ("138xxxx1234", true, true, true), ("12345", true, false, false),
            ("8", true, false, false), ("8组", false, false, false), ("Xxx", false, false, false),
            ("Na", false, false, false), ("Nan", false, false, false), ("Alexx 2", false, false, false),
            ("李5", false, false, false), ("张*", true, true, true),
        ])
    func noNames(text: String, person: Bool, name: Bool, title: Bool) {
        #expect(DamagedText.isDamaged(text, as: .person) == person)
        #expect(DamagedText.isDamaged(text, as: .name) == name)
        #expect(DamagedText.isDamaged(text, as: .title) == title)
        #expect(!DamagedText.isReadable(text) || !person || text == "张*", "nothing of it is a name")
        #expect(DamagedText.mayMean("张*", "张三"))
        #expect(!DamagedText.isDamaged("**重点** 为什么?", as: .prose))
    }

    @Test("a run of marks stands for one character or more, and something must be readable")
    func meaning() {
        #expect(DamagedText.mayMean("陈?示", "陈小示"))
        #expect(DamagedText.mayMean("陈??", "陈小示"))
        #expect(DamagedText.mayMean("?小?", "陈小示"))
        #expect(DamagedText.mayMean("陈?", "陈小示"))
        #expect(!DamagedText.mayMean("陈?示", "陈示"))
        #expect(!DamagedText.mayMean("陈?示", "李小示"))
        #expect(!DamagedText.mayMean("???", "陈小示"))
        #expect(!DamagedText.mayMean("陈小示", "陈小示"))
        #expect(!DamagedText.isDamaged("为什么?", as: .prose))
        #expect(DamagedText.isDamaged("??工作", as: .prose))
    }

    @Test(
        "what stands for nothing is told from keys",
        arguments: [
            ("无", true), ("暂 无", true), ("／", true), ("——", true), ("0", true), ("00.0", true), ("Null", true),
            ("H1", false), ("7", false), ("11111", false), ("*", false), ("户口本1", false), ("", true),
        ])
    func placeholders(text: String, isPlaceholder: Bool) {
        #expect(PlaceholderText.isPlaceholder(text) == isPlaceholder)
        #expect(PlaceholderText.isPlaceholder(number: "11111"))
        #expect(!PlaceholderText.isPlaceholder(number: "13811111111"))
    }

    @Test(
        "the traces of spreadsheets in keys are found, and keys that look alike are not",
        arguments: [
            ("4.50923E+11", "scientific-notation"), ("4.5092319790101e+17", "scientific-notation"),
            ("4509231979010110000", "precision-lost"), ("4509231002011000", "precision-lost"),
            ("#REF!", "formula-error"), ("#n/a", "formula-error"), ("##", "hidden-by-width"),
            ("12.00", "decimal-number"), ("10,000,100,006", "thousands-separator"), ("1,000.50", "thousands-separator"),
            ("1,00", nil), ("1,000,A", nil), ("1000,000", nil),
            ("450923100201", nil), ("4509231002010000001", nil), ("H1.0", nil), ("1E", nil), ("12.5", nil), ("#1", nil),
            ("01970000-0000-7000-8000-000000000011", nil),
        ] as [(String, String?)])
    func damage(text: String, code: String?) {
        #expect(SpreadsheetDamage.found(in: text)?.code == code)
    }
}
