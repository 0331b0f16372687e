// The kinds of problems that Web and the HTTP engine below it find by themselves.

extension ProblemKind {
    /// 400: the body is not JSON.
    public static let malformedJSON = ProblemKind(
        "malformed-json", status: 400, zh: "正文不是合法的 JSON", en: "The body is not JSON")
    /// 422: the body is JSON, but its fields are not right.
    public static let invalidBody = ProblemKind(
        "invalid-body", status: 422, zh: "正文中有字段不正确", en: "Fields of the body are not right")
    /// 400: the query parameters are not right.
    public static let invalidQuery = ProblemKind(
        "invalid-query", status: 400, zh: "查询参数不正确", en: "Query parameters are not right")
    /// 400: the cursor was changed, or belongs to another list.
    public static let invalidCursor = ProblemKind(
        "invalid-cursor", status: 400, zh: "游标无效", en: "The cursor is not valid")
    /// 400: the Idempotency-Key is neither a quoted string nor a token.
    public static let invalidIdempotencyKey = ProblemKind(
        "invalid-idempotency-key", status: 400, zh: "Idempotency-Key 格式不正确", en: "The Idempotency-Key is malformed")
    /// 400: something in If-Match is no entity tag.
    public static let invalidIfMatch = ProblemKind(
        "invalid-if-match", status: 400, zh: "If-Match 格式不正确", en: "The If-Match is malformed")
    /// 412: the tags in If-Match are weak, which never match.
    public static let weakIfMatch = ProblemKind(
        "weak-if-match", status: 412, zh: "If-Match 只有弱标签", en: "The If-Match has weak tags only")
    /// 404: no such resource, or none that the caller may see.
    public static let notFound = ProblemKind("not-found", status: 404, zh: "找不到", en: "Not found")
    /// 405: the resource has no such method.
    public static let methodNotAllowed = ProblemKind(
        "method-not-allowed", status: 405, zh: "不支持该方法", en: "The method is not allowed here")
    /// 406: none of the acceptable formats is on offer.
    public static let notAcceptable = ProblemKind(
        "not-acceptable", status: 406, zh: "无法提供所要求的格式", en: "None of the acceptable formats is on offer")
    /// 415: the type or the coding of the body is not one this endpoint reads.
    public static let unsupportedMediaType = ProblemKind(
        "unsupported-media-type", status: 415, zh: "不支持正文的类型", en: "The type of the body is not supported")

    /// The kind for a refusal that the HTTP engine made before anything of the product ran.
    public static func refusal(status: Int) -> ProblemKind {
        refusals.first { $0.status == status } ?? malformedRequest
    }

    /// 400: not HTTP, or HTTP in a form that servers understand differently.
    public static let malformedRequest = ProblemKind(
        "malformed-request", status: 400, zh: "请求格式不正确", en: "The request is malformed")

    /// All kinds of this file, for the catalogue.
    public static let web: [ProblemKind] =
        [
            malformedJSON, invalidBody, invalidQuery, invalidCursor, invalidIdempotencyKey, invalidIfMatch, weakIfMatch,
            notFound, methodNotAllowed, notAcceptable, unsupportedMediaType,
        ] + refusals

    private static let refusals: [ProblemKind] = [
        malformedRequest,
        ProblemKind("request-timeout", status: 408, zh: "请求超时", en: "The request took too long"),
        ProblemKind("content-too-large", status: 413, zh: "正文过大", en: "The body is too large"),
        ProblemKind("uri-too-long", status: 414, zh: "请求地址过长", en: "The address is too long"),
        ProblemKind("unsupported-coding", status: 415, zh: "不支持正文的编码", en: "The coding of the body is not supported"),
        ProblemKind("expectation-failed", status: 417, zh: "无法满足 Expect", en: "The expectation cannot be met"),
        ProblemKind("misdirected-request", status: 421, zh: "请求发错了服务器", en: "The request belongs elsewhere"),
        ProblemKind("fields-too-large", status: 431, zh: "请求头过大", en: "The header fields are too large"),
        ProblemKind("internal-error", status: 500, zh: "服务内部错误", en: "Something went wrong inside the service"),
        ProblemKind("not-implemented", status: 501, zh: "未实现", en: "Not implemented"),
        ProblemKind("unavailable", status: 503, zh: "暂时无法服务", en: "The service is not available right now"),
        ProblemKind("version-not-supported", status: 505, zh: "不支持该 HTTP 版本", en: "The HTTP version is not supported"),
        ProblemKind("disk-full", status: 507, zh: "磁盘已满", en: "The disk is full"),
    ]
}

extension Problem {
    /// 400 with the place of the error.
    public init(_ error: JSONSyntaxError) {
        self.init(
            .malformedJSON, detail: error.message,
            errors: [FieldError(FieldCode(error.code), detail: error.message)])
    }

    /// 422 with all fields.
    public init(_ error: InvalidBody) {
        self.init(.invalidBody, errors: error.errors)
    }

    /// 400 with all parameters.
    public init(_ error: InvalidQuery) {
        self.init(.invalidQuery, errors: error.errors)
    }
}
