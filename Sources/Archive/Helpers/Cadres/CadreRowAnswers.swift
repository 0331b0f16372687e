// What the register says of all that a row of cadres names, in one statement: an import asks it for every row, and each
// further statement would cost it more than the answer. It deliberately decides nothing: what is not found here in its
// ordinary form is looked for, and judged, where every other write of a cadre does it.

import Domain
import SQL
import Service

/// The answers for one row that names its organization.
struct CadreRowAnswers {
    let organization: OrganizationHome
    /// Whether the id, the identity number or the phone number is some cadre's. Whoever it is may have ended where it
    /// is their id.
    let isKnown: Bool
    /// Whether the kept columns are those of today, so that there is no day to turn.
    let isTurned: Bool
    /// The live division of the linked code; nil also for a code of the past.
    let link: Division?
    /// The live village of the code of the home village; nil also for a code of the past.
    let homeVillageId: Identifier?

    /// How a row says its organization, as a condition over `o`; its own parameters begin with `$6`.
    enum Naming {
        case id, creditCode, home, name

        fileprivate var condition: String {
            switch self {
            case .id: "o.id = $6"
            case .creditCode: "o.credit_code = $6 AND o.ended_on IS NULL"
            case .home: "o.division_id = $6 AND o.name = $7 AND o.ended_on IS NULL"
            case .name: "o.name = $6 AND o.ended_on IS NULL AND o.area_code BETWEEN $7 AND $8"
            }
        }

        fileprivate var sql: String {
            switch self {
            case .id: Self.byId
            case .creditCode: Self.byCreditCode
            case .home: Self.byHome
            case .name: Self.byName
            }
        }

        private static let byId = text(.id)
        private static let byCreditCode = text(.creditCode)
        private static let byHome = text(.home)
        private static let byName = text(.name)

        private static func text(_ naming: Naming) -> String {
            let link = DivisionStore.columns.split(separator: ", ").map { "l.\($0)" }.joined(separator: ", ")
            return """
                SELECT \(OrganizationHome.columns),
                    EXISTS (SELECT 1 FROM cadre WHERE id = $1)
                        OR EXISTS (SELECT 1 FROM cadre WHERE identity_hash = $2 AND ended_on IS NULL)
                        OR EXISTS (SELECT 1 FROM cadre WHERE phone_hash = $3 AND ended_on IS NULL),
                    (SELECT value FROM setting WHERE key = '\(CadreDay.setting)'), v.id, v.level, \(link)
                FROM \(OrganizationHome.source)
                LEFT JOIN division l ON l.code = $4 AND l.ended_on IS NULL
                LEFT JOIN division v ON v.code = $5 AND v.ended_on IS NULL
                WHERE \(naming.condition) LIMIT 2
                """
        }
    }

    /// - Parameter values: the parameters of the naming.
    /// - Returns: none for an organization that is not known; two for a name that does not tell which one is meant.
    static func find(
        _ record: CadreRow, _ naming: Naming, _ values: [any Bindable], today: CivilDate, _ connection: Connection
    ) throws -> [CadreRowAnswers] {
        let statement = record.statement
        let named: [any Bindable] = [
            (record.hasId ? record.id : nil) as Identifier?, record.identity?.hash, record.phone?.hash,
            statement.facts.link.stated,
            statement.homeVillageCode,
        ]
        return try connection.query(naming.sql, values: named + values) { row in
            CadreRowAnswers(
                organization: try OrganizationHome.read(row), isKnown: row.bool(5),
                isTurned: try row.optionalDate(6).map { $0 >= today } ?? false,
                link: row.isNull(9) ? nil : try DivisionStore.read(row, from: 9),
                homeVillageId: row.isNull(7) || row.int(8) != DivisionLevel.village.rawValue
                    ? nil : try row.identifier(7))
        }
    }
}

extension FactChange {
    /// The value that is said to hold since a day.
    fileprivate var stated: Value? { if case .since(let value, _, _) = self { value } else { nil } }
}
