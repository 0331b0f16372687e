// What is wrong with the code of a division where a village is expected. Callers who may see all of a town are told
// that it is a town; for everybody else it is as unknown as a code that no division has.

import Domain
import SQL
import Web

package enum VillageCode {
    /// - Parameter found: the division with the code, if there is one.
    package static func error(_ found: Division?, _ scope: Scope, at pointer: String = "/villageCode") -> FieldError {
        guard let found, found.isLive, found.level != .village, scope.contains(found.scope) else {
            return FieldError(pointer: pointer, .unknownVillage)
        }
        let words = words(found, found.code)
        return FieldError(pointer: pointer, .wrongLevel, zh: words.zh, en: words.en)
    }

    /// 404 for a path that names no village, with an explanation if the caller may see what it names.
    ///
    /// - Parameter asked: the code of the path; that of what took over may be another one.
    package static func notFound(_ found: Division?, asked: AreaCode, _ scope: Scope) -> Problem {
        guard let found, found.isLive, found.level != .village, scope.contains(found.scope) else {
            return Problem(.notFound)
        }
        return Problem(.notFound, detail: words(found, asked))
    }

    private static func words(_ found: Division, _ code: AreaCode) -> Message {
        Message(
            zh: "\(code) 是\(found.level.chinese)“\(found.name)”，这里要填村的代码",
            en: "\(code) is the \(found.level.name) “\(found.name)”; the code of a village is expected here")
    }
}
