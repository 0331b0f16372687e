// Identity numbers: what is verified, repaired, kept as unverified, and refused.

import Domain
import Testing

// Every number here uses the division 990101, which does not exist, so it belongs to nobody.
@Suite struct IdentityNumberTests {
    private let today = CivilDate(year: 2026, month: 11, day: 21)

    @Test("a right number tells its holder, birth date and sex")
    func right() throws {
        let reading = IdentityNumber.parse("990101199003071237", on: today)
        let number = try #require(reading.number)
        #expect(reading.repairs.isEmpty)
        #expect(reading.problem == nil)
        #expect(number.person == "990101199003071237")
        #expect(number.birthDate.description == "1990-03-07")
        #expect(number.sex == .male)
        #expect(number.kind == .resident)
        #expect(IdentityNumber.parse("990101199003071245").number?.sex == .female)
        #expect(IdentityNumber.parse("990101199003091000").number != nil, "zeros at the end with a right check digit")
    }

    @Test(
        "each problem has its code, and only numbers that a spreadsheet destroyed are refused",
        arguments: [
            ("", "missing"), (" \t", "missing"), ("暂 无", "missing"), ("／", "missing"), ("-", "missing"),
            ("—", "missing"),
            ("0", "missing"), ("000000000000000000", "missing"), ("户口本", "missing"), ("########", "missing"),
            ("N/A", "missing"), ("#N/A", "missing"), ("null", "missing"), (".", "missing"), ("#REF!", "formula-error"),
            ("990101199003071.0", "decimal-number"), ("990,101,199,003,071", "thousands-separator"),
            ("4.50923E+17", "scientific-notation"),
            ("4.50923e17", "scientific-notation"),
            ("9.90101199003071E+017", "scientific-notation"), ("990101199003011000", "precision-lost"),
            ("99010119900301100000", "precision-lost"), ("99010119900307123", "wrong-length"),
            ("9901011990030712377", "wrong-length"), ("990101199003071237430", "wrong-length"),
            ("9901O1199003071237", "wrong-character"), ("99010119900307X237", "wrong-character"),
            ("99010119900307123B", "wrong-character"), ("无人", "missing"), ("无人1", "wrong-character"), ("无", "missing"),
            ("990101-99003071237", "wrong-character"),
            ("990101900307X23", "wrong-character"), ("9901011990030712374X", "wrong-character"),
            ("99010119900307123743X1", "wrong-character"), ("990101199003071238", "wrong-check-digit"),
            ("99010119900307123X", "wrong-check-digit"), ("99010119900230123X", "impossible-birth-date"),
            ("990101199013071237", "impossible-birth-date"), ("990101000003071237", "impossible-birth-date"),
            ("990101900230123", "impossible-birth-date"), ("990101202912310025", "future-birth-date"),
            ("99010119900307123783", "wrong-disability-kind"), ("99010119900307123703", "wrong-disability-kind"),
            ("99010119900307123745", "wrong-disability-grade"), ("99010119900307123740", "wrong-disability-grade"),
        ])
    func problems(text: String, code: String) {
        let reading = IdentityNumber.parse(text, on: today)
        #expect(reading.problem?.code == code)
        #expect(reading.number == nil)
        #expect(
            reading.isRefused
                == ([
                    "scientific-notation", "precision-lost", "formula-error", "decimal-number", "thousands-separator",
                ].contains(code)))
    }

    @Test("problems have distinct codes and words in both languages")
    func words() {
        #expect(Set(IdentityProblem.allCases.map(\.chinese)).count == IdentityProblem.allCases.count)
        #expect(Set(IdentityProblem.allCases.map(\.english)).count == IdentityProblem.allCases.count)
    }

    @Test("a birth in the future is only known when the day is given")
    func future() {
        #expect(IdentityNumber.parse("990101202912310025").number != nil)
        #expect(IdentityNumber.parse("990101202912310025", on: CivilDate("2029-12-31")).number != nil)
        #expect(IdentityNumber.parse("990101202912310025", on: CivilDate("2029-12-30")).number == nil)
    }

    @Test(
        "what spreadsheets and keyboards add is taken off",
        arguments: [
            ("'990101199003071237", [IdentityRepair.removedQuoting]), ("’990101199003071237", [.removedQuoting]),
            ("=\"990101199003071237\"", [.removedQuoting]), ("\t990101199003071237", [.removedSpace]),
            ("\u{FEFF}990101199003071237", [.removedSpace]), (" 990101 19900307 1237\u{A0}", [.removedSpace]),
            ("\u{202D}990101199003071237\u{202C}", [.removedSpace]), ("９９０１０１１９９００３０７１２３７", [.narrowed]),
            ("'\t990101199003071237", [.removedSpace, .removedQuoting]), ("990101900307123", [.upgradedFrom15]),
        ])
    func repairs(text: String, repairs: [IdentityRepair]) {
        let reading = IdentityNumber.parse(text, on: today)
        #expect(reading.number?.text == "990101199003071237")
        #expect(reading.normalised == "990101199003071237")
        #expect(reading.repairs == repairs)
    }

    @Test("every form of the check character X becomes X", arguments: ["X", "x", "Ｘ", "ｘ", "×", "Ⅹ"])
    func checkCharacterX(form: String) {
        #expect(IdentityNumber.parse("99010119900307004" + form, on: today).number?.text == "99010119900307004X")
    }

    @Test("a disability card is the number of its holder with kind and grade")
    func disabilityCard() throws {
        let card = try #require(IdentityNumber.parse("99010119900307123743", on: today).number)
        #expect(card.kind == .disabilityCard)
        #expect(card.person == "990101199003071237")
        #expect(card.disabilityKind == 4)
        #expect(card.disabilityGrade == 3)
        let reissued = try #require(IdentityNumber.parse("99010119900307123743b1", on: today).number)
        #expect(reissued.text == "99010119900307123743B1")
        #expect(reissued.person == card.person)
        #expect(IdentityNumber.parse("9901011990030712374301", on: today).number?.person == card.person)
    }

    @Test(
        "a mask shows the last character of the person's number only",
        arguments: [
            ("990101199003071237", "*****************7"), ("99010119900307123743", "*****************7**"),
            ("99010119900307123743B1", "*****************7****"), ("990101900307123", "**************3"),
            ("990101", "******"), ("99010190030712", "**************"), ("", ""),
            ("九九零一零一一九九零零三零七一二三七", "*****************七"),
        ])
    func masks(text: String, mask: String) {
        #expect(NumberMask.identity(text) == mask)
        #expect(NumberMask.identity(mask) == mask, "a mask has no other mask")
    }

    @Test("the check character is that of the weights which GB 11643 prints")
    func printedWeights() {
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let characters = Array("10X98765432".utf8)
        var generator = SeededGenerator(seed: 10)
        for _ in 0..<1000 {
            let digits = (0..<17).map { _ in UInt8(ascii: "0") + UInt8(generator.below(10)) }
            let sum = zip(digits, weights).reduce(0) { $0 + Int($1.0 - UInt8(ascii: "0")) * $1.1 }
            #expect(IdentityNumber.checkCharacter(ofFirst17: digits) == characters[sum % 11])
        }
        #expect(IdentityNumber.checkCharacter(ofFirst17: Array("9901011990030712".utf8)) == nil)
        #expect(IdentityNumber.checkCharacter(ofFirst17: Array("9901011990030712X".utf8)) == nil)
    }

    @Test("any one wrong digit and any two neighbours exchanged are found")
    func singleErrors() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            let number = Self.number(&generator)
            #expect(IdentityNumber.parse(String(decoding: number, as: UTF8.self)).number != nil)
            for position in 0..<17 {
                for digit in UInt8(ascii: "0")...UInt8(ascii: "9") where digit != number[position] {
                    var wrong = number
                    wrong[position] = digit
                    #expect(IdentityNumber.parse(String(decoding: wrong, as: UTF8.self)).number == nil)
                }
            }
            for position in 0..<16 where number[position] != number[position + 1] {
                var wrong = number
                wrong.swapAt(position, position + 1)
                #expect(IdentityNumber.parse(String(decoding: wrong, as: UTF8.self)).number == nil)
            }
        }
    }

    @Test("whatever bytes come in, the answer is a number or a problem")
    func arbitraryText() {
        var generator = SeededGenerator(seed: 12)
        let alphabet = Array("0123456789XxBb'=\"E+. \u{FEFF}０é人😀\u{0}")
        for _ in 0..<5000 {
            let text = String((0..<generator.below(70)).map { _ in alphabet[generator.below(alphabet.count)] })
            let reading = IdentityNumber.parse(text, on: today)
            #expect((reading.number == nil) != (reading.problem == nil))
            #expect(reading.mask.unicodeScalars.count == reading.normalised.unicodeScalars.count)
            #expect(reading.mask.unicodeScalars.count { $0 != "*" } <= 1)
        }
        #expect(IdentityNumber.parse(String(repeating: "9", count: 1_000_000)).problem == .wrongLength)
    }

    @Test("a number and the facts of its holder disagree in sex, birth date or both")
    func disagreements() throws {
        let number = try #require(IdentityNumber.parse("990101199003071237").number)
        let born = try #require(CivilDate("1990-03-07"))
        #expect(number.disagreements(sex: .male, birthDate: born).isEmpty)
        #expect(number.disagreements(sex: .unstated, birthDate: nil).isEmpty)
        #expect(number.disagreements(sex: .female, birthDate: born) == [.sex])
        #expect(number.disagreements(sex: .female, birthDate: born.adding(days: 1)) == [.sex, .birthDate])
    }

    private static func number(_ generator: inout SeededGenerator) -> [UInt8] {
        let born = CivilDate.first.adding(days: 719_162 - 10_000 + generator.below(20_000))
        let parts = born.description.utf8.filter { $0 != UInt8(ascii: "-") }
        let sequence = (0..<3).map { _ in UInt8(ascii: "0") + UInt8(generator.below(10)) }
        let digits = Array("990101".utf8) + parts + sequence
        return digits + [IdentityNumber.checkCharacter(ofFirst17: digits) ?? 0]
    }
}
