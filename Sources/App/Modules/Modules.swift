// The modules of jiedui: the only place that knows them all. Their order is that in which they hear of events, and in
// which records that hang on a division or household follow it.

extension Composition {
    /// The whole service.
    public static let jiedui = Composition([
        .reference, .access, .parameters, .households, .helpers, .duties, .villages, .statistics, .pairings, .contact,
        .changes, .jobs, .operations,
    ])
}

extension ImportKind: CaseIterable {
    /// Every kind of file, in the order in which they are brought into an empty register.
    public static var allCases: [ImportKind] { Composition.jiedui.files.map(\.kind) }
}
