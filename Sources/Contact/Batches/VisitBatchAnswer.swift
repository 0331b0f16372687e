// What a batch is answered: an outcome for each item, in order. It is kept with the batch, so that the same batch is
// answered the same again, whatever has become of its visits since.

import Domain
import Web

/// Whether an item is worth sending again.
enum VisitRetry: String, Sendable {
    /// It is settled, one way or the other.
    case never
    /// As it is, in a batch of its own: the service could not store it now, through no fault of the item.
    case later
    /// Once what is said to be wrong is mended.
    case afterFix = "after-fix"
}

/// What became of one item.
struct VisitBatchOutcome: Sendable, Equatable {
    enum Kind: String, Sendable {
        case created, replayed, conflict, parked, rejected
    }

    let kind: Kind
    var version: Int?
    var code: String?
    var detail: Message?
    var retry = VisitRetry.never
    /// All that is wrong with a rejected item, with pointers into the body of the batch.
    var errors: [FieldError] = []

    /// Whether the item is a visit of the register now.
    var isStored: Bool { kind == .created || kind == .replayed }

    /// What nearly every item of a batch is: a new visit.
    static let created = VisitBatchOutcome(kind: .created, version: 1)

    /// An item at which the database stumbled.
    static let notStored = VisitBatchOutcome(
        kind: .rejected, code: FieldCode.notStored.slug, detail: FieldCode.notStored.text, retry: .later)

    /// An item that is wrong.
    ///
    /// - Parameter errors: with pointers into the body of the batch.
    static func rejected(_ errors: [FieldError], retry: VisitRetry = .afterFix) -> VisitBatchOutcome {
        VisitBatchOutcome(
            kind: .rejected, code: errors.first?.code.slug, detail: errors.first?.detail, retry: retry, errors: errors)
    }

    func write(id: String?, _ language: Language, into json: inout JSONWriter) {
        json.object { json in
            if let id {
                json.key("id")
                json.string(id)
            }
            json.key("outcome")
            json.string(kind.rawValue)
            if let version {
                json.key("version")
                json.integer(version)
            }
            if let code {
                json.key("code")
                json.string(code)
            }
            if let pointer = errors.first?.pointer {
                json.key("pointer")
                json.string(pointer)
            }
            json.key("retry")
            json.string(retry.rawValue)
            if let detail {
                json.key("detail")
                json.string(detail.text(in: language))
            }
            if !errors.isEmpty {
                json.key("errors")
                json.array { json in errors.forEach { $0.write(into: &json, language) } }
            }
        }
    }
}

/// A whole answer.
struct VisitBatchAnswer: Sendable {
    let batchId: Identifier
    let mode: VisitBatchMode
    let items: [(id: String?, outcome: VisitBatchOutcome)]

    func json(_ language: Language) -> [UInt8] {
        var json = JSONWriter(reserve: 128 + 112 * items.count)
        json.object { json in
            json.key("batchId")
            json.string(batchId.description)
            json.key("mode")
            json.string(mode.rawValue)
            json.key("items")
            json.array { json in
                for (id, outcome) in items { outcome.write(id: id, language, into: &json) }
            }
        }
        return json.take()
    }
}

// MARK: Kept

extension VisitBatchAnswer {
    /// The ids in order, sixteen bytes each; zeros where an item has none that could be one.
    static func keptIds(_ items: [VisitBatchItem]) -> [UInt8] {
        items.flatMap { ($0.id ?? VisitBatch.noId).bytes }
    }

    /// Every item that is not a plain new visit, in both languages, with its position.
    static func keptOutcomes(_ items: [VisitBatchItem], _ outcomes: [VisitBatchOutcome]) -> [UInt8] {
        var json = JSONWriter(reserve: 64)
        json.array { json in
            for (position, (item, outcome)) in zip(items, outcomes).enumerated()
            where outcome != .created || item.id == nil {
                json.object { json in
                    json.key("at")
                    json.integer(position)
                    if item.id == nil, let sent = item.sentId {
                        json.key("id")
                        json.string(NumberMask.message(sent))
                    }
                    outcome.keep(into: &json)
                }
            }
        }
        return json.take()
    }

    /// - Parameter sentIds: the ids as the repeated request writes them; nil takes those that were kept.
    init(
        batchId: Identifier, mode: VisitBatchMode, keptIds: [UInt8], keptOutcomes: [UInt8], sentIds: [String?]? = nil
    ) throws {
        self.batchId = batchId
        self.mode = mode
        var special: [Int: (id: String?, outcome: VisitBatchOutcome)] = [:]
        for value in try JSONDocument(keptOutcomes).root.elements {
            guard let position = value["at"]?.integer else { continue }
            special[position] = (value["id"]?.string, VisitBatchOutcome(kept: value))
        }
        items = (0..<keptIds.count / 16).map { position in
            let id = Identifier(bytes: keptIds[16 * position..<16 * position + 16])
            let kept = id.flatMap { $0 == VisitBatch.noId ? nil : $0.description }
            let (text, outcome) = special[position] ?? (nil, .created)
            return (sentIds.map { $0[position] } ?? text ?? kept, outcome)
        }
    }
}

extension VisitBatchOutcome {
    fileprivate func keep(into json: inout JSONWriter) {
        json.key("outcome")
        json.string(kind.rawValue)
        if let version {
            json.key("version")
            json.integer(version)
        }
        if let code {
            json.key("code")
            json.string(code)
        }
        json.key("retry")
        json.string(retry.rawValue)
        if let detail { Self.keep(detail, into: &json) }
        if !errors.isEmpty {
            json.key("errors")
            json.array { json in
                for error in errors {
                    json.object { json in
                        json.key("pointer")
                        json.string(error.pointer)
                        json.key("code")
                        json.string(error.code.slug)
                        Self.keep(error.detail, into: &json)
                    }
                }
            }
        }
    }

    private static func keep(_ words: Message, into json: inout JSONWriter) {
        json.key("zh")
        json.string(words.zh)
        json.key("en")
        json.string(words.en)
    }

    fileprivate init(kept value: JSONValue) {
        kind = value["outcome"]?.string.flatMap { Kind(rawValue: $0) } ?? .rejected
        version = value["version"]?.integer
        code = value["code"]?.string
        detail = Self.words(value)
        retry = value["retry"]?.string.flatMap { VisitRetry(rawValue: $0) } ?? .never
        errors = (value["errors"].map { Array($0.elements) } ?? []).map { error in
            let words = Self.words(error) ?? Message(zh: "", en: "")
            return FieldError(
                pointer: error["pointer"]?.string ?? "",
                FieldCode(error["code"]?.string ?? "", zh: words.zh, en: words.en))
        }
    }

    private static func words(_ value: JSONValue) -> Message? {
        guard let zh = value["zh"]?.string, let en = value["en"]?.string else { return nil }
        return Message(zh: zh, en: en)
    }
}
