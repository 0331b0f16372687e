// What can be wrong with fields and rows of households, their members and their files.

import Web

extension FieldCode {
    static let ambiguousVillage = FieldCode(
        "ambiguous-village", zh: "有多个同名的村，请填区划代码", en: "several villages have this path: give the code")
    static let birthDateChanged = FieldCode(
        "birth-date-changed", zh: "出生日期与已登记的不同，已更改", en: "the birth date is another than before")
    static let birthDateKept = FieldCode(
        "birth-date-kept", zh: "出生日期与通过核对的证件号码不符：保留已登记的",
        en: "the birth date contradicts the verified number: the known one is kept")
    static let contradictory = FieldCode(
        "contradictory", zh: "与同户的另一行相互矛盾", en: "contradicts another row of the household")
    static let householdKnown = FieldCode(
        "household-known", zh: "这一家人已登记在本村另一户下", en: "this family is registered in another household of the village")
    static let householdOfOthers = FieldCode(
        "household-of-others", zh: "登记在此户编号下的人一个也不在这些行中，可能是户编号填错了：请改正户编号，或填写 memberId",
        en: "nobody who is registered under this archive number is in these rows: correct it, or give memberId")
    static let householdRefused = FieldCode(
        "household-refused", zh: "同户的另一行有错误，整户未导入", en: "another row of the household is refused, and so all of it")
    static let householdScattered = FieldCode(
        "household-scattered", zh: "同一户的各行应连在一起，请按户编号排序",
        en: "the rows of a household must stand together: sort the file by archive number")
    static let livesTwice = FieldCode(
        "lives-twice", zh: "本村另一户中已有同名同出生日期的人，可能是同一人",
        en: "somebody of this name and birth date lives in another household of the village")
    static let memberLeft = FieldCode(
        "member-left", zh: "成员不在文件中，按离开处理", en: "a member is not in the file and has left")
    static let memberUnclear = FieldCode(
        "member-unclear", zh: "本户没有此人，但有一名未列出的成员可能是同一人（姓名或出生日期相同，或没有出生日期）：请改正，或填写 memberId",
        en: "not in the household, but may be a member whom the file does not name: correct it, or give memberId")
    static let nameChanged = FieldCode(
        "name-changed", zh: "由编号或证件号码认出的人改了姓名", en: "somebody known by id or number has another name than before")
    static let nobodyLeft = FieldCode(
        "nobody-left", zh: "已没有人在该户", en: "nobody lives in the household any more")
    static let notOfOrigin = FieldCode(
        "not-of-origin", zh: "此人从未登记在原户", en: "whoever this is never lived in the household that split")
    static let notSealed = FieldCode("not-sealed", zh: "证件号码无法加密", en: "the number could not be sealed")
    static let numberKept = FieldCode(
        "number-kept", zh: "已登记的号码通过了核对，文件中的没有：保留已登记的",
        en: "the known number is verified and that of the file is not: the known one is kept")
    static let splitElsewhere = FieldCode(
        "split-elsewhere", zh: "此人已分户到另一户", en: "whoever this is has gone into another archive")
    static let standsElsewhere = FieldCode(
        "stands-elsewhere", zh: "此行的人登记在另一户，未作离开处理",
        en: "whoever stands here is registered in another household: nobody has left for that")
    static let villageCodeDestroyed = FieldCode(
        "village-code-destroyed", zh: "村代码被表格软件损坏，而此户尚未登记，无法知道在哪个村；请把该列设为文本后重新填写",
        en: "a spreadsheet destroyed the village's code of an unknown household: enter it again as text")
    static let villageKept = FieldCode(
        "village-kept", zh: "村代码被表格软件损坏，按没有填写处理，此户仍在原来的村",
        en: "a spreadsheet destroyed the village's code; the household stays where it is known to be")

    package static let ofHouseholds: [FieldCode] = [
        ambiguousVillage, birthDateChanged, birthDateKept, contradictory, householdKnown, householdOfOthers,
        householdRefused,
        householdScattered, livesTwice, memberLeft, memberUnclear, nameChanged, nobodyLeft, notOfOrigin, notSealed,
        numberKept,
        splitElsewhere, standsElsewhere,
        villageCodeDestroyed, villageKept,
    ]
}
