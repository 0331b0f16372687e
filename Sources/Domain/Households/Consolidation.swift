// The months after its lifting in which a household is helped as before (R046): until they are over, it is held as if
// it were not lifted.

/// When the consolidation of lifted households is over.
public enum Consolidation {
    /// Where no area states its months.
    public static let monthsDefault = 12
    /// The state of a household that has been lifted.
    public static let liftedState = "lifted"

    /// The last day of lifting for which consolidation is over on a day.
    public static func over(on day: CivilDate, months: Int) -> CivilDate { day.adding(months: -months) }

    /// Whether a household must be helped on a day: it is not lifted, or still in consolidation.
    ///
    /// - Parameter since: the first day of its state.
    public static func binds(state: String, since: CivilDate, on day: CivilDate, months: Int) -> Bool {
        state != liftedState || since > over(on: day, months: months)
    }
}
