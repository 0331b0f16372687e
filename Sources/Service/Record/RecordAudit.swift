// What the audit trail shows of a record: all fields of a new one, the differing fields of a changed one. Sealed
// numbers appear as masks. It deliberately knows no kind of record.

import Domain
import Web

/// A field as the audit trail writes it.
package enum AuditValue: Equatable {
    case null
    case text(String)
    case integer(Int)
    case boolean(Bool)
    case texts([String])
    /// A value that is stored as JSON.
    case json(String)
    /// A sealed number, written as its mask. Two numbers may have the same mask, so they are compared by their hashes.
    case number(mask: String, hash: [UInt8])

    package static func of(_ number: SealedNumber?) -> AuditValue {
        guard let number else { return .null }
        return .number(mask: number.mask, hash: number.hash)
    }

    package static func of(_ text: String?) -> AuditValue { text.map(AuditValue.text) ?? .null }

    package func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.null()
        case .text(let text): json.string(text)
        case .integer(let integer): json.integer(integer)
        case .boolean(let boolean): json.boolean(boolean)
        case .texts(let texts):
            json.beginArray()
            for text in texts { json.string(text) }
            json.endArray()
        case .json(let text): json.raw(text.utf8)
        case .number(let mask, _): json.string(mask)
        }
    }
}

package typealias AuditField = (name: StaticString, value: AuditValue)

/// The audit trail's JSON of a record.
package enum RecordAudit {
    /// A new record: every field that is not null.
    package static func whole(_ fields: [AuditField]) -> [UInt8] {
        var json = JSONWriter(reserve: 512)
        json.beginObject()
        for field in fields where field.value != .null {
            json.key(field.name)
            field.value.write(to: &json)
        }
        json.endObject()
        return json.take()
    }

    /// A changed record: the differing fields, before and after.
    package static func difference(_ old: [AuditField], _ new: [AuditField]) -> (before: [UInt8], after: [UInt8]) {
        var before = JSONWriter()
        var after = JSONWriter()
        before.beginObject()
        after.beginObject()
        for (old, new) in zip(old, new) where old.value != new.value {
            before.key(old.name)
            old.value.write(to: &before)
            after.key(new.name)
            new.value.write(to: &after)
        }
        before.endObject()
        after.endObject()
        return (before.take(), after.take())
    }
}
