// What can be wrong with fields and rows of divisions, code lists and partners.

import Web

extension FieldCode {
    package static let archiveNumbersCollide = FieldCode(
        "archive-numbers-collide", zh: "两县有相同的户编号，先改正再指定接替区划",
        en: "households of the two counties have the same archive numbers: correct these first")
    package static let codeEnded = FieldCode("code-ended", zh: "当日不适用该代码", en: "the code does not hold on that day")
    package static let codeTaken = FieldCode("code-taken", zh: "代码已被使用", en: "the code is in use")
    static let divisionEnded = FieldCode("division-ended", zh: "区划已经撤销", en: "the division has ended")
    package static let endedAwaitingSuccessor = FieldCode(
        "ended-awaiting-successor", zh: "区划已撤销，等待指定接替区划", en: "the division has ended and awaits a successor")
    static let hasSuccessor = FieldCode(
        "has-successor", zh: "区划已有别的接替区划", en: "the division has another successor already")
    static let keyTaken = FieldCode("key-taken", zh: "已被使用", en: "it is in use")
    static let noFreePlace = FieldCode(
        "no-free-place", zh: "上级区划内没有空余的代码", en: "there is no free code below the parent")
    package static let organizationNamesCollide = FieldCode(
        "organization-names-collide", zh: "两个区划有同名的单位，先改名再指定接替区划",
        en: "organizations of the two divisions have the same name: rename them first")
    package static let standsUnderAnotherCode = FieldCode(
        "stands-under-another-code", zh: "区划在文件中以另一代码出现，未撤销",
        en: "the division appears in the file with another code and was not ended")
    static let unknownRecord = FieldCode(
        "unknown-record", zh: "没有这条记录，或不在您的范围内", en: "there is no such record, or it is not in your area")
    package static let wrongParentLevel = FieldCode(
        "wrong-parent-level", zh: "上级区划的级别不高于本级", en: "the parent's level is not above the division's own")

    package static let ofReference: [FieldCode] = [
        archiveNumbersCollide, codeEnded, codeTaken, divisionEnded, endedAwaitingSuccessor, hasSuccessor, keyTaken,
        noFreePlace, organizationNamesCollide, standsUnderAnotherCode, unknownRecord, wrongParentLevel,
    ]
}
