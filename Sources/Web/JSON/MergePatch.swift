// JSON Merge Patch (RFC 7396) on whole documents.
//
// Endpoints usually read a patch field by field (`Change`); this is for what is stored as a document.

/// The text of `target` after `patch` (RFC 7396 section 2). Members of the target keep their order, new ones follow in
/// the order of the patch. Where names repeat, the last one counts; readers refuse such documents before.
public func mergePatch(_ target: JSONValue, _ patch: JSONValue) -> [UInt8] {
    var writer = JSONWriter(reserve: target.rawBytes.count + patch.rawBytes.count)
    writeMerged(target, patch, into: &writer)
    return writer.take()
}

/// Recursion is bounded by `JSONDocument.depthMax`.
private func writeMerged(_ target: JSONValue?, _ patch: JSONValue, into writer: inout JSONWriter) {
    guard patch.kind == .object else {
        writer.raw(patch.rawBytes)
        return
    }
    let changes = patch.namedMembers()
    let kept = target?.namedMembers() ?? []
    let changeOf = Dictionary(changes.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    let keptOf = Dictionary(kept.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    writer.beginObject()
    var written: Set<[UInt8]> = []
    for (name, _) in kept + changes where written.insert(name).inserted {
        let change = changeOf[name]
        if let change, change.isNull { continue }
        name.withUnsafeBufferPointer { writer.key(utf8: $0) }
        if let change {
            writeMerged(keptOf[name], change, into: &writer)
        } else if let value = keptOf[name] {
            writer.raw(value.rawBytes)
        }
    }
    writer.endObject()
}
