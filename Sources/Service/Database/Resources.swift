// Finds the files that ship with the program: migrations and the contract.

import Glibc

/// Files beside the program.
public struct Resources: Sendable {
    /// The folder of `NNNN_name.sql` files.
    public let migrations: String
    /// The API's contract.
    public let contract: String

    /// Looks where JIEDUI_RESOURCES names, then upwards from the program, then in `../share/jiedui`.
    ///
    /// - Throws: `InstallationError.resourceMissing`.
    public static func locate() throws -> Resources {
        var candidates: [String] = []
        if let named = getenv("JIEDUI_RESOURCES") { candidates.append(String(cString: named)) }
        var folder = executablePath()
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            candidates.append(folder.isEmpty ? "/" : folder)
            candidates.append(folder + "/share/jiedui")
        }
        for candidate in candidates {
            let found = Resources(migrations: candidate + "/Migrations", contract: candidate + "/openapi.yaml")
            if access(found.migrations, R_OK) == 0 && access(found.contract, R_OK) == 0 { return found }
        }
        throw InstallationError.resourceMissing("Migrations and openapi.yaml")
    }

    private static func executablePath() -> String {
        guard let resolved = realpath("/proc/self/exe", nil) else { return "" }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
