// The poverty headcount rate (贫困发生率, R003), in integers. It deliberately guesses nothing: without a denominator there
// is no rate.

/// A rate as a percentage.
public enum PovertyHeadcount {
    /// Poor people in a hundred, with two decimals, rounded half up: 1638 of 2927 is `55.96`.
    ///
    /// - Parameters:
    ///   - poor: people, not negative.
    ///   - population: the denominator.
    /// - Returns: nil for a population of nobody, or one too large to be counted with.
    public static func percent(poor: Int, of population: Int) -> String? {
        guard population > 0, poor >= 0 else { return nil }
        let (scaled, isTooLarge) = poor.multipliedReportingOverflow(by: 20_000)
        let (doubled, isDoubledTooLarge) = population.multipliedReportingOverflow(by: 2)
        let (sum, isSumTooLarge) = scaled.addingReportingOverflow(population)
        guard !isTooLarge, !isDoubledTooLarge, !isSumTooLarge else { return nil }
        let hundredths = sum / doubled
        let rest = String(hundredths % 100)
        return "\(hundredths / 100)." + (rest.utf8.count == 1 ? "0" : "") + rest
    }
}
