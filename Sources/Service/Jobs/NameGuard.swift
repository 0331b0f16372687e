// Stops a file that would give many known people or records other names, because of a wrong encoding or a column that
// was sorted without its neighbours. This is checked before anything is written, on at most some thousand rows from all
// over the file.

import Domain
import Web

package struct NameGuard {
    /// This many changed names mean a mistake in the file if they are at least a tenth of those compared; fewer mean
    /// one if they are more than half.
    private static let changedMin = 10
    private static let changedMinOfFew = 4
    /// How many rows are compared; in a larger file they are taken at equal intervals.
    private static let comparedRows = 8_000
    /// The fewest octets that a row can have.
    private static let rowBytes = 100

    private let step: Int
    /// What is compared. Hundreds of place names change in a new edition, and hundreds of phone numbers in a year, so
    /// only a change of most of them is a mistake.
    package enum Subject { case names, namesOfPlaces, birthDates, phones }

    private let subject: Subject
    private var rows = 0
    private var known = 0
    private var changed = 0
    private var firstLine: Int?

    package init(byteCount: Int, _ subject: Subject = .names) {
        step = max(1, byteCount / Self.rowBytes / Self.comparedRows)
        self.subject = subject
    }

    /// Whether the next row is one of those that are compared.
    package mutating func takesRow() -> Bool {
        rows += 1
        return rows % step == 0
    }

    /// Compares the name in a row with that of the record that the row means.
    package mutating func compare(_ stated: String, _ stored: String, line: Int) {
        let isOther =
            WrittenForm.letters(stated) != WrittenForm.letters(stored)
            && !DamagedText.mayMean(stated, stored) && !DamagedText.mayMean(stored, stated)
        note(isOther: isOther, line: line)
    }

    /// Counts what was compared.
    package mutating func note(isOther: Bool, line: Int) {
        known += 1
        guard isOther else { return }
        changed += 1
        firstLine = firstLine ?? line
    }

    /// - Throws: `ImportFailure` where the file changes too many names.
    package func check() throws(ImportFailure) {
        guard let firstLine else { return }
        let isMany =
            subject != .namesOfPlaces && subject != .phones && changed >= Self.changedMin && changed * 10 >= known
        let isMost = changed >= Self.changedMinOfFew && changed * 2 > known
        guard isMany || isMost else { return }
        throw switch subject {
        case .names, .namesOfPlaces: .namesChanged(changed, of: known, firstLine: firstLine)
        case .birthDates: .columnChanged("出生日期", "birth dates", changed, of: known, firstLine: firstLine)
        case .phones: .columnChanged("联系电话", "phone numbers", changed, of: known, firstLine: firstLine)
        }
    }
}

/// Chooses between the texts of a file and known texts.
package enum KnownText {
    /// Whether a file's text is worse than the stored one, because characters were lost that the stored text has.
    package static func isWorse(_ stated: String?, than stored: String?, as use: DamagedText.Use = .person) -> Bool {
        guard let stated, let stored, stated != stored else { return false }
        let marks = DamagedText.marks(in: stated, as: use)
        return marks > 0 && marks >= DamagedText.marks(in: stored, as: use)
    }

    /// The file's text, or the stored one if that is better.
    package static func better(_ stated: String?, _ stored: String?, as use: DamagedText.Use) -> String? {
        isWorse(stated, than: stored, as: use) ? stored : stated
    }

    /// The error for the unreadable name of somebody or something new.
    package static func unreadable(_ name: String, as use: DamagedText.Use = .person) -> FieldError? {
        guard DamagedText.isDamaged(name, as: use), !DamagedText.isReadable(name) else { return nil }
        return FieldError(.unreadableName)
    }

    /// The notice that characters of a text in a file were replaced by marks.
    package static func warning(line: Int, column: String) -> ReportRow {
        ReportRow(
            line: line, column: column, .warning, .damagedText,
            zh: "文字中有“?”、“□”、“*”等无法辨认的字符，或不是名称：已登记的保留原文字，新登记的按文件所写",
            en: "characters were replaced by marks, or this is not a name: a known text is kept, a new one "
                + "is taken as written")
    }
}
