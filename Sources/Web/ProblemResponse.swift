// Problems and router results as answers.

import HTTP1

extension Problem {
    /// The answer: `application/problem+json`, never cached.
    public func response(language: Language, instance: String? = nil) -> Response {
        var response = Response(status: kind.status)
        response.add("Content-Type", "application/problem+json")
        response.add("Content-Language", language.tag)
        response.add("Cache-Control", "no-store")
        for field in fields { response.add(field.name, field.value) }
        response.body = .bytes(encode(language: language, instance: instance))
        return response
    }

    /// 405 with the methods there are.
    public static func methodNotAllowed(_ allow: [Method]) -> Problem {
        Problem(.methodNotAllowed, fields: [("Allow", allowValue(allow))])
    }

    /// The value of an `Allow` field.
    public static func allowValue(_ methods: [Method]) -> String {
        methods.map(\.name).joined(separator: ", ")
    }
}
