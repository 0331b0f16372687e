// From bytes to requests: heads, bodies, and the end of a client's sending.

import CLinux
import Glibc

extension EventLoop {
    /// Reads once and works on what came.
    func read(_ connection: Connection) {
        var count: Int
        repeat {
            count = recv(connection.descriptor, readBuffer.baseAddress, readBuffer.count, 0)
        } while count < 0 && errno == EINTR
        if count < 0 {
            if errno != EAGAIN { close(connection) }
            return
        }
        if count == 0 { return close(connection) }
        if connection.state.phase == .lingering {
            if connection.state.lingerBytesArrived(count, times) { close(connection) }
            return
        }
        let bytes = UnsafeRawBufferPointer(rebasing: readBuffer[..<count])
        if connection.input.isEmpty {
            connection.inputStart = 0
            let used = process(connection, bytes)
            if used < count, connection.state.phase != .closed {
                connection.input.append(contentsOf: bytes[used...])
            }
        } else {
            connection.input.removeFirst(connection.inputStart)
            connection.inputStart = 0
            connection.input.append(contentsOf: bytes)
            processInput(connection)
        }
    }

    /// Works on the bytes that were kept, if it is their turn.
    func processInput(_ connection: Connection) {
        guard !connection.input.isEmpty, connection.state.wantsBytes else { return }
        var input: [UInt8] = []
        swap(&input, &connection.input)
        let start = connection.inputStart
        let used = input.withUnsafeBytes { process(connection, $0.slice(start, $0.count)) }
        guard connection.state.phase != .closed, start + used < input.count else { return }
        connection.input = input
        connection.inputStart = start + used
    }

    /// Something can be read but must wait: stop being told of it, and note a client that is done sending.
    func leaveUnread(_ connection: Connection, _ events: UInt32) {
        var wanted = connection.interest & ~EPOLLIN.rawValue
        if events & EPOLLRDHUP.rawValue != 0 {
            wanted &= ~EPOLLRDHUP.rawValue
            connection.peerHasFinished = true
            if let peerGone = connection.peerGone {
                connection.peerGone = nil
                peerGone()
            }
        }
        setInterest(connection, wanted == 0 ? EPOLLERR.rawValue : wanted)
    }

    /// Uses up requests from the bytes until more is needed, an answer is awaited or the output is blocked. Returns
    /// how many bytes were used.
    private func process(_ connection: Connection, _ bytes: UnsafeRawBufferPointer) -> Int {
        current = connection
        var offset = 0
        var depth = 0
        reading: while !connection.state.isBlocked {
            switch connection.state.phase {
            case .waiting, .head:
                guard offset < bytes.count else { break reading }
                if depth >= limits.pipelineDepthMax || output.count > 262_144 || !connection.pending.isEmpty {
                    depth = 0
                    flush(connection)
                    if connection.state.isBlocked { break reading }
                }
                let section = bytes.slice(offset, bytes.count)
                switch connection.decoder.decode(section, limits) {
                case .needsMore:
                    connection.state.headBytesArrived(now: now)
                    break reading
                case .refused(let refusal):
                    connection.state.headCompleted(clientPersists: false, now: now)
                    refuse(connection, refusal, section: section)
                case .head(let length):
                    offset += length
                    depth += 1
                    connection.state.headCompleted(clientPersists: connection.decoder.isPersistent, now: now)
                    begin(connection, section.slice(0, length), hasMore: offset < bytes.count)
                }
            case .body, .discarding:
                guard readBody(connection, bytes, &offset) else { break reading }
            case .finishing, .lingering, .closed:
                offset = bytes.count
                break reading
            case .serving: break reading
            }
        }
        current = nil
        finishProcessing(connection)
        return offset
    }

    /// Sends what was gathered, and ends the connection if that was its last answer.
    func finishProcessing(_ connection: Connection) {
        flush(connection)
        if connection.state.phase == .finishing, !connection.state.isBlocked { linger(connection) }
    }

    // MARK: - One request

    private func begin(_ connection: Connection, _ section: UnsafeRawBufferPointer, hasMore: Bool) {
        connection.beganMicroseconds = Clock.microseconds()
        connection.requestNumber &+= 1
        guard let method = connection.decoder.method else {
            return refuse(connection, Refusal(status: 501, reason: "the method is unknown"), section: section)
        }
        if connection.decoder.expectsUnknown {
            return refuse(
                connection, Refusal(status: 417, reason: "only 100-continue can be expected"), section: section)
        }
        let head = connection.decoder.head(method, section)
        connection.head = head
        let framing = connection.decoder.framing
        if connection.decoder.isAsterisk {
            var response = Response(status: 204)
            response.add("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
            return answerBeforeBody(connection, response, framing)
        }
        guard framing != .none else { return serve(connection, head, .none) }
        beginBody(connection, head, section, hasMore: hasMore)
    }

    /// Reads body bytes; false when more are needed.
    private func readBody(_ connection: Connection, _ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> Bool {
        let isDiscarding = connection.state.phase == .discarding
        let before = offset
        while true {
            switch connection.bodyDecoder.next(bytes, &offset, limits) {
            case .needsMore:
                connection.state.bodyBytesArrived(offset - before)
                return false
            case .data(let data):
                if !isDiscarding, !keep(connection, data) { return true }
            case .end:
                if isDiscarding {
                    connection.endRequest()
                    connection.state.discardCompleted(now: now)
                } else if let head = connection.head, let body = takeBody(connection) {
                    serve(connection, head, body)
                }
                return true
            case .refused(let refusal):
                if isDiscarding { return abandon(connection) }
                refuse(connection, refusal, section: nil)
                return true
            }
        }
    }

    /// The answer is out, and what follows it is not worth reading on: shut down, as after any last answer.
    private func abandon(_ connection: Connection) -> Bool {
        connection.state.answered(persists: false, bodyIsUnread: false, now: now)
        return true
    }

    private func serve(_ connection: Connection, _ head: RequestHead, _ body: RequestBody) {
        connection.state.requestCompleted(now: now)
        connection.isAwaitingAnswer = true
        let responder = Responder(
            note: nil, loop: Confined(self), mailbox: mailbox, key: connection.key,
            acceptsGzip: ContentCoding.acceptsGzip(head))
        let request = Request(
            head: head, body: body, peer: peer(connection, head), loop: index, share: connection.share)
        handler.handle(request, responder)
    }

    /// The last address of `X-Forwarded-For` that is no trusted proxy, if the connection comes from one.
    private func peer(_ connection: Connection, _ head: RequestHead) -> String {
        guard connection.isTrustedProxy, let forwarded = head.string(.xForwardedFor) else { return connection.peerText }
        var found = connection.peerText
        for part in forwarded.split(separator: ",").reversed() {
            let text = part.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            guard let address = Address(String(text)) else { break }
            found = address.text
            if !trustedProxies.contains(where: { $0.contains(address) }) { break }
        }
        return found
    }
}
