// Identifiers, area codes and the seeded generator.

import Domain
import Testing

@Suite struct IdentifierTests {
    @Test("an identifier is read in either case and written in lower case")
    func text() throws {
        let text = "0193a5f2-7c3d-7e10-9abc-0123456789ef"
        let identifier = try #require(Identifier(text))
        #expect(Identifier(text.uppercased()) == identifier)
        #expect(identifier.description == text)
        #expect(identifier.high == 0x0193_A5F2_7C3D_7E10)
        #expect(Identifier(bytes: identifier.bytes) == identifier)
        var output: [UInt8] = [0x22]
        identifier.write(into: &output)
        #expect(String(decoding: output, as: UTF8.self) == "\"" + text)
    }

    @Test(
        "anything but 8-4-4-4-12 hexadecimal digits is refused",
        arguments: [
            "", "0193a5f27c3d7e109abc0123456789ef", "{0193a5f2-7c3d-7e10-9abc-0123456789e}",
            "0193a5f2-7c3d-7e10-9abc-0123456789e", "0193a5f2-7c3d-7e10-9abc-0123456789efa",
            "0193a5f2-7c3d-7e10-9abc_0123456789ef", "0193a5f2-7c3d-7e10-9abc-0123456789eg",
            "0193a5f-27c3d-7e10-9abc-0123456789ef", "0193a5f2-7c3d-7e10-9abc-0123456789é",
        ])
    func refused(text: String) {
        #expect(Identifier(text) == nil)
    }

    @Test("only sixteen bytes are an identifier", arguments: [0, 15, 17])
    func byteCount(count: Int) {
        #expect(Identifier(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test("version 7 carries the time, the version and the variant, and ascends with time")
    func version7() {
        var generator = SeededGenerator(seed: 7)
        var previous = Identifier(high: 0, low: 0)
        for milliseconds in stride(from: Int64(1_700_000_000_000), to: 1_700_000_001_000, by: 1) {
            let identifier = Identifier.v7(milliseconds: milliseconds, random: (generator.next(), generator.next()))
            #expect(identifier > previous)
            #expect(identifier.high >> 16 == UInt64(milliseconds))
            #expect(identifier.high >> 12 & 0xF == 7)
            #expect(identifier.low >> 62 == 0b10)
            previous = identifier
        }
    }
}

@Suite struct AreaCodeTests {
    @Test("the range of a level is its prefix, from zeros to nines")
    func ranges() throws {
        let village = try #require(AreaCode("450923100201"))
        #expect(village.range(.village) == 450_923_100_201...450_923_100_201)
        #expect(village.range(.town) == 450_923_100_000...450_923_100_999)
        #expect(village.range(.county) == 450_923_000_000...450_923_999_999)
        #expect(village.range(.city) == 450_900_000_000...450_999_999_999)
        #expect(village.range(.province) == 450_000_000_000...459_999_999_999)
        #expect(village.ancestor(.town).description == "450923100000")
    }

    @Test("a code is taken apart by its digits")
    func parts() throws {
        let village = try #require(AreaCode("450923108217"))
        #expect(village.provincePart == 45)
        #expect(village.cityPart == 9)
        #expect(village.countyPart == 23)
        #expect(village.townPart == 108)
        #expect(village.villagePart == 217)
        #expect(village.countyDigits == 450_923)
    }

    @Test(
        "anything but twelve digits is refused",
        arguments: ["", "450923", "4509231002011", "45092310020a", "045092310020"])
    func refused(text: String) {
        #expect(AreaCode(text) == nil)
    }

    @Test("a level has a key, a word, a parent and a child")
    func levels() {
        for level in DivisionLevel.allCases {
            #expect(DivisionLevel(name: level.name) == level)
            #expect(level.child?.parent ?? .village == (level == .village ? .village : level))
        }
        #expect(DivisionLevel(name: "County") == nil)
        #expect(DivisionLevel.province < .village)
    }
}

@Suite struct SeededGeneratorTests {
    @Test("equal seeds give equal numbers and other seeds others")
    func seeds() {
        var first = SeededGenerator(seed: 1)
        var second = SeededGenerator(seed: 1)
        var other = SeededGenerator(seed: 2)
        let numbers = (0..<100).map { _ in first.next() }
        #expect(numbers == (0..<100).map { _ in second.next() })
        #expect(numbers != (0..<100).map { _ in other.next() })
    }

    @Test("bounded numbers stay in their range and reach both ends")
    func bounded() {
        var generator = SeededGenerator(seed: 3)
        let numbers = Set((0..<1000).map { _ in generator.number(in: -2...3) })
        #expect(numbers == [-2, -1, 0, 1, 2, 3])
        #expect((0..<100).allSatisfy { _ in generator.below(1) == 0 })
    }
}
