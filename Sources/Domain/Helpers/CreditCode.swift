// Unified social credit codes (GB 32100-2015): reading and checking. It deliberately knows no register of
// organizations, and does not compare the six digits of the place with the division tree: an organization keeps its
// code when it moves.

/// A unified social credit code with a right check character: 18 characters in upper case.
///
/// Only ``init(_:)`` makes one.
public struct CreditCode: Hashable, Sendable {
    /// The 18 characters.
    public let text: String

    /// Digits and capitals without I, O, S, V and Z, which are mistaken for digits or each other.
    private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)

    /// Reads a code as people write it: spaces and hyphens are taken out, small letters raised.
    ///
    /// - Throws: what is wrong with it.
    public init(_ text: String) throws(CreditCodeProblem) {
        let bytes = text.utf8.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "-") }.map { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 32 : byte
        }
        guard bytes.count == 18 else { throw .wrongLength }
        guard bytes.allSatisfy(Self.alphabet.contains) else { throw .wrongCharacter }
        guard Self.checkCharacter(ofFirst17: bytes.dropLast()) == bytes.last else { throw .wrongCheckCharacter }
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    /// The check character for the first 17 characters; nil if they are not 17 of the alphabet.
    ///
    /// The weights are the powers of three modulo 31 from the left, so taking the characters from the right and
    /// multiplying the sum by three with each gives the same remainder.
    public static func checkCharacter(ofFirst17 characters: some BidirectionalCollection<UInt8>) -> UInt8? {
        guard characters.count == 17 else { return nil }
        var remainder = 0
        for character in characters.reversed() {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            remainder = (remainder * 3 + value) % 31
        }
        return alphabet[(31 - remainder) % 31]
    }
}

/// Why a text is not a unified social credit code. The raw values are stable codes of reports and answers.
public enum CreditCodeProblem: String, Error, CaseIterable, CodedRule, Sendable {
    case wrongLength = "wrong-length"
    case wrongCharacter = "wrong-character"
    case wrongCheckCharacter = "wrong-check-character"

    /// The problem in Chinese.
    public var chinese: String {
        switch self {
        case .wrongLength: "统一社会信用代码应为 18 位"
        case .wrongCharacter: "统一社会信用代码只有数字和大写字母，且没有 I、O、S、V、Z"
        case .wrongCheckCharacter: "统一社会信用代码的校验码不正确，请核对"
        }
    }

    /// The problem in English.
    public var english: String {
        switch self {
        case .wrongLength: "a unified social credit code has 18 characters"
        case .wrongCharacter: "a unified social credit code has digits and capitals without I, O, S, V and Z"
        case .wrongCheckCharacter: "the check character of the unified social credit code is wrong"
        }
    }
}
