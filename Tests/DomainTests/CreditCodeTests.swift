// Unified social credit codes by GB 32100, and the ladder of ranks.

import Domain
import Testing

@Suite struct CreditCodeTests {
    /// The weights as the standard prints them; the product multiplies from the other end.
    private static let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")

    private static func check(_ first17: String) -> Character? {
        let values = first17.compactMap(alphabet.firstIndex)
        guard values.count == 17 else { return nil }
        return alphabet[(31 - zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } % 31) % 31]
    }

    @Test("codes that were checked by hand are right, with the standard's own weights too")
    func right() throws {
        for text in ["11990921MB0000001H", "12990923000000012A", "51990923MJ0000003Y", "91990923MA00000X4B"] {
            #expect(try CreditCode(text).text == text)
            #expect(Self.check(String(text.dropLast())) == text.last)
        }
        #expect(try CreditCode(" 11990921 mb000000-1h").text == "11990921MB0000001H")
    }

    @Test("of the 31 characters that may stand at the end exactly one is right, for many codes")
    func oneRight() {
        var seed: UInt64 = 7
        for _ in 0..<300 {
            var first17 = ""
            for _ in 0..<17 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                first17.append(Self.alphabet[Int(seed >> 33) % 31])
            }
            let right = Self.alphabet.filter { (try? CreditCode(first17 + String($0))) != nil }
            #expect(right.count == 1)
            #expect(right.first == Self.check(first17))
        }
    }

    @Test("every wrong single character of a code is found, and every swap of two neighbours that differ")
    func misreading() throws {
        let code = Array("91990923MA00000X4B")
        for position in code.indices {
            for other in Self.alphabet where other != code[position] {
                var wrong = code
                wrong[position] = other
                #expect(throws: CreditCodeProblem.wrongCheckCharacter) { try CreditCode(String(wrong)) }
            }
        }
        for position in code.indices.dropLast() where code[position] != code[position + 1] {
            var swapped = code
            swapped.swapAt(position, position + 1)
            #expect(throws: CreditCodeProblem.wrongCheckCharacter) { try CreditCode(String(swapped)) }
        }
    }

    @Test("another length, and characters that the alphabet leaves out, are told as such")
    func form() {
        for text in ["", "1", "91990923MA00000X4", "91990923MA00000X4B0"] {
            #expect(throws: CreditCodeProblem.wrongLength) { try CreditCode(text) }
        }
        for text in ["9I990923MA00000X4B", "9O990923MA00000X4B", "91990923MA00000X4_", "91990923MA00000S4B"] {
            #expect(throws: CreditCodeProblem.wrongCharacter) { try CreditCode(text) }
        }
        #expect(CreditCode.checkCharacter(ofFirst17: "91990923MA00000Z4".utf8) == nil)
    }

    @Test("the upper two ranks help in a town, the others in a village (R040)")
    func ranks() {
        #expect(
            CadreRank.allCases.map(\.rawValue) == [
                "department", "division", "section", "deputy-section", "middle", "ordinary",
            ])
        #expect(
            CadreRank.allCases.map(\.quotaLevel) == [.town, .town, .village, .village, .village, .village])
    }
}
