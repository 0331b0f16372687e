// What can be wrong with fields and rows in more than one domain, and the catalogue of all codes. Codes of one domain
// are in its own …FieldCodes.swift; rules of Domain have their own codes and texts.

import Domain
import Web

extension FieldCode {
    package static let ambiguousCadre = FieldCode(
        "ambiguous-cadre", zh: "有多名干部符合，请填写编号", en: "several cadres match: give the id of the right one")
    package static let ambiguousOrganization = FieldCode(
        "ambiguous-organization", zh: "有多个单位符合，请填写编号、区划代码或信用代码",
        en: "several organizations match: give the id, area or credit code of the right one")
    package static let birthDateDiffers = FieldCode(
        "birth-date-differs", zh: "证件号码与出生日期不符", en: "the number and the birth date disagree")
    package static let cadreEnded = FieldCode("cadre-ended", zh: "该干部已注销", en: "the cadre has left the register")
    static let damagedText = FieldCode(
        "damaged-text", zh: "文字中有“?”、“□”、“*”等无法辨认的字符，或编码有误",
        en: "characters were replaced by marks such as “?”, or the encoding is wrong")
    package static let differentLevels = FieldCode(
        "different-levels", zh: "两个区划级别不同", en: "the divisions are of different levels")
    package static let differsFromPath = FieldCode(
        "differs-from-path", zh: "与路径中的编号不同", en: "differs from the id in the path")
    package static let endsBeforeItBegins = FieldCode(
        "ends-before-it-begins", zh: "应晚于开始日期", en: "must be after the first day")
    package static let identityNumberHere = FieldCode(
        "identity-number-here", zh: "这像是证件号码，不应填在此处；请填到证件号码一栏",
        en: "this looks like an identity number, which belongs in the field or column for it")
    package static let implausibleDay = FieldCode("implausible-day", zh: "日期不合理", en: "the day is implausible")
    package static let impossibleDay = FieldCode(
        "impossible-day", zh: "应在前面的日期与今天之间", en: "must be between the earlier dates and today")
    package static let inFuture = FieldCode("in-future", zh: "不能晚于今天", en: "must not be after today")
    package static let maskedNumber = FieldCode(
        "masked-number", zh: "号码是掩码，部分数字已隐去；请填写完整号码",
        en: "this is a masked number with hidden digits; enter the full number")
    package static let namesItself = FieldCode(
        "names-itself", zh: "不能指向自身", en: "a record cannot refer to itself here")
    static let notACursor = FieldCode(
        "not-a-cursor", zh: "游标不完整或被改动过；请原样使用 next 的值",
        en: "this cursor is incomplete or was altered: send next back exactly as received")
    static let notADate = FieldCode(
        "not-a-date", zh: "应为有效日期 YYYY-MM-DD（年份四位）",
        en: "a real date is expected: YYYY-MM-DD with a four-digit year")
    static let notAPhoneNumber = FieldCode(
        "not-a-phone-number", zh: "应为 5 至 20 位电话号码", en: "a phone number of 5 to 20 digits is expected")
    static let notATime = FieldCode(
        "not-a-time", zh: "应为 RFC 3339 时间", en: "a time is expected, like 2026-01-31T08:00:00.000Z")
    package static let notAnAreaCode = FieldCode(
        "not-an-area-code", zh: "应为 12 位区划代码", en: "a code of 12 digits is expected")
    package static let notAnId = FieldCode("not-an-id", zh: "应为 UUID", en: "a UUID is expected")
    package static let notForKind = FieldCode(
        "not-for-kind", zh: "此处不适用这一项", en: "this field does not apply here")
    package static let notOverlapping = FieldCode(
        "not-overlapping", zh: "不是可以替换的行", en: "this row cannot be replaced here")
    package static let nothingEnded = FieldCode(
        "nothing-ended", zh: "不能确定缺少什么，因此没有结束任何记录", en: "it is not certain what is missing, so nothing was ended")
    package static let onlyOne = FieldCode("only-one", zh: "只能填其中一项", en: "only one of these can be given")
    package static let organizationEnded = FieldCode(
        "organization-ended", zh: "该单位已撤销", en: "the organization has ended")
    static let otherQuestion = FieldCode(
        "other-question", zh: "这个游标属于另一次查询（筛选条件、列表或范围不同）；请去掉 after 从头读起",
        en: "this cursor belongs to other filters, another list or another range: start again without after")
    package static let outsideArea = FieldCode("outside-area", zh: "不在您的范围内", en: "this is not in your area")
    package static let partnerIdTaken = FieldCode(
        "partner-id-taken", zh: "该编号已属于另一条记录", en: "the partner already uses this id for another record")
    package static let placeholder = FieldCode("placeholder", zh: "这不是编号或号码", en: "this is not a number")
    package static let repeated = FieldCode("repeated", zh: "重复", en: "it appears twice")
    package static let sexDiffers = FieldCode("sex-differs", zh: "证件号码与性别不符", en: "the number and the sex disagree")
    package static let standsAlone = FieldCode(
        "stands-alone", zh: "这一项只能与另一项一起填写", en: "this can only be given together with another field")
    package static let tooFarAhead = FieldCode(
        "too-far-ahead", zh: "日期过远", en: "the day lies too far ahead")
    package static let unknownCadre = FieldCode(
        "unknown-cadre", zh: "没有这名干部，或不在您的范围内", en: "there is no such cadre, or they are not in your area")
    package static let unknownDivision = FieldCode(
        "unknown-division", zh: "没有这个区划，或不在您的范围内", en: "there is no such division, or it is not in your area")
    package static let unknownHousehold = FieldCode(
        "unknown-household", zh: "没有这一户，或不在您的范围内", en: "there is no such household, or it is not in your area")
    package static let unknownMember = FieldCode(
        "unknown-member", zh: "没有这名成员，或不在您的范围内", en: "there is no such member, or they are not in your area")
    package static let unknownOrganization = FieldCode(
        "unknown-organization", zh: "没有这个单位，或不在您的范围内", en: "there is no such organization, or it is not in your area")
    package static let unknownPartner = FieldCode("unknown-partner", zh: "没有这个对接方", en: "there is no such partner")
    package static let unknownVillage = FieldCode(
        "unknown-village", zh: "没有这个村，或不在您的范围内", en: "there is no such village, or it is not in your area")
    static let wrongCharacter = FieldCode(
        "wrong-character", zh: "含有不允许的字符", en: "the number contains characters that are not allowed")
    static let wrongLength = FieldCode(
        "wrong-length", zh: "位数不对", en: "the number has too many or too few characters")
    package static let wrongLevel = FieldCode("wrong-level", zh: "区划级别不对", en: "the division is of the wrong level")

    package static let common: [FieldCode] = [
        ambiguousCadre, ambiguousOrganization, birthDateDiffers, cadreEnded, damagedText, differentLevels,
        differsFromPath, endsBeforeItBegins, identityNumberHere, implausibleDay, impossibleDay, inFuture, maskedNumber,
        namesItself, notACursor, notADate, notAPhoneNumber, notATime, notAnAreaCode, notAnId, notForKind,
        notOverlapping,
        nothingEnded, onlyOne, organizationEnded, otherQuestion, outsideArea, partnerIdTaken, placeholder, repeated,
        sexDiffers,
        standsAlone, tooFarAhead, unknownCadre, unknownDivision, unknownHousehold, unknownMember, unknownOrganization,
        unknownPartner, unknownVillage, wrongCharacter, wrongLength, wrongLevel,
    ]

    /// A rule of `Domain`.
    package init(_ rule: some CodedRule) { self.init(rule.code, zh: rule.chinese, en: rule.english) }
}

extension FieldError {
    /// A broken rule of `Domain`, with its own text.
    package init(pointer: String = "", _ rule: some CodedRule) { self.init(pointer: pointer, FieldCode(rule)) }
}

extension Problem {
    /// One wrong field of a body that was otherwise in order.
    package static func field(_ pointer: String, _ code: FieldCode) -> Problem {
        Problem(.invalidBody, errors: [FieldError(pointer: pointer, code)])
    }

    /// The same with its own text.
    package static func field(_ pointer: String, _ code: FieldCode, zh: String, en: String) -> Problem {
        Problem(.invalidBody, errors: [FieldError(pointer: pointer, code, zh: zh, en: en)])
    }
}
