// What can be wrong with fields and rows of duties and teams.

import Web

extension FieldCode {
    static let kindDiffers = FieldCode("kind-differs", zh: "与已登记的职责类型不同", en: "the duty is of another kind")
    static let notACountyLeader = FieldCode("not-a-county-leader", zh: "不是县领导", en: "the cadre is not a county leader")
    static let notAPoorVillage = FieldCode(
        "not-a-poor-village", zh: "该村在开始之日不是建档立卡贫困村", en: "the village is not registered as poor on the first day")
    static let notTheTeamVillage = FieldCode(
        "not-the-team-village", zh: "与工作队所在村不同", en: "it is not the team's village")
    static let outsideTeam = FieldCode(
        "outside-team", zh: "超出工作队的起止日期", en: "the days must be within those of the team")
    static let unknownTeam = FieldCode(
        "unknown-team", zh: "没有这个工作队，或不在您的范围内", en: "there is no such team, or it is not in your area")
    static let villageKindUnknown = FieldCode(
        "village-kind-unknown", zh: "该村的村类型尚未登记", en: "the kind of the village has not been recorded yet")

    package static let ofDuties: [FieldCode] = [
        kindDiffers, notACountyLeader, notAPoorVillage, notTheTeamVillage, outsideTeam, unknownTeam, villageKindUnknown,
    ]
}
