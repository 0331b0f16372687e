// The life of a request that may wait: handled like any read, and parked if there is nothing new.

import HTTP1
import SQL
import Web

extension Application {
    /// Answers a request at once, or parks it.
    package func wait(
        _ call: Call, _ access: Access, _ context: AnswerContext, _ responder: Responder,
        _ question: any ParkableQuestion
    ) {
        // The token is checked again after the wait: it may have been revoked, and the caller's range may have moved.
        let look: @Sendable (Connection) throws -> Response? = { connection in
            guard
                let caller = try self.authorized(
                    call.request.head, access, self.register.clock.now, connection)
            else { throw Problem.unauthenticated }
            return try question.look(caller, connection)
        }
        // Read before the query: a commit after the query raises it, and then the request is looked at again.
        let counter = register.database.writer.changeCounter
        read(call, context, responder, otherwise: { self.park(question, look, counter, context, responder) }) {
            try look($1)
        }
    }

    private func park(
        _ question: any ParkableQuestion, _ look: @escaping @Sendable (Connection) throws -> Response?,
        _ counter: UInt64,
        _ context: AnswerContext, _ responder: Responder
    ) {
        guard question.seconds > 0 else { return respond(question.nothing(), context, responder) }
        let request = ParkedRequest(
            question: question,
            look: { connection in
                do {
                    guard let response = try look(connection) else { return false }
                    self.respond(response, context, responder)
                } catch {
                    self.respond(self.answer(to: error, context), context, responder)
                }
                return true
            },
            respond: { self.respond($0, context, responder) })
        guard let number = parking.park(request, since: counter) else {
            // All places are taken, or the service is stopping: asking again at once would only make it worse.
            var response = question.nothing()
            response.add("Retry-After", "5")
            return respond(response, context, responder)
        }
        let parking = parking
        responder.onPeerGone { parking.leave(number) }
    }
}
