// Errors on the wire: RFC 9457 problem details, in Chinese or English.
//
// Web names only the kinds it produces itself; the catalogue of the product is the application's.

/// An entry of the catalogue of problems. The slug is part of the API: it is never reused for anything else.
public struct ProblemKind: Sendable, Hashable {
    /// Lower-case words with hyphens; the last part of `type`.
    public let slug: String
    /// The HTTP status.
    public let status: Int
    /// The same words for every problem of the kind.
    public let title: Message

    /// Declares a kind; done once, as a static constant.
    public init(_ slug: String, status: Int, zh: String, en: String) {
        self.slug = slug
        self.status = status
        title = Message(zh: zh, en: en)
    }
}

/// One problem, thrown by whoever finds it and written by the one function that catches.
public struct Problem: Error, Sendable {
    /// What stands before the slug in `type`; relative to the service (RFC 9457 3.1.1).
    public static let typePrefix = "/problems/"

    /// Type, status and title.
    public let kind: ProblemKind
    /// What is special about this occurrence.
    public var detail: Message?
    /// The fields that are wrong, at `/pointer` or `?parameter`.
    public var errors: [FieldError]
    /// Further members of the object (RFC 9457 3.2): what the problem is about.
    public var members: [(name: StaticString, value: String)] = []
    /// Further fields of the answer: Retry-After, Allow, WWW-Authenticate, Accept-Patch.
    public var fields: [(name: StaticString, value: String)]

    /// A problem of `kind`.
    public init(
        _ kind: ProblemKind, detail: Message? = nil, errors: [FieldError] = [],
        fields: [(name: StaticString, value: String)] = []
    ) {
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.fields = fields
    }

    /// A problem of `kind` at one place, in the kind's words.
    public init(_ kind: ProblemKind, at pointer: String) {
        self.init(kind, errors: [FieldError(pointer: pointer, FieldCode(kind))])
    }

    /// The JSON object of RFC 9457. `instance` names the occurrence, for example by the id of the request.
    public func encode(language: Language, instance: String? = nil) -> [UInt8] {
        var writer = JSONWriter(reserve: 256 + 128 * errors.count)
        writer.object { writer in
            writer.key("type")
            writer.string(Self.typePrefix + kind.slug)
            writer.key("title")
            writer.string(kind.title.text(in: language))
            writer.key("status")
            writer.integer(kind.status)
            if let detail {
                writer.key("detail")
                writer.string(detail.text(in: language))
            }
            if let instance {
                writer.key("instance")
                writer.string(instance)
            }
            for member in members {
                writer.key(member.name)
                writer.string(member.value)
            }
            if !errors.isEmpty {
                writer.key("errors")
                writer.array { writer in errors.forEach { $0.write(into: &writer, language) } }
            }
        }
        return writer.take()
    }
}

extension FieldError {
    /// As an entry of `errors`, also for the items of batches and the rows of import reports.
    public func write(into writer: inout JSONWriter, _ language: Language) {
        writer.object { writer in
            writer.key("pointer")
            writer.string(pointer)
            writer.key("code")
            writer.string(code.slug)
            writer.key("detail")
            writer.string(detail.text(in: language))
        }
    }
}
