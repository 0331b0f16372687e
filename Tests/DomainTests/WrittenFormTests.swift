// The one form of names and keys: what is the same, and what stays different.

import Testing

@testable import Domain

@Suite("Written forms")
struct WrittenFormTests {
    @Test(
        "spaces, unseen marks, dots and widths of a name do not matter",
        arguments: [
            ("张三", "张三"), ("张 三", "张三"), ("张\u{3000}三", "张三"), ("\u{A0}张\u{2009}三\u{FEFF}", "张三"),
            ("张\u{200B}三\u{200F}", "张三"), ("\u{202A}张三\u{202C}", "张三"), ("张\u{AD}三\u{2060}", "张三"),
            ("买买提•艾力", "买买提·艾力"), ("买买提・艾力", "买买提·艾力"), ("买买提‧艾力", "买买提·艾力"), ("买买提．艾力", "买买提·艾力"),
            ("买买提∙艾力", "买买提·艾力"), ("买买提 · 艾力", "买买提·艾力"), ("买买提.艾力", "买买提·艾力"), ("买买提●艾力", "买买提·艾力"),
            ("买买提·•艾力", "买买提·艾力"), ("第 ８ 组", "第8组"), ("第\u{3000}八\u{3000}组", "第八组"),
            ("Ａｂｄｕｌ\u{3000}\u{A0}Ｒａｈｍａｎ", "Abdul Rahman"), ("  Abdul  Rahman ", "Abdul Rahman"),
            ("e\u{301}va", "\u{E9}va"), ("\u{FF45}\u{301}va", "\u{E9}va"), ("\u{F92C}志", "\u{90CE}志"),
            ("\u{64A}\u{654}", "\u{626}"), ("\u{3000}\u{200B} ", ""), ("县农业局（本级）", "县农业局（本级）"),
            ("1.5公里", "1.5公里"), ("１．５公里", "1.5公里"), ("J. Smith", "J. Smith"), ("A.B", "A.B"),
        ])
    func names(_ text: String, _ form: String) {
        let found = WrittenForm.name(text)
        // Swift takes canonically equal texts for equal; SQL compares octets.
        #expect(Array(found.utf8) == Array(form.utf8), "\(found.unicodeScalars.map { String($0.value, radix: 16) })")
        #expect(Array(WrittenForm.name(found).utf8) == Array(found.utf8))
    }

    @Test(
        "rare characters stay what they are",
        arguments: ["𠮷", "㐂", "\u{FA0E}", "\u{20BB7}\u{E0100}", "〇一", "々", "\u{E815}", "བསོད་ནམས་", "ئەخمەت", "ⅷ", "㈱"])
    func rare(_ text: String) { #expect(Array(WrittenForm.name(text).utf8) == Array(text.utf8)) }

    @Test("control characters stay, to be refused")
    func controls() {
        #expect(WrittenForm.name("张\t三") == "张\t三")
        #expect(WrittenForm.key("A\u{7}1") == "A\u{7}1")
    }

    @Test(
        "a key has no spaces or unseen marks, and one width",
        arguments: [
            ("Ｈ１２－３", "H12-3"), ("H\u{200B}1", "H1"), ("H 1\u{3000}2", "H12"), ("农〔2016〕3", "农〔2016〕3"),
            ("\u{FEFF}A.1", "A.1"), ("'10000100006", "10000100006"), ("=\"10000100006\"", "10000100006"),
            ("＇Ｈ１", "H1"), ("‘=\"'H1\"", "H1"), ("=\"\"", ""), ("''", ""), ("H'1", "H'1"), ("=1", "=1"),
        ])
    func keys(_ text: String, _ form: String) {
        #expect(Array(WrittenForm.key(text).utf8) == Array(form.utf8))
        #expect(WrittenForm.key(form) == form)
    }

    @Test("births of before 1900 are impossible in a number, which is kept; a date in the future gives no birth date")
    func births() {
        func number(_ born: String) -> String {
            let digits = "990923" + born + "001"
            return digits + String(UnicodeScalar(IdentityNumber.checkCharacter(ofFirst17: Array(digits.utf8)) ?? 0))
        }
        let old = IdentityNumber.parse(number("18991231"))
        #expect(old.problem == .impossibleBirthDate)
        #expect(old.birthDate == nil)
        #expect(old.normalised.count == 18)
        #expect(!old.isRefused)
        #expect(IdentityNumber.parse(number("19000101")).problem == nil)
        let future = IdentityNumber.parse(number("20990101"), on: CivilDate("2026-03-02"))
        #expect(future.problem == .futureBirthDate)
        #expect(future.birthDate == nil)
    }
}
