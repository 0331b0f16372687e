// What `jiedui check` examines in parameters.

import Domain
import SQL
import Service

enum ParameterCheck {
    static let checks = [Check("values of parameters", values)]

    /// Rows whose parameter is not in the catalogue, or does not take the row's value.
    @Sendable
    private static func values(_ connection: Connection, max: Int) throws -> [String] {
        var faults: [String] = []
        try connection.forEach("SELECT id, key, value, unit FROM parameter ORDER BY id") { row in
            guard faults.count < max else { return }
            let key = ParameterKey.named(row.text(1))
            guard let key, ParameterValue(stored: row.text(2)).map(key.takes) == true, key.unit.rawValue == row.text(3)
            else {
                faults.append(
                    "row \(try row.identifier(0)) of \(row.text(1)) has a value that the parameter does not take")
                return
            }
        }
        return faults
    }
}
