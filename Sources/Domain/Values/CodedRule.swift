// What all rules of this module have in common towards whoever tells people that they are broken.

/// A rule with a stable code, and what is wrong when it is broken.
public protocol CodedRule: Sendable {
    /// Lower-case words with hyphens, never reused, for example `wrong-check-digit`.
    var code: String { get }
    /// What is wrong, in Chinese.
    var chinese: String { get }
    /// What is wrong, in English.
    var english: String { get }
}

extension CodedRule where Self: RawRepresentable<String> {
    /// The raw value.
    public var code: String { rawValue }
}
