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
    /// - Throws: `malformed`.
    init(_ kind: Kind, _ text: String) throws(FieldError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let widths = kind == .half ? [4, 1] : kind == .month ? [4, 2] : [4, 2, 1]
        let numbers = parts.compactMap { Int($0) }
        guard parts.map(\.utf8.count) == widths, numbers.count == widths.count, (2000...2100).contains(numbers[0]),
            (kind == .half ? 1...2 : 1...12).contains(numbers[1]), numbers.count < 3 || (1...3).contains(numbers[2])
        else {
            let form = kind == .half ? "2026-1" : kind == .month ? "2026-03" : "2026-03-2"
            throw FieldError(.malformed, zh: "应为 \(form) 的形式", en: "expected as \(form)")
        }
        self.init(kind, year: numbers[0], part: numbers[1], third: numbers.count > 2 ? numbers[2] : 0)
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
