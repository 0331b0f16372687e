// Whether the service is alive and ready, its metrics, and the confirmation of a doubtful clock.

import Domain
import Web

extension Entity {
    /// Only for the audit trail: a doubtful clock was confirmed.
    package static let clock = Entity("clock")
}

extension Module {
    package static let operations = Module(
        name: "operations", routes: { OperationRoutes.all($0) + ClockRoutes.all }, problems: ClockProblems.kinds,
        fieldCodes: FieldCode.ofOperations,
        problem: { ($0 as? ClockDoubt).map(ClockProblems.problem) },
        chores: { register in
            [
                Chore(name: "sign of life", comesFirst: true, isAskedOften: true) {
                    try register.clock.keepSign(register)
                    return false
                }
            ]
        })
}
