// Is the service alive, ready, how is it doing; what a clock in doubt asks for.

import Domain
import Web

extension Entity {
    /// Only in the audit trail: a clock that was in doubt was confirmed.
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
