// The tag of a record as its readers see it, and the check that a change is based on its present version.

import HTTP1
import Web

/// The strong tag of a record's answer, `"v3-91c0…"`, and the check that a change was based on its version.
///
/// The answer shows more than the record's own row (names of others, places, kept figures, what depends on the day),
/// and none of that raises the version; the digest covers all of it, so that a 304 is always true. A change compares
/// only the version, so a tag from an answer with other names is just as good, and so is one made from `version`.
package enum VersionTag {
    package static func tag(_ version: Int, _ content: [UInt8]) -> String {
        "\"v\(version)-\(ContentTag.digest(content))\""
    }

    /// Whether a tag is for a version: `v3`, or the same with a digest of what was shown.
    ///
    /// - Parameter opaque: between the quotes, without the suffix for gzip.
    package static func names(_ version: Int, _ opaque: UnsafeRawBufferPointer) -> Bool {
        let stem = Array("v\(version)".utf8)
        guard opaque.starts(with: stem) else { return false }
        let rest = opaque.dropFirst(stem.count)
        guard let hyphen = rest.first else { return true }
        return hyphen == UInt8(ascii: "-") && rest.count == 1 + ContentTag.digestCharacters
            && rest.dropFirst().allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// - Throws: 428 without If-Match, 400 for one that is malformed, 412 when the version is another.
    package static func require(_ version: Int, _ call: Call) throws {
        let head = call.request.head
        guard head.value(.ifMatch) != nil else { throw Problem(.preconditionRequired) }
        if Preconditions.fault(ofIfMatch: head) == .malformed { throw refusal(head) }
        let isCurrent: (UnsafeRawBufferPointer) -> Bool = { names(version, $0) }
        guard
            Preconditions.evaluate(
                head, entityTag: "\"v\(version)\"", ifMatch: isCurrent, ifNoneMatch: isCurrent) != .failed
        else { throw refusal(head) }
    }

    /// Why no tag of an If-Match is the record's: only well-formed tags mean that somebody else has changed it.
    package static func refusal(_ head: RequestHead) -> Problem {
        switch Preconditions.fault(ofIfMatch: head) {
        case .malformed:
            Problem(
                .invalidIfMatch,
                detail: Message(
                    zh: "实体标签要写在英文双引号里，如 If-Match: \"v3\"；多个标签用逗号隔开",
                    en:
                        "an entity tag needs double quotes, as in If-Match: \"v3\"; separate several tags with commas"
                ))
        case .weak:
            Problem(
                .weakIfMatch,
                detail: Message(
                    zh: "If-Match 按强比较，W/ 开头的弱标签从不匹配；请去掉 W/，如 \"v3\"",
                    en: "If-Match compares strongly, so a weak tag never matches: send it without its W/, as \"v3\""
                ))
        case nil: Problem(.stale)
        }
    }
}
