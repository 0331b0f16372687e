// Whether the service believes its machine's clock, and confirming the clock when it is in doubt. The confirmation has
// to state the time, so that nobody confirms a wrong clock just to make the message go away.

import Domain
import HTTP1
import SQL
import Web

extension ProblemKind {
    static let clockInDoubt = ProblemKind(
        "clock-in-doubt", status: 503, zh: "机器时钟存疑，暂不写入",
        en: "The machine's clock is in doubt, and nothing is written until it is confirmed")
}

package enum ClockProblems {
    package static let kinds: [ProblemKind] = [.clockInDoubt]
    /// A person has to act, so trying again at once is no use.
    private static let retrySeconds = "60"

    package static func problem(_ doubt: ClockDoubt) -> Problem {
        Problem(.clockInDoubt, detail: doubt.words, fields: [("Retry-After", retrySeconds)])
    }
}

package enum ClockRoutes {
    /// How far the stated time may be from the machine's, allowing for wall clocks and the duration of the request.
    private static let differenceMilliseconds: Int64 = 300_000

    package static let all: [RouteEntry] = [
        (.get, "/v1/clock", Endpoint(access: .signedIn, work: .read(show))),
        (
            .post, "/v1/clock/confirmation",
            Endpoint(
                access: .roles(.countyAdministrator, .province), body: .json, writesInDoubt: true,
                work: .write(confirm))
        ),
    ]

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        return .json(200, json(call.register, call.language))
    }

    private static func json(_ register: Register, _ language: Language) -> [UInt8] {
        let doubt = register.clock.doubt
        var json = JSONWriter()
        json.object { json in
            json.key("state")
            json.string(doubt == nil ? "believed" : "in-doubt")
            json.key("time")
            json.string(register.clock.now.description)
            json.key("machineTime")
            json.string(register.environment.now().description)
            guard let doubt else { return }
            json.key("reason")
            json.string(doubt.reason.rawValue)
            json.key("detail")
            json.string(doubt.words.text(in: language))
        }
        return json.take()
    }

    private static func confirm(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        var body = ObjectReader(try call.document().root)
        let said = body.value("time", placeholder: call.now, FieldText.instant)
        try body.finish()
        let (register, language) = (call.register, call.language)
        return { transaction in
            let machine = register.environment.now()
            guard abs(machine.milliseconds - said.milliseconds) <= differenceMilliseconds else {
                throw Problem.field(
                    "/time", .notTheMachines, zh: "机器时钟为 \(machine)，与此相差超过 5 分钟：请先校正机器时钟",
                    en: "the machine's clock says \(machine), more than 5 minutes from this: set it first")
            }
            _ = try register.clock.confirm(transaction)
            return .json(200, json(register, language))
        }
    }
}
