// What has changed, for systems and devices that keep a copy (变更流).

import Web

extension Module {
    package static let changes = Module(
        name: "changes", routes: { _ in ChangeRoutes.all }, problems: ChangeProblems.kinds,
        fieldCodes: [FieldCode(ChangeProblems.foreignCursor)],
        checks: [
            Check(
                "change feed without holes",
                sql: """
                    SELECT 'of the changes ' || (r.pruned_through + 1) || ' to ' || max(c.sequence) || ' there are '
                        || count(c.sequence)
                    FROM change_retention r JOIN change c GROUP BY r.pruned_through
                    HAVING max(c.sequence) - r.pruned_through <> count(c.sequence)
                    """)
        ],
        chores: { register in
            [
                Chore(name: "pruning of old changes") {
                    try register.perform { try ChangeRetention.prune($0) }
                }
            ]
        })
}
