// What can be wrong with fields and rows of the clock.

import Web

extension FieldCode {
    static let notTheMachines = FieldCode(
        "not-the-machines", zh: "与机器时钟相差超过 5 分钟：请先校正机器时钟",
        en: "more than 5 minutes from the machine's clock: set it first")

    package static let ofOperations: [FieldCode] = [notTheMachines]
}
