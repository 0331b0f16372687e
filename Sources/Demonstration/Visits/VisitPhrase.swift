// Sentences of invented diaries with places to fill in. A million diaries are put together from them, so a sentence is
// cut into its parts once, and filled in as bytes.

import Domain

/// A sentence with places: `%h` the householder, `%c` a crop, `%a` an animal, `%i` an illness, `%w` a place of work,
/// `%n` a number from 2 to 30, `%y` a sum in yuan.
struct VisitPhrase: Sendable {
    private enum Part: Sendable {
        case text([UInt8])
        case householder, crop, animal, illness, workPlace, number, money
    }

    private let parts: [Part]

    init(_ text: String) {
        var parts: [Part] = []
        var literal: [UInt8] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            guard byte == UInt8(ascii: "%"), let slot = bytes.first.flatMap(Self.slot) else {
                literal.append(byte)
                continue
            }
            bytes.removeFirst()
            if !literal.isEmpty { parts.append(.text(literal)) }
            literal = []
            parts.append(slot)
        }
        if !literal.isEmpty { parts.append(.text(literal)) }
        self.parts = parts
    }

    private static func slot(_ byte: UInt8) -> Part? {
        switch byte {
        case UInt8(ascii: "h"): .householder
        case UInt8(ascii: "c"): .crop
        case UInt8(ascii: "a"): .animal
        case UInt8(ascii: "i"): .illness
        case UInt8(ascii: "w"): .workPlace
        case UInt8(ascii: "n"): .number
        case UInt8(ascii: "y"): .money
        default: nil
        }
    }

    /// Appends the sentence about a household.
    func write(householder: String, _ generator: inout SeededGenerator, to bytes: inout [UInt8]) {
        for part in parts {
            switch part {
            case .text(let text): bytes += text
            case .householder: bytes += householder.utf8
            case .crop: bytes += VisitWords.crops.pick(&generator).utf8
            case .animal: bytes += VisitWords.animals.pick(&generator).utf8
            case .illness: bytes += VisitWords.illnesses.pick(&generator).utf8
            case .workPlace: bytes += VisitWords.workPlaces.pick(&generator).utf8
            case .number: bytes += String(generator.number(in: 2...30)).utf8
            case .money: bytes += String(generator.number(in: 3...90) * 100).utf8
            }
        }
    }
}

/// What the places are filled in with: some words are common, some rare, as in real diaries.
enum VisitWords {
    static let crops = Weighted<String>([
        ("水稻", 220), ("玉米", 180), ("砂糖橘", 110), ("甘蔗", 90), ("花生", 80), ("红薯", 70), ("辣椒", 50), ("豆角", 40),
        ("桑叶", 35), ("茶叶", 30), ("油茶", 30), ("生姜", 20), ("荔枝", 15), ("龙眼", 12), ("中药材", 10), ("百香果", 6),
        ("火龙果", 4), ("食用菌", 3), ("沉香", 1),
    ])
    static let animals = Weighted<String>([
        ("生猪", 220), ("土鸡", 260), ("鸭子", 150), ("黄牛", 90), ("山羊", 70), ("鹅", 30), ("蜜蜂", 20), ("鱼苗", 30),
        ("竹鼠", 6), ("兔子", 12),
    ])
    static let illnesses = Weighted<String>([
        ("高血压", 260), ("糖尿病", 120), ("风湿", 110), ("腰椎间盘突出", 80), ("胃病", 90), ("慢性支气管炎", 60), ("冠心病", 50),
        ("脑梗后遗症", 40), ("白内障", 30), ("肾结石", 25), ("痛风", 25), ("乙肝", 20), ("类风湿关节炎", 15), ("肾衰竭", 5),
        ("帕金森病", 3),
    ])
    static let workPlaces = Weighted<String>([
        ("县城的建筑工地", 160), ("镇上的制衣厂", 120), ("工业园的电子厂", 140), ("省外的家具厂", 90), ("附近的砖厂", 60),
        ("县里的超市", 40), ("村里的扶贫车间", 90), ("采石场", 20), ("外省的鞋厂", 80), ("餐馆", 60), ("快递站", 30),
        ("果园", 60), ("养老院", 8), ("船上", 4),
    ])
}
