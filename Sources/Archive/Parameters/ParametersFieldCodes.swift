// What can be wrong with fields and rows of parameters.

import Web

extension FieldCode {
    static let wrongUnit = FieldCode("wrong-unit", zh: "单位不对", en: "this is not the unit of the parameter")
    static let wrongValue = FieldCode("wrong-value", zh: "参数值不对", en: "this is not a valid value of the parameter")

    package static let ofParameters: [FieldCode] = [wrongUnit, wrongValue]
}
