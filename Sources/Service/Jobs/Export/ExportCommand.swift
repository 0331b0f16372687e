// An export from the command line: the same file as over the API, written to the given path.

import Domain
import SQL

/// Exports from the command line.
public enum ExportCommand {
    /// Writes a file with masked numbers, even while the service is running. It is on disk when this returns.
    ///
    /// - Throws: `AccessError.unknownDivision`, a file error, or `SQLError`.
    public static func run(
        _ order: ExportOrder, _ composition: Composition, _ reader: Connection, to path: String
    ) throws -> ExportFigures {
        try write(order, on: Environment.system.now().shanghaiDate, nil, composition, reader, to: path)
    }

    /// Writes a file with numbers in clear, and leaves the reason in the audit trail.
    ///
    /// - Throws: the same.
    public static func run(_ order: ExportOrder, _ register: Register, to path: String) throws -> ExportFigures {
        let reader = try register.database.makeReader()
        defer { reader.close() }
        let id = register.environment.newId(at: register.clock.now)
        // Before the file is made, so that numbers in clear never leave without a trace.
        try register.perform { try $0.audit("export", .export, id, after: ExportStore.audit(order, rows: nil)) }
        let figures = try write(
            order, on: register.clock.now.shanghaiDate, register.keys, register.composition, reader, to: path)
        try register.perform {
            try $0.audit("exported", .export, id, after: ExportStore.audit(order, rows: figures.rows))
        }
        return figures
    }

    private static func write(
        _ order: ExportOrder, on day: CivilDate, _ keys: KeyRing?, _ composition: Composition, _ reader: Connection,
        to path: String
    ) throws -> ExportFigures {
        var figures = ExportFigures()
        try reader.transaction(.deferred) {
            let scope = try order.area.map { code in
                guard let division = try DivisionStore.resolve(code: code, reader) else {
                    throw AccessError.unknownDivision(code.description)
                }
                return division.scope
            }
            try Files.stream(to: path) { write in
                try withoutActuallyEscaping(write) { write in
                    figures = try ExportFile.write(
                        order, scope ?? .everything, on: day, keys, composition, reader, to: write)
                }
            }
        }
        return figures
    }
}
