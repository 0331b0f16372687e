// Identity numbers of invented people: right check digits, never given twice, in a division that does not exist.

import Domain

/// Gives out identity numbers. Memory is one counter for each birthday and sex, however many people there are.
struct DemonstrationNumbers {
    /// 500 numbers a day, sex and division; past them the next division, 990922, is used.
    private static let numbersPerDay = 500
    private let firstDivision: Int
    private let firstDay: CivilDate
    private var given: [UInt32]

    /// - Parameter division: six digits that no real county has; the county's own unless given.
    init(asOf: CivilDate, division: Int = Int(InventedTree.countyCode / 1_000_000)) {
        firstDivision = division
        firstDay = asOf.adding(months: -12 * 112)
        given = [UInt32](repeating: 0, count: (asOf.days(since: firstDay) + 1) * 2)
    }

    /// The next free number of somebody born on that day.
    mutating func next(birthDate: CivilDate, sex: Sex) -> String {
        let dayIndex = min(max(birthDate.days(since: firstDay), 0), given.count / 2 - 1)
        let isMale = sex == .male
        let counter = dayIndex * 2 + (isMale ? 1 : 0)
        let ordinal = Int(given[counter])
        given[counter] += 1
        // 173 has no factor in common with 500, so every number of a day comes once, and not in order.
        let place = (ordinal % Self.numbersPerDay * 173 + dayIndex * 61) % Self.numbersPerDay
        let sequence = place * 2 + (isMale ? 1 : 0)
        let division = firstDivision + ordinal / Self.numbersPerDay
        let (year, month, day) = birthDate.components
        var digits = [UInt8](repeating: 0, count: 17)
        digits.withUnsafeMutableBufferPointer { buffer in
            buffer.writeDigits(division, at: 0, count: 6)
            buffer.writeDigits(year, at: 6, count: 4)
            buffer.writeDigits(month, at: 10, count: 2)
            buffer.writeDigits(day, at: 12, count: 2)
            buffer.writeDigits(sequence, at: 14, count: 3)
        }
        let check = IdentityNumber.checkCharacter(ofFirst17: digits) ?? UInt8(ascii: "0")
        return String(decoding: digits + [check], as: UTF8.self)
    }
}
