// A batch as a tablet sends it: read, checked and hashed before the writer is asked. An item that is wrong by itself
// harms no other one. Deliberately no register: what an item names is looked for when it is taken.

import Domain
import Service
import Web

/// How much of a batch is taken when not all of it can be.
enum VisitBatchMode: String, CaseIterable, Sendable {
    /// Each item by itself.
    case each
    /// Everything or nothing.
    case atomic
}

/// One item of a batch.
struct VisitBatchItem: Sendable {
    enum Reading: Sendable {
        case draft(VisitDraft)
        /// What is wrong with it, with pointers into the request's body.
        case malformed([FieldError])
    }

    /// Nil where it has none, or one that is no UUID.
    let id: Identifier?
    /// The id as it came, where it is a short text: so the answer can be matched to it.
    let sentId: String?
    let reading: Reading
    let content: VisitContent

    /// What makes it the same item when its batch comes again. The content does not hold the id.
    var identity: [UInt8] { (id ?? VisitBatch.noId).bytes + content.hash }
}

/// A whole batch.
struct VisitBatch: Sendable {
    static let itemsMax = 1_000
    private static let echoedCharactersMax = 100

    let id: Identifier
    let mode: VisitBatchMode
    let items: [VisitBatchItem]
    /// Over the mode, and the id and content of each item, in order.
    let contentHash: [UInt8]

    /// - Throws: 422 for what is wrong with the batch itself, never for an item.
    init(_ document: JSONDocument, receivedAt: Instant, codes: CodeLists, keys: KeyRing) throws {
        // Past so many flaws further ones are not known, and an item that has one would pass.
        guard document.fieldErrors.count < JSONDocument.flawsMax else {
            throw InvalidBody(errors: document.fieldErrors)
        }
        var body = ObjectReader(document.root)
        id = body.value("batchId", placeholder: Self.noId, FieldText.identifier)
        mode = body.optionalValue("mode", FieldText.word) ?? .each
        let values = body.values("items", count: 0...Self.itemsMax)
        do {
            try body.finish()
        } catch {
            let own = error.errors.filter { !$0.pointer.hasPrefix("/items/") }
            if !own.isEmpty { throw InvalidBody(errors: own) }
        }
        items = values.enumerated().map { position, value in
            Self.item(value, at: "/items/\(position)", receivedAt, codes, keys)
        }
        contentHash = keys.hash(Array(mode.rawValue.utf8) + items.flatMap(\.identity), purpose: "visit-batch")
    }

    private static func item(
        _ value: JSONValue, at pointer: String, _ receivedAt: Instant, _ codes: CodeLists, _ keys: KeyRing
    ) -> VisitBatchItem {
        let sent = value["id"]?.string
        let id = sent.flatMap { Identifier($0) }
        var body = ObjectReader(value, at: pointer)
        // An id that is none is found wrong with the rest of the item; only one that is missing is not.
        let draft = VisitDraft(&body, id: id ?? Self.noId, codes: codes, receivedAt: receivedAt)
        if value.kind == .object && (value["id"]?.isNull ?? true) { body.report("id", .required) }
        return VisitBatchItem(
            id: id, sentId: sent.flatMap { $0.unicodeScalars.count <= echoedCharactersMax ? $0 : nil },
            reading: reading(draft, &body), content: VisitContent(value, keys))
    }

    private static func reading(_ draft: VisitDraft, _ body: inout ObjectReader) -> VisitBatchItem.Reading {
        do throws(InvalidBody) {
            try body.finish()
            return .draft(draft)
        } catch {
            return .malformed(error.errors)
        }
    }

    /// Stands in where there is none.
    static let noId = Identifier(high: 0, low: 0)
}
