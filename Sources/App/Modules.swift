// The modules of jiedui: the only place that knows them all. Their order is the order in which they receive events, and
// in which records that hang on a division or household follow it.

import SQL
import Service

extension Composition {
    /// The whole service.
    public static let jiedui = Composition([
        .reference, .divisions, .access, .parameters, .households, .helpers, .duties, .villages, .statistics,
        .pairings, .contact, .changes, .jobs, .operations,
    ])
}

extension Register {
    /// Opens an installation with the whole service.
    ///
    /// - Throws: the same as with a composition.
    public convenience init(
        _ directory: DataDirectory, migrations: String, create: Bool, environment: Environment = .system,
        onFatal: @escaping @Sendable (any Error) -> Void
    ) throws {
        try self.init(
            directory, migrations: migrations, create: create, environment: environment, composition: .jiedui,
            onFatal: onFatal)
    }
}

extension ImportKind: CaseIterable {
    /// Every kind of file, in the order in which they are imported into an empty register.
    public static var allCases: [ImportKind] { Composition.jiedui.files.map(\.kind) }
}
