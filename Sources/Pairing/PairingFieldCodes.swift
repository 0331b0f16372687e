// What can be wrong with fields and rows of pairings, runs, handovers, partnerships and cards.

import Web

extension FieldCode {
    package static let changed = FieldCode("changed", zh: "有变化", en: "has changed")
    static let differentKinds = FieldCode(
        "different-kinds", zh: "对口双方单位类型应相同", en: "institutions that are partners are of one kind")
    static let firstResponsibleMoved = FieldCode(
        "first-responsible-moved", zh: "自导入之日起成为第一责任人", en: "answers for the household from the day of the file on")
    static let gone = FieldCode("gone", zh: "已不在", en: "is not there any more")
    static let memberHasLeft = FieldCode("member-has-left", zh: "该成员已离开", en: "the member has left")
    package static let new = FieldCode("new", zh: "是新的", en: "is new")
    static let notAPart = FieldCode(
        "not-a-part", zh: "不是方案中可以单独批准的区划，或不在您的范围内",
        en: "it is no part of the run that is approved by itself, or it is not in your area")
    static let notAllowedHere = FieldCode(
        "not-allowed-here", zh: "此原因只由结对方案或交接给出", en: "only a run or a handover gives this reason")
    static let notAnEnterprise = FieldCode("not-an-enterprise", zh: "不是企业", en: "the organization is no enterprise")
    static let outsidePairing = FieldCode(
        "outside-pairing", zh: "不在结对起止日期内", en: "the pairing does not hold on that day")
    static let pairingDiffers = FieldCode(
        "pairing-differs", zh: "该编号是另一户或另一名帮扶人的结对", en: "the id is that of a pairing of another household or helper")
    static let postStateDiffers = FieldCode(
        "post-state-differs", zh: "与交接原因不符", en: "the state of the post does not fit the reason of the handover")
    static let reasonNeeded = FieldCode(
        "reason-needed", zh: "该干部所在单位当日包有其他村，须说明理由",
        en: "the cadre's unit holds other villages on that day: say why they help here")
    static let successorNeeded = FieldCode(
        "successor-needed", zh: "请将另一名帮扶人设为第一责任人",
        en: "make another helper first-responsible instead: a household is never without one by wish")
    static let unknownHelper = FieldCode(
        "unknown-helper", zh: "没有这名帮扶人，或不在您的范围内", en: "there is no such helper, or they are not in your area")
    static let unknownPairing = FieldCode("unknown-pairing", zh: "该户没有这个结对", en: "the household has no such pairing")

    package static let ofPairing: [FieldCode] = [
        changed, differentKinds, firstResponsibleMoved, gone, memberHasLeft, new, notAPart, notAllowedHere,
        notAnEnterprise, outsidePairing, pairingDiffers, postStateDiffers, reasonNeeded, successorNeeded, unknownHelper,
        unknownPairing,
    ]
}
