// A long piece of work with the client's id: what it is, its progress, and what it found.

import Domain
import SQL
import Web

/// How the rows of a file belong together.
public enum ImportMode: String, Sendable, CaseIterable {
    /// Each record by itself: a refused one does not keep the others out.
    case each
    /// All or nothing.
    case atomic
}

/// What an import was asked to do.
public struct ImportOrder: Sendable, Equatable {
    /// What the file holds.
    public var kind: ImportKind
    /// How its rows belong together.
    public var mode: ImportMode
    /// A dry run: only says what would be done.
    public var isDryRun: Bool
    /// For divisions, the division below which the file is complete for the levels it contains.
    public var completeBelow: AreaCode?
    /// For households, whether members who are missing from a household in the file have left it.
    public var isComplete: Bool
    /// The day from which the file's facts hold.
    public var on: CivilDate
    /// The key of the partner whose codes and ids the file uses.
    public var partner: String?
    /// Whether a file is accepted even if it gives many known people or records other names.
    public var takesRenames: Bool
    /// Whether what is known of days after that one is wiped; otherwise it stays.
    public var replacesLater: Bool

    /// An order to import a file.
    public init(
        kind: ImportKind, mode: ImportMode = .each, isDryRun: Bool = false, completeBelow: AreaCode? = nil,
        isComplete: Bool = false, on: CivilDate, partner: String? = nil, takesRenames: Bool = false,
        replacesLater: Bool = false
    ) {
        self.kind = kind
        self.mode = mode
        self.isDryRun = isDryRun
        self.completeBelow = completeBelow
        self.isComplete = isComplete
        self.on = on
        self.partner = partner
        self.takesRenames = takesRenames
        self.replacesLater = replacesLater
    }
}

/// What an import did, counted in rows of the file; `ended` counts records that the file no longer has.
public struct ImportCounts: Sendable, Equatable {
    /// Rows that made a record.
    public var created = 0
    /// Rows that changed one.
    public var changed = 0
    /// Rows that changed nothing.
    public var unchanged = 0
    /// Records that ended because a complete file no longer contains them.
    public var ended = 0
    /// Rows that were refused.
    public var refused = 0

    /// Nothing yet.
    public init() {}

    /// Rows looked at.
    public var rows: Int { created + changed + unchanged + refused }

    package static func += (left: inout ImportCounts, right: ImportCounts) {
        left.created += right.created
        left.changed += right.changed
        left.unchanged += right.unchanged
        left.ended += right.ended
        left.refused += right.refused
    }
}

/// One thing that the sender of the file should look at.
public struct ReportRow: Sendable {
    /// How grave it is.
    public enum Severity: String, Sendable {
        case refused, warning, notice
    }

    /// The line on which the row begins, from 1, the header included.
    public let line: Int
    /// The column's name in the file, if it is about one column.
    public let column: String?
    /// How grave it is.
    public let severity: Severity
    /// For programs.
    public let code: FieldCode
    /// For people.
    public let message: Message

    package init(line: Int, column: String? = nil, _ severity: Severity, _ error: FieldError) {
        self.line = line
        self.column = column
        self.severity = severity
        code = error.code
        message = error.detail
    }

    /// A row that is refused.
    package init(line: Int, column: String? = nil, _ error: FieldError) {
        self.init(line: line, column: column, .refused, error)
    }

    package init(line: Int, column: String? = nil, _ severity: Severity, _ code: FieldCode) {
        self.init(line: line, column: column, severity, FieldError(code))
    }

    package init(line: Int, column: String? = nil, _ severity: Severity, _ code: FieldCode, zh: String, en: String) {
        self.init(line: line, column: column, severity, FieldError(code, zh: zh, en: en))
    }
}

/// An import as the database holds it.
package struct Job: Sendable {
    package var id: Identifier
    package var order: ImportOrder
    package var state: String
    package var actor: Actor
    package var scope: Scope
    /// The file in the spool directory.
    var fileName: String
    /// The number of records already done, from which an interrupted import continues.
    package var position: Int
    package var counts: ImportCounts
}

extension ImportOrder {
    /// The order as the job row keeps it.
    package var parameters: String {
        var json = JSONWriter()
        json.object { json in
            json.key("dryRun")
            json.boolean(isDryRun)
            json.key("complete")
            json.boolean(isComplete)
            json.key("completeBelow")
            if let completeBelow { json.string(completeBelow.description) } else { json.null() }
            json.key("on")
            json.string(on.description)
            if let partner {
                json.key("partner")
                json.string(partner)
            }
            if takesRenames {
                json.key("renames")
                json.boolean(true)
            }
            if replacesLater {
                json.key("replacesLater")
                json.boolean(true)
            }
        }
        return String(decoding: json.take(), as: UTF8.self)
    }

    package init?(kind: String, mode: String, parameters: String) {
        guard let mode = ImportMode(rawValue: mode),
            let root = try? JSONDocument(Array(parameters.utf8)).root,
            let on = root["on"]?.string.flatMap({ CivilDate($0) })
        else { return nil }
        self.init(
            kind: ImportKind(rawValue: kind), mode: mode, isDryRun: root["dryRun"]?.boolean ?? false,
            completeBelow: root["completeBelow"]?.string.flatMap { AreaCode($0) },
            isComplete: root["complete"]?.boolean ?? false, on: on, partner: root["partner"]?.string,
            takesRenames: root["renames"]?.boolean ?? false,
            replacesLater: root["replacesLater"]?.boolean ?? false)
    }
}
