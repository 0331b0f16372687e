// The life of a request that may wait: looked at like any read, and parked where there is nothing to tell.

import HTTP1
import SQL
import Web

extension Application {
    /// Answers a question at once, or parks it.
    func wait(
        _ call: Call, _ access: Access, _ refusal: Refusal, _ responder: Responder, _ question: any Waiting
    ) {
        // Whoever waited is asked for his token again: it may have been revoked, and his range may have moved.
        let look: @Sendable (Connection) throws -> Response? = { connection in
            guard
                let caller = try self.authorized(
                    call.request.head, access, self.register.clock.now, connection)
            else { throw Problem.unauthenticated }
            return try question.look(caller, connection)
        }
        // Read before the look: a commit behind the look moves it, and then the question is looked at again.
        let counter = register.database.writer.changeCounter
        read(call, refusal, responder, otherwise: { self.park(question, look, counter, refusal, responder) }) {
            try look($1)
        }
    }

    private func park(
        _ question: any Waiting, _ look: @escaping @Sendable (Connection) throws -> Response?, _ counter: UInt64,
        _ refusal: Refusal, _ responder: Responder
    ) {
        guard question.seconds > 0 else { return respond(question.nothing(), refusal, responder) }
        let request = ParkedRequest(
            question: question,
            look: { connection in
                do {
                    guard let response = try look(connection) else { return false }
                    self.respond(response, refusal, responder)
                } catch {
                    self.respond(self.answer(to: error, refusal), refusal, responder)
                }
                return true
            },
            respond: { self.respond($0, refusal, responder) })
        guard let number = parking.park(request, since: counter) else {
            // All places are taken, or the service ends: asking again at once would only be worse.
            var response = question.nothing()
            response.add("Retry-After", "5")
            return respond(response, refusal, responder)
        }
        let parking = parking
        responder.onPeerGone { parking.leave(number) }
    }
}
