// Masks of numbers: what they show, how they are known, and what of a text is told.

import Testing

@testable import Domain

@Suite struct NumberMaskTests {
    @Test(
        "a phone shows its last four digits, and a short one nothing",
        arguments: [
            ("13800001234", "*******1234"), ("0771-5551234", "********1234"), ("+8613800001234", "**********1234"),
            ("123456789", "*****6789"), ("12345678", "********"), ("", ""), ("138****1234", "*******1234"),
        ])
    func phones(text: String, mask: String) { #expect(NumberMask.phone(text) == mask) }

    @Test(
        "a mask is known, however it is written",
        arguments: [
            "3301**********1234", "*****************4", "138****1234", "*******1234", "****", "3301＊＊1234", "138﹡1234",
            "3301xxxxxxxxxx1234", "3301XXXXXXXXXXXXXX", "138××××1234", "138●●●●1234", "3301○○○○1234", "138□□□□1234",
            "138■■■■1234", "1380000….…1234••", "ｘｘ",
        ])
    func masks(text: String) {
        #expect(NumberMask.isMask(text))
        #expect(IdentityNumber.parse(text).problem == .masked)
        #expect(IdentityNumber.parse(text).isRefused)
    }

    @Test(
        "a number is no mask, right or wrong",
        arguments: [
            "990101199003071237", "99010119900307123X", "99010119900307123x", "99010119900307123×", "13800001234", "",
            "9901011990030712374 3B1", "没有", "abc", "1234X5678X", "0771-5551234", "９９０１０１",
        ])
    func numbers(text: String) {
        #expect(!NumberMask.isMask(text))
        #expect(IdentityNumber.parse(text).problem != .masked)
    }

    @Test(
        "a message hides what looks like a number of a person or its mask, and tells every other number",
        arguments: [
            ("没有代码“990101199003071237”", "没有代码“*****************7”"),
            ("no 99010119900307123X here", "no *****************X here"),
            ("990101900307123", "**************3"), ("99010119900307123743B1", "*****************7****"),
            ("call 13800001234", "call *******1234"), ("档案现为 9901**********1237", "档案现为 *****************7"),
            ("138****1234 or ****", "*******1234 or ****"),
            ("at least 1000000, at most 999999999999", "at least 1000000, at most 999999999999"),
            ("there is no division 990923100201", "there is no division 990923100201"),
            ("see 01970000-0000-7000-8000-000000000060", "see 01970000-0000-7000-8000-000000000060"),
            ("450923100201000123 has no day in it", "450923100201000123 has no day in it"),
            ("2026-03-02T01:00:00.000Z 12800001234", "2026-03-02T01:00:00.000Z 12800001234"),
        ])
    func messages(text: String, told: String) {
        #expect(NumberMask.message(text) == told)
        #expect(NumberMask.message(told) == told)
    }

    @Test(
        "in a text somebody wrote every long run of digits is hidden",
        arguments: [
            ("电话 138 0000 1234，共 123456 元", "电话 *** **** 1234，共 123456 元"),
            ("身份证 990101 19900307 1237", "身份证 ****** ******** ***7"),
            ("卡 6228480012345678", "卡 ***************8"), ("7654321", "*******"), ("电话１３８００００１２３４", "电话*******１２３４"),
        ])
    func runs(text: String, told: String) {
        #expect(NumberMask.runs(in: text) == told)
    }
}
