// Conditional requests (RFC 9110 section 13): which of them holds for a representation. The answer is the caller's.

/// Evaluates `If-Match`, `If-Unmodified-Since`, `If-None-Match` and `If-Modified-Since`.
public enum Preconditions {
    /// What a request's preconditions ask for.
    public enum Outcome: Sendable, Equatable {
        /// Go on with the request.
        case proceed
        /// Answer 304 without content (GET and HEAD).
        case notModified
        /// Answer 412, and change nothing.
        case failed
    }

    /// Evaluates the preconditions in the order of RFC 9110 section 13.2.2. Call it only where the answer would be 2xx
    /// without them.
    /// - Parameters:
    ///   - entityTag: the current tag with quotes, or nil if there is no current representation. The tag that HTTP1
    ///     made of it for gzip (suffix `-gzip`) counts as the same.
    ///   - lastModified: seconds since 1970; without it the date conditions are ignored, as are dates that are not
    ///     HTTP dates.
    ///   - now: seconds since 1970, for two-digit years.
    ///   - ifMatch: further strong tags of `If-Match` that are as good as the current one, told by what stands between
    ///     the quotes, without the suffix for gzip.
    ///   - ifNoneMatch: the same for `If-None-Match`.
    public static func evaluate(
        _ head: RequestHead, entityTag: String?, lastModified: Int? = nil, now: Int = 0,
        ifMatch: (UnsafeRawBufferPointer) -> Bool = { _ in false },
        ifNoneMatch: (UnsafeRawBufferPointer) -> Bool = { _ in false }
    ) -> Outcome {
        let reads = head.method == .get || head.method == .head
        if head.value(.ifMatch) != nil {
            if !matches(head, .ifMatch, entityTag, weak: false, orElse: ifMatch) { return .failed }
        } else if let lastModified, let since = date(head, .ifUnmodifiedSince, now), lastModified > since {
            return .failed
        }
        if head.value(.ifNoneMatch) != nil {
            if matches(head, .ifNoneMatch, entityTag, weak: true, orElse: ifNoneMatch) {
                return reads ? .notModified : .failed
            }
        } else if reads, let lastModified, let since = date(head, .ifModifiedSince, now), lastModified <= since {
            return .notModified
        }
        return .proceed
    }

    /// What is wrong with a list of tags that names no state at all.
    public enum TagFault: Sendable, Equatable {
        /// Something in it is no entity tag: most often one without its quotes.
        case malformed
        /// All tags are weak, and `If-Match` compares strongly (RFC 9110 section 13.1.1): none can ever match.
        case weak
    }

    /// What is wrong with the `If-Match` of a request; nil for a sound one, and where there is none.
    public static func fault(ofIfMatch head: RequestHead) -> TagFault? {
        guard head.value(.ifMatch) != nil else { return nil }
        var strong = 0
        var weak = 0
        var isMalformed = false
        head.forEachTag(of: .ifMatch) { listed in
            switch listed {
            case .any: strong += 1
            case .tag(let tag): if tag.isWeak { weak += 1 } else { strong += 1 }
            case .malformed: isMalformed = true
            }
        }
        if isMalformed || strong + weak == 0 { return .malformed }
        return strong == 0 ? .weak : nil
    }

    private static func date(_ head: RequestHead, _ field: KnownField, _ now: Int) -> Int? {
        guard !head.isRepeated(field), let value = head.value(field) else { return nil }
        return httpDateSeconds(value, now: now)
    }

    private static func matches(
        _ head: RequestHead, _ field: KnownField, _ entityTag: String?, weak: Bool,
        orElse isAsGood: (UnsafeRawBufferPointer) -> Bool
    ) -> Bool {
        guard var tag = entityTag else { return false }
        var found = false
        tag.withUTF8 { current in
            let current = EntityTag(UnsafeRawBufferPointer(current))
            head.forEachTag(of: field) { candidate in
                switch candidate {
                case .any: found = true
                case .malformed: break
                case .tag(let listed):
                    if let current, listed.isSame(as: current, weak: weak) { found = true }
                    if weak || !listed.isWeak, isAsGood(listed.opaque) { found = true }
                }
            }
        }
        return found
    }
}

/// An entity tag (RFC 9110 section 8.8.3) as bytes of somebody else's buffer.
struct EntityTag {
    let isWeak: Bool
    /// Between the quotes, without the suffix that marks our gzip form.
    let opaque: UnsafeRawBufferPointer
    let hasGzipSuffix: Bool

    static let gzipSuffix: StaticString = "-gzip"

    init?(_ bytes: UnsafeRawBufferPointer) {
        isWeak = bytes.count > 2 && bytes[0] == 0x57 && bytes[1] == 0x2f
        let quoted = isWeak ? bytes.slice(2, bytes.count) : bytes
        guard quoted.count >= 2, quoted[0] == 0x22, quoted[quoted.count - 1] == 0x22 else { return nil }
        let inner = quoted.slice(1, quoted.count - 1)
        for byte in inner where byte <= 0x20 || byte == 0x22 || byte == 0x7f { return nil }
        let stem = inner.count - EntityTag.gzipSuffix.utf8CodeUnitCount
        hasGzipSuffix = stem >= 0 && inner.slice(stem, inner.count).equals(EntityTag.gzipSuffix)
        opaque = hasGzipSuffix ? inner.slice(0, stem) : inner
    }

    func isSame(as other: EntityTag, weak: Bool) -> Bool {
        (weak || (!isWeak && !other.isWeak)) && opaque.elementsEqual(other.opaque)
    }
}

/// What stands in a list of entity tags.
enum ListedTag {
    /// `*`.
    case any
    case tag(EntityTag)
    case malformed
}

extension RequestHead {
    /// Calls `body` with everything in an `If-Match` or `If-None-Match` field. Tags may hold commas, so the list is
    /// walked by its quotes.
    func forEachTag(of field: KnownField, _ body: (ListedTag) -> Void) {
        func walk(_ bytes: UnsafeRawBufferPointer) {
            if bytes.equals("*") { return body(.any) }
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte == 0x20 || byte == 0x09 || byte == 0x2c {
                    index += 1
                    continue
                }
                let start = index
                if byte == 0x57, index + 1 < bytes.count, bytes[index + 1] == 0x2f { index += 2 }
                if index < bytes.count, bytes[index] == 0x22, let end = bytes.firstOffset(of: 0x22, from: index + 1) {
                    index = end + 1
                    let tag = EntityTag(bytes.slice(start, index))
                    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
                    let ends = index == bytes.count || bytes[index] == 0x2c
                    if ends, let tag { body(.tag(tag)) } else { body(.malformed) }
                } else {
                    body(.malformed)
                }
                index = max(bytes.firstOffset(of: 0x2c, from: index) ?? bytes.count, start + 1)
            }
        }
        guard isRepeated(field) else {
            value(field)?.withUnsafeBytes { walk($0) }
            return
        }
        for line in values(field.name) { Array(line.utf8).withUnsafeBytes { walk($0) } }
    }
}
