// The days of which a bulletin tells: half a year, a month, or ten days of one (旬).

import Domain
import Web

struct BulletinPeriod: Hashable {
    enum Kind: String, CaseIterable { case half, month, tenDays }

    let kind: Kind
    let year: Int
    /// The half of the year, 1 or 2; else the month.
    private let part: Int
    /// The third of the month, 1 to 3; 0 of other kinds.
    private let third: Int

    private init(_ kind: Kind, year: Int, part: Int, third: Int = 0) {
        self.kind = kind
        self.year = year
        self.part = part
        self.third = third
    }

    /// The one of a kind in which a day lies.
    init(_ kind: Kind, containing day: CivilDate) {
        switch kind {
        case .half: self.init(kind, year: day.year, part: day.month <= 6 ? 1 : 2)
        case .month: self.init(kind, year: day.year, part: day.month)
        case .tenDays: self.init(kind, year: day.year, part: day.month, third: min(3, (day.day - 1) / 10 + 1))
        }
    }

    /// Reads `2026-1` for a half year, `2026-03` for a month, `2026-03-2` for ten days.
    ///
    /// - Throws: `malformed`, or `out-of-range` with the range.
    init(_ kind: Kind, _ text: String) throws(FieldError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let widths = kind == .half ? [4, 1] : kind == .month ? [4, 2] : [4, 2, 1]
        let numbers = parts.compactMap { Int($0) }
        let form = kind == .half ? "2026-1" : kind == .month ? "2026-03" : "2026-03-2"
        guard parts.map(\.utf8.count) == widths, numbers.count == widths.count else {
            throw FieldError(.malformed, zh: "应为 \(form) 的形式", en: "expected as \(form)")
        }
        let ranges = [2000...2100, kind == .half ? 1...2 : 1...12, 1...3]
        for (index, number) in numbers.enumerated() where !ranges[index].contains(number) {
            let (name, range) = (Self.names(kind)[index], ranges[index])
            throw FieldError(
                .outOfRange, zh: "\(name.zh)应为 \(range.lowerBound) 至 \(range.upperBound)，如 \(form)",
                en: "the \(name.en) is from \(range.lowerBound) to \(range.upperBound), as in \(form)")
        }
        self.init(kind, year: numbers[0], part: numbers[1], third: numbers.count > 2 ? numbers[2] : 0)
    }

    private static func names(_ kind: Kind) -> [Message] {
        [
            Message(zh: "年份", en: "year"),
            kind == .half ? Message(zh: "半年", en: "half") : Message(zh: "月份", en: "month"),
            Message(zh: "旬", en: "third of the month"),
        ]
    }

    var period: CountedPeriod {
        let month = kind == .half ? part * 6 - 5 : part
        let begin = CivilDate(year: year, month: month, day: 1) ?? .first
        let end = begin.adding(months: kind == .half ? 6 : 1)
        guard kind == .tenDays else { return CountedPeriod(first: begin, last: end.adding(days: -1)) }
        return CountedPeriod(
            first: begin.adding(days: (third - 1) * 10),
            last: third == 3 ? end.adding(days: -1) : begin.adding(days: third * 10 - 1))
    }

    var before: BulletinPeriod { BulletinPeriod(kind, containing: period.first.adding(days: -1)) }

    var description: String {
        switch kind {
        case .half: "\(year)-\(part)"
        case .month: "\(year)-\(Self.twoDigits(part))"
        case .tenDays: "\(year)-\(Self.twoDigits(part))-\(third)"
        }
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    var chinese: String {
        switch kind {
        case .half: "\(year) 年\(part == 1 ? "上" : "下")半年"
        case .month: "\(year) 年 \(part) 月"
        case .tenDays: "\(year) 年 \(part) 月\(["上", "中", "下"][third - 1])旬"
        }
    }

    /// The one before, in words.
    var chineseBefore: String { kind == .half ? "前半年" : kind == .month ? "上月" : "上一旬" }
}
