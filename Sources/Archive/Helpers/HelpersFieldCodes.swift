// What can be wrong with fields and rows of organizations, cadres and other helpers.

import Web

extension FieldCode {
    static let cadresRemain = FieldCode(
        "cadres-remain", zh: "单位还有在册干部", en: "living cadres belong to the organization")
    static let helperOutside = FieldCode(
        "helper-outside", zh: "有户不在帮扶人挂钩的区域内", en: "households lie outside the area that their helper is linked to")
    static let leftBehind = FieldCode(
        "left-behind", zh: "有户从此无人帮扶，等待接替", en: "households are left without this helper")
    static let notTakenBack = FieldCode(
        "not-taken-back", zh: "干部后来另有变动，保持原样",
        en: "something else was said of the cadre since: they stay where they are")
    static let onlyWithEnd = FieldCode(
        "only-with-end", zh: "只在撤销单位时填写", en: "only of an organization that has ended")
    static let outsideCounty = FieldCode(
        "outside-county", zh: "挂钩的乡镇或村不在其单位所在的县内",
        en: "the linked town or village lies outside the county of the organization")
    static let parentCircle = FieldCode(
        "parent-circle", zh: "上级单位不能是本单位或其下级", en: "an organization cannot lie below itself")

    package static let ofHelpers: [FieldCode] = [
        cadresRemain, helperOutside, leftBehind, notTakenBack, onlyWithEnd, outsideCounty, parentCircle,
    ]
}
