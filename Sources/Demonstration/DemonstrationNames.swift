// Names of invented people: common surnames by their frequency, given names put together by chance.

import Domain

enum DemonstrationNames {
    static func surname(_ generator: inout SeededGenerator) -> String {
        surnames.pick(&generator)
    }

    /// One or two characters; two are four times as common.
    static func givenName(_ sex: Sex, _ generator: inout SeededGenerator) -> String {
        let characters = sex == .female ? female : male
        let first = generator.element(of: characters)
        guard generator.perMille(800) else { return String(first) }
        return String([first, generator.element(of: characters)])
    }

    private static let surnames = Weighted<String>([
        ("王", 72), ("李", 71), ("张", 68), ("刘", 54), ("陈", 53), ("杨", 31), ("黄", 30), ("赵", 23), ("吴", 22), ("周", 21),
        ("徐", 17), ("孙", 15), ("马", 14), ("朱", 14), ("胡", 13), ("郭", 13), ("何", 13), ("林", 12), ("罗", 12), ("高", 11),
        ("郑", 10), ("梁", 10), ("谢", 9), ("宋", 8), ("唐", 8), ("许", 7), ("韩", 7), ("冯", 7), ("邓", 7), ("曹", 7),
        ("彭", 7), ("曾", 7), ("肖", 6), ("田", 6), ("董", 6), ("袁", 6), ("潘", 6), ("蒋", 6), ("蔡", 5), ("余", 5),
        ("杜", 5), ("叶", 5), ("程", 5), ("苏", 5), ("魏", 5), ("吕", 5), ("丁", 4), ("任", 4), ("沈", 4), ("姚", 4),
        ("卢", 4), ("姜", 4), ("崔", 4), ("钟", 4), ("谭", 4), ("陆", 4), ("汪", 4), ("范", 4), ("金", 3), ("石", 3),
        ("廖", 3), ("韦", 3), ("覃", 3), ("农", 2), ("蒙", 2), ("莫", 2), ("庞", 2), ("欧阳", 1), ("上官", 1), ("司徒", 1),
    ])
    private static let male = Array(
        "伟强军勇杰涛明辉刚健平志国建文斌波宁峰超鹏飞龙海山林松柏俊豪宏光亮德福贵才成功胜利民生荣华庆祥瑞安康正义忠信仁和远达"
    )
    private static let female = Array(
        "芳娜敏静秀丽艳娟霞燕红梅玲英华玉萍桂兰凤洁琳素云莲真环雪荣爱妹香月莺媛瑞佳嘉琼勤珍贞莉春菊翠雅芝彩惠珠慧巧美婷"
    )
}
