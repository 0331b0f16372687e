// What was ordered: kind, format and how the file is written. The area is resolved within the caller's range.

import Domain
import SQL
import Web

/// The form of a file.
public enum ExportFormat: String, Sendable, CaseIterable {
    case csv, ndjson
}

/// The encoding of a file.
public enum ExportEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case gb18030
}

/// The names that columns have in a file.
public enum ColumnNames: String, Sendable, CaseIterable {
    /// Those of this program.
    case own
    /// The national ones (§2.1), and ours for columns that have none.
    case national
}

/// The order for an export.
public struct ExportOrder: Sendable, Equatable {
    /// What it holds.
    public var kind: ImportKind
    /// The form of the file.
    public var format: ExportFormat
    /// The area; nil for everything that the caller may see.
    public var area: AreaCode?
    /// Opens sealed numbers, which needs the right to do so and a reason.
    public var isPlain: Bool
    /// Why sealed numbers are needed.
    public var reason: String?
    /// A byte order mark before CSV in UTF-8, for spreadsheets that guess encodings.
    public var marksCSV: Bool
    /// UTF-8 or GB18030.
    public var encoding: ExportEncoding
    /// The file is kept and sent as gzip.
    public var isZipped: Bool
    /// The names of the columns.
    public var names: ColumnNames
    /// Key of the partner whose codes and ids the file uses.
    public var partner: String?

    /// An order for a file.
    public init(
        kind: ImportKind, format: ExportFormat = .csv, area: AreaCode? = nil, isPlain: Bool = false,
        reason: String? = nil, marksCSV: Bool = false, encoding: ExportEncoding = .utf8, isZipped: Bool = false,
        names: ColumnNames = .own, partner: String? = nil
    ) {
        self.kind = kind
        self.format = format
        self.area = area
        self.isPlain = isPlain
        self.reason = reason
        self.marksCSV = marksCSV
        self.encoding = encoding
        self.isZipped = isZipped
        self.names = names
        self.partner = partner
    }

    /// `households.csv`, with `.gz` where it is zipped.
    public var fileName: String { "\(kind.rawValue).\(format.rawValue)\(isZipped ? ".gz" : "")" }
}

extension ExportOrder {
    /// The order as it is stored and shown in answers; the area and the kind are kept separately.
    package var parameters: String {
        var json = JSONWriter()
        json.object { json in
            json.key("format")
            json.string(format.rawValue)
            json.key("sealed")
            json.string(isPlain ? "plain" : "masked")
            if let reason {
                json.key("reason")
                json.string(reason)
            }
            json.key("byteOrderMark")
            json.boolean(marksCSV)
            json.key("encoding")
            json.string(encoding.rawValue)
            json.key("gzip")
            json.boolean(isZipped)
            json.key("names")
            json.string(names.rawValue)
            if let partner {
                json.key("partner")
                json.string(partner)
            }
        }
        return String(decoding: json.take(), as: UTF8.self)
    }

    package init?(kind: String, area: Int64?, parameters: String) {
        guard let root = try? JSONDocument(Array(parameters.utf8)).root,
            let format = root["format"]?.string.flatMap(ExportFormat.init(rawValue:)),
            let encoding = root["encoding"]?.string.flatMap(ExportEncoding.init(rawValue:)),
            let names = root["names"]?.string.flatMap(ColumnNames.init(rawValue:))
        else { return nil }
        self.init(
            kind: ImportKind(rawValue: kind), format: format, area: area.flatMap { AreaCode($0) },
            isPlain: root["sealed"]?.string == "plain",
            reason: root["reason"]?.string, marksCSV: root["byteOrderMark"]?.boolean ?? false, encoding: encoding,
            isZipped: root["gzip"]?.boolean ?? false, names: names,
            partner: root["partner"]?.string)
    }

    /// Reads the body of a call.
    ///
    /// - Throws: `InvalidBody` with every error.
    package init(_ body: inout ObjectReader, _ composition: Composition) throws {
        let kind = body.value("kind", placeholder: composition.files[0].kind) { text throws(FieldError) in
            try Self.choice(text, composition.files.map(\.kind))
        }
        let format = body.value("format", placeholder: ExportFormat.csv) { text throws(FieldError) in
            try Self.choice(text, ExportFormat.allCases)
        }
        let area = body.optionalValue("areaCode", FieldText.areaCode)
        let sealed = body.optionalValue("sealed") { text throws(FieldError) in
            try Self.choice(text, SealedForm.allCases)
        }
        let reason = body.optionalString("reason", characters: 5...200)
        let marksCSV = body.optionalBoolean("byteOrderMark") ?? false
        let encoding = body.optionalValue("encoding") { text throws(FieldError) in
            try Self.choice(text, ExportEncoding.allCases)
        }
        let isZipped = body.optionalBoolean("gzip") ?? false
        let names = body.optionalValue("names") { text throws(FieldError) in
            try Self.choice(text, ColumnNames.allCases)
        }
        let partner = body.optionalString("partner", characters: 1...40)
        if sealed == .plain && reason == nil {
            body.report(
                "reason", .required, zh: "导出明文号码要说明理由（5 至 200 字）",
                en: "a reason of 5 to 200 characters is needed to export numbers in clear")
        }
        if format == .ndjson && encoding == .gb18030 {
            body.report("encoding", .notForKind, zh: "NDJSON 只能用 UTF-8", en: "NDJSON is always UTF-8")
        }
        if marksCSV && (format == .ndjson || encoding == .gb18030) {
            body.report(
                "byteOrderMark", .notForKind, zh: "只有 UTF-8 的 CSV 可以带字节顺序标记",
                en: "only CSV in UTF-8 can have a byte order mark")
        }
        try body.finish()
        self.init(
            kind: kind, format: format, area: area, isPlain: sealed == .plain, reason: reason, marksCSV: marksCSV,
            encoding: encoding ?? .utf8, isZipped: isZipped, names: names ?? .own, partner: partner)
    }

    private enum SealedForm: String, CaseIterable { case masked, plain }

    private static func choice<Value: RawRepresentable>(
        _ text: String, _ values: [Value]
    ) throws(FieldError) -> Value where Value.RawValue == String {
        guard let value = Value(rawValue: text), values.contains(where: { $0.rawValue == text }) else {
            throw FieldError.notOneOf(values.map(\.rawValue))
        }
        return value
    }
}
