// The one source of chance in this target: a seed in, the same numbers out on every platform.
// Never for tokens, keys or identifiers of real records: its output can be predicted.

/// xoshiro256** by Blackman and Vigna, its state filled by SplitMix64 as its authors advise.
///
/// The sequence for a seed is fixed for good: demonstration counties and property tests are named by their seed.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// A generator for the seed. Any seed will do, 0 too.
    public init(seed: UInt64) {
        var mixer = seed
        func mixed() -> UInt64 {
            mixer &+= 0x9E37_79B9_7F4A_7C15
            var word = mixer
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
        state = (mixed(), mixed(), mixed(), mixed())
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        let result = Self.rotated(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotated(state.3, by: 45)
        return result
    }

    /// A number from 0 up to but not including the bound (bound at least 1), by multiplication: the bias is below
    /// one in 2^32 for the bounds used here, and unlike `Int.random(in:using:)` it can never change with the library.
    public mutating func below(_ bound: Int) -> Int {
        Int((next() >> 32).multipliedFullWidth(by: UInt64(max(bound, 1)) << 32).high)
    }

    /// A number of the range, both ends included.
    public mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// True with the given chance out of 1,000.
    public mutating func perMille(_ chance: Int) -> Bool {
        below(1000) < chance
    }

    private static func rotated(_ word: UInt64, by count: UInt64) -> UInt64 {
        word << count | word >> (64 - count)
    }
}
